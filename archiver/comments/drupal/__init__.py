"""Drupal's own comments, from Drupal 6 to 11, in the markup of core themes and of those after them.

Shapes: Drupal core's twig templates; the markup of Drupal 6 and 7 from pages seen. Core itself
adds, whatever the theme, an anchor ``comment-N`` before each comment, ``div.indented`` around its
replies, the permalink ``/comment/N#comment-N``, ``data-comment-timestamp``, RDFa
(``sioc:reply_of``, ``schema:text``). Checked against saved pages only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urldefrag, urlencode, urlsplit, urlunsplit

from archiver.comments.drupal.parts import comment_of
from archiver.comments.drupal.records import is_here, parents_of, records_of
from archiver.comments.markup import (
    areas_of,
    calendar_of,
    number_in,
    own_paths,
    parts_of,
    path_of,
)
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.dom import Document, Node, classes_of, finder, join, text_of
from archiver.model import Ask, Thread

NAME: Final = "drupal"

_FORMS = finder("//form[contains(@class, 'comment-form') or starts-with(@id, 'comment-form')]")
_COUNTED = re.compile(r"comments?[_-]+(?:count|number|title)|title|count|header|head")
_PAGER = finder(".//a[contains(@href, 'page=')]/@href")
_NODE = re.compile(r"/node/(\d{1,12})/?$")
_SHORTLINK = finder("descendant::link[@rel='shortlink' or @rel='canonical']/@href")
_MOST_PAGES: Final = 1000


def find(document: Document) -> Finding | None:
    """The further pages of the thread, as the pager in the comment area links them."""
    if not is_here(document):
        return None
    records = records_of(document)
    if not records:
        return None
    areas = areas_of(records)
    asks = tuple(Ask(url) for url in _other_pages(document, areas))
    return Finding(_node_id(document), asks, _declared(areas, records))


def owns(url: str) -> bool:  # noqa: ARG001
    """False: its answers are pages, and are read as such."""
    return False


def read(document: Document) -> Found | None:
    """The comments on this page, each with the one that it stands under."""
    if not is_here(document):
        return None
    records = records_of(document)
    forms = _FORMS(document.tree)
    if not records:
        return Found(None, tuple(forms)) if forms else None
    calendar = calendar_of(document)
    parents = parents_of(records)
    comments = tuple(
        comment
        for node in records
        if (comment := comment_of(node, records, parents, document, calendar)) is not None
    )
    areas = areas_of(records)
    thread = Thread(NAME, comments, _declared(areas, records), _node_id(document))
    return Found(thread, (*areas, *forms))


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001
    """None: the further pages of a thread are pages like its first."""
    return None


def _declared(areas: list[Node], records: dict[Node, str]) -> int | None:
    """The number in a heading or a count of the comment area."""
    for area in areas:
        for node in parts_of(area, records):
            named = node.tag in ("h1", "h2", "h3", "h4") or any(
                _COUNTED.search(name) for name in classes_of(node)
            )
            text = text_of(node) if named else ""
            if 0 < len(text) <= 40 and (number := number_in(text)) is not None:
                return number
    return None


def _other_pages(document: Document, areas: list[Node]) -> Iterator[str]:
    """Addresses of the further pages; Drupal counts them from 0."""
    paths = own_paths(document)
    numbered: dict[int, str] = {}
    for area in areas:
        for href in _PAGER(area):
            url = urldefrag(join(document.base_url, str(href)) or "")[0]
            page = parse_qs(urlsplit(url).query).get("page", [""])[0]
            if page.isdecimal() and path_of(url, url) in paths:
                numbered[int(page)] = url
    if not numbered or max(numbered) > _MOST_PAGES:
        return
    said = parse_qs(urlsplit(document.url).query).get("page", [""])[0]
    here = int(said) if said.isdecimal() else 0
    pattern = urlsplit(numbered[max(numbered)])
    pairs = [pair for pair in parse_qsl(pattern.query) if pair[0] != "page"]
    for number in range(1, max(numbered) + 1):
        if number != here:
            query = urlencode([*pairs, ("page", str(number))])
            yield urlunsplit(pattern._replace(query=query))


def _node_id(document: Document) -> str | None:
    """The number of the page's node, where one of its addresses is still ``/node/N``."""
    for url in (document.url, *(str(href) for href in _SHORTLINK(document.tree))):
        found = _NODE.search(urlsplit(url).path)
        if found:
            return found[1]
    return None
