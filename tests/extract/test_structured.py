"""What pages say for machines, and how it is broken."""

from __future__ import annotations

import json

import pytest

from archiver.extract.structured import Claims, Said, read_said
from tests.pages import URL, document


def said_of(*scripts: str, head: str = "") -> Said:
    tags = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return read_said(document("", head=head + tags))


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "mainEntityOfPage": {"@type": "WebPage", "@id": URL},
    "headline": "A &amp;quot;bridge&amp;quot; returns",
    "author": [{"@type": "Person", "name": "Ann Lee", "url": "/ann"}, "Bob Ray"],
    "publisher": {"@type": "Organization", "name": "The Paper"},
    "datePublished": "2026-05-01T08:00:00+02:00",
    "keywords": "bridge, river",
    "isAccessibleForFree": "False",
    "image": [{"@type": "ImageObject", "url": "https://paper.example/a.jpg"}],
}

CLAIMS = Claims(
    type="newsarticle",
    url=URL,
    headline='A "bridge" returns',
    authors=(("Ann Lee", "/ann", "person"), ("Bob Ray", None, "")),
    publisher="The Paper",
    published="2026-05-01T08:00:00+02:00",
    keywords=("bridge", "river"),
    images=("https://paper.example/a.jpg",),
    is_free=False,
)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(json.dumps(ARTICLE), id="object"),
        pytest.param(json.dumps([{"@type": "Organization"}, ARTICLE]), id="list"),
        pytest.param(json.dumps({"@graph": [{"@type": "WebSite"}, ARTICLE]}), id="graph"),
        pytest.param(f"<!-- {json.dumps(ARTICLE)} -->", id="in a comment"),
        pytest.param(f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>", id="in CDATA"),
        pytest.param(json.dumps(ARTICLE)[:-1] + ",}", id="comma before the end"),
        pytest.param(
            json.dumps(ARTICLE).replace("Bob Ray", "Bob\nRay"), id="raw line end in a string"
        ),
        pytest.param(json.dumps(ARTICLE) + ";", id="semicolon"),
    ],
)
def test_article_is_found_in_json_ld(script: str) -> None:
    assert said_of(script).article == CLAIMS


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "null",
        "17",
        '"text"',
        "[" * 100_000,
        '{"@type": 17}',
        '{"@type": "NewsArticle"',
        "{]}",
    ],
)
def test_broken_json_ld_says_nothing(script: str) -> None:
    assert said_of(script).article == Claims()


@pytest.mark.parametrize(
    "value", [17, [], {}, [[]], {"name": {}}, [None, {"name": 3}], True, "", " "]
)
@pytest.mark.parametrize(
    "name",
    ["headline", "author", "datePublished", "keywords", "image", "inLanguage", "license", "url"],
)
def test_lying_json_ld_never_raises(name: str, value: object) -> None:
    assert said_of(json.dumps({**ARTICLE, name: value})).article.type == "newsarticle"


def test_of_several_articles_the_one_that_names_this_page_speaks() -> None:
    other = {**ARTICLE, "mainEntityOfPage": "https://paper.example/other/", "headline": "Other"}
    assert said_of(json.dumps([other, ARTICLE])).article == CLAIMS


def test_author_by_reference_is_resolved() -> None:
    graph = [
        {**ARTICLE, "author": {"@id": "#ann"}},
        {"@type": "Person", "@id": "#ann", "name": "Ann Lee"},
    ]
    assert said_of(json.dumps({"@graph": graph})).article.authors == (("Ann Lee", None, "person"),)


def test_meta_and_links_are_read_by_lower_case_name() -> None:
    said = said_of(
        head='<meta property="OG:Title" content=" A  title "><meta name="author" content="">'
        '<meta name="author" content="Ann"><link rel="Canonical alternate" href="/x">'
    )
    assert said.first("og:title") == "A title"
    assert said.first("author", "og:title") == "Ann"
    assert said.links == {
        "canonical": ("https://paper.example/x",),
        "alternate": ("https://paper.example/x",),
    }
