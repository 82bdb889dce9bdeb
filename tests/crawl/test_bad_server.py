"""What a server may do to a crawl: each blow is a named outcome, and the rest goes on unharmed.

One crawl of a front page that links to every hostile case and to honest pages beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from archiver.outcomes import UNCAPTURED, Outcome
from archiver.warc.reader import read_received
from bench.check_archive import check
from tests.crawl.running import captures, crawl, outcomes, rows
from tests.servers import CASES, Case, RawServer
from tests.servers.bodies import (
    MEBIBYTE,
    PAGE,
    attributes,
    empty_elements,
    gzip_bomb,
    large_page,
    linking,
)
from tests.servers.script import Request, Send, Step, ok, says

BLOWS: Mapping[str, Outcome] = {
    "/gzip-bomb": Outcome.PAGE_TOO_LARGE,
    "/gzip-not": Outcome.NOT_AN_ARTICLE,  # read as the plain page that it is
    "/large": Outcome.PAGE_TOO_LARGE,
    "/attributes": Outcome.NOT_AN_ARTICLE,  # read without them
    "/empty-elements": Outcome.EXTRACT_TIMEOUT,
    "/header-flood": Outcome.HEADER_LIMIT,
    "/huge-header": Outcome.HEADER_LIMIT,
    "/endless-headers": Outcome.HEADER_LIMIT,
    "/hint-flood": Outcome.HEADER_LIMIT,
    "/endless": Outcome.SIZE_LIMIT,
    "/cut-length": Outcome.TRUNCATED,
    "/cut-in-chunk": Outcome.TRUNCATED,
    "/reset-body": Outcome.TRUNCATED,
    "/empty": Outcome.NO_RESPONSE,
    "/reset-head": Outcome.NO_RESPONSE,
    "/garbage": Outcome.NO_RESPONSE,
    "/redirect-loop": Outcome.REDIRECT_LIMIT,
    "/redirect-bad": Outcome.REDIRECT,
    "/status-odd": Outcome.ODD_STATUS,
    "/rate-limited": Outcome.RATE_LIMITED,
    "/unavailable": Outcome.SERVER_ERROR,
}
NO_ANSWERS = {"/garbage", *(path for path, word in BLOWS.items() if word is Outcome.HEADER_LIMIT)}
"""What is no whole head of an HTTP answer can be no response record: its bytes, up to a limit,
stand in the metadata record."""
LONG_LINE = "/long-header-line/"
"""Honest: a policy of 60 kB in one header line, as a browser takes it."""
STORIES = tuple(f"/2026/11/quiet-day-at-the-harbour-{number}/" for number in range(12))
LIMITS = {
    "EXTRACT_TIMEOUT": "2",
    "WARC_MAX_BYTES": "60000",  # sealed several times, with pages still being read
    "CONCURRENT_REQUESTS_PER_DOMAIN": "4",
}


def _front(request: Request) -> Iterable[Step]:
    # The honest pages stand between and behind the blows.
    paths = [path for pair in zip(BLOWS, STORIES * 2, strict=False) for path in pair]
    paths.append(LONG_LINE)
    yield Send(ok(linking(*(request.base + path for path in paths))))


def _story(path: str) -> Case:
    text = f"The harbour office counted the boats of story {path} and wrote each into his book. "
    body = (
        '<!doctype html><html lang="en"><head><title>A quiet day</title>'
        '<meta property="og:type" content="article"></head><body><main><article>'
        f"<h1>A quiet day</h1><p>{text * 6}</p><p>{text * 6}</p></article></main></body></html>"
    )
    return Case(path.removeprefix("/"), "a story", says(ok(body.encode())))


@dataclass(frozen=True)
class Struck:
    """What the crawl left."""

    server: RawServer
    exit_code: int
    log: str
    outcomes: dict[str, str]
    captured: dict[str, list[dict[str, Any]]]
    received: dict[str, bytes]
    """What the archive says was received; of several exchanges the first."""
    stories: set[str]
    faults: list[str]
    warcs: int


@pytest.fixture(scope="module")
def struck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Struck]:
    output = tmp_path_factory.mktemp("struck") / "output"
    cases = {
        **CASES,
        **{path: _story(path) for path in STORIES},
        "/": replace(CASES["/"], script=_front),
        LONG_LINE: Case(LONG_LINE, "60 kB of policy", says(ok(PAGE, f"X-Policy: {'x ' * 30_000}"))),
    }
    del cases["/robots.txt"], cases["/sitemap.xml"]
    # Made beforehand: a body that is made while the client waits would cost it its time limit.
    for make in (gzip_bomb, large_page, attributes, empty_elements):
        make()
    with RawServer(cases) as server:
        done = crawl(server.url("/"), output=output, timeout=120, **LIMITS)
        base = server.url("")
        captured: dict[str, list[dict[str, Any]]] = {}
        for row in rows(output, "captures"):
            captured.setdefault(row["url"].removeprefix(base), []).append(row)
        yield Struck(
            server=server,
            exit_code=done.returncode,
            log=done.stderr,
            outcomes={url.removeprefix(base): word for url, word in outcomes(output).items()},
            captured=captured,
            received={
                capture.url.removeprefix(base): read_received(path, capture)
                for path, capture in reversed(list(captures(output)))
            },
            stories={row["url"].removeprefix(base) for row in rows(output, "articles")},
            faults=check(output).faults,
            warcs=len(list((output / "warc").iterdir())),
        )


def test_crawl_ends_well_and_whole(struck: Struck) -> None:
    assert struck.exit_code == 0, struck.log[-3000:]
    assert "Traceback" not in struck.log
    assert struck.faults == []
    assert struck.warcs > 1


@pytest.mark.parametrize(("path", "outcome"), BLOWS.items(), ids=str)
def test_every_blow_has_its_name_in_frontier_and_dataset(
    struck: Struck, path: str, outcome: Outcome
) -> None:
    assert struck.outcomes[path] == outcome
    if outcome not in UNCAPTURED:
        # Twisted asks once more when it had kept the connection alive: two rows, both true.
        assert {row["outcome"] for row in struck.captured[path]} == {str(outcome)}


@pytest.mark.parametrize("path", BLOWS)
def test_what_crossed_the_wire_of_a_blow_is_archived(struck: Struck, path: str) -> None:
    crossed = struck.server.exchanges(path)[0].sent
    (row,) = struck.captured[path][:1]
    assert row["record_type"] == ("response" if crossed and path not in NO_ANSWERS else "metadata")
    received = struck.received[path]
    assert bool(received) is bool(crossed)
    assert crossed.startswith(received)


def test_body_beyond_the_limit_is_cut_there_and_says_so(struck: Struck) -> None:
    (row,) = struck.captured["/endless"]
    assert row["content_truncated"] == "length"
    assert 32 * MEBIBYTE <= len(struck.received["/endless"]) <= 33 * MEBIBYTE


def test_honest_pages_beside_the_blows_are_all_read(struck: Struck) -> None:
    assert {path: struck.outcomes.get(path) for path in STORIES} == dict.fromkeys(
        STORIES, str(Outcome.ARTICLE)
    )
    assert struck.stories == set(STORIES)


def test_long_header_line_of_an_honest_page_costs_nothing(struck: Struck) -> None:
    assert struck.outcomes[LONG_LINE] == Outcome.NOT_AN_ARTICLE
    assert struck.received[LONG_LINE] == struck.server.exchanges(LONG_LINE)[0].sent
