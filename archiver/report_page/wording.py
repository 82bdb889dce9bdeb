"""Figures and texts as a reader has them: 12,345, 98 %, 1.2 MB, 3 h 12 min.

Knows nothing of the page. What comes from a site is shown as text and nothing else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

NONE = "–"
"""Where there is no figure."""

_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Controls, and the marks that turn the direction of what follows: a name may not rearrange the
line that it stands in."""


def shown(text: str, longest: int = 400) -> str:
    """``text`` as one run of visible signs, cut after ``longest``."""
    clean = _UNSHOWN.sub("\ufffd", text).encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def number(value: float | None) -> str:
    """A count or a figure with few decimals."""
    if value is None:
        return NONE
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0") if abs(value) < 1 else f"{value:,.1f}"


def share(value: float | None) -> str:
    """A share of 1 in per cent. Never 100 % where something is missing, nor 0 % where something
    is there."""
    if value is None:
        return NONE
    if 0 < value < 0.01:
        return "< 1 %"
    if 0.99 < value < 1:
        return "> 99 %"
    return f"{value * 100:.0f} %"


def size(value: float | None) -> str:
    """Bytes in a fitting unit."""
    if value is None:
        return NONE
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 999.5:
            return (
                f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
            )
        amount /= 1000
    return f"{amount:,.1f} TB"


def duration(seconds: float | None) -> str:
    """A length of time in its two largest units."""
    if seconds is None or seconds < 0:
        return NONE
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min {int(seconds % 60)} s"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} days {minutes // 60 % 24} h"


def milliseconds(value: float | None) -> str:
    """A latency."""
    if value is None:
        return NONE
    if value < 1000:
        return f"{value:.0f} ms"
    seconds = value / 1000
    return f"{seconds:,.0f} s" if value >= 10_000 or value % 1000 == 0 else f"{seconds:.1f} s"


def instant(value: datetime | None) -> str:
    """A time, UTC, to the minute."""
    return NONE if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def counted(value: int, word: str) -> str:
    """``value`` of what ``word`` names, in the plural where that is due."""
    return f"{value:,} {word}" if value == 1 else f"{value:,} {word}s"
