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

from archiver.cdx_lists import Tally
from archiver.crawl.discovery import PURPOSES, Discovery, read_strategies
from archiver.crawl.opt_outs import is_opted_out
from archiver.crawl.requests import MODIFIED, TURNED_OUT
from archiver.crawl.run import Run
from archiver.crawl.scope import Reach, Scope
from archiver.crawl.seeds import (
    check_seeds,
    first_captures,
    paths_of_lists,
    read_captures_list,
    read_seeds,
)
from archiver.crawl.threads import Threads, request_of
from archiver.errors import ConfigError, UrlError
from archiver.model import Capture, Errand, FoundBy, Link, LinkKind, Purpose, Reading
from archiver.outcomes import Outcome, outcome_of_status
from archiver.sites import Strategy
from archiver.urls import host_of, normalise

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

MOST_SITEMAPS = 2000
"""Sitemaps taken from one robots.txt; the longest of 529 real ones names 1,293."""
MOST_PAGES = 50
"""Pages of one article; beyond it is a trap."""

_ITEMS = (Outcome.ARTICLE, Outcome.THREAD)
_PRIORITIES = {
    Purpose.SEED: 100,
    Purpose.FEED: 80,
    Purpose.LISTING: 75,
    Purpose.SITEMAP: 70,
    Purpose.ARTICLE: 50,
    Purpose.SECTION: 40,
}


class NewsSpider(scrapy.Spider):
    """Crawls news sites: ``-a seeds=URL[,URL]``, ``-a site=HOST``, ``-a sites=FILE`` or
    ``-a cdx=FILE``."""

    name = "news"
    reads_captures = True

    def __init__(
        self,
        seeds: str = "",
        site: str = "",
        sites: str = "",
        scope: str = "site",
        discover: str = "",
        cdx: str = "",
        **arguments: Any,
    ) -> None:
        super().__init__()
        arguments.pop("_job", None)  # scrapyd's number of the job, which it gives to every spider
        if arguments:
            raise ConfigError(
                f"the news spider has no argument {', '.join(sorted(arguments))}",
                remedy="It has seeds, site, sites, cdx, scope and discover; "
                "settings are given with -s",
            )
        given = {"seeds": seeds, "site": site, "sites": sites, "scope": scope}
        self.arguments = given | {"discover": discover, "cdx": cdx}
        self.strategies = read_strategies(discover)
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
            errand = Errand(Purpose.SEED, found_by=FoundBy.SEED)
            yield self._request(seed, errand, depth=0, is_listed=False)
            for link in self._discovery.of_rules(host_of(seed)):
                yield self._follow(link, FoundBy.RULES, via=None, depth=0)
        for path in self.lists:
            for request in self._of_captures_list(path, run):
                yield request

    def prepare(self, run: Run) -> None:
        """The seeds are read and checked and the scope is set; ConfigError where they are wrong.
        Called by the run before anything is opened."""
        self.lists = paths_of_lists(self.arguments["cdx"])
        self.seeds = []
        if not self.lists or any(self.arguments[name] for name in ("seeds", "site", "sites")):
            self.seeds = read_seeds(
                seeds=self.arguments["seeds"],
                site=self.arguments["site"],
                sites=Path(self.arguments["sites"]) if self.arguments["sites"] else None,
                rules=run.rules,
            )
        check_seeds(self.seeds or first_captures(self.lists), run.options)
        run.scope = Scope(self.reach, self.seeds)
        self._discovery = Discovery(run, self.strategies)

    def sitemaps_named(self, origin: str, sitemaps: Iterable[str]) -> Iterator[scrapy.Request]:
        """Requests for the sitemaps that a host of the crawl names in its robots.txt. Where it
        names none, the usual place is tried."""
        scope = Run.of(self.crawler).scope
        assert scope is not None
        if not scope.holds(origin) or not self._discovery.goes(Strategy.SITEMAPS, origin):
            return
        robots_url = f"{origin}/robots.txt"
        for named in list(sitemaps)[:MOST_SITEMAPS] or ["/sitemap.xml"]:
            try:
                url = normalise(named, robots_url)
            except UrlError:
                continue
            link = Link(url, LinkKind.SITEMAP)
            if scope.holds(url):
                yield self._follow(link, FoundBy.ROBOTS, via=robots_url, depth=0)

    def _of_captures_list(self, path: Path, run: Run) -> Iterator[scrapy.Request]:
        """Requests for the pages of a list of captures. Without seeds each of their sites belongs
        to the crawl."""
        scope = run.scope
        assert scope is not None
        tally = Tally()
        for listed in read_captures_list(path, tally, holds=scope.holds if self.seeds else None):
            if not scope.holds(listed.url):
                scope.admit(listed.url)
            link = Link(listed.url, LinkKind.ARTICLE, listed=True)
            yield self._follow(link, FoundBy.CDX, via=None, depth=0)
        self.logger.info("%s: %s", path, tally)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        """Reads what was captured: yields the article, if it is one, and where the page leads."""
        run = Run.of(self.crawler)
        capture: Capture = response.meta["capture"]
        by_status = outcome_of_status(response.status)
        if by_status is not None:
            response.meta["outcome"] = by_status
            self._discovery.ended(response)
            for request in self._threads.instead(request_of(response)):
                yield request
            return
        errand: Errand = response.meta["errand"]
        is_unchanged = capture.record_type == "revisit"
        is_known_article = errand.purpose is Purpose.ARTICLE and response.meta["is_listed"]
        if not run.options.extract and is_known_article:
            is_noted = is_opted_out(capture)
            response.meta["outcome"] = Outcome.OPTED_OUT if is_noted else Outcome.UNREAD
            if is_unchanged:
                response.meta["outcome"] = Outcome.UNCHANGED
            return
        reading = await run.read(capture)
        response.meta["outcome"] = reading.outcome
        if reading.outcome in (Outcome.ARTICLE, Outcome.NOT_AN_ARTICLE):
            is_article = reading.outcome is Outcome.ARTICLE
            run.shapes.note(normalise(response.url), is_article=is_article)
        if is_unchanged:  # its rows stand; only where it leads is asked again
            response.meta["outcome"] = Outcome.UNCHANGED
            _note_turned_out(response, errand, reading)
        elif not run.options.extract and reading.outcome is Outcome.ARTICLE:
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
            # Who reserves his thread is not asked for it by another way.
            is_reserved = reading.outcome is Outcome.OPTED_OUT
            return [] if is_reserved else self._threads.go_on(response, reading)
        children = self._children(response, reading)
        if reading.article is not None and reading.outcome is Outcome.ARTICLE:
            return self._threads.begin(response, reading.article, reading) + children
        return children

    def _children(self, response: Response, reading: Reading) -> list[scrapy.Request]:
        depth = response.meta["depth"] + 1
        following = self._next_page(response, reading, depth)
        # First, so that the frontier keeps it as a continuation and not as a link like others.
        return ([following] if following is not None else []) + [
            self._follow(link, found_by, via=response.url, depth=depth)
            for link, found_by in self._discovery.followed(response, reading)
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
            found_by=FoundBy.PAGE,
            article_url=response.meta["errand"].article_url or response.url,
            article_canonical_url=article.canonical_url,
            page_number=article.page_number + 1,
        )
        return self._request(url, errand, depth=depth, is_listed=False)

    def _follow(
        self, link: Link, found_by: FoundBy, *, via: str | None, depth: int
    ) -> scrapy.Request:
        errand = Errand(PURPOSES[link.kind], via=via, found_by=found_by)
        request = self._request(link.url, errand, depth=depth, is_listed=link.listed)
        request.meta[MODIFIED] = link.modified
        return request

    def _request(self, url: str, errand: Errand, *, depth: int, is_listed: bool) -> scrapy.Request:
        return scrapy.Request(
            url,
            callback=self.parse,
            priority=_PRIORITIES[errand.purpose] - min(depth, 30),
            meta={"errand": errand, "depth": depth, "is_listed": is_listed},
        )


def _note_turned_out(response: Response, errand: Errand, reading: Reading) -> None:
    """Of an unchanged page the outcome does not tell what it is: its purpose does."""
    if errand.purpose in (Purpose.ARTICLE, Purpose.SECTION):
        is_article = reading.outcome is Outcome.ARTICLE
        response.meta[TURNED_OUT] = Purpose.ARTICLE if is_article else Purpose.SECTION
