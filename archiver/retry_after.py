"""The ``Retry-After`` header: how long a server asks to be left alone.

Knows both forms of RFC 9110, 10.2.3. The present moment is handed in; no clock is read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_RETRY_AFTER = 24 * 3600.0
"""Seconds. A host that asks for more is asked again after a day, as its robots.txt is (RFC 9309,
2.4): servers send 10¹² and dates of the year 9999, and one such answer must not end a site."""

_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")
_SECONDS = re.compile(r"([+-]?)([0-9]+)(?:\.[0-9]*)?")


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds from ``now`` (aware) that ``value`` asks to wait, between 0 and
    ``LONGEST_RETRY_AFTER``; None when it is neither a number nor a date."""
    text = value.strip()
    number = _SECONDS.fullmatch(text)
    if number:
        sign, digits = number[1], number[2].lstrip("0")
        if sign == "-":
            return 0.0
        return min(float(text), LONGEST_RETRY_AFTER) if len(digits) < 8 else LONGEST_RETRY_AFTER
    moment = http_date(text)
    if moment is None:
        return None
    try:
        seconds = (moment - now).total_seconds()
    except OverflowError:  # the zone of a year 1 or 9999 leads out of the calendar
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def http_date(value: str) -> datetime | None:
    """The moment (aware) that ``value`` names, in one of the three forms of RFC 9110, 5.6.7 or as
    RFC 3339 writes it, which some servers do; None when it names none."""
    text = value.strip()
    if len(text) > 100:  # the longest form has 33 signs
        return None
    try:
        if _RFC_3339.match(text):
            moment = datetime.fromisoformat(text)
        else:
            moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # The asctime form, and "-0000": GMT.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
