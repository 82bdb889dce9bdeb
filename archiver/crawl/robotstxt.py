"""robots.txt asked for and obeyed (RFC 9309): once a day for each origin, whatever the runs.

Knows Scrapy's engine and who is asked; what a robots.txt means is known in ``archiver.robots``.
Scrapy's own middleware never looks at the status: a robots.txt that answered 503 let the crawl go
on. It also follows redirects as those of pages, and takes one without end for a failure.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from archiver.crawl.courtesy import ROBOTS_KEPT_SECONDS
from archiver.crawl.declarations import CONTENT_USAGE
from archiver.crawl.downloader import CAN_BE_PUT_OFF, PacedDownloader, PutOff
from archiver.crawl.requests import Refused
from archiver.crawl.run import Run
from archiver.errors import UrlError, WriteFailed
from archiver.model import Errand, Purpose
from archiver.outcomes import Outcome
from archiver.robots import RobotsPolicy
from archiver.urls import host_of, normalise, site_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_ASKED_AGAIN_SECONDS = 600.0
"""After which an origin that could not give its robots.txt is asked again within a run."""
_MOST_POLICIES = 5000
"""Origins whose policy stays in memory; the least recently asked goes first."""
_MOST_REDIRECTS = 5
"""RFC 9309, 2.3.1.2: at least five are followed, to other hosts too; beyond that there is no
robots.txt."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONG_DELAY = 60.0
"""Seconds. A longer crawl-delay is kept too, but is worth a line that an operator sees."""
_LONGEST_DELAY = 24 * 3600.0
"""Seconds: a page a day. Whoever asks for more (10⁹ was written) is kept to this."""


class _Known(NamedTuple):
    until: float
    """Monotonic."""
    policy: asyncio.Future[RobotsPolicy]


class RobotsMiddleware:
    """Refuses what robots.txt forbids, and sets the pace that it and the rules of a site ask for.

    With ROBOTSTXT_OBEY off nothing of it is obeyed; hosts of the crawl are still asked for their
    sitemaps, where the spider wants them.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = Run.of(crawler)
        self._is_obeyed = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._policies: OrderedDict[str, _Known] = OrderedDict()
        self._long_delays: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way of building a component."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Refused where robots.txt says no, or cannot be had."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        origin = _origin(request.url)
        delay = self._run.rules.choose(host_of(request.url)).delay_seconds or 0.0
        if self._is_obeyed:
            policy = await self._policy_of(origin)
            user_agent = self._user_agent(request)
            refusal = policy.refusal(request.url, user_agent)
            if refusal is not None:
                raise Refused(refusal, f"{origin}/robots.txt")
            request.meta[CONTENT_USAGE] = policy.content_usages(request.url, user_agent)
            delay = max(delay, policy.crawl_delay(user_agent) or 0.0)
        elif self._wants_sitemaps_of(origin):
            await self._policy_of(origin)
        if delay:
            self._slow_down(request, delay)

    async def _policy_of(self, origin: str) -> RobotsPolicy:
        known = self._policies.get(origin)
        if known is not None and monotonic() < known.until:
            self._policies.move_to_end(origin)
            return await asyncio.shield(known.policy)
        answer: asyncio.Future[RobotsPolicy] = asyncio.get_running_loop().create_future()
        self._remember(origin, answer, ROBOTS_KEPT_SECONDS)
        try:
            policy, kept_seconds = await self._ask(origin)
        except (WriteFailed, PutOff) as error:
            del self._policies[origin]
            answer.set_exception(error)
            answer.exception()  # nobody may be waiting for it
            raise
        self._remember(origin, answer, kept_seconds)
        answer.set_result(policy)
        self._hand_on_sitemaps(origin, policy)
        return policy

    def _remember(self, origin: str, policy: asyncio.Future[RobotsPolicy], seconds: float) -> None:
        self._policies[origin] = _Known(monotonic() + seconds, policy)
        self._policies.move_to_end(origin)
        if len(self._policies) > _MOST_POLICIES:
            self._policies.popitem(last=False)

    async def _ask(self, origin: str) -> tuple[RobotsPolicy, float]:
        """The policy of an origin, from memory or from the wire, and for how many seconds more it
        holds."""
        kept = self._run.courtesy.robots(origin)
        if kept is not None:
            left = ROBOTS_KEPT_SECONDS - kept.age_seconds
            return RobotsPolicy.from_response(kept.status, kept.body), left
        response = await self._fetch(origin)
        if response is None:
            return RobotsPolicy.from_response(None), _ASKED_AGAIN_SECONDS
        policy = RobotsPolicy.from_response(response.status, response.body)
        if policy.is_unreachable:
            return policy, _ASKED_AGAIN_SECONDS
        try:
            self._run.courtesy.keep_robots(origin, response.status, response.body)
        except WriteFailed as error:
            self._run.stop(error)
            raise
        return policy, ROBOTS_KEPT_SECONDS

    async def _fetch(self, origin: str) -> Response | None:
        """The answer at the end of all redirects, or the last redirect of too many; None where
        there was none. Each is asked for in the slot of its own host."""
        slot = site_of(origin)
        url, via = f"{origin}/robots.txt", None
        for _ in range(_MOST_REDIRECTS + 1):
            is_own = site_of(url) == slot
            meta = {
                "dont_obey_robotstxt": True,
                "dont_redirect": True,
                "errand": Errand(Purpose.ROBOTS, via=via),
                "download_slot": site_of(url),
                # The page that needs it is of this slot, and will come back when it is due.
                **({CAN_BE_PUT_OFF: True} if is_own else {}),
            }
            request = Request(url, callback=NO_CALLBACK, priority=1000, meta=meta)
            try:
                response = await self._crawler.engine.download_async(request)
            except WriteFailed:
                raise
            except Exception as error:  # whatever Scrapy's downloader and its middlewares raise
                if isinstance(error, PutOff) and is_own:
                    raise
                logger.warning("%s %s (%s)", Outcome.ROBOTS_UNREACHABLE, url, error)
                return None
            target = _target_of(response)
            if target is None:
                break
            url, via = target, url
        return response

    def _wants_sitemaps_of(self, origin: str) -> bool:
        """Hosts of comment platforms, say, have none that anybody wants."""
        wants = getattr(self._crawler.spider, "sitemaps_named", None) is not None
        return wants and (self._run.scope is None or self._run.scope.holds(origin))

    def _hand_on_sitemaps(self, origin: str, policy: RobotsPolicy) -> None:
        """A spider that wants to know hears which sitemaps a host names, once in each run."""
        listen = getattr(self._crawler.spider, "sitemaps_named", None)
        if listen is not None:
            for request in listen(origin, policy.sitemaps):
                self._crawler.engine.crawl(request)

    def _user_agent(self, request: Request) -> str:
        header: bytes | None = request.headers.get(b"User-Agent")
        return header.decode("latin-1") if header else self._run.user_agent

    def _slow_down(self, request: Request, delay: float) -> None:
        downloader = cast("PacedDownloader", self._crawler.engine.downloader)
        slot = downloader.get_slot_key(request)
        if delay > _LONG_DELAY and slot not in self._long_delays:
            self._long_delays.add(slot)
            logger.warning("%s asks for %g s between requests, which is kept", slot, delay)
        downloader.slow_down(slot, min(delay, _LONGEST_DELAY))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _target_of(response: Response) -> str | None:
    """Where a redirect leads; None for any other answer, and for a redirect to nowhere."""
    location = response.headers.get(b"Location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        return normalise(urljoin(response.url, location.decode("utf-8", "replace").strip()))
    except (UrlError, ValueError):
        return None
