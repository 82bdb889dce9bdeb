"""The days that a backfill asks for, and which addresses may lie in them.

Pure. A window is given in days or in instants (``-a since=2024-01-01 -a until=2024-02-01``). A day
is the day of whoever wrote it: of an address it is compared as a day; of an instant it counts
wherever on Earth it is that day, from UTC+14 to UTC-12, so that no newspaper loses the first hours
of a window. Better a page too many than one too few.

What a listing says bounds a page from one side only: ``Link.modified`` is a *last* modification, so
a page is as old or older. Modified before the window, it is no page of it; modified after it says
nothing, because an old page may have been touched last week. The same holds of a capture that
somebody else made, and of a sitemap, whose date bounds all it lists.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from archiver.address_dates import AddressDate, date_in, date_of_sitemap
from archiver.errors import ConfigError, Place
from archiver.model import Link, LinkKind
from archiver.moments import EARLIEST

_EAST = timedelta(hours=14)
_WEST = timedelta(hours=12)
_LATEST = date(2200, 1, 1)
_REMEDY = "Write a day (2024-01-31), a month (2024-01), a year or an instant (2024-01-31T14:00Z)"
_YEAR_OR_MONTH = re.compile(r"[0-9]{4}(?:-[0-9]{1,2})?")
_DATED_BY_LISTING = frozenset({LinkKind.ARTICLE, LinkKind.PAGE, LinkKind.THREAD, LinkKind.SITEMAP})
"""Kinds of which a date in a listing bounds all that is behind them. A section or a feed that was
listed long ago may have changed since."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, both ends included; None is open."""

    since: datetime | None = None
    until: datetime | None = None
    first_day: date | None = None
    """The first day whose pages are wanted, as the pages themselves would write it."""
    last_day: date | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether ``moment`` (aware) lies in the window."""
        is_late_enough = self.since is None or self.since <= moment
        return is_late_enough and (self.until is None or moment <= self.until)

    def meets(self, first: date, last: date) -> bool:
        """Whether any of the days from ``first`` to ``last`` lies in the window."""
        is_late_enough = self.first_day is None or self.first_day <= last
        return is_late_enough and (self.last_day is None or first <= self.last_day)

    def judge(self, link: Link) -> bool | None:
        """Whether the page at ``link``, or any that a sitemap there lists, was published in the
        window. By the date in its address, of which a part in the window is enough, else by the
        listing's date where that bounds it; None when neither knows."""
        named = _date_of(link)
        if named is not None:
            return self.meets(named.first, named.last)
        if link.modified is None or link.kind not in _DATED_BY_LISTING:
            return None
        # 1970-01-01 and 0001-01-01 are what a program writes that does not know.
        if link.modified < EARLIEST:
            return None
        if self.since is not None:
            return False if link.modified < self.since else None
        is_page = link.kind is not LinkKind.SITEMAP
        return True if is_page and self.holds(link.modified) else None


def read_window(since: str, until: str) -> Window:
    """The window of two arguments, an empty one open; ConfigError where one is no time or they
    are the wrong way round."""
    window = window_between(_read(since, "since"), _read(until, "until", is_end=True))
    if _is_reversed(window):
        raise ConfigError(
            f"since={since} is after until={until}",
            remedy="Both ends belong to the window: since is the earlier one",
        )
    return window


def window_between(since: date | datetime | None, until: date | datetime | None) -> Window:
    """The window from the day or instant ``since`` to ``until``, both included; a naive instant
    is UTC."""
    begin, first = (None, None) if since is None else _begin(since)
    end, last = (None, None) if until is None else _end(until)
    return Window(begin, end, first, last)


def _is_reversed(window: Window) -> bool:
    if window.since is None or window.until is None:
        return False
    assert window.first_day is not None
    assert window.last_day is not None
    return window.first_day > window.last_day or window.since > window.until


def _begin(since: date | datetime) -> tuple[datetime, date]:
    if isinstance(since, datetime):
        moment = max(_aware(since), EARLIEST)
        return moment, (moment - _WEST).date()
    day = max(since, EARLIEST.date())
    return datetime.combine(day, time.min, UTC) - _EAST, day


def _end(until: date | datetime) -> tuple[datetime, date]:
    if isinstance(until, datetime):
        moment = min(_aware(until), datetime.combine(_LATEST, time.max, UTC))
        return moment, (moment + _EAST).date()
    day = min(until, _LATEST)
    return datetime.combine(day, time.max, UTC) + _WEST, day


def _aware(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def _read(text: str, name: str, *, is_end: bool = False) -> date | datetime | None:
    text = text.strip()
    if not text:
        return None
    try:
        if _YEAR_OR_MONTH.fullmatch(text):
            year, _, month = text.partition("-")
            return _edge(int(year), int(month or (12 if is_end else 1)), is_end=is_end)
        has_time = "T" in text or " " in text
        return datetime.fromisoformat(text) if has_time else date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text!r} is no time", place=Place(name), remedy=_REMEDY) from error


def _edge(year: int, month: int, *, is_end: bool) -> date:
    """The first day of a month, or its last."""
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, calendar.monthrange(year, month)[1] if is_end else 1)


def _date_of(link: Link) -> AddressDate | None:
    if link.kind is not LinkKind.SITEMAP:
        return date_in(link.url)
    named = date_of_sitemap(link.url)
    # A file that was last changed before the time it is named after is not named after it, but is
    # the 2,024th of its site. The rest of it is trusted: an address stays in the file of its day.
    if named and link.modified and link.modified.date() < named.first - timedelta(days=1):
        return None
    return named
