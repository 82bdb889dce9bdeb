from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import date_archives
from archiver.address_dates import date_in
from archiver.date_archives import MOST_ADDRESSES, Step, Template, addresses, archive_templates
from archiver.windows import Window, read_window

SITE = "https://paper.example"
TODAY = date(2026, 11, 24)
SPRING = read_window("2024-02-27", "2024-03-02")
SLUGS = ("the-bridge", "the-baker", "rain-again", "a-prize", "the-vote", "five-reasons")


def made(template: Template, window: Window = SPRING) -> list[str]:
    return [url.removeprefix(SITE) for url in addresses(template, window, today=TODAY)]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (
            ["/archive/2024-05-17/", "/archive/2024-05-18/"],
            [f"/archive/2024-{day}/" for day in ("03-02", "03-01", "02-29", "02-28", "02-27")],
        ),
        (
            ["/archive/20240517", "/archive/20230101"],
            [f"/archive/2024{day}" for day in ("0302", "0301", "0229", "0228", "0227")],
        ),
        (["/archiv/2024/05", "/archiv/2024/06"], ["/archiv/2024/03", "/archiv/2024/02"]),
        (["/2024/5/", "/2024/12/"], ["/2024/3/", "/2024/2/"]),
        (["/?m=202405", "/?m=202312"], ["/?m=202403", "/?m=202402"]),
        (["/list?cat=1&date=2024-05", "/list?cat=1&date=2024-06"],
         ["/list?cat=1&date=2024-03", "/list?cat=1&date=2024-02"]),
        (["/a?year=2024&month=5", "/a?year=2024&month=6"],
         ["/a?year=2024&month=3", "/a?year=2024&month=2"]),
        (["/news/2024/may/", "/news/2024/june/"], ["/news/2024/march/", "/news/2024/february/"]),
        (["/uk/2024/jun/17/all", "/uk/2024/jul/18/all"],
         [f"/uk/2024/{day}/all" for day in ("mar/02", "mar/01", "feb/29", "feb/28", "feb/27")]),
        (["/2024/05/17.html", "/2024/05/18.html"],
         [f"/2024/{day}.html" for day in ("03/02", "03/01", "02/29", "02/28", "02/27")]),
    ],
    ids=lambda value: value[0],
)  # fmt: skip
def test_pages_of_dates_have_sisters(seen: list[str], expected: list[str]) -> None:
    (template,) = archive_templates(SITE + address for address in seen)
    assert not template.is_guess
    assert made(template) == expected


def test_the_folders_of_articles_are_a_guess_after_what_was_seen() -> None:
    articles = [f"{SITE}/2024/05/{10 + day}/{slug}/" for day, slug in enumerate(SLUGS)]
    months = [f"{SITE}/archiv/2024-{month}" for month in ("04", "05")]
    found = archive_templates(articles + months)
    assert [(each.pattern, each.step, each.is_guess, each.seen) for each in found] == [
        (f"{SITE}/archiv/{{Y}}-{{m}}", Step.MONTH, False, 2),
        (f"{SITE}/{{Y}}/{{m}}/", Step.MONTH, True, 6),
        (f"{SITE}/{{Y}}/{{m}}/{{d}}/", Step.DAY, True, 6),
    ]
    assert made(found[1]) == ["/2024/03/", "/2024/02/"]
    assert {each.earliest for each in found[1:]} == {date(2024, 5, 10)}


@pytest.mark.parametrize(
    "seen",
    [
        [],
        ["/archive/2024-05-17/"],  # once is no habit
        ["/archive/2024-05-17/", "/archive/2024-05-17/"],
        ["/archive/2024-05/", "/archive/2024-05/"],
        ["/2024/05/the-bridge/", "/2024/06/the-baker/"],  # too few articles to guess from
        [f"/section-{at}/2024/05/{slug}/" for at, slug in enumerate(SLUGS)],
        ["/weather-2024-05-17", "/weather-2024-05-18x"],
        ["/events/2024-05-17/", "/events/2024-05-18/", "/kalender/2024/05/", "/kalender/2024/06/"],
        ["/2024/05/17/daily-briefing/", "/2024/05/18/daily-briefing/"],
        ["/the-bridge/", "/world-20240517", "/world-20240518"],
    ],
    ids=lambda value: str(value[:1]),
)
def test_without_a_habit_there_is_no_template(seen: list[str]) -> None:
    assert archive_templates(SITE + address for address in seen) == ()


def test_an_open_window_begins_with_what_was_seen_and_ends_today() -> None:
    (template,) = archive_templates([f"{SITE}/?m=202609", f"{SITE}/?m=202610"])
    assert made(template, Window()) == ["/?m=202611", "/?m=202610", "/?m=202609"]
    assert made(template, read_window("2026-10-30", "2030-01-01")) == ["/?m=202611", "/?m=202610"]
    assert made(template, read_window("2027-01-01", "")) == []
    assert made(template, read_window("", "2026-09-12")) == ["/?m=202609"]


def test_addresses_are_bounded_and_the_oldest_are_left_out() -> None:
    days = Template(SITE + "/{Y}/{m}/{d}/", Step.DAY)
    found = made(days, read_window("1990-01-01", "2026-01-01"))
    assert len(found) == MOST_ADDRESSES
    assert found[0] == "/2026/01/01/"


def test_a_site_with_a_page_for_each_section_and_day_gives_the_busiest_only() -> None:
    seen = [f"{SITE}/s{at}/2024/05/{day:02}/" for at in range(40) for day in range(1, 5 + at % 3)]
    assert len(archive_templates(seen)) == date_archives.MOST_TEMPLATES
    assert all(template.seen == 6 for template in archive_templates(seen))


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2099, 12, 31)), min_size=2, max_size=9, unique=True),
    st.sampled_from(["/{Y}/{m}/{d}/", "/archive/{Y}-{m}-{d}", "/a/{Y}{m}{d}.html", "/?d={Y}{m}{d}",
                     "/x/{Y}/{b}/{d}"]),
)  # fmt: skip
def test_what_was_learned_makes_what_was_seen(days: list[date], pattern: str) -> None:
    whole = Template(SITE + pattern, Step.DAY)
    seen = [whole.address(day) for day in days]
    for template in archive_templates(seen):
        for day in days:
            named = date_in(template.address(day))
            assert named is not None
            assert named.first == named.last == day
        if "{B}" not in template.pattern:  # of May alone nobody can say whether it is short
            assert [template.address(day) for day in days] == seen
