"""What an operator knows about a site: seeds, addresses, layouts by date; parsed, checked, chosen.

Knows TOML text and selectors; reads no file (``config`` does) and looks at no page. A rule is a
frozen value. Where a site says nothing, ``DEFAULT_RULES`` speak.

The keys of a rules file, all but ``host`` optional::

    host = "example.com"                # serves example.com and every host below it
    seeds = ["https://example.com/"]    # pages to start from
    feeds = []                          # RSS or Atom
    sitemaps = []
    article_url = ["/\\\\d{4}/\\\\d{2}/"]    # regular expressions: URLs taken as articles
    exclude_url = ["/shop/"]            # never followed
    delay_seconds = 2.0                 # between two requests to one host
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
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from archiver.errors import Place, RulesError
from archiver.furniture import NO_DIGEST, NO_FURNITURE, Furniture
from archiver.hooks import PageHook
from archiver.toml_text import read_toml
from archiver.urls import site_of

ANY_HOST = "*"


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
    article_url: tuple[str, ...] = ()
    """Regular expressions, searched in the URL."""
    exclude_url: tuple[str, ...] = ()
    delay_seconds: float | None = None
    """Between two requests to a host; None for the crawl's own setting."""
    threads: Routes = Routes.ALL
    layouts: tuple[Layout, ...] = ()
    """Oldest first; at most one, the last, without ``valid_until``."""
    hook: PageHook | None = None
    """Has the last word on each page; None for nearly every site."""
    furniture: Furniture = NO_FURNITURE
    """From a file of its own (``archiver.furniture``), put in by ``RuleBook.choose``."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that these rules say, in hex; the order of keys does not matter.
        Furniture has a digest of its own."""
        rules = asdict(replace(self, furniture=NO_FURNITURE))
        del rules["furniture"]
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
        return any(_pattern(expression).search(url) for expression in self.article_url)

    def excludes(self, url: str) -> bool:
        """True when the rules forbid to follow ``url``."""
        return any(_pattern(expression).search(url) for expression in self.exclude_url)


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
        names = list(_suffixes(host)) if self.by_host or self.furniture else []
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


def _suffixes(host: str) -> Iterator[str]:
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

    Raises ``RulesError`` with file, line where it is known, and key.
    """
    said = read_toml(text, name)
    reader = _Reader(said, text, name)
    host = reader.word("host")
    if not re.fullmatch(r"\*|[a-z0-9.\-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?", host):
        reader.fail("host", f"{host!r} is no host name in lower case", "Write it without https://")
    rules = SiteRules(
        host=host,
        seeds=reader.addresses("seeds"),
        feeds=reader.addresses("feeds"),
        sitemaps=reader.addresses("sitemaps"),
        article_url=reader.patterns("article_url"),
        exclude_url=reader.patterns("exclude_url"),
        delay_seconds=reader.seconds("delay_seconds"),
        threads=reader.routes("threads"),
        layouts=_layouts(reader),
    )
    reader.finish()
    return rules


def _layouts(reader: _Reader) -> tuple[Layout, ...]:
    layouts: list[Layout] = []
    for table in reader.tables("layout"):
        layouts.append(
            Layout(
                body=table.selectors("body"),
                title=table.selectors("title"),
                author=table.selectors("author"),
                published=table.selectors("published"),
                remove=table.selectors("remove"),
                valid_until=table.day("valid_until"),
            )
        )
        table.finish()
    if sum(layout.valid_until is None for layout in layouts) > 1:
        reader.fail("layout", "two layouts have no valid_until", "Give the older one its last day")
    return tuple(sorted(layouts, key=lambda layout: layout.valid_until or date.max))


class _Reader:
    """Takes typed values out of a TOML table; what is left at the end is an unknown key."""

    def __init__(self, said: dict[str, Any], text: str, name: str) -> None:
        self._said = dict(said)
        self._text = text
        self._name = name

    def fail(self, key: str, what: str, remedy: str) -> None:
        """Raise the error about ``key`` with its line, when the key stands in the text once."""
        lines = [
            number
            for number, line in enumerate(self._text.splitlines(), 1)
            if re.match(rf"\s*(\[\[?\s*)?[\"']?{re.escape(key)}\b", line)
        ]
        place = Place(self._name, line=lines[0] if len(lines) == 1 else None)
        raise RulesError(f"{key}: {what}", place=place, remedy=remedy)

    def finish(self) -> None:
        for key in sorted(self._said):
            self.fail(key, "is no key of a rules file", "Take it out or correct its spelling")

    def word(self, key: str) -> str:
        value = self._said.pop(key, None)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "must be a text", f'Add {key} = "…"')
        return str(value).strip()

    def words(self, key: str) -> tuple[str, ...]:
        value = self._said.pop(key, [])
        entries = [value] if isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(e, str) and e for e in entries):
            self.fail(key, "must be a list of texts", f'Write {key} = ["…"]')
        return tuple(entries)

    def addresses(self, key: str) -> tuple[str, ...]:
        entries = self.words(key)
        for entry in entries:
            if not re.match(r"https?://[^\s/]+", entry):
                self.fail(key, f"{entry!r} is no address", "Write it with http:// or https://")
        return entries

    def patterns(self, key: str) -> tuple[str, ...]:
        entries = self.words(key)
        for entry in entries:
            try:
                re.compile(entry)
            except re.error as error:
                self.fail(key, f"{entry!r} is no regular expression: {error}", "Mend it")
        return entries

    def selectors(self, key: str) -> tuple[str, ...]:
        entries = self.words(key)
        for entry in entries:
            try:
                # Asked once, because a prefix that stands for nothing shows only then.
                _compiled(entry)(etree.Element("html"))
            except (SelectorError, etree.XPathError) as error:
                self.fail(key, f"{entry!r} is no selector: {error}", "Mend it")
        return entries

    def seconds(self, key: str) -> float | None:
        value = self._said.pop(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
            self.fail(key, "must be a number of seconds from 0 to 3600", f"Write {key} = 2.0")
        return float(value)

    def routes(self, key: str) -> Routes:
        value = self._said.pop(key, Routes.ALL)
        if isinstance(value, bool):
            return Routes.ALL if value else Routes.OFF
        if value not in tuple(Routes):
            names = ", ".join(f'"{route}"' for route in Routes)
            self.fail(key, f"must be one of {names}", f'Write {key} = "{Routes.ALL}"')
        return Routes(value)

    def day(self, key: str) -> date | None:
        value = self._said.pop(key, None)
        if isinstance(value, datetime) or not isinstance(value, date | None):
            self.fail(key, "must be a day", f"Write {key} = 2024-05-31, without quotes")
        return value if isinstance(value, date) else None

    def tables(self, key: str) -> list[_Reader]:
        value = self._said.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.fail(key, "must be tables", f"Begin each with [[{key}]]")
        return [_Reader(entry, self._text, self._name) for entry in value]


@lru_cache(maxsize=2048)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> etree.XPath:
    if selector.startswith(("/", ".//", "./", "(")):
        return etree.XPath(selector)
    return CSSSelector(selector, translator="html")


def select(node: Any, selector: str) -> list[Any]:
    """What ``selector`` (CSS, or XPath) finds below ``node``: elements, or texts for an XPath that
    ends in an attribute or ``text()``."""
    found = _compiled(selector)(node)
    return found if isinstance(found, list) else [found]
