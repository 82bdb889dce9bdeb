"""The rest that servers ask for: Retry-After obeyed (RFC 9110, 10.2.3), in later runs too, and a
slower pace after each 429 and 503.

Knows who is paused, for how long, and when a slot is left for the next run; the arithmetic is
``pace``'s, the memory ``courtesy``'s.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, cast

from scrapy import signals

from archiver.crawl.downloader import CAN_BE_PUT_OFF, LeftForNextRun, PacedDownloader, PutOff
from archiver.crawl.run import LEASE, Run
from archiver.errors import WriteFailed
from archiver.retry_after import http_date, retry_after

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archiver.crawl.scheduler import FrontierScheduler

logger = logging.getLogger(__name__)

LONGEST_WAIT = 600.0
"""Seconds that a run waits for a site that answers nothing but "later", or between two of its
requests; beyond it the site is left for the next run. One that answers nothing but 503 would keep
a run alive for days."""
_BUSY = (429, 503)
_LEAST_PAUSE = 2.0
"""Seconds. Who waits in the downloader takes the room of other sites (CONCURRENT_REQUESTS): a few
dozen slow ones would hold up a crawl of thousands. For less, the downloader's waiting will do."""


class RestMiddleware:
    """Nearest to the wire: it sees every answer, those that Scrapy retries included."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = Run.of(crawler)
        self._longest_delay = crawler.settings.getfloat("AUTOTHROTTLE_MAX_DELAY")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RestMiddleware:
        """Scrapy's way of building a component."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.resume_rests, signals.spider_opened)
        return middleware

    def resume_rests(self) -> None:
        """What servers asked of an earlier run holds for this one."""
        for slot, seconds in self._run.courtesy.rests().items():
            self._rest(slot, seconds)

    def process_request(self, request: Request) -> None:
        """Raises PutOff where the request's turn is far off, LeftForNextRun where it is too far
        off for this run."""
        slot = self._downloader.get_slot_key(request)
        pace = self._downloader.pace(slot)
        wait = self._downloader.seconds_until_due(slot)
        if wait > LONGEST_WAIT and not pace.is_left:
            self._leave(slot, f"is not to be asked for another {wait:.0f} s")
        if pace.is_left:
            raise LeftForNextRun(f"{slot} is left for the next run")
        if wait >= _LEAST_PAUSE and (LEASE in request.meta or CAN_BE_PUT_OFF in request.meta):
            self._scheduler.pause(slot, wait)
            raise PutOff(f"{slot} is due in {wait:.0f} s")

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; on a 429 or 503 its slot is given the rest that the server asks for, and
        asked more slowly afterwards."""
        slot = self._downloader.get_slot_key(request)
        pace = self._downloader.pace(slot)
        own = self._downloader.own_delay(slot)
        if response.status not in _BUSY:
            if response.status < 500:
                pace.answered(own)
            return response
        now = monotonic()
        latency = request.meta.get("download_latency") or 0.0
        pace.refused(own, asked_at=now - latency, now=now, longest=self._longest_delay)
        self._downloader.note_pace(slot)
        seconds = _rest_of(response)
        if seconds:
            self._note_rest(slot, max(seconds, pace.resting_until - now))
        self._rest(slot, seconds or pace.delay(own))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A request that is put off is pending again."""
        if isinstance(exception, PutOff):
            self._scheduler.give_back(request)

    def _note_rest(self, slot: str, seconds: float) -> None:
        try:
            self._run.courtesy.note_rest(slot, seconds)
        except WriteFailed as error:
            self._run.stop(error)
            raise

    def _rest(self, slot: str, seconds: float) -> None:
        pace = self._downloader.pace(slot)
        pace.rest(seconds, monotonic())
        if pace.is_left or not seconds:
            return
        if pace.waited > LONGEST_WAIT:
            self._leave(slot, f"has been given {pace.waited:.0f} s of rest")
            return
        logger.info("%s rests for %g s", slot, seconds)
        if seconds >= _LEAST_PAUSE:
            self._scheduler.pause(slot, seconds)

    def _leave(self, slot: str, why: str) -> None:
        logger.warning("%s %s: left for the next run", slot, why)
        self._scheduler.close_slot(slot)
        self._downloader.leave(slot)

    @property
    def _downloader(self) -> PacedDownloader:
        return cast("PacedDownloader", self._crawler.engine.downloader)

    @property
    def _scheduler(self) -> FrontierScheduler:
        return cast("FrontierScheduler", self._crawler.engine.scheduler)


def _rest_of(response: Response) -> float | None:
    """Seconds that the server asks for. A date is taken against the server's own clock, where it
    tells the time: ours, or its, may be a day off."""
    date = response.headers.get(b"Date")
    now = http_date(date.decode("latin-1")) if date else None
    values = [value.decode("latin-1") for value in response.headers.getlist(b"Retry-After")]
    asked = [retry_after(value, now or datetime.now(UTC)) for value in values]
    return max((seconds for seconds in asked if seconds is not None), default=None)
