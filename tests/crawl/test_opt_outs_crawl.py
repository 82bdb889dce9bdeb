"""Opt-outs from the wire to the tables: one crawl that obeys them all, and one that records them.

A newspaper reserves its pages in every way there is: by header, ``meta``, robots.txt and
``tdmrep.json``.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archiver.model import Capture
from archiver.outcomes import Outcome
from tests.crawl.hosts import Answers, answer, asked, connect_to, hosts_server, moved
from tests.crawl.running import (
    captured_outcomes,
    captures,
    crawl,
    derive_again,
    derived_files,
    outcomes,
    rows,
)
from tests.pages import PARAGRAPHS
from tests.servers.script import Script, Site, head, ok, says

NAMED = ("--identity", "named")
PAPER = "paper.example"
TALK = "talk.example"
POLICY = "https://paper.example/policy.json"
TALKING = (
    f'<script data-isso="http://{TALK}/" src="http://{TALK}/js/embed.min.js"></script>'
    '<section id="isso-thread" data-title="t"></section>'
)

FAR_DOWN = f"<script>/*{'x' * 600_000}*/</script>"
"""More than is looked at before a page is archived."""


def story(name: str, *headers: str, head_: str = "", body: str = "", top: str = "") -> Script:
    """An article with a headline and a word of its own."""
    said = json.dumps({"@type": "NewsArticle", "headline": f"Story of {name}"})
    markup = (
        f'<!DOCTYPE html><html lang="en"><head>{head_}<title>Story of {name}</title>'
        f'<meta property="og:type" content="article">'
        f'<script type="application/ld+json">{said}</script></head><body>{top}<article>'
        f"<h1>Story of {name}</h1><p>The secret word is {name}-word.</p>{PARAGRAPHS}</article>"
        f"{body}</body></html>"
    )
    return says(ok(markup.encode(), *headers))


FRONT = (
    "<!DOCTYPE html><html><head><meta name='robots' content='noarchive'><title>Front</title>"
    '<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>front-word'
    + "".join(
        f'<h2><a href="{path}">More of it</a></h2>'
        for path in (
            "/plain/story", "/kept-out/story", "/for-others/story", "/mined/story",
            "/robots/story", "/robots/open/story", "/file/story", "/late/story", "/gone/story",
        )
    )
    + "</body></html>"
).encode()  # fmt: skip
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title><item><title>Fed</title>'
    f"<link>http://{PAPER}/fed/story</link></item></channel></rss>"
).encode()


def _answers(site: Site) -> Answers:
    return {
        f"{PAPER}/robots.txt": answer(
            "User-agent: *\nContent-Usage: /robots/ train-ai=n\n"
            "Content-Usage: /robots/open/ train-ai=y\n",
            "text/plain",
        ),
        f"{PAPER}/.well-known/tdmrep.json": moved(302, "/rights/tdm.json"),
        f"{PAPER}/rights/tdm.json": answer(
            json.dumps([{"location": "/file/", "tdm-reservation": 1, "tdm-policy": POLICY}]),
            "application/json",
        ),
        f"{PAPER}/": FRONT,
        f"{PAPER}/feed.xml": says(
            ok(FEED, "tdm-reservation: 1", content_type="application/rss+xml")
        ),
        f"{PAPER}/fed/story": story("fed"),
        f"{PAPER}/plain/story": story("plain"),
        f"{PAPER}/kept-out/story": story("kept", "X-Robots-Tag: archiver: noarchive"),
        f"{PAPER}/for-others/story": story("others", "X-Robots-Tag: otherbot: noarchive"),
        f"{PAPER}/mined/story": story(
            "mined",
            "tdm-reservation: 1",
            body=f'<h2><a href="/beyond/story">Beyond</a></h2>{TALKING}',
        ),
        f"{PAPER}/beyond/story": story("beyond", head_='<meta name="robots" content="noai">'),
        f"{PAPER}/robots/story": story("robots"),
        f"{PAPER}/robots/open/story": story("opened"),
        f"{PAPER}/file/story": story("file"),
        f"{PAPER}/late/story": story(
            "late", top=f'{FAR_DOWN}<meta name="tdm-reservation" content="1">'
        ),
        f"{PAPER}/gone/story": says(
            head("HTTP/1.1 404 Not Found", "X-Robots-Tag: noarchive", "Content-Length: 4") + b"gone"
        ),
        f"{TALK}/robots.txt": answer("User-agent: *\nDisallow:\n", "text/plain"),
    }


@dataclass(frozen=True)
class Visit:
    output: Path
    exit_code: int
    log: str
    asked: list[str]
    outcomes: dict[str, str]
    captured: dict[str, str]
    articles: dict[str, Any]
    """Rights by path."""

    def capture(self, path: str) -> Capture:
        return next(c for _, c in captures(self.output) if c.url == f"http://{PAPER}{path}")

    @property
    def archived(self) -> bytes:
        """All bytes of all WARCs."""
        warcs = sorted((self.output / "warc").glob("*.warc.gz"))
        return b"".join(gzip.decompress(warc.read_bytes()) for warc in warcs)


def paths(outcomes_: dict[str, str]) -> dict[str, str]:
    return {url.removeprefix(f"http://{PAPER}"): outcome for url, outcome in outcomes_.items()}


def _visit(output: Path, opt_outs: str = "", *, extract: bool = True) -> Visit:
    with hosts_server(_answers) as server:
        done = crawl(
            f"http://{PAPER}/",
            output=output,
            ALLOW_ADDRESSES="",
            CONNECT_TO=connect_to(server, PAPER, TALK),
            OPT_OUTS=opt_outs,
            EXTRACT=str(extract),
        )
        return Visit(
            output=output,
            exit_code=done.returncode,
            log=done.stderr,
            asked=asked(server),
            outcomes=paths(outcomes(output)),
            captured=paths(captured_outcomes(output)),
            articles={
                row["url"].removeprefix(f"http://{PAPER}"): row["rights"]
                for row in rows(output, "articles")
            },
        )


@pytest.fixture(scope="module")
def obeying(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    return _visit(tmp_path_factory.mktemp("obeying") / "output", "all")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    return _visit(tmp_path_factory.mktemp("recording") / "output")


OPTED_OUT = {
    "/": "noarchive (meta: noarchive)",
    "/kept-out/story": "noarchive (header: archiver: noarchive)",
    "/mined/story": "tdm-reservation (header: tdm-reservation: 1)",
    "/beyond/story": "noai (meta: noai)",
    "/robots/story": "train-ai (robots.txt: train-ai=n)",
    "/file/story": f"tdm-reservation (tdmrep.json: tdm-reservation: 1, tdm-policy: {POLICY})",
    "/late/story": "tdm-reservation (meta)",
}
READ = {"/plain/story", "/for-others/story", "/robots/open/story", "/fed/story"}


def test_each_opt_out_is_obeyed_and_says_why(obeying: Visit) -> None:
    assert obeying.exit_code == 0, obeying.log
    found = {path for path, outcome in obeying.captured.items() if outcome == Outcome.OPTED_OUT}
    assert found == set(OPTED_OUT)
    assert {path: obeying.capture(path).notes["detail"] for path in OPTED_OUT} == OPTED_OUT
    assert {path for path, outcome in obeying.outcomes.items() if outcome == "opted_out"} == found


def test_what_is_not_to_be_kept_is_nowhere_in_the_archive(obeying: Visit) -> None:
    for path, word in (("/", b"front-word"), ("/kept-out/story", b"kept-word")):
        assert obeying.capture(path).record_type == "metadata"
        assert word not in obeying.archived
    assert b"mined-word" in obeying.archived


def test_what_is_reserved_is_in_no_table_and_no_clean_record(obeying: Visit) -> None:
    assert set(obeying.articles) == READ
    assert rows(obeying.output, "comments") == []
    clean = b"".join(
        gzip.decompress(path.read_bytes()) for path in (obeying.output / "clean").iterdir()
    )
    assert b"plain-word" in clean
    for name in ("front", "kept", "mined", "beyond", "robots", "file", "late"):
        assert f"{name}-word".encode() not in clean


def test_links_of_such_a_page_are_followed_and_its_thread_is_not_asked_for(
    obeying: Visit, recording: Visit
) -> None:
    assert f"{PAPER}/beyond/story" in obeying.asked  # only /mined/story leads there
    assert [name for name in obeying.asked if name.startswith(TALK)] == []
    assert [name for name in recording.asked if name.startswith(f"{TALK}/?uri=")]


def test_feeds_and_errors_stay_what_they_are(obeying: Visit) -> None:
    assert obeying.captured["/feed.xml"] == Outcome.FEED
    assert obeying.captured["/gone/story"] == Outcome.NOT_FOUND
    assert obeying.capture("/gone/story").payload == b"gone"


def test_the_file_of_the_host_is_asked_for_once_and_only_where_it_is_obeyed(
    obeying: Visit, recording: Visit
) -> None:
    file = f"{PAPER}/.well-known/tdmrep.json"
    assert obeying.asked.count(file) == 1
    assert obeying.asked.index(f"{PAPER}/robots.txt") < obeying.asked.index(file)
    assert obeying.asked.index(file) < obeying.asked.index(f"{PAPER}/")
    assert obeying.captured["/rights/tdm.json"] == Outcome.ROBOTS
    assert file not in recording.asked


def test_derive_repeats_the_verdicts_and_reads_again_when_asked(obeying: Visit) -> None:
    before = derived_files(obeying.output)
    assert derive_again(obeying.output, *NAMED) == before
    derive_again(obeying.output, *NAMED, "--retry")
    read = {row["url"].removeprefix(f"http://{PAPER}") for row in rows(obeying.output, "articles")}
    assert read == READ | set(OPTED_OUT) - {"/", "/kept-out/story"}
    assert derive_again(obeying.output, *NAMED) == before


def test_a_second_run_knows_the_file_of_yesterday(tmp_path: Path) -> None:
    """Once a day, not once a run."""
    first = _visit(tmp_path / "output", "tdm-reservation")
    second = _visit(tmp_path / "output", "tdm-reservation")
    file = f"{PAPER}/.well-known/tdmrep.json"
    assert (first.asked.count(file), second.asked.count(file)) == (1, 0)


def test_unread_pages_carry_their_verdict_to_derive(tmp_path: Path) -> None:
    visit = _visit(tmp_path / "output", "all", extract=False)
    unseen = {"/beyond/story"}  # an article that nobody reads leads nowhere
    expected = set(OPTED_OUT) - unseen - {"/late/story"}  # beyond what is looked at
    found = {path for path, outcome in visit.outcomes.items() if outcome == Outcome.OPTED_OUT}
    assert found == expected
    assert all(visit.capture(path).notes["outcome"] == "opted_out" for path in found)


def test_without_the_setting_all_is_read_and_recorded(recording: Visit) -> None:
    assert recording.exit_code == 0, recording.log
    nothing: dict[str, Any] = {
        "robots_rule": None, "noarchive": None, "tdm_reservation": None, "license": None,
        "tdm_policy": None, "content_usage": None, "reserved": [],
    }  # fmt: skip
    told: dict[str, dict[str, Any]] = {
        "/plain/story": {},
        "/fed/story": {},
        "/kept-out/story": {
            "robots_rule": "archiver: noarchive",
            "noarchive": True,
            "reserved": ["noarchive"],
        },
        "/for-others/story": {"robots_rule": "otherbot: noarchive", "noarchive": True},
        "/mined/story": {"tdm_reservation": True, "reserved": ["tdm-reservation"]},
        "/beyond/story": {"robots_rule": "noai", "noarchive": False, "reserved": ["noai"]},
        "/robots/story": {"content_usage": "train-ai=n", "reserved": ["train-ai"]},
        "/robots/open/story": {"content_usage": "train-ai=y"},
        "/file/story": {},
        "/late/story": {"tdm_reservation": True, "reserved": ["tdm-reservation"]},
    }
    assert recording.articles == {path: {**nothing, **said} for path, said in told.items()}
    assert Outcome.OPTED_OUT not in recording.captured.values()
