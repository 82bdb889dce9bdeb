"""What sites asked of us outlives the run, and a clock that jumps does no harm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.crawl.clock import Moment
from archiver.crawl.courtesy import Courtesy, KeptPace, KeptRobots
from archiver.crawl.frontier import Frontier
from archiver.robots import PARSED_BYTES

DAY = 24 * 3600.0
ORIGIN = "https://paper.example"
SLOT = "paper.example"


class Clock:
    """A machine whose clock can be set, and which can be started anew."""

    def __init__(self) -> None:
        self.moment = Moment(1_795_000_000.0, "first", 1000.0)

    def __call__(self) -> Moment:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment = replace(
            self.moment, wall=self.moment.wall + seconds, uptime=self.moment.uptime + seconds
        )

    def set(self, seconds: float) -> None:
        self.moment = replace(self.moment, wall=self.moment.wall + seconds)

    def boot(self) -> None:
        self.moment = replace(self.moment, boot=self.moment.boot + "+", uptime=5.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    frontier = Frontier(tmp_path / "frontier.sqlite", run_id="r")
    yield frontier
    frontier.close()


@pytest.fixture
def courtesy(frontier: Frontier, clock: Clock) -> Courtesy:
    return Courtesy(frontier, clock)


# --- robots.txt -----------------------------------------------------------------------------------


def test_robots_txt_is_kept_for_a_day(courtesy: Courtesy, clock: Clock, frontier: Frontier) -> None:
    assert courtesy.robots(ORIGIN) is None
    courtesy.keep_robots(ORIGIN, 200, b"User-agent: *\n")
    clock.pass_by(DAY - 1)
    later = Courtesy(frontier, clock)
    assert later.robots(ORIGIN) == KeptRobots(200, b"User-agent: *\n", DAY - 1)
    clock.pass_by(1)
    assert later.robots(ORIGIN) is None


def test_another_origin_of_the_same_site_has_its_own(courtesy: Courtesy) -> None:
    courtesy.keep_robots(ORIGIN, 404, b"")
    assert courtesy.robots("http://paper.example") is None
    assert courtesy.robots("https://www.paper.example") is None


def test_no_more_of_it_is_kept_than_is_read(courtesy: Courtesy) -> None:
    courtesy.keep_robots(ORIGIN, 200, b"#" * 10_000_000)
    kept = courtesy.robots(ORIGIN)
    assert kept is not None
    assert len(kept.body) == PARSED_BYTES


def test_the_last_answer_counts(courtesy: Courtesy) -> None:
    courtesy.keep_robots(ORIGIN, 404, b"gone")
    courtesy.keep_robots(ORIGIN, 200, b"back")
    assert courtesy.robots(ORIGIN) == KeptRobots(200, b"back", 0.0)


@pytest.mark.parametrize("jump", [DAY, -DAY, 400 * DAY])
def test_a_clock_that_is_set_makes_robots_txt_neither_older_nor_younger(
    courtesy: Courtesy, clock: Clock, jump: float
) -> None:
    courtesy.keep_robots(ORIGIN, 200, b"x")
    clock.set(jump)
    clock.pass_by(60)
    assert courtesy.robots(ORIGIN) == KeptRobots(200, b"x", 60.0)


def test_a_robots_txt_of_the_future_is_asked_for_again(courtesy: Courtesy, clock: Clock) -> None:
    courtesy.keep_robots(ORIGIN, 200, b"x")
    clock.boot()
    clock.set(-DAY)
    assert courtesy.robots(ORIGIN) is None


# --- pace -----------------------------------------------------------------------------------------


def test_the_last_request_and_its_delay_are_remembered(
    courtesy: Courtesy, clock: Clock, frontier: Frontier
) -> None:
    assert courtesy.pace(SLOT) is None
    courtesy.note_asked(SLOT, KeptPace(0.0, 10.0, 4.0))
    clock.pass_by(3)
    assert Courtesy(frontier, clock).pace(SLOT) == KeptPace(3.0, 10.0, 4.0)


def test_a_request_may_be_noted_later(courtesy: Courtesy, clock: Clock) -> None:
    courtesy.note_asked(SLOT, KeptPace(7.0, 10.0, 0.0))
    clock.pass_by(3)
    assert courtesy.pace(SLOT) == KeptPace(10.0, 10.0, 0.0)


def test_the_pace_of_yesterday_is_forgotten(courtesy: Courtesy, clock: Clock) -> None:
    courtesy.note_asked(SLOT, KeptPace(0.0, 10.0, 4.0))
    clock.pass_by(DAY + 1)
    assert courtesy.pace(SLOT) is None


def test_a_delay_of_days_is_remembered_for_as_long(courtesy: Courtesy, clock: Clock) -> None:
    courtesy.note_asked(SLOT, KeptPace(0.0, 3 * DAY, 0.0))
    clock.pass_by(2 * DAY)
    assert courtesy.pace(SLOT) == KeptPace(2 * DAY, 3 * DAY, 0.0)


def test_where_the_clock_does_not_tell_the_last_request_was_now(
    courtesy: Courtesy, clock: Clock
) -> None:
    courtesy.note_asked(SLOT, KeptPace(0.0, 10.0, 0.0))
    clock.boot()
    clock.set(-DAY)
    assert courtesy.pace(SLOT) == KeptPace(0.0, 10.0, 0.0)


# --- rests ----------------------------------------------------------------------------------------


def test_a_rest_goes_on_in_the_next_run(
    courtesy: Courtesy, clock: Clock, frontier: Frontier
) -> None:
    courtesy.note_rest(SLOT, 3600.0)
    courtesy.note_rest("other.example", 60.0)
    clock.pass_by(600)
    assert Courtesy(frontier, clock).rests() == {SLOT: 3000.0}


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_is_set_makes_a_rest_neither_longer_nor_shorter(
    courtesy: Courtesy, clock: Clock, jump: float
) -> None:
    courtesy.note_rest(SLOT, 600.0)
    clock.set(jump)
    clock.pass_by(100)
    assert courtesy.rests() == {SLOT: 500.0}


def test_where_the_clock_does_not_tell_a_rest_begins_anew_once(
    courtesy: Courtesy, clock: Clock
) -> None:
    courtesy.note_rest(SLOT, 600.0)
    clock.boot()
    clock.set(-DAY)
    assert courtesy.rests() == {SLOT: 600.0}
    clock.pass_by(200)
    assert courtesy.rests() == {SLOT: 400.0}
    clock.pass_by(400)
    assert courtesy.rests() == {}


def test_what_is_a_week_old_is_removed(
    courtesy: Courtesy, clock: Clock, frontier: Frontier
) -> None:
    courtesy.keep_robots(ORIGIN, 200, b"x")
    courtesy.note_rest(SLOT, 60.0)
    courtesy.note_asked(SLOT, KeptPace(0.0, 1.0, 0.0))
    clock.pass_by(8 * DAY)
    Courtesy(frontier, clock)
    for table in ("robots", "paces", "rests"):
        count = frontier.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert count == (0,), table
