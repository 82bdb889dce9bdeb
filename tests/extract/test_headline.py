"""Which of a page's titles and headings is the headline, and what of it is the site's name."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

import json
import time

import pytest

from archiver.extract.headline import read_headline, titles_of
from archiver.extract.site_name import is_site_name, site_names, without_site
from archiver.extract.structured import read_said
from tests.pages import document

TEXT = "<p>One paragraph.</p><p>Another one.</p><p>A third one.</p>"


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def site(name: str) -> str:
    return f'<meta property="og:site_name" content="{name}">'


def ld(headline: str) -> str:
    said = json.dumps({"@type": "NewsArticle", "headline": headline})
    return f'<script type="application/ld+json">{said}</script>'


def tag(title: str) -> str:
    return f"<title>{title}</title>"


def title_and_source(head: str, body: str) -> tuple[str | None, str | None]:
    made = document(body, head=head)
    return read_headline(made, read_said(made), None)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        pytest.param(tag("A bridge – The Paper"), "<h1>The Paper</h1><h1>A bridge</h1>", "A bridge",
                     id="second h1, the first is the site"),
        pytest.param(tag("Sports | The Paper") + '<meta name="twitter:title" content="Goalkeeper retires">',
                     "<h1>Sports</h1><article><h1>Goalkeeper retires</h1></article>", "Goalkeeper retires",
                     id="a whole title before the section's"),
        pytest.param(og("Bridge closed: all you need to know") + tag("Bridge closed: all you need to know"),
                     "<h1>All you need to know about the closed bridge</h1>", "All you need to know about the closed bridge",
                     id="readers see another wording than search engines"),
        pytest.param(og("The town by the river: a guide"), '<article><h1>The town by the river: a guide</h1></article><h1>River</h1>',
                     "The town by the river: a guide", id="confirmed before alike"),
        pytest.param(og("A walk through town in the rain"), "<h1>Rain</h1><h1>Food</h1>", "A walk through town in the rain",
                     id="headings of the text have a word in common, no more"),
        pytest.param(og("Council votes on bridge"), "<section><h1>Town news</h1></section>", "Council votes on bridge",
                     id="a lone h1 with nothing in common is the section's"),
        pytest.param(og("Home"), f"<article><h1>Time to say goodbye</h1>{TEXT}</article>", "Time to say goodbye",
                     id="a lone h1 in an article"),
        pytest.param(tag("A bridge returns | Mary's blog"), '<h1><a href="/">Mary writes</a></h1><h2>A bridge returns</h2>', "A bridge returns",
                     id="a logo leads home"),
        pytest.param(tag("A bridge returns | Mary writes"), "<h1>Mary writes</h1><h2>A bridge returns</h2>", "A bridge returns",
                     id="h2 with the beginning of the title before h1 with its end"),
        pytest.param(og("Bridge: what is known") + ld("Bridge closed until May"),
                     '<nav><h1>Bridge: what is known</h1></nav><h2>Bridge closed until May</h2>', "Bridge closed until May",
                     id="h1 of a breadcrumb is no headline"),
        pytest.param(og("Bridge closed until May"), f'<div class="content-sidebar-wrap"><h1>Bridge closed till May</h1>{TEXT}</div>',
                     "Bridge closed till May", id="what holds the text is no sidebar"),
        pytest.param(og("Bridge closed until May"), f'<article class="category-newsletter"><h1>Bridge closed till May</h1>{TEXT}</article>',
                     "Bridge closed till May", id="an article's classes are its categories"),
        pytest.param(og("Bridge closed until May"), '<div class="search"><h1>No bridge found until now</h1></div>',
                     "Bridge closed until May", id="h1 of a search form"),
        pytest.param(ld("Bridge closed until May") + og("Closed bridge: the end?"), TEXT, "Bridge closed until May",
                     id="JSON-LD first where no heading speaks"),
        pytest.param(ld("Riverton: Bridge closed until May") + og("Bridge closed until May"), TEXT, "Bridge closed until May",
                     id="stated with and without a kicker"),
        pytest.param("<svg><title>Logo</title></svg>" + og("Bridge closed"), "", "Bridge closed", id="title of a drawing"),
        pytest.param(tag("Bridge over the river is closed until May - Riverton Daily"), TEXT, "Bridge over the river is closed until May", id="a name the page does not say"),
        pytest.param(site("Bridge closed until May | Paper") + tag("Bridge closed until May | Paper"), "<h1>Bridge closed until May</h1>",
                     "Bridge closed until May", id="site name that repeats the title"),
        pytest.param(site("Paper") + tag("Bridge closed | Paper"), "<h1>Bridge closed | Paper</h1>", "Bridge closed",
                     id="site name inside the heading"),
        pytest.param("", "<h1></h1><h1>   </h1>", None, id="empty headings"),
    ],
)  # fmt: skip
def test_headline_among_titles_and_headings(head: str, body: str, title: str | None) -> None:
    assert title_and_source(head, body)[0] == title


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        pytest.param(og("No deal in sight yet"), "<span>Talks fail</span><span>No deal in sight yet</span>",
                     "No deal in sight yet", id="stated without the line above"),
        pytest.param(og("Talks fail: No deal in sight yet"), "<span>Talks fail</span><span>No deal in sight yet</span>",
                     "Talks fail: No deal in sight yet", id="stated with it: the colon is not lost"),
        pytest.param(og("Talks: No deal in sight yet"), "<span>Summit</span> <span>– No deal in sight yet</span>",
                     "No deal in sight yet", id="stated with another"),
        pytest.param(og("No deal in sight yet"), "<time>May 2</time> No deal in sight yet",
                     "No deal in sight yet", id="a date before"),
        pytest.param(og("No deal in sight"), "<em>No</em> deal in sight", "No deal in sight", id="emphasis is no line above"),
        pytest.param(og("No deal in sight yet"), "<b>No deal in sight yet</b> <small>87</small>", "No deal in sight yet", id="a count behind"),
    ],
)  # fmt: skip
def test_line_above_the_headline_goes_with_what_is_stated(
    head: str, heading: str, title: str
) -> None:
    assert title_and_source(head, f"<h1>{heading}</h1>") == (title, "markup")


def test_sources() -> None:
    assert title_and_source(og("A bridge"), "<h1>A bridge</h1>") == ("A bridge", "markup")
    assert title_and_source(og("A bridge"), "") == ("A bridge", "og")
    assert title_and_source(ld("A bridge"), "") == ("A bridge", "json-ld")
    assert title_and_source(tag("A bridge"), "") == ("A bridge", "title")
    made = document("<h1>A bridge</h1>", head=og("A bridge"))
    assert read_headline(made, read_said(made), "By rule") == ("By rule", "rule")


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Bridge opens | The Paper", "Bridge opens"),
        ("Bridge opens - News - The Paper", "Bridge opens - News"),
        ("Bridge opens | News | The Paper", "Bridge opens"),
        ("The Paper: Bridge opens", "The Paper: Bridge opens"),
        ("The Paper | Bridge opens", "Bridge opens"),
        ("Bridge opens - thepaper.example", "Bridge opens"),
        ("Bridge opens – The Paper – News of Riverton", "Bridge opens"),
        ("Well-known bridge opens", "Well-known bridge opens"),
        ("Talk of a «closed bridge» grows", "Talk of a «closed bridge» grows"),
        ("Bridge – a long story of a short way", "Bridge – a long story of a short way"),
        ("El pont col·lapsa", "El pont col·lapsa"),
        ("桥梁重新开放：第一天！-河镇网", "桥梁重新开放：第一天！"),
        ("다리 개통 '첫날' 표정-사회ㅣThe Paper", "다리 개통 '첫날' 표정"),
        ("The Paper", "The Paper"),
        ("", ""),
    ],
)
def test_title_without_the_site(title: str, bare: str) -> None:
    assert without_site(title, {"thepaper", "thepaperexample"}) == bare


def test_heading_loses_a_known_name_only() -> None:
    assert without_site("Bridge opens | In pictures", {"thepaper"}, guess=False) == (
        "Bridge opens | In pictures"
    )
    assert without_site("Bridge opens | The Paper", {"thepaper"}, guess=False) == "Bridge opens"


def test_site_is_known_by_what_the_page_says_and_by_its_host() -> None:
    made = document("", head=site("Riverton Daily"), url="https://www.river-news.example/a/b")
    names = site_names(made, read_said(made), ())
    assert names == {"rivertondaily", "rivernews", "rivernewsexample"}
    assert is_site_name("river news", names)
    assert is_site_name("the river news", names)
    assert is_site_name("", names)
    assert not is_site_name("river", names)
    assert not is_site_name("news of the river in may", names)
    assert is_site_name("riverton daily and sunday", names, begins=True)


def test_repetitions_are_known_in_all_wordings() -> None:
    made = document("<h1>A bridge!</h1>", head=og("A bridge returns") + tag("A bridge | Paper"))
    assert titles_of(made, read_said(made), "A bridge") == (
        "A bridge",
        "A bridge returns",
        "A bridge | Paper",
        "A bridge!",
    )


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(tag("a | " * 20_000), "", id="a title of separators"),
        pytest.param(og("A bridge"), "<h1>" * 300 + "words " * 100_000, id="unclosed headings"),
        pytest.param(og("A bridge"), "<h2>A heading</h2>" * 20_000, id="many headings"),
        pytest.param(og("A bridge"), "<h1>" + "<b>a</b>" * 20_000 + "</h1>", id="many elements in one"),
    ],
)  # fmt: skip
def test_monstrous_pages_are_read_at_once(head: str, body: str) -> None:
    made = document(body, head=head)
    said = read_said(made)
    started = time.process_time()
    title, _ = read_headline(made, said, None)
    titles_of(made, said, title)
    assert time.process_time() - started < 1
