"""The arithmetic of being polite, without a clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.pace import Pace

seconds = st.floats(0.0, 100.0)


def test_the_slowest_wish_is_the_delay() -> None:
    pace = Pace(floor=5.0, caution=2.0)
    assert [pace.delay(own) for own in (1.0, 7.0)] == [5.0, 7.0]


def test_a_slot_that_was_never_asked_is_due_at_once() -> None:
    assert Pace().due_at(1.0, 100.0) <= 100.0


def test_the_delay_begins_when_the_request_has_left() -> None:
    pace = Pace(asked_at=10.0, on_their_way=1)
    assert pace.due_at(2.0, 11.5) == 13.5, "its connection is still being made"
    pace.on_their_way = 0
    assert pace.due_at(2.0, 11.5) == 12.0


def test_without_a_delay_nobody_waits_for_a_connection() -> None:
    pace = Pace(asked_at=10.0, on_their_way=3)
    assert pace.due_at(0.0, 10.0) <= 10.0


def test_of_several_rests_the_longest_counts() -> None:
    pace = Pace(asked_at=0.0)
    pace.rest(30.0, now=100.0)
    pace.rest(5.0, now=101.0)
    assert pace.due_at(1.0, 102.0) == 130.0
    assert pace.waited == 30.0
    pace.rest(60.0, now=110.0)
    assert pace.due_at(1.0, 111.0) == 170.0
    assert pace.waited == 70.0


def test_each_refusal_doubles_the_delay_up_to_the_longest() -> None:
    pace = Pace()
    delays = []
    for now in range(0, 800, 100):
        pace.refused(1.0, asked_at=now, now=now + 1, longest=60.0)
        delays.append(pace.delay(1.0))
    assert delays == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


def test_requests_that_were_under_way_together_are_one_refusal() -> None:
    pace = Pace()
    pace.refused(1.0, asked_at=10.0, now=11.0, longest=60.0)
    pace.refused(1.0, asked_at=10.5, now=11.5, longest=60.0)
    assert pace.delay(1.0) == 2.0


def test_a_crawl_delay_beyond_the_longest_is_no_reason_to_go_faster() -> None:
    pace = Pace(floor=120.0)
    pace.refused(1.0, asked_at=0.0, now=1.0, longest=60.0)
    assert pace.delay(1.0) == 120.0


def test_answers_ease_the_caution_step_by_step() -> None:
    pace = Pace(caution=8.0, waited=100.0)
    delays = []
    for _ in range(25):
        pace.answered(1.0)
        delays.append(pace.delay(1.0))
    assert delays[0] == 7.2
    assert delays == sorted(delays, reverse=True)
    assert delays[-1] == 1.0
    assert pace.waited == 0.0


def test_whoever_asks_for_no_delay_has_none_to_double() -> None:
    pace = Pace()
    pace.refused(0.0, asked_at=0.0, now=1.0, longest=60.0)
    assert pace.delay(0.0) == 0.0


@given(st.lists(st.tuples(st.sampled_from(["refused", "answered", "rest"]), seconds)), seconds)
def test_no_history_makes_a_slot_faster_than_its_floor(
    history: list[tuple[str, float]], floor: float
) -> None:
    pace, now = Pace(floor=floor), 0.0
    for what, passing in history:
        now += passing
        if what == "refused":
            pace.refused(1.0, asked_at=now - 0.1, now=now, longest=60.0)
        elif what == "answered":
            pace.answered(1.0)
        else:
            pace.rest(passing, now)
        pace.asked_at = now
        assert pace.due_at(1.0, now) >= now + max(floor, 1.0)
        assert pace.delay(1.0) <= max(floor, 60.0)
