"""How many new articles a site has: fewer or more than at like times, or none for too long.

Compared are not runs but windows of time, whatever ran in them: the last six hours, the last day,
the last week, each with the same hours of the same weekdays of other weeks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from archiver.baselines import (
    DAY,
    WEEK,
    Curve,
    count_of_scale,
    count_scale,
    spread_between,
    usual_count,
)
from archiver.findings import LEAST_SAMPLES, SURE, Draft, Name, between


def of_volume(curve: Curve, moment: float, *, is_here: bool) -> list[Draft]:
    """At most one finding about a settled ``curve`` that ends at ``moment`` (seconds): a window of
    hours, of a day or of a week against like windows, or the time since anything was new against
    the longest pauses. ``is_here``: the run that ends it was at the site."""
    if curve.visits < 2 * LEAST_SAMPLES or moment - curve.first < WEEK:
        return []
    away = "" if is_here else " (and this run did not visit it)"
    drafts = [
        draft
        for length in _windows(curve.interval)
        if (draft := _window(curve, moment, length, away)) is not None
    ]
    pause = _pause(curve, away)
    for name in (Name.SILENT, Name.VOLUME_LOW, Name.VOLUME_HIGH):
        chosen = [draft for draft in [*drafts, pause] if draft is not None and draft.name is name]
        if chosen:
            return chosen[:1]
    return []


def _windows(interval: float) -> tuple[float, ...]:
    """Lengths in seconds, the shortest first: of six hours where runs come often enough to see
    into it, of a day, whose hours even out, of a week, whose days do."""
    if interval > 1.2 * WEEK:
        return (interval,)
    lengths = [max(WEEK, interval)]
    if interval <= 1.5 * DAY:
        lengths.insert(0, max(DAY, interval))
    if interval <= 2 * 3600:
        lengths.insert(0, DAY / 4)
    return tuple(lengths)


def _window(curve: Curve, moment: float, length: float, away: str) -> Draft | None:
    """The last ``length`` seconds against the same hours of the same weekdays of other weeks;
    while there are fewer than three of those, against the emptiest and fullest of all days."""
    count = curve.window(moment, length)
    if count is None:
        return None
    step = WEEK * max(1, math.ceil(length / WEEK - 0.2))
    alike = _known(curve.window(moment - number * step, length) for number in range(1, 9))
    if len(alike) >= 3:
        spread = spread_between(
            (one, other)
            for number in range(1, 50)
            if (one := curve.window(moment - number * DAY, length)) is not None
            and (other := curve.window(moment - number * DAY - step, length)) is not None
        )
        low = high = usual_count(alike, spread)
        source = f"in {len(alike)} like windows of other weeks"
    else:
        others = _known(curve.window(moment - number * DAY, length) for number in range(1, 30))
        if len(others) < 7 or length < DAY:
            return None
        low, high = usual_count([min(others)], 1.0), usual_count([max(others)], 1.0)
        source = f"on {len(others)} days before"
    few, many = count_of_scale(low.centre), count_of_scale(high.centre)
    is_low = count <= 0.4 * few and low.deviation(count_scale(count)) < -SURE
    is_high = count >= 4 * many and high.deviation(count_scale(count)) > 2 * SURE
    if not (is_low or is_high):
        return None
    least, most = (
        count_of_scale(low.centre - 3 * low.spread),
        count_of_scale(high.centre + 3 * high.spread),
    )
    name = Name.VOLUME_HIGH if is_high else Name.VOLUME_LOW if count >= 0.5 else Name.SILENT
    return Draft(
        name,
        count,
        least,
        most,
        f"{count:.0f} new articles in {_time(length)},"
        f" {between(f'{least:.0f}', f'{most:.0f}')} {source}{away}",
        name is Name.SILENT,
    )


def _pause(curve: Curve, away: str) -> Draft | None:
    """Nothing new for twice as long as this site ever paused: of a hundred pauses of a Poisson
    process one is followed so with a chance of one in ten thousand."""
    gaps, pause = curve.gaps()
    if len(gaps) < 10 or pause <= 2 * max(gaps) or pause < 3 * curve.interval:
        return None
    return Draft(
        Name.SILENT,
        pause / 3600,
        0.0,
        max(gaps) / 3600,
        f"nothing new for {_time(pause)}; it never paused for more than {_time(max(gaps))}{away}",
        is_serious=True,
    )


def _known(counts: Iterable[float | None]) -> list[float]:
    return [count for count in counts if count is not None]


def _time(seconds: float) -> str:
    if seconds < 2 * DAY:
        return f"{seconds / 3600:.0f} hours"
    return f"{seconds / DAY:.0f} days"
