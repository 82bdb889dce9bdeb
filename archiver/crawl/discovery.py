"""Which links of an answer the crawl follows, as what, and by which way they were found.

Knows the strategies that an operator and a site's rules choose, how deep sitemaps may lie, and when
a list in several pages need not be read to its end. What is a link is known in
``archiver.discover``, how far a crawl goes in ``scope``, what is known already in ``frontier``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver.errors import ConfigError
from archiver.model import Errand, FoundBy, Link, LinkKind, Purpose
from archiver.outcomes import Outcome
from archiver.shapes import kind_of
from archiver.sites import Strategy
from archiver.url_parts import with_parameters
from archiver.urls import host_of, normalise
from archiver.wordpress_rest import is_comment_listing, listings_of

if TYPE_CHECKING:
    from scrapy.http import Response

    from archiver.crawl.run import Run
    from archiver.model import Reading

DEEPEST_SITEMAP = 3
"""Sitemap indexes below indexes. The protocol knows one level; a sitemap that names itself with
a new query each time led to 2,646 requests in 6 s."""

PURPOSES = {
    LinkKind.FEED: Purpose.FEED,
    LinkKind.SITEMAP: Purpose.SITEMAP,
    LinkKind.LISTING: Purpose.LISTING,
    LinkKind.SECTION: Purpose.SECTION,
    LinkKind.ARTICLE: Purpose.ARTICLE,
    LinkKind.PAGE: Purpose.ARTICLE,
}
_STRATEGIES = {
    LinkKind.FEED: Strategy.FEEDS,
    LinkKind.SITEMAP: Strategy.SITEMAPS,
    LinkKind.LISTING: Strategy.LISTINGS,
}
_LISTS = {
    Outcome.FEED: FoundBy.FEED,
    Outcome.SITEMAP: FoundBy.SITEMAP,
    Outcome.LISTING: FoundBy.LISTING,
}
_PAGED = {Outcome.FEED: LinkKind.FEED, Outcome.LISTING: LinkKind.LISTING}
_ALIKE = 10
"""Entries with one and the same time, more than half of a list, from which on nothing is believed
of when they changed: some programs write the present moment beside every page they list."""


def read_strategies(said: str) -> frozenset[Strategy]:
    """The ways that ``-a discover=`` names, all where it names none; ConfigError for another."""
    names = [word.strip().lower() for word in said.split(",") if word.strip()]
    unknown = [name for name in names if name not in set(Strategy)]
    if unknown:
        raise ConfigError(
            f"discover names {', '.join(map(repr, unknown))}",
            remedy=f"Choose of {', '.join(Strategy)}, with commas",
        )
    return frozenset(map(Strategy, names)) or frozenset(Strategy)


class Discovery:
    """For one run; asks the frontier, and tells the thread ledger of new comments."""

    def __init__(self, run: Run, strategies: frozenset[Strategy]) -> None:
        self._run = run
        self._strategies = strategies

    def goes(self, strategy: Strategy, url: str) -> bool:
        """Whether pages of the host of ``url`` are looked for in this way."""
        rules = self._run.rules.choose(host_of(url))
        return strategy in self._strategies and strategy in rules.discover

    def of_rules(self, host: str) -> Iterator[Link]:
        """What the rules of ``host`` name beside its seeds."""
        rules = self._run.rules.choose(host)
        named = (
            [Link(url, LinkKind.FEED) for url in rules.feeds]
            + [Link(url, LinkKind.SITEMAP) for url in rules.sitemaps]
            + [link for root in rules.listings for link in listings_of(normalise(root))]
        )
        for link in named:
            if _STRATEGIES[link.kind] in self._strategies & frozenset(rules.discover):
                yield link

    def followed(self, response: Response, reading: Reading) -> list[tuple[Link, FoundBy]]:
        """The links of an answer that are followed, each with how it was found. News of comments
        go to the ledger: the threads are then due for another visit."""
        way = _LISTS.get(reading.outcome)
        if way is None:
            is_article = reading.outcome is Outcome.ARTICLE
            return self._of_page(response, reading, FoundBy.LINK if is_article else FoundBy.SECTION)
        grown = self._renew_threads(reading.links)
        entries = [
            link if self._revisits(link.url) else replace(link, modified=None)
            for link in _believed(reading.links)
            if link.kind is not LinkKind.THREAD and link.kind is not _PAGED.get(reading.outcome)
        ]
        found = [(link, way) for link in self._within(response, entries)]
        further = [link for link in reading.links if link.kind is _PAGED.get(reading.outcome)]
        if self._goes_on(response, reading, entries, grown=grown, has_more=bool(further)):
            found += [(link, FoundBy.PAGE) for link in self._within(response, further)]
        return found

    def ended(self, response: Response) -> None:
        """A list had no such page: WordPress says so of the page after a feed's last."""
        errand: Errand = response.meta["errand"]
        if errand.purpose is Purpose.FEED and errand.found_by is FoundBy.PAGE:
            self._note_read(with_parameters(response.url, {"paged": None}))

    def _of_page(
        self, response: Response, reading: Reading, way: FoundBy
    ) -> list[tuple[Link, FoundBy]]:
        links = (
            link
            for link in reading.links
            if self.goes(_STRATEGIES.get(link.kind, Strategy.LINKS), response.url)
        )
        return [(self._as_learned(link), way) for link in self._within(response, links)]

    def _within(self, response: Response, links: Iterable[Link]) -> Iterator[Link]:
        scope = self._run.scope
        assert scope is not None
        depth = response.meta["depth"] + 1
        for link in links:
            is_known = link.modified is None and self._run.frontier.has_just_stored(link.url)
            is_too_deep = link.kind is LinkKind.SITEMAP and depth > DEEPEST_SITEMAP
            if scope.follows(link, response.url) and not is_known and not is_too_deep:
                yield link

    def _revisits(self, url: str) -> bool:
        """Whether archived articles of the host of ``url`` are asked for again when they change."""
        return self._run.rules.choose(host_of(url)).revisits

    def _as_learned(self, link: Link) -> Link:
        """An ordinary link is taken for what pages with such addresses turned out to be."""
        if link.kind is not LinkKind.PAGE:
            return link
        return replace(link, kind=kind_of(link, self._run.shapes.opinion(link.url)))

    def _goes_on(
        self,
        response: Response,
        reading: Reading,
        entries: list[Link],
        *,
        grown: int,
        has_more: bool,
    ) -> bool:
        """Whether a list is read on: to its end once, later as long as its pages have news."""
        if is_comment_listing(response.url):
            return bool(grown)  # the older ones came with their articles
        told = reading.listing
        first = (told.first_page if told is not None else None) or response.url
        if not has_more:
            self._note_read(first)
            return False
        if self._run.frontier.fact(_read_to_end(first)) is None:
            return True
        return any(self._run.frontier.is_news(link.url, link.modified) for link in entries)

    def _note_read(self, first_page: str) -> None:
        if self._run.frontier.fact(_read_to_end(first_page)) is None:
            self._run.frontier.set_fact(_read_to_end(first_page), "")

    def _renew_threads(self, links: Iterable[Link]) -> int:
        if not self._run.options.revisit_threads:
            return 0
        grown = 0
        for link in links:
            if link.kind is LinkKind.THREAD and link.modified is not None:
                grown += self._run.renew_thread(link.url, link.modified)
        return grown


def _read_to_end(first_page: str) -> str:
    return f"read to its end {first_page}"


def _believed(links: tuple[Link, ...]) -> Iterator[Link]:
    """The links, without the times of a list that has the same for most of its entries."""
    times = Counter(link.modified for link in links if link.modified is not None)
    alike = max(times.values(), default=0)
    is_made_up = alike >= _ALIKE and 2 * alike > len(links)
    return (replace(link, modified=None) if is_made_up else link for link in links)
