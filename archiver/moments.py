"""A date as people and machines write it becomes an instant with its precision.

Knows notations (the names of the months stand in ``months``); nothing of pages, and no clock: what
is too late is the caller's to say. A date that is not of the Gregorian calendar, or not written
with its year, is no date here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from archiver.model import Precision
from archiver.months import NUMBER_OF_MONTH, fold

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""No page on the web is older (the first went up in December 1990)."""

SLACK: Final = timedelta(days=1)
"""How far after its capture a page may date itself: clocks and zones differ by up to a day."""

_ZONES: Final[dict[str, int]] = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "ist": 330, "jst": 540, "kst": 540,
    "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "est": -300, "edt": -240, "cst": -360,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "hst": -600,
}  # fmt: skip
"""Minutes east of UTC. ``ist`` is India's (1.4 thousand million readers), not Ireland's."""

_CLOCK = (
    r"(?:(?P<noon>오전|오후|上午|下午|午前|午後)\s?)?"
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.h]|\s?uhr\s?|[時时시]\s?)(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-6]\d)(?:[.,]\d+)?)?(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
)
_ZONE = (
    r"(?:\s*(?:uhr\b)?\s*\(?(?:utc|gmt)?(?P<offset>[+\-\u2212]\d{2}:?(?:\d{2})?)\b|"
    r"\s?\(?(?P<zone>z|[a-z]{3,4})\b)?"
)
_GAP = (
    r"(?:[\s,;|\-–—•·/]|\bat\b|\bum\b|\ba las\b|\ba\b|\balle(?: ore)?\b|"
    r"\bas\b|\bo\b|\bkl\b\.?|\bom\b|\bв\b|\bat:|klo\b|@|\([^\d\s]{1,3}\))*"
)
_TIME = rf"(?:{_GAP}{_CLOCK}{_ZONE})?"

_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-08-23T14:28:53+02:00, 2026/08/23 14:28, 2026.8.23, 2026. 08. 23. 14:28
        rf"(?<![\d/.\-])(?P<year>(?:19|20)\d\d)[\-/.]\s?(?P<month>0?[1-9]|1[0-2])[\-/.]\s?"
        rf"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\.?(?:t|\s*,?\s*)?{_TIME}",
        # 20260823T142853Z, 20260823
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
        r"(?:t?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?(?P<zone>z)?)?(?!\d)",
        # 2026年8月23日 14:28, 2026년 8월 23일
        rf"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>1[0-2]|0?[1-9])\s?[月월]\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日일]"
        rf"{_TIME}",
        # August 23, 2026 at 3:18 pm; Aug. 23rd 2026
        rf"(?<![^\W\d_])(?P<word>[^\W\d_]{{3,12}})\.?\s+(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s+"
        rf"(?P<year>(?:19|20)\d\d)(?!\d){_TIME}",
        # 23 August 2026 15:18; 23. August 2026 um 15:18 Uhr; Sun, 23 Aug 2026 12:28:53 +0000
        rf"(?<!\d)(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|[oaºª])?[.\s\-/]+(?:de\s+|of\s+|den\s+|d['’])?"
        rf"(?P<word>[^\W\d_]{{3,12}})[.,]*[\s\-/]+(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d)(?!\d){_TIME}",
        # 2026. augusztus 23., 14:28; 2026 m. rugpjūčio 23 d.; 2026 August 23
        rf"(?<![\d/.\-])(?P<year>(?:19|20)\d\d)[.,]?\s(?:m\.\s)?(?P<word>[^\W\d_]{{3,14}})\.?\s"
        rf"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\.?(?:\sd\.)?{_TIME}",
        # 23 tháng 8, 2026
        rf"(?<!\d)(?P<day>3[01]|[12]\d|0?[1-9])\s+thang\s+(?P<month>1[0-2]|0?[1-9]),?\s+(?:nam\s+)?(?P<year>(?:19|20)\d\d)"
        rf"{_TIME}",
        # 23.08.2026 15:18, 23/08/2026, 8/23/2026
        rf"(?<![\d/.\-])(?P<first>[0-3]?\d)(?P<mark>[./\-])\s?(?P<next>[0-3]?\d)(?P=mark)\s?(?P<year>(?:19|20)\d\d)(?!\d){_TIME}",
        # 23.08.26, with the dots only: 8/23/26 and 26-08-23 look alike
        rf"(?<![\d/.\-])(?P<first>[0-3]?\d)(?P<mark>\.)(?P<next>[0-1]?\d)\.(?P<short>\d\d)(?![\d.]){_TIME}",
    )
)
_CLOCK_BEFORE = re.compile(
    rf"(?<![\d:]){_CLOCK}{_ZONE}[\s,|•·\-–]+(?:(?:on|am|le|el|den)\s+)?(?:[^\W\d_]{{3,10}}\.?,?\s+)?$",
    re.IGNORECASE,
)
"""3:18 pm EDT, Sunday, August 23, 2026: what stands before a date that has no time behind it."""
_ISO = re.compile(
    r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-6]\d)(?:[.,]\d+)?)?"
    r"\s?(?:(?P<zone>[Zz])|(?P<offset>[+-]\d\d:?\d\d))?)?"
)
_WORTH_READING = re.compile(r"(?:19|20)\d\d|\d\.\d{1,2}\.\s?\d\d")
"""Every date has a year, most in four digits: most texts end here."""
_NO_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
_QUARTER: Final = timedelta(minutes=15)
"""Every zone is a whole number of quarters of an hour away from UTC."""
_FARTHEST: Final = timedelta(hours=14)
_MONTH_ONLY = re.compile(
    r"^\s*(?:(?P<word>[^\W\d_]{3,12})\.?,?\s+(?P<year>(?:19|20)\d\d)|(?P<year2>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2]))\s*$"
)
_OFFSET = re.compile(r"\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?([+-])(\d\d):?(\d\d)$")
_EPOCH = re.compile(r"^\s*(\d{10})(\d{3})?\s*$")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as something said it."""

    at: datetime
    """Aware. Where nothing named a zone it is the zone that was assumed; a day or month without a
    time is its midnight in UTC."""
    precision: Precision
    has_zone: bool
    """True when the text itself names its zone or offset."""
    raw: str
    """As written, white space folded."""


def read_moment(
    text: str, *, latest: datetime, assumed: timezone = UTC, month_first: bool = False
) -> Moment | None:
    """The first date in ``text``; ``None`` when there is none that is real.

    ``latest``: a date more than a day after it is none. ``assumed``: the zone of a time without
    one. ``month_first``: how ``3/4/2026`` is meant.
    """
    raw = " ".join(text[:400].split())
    machine = _ISO.fullmatch(raw)
    if machine:  # nine of ten dates for machines; a fifth of the time of the forms below
        return _checked(_from_match(machine, raw, assumed, month_first), latest)
    epoch = _EPOCH.match(raw)
    if epoch:
        return _checked(_from_epoch(int(epoch[1]), raw), latest)
    if not _WORTH_READING.search(raw):
        return None
    folded = fold(raw) if not raw.isascii() else raw
    found: list[tuple[int, int, Moment]] = []
    for rank, form in enumerate(_FORMS):
        for match in form.finditer(folded):
            moment = _checked(_from_match(match, raw, assumed, month_first), latest)
            if moment is not None:
                if moment.precision is Precision.DAY:
                    moment = _with_clock_before(moment, folded[: match.start()][-40:], assumed)
                # The earliest in the text; of two readings of one spot, the one with a time.
                vague = moment.precision is Precision.DAY
                found.append((match.start() if not vague else match.start() + 12, rank, moment))
                break
    if found:
        return min(found, key=lambda item: item[:2])[2]
    only = _MONTH_ONLY.match(folded)
    if only:
        month = (
            int(only["month"])
            if only["month"]
            else NUMBER_OF_MONTH.get((only["word"] or "").lower(), 0)
        )
        year = int(only["year"] or only["year2"])
        if month:
            at = datetime(year, month, 1, tzinfo=UTC)
            return _checked(Moment(at, Precision.MONTH, has_zone=False, raw=raw), latest)
    return None


def as_written(instant: datetime, raw: str | None) -> datetime:
    """``instant`` in the zone in which ``raw`` tells it, by name or by its clock: the day there is
    the day that readers saw. As it is where ``raw`` tells no clock, or another instant."""
    written = read_moment(raw or "", latest=_NO_END)
    if written is None or written.precision in (Precision.DAY, Precision.MONTH):
        return instant
    if written.has_zone:
        offset = written.at.utcoffset() or timedelta(0)
    else:
        offset = round((written.at - instant) / _QUARTER) * _QUARTER
        written = replace(written, at=written.at - offset)
    if abs(offset) > _FARTHEST or abs(written.at - instant) >= timedelta(minutes=1):
        return instant
    return instant.astimezone(timezone(offset))


def may_hold_date(text: str) -> bool:
    """False where there is nothing to read for ``read_moment``: nine of ten texts of a page."""
    return _WORTH_READING.search(text) is not None


def zone_said(texts: Iterable[str]) -> timezone:
    """The first offset from UTC that machine-readable times name; UTC when none does.

    A site writes its times without a zone in its own zone, and names it in ``datetime`` attributes.
    """
    for text in texts:
        found = _OFFSET.search(text)
        if found:
            minutes = int(found[2]) * 60 + int(found[3])
            if minutes <= 14 * 60:
                return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    return UTC


def writes_month_first(language: str | None) -> bool:
    """True where ``3/4/2026`` is the fourth of March: English, unless of another country."""
    tag = (language or "").lower().replace("_", "-")
    return tag in ("en", "en-us", "en-ph", "fil")


def _from_epoch(seconds: int, raw: str) -> Moment:
    at = datetime.fromtimestamp(seconds, UTC)
    return Moment(at, Precision.SECOND, has_zone=True, raw=raw)


def _from_match(
    match: re.Match[str], raw: str, assumed: timezone, month_first: bool
) -> Moment | None:
    part = match.groupdict()
    year = int(part["year"]) if part.get("year") else 2000 + int(part["short"])
    if part.get("word"):
        month, day = NUMBER_OF_MONTH.get(part["word"].lower(), 0), int(part["day"])
    elif part.get("first"):
        first, second = int(part["first"]), int(part["next"])
        swapped = second > 12 or (month_first and part["mark"] == "/" and first <= 12)
        month, day = (first, second) if swapped else (second, first)
    else:
        month, day = int(part["month"]), int(part["day"])
    zone, has_zone = UTC, False  # of a mere day: the day stays the same for every reader
    hour, minute, second = 0, 0, 0
    precision = Precision.DAY
    if part.get("hour"):
        hour, minute, second, precision = _clock(part)
        zone, has_zone = _zone_of(part, assumed)
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return Moment(at, precision, has_zone, raw)


def _clock(part: Mapping[str, str | None]) -> tuple[int, int, int, Precision]:
    hour, minute = int(part["hour"] or 0), int(part["minute"] or 0)
    said = part.get("second")
    half = (part.get("half") or "").lower()
    noon = part.get("noon")
    if (half or noon) and 1 <= hour <= 12:
        is_late = half == "p" or noon in ("오후", "下午", "午後")
        hour = hour % 12 + (12 if is_late else 0)
    second = min(int(said), 59) if said else 0
    return hour, minute, second, Precision.SECOND if said else Precision.MINUTE


def _with_clock_before(moment: Moment, before: str, assumed: timezone) -> Moment:
    found = _CLOCK_BEFORE.search(before)
    if found is None:
        return moment
    part = found.groupdict()
    hour, minute, second, precision = _clock(part)
    zone, has_zone = _zone_of(part, assumed)
    at = moment.at.replace(hour=hour, minute=minute, second=second, tzinfo=zone)
    return replace(moment, at=at, precision=precision, has_zone=has_zone)


def _zone_of(part: Mapping[str, str | None], assumed: timezone) -> tuple[timezone, bool]:
    offset = (part.get("offset") or "").replace("\u2212", "-")
    if offset:
        digits = offset[1:].replace(":", "").ljust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes)), True
    name = (part.get("zone") or "").lower()
    if name in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name])), True
    return assumed, False


def _checked(moment: Moment | None, latest: datetime) -> Moment | None:
    if moment is None:
        return None
    try:
        instant = moment.at.astimezone(UTC)
    except OverflowError:
        return None
    if not EARLIEST <= instant <= latest + SLACK:
        return None
    return moment
