"""The captures of a WARC in file order, each with what reading it came to.

Knows which captures are settled by their record alone, which have been read before (a verdict in
the archive, a memo), and which a worker must read now. Knows nothing of tables.

What a page says is decided by its bytes and rules only, so a memo and a worker give the same. What
a clock decided, a stopped parser, is no fact about the page: it counts when the archive says so,
and then for every derivation; without such a note, the page is read again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from archiver.config import DeriveConfig
from archiver.model import Capture, Page, Reading
from archiver.outcomes import CAPTURE_OUTCOMES, Outcome, outcome_of_status
from archiver.reading import page_of
from archiver.warc.reader import WarcScan, read_captures
from archiver.workers import Readers

STOPPED = frozenset({Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY, Outcome.EXTRACT_FAILED})
"""What a machine decided as much as a page did."""
VERDICTS = STOPPED | {Outcome.PAGE_TOO_LARGE, Outcome.UNDECODABLE, Outcome.OPTED_OUT}
"""Outcomes of a reading that a metadata record may state. The last is no failure: the publisher
reserved the use, and who crawled obeyed."""
AHEAD = 4
"""Pages for each worker that are handed over before the first answer is needed."""
AHEAD_BYTES = 64 * 1024 * 1024
"""Payloads held in memory for pages that wait, whatever their number."""
_TRUNCATIONS = {"length": Outcome.SIZE_LIMIT, "time": Outcome.TIMEOUT}


@dataclass(frozen=True, slots=True)
class Read:
    """A capture and what reading it came to."""

    capture: Capture
    reading: Reading


@dataclass(slots=True)
class Tally:
    """How many readings came from where."""

    settled: int = 0
    repeated: int = 0
    remembered: int = 0
    read: int = 0


class Pool(Protocol):
    """Whatever reads pages: ``Readers``, or workers that start when they are needed."""

    def read(self, page: Page) -> Future[Reading]:
        """The future reading of ``page``."""


class ReadersOnDemand:
    """Workers that start with the first page they are handed: a WARC whose pages are all
    remembered pays for none. A context manager; several derivations may share it."""

    def __init__(self, config: DeriveConfig) -> None:
        self._config = config
        self._readers: Readers | None = None

    def read(self, page: Page) -> Future[Reading]:
        """The future reading of ``page``; ConfigError when no worker starts."""
        if self._readers is None:
            config = self._config
            self._readers = Readers(config.rules, config.limits, jobs=config.jobs)
        return self._readers.read(page)

    def __enter__(self) -> ReadersOnDemand:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._readers is not None:
            self._readers.__exit__(kind)


def settled(capture: Capture) -> Outcome | None:
    """The outcome that the record of ``capture`` decides alone; None when its content speaks.

    A response that ended early is not read, so that no torn text passes for a whole one.
    """
    if capture.record_type == "metadata":
        return _outcome_named(capture.notes.get("outcome")) or Outcome.NO_RESPONSE
    by_status = outcome_of_status(capture.status) if capture.status is not None else None
    if _is_robots(capture):
        return Outcome.ROBOTS
    if capture.record_type == "revisit":
        return by_status or Outcome.UNCHANGED
    if capture.truncated:
        return _TRUNCATIONS.get(capture.truncated, Outcome.TRUNCATED)
    if by_status is not None:
        return by_status
    if capture.record_type == "response" and capture.status is None:
        is_http = capture.url.lower().startswith(("http:", "https:"))
        return Outcome.NO_RESPONSE if is_http else Outcome.OTHER_CONTENT
    if capture.notes.get("purpose") == "requisite":
        return Outcome.REQUISITE
    if not capture.url.lower().startswith(("http:", "https:")):
        return Outcome.OTHER_CONTENT  # urn:, dns:, metadata: of other tools
    return Outcome.PAGE_TOO_LARGE if capture.payload is None else None


def reads_of(
    found: WarcScan,
    config: DeriveConfig,
    *,
    memo: Mapping[str, Reading],
    readers: Pool | None,
    tally: Tally,
    only: Collection[str] | None = None,
) -> Generator[Read, None, None]:
    """The captures of ``found`` in file order with their readings; ``only`` those with these
    record ids, if they are named.

    Pages are read by ``readers``, or by workers of its own that live no longer than the pass and
    are started only when there is a page to read. Raises the file's fault, if it has one, after
    the captures before it. Memory is bounded by the pages that wait, not by the file.
    """
    pool = ReadersOnDemand(config) if readers is None else nullcontext(readers)
    with pool as workers:
        yield from _in_order(
            _chosen(read_captures(found.path, scan=found), only),
            lambda capture: _answer(capture, config, memo, workers, tally),
            window=AHEAD * max(1, config.jobs),
        )


def _chosen(captures: Iterator[Capture], only: Collection[str] | None) -> Iterator[Capture]:
    return captures if only is None else (c for c in captures if c.ref.record_id in only)


def _answer(
    capture: Capture,
    config: DeriveConfig,
    memo: Mapping[str, Reading],
    workers: Pool,
    tally: Tally,
) -> Future[Reading] | Reading:
    outcome = settled(capture)
    if outcome is not None:
        tally.settled += 1
        return Reading(outcome)
    verdict = _outcome_named(capture.notes.get("outcome"))
    if verdict in VERDICTS and not config.retry_verdicts:
        tally.repeated += 1
        return Reading(verdict, detail=capture.notes.get("detail"))
    remembered = memo.get(capture.ref.record_id)
    if remembered is not None and remembered.outcome not in STOPPED:
        tally.remembered += 1
        return remembered
    tally.read += 1
    return workers.read(page_to_read(capture))


def _in_order(
    captures: Iterator[Capture],
    answer: Callable[[Capture], Future[Reading] | Reading],
    *,
    window: int,
) -> Iterator[Read]:
    """Answers in the order of their captures, asked for some way ahead. A fault of the file comes
    after the answers for what stands before it."""
    waiting: deque[tuple[Capture, Future[Reading] | Reading]] = deque()
    waiting_bytes = 0
    fault: Exception | None = None
    try:
        while True:
            try:
                capture = next(captures, None)
            except Exception as error:
                capture, fault = None, error
            if capture is not None:
                waiting.append((capture, answer(capture)))
                waiting_bytes += len(capture.payload or b"")
            while waiting and (
                capture is None or len(waiting) > window or waiting_bytes > AHEAD_BYTES
            ):
                first, due = waiting.popleft()
                waiting_bytes -= len(first.payload or b"")
                yield Read(first, due.result() if isinstance(due, Future) else due)
            if capture is None:
                break
    finally:
        # Of a pass that was broken off: the workers may be another file's as well.
        for _, due in waiting:
            if isinstance(due, Future):
                due.cancel()
    if fault is not None:
        raise fault


def page_to_read(capture: Capture) -> Page:
    """The page that ``capture`` is. A resource record says its type itself, as a response does in
    its headers."""
    if capture.headers or not capture.content_type:
        return page_of(capture)
    said = capture.content_type.encode("latin-1", "replace")
    return page_of(replace(capture, headers=((b"Content-Type", said),)))


def _is_robots(capture: Capture) -> bool:
    purpose = capture.notes.get("purpose")
    if purpose is not None:
        return purpose == "robots"
    if not capture.url.lower().startswith(("http:", "https:")):
        return False
    try:
        return urlsplit(capture.url).path == "/robots.txt"
    except ValueError:
        return False


def _outcome_named(name: str | None) -> Outcome | None:
    outcome = Outcome(name) if name in set(Outcome) else None
    return outcome if outcome in CAPTURE_OUTCOMES else None
