"""The spider middleware that closes the circle: a page is acknowledged with what it led to.

Requests that a callback yields do not go to the engine. They are stored with the acknowledgement
of the page, in one transaction, once the callback has run to its end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any, cast

from scrapy import Request
from scrapy.exceptions import CloseSpider

from archiver.errors import ArchiverError, WriteFailed
from archiver.outcomes import Outcome, outcome_of_status

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archiver.crawl.scheduler import FrontierScheduler


class Acknowledgement:
    """Stands nearest to the engine, so it sees what every other middleware let through."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Acknowledgement:
        """Scrapy's way of building a component."""
        return cls(crawler)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Items pass; requests are kept back and stored with the page's outcome."""
        children: list[Request] = []
        has_items = False
        async for entry in result:
            if isinstance(entry, Request):
                children.append(entry)
            else:
                has_items = True
                yield entry
        outcome = response.meta.get("outcome") or _outcome_of(response, has_items=has_items)
        self._scheduler.acknowledge(_request_of(response), outcome, children)

    def process_spider_exception(
        self, response: Response, exception: Exception
    ) -> Iterable[Any] | None:
        """A page whose callback raised has failed; one that closed the spider is asked again. What
        could not be written has been said where the crawl was stopped for it."""
        request = _request_of(response)
        if isinstance(exception, CloseSpider):
            self._scheduler.give_back(request)
        elif isinstance(exception, WriteFailed):
            self._scheduler.fail(request, Outcome.WRITE_FAILED, str(exception))
            return ()
        elif isinstance(exception, ArchiverError):
            self._scheduler.fail(request, Outcome.CALLBACK_FAILED, str(exception))
        else:
            self._scheduler.fail(request, Outcome.CALLBACK_FAILED, repr(exception))
        return None

    @property
    def _scheduler(self) -> FrontierScheduler:
        return cast("FrontierScheduler", self._crawler.engine.scheduler)


def _request_of(response: Response) -> Request:
    assert response.request is not None, "Scrapy sets it before it calls back"
    return response.request


def _outcome_of(response: Response, *, has_items: bool) -> Outcome:
    """Of a page whose callback names no outcome: by its status, then by whether it gave items."""
    by_status = outcome_of_status(response.status)
    if by_status is not None:
        return by_status
    return Outcome.ARTICLE if has_items else Outcome.OTHER_CONTENT
