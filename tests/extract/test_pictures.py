"""The pictures of an article: which, in what order, with what caption."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract.pictures import images_of
from archiver.extract.structured import read_said
from archiver.model import Image
from tests.pages import document

TEXTS = frozenset({"First.", "Second."})
OG = "<meta property='og:image' content='/lead.jpg'>"
LD = '<script type="application/ld+json">{"@type": "Article", "image": "/lead.jpg"}</script>'
TWITTER = "<meta name='twitter:image' content='/lead.jpg'>"


def test_pictures_are_the_lead_and_those_in_the_text() -> None:
    made = document(
        "<article><figure><img src='/a-300x200.jpg' alt='The bridge'><figcaption>By night</figcaption>"
        "</figure><p>First.</p><img data-src='/b.jpg' src='data:image/gif;base64,R0'><p>Second.</p>"
        "<img src='/avatar.png' class='avatar'></article><div class='related'><img src='/c.jpg'></div>",
        head="<meta property='og:image' content='https://paper.example/a.jpg'>",
    )
    assert images_of(made, read_said(made), TEXTS) == (
        (
            Image("https://paper.example/a.jpg", "By night", "The bridge", is_lead=True),
            Image("https://paper.example/b.jpg"),
        ),
        "og",
    )


@pytest.mark.parametrize(
    ("head", "source"), [(OG + LD, "og"), (LD + TWITTER, "json-ld"), (TWITTER, "meta")]
)
def test_source_is_who_names_the_lead(head: str, source: str) -> None:
    made = document("", head=head)
    lead = Image("https://paper.example/lead.jpg", is_lead=True)
    assert images_of(made, read_said(made), TEXTS) == ((lead,), source)


@pytest.mark.parametrize(
    "markup",
    [
        "<img src='/b.jpg' width='16'>",
        "<img src='data:image/png;base64,R0'>",
        "<img>",
        "<aside><div><img src='/b.jpg'></div></aside>",
        "<div class='teaser'><span><img src='/b.jpg'></span></div>",
        "<img src='/site-logo.svg'>",
    ],
    ids=["small", "inline", "empty", "aside", "teaser", "logo"],
)
def test_what_adorns_a_page_is_no_picture_of_the_article(markup: str) -> None:
    body = f"<article><p>First.</p>{markup}<img src='/own.jpg'><p>Second.</p></article>"
    made = document(body)
    assert images_of(made, read_said(made), TEXTS) == (
        (Image("https://paper.example/own.jpg"),),
        "markup",
    )


def test_page_without_the_text_has_no_pictures_but_the_lead() -> None:
    made = document("<p>Else.</p><img src='/b.jpg'>")
    assert images_of(made, read_said(made), TEXTS) == ((), None)
