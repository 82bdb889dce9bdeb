"""What a crawl would do with a site, and with an address of it, by the rules that serve the host.

Knows how the rules, the address and its shape are asked, in the crawl's own order; fetches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import escape

from archiver.discover import links_of_html
from archiver.dom import parse
from archiver.errors import UrlError
from archiver.model import Link, LinkKind, Page
from archiver.rules_text import SELECTORS
from archiver.sites import ANY_HOST, DEFAULT_RULES, Layout, SiteRules, Strategy
from archiver.url_patterns import matching
from archiver.url_shapes import (
    is_file,
    looks_like_article,
    looks_like_comment_feed,
    looks_like_feed,
)
from archiver.urls import is_comment_page, is_trap, normalise, site_of

SETTINGS = (
    "seeds", "feeds", "sitemaps", "listings", "archives", "discover", "article_url", "exclude_url",
    "delay_seconds", "revisits", "threads",
)  # fmt: skip
"""What rules say of a crawl, as it is told."""
_NAMED = {
    Strategy.FEEDS: "feeds",
    Strategy.SITEMAPS: "sitemaps",
    Strategy.LISTINGS: "listings",
    Strategy.ARCHIVES: "archives",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that holds for a crawl of the site."""

    name: str
    value: object
    is_stated: bool
    """False where it is what holds for every site."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an address that a page of the site links to."""

    url: str
    is_followed: bool
    taken_as: str | None
    """Word of ``LinkKind``; None for an address that is not followed."""
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a crawl of a host would do."""

    host: str
    served_by: str
    """Host of the rules that serve it: its own, a parent's, or ``*``."""
    settings: tuple[Setting, ...]
    layouts: tuple[Layout, ...]
    layout: int | None
    """Which of the layouts holds on the day that was asked for; None for none."""
    has_hook: bool
    furniture: int
    """Blocks that are left out of texts."""
    remarks: tuple[str, ...]
    """What holds together, but is perhaps not meant."""


def plan_for(host: str, rules: SiteRules, *, day: date) -> Plan:
    """The plan for a crawl of ``host`` by ``rules``, those that serve it, on ``day``."""
    layout = rules.layout_at(day)
    return Plan(
        host=host,
        served_by=rules.host,
        settings=tuple(_setting(name, host, rules) for name in SETTINGS),
        layouts=rules.layouts,
        layout=None if layout is None else rules.layouts.index(layout),
        has_hook=rules.hook is not None,
        furniture=len(rules.furniture.keys),
        remarks=tuple(_remarks(host, rules, day)),
    )


def front_page_of(host: str) -> str:
    """Where a crawl of ``host`` begins that has no seeds."""
    return f"https://{host}/"


def fate_of(url: str, host: str, rules: SiteRules) -> Fate:
    """What becomes of ``url`` where a page of ``host`` links to it. The crawl's own reading of
    links decides; the reason is looked for afterwards."""
    front = front_page_of(host)
    try:
        known = normalise(url, front)
    except UrlError as error:
        return Fate(url, False, None, f"no address that can be asked for: {error.what}")
    link = _link_to(known, front, rules)
    if link is None:
        return Fate(known, False, None, _why_not(known, rules))
    site = site_of(front)
    if site_of(known) != site:
        why = f"not on {site}: with -a scope=listed only, where a seed or feed lists it"
        return Fate(known, False, None, why)
    return Fate(known, True, link.kind, _why_taken(known, link.kind, rules))


def _setting(name: str, host: str, rules: SiteRules) -> Setting:
    value = getattr(rules, name)
    is_stated = value != getattr(DEFAULT_RULES, name)
    return Setting(name, value if value or name != "seeds" else (front_page_of(host),), is_stated)


def _remarks(host: str, rules: SiteRules, day: date) -> Iterator[str]:
    if rules.host not in (host, ANY_HOST):
        yield f"the rules are those of {rules.host}: they serve every host below it"
    for strategy, name in _NAMED.items():
        if getattr(rules, name) and strategy not in rules.discover:
            yield f"{name} are named, but discover leaves them out"
    if rules.layouts and rules.layout_at(day) is None:
        last = rules.layouts[-1].valid_until
        yield f"no layout holds on {day}: the last was valid until {last}"
    for number, layout in enumerate(rules.layouts, 1):
        if not any(getattr(layout, name) for name in SELECTORS):
            yield f"layout {number} has no selector: its pages are read without rules"
    if rules.host != ANY_HOST:
        for seed in rules.seeds:
            yield from _remarks_on_seed(seed, host, rules)
    for feed in (*rules.feeds, *rules.sitemaps, *rules.listings):
        for expression in matching(rules.exclude_url, feed):
            yield f"exclude_url {expression} matches {feed}, which is asked for all the same"
    if not rules.discover:
        yield "discover is empty: nothing but the seeds is fetched"


def _remarks_on_seed(seed: str, host: str, rules: SiteRules) -> Iterator[str]:
    for expression in matching(rules.exclude_url, seed):
        yield f"exclude_url {expression} matches {seed}, which is asked for all the same"
    for expression in matching(rules.article_url, seed):
        yield f"article_url {expression} matches the seed {seed}"
    try:
        site = site_of(seed)
    except UrlError as error:
        yield f"{seed} cannot be asked for: {error.what}"
        return
    if site != site_of(front_page_of(host)):
        yield f"{seed} is on {site}: a crawl of this host goes there too"


def _link_to(url: str, front: str, rules: SiteRules) -> Link | None:
    """The link that a page of the site would have to ``url``, as a crawl sees it."""
    # The page has an address of its own: a page's links to itself are no links.
    page = Page(
        url=f"{front}-",
        captured_at=datetime.combine(date(2000, 1, 1), time(), UTC),
        headers=((b"Content-Type", b"text/html; charset=utf-8"),),
        payload=f'<html><body><a href="{escape(url)}">a</a></body></html>'.encode(),
    )
    links = links_of_html(parse(page, limit_bytes=1 << 20), is_seed=False, rules=rules)
    return links[0] if links else None


def _why_not(url: str, rules: SiteRules) -> str:
    if is_trap(url):
        return (
            "a trap by its shape: a button, a calendar, a session, a path that grows, or too long"
        )
    if is_comment_page(url):
        return "a further page of an article's comments"
    excluding = matching(rules.exclude_url, url)
    if excluding:
        return f"exclude_url {excluding[0]} matches"
    if looks_like_comment_feed(url):
        return "a feed of comments, and not of those on the whole site"
    if is_file(url):
        return "a file, an interface for programs, or the AMP edition of a page"
    return "nothing that a crawl follows"


def _why_taken(url: str, kind: LinkKind, rules: SiteRules) -> str:
    expressions = matching(rules.article_url, url)
    if kind is LinkKind.ARTICLE:
        if expressions:
            return f"article_url {expressions[0]} matches"
        return "by its shape: a date, a headline's words, or a number"
    if kind is LinkKind.PAGE:
        if rules.article_url and looks_like_article(url):
            return (
                "looks like an article's, but no article_url matches: reading it decides what it is"
            )
        return "its shape says nothing: reading it decides what it is"
    if kind is LinkKind.FEED and not looks_like_feed(url):
        return "the page announces it"
    return "by its shape"
