"""``archiver extract``: a file, a WARC, a URL of the archive, and many pages at once."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from archiver.extract.features import NAMES
from tests.archives import ARTICLE, SITE, answer, archived, exchange
from tests.cli.conftest import Archiver, warc_of

BRIDGE = f"{SITE}/bridge"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(ARTICLE)
    return path


def test_a_file_is_read_with_its_address_and_names(archiver: Archiver, page: Path) -> None:
    said = archiver("extract", page, "--url", BRIDGE)
    assert (said.code, said.err) == (0, "")
    article = json.loads(said.out)
    assert article["outcome"] == "article"
    assert (article["title"], article["canonical_url"]) == ("Bridge opens", BRIDGE)
    assert article["published_at"] == "2026-11-20T08:00:00+00:00"
    told = [(one["author"], one["parent_id"]) for one in article["thread"]["comments"]]
    assert told == [("Ann Smith", None), ("Bob Ray", "11")]


def test_a_page_of_a_warc_and_of_the_archive_is_the_same_article(
    archiver: Archiver, derived: Path
) -> None:
    of_warc = archiver("extract", warc_of(derived), "--url", f"{BRIDGE}?utm_source=x")
    of_archive = archiver("extract", f"{BRIDGE}?utm_source=x", "-o", derived)
    assert (of_warc.code, of_warc.err) == (0, "")
    assert of_warc == of_archive
    assert json.loads(of_warc.out)["title"] == "Bridge opens"


def test_what_stands_before_a_tear_is_read(archiver: Archiver, tmp_path: Path) -> None:
    warc, _ = archived(tmp_path, [exchange("/bridge", answer()), exchange("/b", answer())])
    warc.write_bytes(warc.read_bytes()[:-50])
    assert archiver("extract", warc, "--url", BRIDGE).code == 0
    said = archiver("extract", warc, "--url", f"{SITE}/b")
    assert said.code == 2
    assert said.err.startswith(f"archiver: {warc} at offset ")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            ["page.html"],
            "the address of page.html is not known. Add it: --url https://example.org/story",
        ),
        (
            ["warc.warc.gz"],
            "the address of warc.warc.gz is not known. Add it: --url https://example.org/story",
        ),
        (
            ["nowhere.html", "--url", BRIDGE],
            "nowhere.html is neither a file nor a URL. "
            "Name an HTML file, a WARC file with --url, or a URL of the archive",
        ),
        ([], "name an HTML file, a WARC file or a URL of the archive (or --pages for many)"),
        (
            ["https://nowhere.example/", "-o", "output"],
            "output: no page of https://nowhere.example/ is archived here",
        ),
        (
            ["warc.warc.gz", "--url", "https://nowhere.example/"],
            "warc.warc.gz: no page of https://nowhere.example/ is archived here",
        ),
        (
            [BRIDGE, "-o", "empty"],
            "empty/cdxj: no replay index is here. "
            "Name the output directory of a crawl with --output",
        ),
        (["page.html", "--pages", "p"], "--pages goes with --out, and without a single page"),
        (["--pages", "p"], "--pages goes with --out, and without a single page"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_missing_is_named(
    archiver: Archiver,
    derived: Path,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    complaint: str,
) -> None:
    monkeypatch.chdir(page.parent)
    Path("warc.warc.gz").write_bytes(warc_of(derived).read_bytes())
    said = archiver("extract", *words)
    assert (said.code, said.out, said.err) == (2, "", f"archiver: {complaint}\n")


def test_a_page_that_cannot_be_read_says_what_became_of_it(
    archiver: Archiver, tmp_path: Path
) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.7 and so on")
    said = archiver("extract", pdf, "--url", f"{SITE}/report")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"archiver: {SITE}/report: other_content (")


def test_many_pages_come_back_in_their_order_from_one_worker_or_two(
    archiver: Archiver, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus" / "pages"
    folder.mkdir(parents=True)
    rows = []
    for number in range(12):
        file = folder / f"{number}.html"
        file.write_bytes(ARTICLE.replace(b"Bridge opens", f"Bridge {number}".encode()))
        rows.append({"id": f"p{number}", "file": file.name, "url": f"{SITE}/{number}"})
    pages = tmp_path / "pages.jsonl.gz"
    pages.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    told = []
    for jobs in (1, 2):
        out = tmp_path / f"out-{jobs}.jsonl"
        words = ("--pages", pages, "--root", folder.parent, "--out", out, "--jobs", jobs)
        said = archiver("extract", *words)
        assert (said.code, said.out, said.err) == (0, f"12 pages read into {out}\n", "")
        found = [json.loads(line) for line in out.read_text().splitlines()]
        assert all(one.pop("seconds") > 0 for one in found)
        told.append(found)
    assert [one["id"] for one in told[0]] == [row["id"] for row in rows]
    assert [one["title"] for one in told[0]] == [f"Bridge {number}" for number in range(12)]
    assert told[0] == told[1]


STORY = """<!doctype html><html lang="en"><head><title>Bridge opens</title></head><body>
<ul class="menu"><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul>
<div class="story" id="main"><h1>Bridge opens</h1><p class="by">By Carla Writer</p>
<p>The first paragraph tells at some length how the bridge over the river was built, who paid for
it, and why it took so many years until it stood in the water at last.</p>
<h2>What came before</h2>
<p>The second one tells, with dates and names and sums, how the ferry went to and fro before that,
and who stood at its <a href="/helm">helm</a> for forty years.</p>
<p class="share">Tell your friends</p>
<ul><li>One pier stands on rock, as it should.</li><li>The other does not, as is known.</li></ul>
<p>Sign up for our letter</p></div>
<ol class="comment-list"><li id="comment-11" class="comment"><div class="comment-body"><b
class="fn">Ann Smith</b><div class="comment-content"><p>At last! I waited ten years for this.</p>
</div></div></li></ol><p>© The Paper</p></body></html>"""
"""A page with something of everything; its comments are WordPress's."""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.html"
    path.write_text(STORY)
    return path


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Where the text stands, what is no part of it, and what the site prints everywhere."""
    folder = tmp_path / "my-rules"
    folder.mkdir()
    host = 'host = "www.news.example"\n'
    layout = '[[layout]]\nbody = ["div.story"]\nauthor = ["p.by"]\nremove = [".share"]\n'
    (folder / "www.news.example.toml").write_text(host + layout)
    block = '[[block]]\ntext = "Sign up for our letter"\n'
    (folder / "www.news.example.furniture.toml").write_text(host + block)
    return folder


def test_the_blocks_explained_as_kept_are_those_of_the_text(
    archiver: Archiver, page: Path, story: Path, rules: Path
) -> None:
    for words in (
        (page, "--url", BRIDGE),
        (story, "--url", BRIDGE),
        (story, "--url", BRIDGE, "--rules-dir", rules),
    ):
        article = json.loads(archiver("extract", *words).out)
        explained = json.loads(archiver("extract", *words, "--explain", "--json").out)
        kept = [block["text"] for block in explained["blocks"] if block["is_kept"]]
        assert kept == [line for line in article["text"].split("\n") if line]
        assert explained["text_source"] == explained["source"] == article["field_sources"]["text"]
        assert explained["comment_regions"] > 0


def test_the_judge_is_explained_by_the_figures_that_moved_it(
    archiver: Archiver, story: Path
) -> None:
    told = json.loads(archiver("extract", story, "--url", BRIDGE, "--explain", "--json").out)
    blocks = {block["text"]: block for block in told["blocks"]}
    assert blocks["Home"] == {
        "is_kept": False,
        "by": "links outside the core",
        "probability": None,
        "reasons": [],
        "place": "body > ul.menu > li",
        "text": "Home",
    }
    heading = blocks["What came before"]
    assert (heading["is_kept"], heading["by"]) == (True, "judge")
    assert heading["place"] == "body > div#main.story > h2"
    assert 0.4 < heading["probability"] <= 1
    moved = [abs(reason["change"]) for reason in heading["reasons"]]
    assert moved == sorted(moved, reverse=True)
    assert len(moved) == 4
    assert {reason["figure"] for reason in heading["reasons"]} <= set(NAMES)


def test_rules_and_furniture_are_explained_block_by_block(
    archiver: Archiver, story: Path, rules: Path
) -> None:
    said = archiver("extract", story, "--url", BRIDGE, "--explain", "--rules-dir", rules)
    assert (said.code, said.err) == (0, "")
    assert (
        said.out
        == """\
https://www.news.example/bridge
11 blocks, 5 in the text, chosen by: rule
cut out beforehand: 1 region of comments, 1 element by rules
comments by wordpress: 1 in the page

- dropped rule  body > ul.menu > li
    "Home"
- dropped rule  body > ul.menu > li
    "Sport"
- dropped title  div#main.story > h1
    "Bridge opens"
- dropped byline  div#main.story > p.by
    "By Carla Writer"
+ kept    rule  div#main.story > p
    "The first paragraph tells at some length how the bridge over the river was buil…"
+ kept    rule  div#main.story > h2
    "What came before"
+ kept    rule  div#main.story > p
    "The second one tells, with dates and names and sums, how the ferry went to and…"
+ kept    rule  div#main.story > ul > li
    "One pier stands on rock, as it should."
+ kept    rule  div#main.story > ul > li
    "The other does not, as is known."
- dropped furniture  div#main.story > p
    "Sign up for our letter"
- dropped rule  body > p
    "© The Paper"
"""
    )


def test_a_text_from_elsewhere_is_said_to_be(archiver: Archiver, story: Path, rules: Path) -> None:
    claim = json.dumps({"@type": "NewsArticle", "articleBody": "It sank at last. " * 60})
    script = f'<script type="application/ld+json">{claim}</script><p id="app">Please wait.</p>'
    story.write_text(f"<html><head><title>Ferry sinks</title></head><body>{script}</body></html>")
    said = archiver("extract", story, "--url", BRIDGE, "--explain")
    assert said.out.splitlines()[1:4] == [
        "1 block, 0 in the text, chosen by: json-ld",
        "cut out beforehand: 0 regions of comments, 0 elements by rules",
        "the page shows next to nothing: its text is the one that its JSON-LD states",
    ]
    (rules / "www.news.example.py").write_text(
        "from dataclasses import replace\n\n\n"
        "def read_page(document, page, article):\n"
        "    return replace(article, text='It floats.')\n"
    )
    said = archiver("extract", story, "--url", BRIDGE, "--explain", "--rules-dir", rules)
    assert said.out.splitlines()[4] == "the text has another source in the end: hook"


def test_one_page_is_explained_at_a_time(archiver: Archiver, tmp_path: Path) -> None:
    said = archiver("extract", "--pages", "p", "--out", tmp_path / "o", "--explain")
    assert (said.code, said.out) == (2, "")
    assert said.err == "archiver: --explain goes with a single page, not with --pages\n"
