"""Section and tags, each from its sources."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import json

import pytest

from archiver.extract.structured import read_said
from archiver.extract.topics import read_section, read_tags
from tests.pages import document


def script(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def trail(*names: str) -> str:
    crumbs = [
        {"@type": "ListItem", "position": n, "item": {"name": name}}
        for n, name in enumerate(names, 1)
    ]
    return script({"@type": "BreadcrumbList", "itemListElement": crumbs})


TITLE = '<meta property="og:title" content="The bridge returns">'


@pytest.mark.parametrize(
    ("head", "body", "section", "source"),
    [
        (script({"@type": "Article", "articleSection": ["Local", "News"]}), "", "Local", "json-ld"),
        ('<meta property="article:section" content="Local">' + trail("Home", "News", "A"), "", "Local", "meta"),
        ("", '<a rel="category tag" href="/c/local">Local</a>', "Local", "markup"),
        (TITLE + trail("Home", "News", "Local", "The bridge returns"), "", "Local", "json-ld"),
        (TITLE + trail("Home", "News", "Local"), "", "Local", "json-ld"),
        (TITLE + trail("Home", "The bridge returns"), "", None, None),
        ("", '<ol class="breadcrumbs"><li><a href="/">Home</a><li><a href="/local/">Local</a><li>The bridge</ol>', "Local", "markup"),
        ("", '<ol class="breadcrumbs"><li><a href="/">Home</a><li>The bridge</ol>', None, None),
    ],
    ids=["JSON-LD", "meta", "category link", "trail to the article", "trail to the section", "trail without one",
         "shown trail", "shown trail without one"],
)  # fmt: skip
def test_section_is_taken_in_order_of_trust(
    head: str, body: str, section: str | None, source: str | None
) -> None:
    made = document(body, head=head)
    assert read_section(made, read_said(made)) == (section, source)


@pytest.mark.parametrize(
    ("head", "body", "tags", "source"),
    [
        ('<meta property="article:tag" content="bridge"><meta property="article:tag" content="river">'
         '<meta property="article:tag" content="bridge">', "", ("bridge", "river"), "og"),
        (script({"@type": "Article", "keywords": "bridge, river"}), "", ("bridge", "river"), "json-ld"),
        ('<meta name="keywords" content="x">', '<a rel="tag" href="/t/b">#bridge</a><a rel="category tag" href="/c/l">Local</a>',
         ("bridge",), "markup"),
        ('<meta name="keywords" content="bridge,, river ">', "", ("bridge", "river"), "meta"),
        ("", "", (), None),
    ],
    ids=["OpenGraph", "JSON-LD", "links", "keywords", "none"],
)  # fmt: skip
def test_tags_are_told_once_in_page_order(
    head: str, body: str, tags: tuple[str, ...], source: str | None
) -> None:
    made = document(body, head=head)
    assert read_tags(made, read_said(made)) == (tags, source)
