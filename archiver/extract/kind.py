"""Is this page an article? Judged from its structure, not from its subject.

Knows the marks that content systems leave on articles and on pages that list them, and how the
two differ in text and links. A page that says nothing is judged by its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from archiver.dom import Document, classes_of, text_of
from archiver.extract.structured import ARTICLE_TYPES, LISTING_TYPES, Said
from archiver.outcomes import Outcome

_LISTING_BODY: Final = frozenset([
    "home", "blog", "archive", "category", "tag", "author", "search", "search-results",
    "search-no-results", "error404", "date", "post-type-archive", "tax-post_tag", "front-page",
    "paged", "is-home", "is-archive",
])  # fmt: skip
"""Body classes of WordPress (``get_body_class``) on pages that are no single post."""
_SINGLE_BODY: Final = re.compile(
    r"^(?:single(?:-post|-format-\w+)?|postid-\d+|post-template-default|node-type-article|page-article|article-page)$"
)
_LISTING_PATH: Final = re.compile(
    r"^/?(?:[a-z]{2}(?:-[a-z]{2})?/)?$|/(?:category|categories|tag|tags|topic|topics|author|authors|archives?|search|"
    r"label|schlagwort|kategorie|rubrik|autor|etiqueta|categoria)/(?:[^/]+/?){0,3}$|/page/\d+/?$|^/(?:index|home)\.\w+$|"
    r"^/\d{4}(?:/\d{1,2}){0,2}/?$",
    re.IGNORECASE,
)
_SEARCH_KEYS: Final = frozenset({"s", "q", "query", "search"})
ENOUGH_CHARS: Final = 250
"""A text shorter than this is an article only when the page says so (Trafilatura's own floor for
a main text that needs no rescue)."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the other readers of the page have found, as far as its kind depends on it."""

    text_chars: int
    link_chars: int
    """Signs of the text that are links."""
    has_title: bool
    has_date: bool
    has_author: bool
    is_by_rule: bool = False
    """True when the site's rules name the URL an article's."""


def judge(document: Document, said: Said, look: Look) -> Outcome:
    """ARTICLE or NOT_AN_ARTICLE."""
    if look.is_by_rule:
        return Outcome.ARTICLE if look.text_chars else Outcome.NOT_AN_ARTICLE
    if not look.text_chars:
        return Outcome.NOT_AN_ARTICLE
    score = _by_claims(said) + _by_address(document.url) + _by_body_class(document) + _by_text(look)
    if score > 0 and _cards(document) >= 6 and not _claims_article(said):
        score -= 2
    return Outcome.ARTICLE if score > 0 else Outcome.NOT_AN_ARTICLE


def _claims_article(said: Said) -> bool:
    return (said.first("og:type") or "").lower() in ("article", "news", "blog") or bool(
        said.types & ARTICLE_TYPES
    )


def _by_claims(said: Said) -> int:
    score = 0
    kind = (said.first("og:type") or "").lower()
    if kind in ("article", "news", "news.article", "blog", "video.other"):
        score += 3
    if said.types & ARTICLE_TYPES:
        score += 2
    if said.first("article:published_time", "article:section", "article:author"):
        score += 1
    if said.types & (LISTING_TYPES - {"website", "blog", "itemlist"}):
        score -= 4
    elif kind == "website" and not said.types & ARTICLE_TYPES:
        score -= 1
    return score


def _by_address(url: str) -> int:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if not parts.path.strip("/"):
        return 0 if {"p", "id", "page_id"} & set(query) else -6
    if _SEARCH_KEYS & set(query) and len(query) <= 2:
        return -4
    return -4 if _LISTING_PATH.search(parts.path) else 0


def _by_body_class(document: Document) -> int:
    body = document.tree.find("body")
    classes = classes_of(body) if body is not None else frozenset()
    if any(_SINGLE_BODY.match(name) for name in classes):
        return 3
    return -6 if classes & _LISTING_BODY else 0


def _by_text(look: Look) -> int:
    score = 0
    if look.text_chars >= ENOUGH_CHARS:
        score += 2
    if look.text_chars >= 4 * ENOUGH_CHARS:
        score += 1
    if look.link_chars > 0.5 * look.text_chars:
        score -= 4
    score += look.has_date + look.has_author
    return score - (0 if look.has_title else 1)


def _cards(document: Document) -> int:
    """How many headings of second or third rank are links and little else: rows of a listing."""
    count = 0
    for node in document.tree.iter("h2", "h3"):
        text = text_of(node)
        linked = sum(len(text_of(link)) for link in node.iter("a"))
        if text and linked >= 0.9 * len(text):
            count += 1
    return count
