"""Times and periods of feeds and sitemaps: a moment in UTC, seconds, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.listed_times import LONGEST_PERIOD_SECONDS, read_period, read_time

NOON = datetime(2026, 8, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 23 Aug 2026 12:00:00 GMT", NOON),
        ("23 Aug 2026 14:00 +0200", NOON),
        ("Sun, 23 Aug 2026 08:00:00 EDT", NOON),
        ("2026-08-23T12:00:00Z", NOON),
        ("2026-08-23T12:00:00.000+00:00", NOON),
        ("2026-08-23 14:00:00 +0200", NOON),
        ("2026-08-23T12:00:00", NOON),
        ("2026-08-23", datetime(2026, 8, 23, tzinfo=UTC)),
        ("2026-08", datetime(2026, 8, 1, tzinfo=UTC)),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02-31", None),
        ("0000-00-00T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("99999-01-01", None),
        ("Sun, 99 Foo 2026", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_as_utc(text: str, moment: datetime | None) -> None:
    assert read_time(text) == moment


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_moment_in_utc_or_none(text: str) -> None:
    moment = read_time(text)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("period", "frequency", "ttl", "seconds"),
    [
        ("\n\thourly\t", "\n\t1\t", "", 3_600.0),
        ("Daily", "4", "", 21_600.0),
        ("weekly", "", "", 604_800.0),
        ("", "2", "", 43_200.0),
        ("yearly", "1", "30", 31_536_000.0),
        ("", "", " 60 ", 3_600.0),
        ("sometimes", "1", "60", 3_600.0),
        ("hourly", "0", "60", 3_600.0),
        ("hourly", "0", "", None),
        ("hourly", "-1", "", None),
        ("", "", "0", None),
        ("", "", "-5", None),
        ("", "", "1e9", None),
        ("", "", "999999999", None),
        ("", "", "9" * 5000, None),
        ("", "", "", None),
    ],
)
def test_a_feed_says_how_often_it_changes(
    period: str, frequency: str, ttl: str, seconds: float | None
) -> None:
    assert read_period(period, frequency, ttl) == seconds


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_any_words_are_a_bounded_period_or_none(period: str, frequency: str, ttl: str) -> None:
    seconds = read_period(period, frequency, ttl)
    assert seconds is None or 0 < seconds <= LONGEST_PERIOD_SECONDS
