"""Who could read an article: declarations, and barriers in the page."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract.access import access_of
from archiver.extract.structured import read_said
from archiver.model import Access
from tests.pages import document

LONG = "A sentence of the article that goes on for a while. " * 5
OFFER = (
    '<div class="c-paywall__box"><h3>Read on</h3><p>Subscribe now and read everything from 1 euro a month.</p>'
    '<a href="/buy">Subscribe</a> <a href="/login">Log in</a></div>'
)


def not_free(selector: str | None = None) -> str:
    part = f', "hasPart": {{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": "{selector}"}}'
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false'
        f"{part if selector else ''}}}</script>"
    )


@pytest.mark.parametrize(
    ("head", "body", "text_chars", "access", "source"),
    [
        pytest.param('<meta property="article:content_tier" content="metered">', OFFER, 5000, Access.METERED, "meta", id="tier"),
        pytest.param('<meta property="article:content_tier" content="locked">', "", 5000, Access.PAYWALLED, "meta", id="locked"),
        pytest.param(not_free(), "", 5000, Access.PAYWALLED, "json-ld", id="JSON-LD"),
        pytest.param('<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":"True"}</script>', OFFER, 5000,
                     Access.FREE, "json-ld", id="declared free"),
        pytest.param('<script type="application/ld+json">{"@type":"WebPage","isAccessibleForFree":true}</script>', "", 5000,
                     Access.FREE, "json-ld", id="declared by the page"),
        pytest.param(not_free(".paid"), f'<div class="paid"><p>{LONG}</p></div>', 5000, Access.PAYWALLED, "json-ld",
                     id="locked part was delivered"),
        pytest.param(not_free(".paid"), '<div class="paid"></div>', 5000, Access.TRUNCATED, "json-ld", id="locked part is empty"),
        pytest.param(not_free(".paid"), "", 5000, Access.TRUNCATED, "json-ld", id="locked part is not there"),
        pytest.param(not_free("main > p:nth-child(3)"), "", 5000, Access.PAYWALLED, "json-ld", id="part that nobody finds"),
        pytest.param("", OFFER, 5000, Access.PAYWALLED, "markup", id="barrier"),
        pytest.param("", OFFER, 300, Access.TRUNCATED, "markup", id="barrier after a teaser"),
        pytest.param("", OFFER.replace("c-paywall__box", "leaky_paywall_message_wrap"), 5000, Access.PAYWALLED, "markup", id="vendor"),
        pytest.param("", f'<div class="paywall"><h1>A</h1><p>{LONG}</p><a href="/">x</a></div>', 5000, None, None, id="wrapper"),
        pytest.param("", f'<div class="paywall"><p>{LONG * 2}</p><a href="/">x</a></div>', 5000, None, None, id="the text itself"),
        pytest.param("", '<div class="paywall-root"></div>', 300, None, None, id="empty"),
        pytest.param("", "", 300, None, None, id="nothing said"),
    ],
)  # fmt: skip
def test_access_is_declared_or_seen_at_the_barrier(
    head: str, body: str, text_chars: int, access: Access | None, source: str | None
) -> None:
    made = document(body, head=head)
    assert access_of(made, read_said(made), text_chars) == (access, source)
