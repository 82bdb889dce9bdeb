"""A time told from now ("3 hours ago", "gestern um 14:05") becomes an instant with its precision.

Knows how thirty languages of the press say it; no clock: what "now" is, the caller says (when the
page was captured), and a caller who does not know leaves it. Dates with a year are ``moments``'.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from archiver.model import Precision
from archiver.moments import EARLIEST, Moment, read_moment
from archiver.months import fold
from archiver.relative_words import (
    AFTER,
    AND,
    BARE,
    BEFORE,
    BEFORE_YESTERDAY,
    ILYA,
    NOW,
    ONE,
    SELF,
    TODAY,
    UNITS,
    VAGUE,
    YESTERDAY,
)

MOST_CHARS: Final = 120
"""Of a text that is read: a longer one is prose, where "yesterday" is not its own date."""

MOST_DIGITS: Final = 4
"""Of a count; a longer number counts nothing that lies on the web."""

_CLOCK: Final = (
    r"(?:[\s,;|\-–—•·]|\bat\b|\bum\b|\ba\s?las\b|\ba\b|\balle\b|\bas\b|\bo\b|\bkl\b\.?|\bom\b|\bв\b|"
    r"\bklo\b|\bla\b|\bsaat\b|\bu\b|\bv\b|@)*"
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.h]|\s?uhr\s?|[時时시]\s?)(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d))?(?:\s?(?P<half>[ap])\.?m\b\.?)?"
)
_DAY = re.compile(
    rf"(?<!\w)(?:(?P<second_last>{BEFORE_YESTERDAY})|(?P<last>{YESTERDAY})|(?P<same>{TODAY}))(?!\w)"
    rf"(?:{_CLOCK})?"
)
_DAY_CJK = re.compile(
    rf"(?:(?P<second_last>一昨日|前天|그저께)|(?P<last>昨日|昨天|어제)|(?P<same>今日|今天|오늘))\s*{_CLOCK}"
)
_CJK = re.compile(
    rf"(?:(?P<second_last>一昨日|前天|그저께)|(?P<last>昨日|昨天|어제)|(?P<same>今日|今天|오늘))\s*{_CLOCK}"
)
_CLOCK_ONLY = re.compile(rf"{_CLOCK}(?:\s*uhr)?")
_CJK = re.compile(
    r"(?P<count>\d{1,4}|[一两兩半])\s*(?P<unit>秒|分钟|分鐘|分|분|小时|小時|個小時|个小时|時間|시간|天|日|일|"
    r"周|週間|週|星期|주일|주|个月|個月|か月|ヶ月|カ月|ヵ月|ケ月|箇月|개월|달|月|年|년|초)\s*(?:钟|鐘)?\s*(?:以|之)?(?:前|전)"
)
_CJK_UNITS: Final = {
    "秒": "second", "초": "second", "分": "minute", "小": "hour", "時": "hour", "시": "hour",
    "天": "day", "日": "day", "일": "day", "周": "week", "週": "week", "星": "week", "주": "week",
    "か": "month", "ヶ": "month", "カ": "month", "ヵ": "month", "ケ": "month", "箇": "month",
    "개": "month", "달": "month", "月": "month", "年": "year", "년": "year",
}  # fmt: skip
_CJK_NUMBERS: Final = {"一": 1, "两": 2, "兩": 2, "半": 1}
_APART = re.compile(fold("ที่แล้ว|ที่ผ่านมา"))
"""Thai writes no blank between the unit and its "ago"."""
_SHORT = re.compile(
    r"^(?:·|•|-)?\s*(?P<count>\d{1,3})\s?(?P<unit>s|sec|sek|m|min|mins|mn|h|hr|hrs|std|d|t|j|w|wk|wo|mo|mon|y|yr|yrs)\.?$"
)
_SHORT_UNITS: Final = {"t": "day", "mon": "month", "wo": "week", "j": "day"}
_WORDS = re.compile(r"\d+|[^\s\d.,;:!?()\[\]|/·•–—-]+")
"""Not ``\\w+``: the vowel signs of Hindi and Thai are no letters to ``re``."""
_SPANS: Final = {
    "second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1),
    "day": timedelta(days=1), "week": timedelta(days=7),
}  # fmt: skip
_PRECISION: Final = {
    "second": Precision.MINUTE, "minute": Precision.MINUTE, "hour": Precision.HOUR,
    "day": Precision.DAY, "week": Precision.MONTH, "month": Precision.MONTH,
    "year": Precision.YEAR,
}  # fmt: skip
"""A week is coarser than a day, and no precision lies between day and month."""


def read_relative(text: str, *, now: datetime, assumed: timezone = UTC) -> Moment | None:
    """The instant that ``text`` tells from ``now`` (aware); None where it tells none so.

    ``at`` is the best guess: from a day on it is a midnight, and its precision says how exactly it
    is known ("2 weeks ago" gives a day of precision MONTH). ``assumed``: the zone of a time of day.
    """
    if len(text) > MOST_CHARS:
        return None
    raw = " ".join(text.split())
    folded = _APART.sub(r" \g<0>", fold(raw).replace("'", " ").replace("’", " "))
    try:
        return (
            _of_spans(folded, raw, now)
            or _of_day(folded, raw, now, assumed)
            or _of_cjk(folded, raw, now)
            or _of_now(folded, raw, now)
        )
    except (OverflowError, ValueError):
        return None


def read_moment_or_relative(
    text: str, *, now: datetime, assumed: timezone = UTC, month_first: bool = False
) -> Moment | None:
    """What ``read_moment`` reads, else what ``read_relative`` does."""
    written = read_moment(text, latest=now, assumed=assumed, month_first=month_first)
    return written or read_relative(text, now=now, assumed=assumed)


def _of_spans(folded: str, raw: str, now: datetime) -> Moment | None:
    """ "3 hours ago", "vor 2 Tagen", "il y a 5 minutes", "8 years, 3 months ago"; "3h" alone."""
    short = _SHORT.match(folded)
    if short:
        unit = _SHORT_UNITS.get(short["unit"]) or UNITS[short["unit"]]
        return _moment([(int(short["count"]), unit)], raw, now)
    words = _WORDS.findall(folded)
    for start, end, pairs in _runs(words):
        if _is_told_before(words, start) or _is_told_after(words, end):
            return _moment(pairs, raw, now)
        if words[end - 1] in SELF:
            return _moment(pairs, raw, now)
    return None


def _runs(words: list[str]) -> Iterator[tuple[int, int, list[tuple[int, str]]]]:
    """(start, end, [(count, unit)]) of each run of counted units, such as "1 hour, 20 minutes"."""
    here = 0
    while here < len(words):
        start, pairs = here, list[tuple[int, str]]()
        while here < len(words):
            step = here + (1 if pairs and words[here] in AND else 0)
            pair = _pair(words, step)
            if pair is None:
                break
            pairs.append(pair[1])
            here = pair[0]
        if pairs:
            yield start, here, pairs
        else:
            here += 1


def _pair(words: list[str], at: int) -> tuple[int, tuple[int, str]] | None:
    """(where it ends, (count, unit)) of the counted unit that begins at ``at``."""
    if at >= len(words):
        return None
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if following in UNITS and (word.isdecimal() or word in ONE):
        if len(word) <= MOST_DIGITS or word in ONE:
            return at + 2, (int(word) if word.isdecimal() else 1, UNITS[following])
        return None
    if word in BARE:
        return at + 1, (1, UNITS[word])
    return None


def _is_told_before(words: list[str], start: int) -> bool:
    here = start
    while here and words[here - 1] in VAGUE:
        here -= 1
    return bool(here) and (
        words[here - 1] in BEFORE or tuple(words[max(0, here - 3) : here]) == ILYA
    )


def _is_told_after(words: list[str], end: int) -> bool:
    return any(word in AFTER for word in words[end : end + 2])


def _of_day(folded: str, raw: str, now: datetime, assumed: timezone) -> Moment | None:
    """ "gestern um 14:05", "yesterday"; a day's name in the midst of prose is not meant."""
    found = _DAY.search(folded) or _DAY_CJK.search(folded)
    if found is None:
        return None
    rest = folded[: found.start()] + " " + folded[found.end() :]
    if len(_WORDS.findall(rest)) > (6 if found["hour"] else 2):
        return None
    days = 2 if found["second_last"] else 1 if found["last"] else 0
    day = (now.astimezone(assumed) - timedelta(days=days)).date()
    if not found["hour"]:
        return _checked(datetime(day.year, day.month, day.day, tzinfo=UTC), Precision.DAY, raw, now)
    hour, half = int(found["hour"]), found["half"]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    second = int(found["second"] or 0)
    at = datetime(day.year, day.month, day.day, hour, int(found["minute"]), second, tzinfo=assumed)
    return _checked(at, Precision.SECOND if found["second"] else Precision.MINUTE, raw, now)


def _of_cjk(folded: str, raw: str, now: datetime) -> Moment | None:
    """ "3小时前", "5分前", "2日前", "3시간 전"."""
    found = _CJK.search(folded)
    if found is None:
        return None
    unit = _CJK_UNITS.get(found["unit"][0], "month")
    if found["unit"] in ("个小时", "個小時"):
        unit = "hour"
    if found["unit"].startswith(("分", "분")):
        unit = "minute"
    count = _CJK_NUMBERS.get(found["count"]) or int(found["count"])
    return _moment([(count, unit)], raw, now)


def _of_now(folded: str, raw: str, now: datetime) -> Moment | None:
    if " ".join(folded.strip(" .·•-|,").split()) in NOW:
        return _checked(now.replace(second=0, microsecond=0), Precision.MINUTE, raw, now)
    return None


def _moment(pairs: list[tuple[int, str]], raw: str, now: datetime) -> Moment | None:
    at = now.astimezone(UTC)
    for count, unit in pairs:
        months = count * {"month": 1, "year": 12}.get(unit, 0)
        at = _months_before(at, months) if months else at - count * _SPANS.get(unit, timedelta())
    precision = _PRECISION[pairs[-1][1]]
    if precision is Precision.MINUTE:
        at = at.replace(second=0, microsecond=0)
    elif precision is Precision.HOUR:
        at = at.replace(minute=0, second=0, microsecond=0)
    else:
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return _checked(at, precision, raw, now)


def _months_before(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _checked(at: datetime, precision: Precision, raw: str, now: datetime) -> Moment | None:
    """None for what lies before the web, or (a time of today) well after now."""
    if not EARLIEST <= at.astimezone(UTC) <= now.astimezone(UTC) + timedelta(days=1):
        return None
    return Moment(at, precision, has_zone=False, raw=raw)
