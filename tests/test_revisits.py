"""When a thread is due again: the whole schedule, and what holds of it whatever the clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.revisits import LONGEST, REST, REST_WITHOUT_COMMENTS, SHORTEST, next_visit

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(-12 * HOUR), timezone(14 * HOUR)]))
numbers = st.integers(-5, 10**6)
pauses = st.timedeltas(timedelta(0), timedelta(days=4000))


def schedule(*, grown_until: timedelta | None, comments: int) -> list[float]:
    """Hours after publication of all visits: the first after one hour; the thread is seen to grow
    at each visit until ``grown_until``."""
    visit, growth = NOON + HOUR, None
    visits = [visit]
    while True:
        if grown_until is not None and visit - NOON <= grown_until:
            growth = visit
        due = next_visit(
            published_at=NOON,
            first_seen=NOON + HOUR,
            last_visit=visit,
            last_growth=growth,
            comments=comments,
        )
        if due is None:
            return [(one - NOON) / HOUR for one in visits]
        visit = due
        visits.append(visit)


def test_a_quiet_thread_is_visited_after_hours_then_days_then_weeks() -> None:
    in_hours = [1, 3, 6, 12, 24, 48, 96, 192, 384, 768]
    assert schedule(grown_until=None, comments=3) == in_hours


def test_a_thread_without_comments_rests_sooner() -> None:
    assert schedule(grown_until=None, comments=0) == [1, 3, 6, 12, 24, 48, 96, 192, 384]


def test_a_thread_that_grows_is_visited_more_often_and_rests_later() -> None:
    visits = schedule(grown_until=2 * DAY, comments=50)
    assert visits[:7] == [1, 3, 5, 7, 9, 11, 13.2]
    assert 20 < len(visits) < 30
    assert visits[-1] > 30 * 24


def test_an_old_article_is_not_visited_for_what_it_had_when_it_was_found() -> None:
    about = {"first_seen": NOON, "last_visit": NOON, "last_growth": NOON, "comments": 80}
    assert next_visit(published_at=NOON - 400 * DAY, **about) is None  # type: ignore[arg-type]
    assert next_visit(published_at=None, **about) == NOON + SHORTEST  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("published_at", "last_visit", "last_growth"),
    [
        (NOON + 900 * DAY, NOON, None),
        (NOON, NOON - 900 * DAY, None),
        (NOON, NOON, NOON + 900 * DAY),
    ],
    ids=["published in the future", "visited before it was seen", "grown in the future"],
)
def test_a_clock_that_jumped_counts_as_no_pause(
    published_at: datetime, last_visit: datetime, last_growth: datetime | None
) -> None:
    due = next_visit(
        published_at=published_at,
        first_seen=NOON,
        last_visit=last_visit,
        last_growth=last_growth,
        comments=1,
    )
    assert due == last_visit + SHORTEST


@given(st.none() | moments, moments, moments, st.none() | moments, numbers)
def test_any_times_give_a_visit_within_bounds_or_rest(
    published_at: datetime | None,
    first_seen: datetime,
    last_visit: datetime,
    last_growth: datetime | None,
    comments: int,
) -> None:
    due = next_visit(
        published_at=published_at,
        first_seen=first_seen,
        last_visit=last_visit,
        last_growth=last_growth,
        comments=comments,
    )
    assert due is None or SHORTEST <= due - last_visit <= LONGEST


@given(pauses, pauses, pauses, pauses, st.booleans())
def test_a_later_visit_is_never_followed_sooner(
    age: timedelta, until_growth: timedelta, until_visit: timedelta, more: timedelta, grew: bool
) -> None:
    first_seen = NOON + age
    growth = first_seen + until_growth if grew else None
    visit = first_seen + until_visit

    def due(last_visit: datetime) -> datetime | None:
        return next_visit(
            published_at=NOON,
            first_seen=first_seen,
            last_visit=last_visit,
            last_growth=growth,
            comments=1,
        )

    sooner, later = due(visit), due(visit + more)
    assert later is None or (sooner is not None and sooner <= later)


@given(pauses, pauses, pauses, st.none() | pauses, st.integers(0, 3))
def test_growth_and_comments_never_make_a_thread_wait_longer_or_rest(
    age: timedelta, until_visit: timedelta, more: timedelta, grown: timedelta | None, comments: int
) -> None:
    first_seen = NOON + age

    def due(last_growth: datetime | None, comments: int) -> datetime | None:
        return next_visit(
            published_at=NOON,
            first_seen=first_seen,
            last_visit=first_seen + until_visit,
            last_growth=last_growth,
            comments=comments,
        )

    before = due(None if grown is None else first_seen + grown, comments)
    after = due(first_seen + (grown or timedelta(0)) + more, comments + 1)
    assert before is None or (after is not None and after <= before)


@given(pauses, pauses, st.none() | pauses, numbers)
def test_a_thread_rests_exactly_when_it_was_quiet_for_long(
    age: timedelta, until_visit: timedelta, grown: timedelta | None, comments: int
) -> None:
    first_seen = NOON + age
    last_visit = first_seen + until_visit
    growth = None if grown is None else first_seen + grown
    due = next_visit(
        published_at=NOON,
        first_seen=first_seen,
        last_visit=last_visit,
        last_growth=growth,
        comments=comments,
    )
    quiet = last_visit - (growth if grown else NOON)  # type: ignore[operator]
    assert (due is None) == (quiet >= (REST if comments > 0 else REST_WITHOUT_COMMENTS))
