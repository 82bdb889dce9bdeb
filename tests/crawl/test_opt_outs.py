"""What becomes of an exchange, a capture and a reading whose publisher reserves a use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archiver.crawl.opt_outs import for_reading, is_opted_out, obey, usable
from archiver.crawl.options import read_options
from archiver.errors import ConfigError
from archiver.model import (
    Article,
    Capture,
    Errand,
    Exchange,
    Link,
    LinkKind,
    Purpose,
    Reading,
    RecordRef,
    Rights,
)
from archiver.opt_outs import Use
from archiver.outcomes import Outcome
from archiver.warc.message import response_parts
from tests.crawl.running import settings_of
from tests.servers.script import head, ok

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://paper.example/story"
PAGE = b"<!DOCTYPE html><html><head><title>A</title></head><body><p>Text.</p></body></html>"
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>A</title></channel></rss>'
SITEMAP = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'
EVERY = frozenset(Use)


def exchange(
    received: bytes, purpose: Purpose = Purpose.ARTICLE, failure: Outcome | None = None
) -> Exchange:
    return Exchange(
        url=URL,
        method="GET",
        started_at=NOON,
        duration_ms=5,
        sent=b"GET /story HTTP/1.1\r\n\r\n",
        received=received,
        errand=Errand(purpose),
        failure=failure,
        failure_detail=None if failure is None else "cut",
    )


def capture(record_type: str = "response", **notes: str) -> Capture:
    ref = RecordRef("a.warc.gz", 0, 9, "<urn:uuid:1>")
    return Capture(ref=ref, record_type=record_type, url=URL, captured_at=NOON, notes=notes)


def obeyed(received: bytes, uses: frozenset[Use] = EVERY, **more: object) -> Exchange:
    return obey(exchange(received, **more), uses, user_agent="papercrawl/1 (+mailto:a@b.example)")  # type: ignore[arg-type]


def test_an_answer_that_is_not_to_be_kept_leaves_only_the_reason() -> None:
    made = obeyed(ok(PAGE, "X-Robots-Tag: papercrawl: noarchive"))
    assert (made.received, made.failure) == (b"", Outcome.OPTED_OUT)
    assert made.failure_detail == "noarchive (header: papercrawl: noarchive)"
    assert made.sent == exchange(b"").sent


def test_an_answer_that_is_not_to_be_used_is_archived_whole_with_the_reason() -> None:
    received = ok(PAGE, "TDM-Reservation: 1", "Content-Usage: train-ai=n")
    made = obeyed(received)
    assert (made.received, made.failure) == (received, Outcome.OPTED_OUT)
    assert made.failure_detail == (
        "tdm-reservation (header: tdm-reservation: 1); train-ai (header: train-ai=n)"
    )


@pytest.mark.parametrize(
    ("received", "uses"),
    [
        (ok(PAGE), EVERY),
        (ok(PAGE, "X-Robots-Tag: noarchive"), frozenset()),
        (ok(PAGE, "X-Robots-Tag: noarchive"), EVERY - {Use.NOARCHIVE}),
        (ok(PAGE, "X-Robots-Tag: otherbot: noarchive"), EVERY),
        (ok(PAGE, "X-Robots-Tag: noindex, nosnippet, noimageai"), EVERY),
        (ok(PAGE, "Content-Usage: train-ai=n"), frozenset({Use.SEARCH})),
        (head("HTTP/1.1 404 Not Found", "X-Robots-Tag: noarchive", "") + PAGE, EVERY),
        (head("HTTP/1.1 301 Moved", "X-Robots-Tag: noarchive", "Location: /x"), EVERY),
        (head("HTTP/1.1 304 Not Modified", "X-Robots-Tag: noarchive"), EVERY),
        (b"HTTP/1.1 200 OK\r\nX-Robots-Tag: noarchive", EVERY),
        (b"220 mail.example ESMTP", EVERY),
        (b"", EVERY),
    ],
)
def test_all_else_is_archived_as_it_came(received: bytes, uses: frozenset[Use]) -> None:
    assert obeyed(received, uses) == exchange(received)


def test_robots_txt_speaks_of_others_and_is_kept() -> None:
    received = ok(b"User-agent: *", "X-Robots-Tag: noarchive")
    assert obeyed(received, purpose=Purpose.ROBOTS).received == received


@pytest.mark.parametrize(
    ("body", "purpose", "outcome"),
    [
        (FEED, Purpose.FEED, None),
        (FEED, Purpose.ARTICLE, None),
        (SITEMAP, Purpose.SITEMAP, None),
        (b'[{"id": 1}]', Purpose.LISTING, None),
        (PAGE, Purpose.FEED, Outcome.OPTED_OUT),
        (PAGE, Purpose.LISTING, Outcome.OPTED_OUT),
        (b'{"replies": []}', Purpose.THREAD, Outcome.OPTED_OUT),
        (FEED, Purpose.THREAD, Outcome.OPTED_OUT),
    ],
)
def test_what_only_leads_to_pages_stays_what_it_is(
    body: bytes, purpose: Purpose, outcome: Outcome | None
) -> None:
    assert obeyed(ok(body, "tdm-reservation: 1"), purpose=purpose).failure is outcome


def test_an_answer_cut_short_keeps_its_own_outcome() -> None:
    kept = obeyed(ok(PAGE, "tdm-reservation: 1"), failure=Outcome.TRUNCATED)
    assert (kept.failure, kept.failure_detail) == (Outcome.TRUNCATED, "cut")
    withheld = obeyed(ok(PAGE, "X-Robots-Tag: noarchive"), failure=Outcome.TRUNCATED)
    assert (withheld.received, withheld.failure) == (b"", Outcome.TRUNCATED)
    assert withheld.failure_detail == "cut; noarchive (header: noarchive)"


def test_a_chunked_answer_is_looked_into() -> None:
    body = b'<html><head><meta name="robots" content="noarchive"></head>' + b"x" * 300_000
    framed = b"".join(
        b"%x\r\n%b\r\n" % (len(piece), piece)
        for piece in (body[n : n + 50] for n in range(0, len(body), 50))
    )
    received = head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + framed + b"0\r\n\r\n"
    assert obeyed(received).received == b""


def test_what_is_withheld_is_still_there_to_be_followed() -> None:
    whole = exchange(ok(PAGE, "X-Robots-Tag: noarchive"))
    noted = capture("metadata", outcome="opted_out")
    shown = for_reading(noted, whole)
    parts = response_parts(whole.received, "GET")
    assert parts is not None
    assert (shown.status, shown.headers, shown.payload) == (200, parts.headers, PAGE)
    assert is_opted_out(shown)
    for other in (capture("metadata", outcome="truncated"), capture(outcome="opted_out")):
        assert for_reading(other, whole) is other


LINKS = (Link("https://paper.example/next", LinkKind.PAGE),)
ARTICLE = Article(
    url=URL,
    canonical_url=URL,
    outcome=Outcome.ARTICLE,
    rights=Rights(reserved=("noarchive", "train-ai")),
    field_sources={"rights": "meta"},
)
READING = Reading(Outcome.ARTICLE, ARTICLE, LINKS, next_page=URL + "/2")


def test_of_a_page_that_opted_out_only_the_links_are_used() -> None:
    noted = capture(outcome="opted_out", detail="noai (meta: noai)")
    assert usable(READING, noted, frozenset()) == Reading(
        Outcome.OPTED_OUT, links=LINKS, detail="noai (meta: noai)"
    )


def test_what_the_parser_found_beyond_the_head_counts_too() -> None:
    assert usable(READING, capture(), frozenset({Use.TRAIN_AI, Use.SEARCH})) == Reading(
        Outcome.OPTED_OUT, links=LINKS, detail="train-ai (meta)"
    )
    assert usable(READING, capture(), frozenset({Use.SEARCH})) is READING
    assert usable(replace(READING, article=None), capture(), EVERY).outcome is Outcome.ARTICLE


@pytest.mark.parametrize(
    ("said", "uses"),
    [
        ("", set()),
        ("noarchive", {Use.NOARCHIVE}),
        (" TRAIN-AI, tdm-reservation ,", {Use.TRAIN_AI, Use.TDM}),
        (["noai", "search"], {Use.NOAI, Use.SEARCH}),
        ("all", set(Use)),
    ],
)
def test_the_setting_names_what_is_obeyed(said: object, uses: set[Use]) -> None:
    assert read_options(settings_of(OPT_OUTS=said)).opt_outs == uses  # type: ignore[arg-type]


def test_a_word_that_no_publisher_knows_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match=r"OPT_OUTS holds 'tdm'.*tdm-reservation"):
        read_options(settings_of(OPT_OUTS="noarchive,tdm"))
