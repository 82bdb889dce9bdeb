"""The Retry-After header in the forms that servers send."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.retry_after import LONGEST_RETRY_AFTER, http_date, retry_after

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("007", 7.0),
        ("1.5", 1.5),
        ("+5", 5.0),
        ("-5", 0.0),
        ("86401", LONGEST_RETRY_AFTER),
        ("1000000000000", LONGEST_RETRY_AFTER),
        ("9" * 5000, LONGEST_RETRY_AFTER),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90.0),
        ("Monday, 23-Nov-26 12:01:30 GMT", 90.0),
        ("Mon Nov 23 12:01:30 2026", 90.0),
        ("Mon, 23 Nov 2026 13:01:30 +0100", 90.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER),
        ("Mon, 23 Nov 2026 12:01:30 -0000", 90.0),
        ("Mon, 23 Nov 2026 12:01:30 UT", 90.0),
        ("Mon, 23 Nov 2026 07:01:30 EST", 90.0),
        ("mon, 23 nov 2026 12:01:30 gmt", 90.0),
        ("23 Nov 2026 12:01:30 GMT", 90.0),
        ("Mon,  23 Nov 2026  12:01:30  GMT", 90.0),
        ("Monday, 23-Nov-76 12:01:30 GMT", 0.0),
        ("2026-11-23T12:01:30Z", 90.0),
        ("2026-11-23T13:01:30+01:00", 90.0),
        ("2026-11-23 12:01:30", 90.0),
        ("120.", 120.0),
        ("", None),
        ("soon", None),
        ("1e3", None),
        ("120, 240", None),
        ("120 seconds", None),
        ('"120"', None),
        ("0x78", None),
        ("2026-11-23", None),
        ("2026-13-45T00:00:00Z", None),
        ("Mon, 23 Nov 2026 25:61:61 GMT", None),
        ("0001-01-01T00:00:00+23:59", 0.0),
        ("²", None),
        ("Mon, 31 Feb 2026 12:00:00 GMT", None),
        ("Mon, 23 Nov 99999 12:00:00 GMT", None),
        ("x" * 100_000, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_a_date_is_read_whoever_writes_it() -> None:
    assert http_date("Mon, 23 Nov 2026 12:00:00 GMT") == NOW
    assert http_date(" 2026-11-23T12:00:00Z ") == NOW
    assert http_date("120") is None
    assert http_date("") is None


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_retry_after_is_seconds_within_a_day_or_nothing(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER
