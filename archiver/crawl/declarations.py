"""What a host declares about use of its URLs, known before one of them is asked for: the
``Content-Usage`` rules of robots.txt and ``/.well-known/tdmrep.json``.

Knows Scrapy's engine and who is asked; what the files mean is known in ``archiver.robots`` and
``archiver.tdmrep``. The archive notes with each capture what they said of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from archiver.content_usage import BETWEEN_STATEMENTS
from archiver.crawl.courtesy import ROBOTS_KEPT_SECONDS
from archiver.crawl.downloader import CAN_BE_PUT_OFF, PutOff
from archiver.crawl.handler import errand_of
from archiver.crawl.run import Run
from archiver.errors import WriteFailed
from archiver.model import Errand, Purpose
from archiver.opt_outs import Use
from archiver.tdmrep import WELL_KNOWN, TdmPolicy, TdmRule
from archiver.urls import site_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

CONTENT_USAGE = "content_usage"
"""Key in a request's meta: statements of the Content-Usage rules of robots.txt for its URL."""

_MOST_POLICIES = 5000
"""Origins whose tdmrep.json stays in memory; the least recently asked goes first."""
_ASKED_AGAIN_SECONDS = 600.0
"""After which an origin that did not answer for its tdmrep.json is asked again within a run."""


class DeclarationsMiddleware:
    """Each request goes out knowing what robots.txt and tdmrep.json say of its URL: the archive
    notes it with the capture.

    Stands behind the middleware that asks for robots.txt. ``tdmrep.json`` is asked for only where
    reservations of text and data mining are obeyed, once a day for each origin.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = Run.of(crawler)
        self._asks_tdm = Use.TDM in self._run.options.opt_outs
        self._policies: OrderedDict[str, tuple[float, asyncio.Future[TdmPolicy]]] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DeclarationsMiddleware:
        """Scrapy's way of building a component."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """The errand of ``request`` holds what its host says of its use."""
        errand = errand_of(request)
        if errand.purpose is Purpose.ROBOTS:
            return
        rule = await self._rule_for(request.url) if self._asks_tdm else None
        request.meta["errand"] = replace(
            errand,
            content_usage=BETWEEN_STATEMENTS.join(request.meta.get(CONTENT_USAGE, ())) or None,
            tdm_reservation=rule.reservation if rule else None,
            tdm_policy=rule.policy if rule else None,
        )

    async def _rule_for(self, url: str) -> TdmRule | None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._policies.get(origin)
        if known is not None and monotonic() < known[0]:
            self._policies.move_to_end(origin)
            return (await asyncio.shield(known[1])).rule_for(url)
        answer: asyncio.Future[TdmPolicy] = asyncio.get_running_loop().create_future()
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
        return policy.rule_for(url)

    def _remember(self, origin: str, policy: asyncio.Future[TdmPolicy], seconds: float) -> None:
        self._policies[origin] = (monotonic() + seconds, policy)
        self._policies.move_to_end(origin)
        if len(self._policies) > _MOST_POLICIES:
            self._policies.popitem(last=False)

    async def _ask(self, origin: str) -> tuple[TdmPolicy, float]:
        """The policy of an origin, from memory or from the wire, and for how many seconds more it
        holds. A file that robots.txt keeps us from, or that nobody serves, declares nothing."""
        url = origin + WELL_KNOWN
        kept = self._run.courtesy.robots(url)
        if kept is not None:
            left = ROBOTS_KEPT_SECONDS - kept.age_seconds
            return TdmPolicy.from_response(kept.status, kept.body), left
        request = Request(
            url,
            callback=NO_CALLBACK,
            priority=900,  # behind robots.txt, before every page
            meta={
                "errand": Errand(Purpose.ROBOTS),
                "download_slot": site_of(origin),
                # The page that needs it is of this slot, and will come back when it is due.
                CAN_BE_PUT_OFF: True,
            },
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except (WriteFailed, PutOff):
            raise
        except Exception as error:  # whatever Scrapy's downloader and its middlewares raise
            logger.info("%s could not be had (%s)", url, error)
            return TdmPolicy(), _ASKED_AGAIN_SECONDS
        try:
            self._run.courtesy.keep_robots(url, response.status, response.body)
        except WriteFailed as error:
            self._run.stop(error)
            raise
        return TdmPolicy.from_response(response.status, response.body), ROBOTS_KEPT_SECONDS
