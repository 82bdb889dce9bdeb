"""The line above a comment, and when it was written.

Knows that a comment's link to itself stands beside its time, and how times stand there: for
machines, for readers, told from now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timezone

from lxml import etree

from archiver.comments.wordpress.addresses import MARK
from archiver.comments.wordpress.records import Record
from archiver.comments.wordpress.roles import NO_RANK, Roles
from archiver.dom import BLOCKS, Document, Node, text_of
from archiver.model import Precision
from archiver.moments import Moment, may_hold_date, read_moment
from archiver.relative import read_relative

_LONGEST_BYLINE = 140
_LONGEST_LOOSE = 40


@dataclass(frozen=True, slots=True)
class Manner:
    """How this page writes: what reading each of its comments needs to know."""

    document: Document
    zone: timezone
    month_first: bool
    known_classes: bool
    """True when the theme prints ``get_comment_class``, so that a missing class says something."""
    is_page: bool
    """False for a piece of one, which has no address of its own."""
    is_wpdiscuz: bool
    numbers: frozenset[str]
    """Of all comments on the page."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The elements of one comment, each with what its classes say."""

    roots: list[Node]
    nodes: list[tuple[Node, Roles]]

    def ranked(self, kind: str) -> Iterator[Node]:
        """The elements of this kind with a text, the surest first, in page order."""
        found = [
            (rank, n, node)
            for n, (node, roles) in enumerate(self.nodes)
            if (rank := getattr(roles, kind)) < NO_RANK
        ]
        return (node for _, _, node in sorted(found, key=lambda item: item[:2]))


def byline_of(record: Record, parts: Parts, inside: set[Node]) -> Node:
    """The block around the comment's link to itself, or around its time: it holds no text."""
    links = (n for n, _ in parts.nodes if n not in inside and is_permalink(n, record))
    link = next(links, None)
    if link is None:
        dated = (n for n in parts.ranked("date") if n not in inside and not is_long(n))
        return next((n for n in dated if may_hold_date(text_of(n))), None)
    line = link
    for place in link.iterancestors():
        if place in parts.roots or is_long(place):
            break
        if place.tag in BLOCKS:
            # A line of its own; what holds other blocks may be the whole of a short comment.
            inner = (n for n in place.iterdescendants(etree.Element) if n.tag in BLOCKS)
            return line if next(inner, None) is not None else place
        line = place
    return line


def is_permalink(node: Node, record: Record) -> bool:
    """True for a link to the comment itself, unless it is there to answer it."""
    if node.tag != "a" or is_reply(node):
        return False
    found = MARK.fullmatch((node.get("href") or "").rpartition("#")[2])
    return found is not None and found[1] == record.number


def is_long(node: Node) -> bool:
    """True for an element that holds more than a name and a time."""
    return len(text_of(node)) > _LONGEST_BYLINE


def moment_of(
    record: Record, parts: Parts, not_here: set[Node], byline: Node, manner: Manner
) -> Moment | None:
    """When it was written, as machines are told, else as readers are. ``not_here``: elements that
    are the text or the name."""
    latest = manner.document.captured_at
    told = (n.get("datetime") for n, _ in parts.nodes if n.get("datetime") and n not in not_here)
    moments = (read_moment(text, latest=latest, assumed=manner.zone) for text in told)
    machine = next(filter(None, moments), None)
    if machine is not None and machine.precision is not Precision.DAY:
        return machine
    outer = [n for n, _ in parts.nodes if n not in not_here]
    dated = [n for n in outer if n.tag == "time" or is_permalink(n, record)]
    dated += [n for n in parts.ranked("date") if n not in not_here]
    dated += [byline] if byline is not None else []
    spoken = [*dated, *(n for n in outer if n.tag in ("a", "abbr", "small", "em", "span"))]
    for node in spoken:
        for text in (node.get("title") or "", text_of(node)):
            if not 6 <= len(text) <= 200 or not may_hold_date(text):
                continue
            moment = read_moment(
                text, latest=latest, assumed=manner.zone, month_first=manner.month_first
            )
            if moment is not None:
                is_finer = machine is None or moment.at.date() == machine.at.date()
                return moment if is_finer else machine
    if machine is not None:
        return machine
    loose = map(_loose, outer)
    beside = (read_moment(text, latest=latest, assumed=manner.zone) for text in loose if text)
    if (written := next(filter(None, beside), None)) is not None:
        return written
    since = (read_relative(text_of(n), now=latest, assumed=manner.zone) for n in dated)
    return next(filter(None, since), None) if latest.year < MAXYEAR else None


def edited_at(parts: Parts, manner: Manner) -> datetime | None:
    """When it was changed last, as wpDiscuz tells it ("Last edited 2 hours ago by Ann")."""
    now = manner.document.captured_at
    if not manner.is_wpdiscuz or now.year == MAXYEAR:
        return None
    for node, _ in parts.nodes:
        if "last-edited" in (node.get("class") or ""):
            moment = read_relative(text_of(node), now=now, assumed=manner.zone)
            return moment.at.astimezone(UTC) if moment is not None else None
    return None


def is_reply(node: Node) -> bool:
    """True for the link that opens the form for an answer."""
    if node.tag != "a":
        return False
    href = node.get("href") or ""
    return "replytocom=" in href or "#respond" in href or "reply-link" in (node.get("class") or "")


def _loose(node: Node) -> str:
    """A date that stands behind an element, in none of its own."""
    text = (node.tail or "").strip()
    return text if 6 <= len(text) <= _LONGEST_LOOSE and may_hold_date(text) else ""
