"""When an article was published and changed: claims, what is shown, last resorts."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.extract.dates import Dates, read_dates
from archiver.extract.structured import read_said
from archiver.model import Precision
from tests.pages import document

JSON_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": '
    '"2026-05-01T08:00:00+02:00", "dateModified": "2026-05-02T08:00:00+02:00"}</script>'
)


@pytest.mark.parametrize(
    ("head", "body", "published", "precision", "source"),
    [
        pytest.param(JSON_LD, "<time datetime='2020-01-01'>x</time>", "2026-05-01 06:00", Precision.SECOND,
                     "json-ld", id="JSON-LD first"),
        pytest.param('<meta property="article:published_time" content="2026-05-01T06:00:00Z">', "",
                     "2026-05-01 06:00", Precision.SECOND, "og", id="meta"),
        pytest.param('<meta name="date" content="2026-05-01">',
                     "<article><time datetime='2026-05-01T06:00:00Z'>May 1</time></article>",
                     "2026-05-01 06:00", Precision.SECOND, "meta", id="markup makes a day exact"),
        pytest.param("", "<article><header><span class='posted-on'>Published "
                     "<time class='entry-date published updated' datetime='2026-05-01T08:00:00+02:00'>"
                     "May 1, 2026</time></span></header></article>",
                     "2026-05-01 06:00", Precision.SECOND, "markup", id="WordPress, never changed"),
        pytest.param("", "<aside class='recent'><time datetime='2026-05-30'></time></aside>"
                     "<article><p class='dateline'>1 May 2026</p></article>",
                     "2026-05-01 00:00", Precision.DAY, "markup", id="sidebar is passed over"),
        pytest.param("", "", "2026-05-03 00:00", Precision.DAY, "url", id="URL"),
        # hAtom: magazine themes mark their only date "updated"; others' dates stand below.
        pytest.param("", "<h1>A</h1><div class='post-meta'><span class='updated'>May 2, 2026</span></div>"
                     "<p>Words of the article.</p><div class='related-posts'><p class='date'>"
                     "<span class='updated'>May 1, 2026</span></p></div>",
                     "2026-05-02 00:00", Precision.DAY, "markup", id="hatom"),
        pytest.param('<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2026-05-01T06:00:00Z"}</script>',
                     "", "2026-05-01 06:00", Precision.SECOND, "json-ld", id="JSON-LD of the page itself"),
        pytest.param('<meta name="x-published-date" content="2026-05-01">', "", "2026-05-01 00:00", Precision.DAY,
                     "meta", id="meta in no table"),
        pytest.param("", "<h1>A</h1><p>Ann Lee | 1 May 2026, 08:30</p>", "2026-05-01 08:30", Precision.MINUTE,
                     "text", id="text after the headline"),
        pytest.param("", "<p>1 May 2026</p><h1>A</h1>", "2026-05-01 00:00", Precision.DAY, "text",
                     id="text before the headline"),
        pytest.param("", "<h1>A</h1><p>Published 1 May 2026, updated 2 May 2026</p>", "2026-05-01 00:00",
                     Precision.DAY, "text", id="labels in one text"),
        pytest.param("", "<h1>A</h1><p>Last updated 2 May 2026, originally published 1 May 2026</p>",
                     "2026-05-01 00:00", Precision.DAY, "text", id="labels the other way round"),
        pytest.param("", "<h1>A</h1><p>On <b>1 May 2020</b> the bridge was closed, as everybody in the town still "
                     "knows, for the river had taken one of its four pillars in the night and the rest of them shook.</p>",
                     "2026-05-03 00:00", Precision.DAY, "url", id="date in a sentence"),
    ],
)  # fmt: skip
def test_published_is_taken_in_order_of_trust(
    head: str, body: str, published: str, precision: Precision, source: str
) -> None:
    made = document(body, head=head, url="https://paper.example/2026/05/03/a-story/")
    dates = read_dates(made, read_said(made), None, "en")
    assert dates.published is not None
    said = dates.published.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    assert (said, dates.published.precision, dates.published_source) == (
        published,
        precision,
        source,
    )


def read(
    head: str = "", body: str = "", url: str = "https://paper.example/a", language: str = "en"
) -> Dates:
    made = document(body, head=head, url=url)
    return read_dates(made, read_said(made), None, language)


def told(dates: Dates) -> tuple[str | None, str | None]:
    """(raw, source) of the date of publication."""
    return (dates.published.raw if dates.published else None), dates.published_source


@pytest.mark.parametrize(
    ("head", "body", "raw", "source"),
    [
        pytest.param("", "<h1>A</h1><p>Updated: <span>May 2, 2026</span></p>", "May 2, 2026", "modified",
                     id="nothing but an update is shown"),
        pytest.param('<meta property="article:modified_time" content="2026-05-02">', "<h1>A</h1>", "2026-05-02",
                     "modified", id="nothing but an update is claimed"),
        pytest.param("", '<script>window.state = {"publishedAt":"2026-05-01T06:00:00Z"}</script>',
                     "2026-05-01T06:00:00Z", "script", id="what the page's program was handed"),
        pytest.param('<meta property="og:image" content="/uploads/2026/05/01/a.jpg">', "", "2026-05-01", "url",
                     id="address of the lead picture"),
        pytest.param("", "<div><div>Word of the day</div><div>May 1, 2026</div></div>", "May 1, 2026", "text",
                     id="page without a heading"),
    ],
)  # fmt: skip
def test_last_resorts_name_themselves(head: str, body: str, raw: str, source: str) -> None:
    assert told(read(head, body)) == (raw, source)


def test_headline_is_the_heading_that_the_title_repeats() -> None:
    body = (
        "<header><h1>The Paper</h1><p>5 May 2026</p></header>"
        + "<p>x</p>" * 90
        + "<h2>The bridge returns</h2><p>1 May 2026</p>"
    )
    assert told(read("<title>The bridge returns | The Paper</title>", body)) == (
        "1 May 2026",
        "text",
    )


CARDS = "".join(
    f"<div class='card'><span class='card-date'>May {day}, 2026</span><a href='/{day}'>Other</a></div>"
    for day in (9, 10, 11, 12)
)


def test_dates_of_other_articles_give_way_to_the_one_at_the_headline() -> None:
    body = f"<div><p class='x'>May 1, 2026</p><h1>A</h1></div>{CARDS}"
    assert told(read("", body)) == ("May 1, 2026", "text")


@pytest.mark.parametrize(
    ("claimed", "body", "raw", "source"),
    [
        pytest.param("2026-05-01T06:00:00Z", "<time datetime='2024-02-03'>Feb 3, 2024</time>", "2024-02-03",
                     "markup", id="an earlier day is shown"),
        pytest.param("2026-05-01T06:00:00Z", "<p>Feb 3, 2024</p><p>May 1, 2026</p>", "2026-05-01T06:00:00Z",
                     "json-ld", id="the claimed day is shown too"),
        pytest.param("2026-05-01T06:00:00Z", "<time datetime='2026-05-20'>May 20, 2026</time>",
                     "2026-05-01T06:00:00Z", "json-ld", id="a later day is a change"),
        pytest.param("2026-05-01T06:00:00Z", "<p>1/1/2013</p>", "2026-05-01T06:00:00Z", "json-ld",
                     id="mere numbers may be anything"),
        pytest.param("2027-05-01T06:00:00Z", "<p>May 1, 2026</p>", "May 1, 2026", "text", id="claim of the future"),
        pytest.param("soon", "<p>May 1, 2026</p>", "May 1, 2026", "text", id="claim that is no date"),
    ],
)  # fmt: skip
def test_claim_and_what_is_shown(claimed: str, body: str, raw: str, source: str) -> None:
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{claimed}"}}</script>'
    assert told(read(head, f"<h1>A</h1>{body}")) == (raw, source)


def test_claim_that_two_sources_make_stands_whatever_is_shown() -> None:
    head = JSON_LD + '<meta property="article:published_time" content="2026-05-01">'
    assert told(read(head, "<h1>A</h1><p>Feb 3, 2024</p>")) == (
        "2026-05-01T08:00:00+02:00",
        "json-ld",
    )


@pytest.mark.parametrize(
    ("head", "body", "raw"),
    [
        pytest.param("", "<time datetime='2026-05-02T00:04:00+02:00'>2 May</time>", "2026-05-02T00:04:00+02:00",
                     id="time element"),
        pytest.param("", "<p>2 May 2026, 00:04</p>", "2 May 2026, 00:04", id="clock of the place"),
        pytest.param('<meta name="date" content="Sat, 2 May 2026 00:04:00 +0200">', "",
                     "Sat, 2 May 2026 00:04:00 +0200", id="another claim"),
        pytest.param("", "<p>2 May 2026, 00:11</p>", "2026-05-01T22:04:00Z", id="another moment"),
    ],
)  # fmt: skip
def test_moment_in_utc_is_told_as_readers_see_it(head: str, body: str, raw: str) -> None:
    claim = '<meta property="article:published_time" content="2026-05-01T22:04:00Z">'
    dates = read(head + claim, f"<h1>A</h1>{body}")
    assert dates.published is not None
    assert (dates.published.at, dates.published.raw) == (
        datetime(2026, 5, 1, 22, 4, tzinfo=UTC),
        raw,
    )


def test_time_without_zone_is_of_the_zone_of_another_claim() -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-05-01 08:00:00.0"}</script>'
        '<meta name="date" content="2026-05-01T08:00:00+02:00">'
    )
    dates = read(head)
    assert dates.published is not None
    assert dates.published.at == datetime(2026, 5, 1, 6, tzinfo=UTC)


def test_rule_goes_before_every_claim() -> None:
    made = document("<h1>A</h1><p>Feb 3, 2024</p>", head=JSON_LD)
    dates = read_dates(made, read_said(made), "3 May 2026", "en")
    assert told(dates) == ("3 May 2026", "rule")


def test_modified_is_read_beside_published() -> None:
    made = document("", head=JSON_LD)
    dates = read_dates(made, read_said(made), None, "en")
    assert dates.modified is not None
    assert dates.modified.at.astimezone(UTC) == datetime(2026, 5, 2, 6, tzinfo=UTC)


def test_date_after_the_capture_is_not_believed() -> None:
    made = document(
        "", head='<meta name="date" content="2027-05-01">', url="https://paper.example/a"
    )
    assert read_dates(made, read_said(made), None, "en").published is None
