from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scrapy import Request

from archiver.crawl.frontier import Frontier
from archiver.crawl.payloads import Payloads
from archiver.model import Capture, Errand, Purpose, RecordRef
from archiver.warc.records import Earlier

URL = "https://paper.example/story"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CAPTURE = Capture(
    RecordRef("a.warc.gz", 0, 10, "<urn:uuid:a>"),
    "response",
    URL,
    NOON,
    payload_digest="sha1:A",
)


def asking(url: str = URL, purpose: Purpose = Purpose.ARTICLE, method: str = "GET") -> Request:
    return Request(url, method=method, meta={"errand": Errand(purpose)})


def payloads(folder: Path) -> Payloads:
    return Payloads(Frontier(folder / "frontier.sqlite", run_id="run-1"))


def test_the_last_capture_of_a_page_is_known_under_all_its_spellings(tmp_path: Path) -> None:
    known = payloads(tmp_path)
    assert known.earlier(asking()) is None
    known.note(asking(), CAPTURE)
    known.note(asking(), replace(CAPTURE, payload_digest="sha1:B"))
    assert known.earlier(asking(URL + "?utm_source=feed")) == Earlier(
        "<urn:uuid:a>", URL, NOON, "sha1:B"
    )


def test_only_whole_answers_are_noted(tmp_path: Path) -> None:
    known = payloads(tmp_path)
    known.note(asking(), replace(CAPTURE, record_type="revisit"))
    known.note(asking(), replace(CAPTURE, payload_digest=None))
    assert known.earlier(asking()) is None


def test_threads_and_what_is_posted_are_archived_each_time(tmp_path: Path) -> None:
    known = payloads(tmp_path)
    for request in (asking(purpose=Purpose.THREAD), asking(method="POST"), Request(URL)):
        known.note(request, CAPTURE)
        assert known.earlier(request) is None
    assert known.earlier(asking()) is None
