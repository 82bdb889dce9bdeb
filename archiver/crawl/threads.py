"""The threads of a crawl's articles: asked for when an article is read, followed to their end, and
noted in the ledger, which says when to come again.

A visit of a thread begins with the article's page where that shows comments, or where several
requests are needed; otherwise with the one request for the thread, which spares the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archiver.crawl.asking import BEGINS, Asking
from archiver.crawl.ledger import Visit
from archiver.crawl.requests import entry_of
from archiver.crawl.run import Run
from archiver.model import Article, Capture, Errand, FoundBy, Purpose, Reading, Thread
from archiver.outcomes import ThreadOutcome
from archiver.urls import host_of, site_of

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response

    from archiver.sites import Routes


TURNED_AWAY = frozenset(
    {
        ThreadOutcome.NOT_FOUND,
        ThreadOutcome.KEY_NEEDED,
        ThreadOutcome.LOGIN_NEEDED,
        ThreadOutcome.QUERY_REFUSED,
    }
)
"""Answers by which a platform says, in its own words, that it gives nothing here."""


class Threads:
    """For a spider whose methods are called back with answers and with failures."""

    def __init__(
        self, spider: Spider, callback: Callable[..., Any], errback: Callable[..., Any]
    ) -> None:
        self._spider = spider
        self._run = Run.of(spider.crawler)
        self._asking = Asking(self._run.options, self._routes, callback, errback)

    def begin(self, response: Response, article: Article, reading: Reading) -> list[Request]:
        """Requests for the threads of the article that ``response`` is."""
        request = request_of(response)
        errand = Errand(
            Purpose.THREAD,
            via=response.url,
            found_by=FoundBy.THREAD,
            article_url=request.meta["errand"].article_url or response.url,
            article_canonical_url=article.canonical_url,
        )
        asked = self._asking.begin(reading.asks, errand, depth=request.meta["depth"])
        shown = article.thread
        here = entry_of(request, self._spider).key
        if shown is not None and (shown.comments or not asked):
            self._note(request, article, shown.platform, shown, begin_key=here)
        elif len(asked) == 1:
            asked[0].meta[BEGINS] = entry_of(asked[0], self._spider).key.hex()
        for platform in {str(first.meta["errand"].platform) for first in asked[1:]}:
            if shown is None or not shown.comments:
                self._note(request, article, platform, None, begin_key=here)
        return asked

    def go_on(self, response: Response, reading: Reading) -> list[Request]:
        """Requests for the rest of the thread of which ``response`` is an answer, or for what was
        to be asked for instead where it is none."""
        request = request_of(response)
        article = reading.article
        if article is None or article.thread is None:
            return self._asking.instead(request)
        begins = request.meta.get(BEGINS)
        key = bytes.fromhex(begins) if begins else None
        self._note(request, article, article.thread.platform, article.thread, begin_key=key)
        if not article.thread.comments and article.thread.outcome in TURNED_AWAY:
            return self._asking.instead(request)
        return self._asking.go_on(reading.asks, article.thread, response)

    def _routes(self, article_url: str) -> tuple[Routes, Routes]:
        """How far the operator, and the rules of the article's site, let the crawl go."""
        return self._run.options.threads, self._run.rules.choose(host_of(article_url)).threads

    def instead(self, request: Request) -> list[Request]:
        """Requests for what was to be asked for where ``request`` failed."""
        return self._asking.instead(request)

    def _note(
        self,
        request: Request,
        article: Article,
        platform: str,
        thread: Thread | None,
        *,
        begin_key: bytes | None,
    ) -> None:
        capture: Capture = request.meta["capture"]
        self._run.ledger.note(
            Visit(
                article_url=_name_of(article),
                platform=platform,
                at=capture.captured_at,
                comments=len(thread.comments) if thread is not None else 0,
                declared=thread.declared if thread is not None else None,
                begin_key=begin_key,
                published_at=article.published_at,
            )
        )


def _name_of(article: Article) -> str:
    """The address by which the ledger knows an article: the canonical one, unless that is on
    another site, whose articles are not this page's to name."""
    is_at_home = site_of(article.canonical_url) == site_of(article.url)
    return article.canonical_url if is_at_home else article.url


def request_of(response: Response) -> Request:
    """The request that ``response`` answers."""
    assert response.request is not None, "Scrapy sets it before it calls back"
    return response.request
