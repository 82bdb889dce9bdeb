"""What each source gives for the fields of a page, which one won, and what looks like a mistake."""

# ruff: noqa: E501 - markup, messages and tables are shown whole

from __future__ import annotations

from datetime import date

import pytest

from archiver.dom import parse
from archiver.extract.article import extract
from archiver.extract.candidates import Candidate, Trial, try_rules
from archiver.hooks import PageHook
from archiver.sites import DEFAULT_RULES, Layout, SiteRules
from tests.pages import PARAGRAPHS, page

HEAD = """<title>The bridge is rebuilt | The Paper</title><meta property="og:title" content="The bridge">
<meta name="author" content="Bob Ray"><meta property="article:published_time"
content="2026-05-02T08:00:00Z"><meta property="article:modified_time" content="2026-05-03T08:00:00Z">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The bridge is rebuilt",
"datePublished": "2026-05-02T08:00:00Z", "author": {"@type": "Person", "name": "Ann Lee"}}</script>"""
BODY = f"""<h1>Slogan of the day</h1><h2 class="head">The bridge is rebuilt</h2>
<p class="sign">Carla Writer</p><p class="day">1 May 2026</p><p class="day">2 May 2026</p>
<div class="text">{PARAGRAPHS}</div><div class="box">Read more of it.</div>"""
PAGE = page(BODY, head=HEAD)


def tried(layout: Layout | None = None, **rules: object) -> Trial:
    known = SiteRules("paper.example", layouts=(layout,) if layout else (), **rules)  # type: ignore[arg-type]
    article = extract(PAGE, known)
    return try_rules(parse(PAGE, limit_bytes=1 << 20), PAGE, known, article)


def rows_of(trial: Trial, field: str) -> list[Candidate]:
    return [row for row in trial.candidates if row.field == field]


def chosen(trial: Trial) -> dict[str, tuple[str, str]]:
    return {row.field: (row.source, row.where) for row in trial.candidates if row.is_chosen}


def test_every_source_of_a_title_is_listed_in_the_order_of_trust() -> None:
    trial = tried(Layout(title=("h1.none", "h2.head")))
    assert rows_of(trial, "title") == [
        Candidate("title", "rule", "h1.none", None, 0),
        Candidate("title", "rule", "h2.head", "The bridge is rebuilt", 1, is_chosen=True),
        Candidate("title", "json-ld", "headline", "The bridge is rebuilt"),
        Candidate("title", "og", "og:title", "The bridge"),
        Candidate("title", "title", "title", "The bridge is rebuilt | The Paper"),
        Candidate("title", "markup", "h1", "Slogan of the day"),
        Candidate("title", "default", "markup", "The bridge is rebuilt"),
    ]


def test_authors_and_dates_are_listed_with_what_would_be_read_without_rules() -> None:
    trial = tried(Layout(author=(".sign",), published=(".day",)))
    assert rows_of(trial, "authors") == [
        Candidate("authors", "rule", ".sign", "Carla Writer", 1, is_chosen=True),
        Candidate("authors", "json-ld", "author", "Ann Lee"),
        Candidate("authors", "meta", "author", "Bob Ray"),
        Candidate("authors", "markup", "", "Carla Writer"),
        Candidate("authors", "default", "json-ld", "Ann Lee"),
    ]
    assert rows_of(trial, "published_at") == [
        Candidate("published_at", "rule", ".day", "1 May 2026", 2, is_chosen=True),
        Candidate("published_at", "json-ld", "datePublished", "2026-05-02T08:00:00Z"),
        Candidate("published_at", "og", "article:published_time", "2026-05-02T08:00:00Z"),
        Candidate("published_at", "default", "json-ld", "2026-05-02T08:00:00+00:00"),
    ]
    assert rows_of(trial, "modified_at") == [
        Candidate("modified_at", "og", "article:modified_time", "2026-05-03T08:00:00Z", is_chosen=True)
    ]  # fmt: skip


def test_every_reader_of_the_text_is_asked() -> None:
    trial = tried(Layout(body=("div.text",), remove=(".box",)))
    rows = rows_of(trial, "text")
    assert [(row.source, row.where) for row in rows] == [
        ("rule", "div.text"),
        ("judge", ""),
        ("trafilatura", ""),
        ("default", "judge"),
    ]
    assert all("council of the small town" in (row.value or "") for row in rows)
    assert rows_of(trial, "remove") == [Candidate("remove", "rule", ".box", "Read more of it.", 1)]


@pytest.mark.parametrize(
    "layout",
    [None, Layout(title=("h2",), body=(".text",), author=(".sign",)), Layout(title=("i",))],
)
def test_each_field_of_the_article_has_one_winner_of_its_source(layout: Layout | None) -> None:
    known = SiteRules("paper.example", layouts=(layout,) if layout else ())
    sources = dict(extract(PAGE, known).field_sources)
    won = chosen(tried(layout))
    assert sorted(won) == sorted(sources)
    for field, (source, where) in won.items():
        assert sources[field] in (source, where)


def test_a_hook_that_changed_a_field_won_it() -> None:
    source = (
        "from dataclasses import replace\n\n\ndef read_page(document, page, article):\n"
        "    return replace(article, title='Sunk', section=None, subtitle='At last')\n"
    )
    trial = tried(hook=PageHook("paper.example", source))
    assert chosen(trial)["title"] == ("hook", "")
    assert trial.values["title"] == "Sunk"
    assert chosen(trial)["subtitle"] == ("hook", "")


@pytest.mark.parametrize(
    ("layout", "warnings"),
    [
        (Layout(title=("h2.head",), body=(".none", ".text")), ["body: '.none' finds nothing on this page"]),
        (Layout(title=("h2.head", ".none")), []),
        (Layout(title=("hr", "p")), ["title: 'hr' finds nothing on this page", "title: 'p' finds 6 elements: the first counts"]),
        (Layout(author=("script",)), ["author: 'script' finds elements without text"]),
        (Layout(author=(".box",)), ["author: 'Read more of it.' names nobody, so others are asked"]),
        (Layout(published=(".sign",)), ["published: 'Carla Writer' cannot be read as a date, so others are asked"]),
        (Layout(remove=(".gone",)), ["remove: '.gone' finds nothing on this page"]),
        (
            Layout(body=("td",), valid_until=date(2020, 1, 1)),
            [
                "no layout holds on 2026-06-01, when the page was captured: the last was valid until "
                "2020-01-01. Give the present design a [[layout]] without valid_until"
            ],
        ),
    ],
)  # fmt: skip
def test_what_looks_like_a_mistake_is_warned_of(layout: Layout, warnings: list[str]) -> None:
    assert list(tried(layout).warnings) == warnings


def test_a_removal_of_most_of_the_text_is_warned_of() -> None:
    (warning,) = tried(Layout(body=("div.text",), remove=("p:first-child ~ p",))).warnings
    assert warning.startswith("remove cuts away most of the text: ")
    (warning,) = tried(Layout(remove=("body",))).warnings
    assert warning.startswith("remove cuts away most of the text: ")
    assert tried(Layout(body=("div.text",), remove=("p:last-child",))).warnings == ()


def test_an_address_that_the_rules_do_not_take_for_an_article_s_is_warned_of() -> None:
    assert tried(exclude_url=("/2026/",)).warnings == (
        "exclude_url matches this address: no link to it is followed",
    )
    assert tried(article_url=("/news/",)).warnings == (
        "no article_url matches this address: links to it are not taken for an article's",
    )
    assert tried(article_url=("/2026/",)).warnings == ()


def test_the_tree_stays_as_it_is() -> None:
    article = extract(PAGE, DEFAULT_RULES)
    document = parse(PAGE, limit_bytes=1 << 20)
    first = try_rules(document, PAGE, DEFAULT_RULES, article)
    assert try_rules(document, PAGE, DEFAULT_RULES, article) == first
