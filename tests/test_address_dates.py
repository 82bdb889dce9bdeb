from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.address_dates import AddressDate, date_in, date_of_sitemap

SITE = "https://paper.example"

DAYS = [
    ("/2024/01/31/the-bridge/", "/{Y}/{m}/{d}/the-bridge/", True),
    ("/2024/1/31/the-bridge", "/{Y}/{m}/{d}/the-bridge", False),
    ("/news/2024/jan/31/the-bridge", "/news/{Y}/{b}/{d}/the-bridge", None),
    ("/2024/January/31/", "/{Y}/{B}/{d}/", None),
    ("/2024-01/31/content_77.htm", "/{Y}-{m}/{d}/content_77.htm", True),
    ("/202401/31/77.html", "/{Y}{m}/{d}/77.html", True),
    ("/2024/0131/77.html", "/{Y}/{m}{d}/77.html", True),
    ("/2024-01-31", "/{Y}-{m}-{d}", True),
    ("/archive/2024-01-31.html", "/archive/{Y}-{m}-{d}.html", True),
    ("/2024-01-31-the-bridge", "/{Y}-{m}-{d}-the-bridge", True),
    ("/weather-2024-01-31.html", "/weather-{Y}-{m}-{d}.html", True),
    ("/archive/20240131", "/archive/{Y}{m}{d}", True),
    ("/20240131-the-bridge", "/{Y}{m}{d}-the-bridge", True),
    ("/t20240131_77.html", "/t{Y}{m}{d}_77.html", True),
    ("/view/AKR20240131001200001", "/view/AKR{Y}{m}{d}001200001", True),
    ("/20240131142853", "/{Y}{m}{d}142853", True),
    ("/?date=2024-01-31", "/?date={Y}-{m}-{d}", True),
    ("/?m=20240131", "/?m={Y}{m}{d}", True),
    ("/list?sec=1&d=20240131&p=1", "/list?sec=1&d={Y}{m}{d}&p=1", True),
    ("/archive?day=31&year=2024&month=1", "/archive?day={d}&year={Y}&month={m}", False),
]


@pytest.mark.parametrize(("address", "pattern", "is_padded"), DAYS)
def test_a_day_is_read_and_its_place_kept(
    address: str, pattern: str, is_padded: bool | None
) -> None:
    assert date_in(SITE + address) == AddressDate(2024, 1, 31, SITE + pattern, is_padded)


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("/2024/02/the-bridge.html", "/{Y}/{m}/the-bridge.html"),
        ("/2024/02/", "/{Y}/{m}/"),
        ("/archiv/2024/02", "/archiv/{Y}/{m}"),
        ("/2024/02/17-reasons-to-stay/", "/{Y}/{m}/17-reasons-to-stay/"),
        ("/2024/02/31/", "/{Y}/{m}/31/"),
        ("/2024-02/the-bridge", "/{Y}-{m}/the-bridge"),
        ("/archive/202402", "/archive/{Y}{m}"),
        ("/?m=202402", "/?m={Y}{m}"),
        ("/?yyyy=2024&mm=02", "/?yyyy={Y}&mm={m}"),
    ],
)
def test_a_month_is_read(address: str, pattern: str) -> None:
    found = date_in(SITE + address)
    assert found == AddressDate(2024, 2, None, SITE + pattern, True)
    assert (found.first, found.last) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    "address",
    [
        "/world-20240131",  # the 20,240,131st page of its site
        "/news/202401/the-bridge",  # so may this be
        "/2024-01-reasons-to-stay",
        "/elections-2024/the-bridge",
        "/2024/the-bridge",
        "/1989/01/31/",
        "/2024/13/31/",
        "/120240131/",
        "/20241331/",
        "/20240230",
        "/events/2024/01/31/concert/",
        "/veranstaltungen/2024-01-31/",
        "/web/20131110121040/http://other.example/page",
        "/?page=2024-01-31",
        "/?id=20240131",
        "/?month=1&day=31",
        "/?year=24&month=1",
        "/",
        "",
        "?",
    ],
)
def test_a_number_that_may_be_something_else_is_no_date(address: str) -> None:
    assert date_in(SITE + address) is None


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("/sitemap-2024-01.xml", (1, 1), (1, 31)),
        ("/sitemap_2024_02.xml.gz", (2, 1), (2, 29)),
        ("/sitemap/2024/01/31/", (1, 31), (1, 31)),
        ("/sitemap-20240131.xml", (1, 31), (1, 31)),
        ("/sitemaps/202401.xml", (1, 1), (1, 31)),
        ("/sitemap/2024/january/", (1, 1), (1, 31)),
        ("/sitemap/2024/1", (1, 1), (1, 31)),
        ("/sitemap-jan-2024-feb.xml", (2, 1), (2, 29)),
        ("/sitemap-2024-1.xml", (1, 1), (12, 31)),  # the first part of the year, for all we know
        ("/sitemap-2024.xml", (1, 1), (12, 31)),
        ("/sitemap-2024-53.xml", (1, 1), (12, 31)),
        ("/sitemap.xml?yyyy=2024&mm=01", (1, 1), (1, 31)),
        ("/sitemap.xml?yyyy=2024&mm=01&dd=31", (1, 31), (1, 31)),
        ("/sitemap.xml?year=2024", (1, 1), (12, 31)),
    ],
)
def test_a_sitemap_may_be_named_after_its_time(
    name: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    found = date_of_sitemap(SITE + name)
    assert found is not None
    assert (found.first, found.last) == (date(2024, *first), date(2024, *last))


@pytest.mark.parametrize("name", ["/sitemap-7.xml", "/post-sitemap12.xml", "/sitemap-20241.xml",
                                  "/sitemap-120240131.xml", "/sitemap.xml"])  # fmt: skip
def test_other_sitemaps_are_numbered(name: str) -> None:
    assert date_of_sitemap(SITE + name) is None


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_it_was_written(day: date) -> None:
    for form in ("/%Y/%m/%d/x", "/%Y-%m-%d", "/a/%Y%m%d", "/?date=%Y-%m-%d"):
        found = date_in(SITE + day.strftime(form))
        assert found is not None
        assert found.first == found.last == day


@given(st.text(max_size=60))
def test_no_address_raises(text: str) -> None:
    for url in (text, SITE + "/" + text):
        for found in (date_in(url), date_of_sitemap(url)):
            assert found is None or found.first <= found.last
