"""Times and periods as feeds, sitemaps and lists for programs write them.

Knows RFC 822 and ISO 8601 with their usual faults, and the ways in which a feed says how often it
changes. Pages for people write their dates in more ways; those are read in ``moments``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_PERIOD_SECONDS = 366 * 86_400.0
"""A feed that says it changes less often than once a year says nothing."""

_PERIOD_SECONDS = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 7 * 86_400.0,
    "monthly": 30 * 86_400.0,
    "yearly": 365 * 86_400.0,
}
_PARTIAL = re.compile(r"(\d{4})(?:-?(\d\d))?(?:-?(\d\d))?")


def read_time(text: str) -> datetime | None:
    """The moment that ``text`` names, UTC; None when it names none.

    RFC 822 dates with their usual faults, ISO 8601 down to a year. A time without a zone is taken
    for UTC, as the W3C profile of ISO 8601 has no such time.
    """
    text = text.strip()[:64]
    moment = _iso_time(text) if re.match(r"\d{4}(?!\d)", text) else _mail_time(text)
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (OverflowError, ValueError):  # the first and the last day there is
        return None


def read_period(period: str, frequency: str, ttl: str) -> float | None:
    """Seconds from one change to the next by a feed's own word; None where it says nothing usable.

    ``period`` and ``frequency`` are ``sy:updatePeriod`` and ``sy:updateFrequency`` (RDF Site
    Summary 1.0, Syndication module: daily and 1 where one of them is left out). ``ttl`` is RSS
    2.0's, in minutes; it says how long a copy may be kept, so it is asked second.
    """
    if period.strip() or frequency.strip():
        unit = _PERIOD_SECONDS.get(period.strip().lower() or "daily")
        times = _whole(frequency) if frequency.strip() else 1
        if unit and times:
            return unit / times
    minutes = _whole(ttl)
    seconds = minutes * 60.0 if minutes else None
    return seconds if seconds is not None and seconds <= LONGEST_PERIOD_SECONDS else None


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _mail_time(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", text))
    except ValueError:
        pass
    match = _PARTIAL.match(text)
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
