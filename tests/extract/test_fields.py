"""Headline, byline and page numbers, each from its sources."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract.byline import read_byline
from archiver.extract.headline import read_headline, without_site
from archiver.extract.names import split_names
from archiver.extract.pages import next_page_of, page_number_of
from archiver.extract.structured import read_said
from archiver.model import Author, Errand, Purpose
from tests.pages import URL, document, page


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee", ["Ann Lee"]),
        ("Von Ann Lee und Bob Ray", ["Ann Lee", "Bob Ray"]),
        ("By Ann Lee, Staff Writer", ["Ann Lee"]),
        ("Ann Lee, Bob Ray & Cy Dee", ["Ann Lee", "Bob Ray", "Cy Dee"]),
        ("Lee, Ann", ["Ann Lee"]),
        ("ann.lee@paper.example", []),
        ("https://paper.example/ann", []),
        ("Updated May 2, 2026", []),
        ("Written by: Ann Lee | Political editor", ["Ann Lee"]),
        ("", []),
    ],
)
def test_byline_is_split_into_names(byline: str, names: list[str]) -> None:
    assert split_names(byline) == names


def test_people_agencies_and_the_site_are_told_apart() -> None:
    made = document(
        "",
        head='<meta property="og:site_name" content="The Paper">'
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": ['
        '{"@type": "Person", "name": "Ann Lee", "url": "/ann"}, {"@type": "Organization", "name": "dpa"},'
        '{"@type": "Organization", "name": "The Paper"}]}</script>',
    )
    byline = read_byline(made, read_said(made), (), "The Paper")
    assert byline.authors == (Author("Ann Lee", "https://paper.example/ann"),)
    assert (byline.agencies, byline.source) == (("dpa",), "json-ld")


def test_byline_of_the_article_goes_before_one_in_a_sidebar() -> None:
    made = document(
        '<aside class="related"><span class="author">Bob Ray</span></aside>'
        '<article><header><p class="byline">By <a rel="author" href="/ann">Ann Lee</a></p></header></article>'
    )
    assert read_byline(made, read_said(made), (), None).authors == (
        Author("Ann Lee", "https://paper.example/ann"),
    )


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        pytest.param("<title>A bridge returns – The Paper</title>", "<h1>A bridge returns</h1>",
                     "A bridge returns", id="heading confirmed by the title"),
        pytest.param('<title>A bridge | The Paper</title><meta property="og:title" content="A bridge">',
                     '<h1 class="site-title">The Paper</h1>', "A bridge", id="site title is no headline"),
        pytest.param('<title>A bridge returns | The Paper</title>'
                     '<meta property="og:site_name" content="The Paper">', "", "A bridge returns",
                     id="site name cut off"),
        pytest.param("", "<h1>Only a heading</h1>", "Only a heading", id="heading alone"),
        pytest.param("<title>Brew – The Loopback Paper</title>", "<h1>Brew</h1>", "Brew", id="short"),
        pytest.param("", "", None, id="nothing"),
    ],
)  # fmt: skip
def test_headline_is_what_readers_see(head: str, body: str, title: str | None) -> None:
    made = document(body, head=head)
    assert read_headline(made, read_said(made), None)[0] == title


def test_dash_inside_a_headline_is_kept() -> None:
    assert without_site("Bridge – a long story of a short way across", set()) == (
        "Bridge – a long story of a short way across"
    )


PAGER = f'<div class="page-links">Pages: <a href="{URL}">1</a> <a href="{URL}3/">3</a></div>'


@pytest.mark.parametrize(
    ("url", "body", "number", "following"),
    [
        pytest.param(f"{URL}2/", PAGER, 2, f"{URL}3/", id="WordPress"),
        pytest.param("https://paper.example/apollo/11/", "", 1, None, id="a number that is a name"),
        pytest.param(URL, PAGER.replace("3", "2"), 1, f"{URL}2/", id="first page"),
        pytest.param(f"{URL}?page=2", f'<a rel="prev" href="{URL}">back</a>', 2, None, id="query"),
    ],
)
def test_page_number_is_told_from_the_pager(
    url: str, body: str, number: int, following: str | None
) -> None:
    made, parsed = page(body, url=url), document(body, url=url)
    assert (page_number_of(parsed, made), next_page_of(parsed, made)) == (number, following)


def test_errand_knows_the_page_number_best() -> None:
    made = page("", errand=Errand(Purpose.ARTICLE, page_number=4))
    assert page_number_of(document(""), made) == 4
