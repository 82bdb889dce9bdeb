"""What is inside one comment of Drupal: author, time, text, permalink; each by a chain of evidence.

Knows the names that core's themes of five major versions gave to the parts, and RDFa, which core
printed under most of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urldefrag

from archiver.comments.drupal.records import PERMALINK
from archiver.comments.markup import (
    Calendar,
    digest_id,
    first_with,
    in_utc,
    is_control,
    markup_of,
    name_in,
    outward,
    parts_of,
)
from archiver.comments.shapes import epoch
from archiver.dom import Document, Node, classes_of, join, paragraphs_of, text_of
from archiver.model import Comment, ParentSource, Precision
from archiver.moments import Moment

_QUARTER: Final = timedelta(minutes=15)
"""Every zone is a whole number of quarters of an hour away from UTC."""
_FARTHEST: Final = timedelta(hours=14)
_BODY_NAMES = (
    "field--name-comment-body", "field-name-comment-body", "comment__content", "comment-body",
    "comment_content", "comment-content", "comment-text", "content",
)  # fmt: skip
_AUTHOR_NAMES = (
    "username", "comment__author", "comment-author", "comment-username", "author-name", "author",
    "comment-submitted", "comment__submitted", "submitted", "comment__meta", "attribution", "metas",
    "comment-meta", "meta",
)  # fmt: skip
_TIME_NAMES = (
    "comment__time", "comment-time", "comment-date", "comment__submitted", "comment-submitted",
    "submitted", "created", "date", "metas", "comment__meta", "comment-meta", "meta",
)  # fmt: skip
_ASIDE = frozenset(
    {
        "links", "comment__links", "comment-links", "user-signature", "comment__title",
        "comment-actions", "visually-hidden", "element-invisible", "indented", "submitted",
        "permalink", "comment__permalink", "rate-widget", "comment__footer",
    }
)  # fmt: skip


def comment_of(
    node: Node,
    records: dict[Node, str],
    parents: dict[Node, tuple[str, ParentSource]],
    document: Document,
    calendar: Calendar,
) -> Comment | None:
    """The comment; None for one that is not published, and for an element without a text."""
    own = list(parts_of(node, records))
    if any({"preview", "comment-unpublished", "unpublished"} & classes_of(n) for n in own[:1]):
        return None
    body = _body(own)
    if body is None:
        return None
    author_node = _author_node(own, body)
    text = paragraphs_of(body, lambda n: n is author_node or _is_aside(n))
    if not text:
        return None
    author = name_in(text_of(author_node)) if author_node is not None else None
    moment = _moment(own, body, calendar)
    stamp = _timestamp(own)
    at_time = _instant(moment, epoch(stamp))
    raw = moment.raw if moment else stamp
    parent = parents.get(node)
    classes = classes_of(node)
    known = any("by-" in name for name in classes)
    user = outward(document, author_node) if author_node is not None else None
    number = records[node]
    return Comment(
        comment_id=number or digest_id(author, raw, text),
        text=text,
        parent_id=parent[0] if parent else None,
        parent_source=parent[1] if parent else None,
        author=author,
        author_id=_user_id(node),
        author_url=user if user and not PERMALINK.search(user) else None,
        is_article_author=True if _is_by_author(classes) else (False if known else None),
        published_at=at_time,
        published_raw=raw,
        published_precision=(
            moment.precision if moment else (Precision.SECOND if at_time else None)
        ),
        html=markup_of(body),
        permalink=_permalink(own, number, document),
    )


def _instant(moment: Moment | None, changed: datetime | None) -> datetime | None:
    """The time that the theme prints, in the zone that ``changed`` tells: of a comment that no one
    edited both are the same instant, and the printed one rarely names its zone."""
    printed = in_utc(moment)
    if printed is None or moment is None or changed is None:
        return printed or changed
    if moment.has_zone or moment.precision is not Precision.MINUTE:
        return printed
    offset = printed - changed.replace(second=0, microsecond=0)
    is_zone = abs(offset) <= _FARTHEST and offset % _QUARTER == timedelta(0)
    return changed.replace(second=0, microsecond=0) if is_zone else printed


def _body(own: list[Node]) -> Node:
    for node in own:
        if {"schema:text", "content:encoded"} & set((node.get("property") or "").split()):
            return node
    return first_with([n for n in own[1:] if n.tag not in ("ul", "footer", "header")], *_BODY_NAMES)


def _is_aside(node: Node) -> bool:
    return is_control(node) or bool(_ASIDE & classes_of(node))


def _author_node(own: list[Node], body: Node) -> Node:
    written = set(body.iter())
    around = [node for node in own[1:] if node not in written]
    for node in around:
        said = f"{node.get('property') or ''} {node.get('typeof') or ''}"
        is_name = ("foaf:name" in said or "schema:name" in said) and "Comment" not in said
        if is_name and node.tag in ("span", "a") and text_of(node):
            return node
    # Some themes print the line about the author inside what they name the content.
    named = first_with(around, *_AUTHOR_NAMES)
    named = named if named is not None else first_with(own[1:], "username", "submitted")
    if named is not None:
        bold = named.find(".//b")
        return bold if bold is not None and text_of(bold) else named
    heads = (node for node in around if node.tag in ("footer", "header", "h3", "h4", "h5", "h6"))
    return next((node for node in heads if text_of(node)), None)


def _timestamp(own: list[Node]) -> str | None:
    """Seconds since 1970: of the comment's last change, where it was edited."""
    said = (node.get("data-comment-timestamp") for node in own)
    return next((stamp for stamp in said if stamp), None)


def _moment(own: list[Node], body: Node, calendar: Calendar) -> Moment | None:
    written = set(body.iter())
    around = [node for node in own if node not in written]
    machine = [
        node
        for node in around
        if node.get("datetime")
        or "date" in (node.get("property") or "").lower()
        or "created" in (node.get("property") or "").lower()
    ]
    found = calendar.of(machine)
    if found is not None:
        return found
    named = first_with(around, *_TIME_NAMES)
    named = named if named is not None else first_with(own[1:], "submitted")
    spoken = [named] if named is not None else []
    spoken += [n for n in around if n.tag in ("footer", "header", "h3", "h4", "h5", "h6", "p")]
    return calendar.of(spoken)


def _user_id(node: Node) -> str | None:
    said = node.get("data-comment-user-id") or ""
    return str(said) if said.isdecimal() and said != "0" else None


def _is_by_author(classes: frozenset[str]) -> bool:
    return bool({"comment-by-node-author", "by-node-author", "bynodeauthor"} & classes)


def _permalink(own: list[Node], number: str, document: Document) -> str | None:
    for node in own:
        found = PERMALINK.search(node.get("href") or "") if node.tag == "a" else None
        if found and number in (found[1], found[2]):
            return join(document.base_url, node.get("href"))
    return f"{urldefrag(document.url)[0]}#comment-{number}" if number else None
