"""How long ago it was, whatever became of the clock."""

from __future__ import annotations

from archiver.crawl.clock import Moment, current_moment, seconds_between

DAY = 24 * 3600.0


def test_a_clock_that_was_set_does_not_matter_as_long_as_the_machine_runs() -> None:
    earlier = Moment(1_000_000.0, "boot", 50.0)
    for jump in (0.0, DAY, -DAY):
        assert seconds_between(earlier, Moment(1_000_000.0 + jump, "boot", 80.0)) == 30.0


def test_after_a_restart_of_the_machine_the_clock_on_the_wall_tells() -> None:
    earlier = Moment(1_000_000.0, "boot", 50.0)
    assert seconds_between(earlier, Moment(1_000_100.0, "another", 3.0)) == 100.0
    assert seconds_between(earlier, Moment(999_000.0, "another", 3.0)) is None


def test_where_no_start_is_known_only_the_wall_counts() -> None:
    assert seconds_between(Moment(100.0, "", 90.0), Moment(107.0, "", 5.0)) == 7.0


def test_two_moments_of_one_process_are_in_order() -> None:
    first = current_moment()
    between = seconds_between(first, current_moment())
    assert between is not None
    assert 0.0 <= between < 5.0
