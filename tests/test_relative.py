"""Times told from now, in the languages of the press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Precision
from archiver.relative import MOST_CHARS, read_moment_or_relative, read_relative

NOW = datetime(2026, 6, 1, 12, 30, 45, tzinfo=UTC)
EAST_2 = timezone(timedelta(hours=2))
MINUTE, HOUR, DAY = Precision.MINUTE, Precision.HOUR, Precision.DAY
MONTH, YEAR = Precision.MONTH, Precision.YEAR


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("30 seconds ago", "2026-06-01T12:30", MINUTE),
        ("0 minutes ago", "2026-06-01T12:30", MINUTE),
        ("5 min", "2026-06-01T12:25", MINUTE),
        ("1 hour, 20 minutes ago", "2026-06-01T11:10", MINUTE),
        ("an hour ago", "2026-06-01T11:00", HOUR),
        ("3h", "2026-06-01T09:00", HOUR),
        ("3 hours ago", "2026-06-01T09:00", HOUR),
        ("about 2 weeks ago", "2026-05-18T00:00", MONTH),
        ("8 years, 3 months ago", "2018-03-01T00:00", MONTH),
        ("Ann Lee, 2 days ago", "2026-05-30T00:00", DAY),
        ("vor 3 Minuten", "2026-06-01T12:27", MINUTE),
        ("vor einer Stunde", "2026-06-01T11:00", HOUR),
        ("vor 2 Tagen", "2026-05-30T00:00", DAY),
        ("vor über 3 Jahren", "2023-06-01T00:00", YEAR),
        ("il y a 5 minutes", "2026-06-01T12:25", MINUTE),
        ("il y a environ un an", "2025-06-01T00:00", YEAR),
        ("hace 3 horas", "2026-06-01T09:00", HOUR),
        ("há 2 horas", "2026-06-01T10:00", HOUR),
        ("2 horas atrás", "2026-06-01T10:00", HOUR),
        ("2 giorni fa", "2026-05-30T00:00", DAY),
        ("un'ora fa", "2026-06-01T11:00", HOUR),
        ("fa 3 hores", "2026-06-01T09:00", HOUR),
        ("3 uur geleden", "2026-06-01T09:00", HOUR),
        ("för 3 timmar sedan", "2026-06-01T09:00", HOUR),
        ("for 2 dager siden", "2026-05-30T00:00", DAY),
        ("3 tuntia sitten", "2026-06-01T09:00", HOUR),
        ("2 godziny temu", "2026-06-01T10:00", HOUR),
        ("godzinę temu", "2026-06-01T11:00", HOUR),
        ("před 3 dny", "2026-05-29T00:00", DAY),
        ("prije 2 sata", "2026-06-01T10:00", HOUR),
        ("3 napja", "2026-05-29T00:00", DAY),
        ("2 órával ezelőtt", "2026-06-01T10:00", HOUR),
        ("acum 2 ore", "2026-06-01T10:00", HOUR),
        ("2 gün önce", "2026-05-30T00:00", DAY),
        ("πριν από 3 ώρες", "2026-06-01T09:00", HOUR),
        ("3 часа назад", "2026-06-01T09:00", HOUR),
        ("час назад", "2026-06-01T11:00", HOUR),
        ("2 дні тому", "2026-05-30T00:00", DAY),
        ("3小时前", "2026-06-01T09:00", HOUR),
        ("5分前", "2026-06-01T12:25", MINUTE),
        ("2か月前", "2026-04-01T00:00", MONTH),
        ("3시간 전", "2026-06-01T09:00", HOUR),
        ("5분 전", "2026-06-01T12:25", MINUTE),
        ("2 jam yang lalu", "2026-06-01T10:00", HOUR),
        ("3 giờ trước", "2026-06-01T09:00", HOUR),
        ("3 घंटे पहले", "2026-06-01T09:00", HOUR),
        ("3 ชั่วโมงที่แล้ว", "2026-06-01T09:00", HOUR),
        ("منذ 3 ساعات", "2026-06-01T09:00", HOUR),
        ("לפני שעה", "2026-06-01T11:00", HOUR),
        ("yesterday", "2026-05-31T00:00", DAY),
        ("Yesterday at 3:05 pm", "2026-05-31T15:05", MINUTE),
        ("gestern um 14:05", "2026-05-31T14:05", MINUTE),
        ("vorgestern", "2026-05-30T00:00", DAY),
        ("aujourd'hui à 09:12", "2026-06-01T09:12", MINUTE),
        ("avant-hier à 10h30", "2026-05-30T10:30", MINUTE),
        ("hoy a las 10:15", "2026-06-01T10:15", MINUTE),
        ("ieri alle 18:20", "2026-05-31T18:20", MINUTE),
        ("i går 14:05", "2026-05-31T14:05", MINUTE),
        ("wczoraj, 22:15", "2026-05-31T22:15", MINUTE),
        ("сегодня в 10:12", "2026-06-01T10:12", MINUTE),
        ("昨日 14:05", "2026-05-31T14:05", MINUTE),
        ("just now", "2026-06-01T12:30", MINUTE),
        ("à l'instant", "2026-06-01T12:30", MINUTE),
        ("刚刚", "2026-06-01T12:30", MINUTE),
    ],
)
def test_time_from_now_is_told_with_its_precision(text: str, at: str, precision: Precision) -> None:
    moment = read_relative(text, now=NOW)
    assert moment is not None
    said = moment.at.astimezone(UTC).isoformat(timespec="minutes").removesuffix("+00:00")
    assert (said, moment.precision, moment.has_zone, moment.raw) == (at, precision, False, text)


@pytest.mark.parametrize(
    "text",
    [
        "", "3 weeks", "5 minutes read", "3 Tage Regen in Wien", "vor dem Haus", "an 2 hours",
        "99999 years ago", "2000 years ago", "23 August 2026", "ago", "1 ano", "hours ago",
        "I met him yesterday and he told me so much", "yesterday " * 40,
    ],
)  # fmt: skip
def test_what_tells_no_time_from_now_is_none(text: str) -> None:
    assert read_relative(text, now=NOW) is None


def test_time_of_day_is_of_the_zone_that_is_assumed() -> None:
    moment = read_relative("gestern um 14:05", now=NOW, assumed=EAST_2)
    assert moment is not None
    assert moment.at == datetime(2026, 5, 31, 12, 5, tzinfo=UTC)
    late = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # there it is tomorrow
    today = read_relative("heute um 01:10", now=late, assumed=EAST_2)
    assert today is not None
    assert today.at == datetime(2026, 6, 1, 23, 10, tzinfo=UTC)


def test_months_before_end_on_a_day_that_is() -> None:
    leap = datetime(2024, 3, 31, tzinfo=UTC)
    moment = read_relative("1 month ago", now=leap)
    assert moment is not None
    assert moment.at == datetime(2024, 2, 29, tzinfo=UTC)


def test_written_date_goes_before_a_told_one() -> None:
    written = read_moment_or_relative("May 3, 2026 (4 weeks ago)", now=NOW)
    told = read_moment_or_relative("4 days ago", now=NOW)
    assert written is not None
    assert told is not None
    assert (written.at.day, told.at.day) == (3, 28)


@given(st.text(max_size=MOST_CHARS))
def test_any_text_gives_a_moment_or_none(text: str) -> None:
    moment = read_relative(text, now=NOW)
    assert moment is None or moment.at <= NOW + timedelta(days=1)
