"""The date in an address: which day, month or year it names, and how it is written there.

Knows the habits of news sites: folders (``/2024/01/31/``, ``/2024/jan/31/``, ``/2024-01/31/``), a
date at one end of a name (``/2024-01-31-slug``, ``/slug-2024-01-31.html``), digits alone
(``/20240131/``, ``/t20240131_77.html``), parameters (``?m=202401``, ``?yyyy=2024&mm=01``), and the
names of sitemaps. Numbers that may as well count articles are no dates here: a name that *ends* in
eight digits (``/world-20240131`` is the 20,240,131st page of its site and from 2012), six digits
in a folder, a year alone; nor is the day on which something takes place (``/events/2024/01/31/``).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

SHORT_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddressDate:
    """A date that an address names."""

    year: int
    month: int | None
    """1 to 12; None where only the year is named."""
    day: int | None
    pattern: str
    """The address with ``{Y}``, ``{m}`` and ``{d}`` where the date stood; ``{b}`` and ``{B}`` for
    the month in short and long English words."""
    is_padded: bool | None = None
    """Whether month and day are written with two digits; None where that does not show."""

    @property
    def first(self) -> date:
        """The first day that is meant."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day that is meant."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


_Y = r"(?P<Y>(?:199|20\d)\d)"
_M = r"(?P<m>0[1-9]|1[0-2])"
_D = r"(?P<d>0[1-9]|[12]\d|3[01])"
_FREE_M = rf"(?P<m>0?[1-9]|1[0-2]|{'|'.join(LONG_MONTHS)}|{'|'.join(SHORT_MONTHS)})"
_FREE_D = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_ENDS = r"(?=/|$|\.[a-z]{2,5}$)"

_IN_PATH = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # /2024/01/31/slug, /2024/jan/31/. What follows a stroke may be a headline that begins with
        # a number (/2024/01/17-reasons-to-stay): then the month is all that is known.
        rf"(?<=/){_Y}/{_FREE_M}/{_FREE_D}{_ENDS}",
        rf"(?<=/){_Y}[-_.]?{_M}/{_D}{_ENDS}",  # /2024-01/31/, /202401/31/
        rf"(?<=/){_Y}/{_M}{_D}{_ENDS}",  # /2024/0131/
        rf"(?<=/){_Y}(?P<s>[-_.]){_FREE_M}(?P=s){_FREE_D}(?=[/_.-]|$)",  # /2024-01-31-slug
        rf"(?<=[-_]){_Y}(?P<s>[-_.]){_M}(?P=s){_D}{_ENDS}",  # /slug-2024-01-31.html
        # /20240131, /20240131-slug, /t20240131_77, /20240131142853, /AKR20240131001200001
        rf"(?<=/)[a-z]{{0,3}}{_Y}{_M}{_D}(?=[/_.-]|$|\d{{3,9}}(?:[/_.-]|$))",
        rf"(?<=/){_Y}/{_FREE_M}{_ENDS}",
        rf"(?<=/){_Y}-{_M}{_ENDS}",
        rf"(?<=/)(?:archives?|archivo?|arquivo)[/-]{_Y}{_M}{_ENDS}",
    )
)
_SITEMAP_NAMES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_Y}(?P<s>[-_./]?){_M}(?P=s){_D}(?!\d)",
        rf"(?<!\d){_Y}[-_./]?{_M}(?!\d)",
        rf"(?<!\d){_Y}/{_FREE_M}(?![\da-z])",
        rf"(?<!\d){_Y}[-_.]?(?P<m>{'|'.join(LONG_MONTHS)}|{'|'.join(SHORT_MONTHS)})(?![a-z])",
        rf"(?<!\d){_Y}(?!\d)",
    )
)
_TAKES_PLACE = re.compile(
    r"/(?:events?|eventos?|evenements|veranstaltung(?:en)?|termine?|agenda|calend[ae]r|kalender"
    r"|calendrier|calendario|whats-on)/",
    re.IGNORECASE,
)

_REPLAYED = re.compile(r"\d*(?:[a-z]+_)?/https?:", re.IGNORECASE)
"""What follows the time of a capture in a web archive: ``/web/20131110121040id_/http://…``."""

_VALUE = re.compile(rf"{_Y}(?P<s>[-/_.]?){_M}(?:(?P=s){_D})?")
_DATE_NAMES = frozenset(
    {"date", "day", "d", "m", "month", "ym", "ymd", "archive", "datum", "fecha", "data", "dia"}
)
_PARTS: Mapping[str, frozenset[str]] = {
    "Y": frozenset({"year", "yyyy", "yy", "y", "jahr", "ano", "annee", "anno"}),
    "m": frozenset({"month", "mm", "m", "monat", "mes", "mois", "mese"}),
    "d": frozenset({"day", "dd", "d", "dia", "jour", "giorno"}),
}


def date_in(url: str) -> AddressDate | None:
    """The date that the address of a page names, to the day or the month; None where it names
    none, or a day of something else than the page."""
    path_begin, path_end = _path(url)
    path = url[path_begin:path_end]
    for form in _IN_PATH:
        found = form.search(path)
        if (
            found
            and not _TAKES_PLACE.search(path[: found.start()])
            and not _REPLAYED.match(path, found.end())
        ):
            read = _read(url, path_begin, found)
            if read is not None:
                return read
    return _in_query(url)


def date_of_sitemap(url: str) -> AddressDate | None:
    """The date of which a sitemap has the pages, by its name: to the day, the month or the year
    (``sitemap-2024-01.xml``, ``/sitemap/2024/january/``, ``?yyyy=2024``)."""
    path_begin, path_end = _path(url)
    for form in _SITEMAP_NAMES:
        found = form.search(url, path_begin, path_end)
        read = _read(url, 0, found) if found else None
        if read is not None:
            return read
    return _in_query(url)


def _path(url: str) -> tuple[int, int]:
    begin = url.find("/", url.find("://") + 3)
    if begin < 0:
        return len(url), len(url)
    mark = url.find("?", begin)
    return begin, mark if mark >= 0 else len(url)


def _read(url: str, offset: int, found: re.Match[str]) -> AddressDate | None:
    spans = {
        name: (offset + found.start(name), offset + found.end(name))
        for name in ("Y", "m", "d")
        if name in found.re.groupindex and found[name]
    }
    return _made(url, spans)


def _in_query(url: str) -> AddressDate | None:
    mark = url.find("?")
    if mark < 0:
        return None
    spans: dict[str, tuple[int, int]] = {}
    for name, begin, end in _parameters(url, mark + 1):
        value = _VALUE.fullmatch(url, begin, end)
        if value and name in _DATE_NAMES:
            return _read(url, 0, value)
        for part, names in _PARTS.items():
            if name in names and url[begin:end].isdigit() and end - begin in (1, 2, 4):
                spans.setdefault(part, (begin, end))
    if "Y" not in spans or spans["Y"][1] - spans["Y"][0] != 4:
        return None
    if "m" not in spans:
        spans.pop("d", None)
    return _made(url, spans)


def _parameters(url: str, begin: int) -> Iterator[tuple[str, int, int]]:
    """Name of each parameter in lower case, and where its value begins and ends."""
    for parameter in url[begin:].split("&"):
        name, equals, _ = parameter.partition("=")
        end = begin + len(parameter)
        yield name.lower(), begin + len(name) + len(equals), end
        begin = end + 1


def _made(url: str, spans: Mapping[str, tuple[int, int]]) -> AddressDate | None:
    """The date of these parts of ``url``; None where there is no such day."""
    text = {name: url[begin:end].lower() for name, (begin, end) in spans.items()}
    month, field = _month(text["m"]) if "m" in text else (None, "m")
    day = int(text["d"]) if "d" in text else None
    try:
        date(int(text["Y"]), month or 1, day or 1)
    except ValueError:
        return None
    pattern = url
    for name, (begin, end) in sorted(spans.items(), key=lambda item: -item[1][0]):
        pattern = f"{pattern[:begin]}{{{field if name == 'm' else name}}}{pattern[end:]}"
    numbers = [text[name] for name in ("m", "d") if name in text and text[name].isdigit()]
    if any(len(number) == 1 for number in numbers):
        is_padded: bool | None = False
    else:
        is_padded = True if any(number.startswith("0") for number in numbers) else None
    return AddressDate(int(text["Y"]), month, day, pattern, is_padded)


def _month(text: str) -> tuple[int, str]:
    if text.isdigit():
        return int(text), "m"
    if text in SHORT_MONTHS and text != "may":
        return SHORT_MONTHS.index(text) + 1, "b"
    return LONG_MONTHS.index(text) + 1, "B"
