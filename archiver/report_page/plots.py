"""The geometry of the page's plots: figures → rectangles, ticks and points, in plain numbers.

Knows no markup and no colour. The template draws what stands here, with classes that the style
sheet colours for light, dark and print. (Looked at: matplotlib 174 MB installed, an inline style
on each of 232 marks of one bar chart; Plotly 4.8 MB of script a page; vl-convert 84 MB; pygal a
style sheet and a script inside each plot. None goes with a policy that lets no inline style run
and with colours that follow the reader.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WIDTH, HEIGHT = 960.0, 240.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 8.0, 12.0, 26.0
_WIDEST = 72.0
"""Of a column: three figures are three columns and not three walls."""
_SIGN_WIDTH = 7.2
"""Units of width that a sign of a tick's label takes at 12 units of type, widest digits."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a stacked column, from ``y`` down."""

    y: float
    height: float
    series: int
    """Which series it is of, from 0."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column with its parts, the first at the bottom."""

    x: float
    width: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns on two axes, in a box of ``WIDTH`` by ``HEIGHT``."""

    columns: tuple[Column, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    base: float
    """The y of zero."""
    left: float = _LEFT
    right: float = WIDTH - _RIGHT


def nice_ticks(highest: float, count: int = 4) -> list[float]:
    """About ``count`` round steps (1, 2 or 5 times a power of ten) from 0 past ``highest``; whole
    numbers, since everything here is counted."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / count
    power = 10 ** math.floor(math.log10(rough))
    step = max(1.0, next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough))
    return [step * index for index in range(math.ceil(highest / step) + 1)]


def columns(
    heights: Sequence[Sequence[float]], labels: Sequence[str], *, marks: Sequence[int] | None = None
) -> Columns:
    """Columns of ``heights`` (for each its series, bottom first), labelled below. ``marks`` are
    the columns that may have a label, all without it; as many get theirs as have room."""
    ticks = nice_ticks(max((sum(parts) for parts in heights), default=0.0))
    base, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    scale = room / ticks[-1]
    pitch = (WIDTH - _LEFT - _RIGHT) / max(1, len(heights))
    gap = min(pitch * 0.2, 4.0)
    drawn = []
    for index, parts in enumerate(heights):
        y = base
        segments = []
        for series, value in enumerate(parts):
            if value > 0:
                # A single failure among ten thousand pages is still to be seen.
                height = max(1.0, value * scale)
                y -= height
                segments.append(Segment(_round(y), _round(height), series))
        width = min(pitch - gap, _WIDEST)
        x = _LEFT + (index + 0.5) * pitch - width / 2
        drawn.append(Column(_round(x), _round(width), tuple(segments)))
    centres = [_LEFT + (index + 0.5) * pitch for index in range(len(heights))]
    return Columns(
        columns=tuple(drawn),
        x_ticks=tuple(_with_room(marks or range(len(heights)), labels, centres)),
        y_ticks=tuple(Tick(_round(base - tick * scale), f"{tick:,.0f}") for tick in ticks),
        base=_round(base),
    )


def _with_room(marks: Sequence[int], labels: Sequence[str], centres: Sequence[float]) -> list[Tick]:
    """Every n-th mark, n the smallest with which no two labels touch and none is cut off."""
    widest = max((len(labels[index]) for index in marks), default=0) * _SIGN_WIDTH
    every = 1
    while len(marks) > every and any(
        centres[after] - centres[before] < widest + 12
        for before, after in zip(marks[::every], marks[every::every], strict=False)
    ):
        every += 1
    chosen = [
        index for index in marks[::every] if widest / 2 <= centres[index] <= WIDTH - widest / 2
    ]
    return [Tick(_round(centres[index]), labels[index]) for index in chosen]


@dataclass(frozen=True, slots=True)
class Spark:
    """A row of small columns, one a run; ``None`` stands for a run that does not know."""

    bars: tuple[tuple[float, float, float] | None, ...]
    """x, y and height of each."""
    width: float
    bar_width: float = 7.0
    height: float = 24.0


def spark(values: Sequence[float | None]) -> Spark:
    """Columns of ``values`` in their order, scaled to the highest; zero is a thin line."""
    highest = max((value for value in values if value is not None), default=0.0) or 1.0
    pitch, full = 9.0, 22.0
    bars = tuple(
        None
        if value is None
        else (
            index * pitch,
            _round(24.0 - max(1.0, value / highest * full)),
            _round(max(1.0, value / highest * full)),
        )
        for index, value in enumerate(values)
    )
    return Spark(bars, width=len(values) * pitch)


@dataclass(frozen=True, slots=True)
class Span:
    """A line from one figure to another on a scale, in 0 to 100."""

    start: float
    end: float


FASTEST_MS, SLOWEST_MS = 1.0, 100_000.0
"""The ends of the scale of latencies; what lies beyond is drawn at the end."""


def latency_span(p50: float, p95: float) -> Span:
    """Both on a logarithmic scale from ``FASTEST_MS`` to ``SLOWEST_MS``."""
    decades = math.log10(SLOWEST_MS / FASTEST_MS)
    start, end = (
        min(max(math.log10(max(value, FASTEST_MS) / FASTEST_MS) / decades, 0.0), 1.0) * 100
        for value in (p50, p95)
    )
    return Span(_round(start), _round(max(start, end)))


_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3600 * hours for hours in (1, 2, 3, 6, 12)),
    *(86400 * days for days in (1, 2, 7, 14, 28, 91, 364)),
)
"""Seconds between marks of time, each a divisor of a larger one a person thinks in."""


def time_step(seconds: float, most: int) -> int:
    """The smallest usual step, in seconds, of which at most ``most`` cover ``seconds``."""
    return next((step for step in _STEPS if seconds / step <= most), _STEPS[-1])


def time_labels(start: datetime, step: int, count: int) -> tuple[list[str], list[int]]:
    """A label for each of ``count`` columns of ``step`` seconds from ``start`` (UTC, a multiple of
    ``step``), and which of them stand at round times."""
    moments = [start + timedelta(seconds=step * index) for index in range(count)]
    span = step * count
    if span <= 600:
        shape = "%H:%M:%S"
    elif span <= 36 * 3600:
        shape = "%H:%M"
    else:
        shape = "%m-%d %H:%M" if span <= 4 * 86400 else "%Y-%m-%d"
    round_step = time_step(span, 12)
    marks = [
        index
        for index, moment in enumerate(moments)
        if int(moment.astimezone(UTC).timestamp()) % round_step == 0
    ]
    return [moment.strftime(shape) for moment in moments], marks or list(range(count))


def _round(value: float) -> float:
    return round(value, 1)
