"""Scrapy's scheduler on top of the frontier: which URL is asked for next, and what became of it.

A request that comes back, as a redirect or a retry, settles the lease it came from in the same
transaction. How requests and entries become each other is known in ``requests``, whose turn it is
in ``slots``, what is stored in ``frontier``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from scrapy import Request, signals
from scrapy.utils.asyncio import call_later

from archiver.crawl.frontier import Entry
from archiver.crawl.requests import (
    TURNED_OUT,
    ErrorCallback,
    entry_of,
    outcome_of_failure,
    request_of,
)
from archiver.crawl.run import LEASE, Run
from archiver.crawl.slots import Slots
from archiver.errors import UrlError, WriteFailed
from archiver.model import Purpose
from archiver.outcomes import SUCCESSES, Outcome

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from archiver.crawl.frontier import Frontier

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_Arguments = ParamSpec("_Arguments")

_LEASES_AT_ONCE = 64
_LEASED_LIMIT = 4096
"""Leases in memory over all slots: with 10,000 slots a batch of 64 each would be a gigabyte."""
_WAITING_PAGES = 32
"""Pages that may wait for a worker while nothing more is asked for. It is what a kill makes the
next run fetch again, and enough that no worker ever waits for the wire."""


class FrontierScheduler:
    """Gives the engine requests out of the frontier and settles their leases."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = Run.of(crawler)
        self._slots = Slots(per_slot=crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        self._unsettled: set[int] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Scrapy's way of building a component."""
        return cls(crawler)

    @property
    def frontier(self) -> Frontier:
        """The frontier of the run."""
        return self._run.frontier

    @property
    def slots(self) -> Slots:
        """What waits, and whose turn it is."""
        return self._slots

    def open(self, spider: Spider) -> None:
        """What earlier runs left pending is ready to be leased."""
        self._spider = spider
        self._crawler.signals.connect(self._left_downloader, signals.request_left_downloader)
        self._slots.add(self.frontier.pending_by_slot())

    def close(self, reason: str) -> None:
        """Nothing to do: the run closes the frontier after its last acknowledgement."""

    # --- what Scrapy asks ---------------------------------------------------------------------

    def has_pending_requests(self) -> bool:
        """Whether any entry waits, leased or not."""
        return bool(self._slots)

    def enqueue_request(self, request: Request) -> bool:
        """A start request, a redirect or a retry is stored; False when it is known already."""
        lease_id = self._settle(request)
        if lease_id is not None:
            return self._enqueue_again(lease_id, request)
        try:
            entry = entry_of(request, self._spider)
        except UrlError as error:
            logger.warning("%s %s: %s", Outcome.BAD_URL, request.url, error)
            return False
        return self._note_added(self._store(self.frontier.add, [entry]))

    def next_request(self) -> Request | None:
        """The next request of a slot that has room, or None when none has."""
        while len(self._unsettled) - self._slots.in_flight_count < _WAITING_PAGES:
            slot = self._slots.next_slot()
            if slot is None:
                return None
            if self._slots.needs_lease(slot):
                room = (_LEASED_LIMIT - self._slots.leased_count) // self._slots.waiting_slots
                count = min(_LEASES_AT_ONCE, max(1, room))
                batch = self._store(self.frontier.lease, slot, count)
                if batch is None:
                    return None
                self._slots.lease(slot, batch)
            else:
                lease = self._slots.hand_out(slot)
                self._unsettled.add(lease.id)
                return request_of(lease, self._spider, self._failed)
        return None

    # --- what settles a lease -----------------------------------------------------------------

    def acknowledge(self, request: Request, outcome: Outcome, children: Iterable[Request]) -> None:
        """The request's URL ends in ``outcome`` and the children are stored with it. Settled
        once: later calls only store children."""
        entries = self._entries_of(children)
        capture = request.meta.get("capture")
        lease_id = self._settle(request)
        if lease_id is None:
            self._note_added(self._store(self.frontier.add, entries))
            return
        is_stored = self._end(
            lease_id, outcome, request.url, children=entries, purpose=request.meta.get(TURNED_OUT)
        )
        if is_stored and capture is not None and outcome in SUCCESSES:
            self._store(self._run.payloads.note, request, capture)

    def fail(
        self, request: Request, outcome: Outcome, why: str, children: Iterable[Request] = ()
    ) -> None:
        """The request's URL ends in a failure, and what is asked instead is stored with it. One
        whose capture was not durable stays leased, so that the next run asks for it again."""
        entries = self._entries_of(children)
        lease_id = self._settle(request)
        if lease_id is None:
            return
        if outcome is Outcome.WRITE_FAILED:
            self._run.count(outcome, request.url, why)
        else:
            self._end(lease_id, outcome, request.url, why, entries)

    def give_back(self, request: Request) -> None:
        """The request's URL is pending again."""
        lease_id = self._settle(request)
        if lease_id is not None:
            self._note_added(self._store(self.frontier.give_back, lease_id))

    def _entries_of(self, requests: Iterable[Request]) -> list[Entry]:
        entries: list[Entry] = []
        for request in requests:
            try:
                entries.append(entry_of(request, self._spider))
            except UrlError as error:
                logger.debug("%s %s: %s", Outcome.BAD_URL, request.url, error)
        return entries

    def _enqueue_again(self, lease_id: int, request: Request) -> bool:
        """A redirect or a retry of a leased request."""
        is_redirect = request.meta.get("redirect_times", 0) > request.meta["redirects_before"]
        source = request.meta["redirect_urls"][-1] if is_redirect else request.url
        try:
            entry = entry_of(request, self._spider)
        except UrlError as error:
            logger.warning(
                "%s %s (redirect of %s: %s)", Outcome.BAD_URL, request.url, source, error
            )
            self._end(lease_id, Outcome.REDIRECT, source)
            return False
        if not is_redirect:
            return self._note_added(self._store(self.frontier.give_back, lease_id, entry))
        if self._run.follows_redirect(source, entry):
            if not self.frontier.is_same_page(lease_id, entry):  # or it has not ended
                self._run.count(Outcome.REDIRECT, source)
            return self._note_added(self._store(self.frontier.redirect, lease_id, entry))
        self._end(lease_id, Outcome.REDIRECT, source)
        logger.info("%s %s (redirect of %s)", Outcome.OUT_OF_SCOPE, entry.url, source)
        return False

    def _settle(self, request: Request) -> int | None:
        """The request's lease, which it holds no longer; its capture may be sealed."""
        lease_id: int | None = request.meta.pop(LEASE, None)
        self._slots.land(lease_id)
        if lease_id is not None:
            self._unsettled.discard(lease_id)
        self._run.release(request)
        return lease_id

    def _end(
        self,
        lease_id: int,
        outcome: Outcome,
        url: str,
        why: str = "",
        children: Sequence[Entry] = (),
        purpose: Purpose | None = None,
    ) -> bool:
        """The lease ends in ``outcome``; False where that cannot be stored: the next run asks
        again. ``purpose`` is what its page turned out to be for."""
        slots = self._store(self.frontier.acknowledge, lease_id, outcome, children, purpose)
        self._note_added(slots)
        self._run.count(Outcome.WRITE_FAILED if slots is None else outcome, url, why)
        return slots is not None

    def _store(
        self,
        write: Callable[_Arguments, list[_T]],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> list[_T] | None:
        """What ``write`` returns; None, and the end of the crawl, where the disk does not take
        it. What was leased then is pending in the next run."""
        try:
            return write(*arguments, **named)
        except WriteFailed as error:
            self._run.stop(error)
            return None

    def _note_added(self, slots: list[str] | None) -> bool:
        self._slots.add(slots or ())
        return bool(slots)

    def _left_downloader(self, request: Request) -> None:
        self._slots.land(request.meta.get(LEASE))

    def _failed(self, failure: Failure, errback: ErrorCallback | None) -> Any:
        """Every failure of a request ends here, whoever raised it. Requests that the spider makes
        of it in a list are stored with the failure."""
        request: Request = failure.request  # type: ignore[attr-defined]
        output = errback(failure) if errback is not None else None
        outcome, why = outcome_of_failure(cast("BaseException", failure.value), request)
        if not isinstance(output, list):
            self.fail(request, outcome, why)
            return output
        children = [entry for entry in output if isinstance(entry, Request)]
        self.fail(request, outcome, why, children)
        return [entry for entry in output if not isinstance(entry, Request)]

    # --- what a server asks -------------------------------------------------------------------

    def pause(self, slot: str, seconds: float) -> None:
        """Nothing more is asked of ``slot`` for so long, or for as long as was said before, if
        that is longer."""
        until = monotonic() + seconds

        def resume() -> None:
            self._slots.resume(slot, until)
            engine: Any = self._crawler.engine
            if engine._slot is not None:  # or it would look for work up to five seconds later
                engine._slot.nextcall.schedule()

        self._slots.pause(slot, until)
        call_later(seconds, resume)

    def close_slot(self, slot: str) -> None:
        """Nothing more is asked of ``slot`` in this run; what is pending there stays so."""
        for lease in self._slots.close(slot):
            self._store(self.frontier.give_back, lease.id)
