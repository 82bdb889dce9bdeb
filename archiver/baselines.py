"""What is usual, from what was: robust middles and spreads, pooled samples, counts over time.

Knows numbers and times, nothing of sites or pages. Middles are medians and spreads are median
absolute deviations, so that a day of nonsense in the past does not move them (Hampel 1974); each
spread has the floor that chance alone gives a sample of that size.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

DAY: Final = 86_400.0
WEEK: Final = 7 * DAY
"""Seconds."""

MOST_SAMPLES: Final = 240
"""That are kept of a measure: more make a middle no better."""

_MAD_TO_SIGMA: Final = 1.4826
"""Of a normal distribution, whose median absolute deviation is .6745 standard deviations."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Where values of a kind lie, on the scale on which their spread is even."""

    centre: float
    spread: float
    """One standard deviation of a new value about the centre."""

    def deviation(self, value: float) -> float:
        """How many standard deviations ``value`` lies above the centre; negative below it."""
        return (value - self.centre) / self.spread


def spread_of(values: Sequence[float]) -> float:
    """The standard deviation of ``values`` by their median absolute deviation."""
    middle = median(values)
    return _MAD_TO_SIGMA * median(abs(value - middle) for value in values)


# --- shares and levels ------------------------------------------------------------------------


def share_scale(share: float, size: float) -> float:
    """A share of ``size`` things on the arcsine scale, where its variance is 1 / size whatever the
    share is (Anscombe 1948)."""
    inside = (share * size + 0.375) / (size + 0.75)
    return 2 * math.asin(math.sqrt(min(max(inside, 0.0), 1.0)))


def share_of_scale(scaled: float) -> float:
    """The share at a place on the arcsine scale of large samples."""
    return math.sin(min(max(scaled, 0.0), math.pi) / 2) ** 2


def usual_share(shares: Sequence[float], sizes: Sequence[float], size: float) -> Usual:
    """Where the share of a new sample of ``size`` things lies, on the arcsine scale."""
    scaled = [share_scale(share, n) for share, n in zip(shares, sizes, strict=True)]
    # What the samples spread beyond chance, the new one does too.
    beyond = max(0.0, spread_of(scaled) ** 2 - 1 / median(sizes))
    return Usual(median(scaled), math.sqrt(beyond + 1 / size) * _doubt(len(scaled)))


def usual_level(levels: Sequence[float], floor: float) -> Usual:
    """Where a positive value lies, on the scale of log2; ``floor`` is the least spread."""
    scaled = [math.log2(level) for level in levels]
    return Usual(median(scaled), max(spread_of(scaled), floor) * _doubt(len(scaled)))


def _doubt(count: int) -> float:
    """By how much a spread that ``count`` samples show is to be widened, since few may lie closer
    than they are. On synthetic sites this takes away two false alarms of three, and one in twenty
    of what is found."""
    return 1 + 1.2 / count


@dataclass(frozen=True, slots=True)
class Pool:
    """Some neighbouring runs as one sample."""

    size: float
    """How many things were measured."""
    share: float
    """Their mean value: of shares, the share of all of them."""
    level: float
    """Their middle value, each run counted by its size."""


class Pools:
    """The measures of many runs, newest first, joined to samples that are large enough to compare:
    a run of an hour has three articles."""

    def __init__(self, *, enough: float, least: float, longest: float) -> None:
        """A sample ends when it has ``enough`` things or would span ``longest`` seconds; one of
        fewer than ``least`` is none."""
        self._enough = enough
        self._least = least
        self._longest = longest
        self._open: list[tuple[float, float]] = []
        self._size = 0.0
        self._newest = 0.0
        self._closed: list[Pool | None] = []

    def add(self, at: float, size: float, value: float) -> None:
        """The next older run: ``value`` of ``size`` things at ``at`` (seconds); of no effect where
        there are ``MOST_SAMPLES``."""
        if len(self._closed) == MOST_SAMPLES:
            return
        if self._open and self._newest - at > self._longest:
            self._close()
        if not self._open:
            self._newest = at
        self._open.append((value, size))
        self._size += size
        if self._size >= self._enough:
            self._close()

    def samples(self) -> tuple[Pool | None, list[Pool]]:
        """The newest sample, None when it is too small, and the older ones that are not."""
        if self._open and len(self._closed) < MOST_SAMPLES:
            self._close()
        newest, *older = self._closed or [None]
        return newest, [pool for pool in older if pool is not None]

    def _close(self) -> None:
        size, values = self._size, self._open
        self._open, self._size = [], 0.0
        if size < self._least:
            self._closed.append(None)
            return
        mean = sum(value * weight for value, weight in values) / size
        self._closed.append(Pool(size, mean, _weighted_median(values)))


def _weighted_median(values: Iterable[tuple[float, float]]) -> float:
    """The value below which half of the weight lies."""
    ordered = sorted(values)
    half = sum(weight for _, weight in ordered) / 2
    below = 0.0
    for value, weight in ordered:
        below += weight
        if below >= half:
            return value
    return ordered[-1][0]


# --- counts over time -------------------------------------------------------------------------


def count_scale(count: float) -> float:
    """A count on the scale of its square root, where chance has a variance of 1 (Anscombe 1948)."""
    return 2 * math.sqrt(max(count, 0.0) + 0.375)


def count_of_scale(scaled: float) -> float:
    """The count at a place on that scale."""
    return max(0.0, (max(scaled, 0.0) / 2) ** 2 - 0.375)


class Curve:
    """How many things were found by when. What a run finds came since the run before it, evenly:
    so a window of a day is comparable whether runs come each hour or each night at about four."""

    def __init__(self) -> None:
        self._times = array("d")
        self._counts = array("d")
        self._holes = array("d")
        self._sums = array("d")

    def add(self, at: float, count: float) -> None:
        """The next older run found ``count`` things at ``at`` (seconds)."""
        self._times.append(at)
        self._counts.append(count)

    def add_holes(self, moments: Iterable[float]) -> None:
        """Runs at ``moments`` found nobody knows how many: no window may hold one of them."""
        self._holes.extend(moments)

    def settle(self, now: float) -> None:
        """Everything was added. What did not find anything at ``now`` found nothing until then."""
        self._times.reverse()
        self._counts.reverse()
        if self._times and self._times[-1] < now:
            self._times.append(now)
            self._counts.append(0.0)
        total = 0.0
        for number, count in enumerate(self._counts):
            total += count if number else 0.0  # what the first run found came whenever
            self._sums.append(total)

    @property
    def visits(self) -> int:
        """How many runs."""
        return len(self._times)

    @property
    def first(self) -> float:
        """When the first run was."""
        return self._times[0]

    @property
    def interval(self) -> float:
        """Seconds between two runs, as usual of late; 0 where there are not two."""
        late = self._times[-9:]
        return median(later - earlier for earlier, later in pairwise(late)) if late[1:] else 0.0

    def window(self, end: float, length: float) -> float | None:
        """How many in the ``length`` seconds before ``end``; None where that is not known."""
        begin = end - length
        if not self._times or begin < self._times[0] - 1:
            return None
        if any(begin < hole <= end for hole in self._holes):
            return None
        return self._sum_until(end) - self._sum_until(begin)

    def gaps(self) -> tuple[list[float], float]:
        """Seconds between the runs that found something, oldest first, and since the last of them
        until the last run."""
        found = [
            time for number, time in enumerate(self._times) if number and self._counts[number] > 0
        ]
        between = [later - earlier for earlier, later in pairwise(found)]
        return between, self._times[-1] - found[-1] if found else 0.0

    def _sum_until(self, moment: float) -> float:
        place = bisect_right(self._times, moment)
        if place == 0:
            return 0.0
        if place == len(self._times):
            return self._sums[-1]
        before, after = self._times[place - 1], self._times[place]
        part = (moment - before) / (after - before) if after > before else 1.0
        return self._sums[place - 1] + part * (self._sums[place] - self._sums[place - 1])


def usual_count(counts: Sequence[float], spread: float) -> Usual:
    """Where a new count lies among ``counts`` of like windows, on the scale of ``count_scale``,
    where like windows spread by ``spread``; the error of a middle of few is in it."""
    centre = median(count_scale(count) for count in counts)
    return Usual(centre, max(1.0, spread) * math.sqrt(1 + math.pi / 2 / len(counts)))


def spread_between(pairs: Iterable[tuple[float, float]]) -> float:
    """How much two counts of like windows differ, as the standard deviation of one of them on the
    scale of ``count_scale``; 0 without pairs."""
    differences = [abs(count_scale(one) - count_scale(other)) for one, other in pairs]
    return _MAD_TO_SIGMA * median(differences) / math.sqrt(2) if differences else 0.0
