"""Komento, the comments of many Joomla sites: a flat list in which each names its parent.

Shapes: Komento's own templates of versions 1 and 2 (``li#kmt-N.kmt-item`` with ``parentid`` and
``depth``, ``.kmt-author`` or ``.author-kmt``, ``.kmt-time``, ``.kmt-text``), as copies of them in
public repositories and a saved page have them. Checked against its published shape and a saved page
only, no server was asked.
"""

from __future__ import annotations

import re
from typing import Final

from archiver.comments.markup import (
    Calendar,
    areas_of,
    calendar_of,
    first_with,
    in_utc,
    in_widget,
    is_control,
    markup_of,
    name_in,
    number_in,
    outward,
    parts_of,
)
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.dom import Document, Node, classes_of, finder, join, paragraphs_of, text_of
from archiver.model import Comment, ParentSource, Thread

NAME: Final = "komento"

_RECORDS = finder("descendant::*[starts-with(@id, 'kmt-') and contains(@class, 'kmt-item')]")
_ID = re.compile(r"kmt-(\d{1,12})")
_COUNTS = finder(
    "descendant::*[contains(@class, 'commentCounter') or contains(@class, 'kmt-title')]"
)


def find(document: Document) -> Finding | None:
    """What the page declares; further comments come by a request of the page's own script."""
    if "kmt-item" not in document.hints or not _records(document):
        return None
    return Finding(declared=_declared(document))


def owns(url: str) -> bool:  # noqa: ARG001
    """False: nothing is asked."""
    return False


def read(document: Document) -> Found | None:
    """The comments in the page, each with the parent that it names."""
    if "kmt-item" not in document.hints:
        return None
    records = _records(document)
    if not records:
        return None
    calendar = calendar_of(document)
    comments = tuple(
        comment
        for node in records
        if (comment := _comment(node, records, document, calendar)) is not None
    )
    return Found(
        Thread(NAME, comments, _declared(document)),
        tuple(areas_of(records, is_named=_is_komentos)),
    )


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001
    """None: nothing is asked."""
    return None


def _records(document: Document) -> dict[Node, str]:
    """The elements that are comments. A module of the newest ones has each article's title."""
    return {
        node: found[1]
        for node in _RECORDS(document.tree)
        if (found := _ID.fullmatch(node.get("id"))) is not None
        and not in_widget(node)
        and first_with(node.iter(), "kmt-content-title") is None
    }


def _comment(
    node: Node, records: dict[Node, str], document: Document, calendar: Calendar
) -> Comment | None:
    if node.get("published") == "0":
        return None
    own = list(parts_of(node, records))
    body = first_with(own, "kmt-text", "commentText")
    if body is None:
        return None
    text = paragraphs_of(body, is_control)
    if not text:
        return None
    person = first_with(own, "kmt-author", "author-kmt")
    stamp = first_with(own, "kmt-time")
    moment = calendar.of(stamp.iter()) if stamp is not None else None
    parent = _ID.fullmatch(node.get("parentid") or "")
    above = parent[1] if parent and parent[1] != "0" else None
    link = first_with(own, "kmt-timepermalink", "kmt-permalink")
    return Comment(
        comment_id=records[node],
        text=text,
        parent_id=above,
        parent_source=ParentSource.ATTRIBUTE if above else None,
        author=name_in(text_of(person)) if person is not None else None,
        author_url=outward(document, person) if person is not None else None,
        is_pinned="kmt-sticked" in classes_of(node) or None,
        published_at=in_utc(moment),
        published_raw=moment.raw if moment else None,
        published_precision=moment.precision if moment else None,
        html=markup_of(body),
        permalink=(
            join(document.base_url, link.get("href"))
            if link is not None and link.get("href")
            else f"{document.url}#kmt-{records[node]}"
        ),
    )


def _declared(document: Document) -> int | None:
    counts = (number_in(text_of(node)[:40]) for node in _COUNTS(document.tree))
    return next((count for count in counts if count is not None), None)


def _is_komentos(node: Node) -> bool:
    named = f"{node.get('id') or ''} {node.get('class') or ''}"
    return "kmt" in named or "komento" in named or "commentList" in named
