"""The news spider: from seeds to feeds, sitemaps, sections and articles.

It decides where the crawl goes; what a page says is read in a worker, what is asked next is the
frontier's affair, and every answer is in the archive before it gets here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.http import Response

from archiver.crawl.run import Run
from archiver.crawl.scope import Reach, Scope
from archiver.crawl.seeds import check_seeds, read_seeds
from archiver.crawl.threads import Threads, request_of
from archiver.errors import ConfigError, UrlError
from archiver.model import Capture, Errand, Link, LinkKind, Purpose, Reading
from archiver.outcomes import Outcome, outcome_of_status
from archiver.urls import host_of, normalise

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

DEEPEST_SITEMAP = 3
"""Sitemap indexes below indexes. The protocol knows one level; a sitemap that names itself with
a new query each time led to 2,646 requests in 6 s."""
MOST_SITEMAPS = 2000
"""Sitemaps taken from one robots.txt; the longest of 529 real ones names 1,293."""
MOST_PAGES = 50
"""Pages of one article; beyond it is a trap."""

_PURPOSES = {
    LinkKind.FEED: Purpose.FEED,
    LinkKind.SITEMAP: Purpose.SITEMAP,
    LinkKind.SECTION: Purpose.SECTION,
    LinkKind.ARTICLE: Purpose.ARTICLE,
    LinkKind.PAGE: Purpose.ARTICLE,
}
_ITEMS = (Outcome.ARTICLE, Outcome.THREAD)
_PRIORITIES = {
    Purpose.SEED: 100,
    Purpose.FEED: 80,
    Purpose.SITEMAP: 70,
    Purpose.ARTICLE: 50,
    Purpose.SECTION: 40,
}


class NewsSpider(scrapy.Spider):
    """Crawls news sites: ``-a seeds=URL[,URL]``, ``-a site=HOST`` or ``-a sites=FILE``."""

    name = "news"
    reads_captures = True

    def __init__(
        self,
        seeds: str = "",
        site: str = "",
        sites: str = "",
        scope: str = "site",
        **arguments: Any,
    ) -> None:
        super().__init__()
        if arguments:
            raise ConfigError(
                f"the news spider has no argument {', '.join(sorted(arguments))}",
                remedy="It has seeds, site, sites and scope; settings are given with -s",
            )
        self.arguments = {"seeds": seeds, "site": site, "sites": sites, "scope": scope}
        try:
            self.reach = Reach(scope)
        except ValueError as error:
            raise ConfigError(
                f"scope is {scope!r}", remedy=f"Choose one of {', '.join(Reach)}"
            ) from error

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """Scrapy's way of building a spider."""
        spider: NewsSpider = super().from_crawler(crawler, *args, **kwargs)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """The seeds, and what each of their sites is known to have."""
        run = Run.of(self.crawler)
        self._threads = Threads(self, self.parse, self.thread_failed)
        for seed in self.seeds:
            yield self._request(seed, Errand(Purpose.SEED), depth=0, is_listed=False)
            rules = run.rules.choose(host_of(seed))
            for url in rules.feeds:
                yield self._follow(Link(url, LinkKind.FEED), via=None, depth=0)
            for url in rules.sitemaps:
                yield self._follow(Link(url, LinkKind.SITEMAP), via=None, depth=0)

    def prepare(self, run: Run) -> None:
        """The seeds are read and checked and the scope is set; ConfigError where they are wrong.
        Called by the run before anything is opened."""
        self.seeds = read_seeds(
            seeds=self.arguments["seeds"],
            site=self.arguments["site"],
            sites=Path(self.arguments["sites"]) if self.arguments["sites"] else None,
            rules=run.rules,
        )
        check_seeds(self.seeds, run.options)
        run.scope = Scope(self.reach, self.seeds)

    def sitemaps_named(self, origin: str, sitemaps: Iterable[str]) -> Iterator[scrapy.Request]:
        """Requests for the sitemaps that a host of the crawl names in its robots.txt. Where it
        names none, the usual place is tried."""
        scope = Run.of(self.crawler).scope
        assert scope is not None
        if not scope.holds(origin):
            return
        robots_url = f"{origin}/robots.txt"
        for named in list(sitemaps)[:MOST_SITEMAPS] or ["/sitemap.xml"]:
            try:
                url = normalise(named, robots_url)
            except UrlError:
                continue
            link = Link(url, LinkKind.SITEMAP)
            if scope.holds(url):
                yield self._follow(link, via=robots_url, depth=0)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        """Reads what was captured: yields the article, if it is one, and where the page leads."""
        run = Run.of(self.crawler)
        capture: Capture = response.meta["capture"]
        by_status = outcome_of_status(response.status)
        if by_status is not None:
            response.meta["outcome"] = by_status
            for request in self._threads.instead(request_of(response)):
                yield request
            return
        errand: Errand = response.meta["errand"]
        is_known_article = errand.purpose is Purpose.ARTICLE and response.meta["is_listed"]
        if not run.options.extract and is_known_article:
            response.meta["outcome"] = Outcome.UNREAD
            return
        reading = await run.read(capture)
        response.meta["outcome"] = reading.outcome
        if not run.options.extract and reading.outcome is Outcome.ARTICLE:
            response.meta["outcome"] = Outcome.UNREAD
        elif reading.article is not None and run.options.extract and reading.outcome in _ITEMS:
            item = run.items.of(capture, reading.article)
            if item is not None:
                yield item
        for request in self._following(response, reading):
            yield request

    def thread_failed(self, failure: Failure) -> list[scrapy.Request]:
        """What is asked for instead of a thread that could not be had."""
        return self._threads.instead(failure.request)  # type: ignore[attr-defined]

    def _following(self, response: Response, reading: Reading) -> list[scrapy.Request]:
        """Requests for all that a page leads to."""
        errand: Errand = response.meta["errand"]
        if errand.purpose is Purpose.THREAD:
            return self._threads.go_on(response, reading)
        children = self._children(response, reading)
        if reading.article is not None and reading.outcome is Outcome.ARTICLE:
            return self._threads.begin(response, reading.article, reading) + children
        return children

    def _children(self, response: Response, reading: Reading) -> list[scrapy.Request]:
        run = Run.of(self.crawler)
        scope = run.scope
        assert scope is not None
        depth = response.meta["depth"] + 1
        following = self._next_page(response, reading, depth)
        # First, so that the frontier keeps it as a continuation and not as a link like others.
        return ([following] if following is not None else []) + [
            self._follow(link, via=response.url, depth=depth)
            for link in reading.links
            if scope.follows(link, response.url)
            and not run.frontier.has_just_stored(link.url)
            and not (link.kind is LinkKind.SITEMAP and depth > DEEPEST_SITEMAP)
        ]

    def _next_page(self, response: Response, reading: Reading, depth: int) -> scrapy.Request | None:
        """The request for the page on which an article goes on; it knows which article."""
        article = reading.article
        scope = Run.of(self.crawler).scope
        if article is None or reading.next_page is None or scope is None:
            return None
        try:
            url = normalise(reading.next_page)
        except UrlError:
            return None
        if article.page_number >= MOST_PAGES or not scope.holds(url):
            return None
        errand = Errand(
            Purpose.ARTICLE,
            via=response.url,
            article_url=response.meta["errand"].article_url or response.url,
            article_canonical_url=article.canonical_url,
            page_number=article.page_number + 1,
        )
        return self._request(url, errand, depth=depth, is_listed=False)

    def _follow(self, link: Link, *, via: str | None, depth: int) -> scrapy.Request:
        errand = Errand(_PURPOSES[link.kind], via=via)
        return self._request(link.url, errand, depth=depth, is_listed=link.listed)

    def _request(self, url: str, errand: Errand, *, depth: int, is_listed: bool) -> scrapy.Request:
        return scrapy.Request(
            url,
            callback=self.parse,
            priority=_PRIORITIES[errand.purpose] - min(depth, 30),
            meta={"errand": errand, "depth": depth, "is_listed": is_listed},
        )
