"""Dates as people and machines write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Precision
from archiver.moments import as_written, may_hold_date, read_moment, writes_month_first, zone_said
from archiver.months import TABLE, fold

LATEST = datetime(2026, 12, 31, tzinfo=UTC)
EAST_2 = timezone(timedelta(hours=2))
S, M, D = Precision.SECOND, Precision.MINUTE, Precision.DAY


@pytest.mark.parametrize(
    ("text", "instant", "precision", "has_zone"),
    [
        ("2026-08-23T14:28:53+02:00", "2026-08-23T12:28:53", S, True),
        ("2026-08-23T12:28:53Z", "2026-08-23T12:28:53", S, True),
        ("2026-08-23T12:28:53.123456Z", "2026-08-23T12:28:53", S, True),
        ("2026-08-23 14:28:53 +0200", "2026-08-23T12:28:53", S, True),
        ("2026-08-23T12:28", "2026-08-23T12:28:00", M, False),
        ("2026-08-23", "2026-08-23T00:00:00", D, False),
        ("20260823T122853Z", "2026-08-23T12:28:53", S, True),
        ("20260823", "2026-08-23T00:00:00", D, False),
        ("2026/8/3", "2026-08-03T00:00:00", D, False),
        ("Sun, 23 Aug 2026 12:28:53 +0000", "2026-08-23T12:28:53", S, True),
        ("Sun, 23 Aug 2026 12:28:53 GMT", "2026-08-23T12:28:53", S, True),
        ("August 23, 2026 at 3:18 pm", "2026-08-23T15:18:00", M, False),
        ("Aug. 23rd 2026, 12:05 a.m. EDT", "2026-08-23T04:05:00", M, True),
        ("on January 2, 2023 at 12:40 am", "2023-01-02T00:40:00", M, False),
        ("Published: Tuesday 5 May 2020 09.30 BST", "2020-05-05T08:30:00", M, True),
        ("23. August 2026 um 15:18 Uhr", "2026-08-23T15:18:00", M, False),
        ("5. März 2026, 7:05", "2026-03-05T07:05:00", M, False),
        ("23.08.2026, 15:18", "2026-08-23T15:18:00", M, False),
        ("23.08.26", "2026-08-23T00:00:00", D, False),
        ("23 de agosto de 2026 a las 15:18", "2026-08-23T15:18:00", M, False),
        ("le 1er février 2026 à 8h30", "2026-02-01T08:30:00", M, False),
        ("12 września 2026, 10:11", "2026-09-12T10:11:00", M, False),
        ("3 марта 2026, 10:11", "2026-03-03T10:11:00", M, False),
        ("2026年8月23日 14:28", "2026-08-23T14:28:00", M, False),
        ("2026년 8월 23일", "2026-08-23T00:00:00", D, False),
        ("13/08/2026", "2026-08-13T00:00:00", D, False),
        ("08/13/2026", "2026-08-13T00:00:00", D, False),
        ("1787487533", "2026-08-23T12:18:53", S, True),
        ("1787487533000", "2026-08-23T12:18:53", S, True),
        ("2026. 8. 23. 오후 3:18", "2026-08-23T15:18:00", M, False),
        ("2026年8月23日 上午9時05分", "2026-08-23T09:05:00", M, False),
        ("Do 23.08.26 | 14:07 Uhr", "2026-08-23T14:07:00", M, False),
        ("04-ago-2026 5:11:10", "2026-08-04T05:11:10", S, False),
        ("2026. augusztus 23., 14:28", "2026-08-23T14:28:00", M, False),
        ("2026 m. rugpjūčio 23 d. 14:28", "2026-08-23T14:28:00", M, False),
        ("23 tháng 8, 2026", "2026-08-23T00:00:00", D, False),
        ("23 באוגוסט 2026", "2026-08-23T00:00:00", D, False),
        ("23 أغسطس 2026", "2026-08-23T00:00:00", D, False),
        ("3:18 pm EDT, Sunday, August 23, 2026", "2026-08-23T19:18:00", M, True),
        ("15:18, 23 августа 2026", "2026-08-23T15:18:00", M, False),
        ("1º de maio de 2026", "2026-05-01T00:00:00", D, False),
        ("2026-08", "2026-08-01T00:00:00", Precision.MONTH, False),
        ("May 2026", "2026-05-01T00:00:00", Precision.MONTH, False),
    ],
)
def test_notation_is_read(text: str, instant: str, precision: Precision, has_zone: bool) -> None:
    moment = read_moment(text, latest=LATEST)
    assert moment is not None
    said = moment.at.astimezone(UTC).replace(tzinfo=None).isoformat()
    assert (said, moment.precision, moment.has_zone) == (instant, precision, has_zone)


@pytest.mark.parametrize(
    "text",
    [
        "", "today", "31 February 2026", "2026-02-30", "0000-01-01", "9999-12-31", "99999-99-99",
        "1969-07-20", "2027-06-01", "12 monkeys 2026", "Section 3.4.2", "+1 555 2026 123", "23:59",
        "-2026-01-01x", "٢٠٢٦-٠١-٠١",
    ],
)  # fmt: skip
def test_what_is_no_date_or_lies_out_of_range_is_none(text: str) -> None:
    assert read_moment(text, latest=LATEST) is None


def test_ambiguous_slashes_follow_the_country() -> None:
    american = read_moment("3/4/2026", latest=LATEST, month_first=True)
    british = read_moment("3/4/2026", latest=LATEST)
    assert american is not None
    assert british is not None
    assert (american.at.month, british.at.month) == (3, 4)
    assert [writes_month_first(tag) for tag in ("en-US", "en", "en-GB", "de", None)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_time_without_zone_is_of_the_zone_that_the_site_names() -> None:
    zone = zone_said(["", "2026-08-23", "2026-08-23T14:28:53+02:00"])
    moment = read_moment("August 23, 2026 at 3:18 pm", latest=LATEST, assumed=zone)
    assert zone == EAST_2
    assert moment is not None
    assert moment.at == datetime(2026, 8, 23, 13, 18, tzinfo=UTC)


def test_text_with_a_date_is_worth_reading() -> None:
    texts = ("23.08.26", "August 23, 2026", "2026年8月23日", "1787487533", "Ann Lee, editor", "3.4")
    assert [may_hold_date(text) for text in texts] == [True, True, True, False, False, False]


def test_no_name_of_a_month_means_two() -> None:
    """A later line of the table would take the name over from an earlier one unseen."""
    told: dict[str, set[int]] = {}
    for line in TABLE.strip().splitlines():
        for number, name in enumerate(line.split()[1:], 1):
            told.setdefault(fold(name), set()).add(number)
    assert {name: numbers for name, numbers in told.items() if len(numbers) > 1} == {}
    assert {len(line.split()) for line in TABLE.strip().splitlines()} == {13}


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("2026-08-24T00:28:53.304-0400", "2026-08-24T00:28:53-04:00"),
        ("Mon, 24 Aug 2026 06:28:53 +0200", "2026-08-24T06:28:53+02:00"),
        ("24 August 2026, 10:13", "2026-08-24T10:13:53+05:45"),
        ("2026-08-24T04:28:53Z", "2026-08-24T04:28:53+00:00"),
        ("24 August 2026", "2026-08-24T04:28:53+00:00"),
        ("24 August 2026, 10:20", "2026-08-24T04:28:53+00:00"),
        ("27 August 2026, 04:28", "2026-08-24T04:28:53+00:00"),
        (None, "2026-08-24T04:28:53+00:00"),
    ],
)
def test_instant_is_told_as_it_was_written(raw: str | None, written: str) -> None:
    instant = datetime(2026, 8, 24, 4, 28, 53, tzinfo=UTC)
    assert as_written(instant, raw).isoformat() == written


def test_date_after_the_capture_is_none_but_for_a_day_of_slack() -> None:
    assert read_moment("2027-01-01", latest=LATEST) is not None
    assert read_moment("2027-01-02", latest=LATEST) is None


@given(st.text(max_size=80))
def test_any_text_gives_a_moment_or_none(text: str) -> None:
    moment = read_moment(text, latest=LATEST)
    assert moment is None or moment.at.tzinfo is not None


@given(
    st.integers(700_000_000, 1_790_000_000).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC)
    )
)
def test_iso_dates_come_back_as_they_were(at: datetime) -> None:
    written = at.astimezone(EAST_2)
    moment = read_moment(written.isoformat(), latest=LATEST)
    assert moment is not None
    assert moment.at == written
