"""A site's own pages for its days or months, from the addresses that were seen there.

Knows the habit, not the sites: an address that ends in a date and is otherwise the same for several
dates (``/archive/2024-05-17``, ``/archiv/2024/05``, ``/?m=202405``) is a page of that day or month,
and so are its sisters. Where only articles with dates in front were seen (``/2024/05/17/slug/``),
what their folders are called is a guess, and says so: WordPress and its relatives answer there,
others do not. A guess is worth one request before it is worth a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from archiver.address_dates import LONG_MONTHS, SHORT_MONTHS, AddressDate, date_in
from archiver.urls import is_trap
from archiver.windows import Window

MOST_ADDRESSES = 4_000
"""Made for one template and window: ten years of days. The oldest are left out first."""
MOST_TEMPLATES = 6
"""Of one site. Real ones have one or two; more is one for each section, and pages overlap."""
MOST_EXAMINED = 200_000
"""Addresses looked at, the first ones."""
_LEAST_ARTICLES = 5
_LEAST_SHARE = 0.5
"""Of the dated articles of a host, so that a guess is about how the site names things and not
about one of its sections. Their month folders are the root's or one other place's, or no guess."""

_END = re.compile(r"/?(?:\.[a-z]{3,5}|(?:index|archive|list|default)\.[a-z]{3,5}|all/?)?")
"""What may stand after the date on a page of it; more is the name of an article."""


class Step(StrEnum):
    """What one page of an archive is about."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Template:
    """How a site addresses its days or months."""

    pattern: str
    """Address with ``{Y}``, ``{m}`` (or ``{b}``, ``{B}``: the month in words), ``{d}``."""
    step: Step
    is_padded: bool = True
    """Whether month and day have two digits."""
    is_guess: bool = False
    """True when no such page was seen, but articles in folders of that name."""
    seen: int = 0
    """Addresses that speak for it."""
    earliest: date = date.max
    """Of the dates seen."""

    def address(self, day: date) -> str:
        """The page of ``day``, or of its month."""
        width = 2 if self.is_padded else 1
        return self.pattern.format(
            Y=day.year,
            m=f"{day.month:0{width}}",
            d=f"{day.day:0{width}}",
            b=SHORT_MONTHS[day.month - 1],
            B=LONG_MONTHS[day.month - 1],
        )


def archive_templates(urls: Iterable[str]) -> tuple[Template, ...]:
    """How the pages of days and months are addressed among ``urls`` (normalised, of one site):
    what was seen before what is guessed, each by how much speaks for it."""
    seen: dict[str, _Evidence] = {}
    folders: dict[str, _Evidence] = {}
    articles: dict[str, int] = {}
    for _, url in zip(range(MOST_EXAMINED), urls, strict=False):
        named = date_in(url)
        if named is None or named.month is None or is_trap(url):
            continue
        if _is_page_of_its_date(named.pattern):
            seen.setdefault(named.pattern, _Evidence()).note(named)
        elif folder := _folder(named.pattern):
            folders.setdefault(folder, _Evidence()).note(named)
            host = urlsplit(url).netloc
            articles[host] = articles.get(host, 0) + 1
    found = [
        evidence.template(pattern, is_guess=False)
        for pattern, evidence in seen.items()
        if evidence.earliest < evidence.latest and not _is_sister_of_may(pattern, seen)
    ]
    for folder, evidence in folders.items():
        share = evidence.count / articles[urlsplit(folder).netloc]
        if evidence.count >= _LEAST_ARTICLES and share >= _LEAST_SHARE:
            month = folder.partition("{d}")[0]
            patterns = {month, folder} - seen.keys()
            found += [evidence.template(pattern, is_guess=True) for pattern in sorted(patterns)]
    found.sort(key=lambda each: (each.is_guess, -each.seen, each.pattern))
    return tuple(found[:MOST_TEMPLATES])


def addresses(template: Template, window: Window, *, today: date) -> Iterator[str]:
    """The addresses of the days or months of ``window``, the latest first, none after ``today``; an
    open beginning is the earliest date seen. At most ``MOST_ADDRESSES``."""
    first = window.first_day or template.earliest
    day = min(window.last_day or today, today)
    for _ in range(MOST_ADDRESSES):
        if template.step is Step.MONTH:
            day = day.replace(day=1)
            first = first.replace(day=1)
        if day < first:
            return
        yield template.address(day)
        day -= timedelta(days=1)


@dataclass(slots=True)
class _Evidence:
    """The addresses that speak for one template. One date alone is no habit, but a page with a date
    in its name."""

    count: int = 0
    earliest: date = date.max
    latest: date = date.min
    is_padded: bool = True

    def note(self, named: AddressDate) -> None:
        self.count += 1
        self.earliest = min(self.earliest, named.first)
        self.latest = max(self.latest, named.first)
        if named.is_padded is False:
            self.is_padded = False

    def template(self, pattern: str, *, is_guess: bool) -> Template:
        step = Step.DAY if "{d}" in pattern else Step.MONTH
        return Template(pattern, step, self.is_padded, is_guess, self.count, self.earliest)


def _is_sister_of_may(pattern: str, seen: Mapping[str, object]) -> bool:
    """``may`` is a long name and a short one: beside short names it is one of them."""
    return "{B}" in pattern and pattern.replace("{B}", "{b}") in seen


def _is_page_of_its_date(pattern: str) -> bool:
    path, _, query = pattern.partition("?")
    if "{" in query:
        return True
    return not query and _END.fullmatch(path.rpartition("}")[2]) is not None


def _folder(pattern: str) -> str | None:
    """``https://host/{Y}/{m}/{d}/`` of an article below it; None where the date is no folder."""
    path = pattern.partition("?")[0]
    before, _, after = path.rpartition("}")
    return f"{before}}}/" if after.startswith("/") else None
