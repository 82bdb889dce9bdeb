"""``archiver site``: rules checked, and tried on a page; nothing is fetched."""

# ruff: noqa: E501 - markup, messages and tables are shown whole

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.rules_text import schema
from tests.archives import ARTICLE, SITE
from tests.cli.conftest import Archiver, readable, warc_of

BRIDGE = f"{SITE}/bridge"
HOST = "www.news.example"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rules with something of every kind, and a page beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_bytes(ARTICLE)
    folder = tmp_path / "my-rules"
    folder.mkdir()
    (folder / "news.example.toml").write_text(
        'host = "news.example"\nseeds = ["https://www.news.example/"]\ndelay_seconds = 2\n'
        'threads = "page"\nrevisits = false\n'
        '[[layout]]\nvalid_until = 2020-12-31\nbody = ["td.main"]\n'
        '[[layout]]\nbody = ["div.story"]\ntitle = ["h1"]\n'
    )
    (folder / "www.news.example.py").write_text(
        "def read_page(document, page, article):\n    return article\n"
    )
    (folder / "news.example.furniture.toml").write_text(
        'host = "news.example"\n[[block]]\ntext = "Sign up"\n'
    )
    return folder


def test_check_says_which_files_rule_a_host_and_what_holds(archiver: Archiver, rules: Path) -> None:
    said = archiver("site", "check", HOST, "--rules-dir", "my-rules", "--url", "/login?x=1")
    assert (said.code, said.err) == (0, "")
    assert (
        said.out
        == """\
www.news.example
  rules         my-rules/news.example.toml (your own, of news.example)
  hook          my-rules/www.news.example.py (your own)
  furniture     my-rules/news.example.furniture.toml (your own, of news.example)
  the hook has the last word on each page
  1 block of furniture left out of texts

  seeds         https://www.news.example/
  feeds         none   (default)
  sitemaps      none   (default)
  listings      none   (default)
  archives      none   (default)
  discover      feeds, sitemaps, listings, archives, links   (default)
  article_url   none   (default)
  exclude_url   none   (default)
  delay_seconds 2.0
  revisits      no
  threads       page

  layout until 2020-12-31
    body        td.main
  layout (holds today)
    body        div.story
    title       h1

  https://www.news.example/login?x=1
    followed as page: its shape says nothing: reading it decides what it is
"""
    )


def test_check_tells_a_script_the_same(archiver: Archiver, rules: Path) -> None:
    words = ("site", "check", f"https://{HOST}/a", "--rules-dir", "my-rules", "--json")
    told = json.loads(archiver(*words, "--url", f"{SITE}/a.pdf").out)
    assert told["host"] == told["served_by"] == HOST
    assert told["settings"]["threads"] == {"value": "page", "stated": True}
    assert told["settings"]["feeds"] == {"value": [], "stated": False}
    assert [one["kind"] for one in told["files"]] == ["rules", "hook", "furniture"]
    assert told["layout"] == 1
    assert told["layouts"][0]["valid_until"] == "2020-12-31"
    assert told["faults"] == []
    assert told["urls"] == [
        {
            "url": f"{SITE}/a.pdf",
            "is_followed": False,
            "taken_as": None,
            "why": "a file, an interface for programs, or the AMP edition of a page",
        }
    ]


def test_check_of_a_host_without_rules_says_so(archiver: Archiver) -> None:
    said = archiver("site", "check", "unknown.example")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[:2] == [
        "unknown.example",
        "  rules         none: what holds for every site",
    ]


def test_check_names_the_packaged_rules(archiver: Archiver) -> None:
    said = archiver("site", "check", "api.github.com")
    assert "rules/api.github.com.toml (packaged)" in said.out.splitlines()[1]


def test_check_tells_of_every_file_that_is_wrong(archiver: Archiver, rules: Path) -> None:
    (rules / "other.toml").write_text('host = "other.example"\nsedes = []\nfeeds = 3\n')
    (rules / "twice.toml").write_text('host = "news.example"\n')
    said = archiver("site", "check", HOST, "--rules-dir", "my-rules")
    assert said.code == 1
    assert said.err.splitlines() == [
        "archiver: my-rules/other.toml, line 2: sedes: is no key of a rules file. Did you mean seeds?",
        "archiver: my-rules/other.toml, line 3: feeds: must be addresses that begin with https:// or "
        'http://, not 3. Write feeds = ["https://example.org/…"]',
        "archiver: my-rules/twice.toml: host: 'news.example' is already ruled by news.example.toml."
        " Join the two files",
    ]
    words = ("site", "check", HOST, "--rules-dir", "my-rules", "--json")
    assert json.loads(archiver(*words).out)["faults"][0] == {
        "file": "my-rules/other.toml",
        "line": 2,
        "key": "sedes",
        "what": "is no key of a rules file",
        "remedy": "Did you mean seeds?",
    }


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["check", "a b"], "'a b' is no host name"),
        (["check", "news.example/a"], "'news.example/a' is no host name. Write it like example.org"),
        (["check", HOST, "--rules-dir", "nowhere"], "no folder of rules at nowhere. Make it or correct the path"),
        (["try", "nowhere.html", "--url", BRIDGE], "nowhere.html is neither a file nor a URL."),
        (["try", "page.html"], "the address of page.html is not known."),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    archiver: Archiver, rules: Path, words: list[str], complaint: str
) -> None:
    said = archiver("site", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"archiver: {complaint}")


def test_try_shows_what_every_source_gives(archiver: Archiver, rules: Path) -> None:
    said = archiver("site", "try", "page.html", "--url", BRIDGE, "--rules-dir", "my-rules")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == BRIDGE
    assert lines[1].endswith("read by the rules of www.news.example")
    assert lines[2:4] == [
        "layout: the present one, with body, title",
        "! body: 'div.story' finds nothing on this page",
    ]
    at = lines.index("title: Bridge opens")
    assert lines[at + 1 : at + 3] == [
        "  → rule        h1 (1)                       Bridge opens",
        "    json-ld     headline                     Bridge opens",
    ]
    assert "comments by wordpress: 2 of 2 in the page" in lines


def test_try_tells_a_script_the_same_of_a_page_of_the_archive(
    archiver: Archiver, derived: Path, rules: Path
) -> None:
    words = ("--rules-dir", "my-rules", "--json")
    of_archive = archiver("site", "try", f"{BRIDGE}?utm_source=x", "-o", derived, *words)
    of_warc = archiver("site", "try", warc_of(derived), "--url", f"{BRIDGE}?utm_source=x", *words)
    assert (of_archive.code, of_archive.err) == (0, "")
    assert of_archive == of_warc
    told = json.loads(of_archive.out)
    assert (told["outcome"], told["rules"]) == ("article", HOST)
    assert told["values"]["title"] == "Bridge opens"
    (winner,) = [row for row in told["candidates"] if row["field"] == "title" and row["is_chosen"]]
    assert winner == {
        "field": "title",
        "source": "rule",
        "where": "h1",
        "value": "Bridge opens",
        "matches": 1,
        "is_chosen": True,
    }
    assert [thread["platform"] for thread in told["threads"]] == ["wordpress"]
    assert told["warnings"] == ["body: 'div.story' finds nothing on this page"]


def test_try_lists_links_by_kind_and_what_is_announced(archiver: Archiver, rules: Path) -> None:
    links = b'<link rel="alternate" type="application/rss+xml" href="/feed/">' + b"".join(
        b'<a href="/2026/11/2%d/story-%d">a</a>' % (n, n) for n in range(5)
    )
    Path("page.html").write_bytes(ARTICLE.replace(b"</article>", links + b"</article>", 1))
    words = ("site", "try", "page.html", "--url", BRIDGE)
    lines = archiver(*words).out.splitlines()
    assert f"announced: feed {SITE}/feed/" in lines
    shown = ", ".join(f"{SITE}/2026/11/2{n}/story-{n}" for n in range(3))
    assert f"links as article: 5 ({shown}, …)" in lines
    told = {
        one["kind"]: one["count"] for one in json.loads(archiver(*words, "--json").out)["links"]
    }
    assert told == {"feed": 1, "article": 5}


def test_try_of_a_page_that_cannot_be_read_says_what_became_of_it(
    archiver: Archiver, rules: Path
) -> None:
    Path("report.pdf").write_bytes(b"%PDF-1.7 and so on")
    said = archiver("site", "try", "report.pdf", "--url", f"{SITE}/report")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"archiver: {SITE}/report: other_content (")


def test_try_refuses_rules_that_are_wrong_with_every_line(archiver: Archiver, rules: Path) -> None:
    (rules / "other.toml").write_text('host = "other.example"\nsedes = []\nfeeds = 3\n')
    said = archiver("site", "try", "page.html", "--url", BRIDGE, "--rules-dir", "my-rules")
    assert said.code == 2
    named = [line.split(": ")[-3] for line in said.err.splitlines()]
    assert len(named) == 2


def test_no_page_moves_the_cursor_of_who_tries_it(archiver: Archiver, rules: Path) -> None:
    Path("page.html").write_bytes(ARTICLE.replace(b"Bridge opens", b"Bridge \x1b[31m\xc2\x9bopens"))
    said = archiver("site", "try", "page.html", "--url", BRIDGE)
    assert "\x1b" not in said.out
    assert "\x9b" not in said.out


def test_the_schema_is_printed_for_editors(archiver: Archiver) -> None:
    assert json.loads(archiver("site", "schema").out) == schema()


def test_help_names_all_three(archiver: Archiver) -> None:
    page = readable(archiver("site", "--help").out)
    assert all(f" {name} " in page for name in ("check", "try", "schema"))
