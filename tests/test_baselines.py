"""What is usual: robust, pooled, and the same whatever the rhythm of the runs."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.baselines import (
    DAY,
    MOST_SAMPLES,
    Curve,
    Pool,
    Pools,
    count_of_scale,
    count_scale,
    share_of_scale,
    share_scale,
    spread_between,
    spread_of,
    usual_count,
    usual_level,
    usual_share,
)

HOUR = 3600.0


def curve_of(counts: list[float], every: float = DAY, *, begin: float = 0.0) -> Curve:
    """Runs at ``begin`` and then ``every`` so many seconds, settled."""
    curve = Curve()
    for place in reversed(range(len(counts))):
        curve.add(begin + place * every, counts[place])
    curve.settle(begin + (len(counts) - 1) * every)
    return curve


def test_one_wild_value_moves_neither_middle_nor_spread() -> None:
    assert spread_of([1, 2, 3, 4, 5]) == pytest.approx(1.4826)
    assert spread_of([1, 2, 3, 4, 5000]) == pytest.approx(1.4826)
    usual = usual_level([256.0, 256.0, 512.0, 512.0, 512.0, 1024.0, 10**9], 0.1)
    assert usual.centre == 9.0


@given(st.floats(0, 1), st.floats(1, 10**6))
def test_a_share_comes_back_from_its_scale_about(share: float, size: float) -> None:
    assert share_of_scale(share_scale(share, size)) == pytest.approx(share, abs=0.76 / size + 1e-6)


@given(st.floats(0, 10**6))
def test_a_count_comes_back_from_its_scale(count: float) -> None:
    assert count_of_scale(count_scale(count)) == pytest.approx(count, abs=1e-6)


def test_a_share_is_no_surer_than_its_sample_allows() -> None:
    steady = usual_share([0.9] * 10, [50.0] * 10, 25.0)
    assert steady.spread == pytest.approx(1 / math.sqrt(25) * 1.12)
    wavering = usual_share([0.5, 0.9] * 5, [50.0] * 10, 25.0)
    assert wavering.spread > 2 * steady.spread
    assert steady.deviation(share_scale(0.0, 25)) < -9


def test_runs_are_joined_until_there_is_enough() -> None:
    pools = Pools(enough=10, least=3, longest=100)
    for at, size, value in [(99, 4, 1.0), (98, 6, 0.5), (97, 9, 0.0), (96, 1, 1.0), (95, 2, 9.0)]:
        pools.add(at, size, value)
    newest, older = pools.samples()
    assert newest == Pool(10, 0.7, 0.5)
    assert older == [Pool(10, 0.1, 0.0)]  # the last two things are no sample


def test_no_more_samples_are_kept_than_make_a_middle_better() -> None:
    pools = Pools(enough=1, least=1, longest=1)
    for number in range(2 * MOST_SAMPLES):
        pools.add(-number, 1, number)
    assert len(pools.samples()[1]) == MOST_SAMPLES - 1


def test_what_is_too_old_is_not_joined() -> None:
    pools = Pools(enough=10, least=3, longest=50)
    pools.add(200, 2, 1.0)
    pools.add(100, 5, 0.4)
    assert pools.samples() == (None, [Pool(5, 0.4, 0.4)])
    assert Pools(enough=1, least=1, longest=1).samples() == (None, [])


@given(st.lists(st.integers(0, 50), min_size=4, max_size=40), st.data())
def test_windows_beside_each_other_add_up(counts: list[int], data: st.DataObject) -> None:
    curve = curve_of([float(count) for count in counts])
    end = (len(counts) - 1) * DAY
    cuts = sorted(data.draw(st.lists(st.floats(0, end), min_size=1, max_size=5)))
    parts = [curve.window(b, b - a) for a, b in pairwise([0.0, *cuts, end])]
    assert sum(part or 0.0 for part in parts) == pytest.approx(sum(counts[1:]), abs=1e-6)


def test_a_day_is_a_day_whether_runs_come_hourly_or_daily() -> None:
    hourly = curve_of([2.0] * (24 * 8), HOUR)
    daily = curve_of([48.0] * 9, DAY)
    assert hourly.window(7 * DAY, DAY) == pytest.approx(48)
    assert daily.window(7 * DAY, DAY) == pytest.approx(48)
    assert daily.window(7.25 * DAY, DAY) == pytest.approx(48)


def test_what_is_not_known_is_not_counted() -> None:
    curve = curve_of([100.0, 10.0, 10.0, 10.0])
    assert curve.window(3 * DAY, 3 * DAY) == 30  # the first run's came whenever
    assert curve.window(3 * DAY, 4 * DAY) is None
    curve.add_holes([1.5 * DAY])
    assert curve.window(3 * DAY, DAY) == 10
    assert curve.window(3 * DAY, 2 * DAY) is None
    assert Curve().window(0.0, 1.0) is None


def test_pauses_are_between_runs_that_found_something() -> None:
    assert curve_of([9.0, 1.0, 0.0, 2.0, 1.0, 0.0, 0.0]).gaps() == ([2 * DAY, DAY], 2 * DAY)
    assert curve_of([9.0, 0.0, 0.0]).gaps() == ([], 0.0)
    assert Curve().gaps() == ([], 0.0)


def test_a_site_that_was_not_visited_found_nothing_since() -> None:
    curve = Curve()
    curve.add(DAY, 5.0)
    curve.add(0.0, 5.0)
    curve.settle(4 * DAY)
    assert curve.gaps() == ([], 3 * DAY)
    assert curve.window(4 * DAY, 3 * DAY) == 0.0


def test_counts_spread_by_chance_at_least() -> None:
    assert spread_between([]) == 0.0
    assert spread_between([(10, 10), (20, 20)]) == 0.0
    assert usual_count([100.0] * 4, 0.0).spread > 1.0
    assert usual_count([100.0] * 4, 3.0).spread > 3.0
