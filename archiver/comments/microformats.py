"""Comments marked up with microformats: ``u-comment h-cite`` inside an ``h-entry``, and the older
hAtom, where a comment is an entry itself.

Shapes: the vocabulary of h-entry and h-cite (microformats.org) and public examples of pages that
use it. Likes, reposts and bare mentions are no comments. A comment's ``u-url`` may lead to another
site: the reply stands there, and is shown here. Checked against its published shape only, no server
was asked.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from archiver.comments.markup import (
    Calendar,
    areas_of,
    calendar_of,
    digest_id,
    first_with,
    in_utc,
    in_widget,
    is_control,
    markup_of,
    name_in,
    nearest,
    parts_of,
)
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.dom import Document, Node, classes_of, finder, join, paragraphs_of, text_of
from archiver.model import Comment, ParentSource, Thread

NAME: Final = "microformats"

_RECORDS = finder(
    "descendant::*/@class[contains(., 'h-cite') or contains(., 'u-comment')"
    " or contains(., 'p-comment') or contains(., 'hentry')]/.."
)
_COMMENT = frozenset({"u-comment", "p-comment"})
_CITED = frozenset({"h-cite", "h-entry", "h-as-comment", "hentry"})
_REACTIONS = frozenset({"u-like", "p-like", "u-repost", "p-repost", "u-mention", "u-bookmark"})
_TEXTS = ("e-content", "p-content", "p-summary", "entry-content", "comment-content", "p-name")
_TIMES = ("dt-published", "published", "dt-updated", "updated")
_LINKS = ("u-url", "u-uid", "bookmark", "permalink")
_ID = re.compile(r"(?:comment|reply|mention|c|r)[-_]?(\d{1,20}|[0-9a-f]{8,40})$", re.IGNORECASE)


def find(document: Document) -> Finding | None:  # noqa: ARG001
    """None: what else there is, the markup does not say."""
    return None


def owns(url: str) -> bool:  # noqa: ARG001
    """False: it is a markup, no server."""
    return False


def read(document: Document) -> Found | None:
    """The comments in the page, each below the one it lies in."""
    if not _is_here(document):
        return None
    marked = [node for node in _RECORDS(document.tree) if _is_comment(node)]
    marked = [node for node in marked if not in_widget(node)]
    if not marked:
        return None
    calendar, others = calendar_of(document), frozenset(marked)
    read_as: dict[Node, Comment] = {}
    for node in marked:
        comment = _comment(node, others, document, calendar)
        if comment is not None:
            read_as[node] = comment
    if not read_as:
        return None
    ids = {node: comment.comment_id for node, comment in read_as.items()}
    comments = tuple(_below(comment, nearest(node, ids)) for node, comment in read_as.items())
    return Found(Thread(NAME, comments), tuple(areas_of(read_as)))


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001
    """None: it is a markup, no server."""
    return None


def _is_here(document: Document) -> bool:
    hints = document.hints
    if "h-cite" in hints or "u-comment" in hints:
        return True
    return "hentry" in hints and any(
        "hentry" in wording and "comment" in wording for wording in document.named
    )


def _is_comment(node: Node) -> bool:
    """True for a cited comment, and for hAtom's entry that is named a comment."""
    classes = classes_of(node)
    if classes & _REACTIONS:
        return False
    return bool((classes & _COMMENT and classes & _CITED) or {"hentry", "comment"} <= classes)


def _comment(
    node: Node, marked: frozenset[Node], document: Document, calendar: Calendar
) -> Comment | None:
    own = list(parts_of(node, marked))
    card = first_with(own[1:], "p-author", "u-author", "author", "vcard", "h-card")
    inside = set(card.iter()) if card is not None else set()
    body = first_with([n for n in own[1:] if n not in inside], *_TEXTS)
    if body is None:
        return None
    text = paragraphs_of(body, lambda n: n in inside or is_control(n))
    if not text:
        return None
    named = first_with(card.iter(), "p-name", "fn") if card is not None else None
    home = _link(list(card.iter("a")), document, "u-url", "url") if card is not None else None
    author = name_in(text_of(named if named is not None else card)) if card is not None else None
    beside = [n for n in own if n not in inside]
    moment = calendar.of(n for name in _TIMES for n in beside if name in classes_of(n))
    if author is None and moment is None:
        return None
    permalink = _link(beside, document, *_LINKS)
    raw = moment.raw if moment else None
    found = _ID.search(node.get("id") or "")
    return Comment(
        comment_id=found[1] if found else digest_id(author, raw, text),
        text=text,
        author=author,
        author_url=home,
        published_at=in_utc(moment),
        published_raw=raw,
        published_precision=moment.precision if moment else None,
        html=markup_of(body),
        permalink=permalink,
    )


def _link(nodes: list[Node], document: Document, *names: str) -> str | None:
    for name in names:
        for node in nodes:
            if name in classes_of(node) and node.get("href"):
                return join(document.base_url, node.get("href"))
    only = nodes[0] if nodes and nodes[0].tag == "a" and nodes[0].get("href") else None
    return join(document.base_url, only.get("href")) if only is not None else None


def _below(comment: Comment, parent: str | None) -> Comment:
    if parent is None or parent == comment.comment_id:
        return comment
    return replace(comment, parent_id=parent, parent_source=ParentSource.NESTING)
