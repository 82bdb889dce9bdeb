"""What a server asks of its visitors, obeyed: robots.txt with its crawl-delay (RFC 9309), and
the rest that it asks for when it is too busy.

Knows Scrapy's downloader; what a robots.txt means is known in ``archiver.robots``. Scrapy's own
middleware never looks at the status: a robots.txt that answered 503 let the crawl go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK

from archiver.crawl.requests import Refused
from archiver.crawl.run import Run
from archiver.errors import WriteFailed
from archiver.model import Errand, Purpose
from archiver.outcomes import Outcome
from archiver.retry_after import retry_after
from archiver.robots import RobotsPolicy
from archiver.urls import host_of, site_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archiver.crawl.scheduler import FrontierScheduler

logger = logging.getLogger(__name__)

_KEPT_SECONDS = 24 * 3600
"""RFC 9309, 2.4: a cached robots.txt should not be used for more than 24 hours."""
_KEPT_POLICIES = 5000
"""Origins whose policy stays in memory; the least recently asked goes first."""
_LONGEST_PAUSE = 600.0
"""Seconds in all that a run waits for a site that asks for rest; beyond it the rest of that site
is left for the next run, or one that answers nothing but 503 would keep a run alive for days."""
_LONGEST_DELAY = 60.0
"""Seconds. A longer crawl-delay is kept to this, with a line in the log."""


class RobotsMiddleware:
    """Refuses what robots.txt forbids, and goes no faster than it asks."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._run = Run.of(crawler)
        self._policies: OrderedDict[str, tuple[float, asyncio.Future[RobotsPolicy]]] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way of building a component."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Refused where robots.txt says no, or cannot be had."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        policy = await self._policy_for(request.url)
        user_agent = self._user_agent(request)
        refusal = policy.refusal(request.url, user_agent)
        if refusal is not None:
            raise Refused(refusal, f"{_origin(request.url)}/robots.txt")
        rules = self._run.rules.choose(host_of(request.url))
        delay = max(policy.crawl_delay(user_agent) or 0.0, rules.delay_seconds or 0.0)
        if delay:
            self._slow_down(request, delay)

    async def _policy_for(self, url: str) -> RobotsPolicy:
        origin = _origin(url)
        known = self._policies.get(origin)
        if known is not None and monotonic() - known[0] < _KEPT_SECONDS:
            self._policies.move_to_end(origin)
            return await asyncio.shield(known[1])
        answer: asyncio.Future[RobotsPolicy] = asyncio.get_running_loop().create_future()
        self._policies[origin] = (monotonic(), answer)
        if len(self._policies) > _KEPT_POLICIES:
            self._policies.popitem(last=False)
        try:
            policy = await self._fetch(origin)
        except WriteFailed as error:
            answer.set_exception(error)
            answer.exception()  # nobody may be waiting for it
            raise
        answer.set_result(policy)
        self._hand_on_sitemaps(origin, policy)
        return policy

    def _hand_on_sitemaps(self, origin: str, policy: RobotsPolicy) -> None:
        """A spider that wants to know hears which sitemaps a host names."""
        listen = getattr(self._crawler.spider, "sitemaps_named", None)
        if listen is not None:
            for request in listen(origin, policy.sitemaps):
                self._crawler.engine.crawl(request)

    async def _fetch(self, origin: str) -> RobotsPolicy:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            meta={
                "dont_obey_robotstxt": True,
                "errand": Errand(Purpose.ROBOTS),
                "download_slot": site_of(origin),
            },
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except WriteFailed:
            raise
        except Exception as error:  # whatever Scrapy's downloader and its middlewares raise
            logger.warning("%s %s (%s)", Outcome.ROBOTS_UNREACHABLE, request.url, error)
            return RobotsPolicy.from_response(None)
        return RobotsPolicy.from_response(response.status, response.body)

    def _user_agent(self, request: Request) -> str:
        header: bytes | None = request.headers.get(b"User-Agent")
        return header.decode("latin-1") if header else self._run.user_agent

    def _slow_down(self, request: Request, delay: float) -> None:
        slot = request.meta.get("download_slot") or site_of(request.url)
        downloader: Any = self._crawler.engine.downloader
        asked = min(delay, _LONGEST_DELAY)
        current = downloader.slots.get(slot)
        if current is not None and current.delay < asked:
            logger.info("%s asks for %g s between requests", slot, delay)
            current.delay = asked
            # Or Scrapy would wait between half and one and a half of it, at random.
            current.jitter = 0.0
        if current is not None and current.delay == asked:
            # Or AutoThrottle would go back to its own figure.
            request.meta["autothrottle_dont_adjust_delay"] = True


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class RetryAfterMiddleware:
    """Waits as long as a server that is too busy asks for (RFC 9110, 10.2.3)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._paused: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfterMiddleware:
        """Scrapy's way of building a component."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; on a 429 or 503 its slot is given the rest that the server asks for."""
        if response.status not in (429, 503):
            return response
        header = response.headers.get(b"Retry-After")
        seconds = retry_after(header.decode("latin-1"), datetime.now(UTC)) if header else None
        if seconds:
            slot = request.meta.get("download_slot") or site_of(request.url)
            scheduler = cast("FrontierScheduler", self._crawler.engine.scheduler)
            self._paused[slot] = self._paused.get(slot, 0.0) + seconds
            if self._paused[slot] > _LONGEST_PAUSE:
                logger.warning("%s asks for %g s of rest: left for the next run", slot, seconds)
                scheduler.close_slot(slot)
            else:
                logger.info("%s asks for %g s of rest", slot, seconds)
                scheduler.pause(slot, seconds)
        return response


class DecodeForOthers(HttpCompressionMiddleware):
    """Scrapy's decoding of Content-Encoding, except where the spider reads captures itself.

    A spider that says ``reads_captures = True`` hands the archived bytes to a worker that decodes
    them within limits; decoding them here too would be work for nothing.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002
    ) -> Request | Response:
        """The response, decoded unless the spider does so."""
        errand = request.meta.get("errand")
        is_robots = isinstance(errand, Errand) and errand.purpose is Purpose.ROBOTS
        if getattr(self._crawler.spider, "reads_captures", False) and not is_robots:
            return response
        return super().process_response(request, response)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecodeForOthers:
        """Scrapy's way of building a component."""
        middleware = super().from_crawler(crawler)
        middleware._crawler = crawler
        return middleware

    _crawler: Crawler
