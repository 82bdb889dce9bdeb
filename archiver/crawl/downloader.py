"""Scrapy's downloader, made to keep each slot's pace: the last door before the wire.

Every request passes here, robots.txt and retries too, so nothing is faster than it should be
whoever made it. Knows Scrapy's downloader; what the pace is, ``pace`` knows.

Why not Scrapy's own slots: AutoThrottle goes below a crawl-delay as soon as another host of the
slot answers; a slot without requests is forgotten after a minute, its delay with it; what already
waits in a slot goes out in spite of a ``Retry-After``; and the delay counts from the moment when
a connection is asked for, so two requests can leave together where the first needs a connection
and the second finds one.
"""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING, cast

from scrapy.core.downloader import Downloader, Slot
from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

from archiver.crawl.courtesy import KeptPace
from archiver.crawl.pace import Pace
from archiver.crawl.run import Run
from archiver.errors import WriteFailed

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

request_sent = object()
"""Signal with ``request``: it has left for the wire, once for each attempt."""

_BETWEEN_NOTE_AND_WIRE = 1.0
"""Seconds that a connection may take after a request was noted, in a run that was killed."""
_MANY_PACES = 20_000
"""Paces in memory; beyond it those that were idle for long are left to the memory on disk."""
_IDLE_SECONDS = 3600.0


CAN_BE_PUT_OFF = "can_be_put_off"
"""Key in a request's meta: whoever asks without a lease is ready for ``PutOff``."""


class PutOff(IgnoreRequest):
    """It is not the request's turn for a while; if it has a lease, it is pending again."""


class LeftForNextRun(PutOff):
    """Nothing more is asked of this slot in this run."""


class PacedSlot(Slot):
    """A slot of Scrapy's downloader that keeps a pace."""

    def __init__(self, slot: Slot, pace: Pace) -> None:
        super().__init__(slot.concurrency, slot.delay, slot.jitter)
        self.pace = pace

    def download_delay(self) -> float:
        """Seconds from ``lastseen`` to the next request. Jitter only ever lengthens it."""
        due = self.pace.due_at(self.delay, monotonic())
        return max(super().download_delay(), self.pace.delay(self.delay), due - self.lastseen)


class PacedDownloader(Downloader):
    """Keeps the pace of every slot, and notes it so that the next run begins no faster."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run = Run.of(crawler)
        self._paces: dict[str, Pace] = {}
        self._most_paces = _MANY_PACES
        self._unsent: dict[Request, Pace] = {}
        crawler.signals.connect(self._sent, request_sent)

    def pace(self, key: str) -> Pace:
        """The pace of a slot, as an earlier run left it."""
        pace = self._paces.get(key)
        if pace is None:
            if len(self._paces) >= self._most_paces:
                self._forget_idle()
            pace = self._paces[key] = Pace()
            kept = self._run.courtesy.pace(key)
            if kept is not None:
                pace.caution = kept.caution_seconds
                pace.asked_at = monotonic() - kept.age_seconds
                # What asked for that delay, a robots.txt perhaps, may not be known yet.
                next_at = pace.asked_at + kept.delay_seconds + _BETWEEN_NOTE_AND_WIRE
                pace.resting_until = next_at
        return pace

    def slow_down(self, key: str, floor: float) -> None:
        """At least ``floor`` seconds are left between two requests of the slot. The next run is
        to know it, though no request of this one may follow. WriteFailed stops the crawl."""
        pace = self.pace(key)
        if floor > pace.floor:
            pace.floor = floor
            self.note_pace(key)

    def note_pace(self, key: str) -> None:
        """The pace of the slot, if it was ever asked and has one, is remembered for the next run.
        WriteFailed stops the crawl."""
        pace, own = self.pace(key), self.own_delay(key)
        delay = pace.delay(own)
        if pace.asked_at == -inf or not delay:
            return
        taught = own if own > self._delay else 0.0
        kept = KeptPace(monotonic() - pace.asked_at, delay, max(pace.caution, taught))
        try:
            self._run.courtesy.note_asked(key, kept)
        except WriteFailed as error:
            self._run.stop(error)
            raise

    def own_delay(self, key: str) -> float:
        """Seconds between two requests that the crawl leaves by itself: DOWNLOAD_DELAY, or what
        AutoThrottle makes of it."""
        slot = self.slots.get(key)
        return self._delay if slot is None else slot.delay

    def seconds_until_due(self, key: str) -> float:
        """How long one more request of the slot would wait here; not above 0 where it would not."""
        pace, own, now = self.pace(key), self.own_delay(key), monotonic()
        due = pace.due_at(own, now)
        slot = self.slots.get(key)
        if slot is not None:
            delay = pace.delay(own)
            due = max(due, slot.lastseen + delay) + delay * len(slot.queue)
        return due - now

    def leave(self, key: str) -> None:
        """Nothing more is asked of the slot in this run; what waits there ends in
        ``LeftForNextRun``."""
        self.pace(key).is_left = True
        slot = self.slots.get(key)
        while slot is not None and slot.queue:
            _, answer = slot.queue.popleft()
            reason = LeftForNextRun(f"{key} is left for the next run")
            answer.errback(Failure(reason))  # type: ignore[no-untyped-call]

    def _forget_idle(self) -> None:
        now = monotonic()
        self._paces = {
            key: pace
            for key, pace in self._paces.items()
            if pace.is_left or max(pace.asked_at, pace.resting_until) > now - _IDLE_SECONDS
        }
        self._most_paces = max(_MANY_PACES, 2 * len(self._paces))

    def _get_slot(self, request: Request, spider: Spider | None = None) -> tuple[str, Slot]:  # noqa: ARG002
        key = self.get_slot_key(request)
        if key not in self.slots:
            _, plain = super()._get_slot(request)
            self.slots[key] = PacedSlot(plain, self.pace(key))
        return key, self.slots[key]

    async def _download(self, slot: Slot, request: Request) -> Response:
        key = request.meta[self.DOWNLOAD_SLOT]
        pace = cast("PacedSlot", slot).pace
        pace.asked_at = monotonic()
        self.note_pace(key)  # before it leaves: the run may be killed right after
        pace.on_their_way += 1
        self._unsent[request] = pace
        try:
            return await super()._download(slot, request)
        finally:
            self._arrived(request)

    def _sent(self, request: Request) -> None:
        self._arrived(request)
        self.pace(request.meta[self.DOWNLOAD_SLOT]).asked_at = monotonic()

    def _arrived(self, request: Request) -> None:
        pace = self._unsent.pop(request, None)
        if pace is not None:
            pace.on_their_way -= 1
