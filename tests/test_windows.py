from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ConfigError
from archiver.model import Link, LinkKind
from archiver.windows import Window, read_window, window_between

SITE = "https://paper.example"
JANUARY = read_window("2024-01-01", "2024-01-31")
SINCE = read_window("2024-01-01", "")
UNTIL = read_window("", "2024-01-31")


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2024-01-01", "2024-01-31", date(2024, 1, 1), date(2024, 1, 31)),
        ("2024-01", "2024-02", date(2024, 1, 1), date(2024, 2, 29)),
        ("2023", "2024", date(2023, 1, 1), date(2024, 12, 31)),
        (" 20240101 ", "2024-01-01", date(2024, 1, 1), date(2024, 1, 1)),
        ("", "", None, None),
        ("1970-01-01", "9999-12-31", date(1990, 1, 1), date(2200, 1, 1)),
        ("0001-01-01T00:00+14:00", "9999-12-31T23:00-12:00", date(1989, 12, 31), date(2200, 1, 2)),
    ],
)
def test_a_window_is_read_from_its_days(
    since: str, until: str, first: date | None, last: date | None
) -> None:
    window = read_window(since, until)
    assert (window.first_day, window.last_day) == (first, last)


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        ("yesterday", "", "since: 'yesterday' is no time"),
        ("", "2024-02-30", "until: '2024-02-30' is no time"),
        ("2024-13", "", "since: '2024-13' is no time"),
        ("2024-00", "", "'2024-00' is no time"),
        ("0000", "", "'0000' is no time"),
        ("٢٠٢٤", "", "is no time"),
        ("31.01.2024", "", "is no time"),
        ("2024-01-31T25:00", "", "is no time"),
        ("2024-02-01", "2024-01-31", "since=2024-02-01 is after until=2024-01-31"),
        ("2024-01-31T14:00Z", "2024-01-31T13:59Z", "is after"),
    ],
)
def test_what_is_no_window_is_refused(since: str, until: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_window(since, until)
    assert told in str(raised.value)
    assert raised.value.remedy


def test_a_day_counts_wherever_it_is_that_day() -> None:
    tokyo, honolulu = timezone(timedelta(hours=9)), timezone(timedelta(hours=-10))
    assert JANUARY.holds(datetime(2024, 1, 1, 0, 30, tzinfo=tokyo))
    assert JANUARY.holds(datetime(2024, 1, 31, 23, 30, tzinfo=honolulu))
    assert not JANUARY.holds(at(2023, 12, 31, 9))
    assert not JANUARY.holds(at(2024, 2, 1, 13))


def test_an_instant_is_exact_and_its_days_are_what_calendars_may_show() -> None:
    window = read_window("2024-01-31T14:00", "2024-01-31T15:00+00:00")
    assert window.holds(at(2024, 1, 31, 14))
    assert window.holds(at(2024, 1, 31, 15))
    assert not window.holds(at(2024, 1, 31, 16))
    assert (window.first_day, window.last_day) == (date(2024, 1, 31), date(2024, 2, 1))


KINDS = st.sampled_from([LinkKind.ARTICLE, LinkKind.PAGE, LinkKind.THREAD, LinkKind.SECTION])


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("/2024/01/31/the-bridge/", True),
        ("/2024/02/01/the-bridge/", False),
        ("/2023/12/31/the-bridge/", False),
        ("/2024/01/the-bridge/", True),
        ("/2023/12/the-bridge/", False),
        ("/20240131/the-bridge", True),
        ("/?m=202402", False),
        ("/the-bridge/", None),
    ],
)
@pytest.mark.parametrize("modified", [None, at(2020, 1, 1), at(2026, 1, 1)], ids=str)
def test_the_date_in_an_address_speaks_first(
    address: str, verdict: bool | None, modified: datetime | None
) -> None:
    for kind in (LinkKind.ARTICLE, LinkKind.PAGE, LinkKind.THREAD, LinkKind.SECTION):
        link = Link(SITE + address, kind, modified=modified)
        if verdict is not None or modified is None:
            assert JANUARY.judge(link) is verdict


def test_a_month_that_is_partly_inside_holds() -> None:
    window = read_window("2024-01-20", "2024-02-03")
    link = Link(f"{SITE}/2024/02/the-bridge/", LinkKind.ARTICLE)
    assert window.judge(link) is True
    assert window.judge(Link(f"{SITE}/2024/03/the-bridge/", LinkKind.ARTICLE)) is False


MODIFIED = [
    # modified before the window, in it, after it, never
    (JANUARY, (False, None, None, None)),
    (SINCE, (False, None, None, None)),
    (UNTIL, (True, True, None, None)),
    (Window(), (True, True, True, None)),
]


@pytest.mark.parametrize(("window", "verdicts"), MODIFIED, ids=["both", "since", "until", "open"])
def test_a_last_modification_bounds_from_one_side(
    window: Window, verdicts: tuple[bool | None, ...]
) -> None:
    moments = (at(2023, 6, 1), at(2024, 1, 10), at(2025, 1, 1), datetime(1970, 1, 1, tzinfo=UTC))
    links = [Link(f"{SITE}/a", LinkKind.ARTICLE, modified=moment) for moment in moments]
    assert tuple(window.judge(link) for link in links) == verdicts
    for kind in (LinkKind.SECTION, LinkKind.FEED, LinkKind.LISTING):
        assert window.judge(Link(f"{SITE}/a", kind, modified=moments[0])) is None


@pytest.mark.parametrize(
    ("name", "modified", "verdict"),
    [
        ("/sitemap-2024-01.xml", None, True),
        ("/sitemap-2023-12.xml", None, False),
        ("/sitemap-2024-02.xml", None, False),
        ("/sitemap-2024.xml", None, True),
        ("/sitemap-2023.xml", None, False),
        ("/sitemap.xml?yyyy=2023&mm=12", at(2026, 1, 1), False),
        ("/sitemap-7.xml", at(2023, 12, 1), False),
        ("/sitemap-7.xml", at(2024, 1, 10), None),
        ("/sitemap-7.xml", at(2026, 1, 10), None),
        ("/sitemap-7.xml", None, None),
        # Changed last in 2023, it is not the sitemap of 2030 but the 2,030th.
        ("/sitemap-2030.xml", at(2023, 12, 1), False),
        ("/sitemap-2030.xml", at(2024, 1, 10), None),
    ],
)
def test_of_a_sitemap_its_name_and_its_lastmod_bound_all_in_it(
    name: str, modified: datetime | None, verdict: bool | None
) -> None:
    assert JANUARY.judge(Link(SITE + name, LinkKind.SITEMAP, modified=modified)) is verdict


@given(st.dates(date(1995, 1, 1), date(2099, 1, 1)), st.integers(0, 4000), st.integers(0, 4000))
def test_a_page_is_in_the_window_when_its_day_is(day: date, before: int, span: int) -> None:
    since = day - timedelta(days=before)
    window = window_between(max(since, date(1990, 1, 1)), since + timedelta(days=span))
    link = Link(SITE + day.strftime("/%Y/%m/%d/the-bridge/"), LinkKind.ARTICLE)
    assert window.judge(link) is (before <= span)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    if before <= span:
        assert window.holds(noon)


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)), KINDS)
def test_what_was_modified_before_it_was_wanted_is_never_taken_for_new(
    since: datetime, modified: datetime, kind: LinkKind
) -> None:
    verdict = window_between(since, None).judge(Link(f"{SITE}/a", kind, modified=modified))
    assert verdict is not True
    assert verdict is None or modified < since
