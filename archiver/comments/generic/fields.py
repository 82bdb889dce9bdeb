"""What one record says: author, time, text, votes, id and permalink, each by a chain of evidence.

Knows what parts of comments are called, and how to do without names; which elements are records
is ``mining``'s to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urldefrag

from archiver.comments.generic.authors import author_in, author_url_of, signed_in
from archiver.comments.generic.content import content_of, text_in
from archiver.comments.generic.looks import COMMENT_PAGE, told_in
from archiver.comments.generic.mining import (
    DATE_SHAPE,
    DATED_ATTRIBUTES,
    is_dated,
    own_text,
)
from archiver.comments.generic.places import names_of, short_text
from archiver.comments.markup import Calendar, markup_of, path_of
from archiver.dom import Document, Node, join
from archiver.moments import Moment
from archiver.relative import read_relative

MOST_NODES: Final = 4_000
"""Of one record that are read."""
_NOWHEN: Final = 2100
"""Of a capture in that year or later: nobody knows when it was, and so not what "now" is."""
_COUNT = re.compile(
    r"^[(\[]?\s*[+]?(-?\d{1,6})\s*[)\]]?(?:\s*(?:points?|likes?|votes?|punkte?|pts))?$"
)
_LIKES = re.compile(
    r"(?:^|[-_])(?:up|ups|upvotes?|likes?|recommend\w*|plus|positive?|agree|thumbs?-?up|pro|empfehl\w*)(?:$|[-_])|vote-?up|like-?count|upvote"
)
_DISLIKES = re.compile(
    r"(?:^|[-_])(?:down|downvotes?|dislikes?|minus|negative?|disagree|thumbs?-?down|contra)(?:$|[-_])|vote-?down|dislike|downvote"
)
_SCORE = re.compile(r"(?:^|[-_])(?:score|points?|karma|votes?|rating|punkte)(?:$|[-_])")
_IDS = ("data-comment-id", "data-commentid", "data-comment", "data-id", "data-post-id",
        "data-cid", "data-message-id", "data-content-id", "data-uid", "data-key")  # fmt: skip
_ID = re.compile(r"^\D*(\d{1,20})$")


@dataclass(frozen=True, slots=True)
class Manner:
    """How this page writes: what reading each of its records needs to know."""

    document: Document
    calendar: Calendar
    roots: frozenset[Node]
    paths: frozenset[str]
    holders: frozenset[Node]
    """Records in which others lie."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one record says."""

    node: Node
    author: str | None
    author_url: str | None
    moment: Moment | None
    raw: str | None
    text: str
    html: str | None
    number: str | None
    permalink: str | None
    likes: int | None
    dislikes: int | None
    score: int | None


def read_record(record: Node, parts: tuple[Node, ...], manner: Manner) -> Said:
    """What a record says, which is one element or several, without the records in it."""
    own = [
        node
        for part in parts
        for node, is_tail, _ in islice(told_in(part, manner.roots), MOST_NODES)
        if not is_tail
    ]
    dated = [node for node in own if is_dated(node)]
    author_node, author = author_in(own, dated, record)
    moment, raw = _moment(dated, manner)
    for content in dict.fromkeys((content_of(own, record, author_node), None)):
        roots = parts if content is None else (content,)
        texts = [text_in(root, content, manner.roots, author_node, author, dated) for root in roots]
        text = "\n\n".join(filter(None, texts))
        if text:
            break  # what was named for a text held one
    # Without the replies in it there is no markup of such a record, and with them it would grow
    # with the square of their depth.
    holds_others = content is None and record in manner.holders
    if author is None:
        author, text = signed_in(text)
    likes, dislikes, score = _votes(own)
    permalink = _permalink(own, manner)
    return Said(
        node=record,
        author=author,
        author_url=author_url_of(author_node, manner.document),
        moment=moment,
        raw=raw,
        text=text,
        html="".join(map(markup_of, roots)) if text and not holds_others else None,
        number=_number(own, record, permalink),
        permalink=permalink,
        likes=likes,
        dislikes=dislikes,
        score=score,
    )


def _moment(dated: list[Node], manner: Manner) -> tuple[Moment | None, str | None]:
    """(when, as written): what is told for machines, else in words, else from now."""
    spoken: list[str] = []
    for node in dated:
        for name in ("datetime", *DATED_ATTRIBUTES):
            value = node.get(name)
            if value and len(value) <= 100 and (found := manner.calendar.read(value)):
                return found, found.raw
        spoken += [own_text(node), short_text(node, 160)]
    lines = [line for line in dict.fromkeys(spoken) if line]
    for line in lines:
        if found := manner.calendar.read(line):
            shape = DATE_SHAPE.search(line)
            return found, line[shape.start() :] if shape else line
    for line in lines:
        shape = DATE_SHAPE.search(line)
        told = line
        if found := read_relative(told, now=manner.calendar.latest, assumed=manner.calendar.zone):
            is_known = manner.calendar.latest.year < _NOWHEN
            return (found if is_known else None), found.raw
    return None, None


def _votes(own: list[Node]) -> tuple[int | None, int | None, int | None]:
    likes = dislikes = score = None
    for node in own:
        if len(node) > 2:
            continue
        text = short_text(node, 24)
        found = _COUNT.match(text) if text else None
        if not found:
            continue
        called = " ".join(n for p in (node, *islice(node.iterancestors(), 2)) for n in names_of(p))
        names = called.split()
        if dislikes is None and any(map(_DISLIKES.search, names)):
            dislikes = abs(int(found[1]))
        elif likes is None and any(map(_LIKES.search, names)):
            likes = int(found[1])
        elif score is None and any(map(_SCORE.search, names_of(node))):
            score = int(found[1])
    return likes, dislikes, score


def _permalink(own: list[Node], manner: Manner) -> str | None:
    """The address of the record on this page."""
    for link in own:
        href = link.get("href") if link.tag == "a" else None
        if not href or "#" not in href:
            continue
        target, fragment = urldefrag(href)
        if any(map(str.isdecimal, fragment)) and not re.search(
            r"respond|reply|form", fragment, re.I
        ):
            if not target:
                return f"{manner.document.url}#{fragment}"
            if path_of(manner.document.base_url, COMMENT_PAGE.sub("", target)) in manner.paths:
                return join(manner.document.base_url, href)
    return None


def _number(own: list[Node], record: Node, permalink: str | None) -> str | None:
    """The record's own id: an attribute of it or of its first elements, else its permalink's."""
    for node in (record, *islice((n for n in own if n is not record), 6)):
        for name in _IDS:
            value = (node.get(name) or "").strip()
            if value and len(value) <= 80 and any(map(str.isdecimal, value)):
                return value
        value = (node.get("id") or (node.get("name") if node.tag == "a" else "") or "").strip()
        if value and any(map(str.isdecimal, value)) and len(value) <= 80:
            found = _ID.match(value)
            return found[1] if found else value
    if permalink:
        fragment = urldefrag(permalink)[1]
        found = _ID.match(fragment)
        return found[1] if found else fragment
    return None
