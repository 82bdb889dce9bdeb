"""What an operator knows about a site: seeds, addresses, layouts by date; parsed, checked, chosen.

Knows what rules mean and which serve a host; what a file of them may say, and what is wrong with
one, ``rules_text`` knows. Reads no file (``config`` does) and looks at no page. A rule is a frozen
value. Where a site says nothing, ``DEFAULT_RULES`` speak.

The keys of a rules file, all but ``host`` optional::

    host = "example.com"                # serves example.com and every host below it
    seeds = ["https://example.com/"]    # pages to start from
    feeds = []                          # RSS, Atom, JSON Feed
    sitemaps = []
    listings = []                       # for programs: WordPress' REST interface
    archives = ["https://example.com/{yyyy}/{mm}/{dd}/"]    # its days or months, for a backfill
    discover = ["feeds", "sitemaps", "listings", "archives", "links"]    # which ways are gone
    article_url = ['/\\d{4}/\\d{2}/']     # regular expressions (RE2): URLs taken as articles
    exclude_url = ["/shop/"]            # never followed
    delay_seconds = 2.0                 # between two requests to one host
    revisits = true                     # archived articles are asked for again
    threads = "all"                     # comments: "off", those of the page ("page"), also what
                                        # its own site serves ("site"), also what others serve

    [[layout]]                          # one for each design the site has had
    valid_until = 2024-05-31            # last day of this design; left out for the present one
    body = ["div.article-text"]         # CSS, or XPath when it begins with / or . or (
    title = ["h1.headline"]
    author = ["a[rel=author]"]
    published = ["//time/@datetime"]
    remove = [".teaser-box"]            # cut out before anything is read

What none of these can say, a hook says in Python, in a file of its own (``hooks``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from archiver.furniture import NO_DIGEST, NO_FURNITURE, Furniture
from archiver.hooks import PageHook
from archiver.rules_text import Fault, FaultyRules, read_values
from archiver.selectors import select
from archiver.url_patterns import matching
from archiver.urls import site_of

__all__ = [
    "ANY_HOST",
    "DEFAULT_RULES",
    "Layout",
    "Routes",
    "RuleBook",
    "SiteRules",
    "Strategy",
    "check_rules",
    "days_of_archive",
    "parse_rules",
    "select",
    "suffixes_of",
]

ANY_HOST = "*"
_OF_CRAWL_ONLY = ("listings", "archives", "discover", "revisits")
"""Fields that change nothing about how a page is read. (``seeds``, ``feeds`` and their like change
nothing either, but count in digests that lie in archives.)"""


class Strategy(StrEnum):
    """A way by which a crawl finds the pages of a site."""

    FEEDS = "feeds"
    SITEMAPS = "sitemaps"
    LISTINGS = "listings"
    """What programs are served: WordPress' REST interface."""
    ARCHIVES = "archives"
    """The site's own pages of a day or a month."""
    LINKS = "links"
    """Links of pages: front page, sections, articles."""


class Routes(StrEnum):
    """How far reading goes for the comments of an article; each route includes those before it."""

    OFF = "off"
    PAGE = "page"
    """What the page itself shows."""
    SITE = "site"
    """What the article's own site serves for its threads."""
    ALL = "all"
    """What comment platforms on hosts of their own serve."""

    def allows(self, url: str, *, page_url: str) -> bool:
        """Whether the thread of the article at ``page_url`` may be asked for at ``url``."""
        if self is Routes.SITE:
            return site_of(url) == site_of(page_url)
        return self is Routes.ALL


@dataclass(frozen=True, slots=True)
class Layout:
    """One design of a site: where its parts stand. Selectors are tried in their order."""

    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    valid_until: date | None = None
    """Last day on which pages look like this; None for the design that still stands."""


@dataclass(frozen=True)
class SiteRules:
    """What is known about one site."""

    host: str
    """Lower case; serves the hosts below it too. ``*`` for the default rules."""
    seeds: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    """WordPress' REST interface: its root, or its list of posts."""
    archives: tuple[str, ...] = ()
    """Addresses of the site's days or months, with ``{yyyy}``, ``{mm}`` or ``{m}``, and for days
    ``{dd}`` or ``{d}``."""
    discover: tuple[Strategy, ...] = tuple(Strategy)
    """The ways that are gone, in the order of ``Strategy``."""
    article_url: tuple[str, ...] = ()
    """Regular expressions (RE2), searched in the URL."""
    exclude_url: tuple[str, ...] = ()
    delay_seconds: float | None = None
    """Between two requests to a host; None for the crawl's own setting."""
    revisits: bool = True
    """Whether archived articles are asked for again."""
    threads: Routes = Routes.ALL
    layouts: tuple[Layout, ...] = ()
    """Oldest first; at most one, the last, without ``valid_until``."""
    hook: PageHook | None = None
    """Has the last word on each page; None for nearly every site."""
    furniture: Furniture = NO_FURNITURE
    """From a file of its own (``archiver.furniture``), put in by ``RuleBook.choose``."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what these rules say of how a page is read, in hex; the order of keys does
        not matter. Furniture has a digest of its own."""
        rules = asdict(replace(self, furniture=NO_FURNITURE))
        for name in ("furniture", *_OF_CRAWL_ONLY):
            del rules[name]
        said = json.dumps(rules, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def layout_at(self, day: date) -> Layout | None:
        """The design that stood on ``day``; None when the rules name none for it."""
        for layout in self.layouts:
            if layout.valid_until is None or day <= layout.valid_until:
                return layout
        return None

    def is_article_url(self, url: str) -> bool:
        """True when the rules say that ``url`` is an article's."""
        return bool(matching(self.article_url, url))

    def excludes(self, url: str) -> bool:
        """True when the rules forbid to follow ``url``."""
        return bool(matching(self.exclude_url, url))


DEFAULT_RULES = SiteRules(host=ANY_HOST)
"""What holds for a site of which nothing is known."""


@dataclass(frozen=True)
class RuleBook:
    """All rules and all furniture, by host."""

    by_host: Mapping[str, SiteRules] = field(default_factory=dict)
    furniture: Mapping[str, Furniture] = field(default_factory=dict)

    def choose(self, host: str) -> SiteRules:
        """The rules of the longest suffix of ``host`` that has any; the default rules otherwise.
        With them, found in the same way, its furniture.

        A port is no part of a host name, but rules may name one (``127.0.0.1:8101``) and then win.
        """
        default = self.by_host.get(ANY_HOST, DEFAULT_RULES)
        names = list(suffixes_of(host)) if self.by_host or self.furniture else []
        rules = next((self.by_host[name] for name in names if name in self.by_host), default)
        furniture = next((self.furniture[n] for n in names if n in self.furniture), None)
        return rules if furniture is None else replace(rules, furniture=furniture)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all rules and all furniture."""
        said = f"{self.digest_for(self.by_host)} {self.furniture_digest_for(self.furniture)}"
        return hashlib.sha256(said.encode()).hexdigest()

    def with_hooks(self, hooks: Mapping[str, PageHook]) -> RuleBook:
        """The same, with each hook in the rules of its host; where a host has none of its own, in
        those it was served by."""
        hooked = {host: replace(self.choose(host), host=host, hook=hooks[host]) for host in hooks}
        return RuleBook({**self.by_host, **hooked})

    def digest_for(self, hosts: Iterable[str]) -> str:
        """SHA-256 over the rules that apply to these hosts: changes only when one of them does."""
        chosen = {rules.host: rules.digest for rules in map(self.choose, hosts)}
        said = "\n".join(f"{host} {digest}" for host, digest in sorted(chosen.items()))
        return hashlib.sha256(said.encode()).hexdigest()

    def furniture_digest_for(self, hosts: Iterable[str]) -> str:
        """The same over the furniture that applies to these hosts; ``none`` where none does."""
        chosen = {f.host: f.digest for f in (self.choose(host).furniture for host in hosts)}
        known = sorted((host, digest) for host, digest in chosen.items() if digest != NO_DIGEST)
        said = "\n".join(f"{host} {digest}" for host, digest in known)
        return hashlib.sha256(said.encode()).hexdigest() if known else NO_DIGEST


def suffixes_of(host: str) -> Iterator[str]:
    """The names under which rules for ``host`` may stand, longest first."""
    name = host.lower().rstrip(".")
    candidates = [name]
    if ":" in name and not name.endswith("]"):
        candidates.append(name.rsplit(":", 1)[0])
    for candidate in candidates:
        labels = candidate.split(".")
        for start in range(len(labels)):
            yield ".".join(labels[start:])


def parse_rules(text: str, name: str) -> SiteRules:
    """The rules that TOML ``text`` states; ``name`` is the file's, for errors.

    Raises ``FaultyRules``, which names all that is wrong with file, line and key.
    """
    rules, faults = check_rules(text, name)
    if rules is None:
        raise FaultyRules.of(faults)
    return rules


def check_rules(text: str, name: str) -> tuple[SiteRules | None, tuple[Fault, ...]]:
    """The rules that TOML ``text`` states, or all that is wrong with it in the order of its
    lines."""
    said, faults = read_values(text, name)
    return (None, faults) if faults else (_rules_of(said), ())


def days_of_archive(template: str, since: date, until: date) -> Iterator[tuple[str, date]]:
    """The addresses that ``template`` (one of ``SiteRules.archives``) has for the days from
    ``since`` to ``until``, or for the months that hold them, each once and with its first day, the
    latest first."""
    is_daily = "{dd}" in template or "{d}" in template
    day = until
    while day >= since:
        first = day if is_daily else day.replace(day=1)
        yield _on(template, first), first
        if first == date.min:
            return
        day = first - timedelta(days=1)


def _on(template: str, day: date) -> str:
    for directive, value in (
        ("{yyyy}", f"{day.year:04}"),
        ("{mm}", f"{day.month:02}"),
        ("{dd}", f"{day.day:02}"),
        ("{m}", str(day.month)),
        ("{d}", str(day.day)),
    ):
        template = template.replace(directive, value)
    return template


def _rules_of(said: Mapping[str, Any]) -> SiteRules:
    """The rules that values say in which nothing is wrong."""
    delay = said.get("delay_seconds")
    wanted = said.get("discover", tuple(Strategy))
    threads = said.get("threads", Routes.ALL)
    layouts = [_layout_of(table) for table in said.get("layout", ())]
    return SiteRules(
        host=said["host"],
        seeds=_words(said, "seeds"),
        feeds=_words(said, "feeds"),
        sitemaps=_words(said, "sitemaps"),
        listings=_words(said, "listings"),
        archives=_words(said, "archives"),
        discover=tuple(strategy for strategy in Strategy if strategy in wanted),
        article_url=_words(said, "article_url"),
        exclude_url=_words(said, "exclude_url"),
        delay_seconds=None if delay is None else float(delay),
        revisits=said.get("revisits", True),
        threads=_ROUTES_IN_SHORT[threads] if isinstance(threads, bool) else Routes(threads),
        layouts=tuple(sorted(layouts, key=lambda layout: layout.valid_until or date.max)),
    )


_ROUTES_IN_SHORT = {True: Routes.ALL, False: Routes.OFF}


def _layout_of(table: Mapping[str, Any]) -> Layout:
    day = table.get("valid_until")
    return Layout(
        body=_words(table, "body"),
        title=_words(table, "title"),
        author=_words(table, "author"),
        published=_words(table, "published"),
        remove=_words(table, "remove"),
        valid_until=date.fromisoformat(day) if isinstance(day, str) else day,
    )


def _words(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = said.get(key, ())
    return (value,) if isinstance(value, str) else tuple(value)
