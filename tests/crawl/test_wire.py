"""The archive against the server's own log: what crossed the wire is what was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.warc.reader import read_received
from tests.crawl.running import captures, run_scrapy
from tests.servers import CASES, ExchangeLog, RawServer

SPIDER = str(Path(__file__).with_name("wire_spider.py"))
SLOW = {"/never", "/stalls"}
"""Cases that end with the client's time limit only."""
LIMITED = {
    "DOWNLOAD_TIMEOUT": "4",
    "EXTRACT": "False",
    "CONCURRENT_REQUESTS": "8",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
}


@dataclass(frozen=True)
class Archived:
    """One exchange in the archive."""

    url: str
    sent: bytes
    received: bytes
    status: int | None
    truncated: str | None
    outcome: str | None


@dataclass(frozen=True)
class Trial:
    """A crawl of every case, over http and https."""

    server: RawServer
    archived: dict[str, list[Archived]]
    log: str


def _archived(output: Path) -> Iterator[Archived]:
    requests: dict[str, bytes] = {}
    for path in sorted((output / "warc").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                if record.rec_type == "request":
                    sent = record.content_stream().read()
                    for name, value in record.rec_headers.headers:
                        if name == "WARC-Concurrent-To":
                            requests[value] = sent
    for path, capture in captures(output):
        yield Archived(
            url=capture.url,
            sent=requests.get(capture.ref.record_id, b""),
            received=read_received(path, capture),
            status=capture.status,
            truncated=capture.truncated,
            outcome=capture.notes.get("outcome"),
        )


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    output = tmp_path_factory.mktemp("wire") / "output"
    with RawServer() as server:
        wanted = [
            [case.method, door("/" + case.path)]
            for case in CASES.values()
            if not case.is_heavy and f"/{case.path}" not in SLOW
            for door in (server.url, server.https_url)
        ]
        done = run_scrapy(
            "runspider",
            SPIDER,
            "-a",
            f"requests={json.dumps(wanted)}",
            output=output,
            settings={**LIMITED, "TLS_CA_FILE": str(server.ca_file)},
        )
        assert done.returncode == 0, done.stderr[-3000:]
        archived: dict[str, list[Archived]] = {}
        for entry in _archived(output):
            archived.setdefault(entry.url, []).append(entry)
        yield Trial(server, archived, done.stderr)


def _doors(trial: Trial, path: str) -> Iterator[tuple[list[Archived], list[ExchangeLog]]]:
    for url, door in ((trial.server.url(path), "http"), (trial.server.https_url(path), "https")):
        kept = trial.archived.get(url, [])
        logged = [entry for entry in trial.server.exchanges(path) if entry.door == door]
        yield kept, logged


QUICK_CASES = [case for case in CASES.values() if not case.is_heavy and f"/{case.path}" not in SLOW]


@pytest.mark.parametrize("case", QUICK_CASES, ids=lambda case: f"/{case.path}")
def test_every_request_stands_in_the_archive_as_the_server_received_it(
    trial: Trial, case: object
) -> None:
    path = "/" + case.path  # type: ignore[attr-defined]
    for kept, logged in _doors(trial, path):
        assert [entry.sent for entry in kept] == [bytes(entry.received) for entry in logged]
        assert kept, "every exchange is archived"


@pytest.mark.parametrize(
    "case", [case for case in QUICK_CASES if case.completes], ids=lambda case: f"/{case.path}"
)
def test_every_whole_answer_stands_in_the_archive_byte_for_byte(trial: Trial, case: object) -> None:
    path = "/" + case.path  # type: ignore[attr-defined]
    for kept, logged in _doors(trial, path):
        assert [entry.received for entry in kept] == [bytes(entry.sent) for entry in logged]
        assert kept[-1].truncated is None


@pytest.mark.parametrize(
    "case", [case for case in QUICK_CASES if not case.completes], ids=lambda case: f"/{case.path}"
)
def test_what_came_of_a_broken_answer_is_an_exact_prefix_with_its_outcome(
    trial: Trial, case: object
) -> None:
    path = "/" + case.path  # type: ignore[attr-defined]
    for kept, logged in _doors(trial, path):
        assert len(kept) == len(logged)
        for mine, theirs in zip(kept, logged, strict=True):
            assert bytes(theirs.sent).startswith(mine.received)
            assert mine.outcome, "a failed exchange says what failed"
