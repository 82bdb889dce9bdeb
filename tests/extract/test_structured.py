"""What pages say for machines, and how it is broken."""

# ruff: noqa: E501 - JSON-LD is shown whole

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
        pytest.param(json.dumps(ARTICLE).replace('"', "&quot;"), id="escaped for HTML"),
        pytest.param(
            json.dumps(ARTICLE) + json.dumps({"@type": "Person"}), id="a second value behind it"
        ),
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


def test_what_cannot_be_mended_still_tells_its_plain_claims() -> None:
    broken = json.dumps(ARTICLE).replace('"Bob Ray"', '"Bob "Bridge" Ray"')
    assert said_of(broken).article == Claims(
        type="newsarticle", headline='A "bridge" returns', published="2026-05-01T08:00:00+02:00"
    )


def test_article_under_another_address_and_title_is_not_this_pages() -> None:
    other = {
        **ARTICLE,
        "mainEntityOfPage": "https://paper.example/other/",
        "headline": "Snow in May",
    }
    title = "<title>A bridge returns | The Paper</title>"
    assert said_of(json.dumps(other), head=title).article == Claims()


@pytest.mark.parametrize(
    "claims",
    [
        {"headline": "A bridge returns to the river"},
        {"mainEntityOfPage": "https://www.paper.example/2026/05/a-story?utm=1"},
        {"mainEntityOfPage": None},
    ],
    ids=["title of this page", "address of this page", "no address at all"],
)
def test_article_with_one_mark_of_this_page_speaks(claims: dict[str, str | None]) -> None:
    other = {
        **ARTICLE,
        "mainEntityOfPage": "https://paper.example/other/",
        "headline": "Snow in May",
    }
    title = "<title>A bridge returns to the river | The Paper</title>"
    assert said_of(json.dumps({**other, **claims}), head=title).article.published is not None


def test_of_a_graph_of_articles_the_one_with_the_pages_title_speaks() -> None:
    teasers = [
        {"@type": "NewsArticle", "headline": f"Story number {n}", "author": "Zed", "image": "/z.jpg",
         "datePublished": "2026-05-09", "dateModified": "2026-05-09"}
        for n in range(3)
    ]  # fmt: skip
    own = {"@type": "NewsArticle", "headline": "A bridge returns", "datePublished": "2026-05-01"}
    graph = json.dumps({"@graph": [*teasers, own]})
    head = '<meta property="og:title" content="A bridge returns">'
    assert said_of(graph, head=head).article == Claims(
        type="newsarticle", headline="A bridge returns", published="2026-05-01"
    )


def test_page_speaks_beside_its_article() -> None:
    page = {
        "@type": "WebPage", "datePublished": "2026-05-01", "dateModified": "2026-05-02", "isAccessibleForFree": "True",
        "breadcrumb": {"@type": "BreadcrumbList", "itemListElement": [
            {"@type": "ListItem", "name": "Home"}, {"@type": "ListItem", "item": {"name": "Local"}}]},
    }  # fmt: skip
    said = said_of(json.dumps(page))
    assert (said.page_published, said.page_modified, said.page_is_free, said.trail, said.article) == (
        "2026-05-01", "2026-05-02", True, ("Home", "Local"), Claims(),
    )  # fmt: skip


def test_parts_that_are_not_free_are_named() -> None:
    parts = [
        {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"},
        {"@type": "WebPageElement", "isAccessibleForFree": True, "cssSelector": ".teaser"},
        {"@type": "WebPageElement", "isAccessibleForFree": "false", "cssSelector": ["#a", "#b"]},
    ]
    article = said_of(json.dumps({**ARTICLE, "hasPart": parts})).article
    assert article.locked_selectors == (".paid", "#a", "#b")


def test_json_ld_kept_in_a_meta_tag_is_read() -> None:
    content = json.dumps(ARTICLE).replace('"', "&quot;")
    assert said_of(head=f'<meta name="script:ld+json" content="{content}">').article == CLAIMS


def test_links_of_styles_and_icons_are_left_out() -> None:
    head = '<link rel="stylesheet" href="/a.css"><link rel="shortcut icon" href="/i.ico">'
    assert said_of(head=head).links == {}
