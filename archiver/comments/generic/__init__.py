"""Comments in markup that nobody wrote a module for, found by what all comments have in common.

Knows no platform. It asks where a page speaks of comments (``places``), finds records there that
climb in lock-step from their dates, buttons and names (``mining``), judges whether they are this
page's comments or look like them (``judging``), and reads them (``fields``, ``threads``).

Checked against pages of many publishers, none of which it was written for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from archiver.comments.generic.fields import Manner
from archiver.comments.generic.judging import FIRES_AT, Verdict, judge
from archiver.comments.generic.looks import Look, look_at, told_in
from archiver.comments.generic.mining import (
    Group,
    Mark,
    groups_of,
    is_dated,
    plain_names,
    seen_in,
)
from archiver.comments.generic.places import Places, places_of, short_text, traits
from archiver.comments.generic.threads import comments_of
from archiver.comments.generic.words import HEADING
from archiver.comments.markup import calendar_of, number_in, own_paths
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.dom import Document, Node, text_of
from archiver.model import Comment, Thread
from archiver.months import fold

NAME = "generic"

_FORM_FIELDS = ("textarea",)
_FEW_WORDS: Final = 100
"""Of a record or an area that is not compared with the whole page."""
MOST_COMPARED: Final = 40
"""Records of two groups, to tell which holds the other."""
MOST_CANDIDATES: Final = 12
"""For the only comment of a page, in one area."""


def find(document: Document) -> Finding | None:  # noqa: ARG001 - the protocol's
    """None: what is asked of whom only a platform's own module knows."""
    return None


def owns(url: str) -> bool:  # noqa: ARG001 - the protocol's
    """False: no address is known to answer with comments of an unknown kind."""
    return False


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001 - the protocol's
    """None: an answer is a page like others."""
    return None


def read(document: Document) -> Found | None:
    """The comments of the page, and the elements that hold them; ``None`` where none are."""
    places = places_of(document)
    if places is None:
        return None
    paths = own_paths(document)
    group = _best(document, places, paths)
    if group is not None:
        group = _with_absorbed(group, document, places, paths)
        held = frozenset(group.records)
        around = (_around(record, held) for record in group.records)
        holders = frozenset(place for place in around if place is not None)
        manner = Manner(document, calendar_of(document), held, paths, holders)
        comments = comments_of(group, manner)
        if len(comments) > 1 or (comments and _is_whole(comments[0])):
            areas = tuple(_areas(document, places, group))
            regions = (*areas, *_records_of(group, areas))
            thread = Thread(NAME, comments, _declared(places))
            return Found(thread, regions)
    regions = tuple(_areas(document, places, None))
    return Found(None, regions) if regions else None


def _best(document: Document, places: Places, paths: frozenset[str]) -> Group | None:
    """The group that most speaks for; of groups that hold each other, that of the comments."""
    verdicts: list[Verdict] = []
    taken: dict[Node, int] = {}
    for group in groups_of(places):
        count = len(group.records)
        around = (group.region, *islice(group.region.iterancestors(), 12))
        if any(taken.get(place, 0) >= count for place in around):
            continue  # a thread inside a comment that is found already
        verdict = judge(group, document, places, paths)
        if verdict is not None and verdict.fires:
            verdicts.append(verdict)
            for record in group.records:
                taken[record] = max(count, taken.get(record, 0))
    if not verdicts:
        return _single(document, places, paths)
    verdicts.sort(key=lambda verdict: -verdict.score)
    best = verdicts[0]
    for other in verdicts[1:]:
        if len(other.group.records) >= 1.5 * len(best.group.records) and _lies_in(other, best):
            best = other
    return best.group


def _lies_in(other: Verdict, best: Verdict) -> bool:
    """True when records of ``best`` are lists of records of ``other``."""
    held = set(best.group.records)
    inside = [
        record
        for record in other.group.records
        if record not in held and any(place in held for place in islice(record.iterancestors(), 12))
    ]
    if len(inside) < 0.8 * len(other.group.records):
        return False
    return _own_words(inside) >= 0.5 * _own_words(list(held))


def _own_words(nodes: list[Node]) -> int:
    """How many words the first of ``nodes`` hold."""
    return sum(
        len(text.split())
        for node in nodes[:MOST_COMPARED]
        for _, _, text in told_in(node, frozenset())
    )


def _with_absorbed(
    group: Group, document: Document, places: Places, paths: frozenset[str]
) -> Group:
    """The group with those like its records that lack its mark, in page order.

    Alike is what has the same tag and the names that all records have; without any, a sibling.
    A comment of the article's author has names of its own and perhaps another markup of its date.
    """
    if group.behind:
        return group
    held = frozenset(group.records)
    common = frozenset.intersection(*(frozenset(plain_names(r).split()) for r in held))
    parents = {} if common else {record.getparent() for record in held}
    tags = {record.tag for record in held}
    wanted = set(held)
    for ground in dict.fromkeys((*places.roots, group.region)):
        for node in seen_in(ground, places.shut):
            if node in held or node.tag not in tags:
                continue
            is_like = (
                common.issubset(plain_names(node).split())
                if common
                else node.getparent() in parents
            )
            if is_like and _is_like_comment(look_at((node,), held, document, paths)):
                wanted.add(node)
    if len(wanted) == len(held):
        return group
    return replace(group, records=tuple(n for n in document.tree.iter(*tags) if n in wanted))


def _is_like_comment(look: Look) -> bool:
    return (
        look.words > 0
        and (look.has_author or look.has_date or look.has_action)
        and not (look.is_teaser or look.is_review or (look.leads_to and not look.leads_here))
    )


def _single(document: Document, places: Places, paths: frozenset[str]) -> Group | None:
    """The only comment of a page: where an area for comments holds one record and no more."""
    for area in places.roots:
        if not _is_area(area, places):
            continue
        for record, mark in islice(_candidates(area, places), MOST_CANDIDATES):
            look = look_at((record,), frozenset(), document, paths)
            is_sure = look.is_named and look.has_reply
            if _is_comment(look) and (is_sure or not _is_most_of(document, look.words)):
                return Group(Mark.DATE, record.getparent(), (mark,), (record,))
    return None


def _is_most_of(document: Document, words: int, but: int = 0) -> bool:
    """True when that many words are most of what the page says, ``but`` so many that are known to
    be comments: then they are its article."""
    if words <= _FEW_WORDS:
        return False
    body = document.tree.find("body")
    return 2 * words > _words(body if body is not None else document.tree) - but


def _words(node: Node) -> int:
    return len(text_of(node).split())


def _is_area(root: Node, places: Places) -> bool:
    if any(node in places.areas for node in (root, *islice(root.iterancestors(), 2))):
        return True
    if any(
        heading in places.headings for heading in islice(root.iter("h1", "h2", "h3", "h4", "h5"), 5)
    ):
        return True
    return any(node in places.areas for node in islice(root.iterdescendants(), 60))


def _candidates(area: Node, places: Places) -> Iterator[tuple[Node, Node]]:
    """(record, its mark): what lies around the first date, else what is named for one comment."""
    nodes = list(islice(seen_in(area, places.shut), 2_000))
    apart = {place for node in nodes if node in places.headings or node.tag in _FORM_FIELDS
             for place in (node, *node.iterancestors())}  # fmt: skip
    for node in nodes:
        if is_dated(node) and node not in apart:
            record = node
            for place in node.iterancestors():
                if place in apart or place is area or place in places.above:
                    break
                record = place
            yield record, node
            break
    for node in nodes:
        if (
            node in places.named
            and node not in apart
            and node not in places.areas
            and not traits(node).is_meta
        ):
            yield node, node


def _is_comment(look: Look) -> bool:
    """True for a record that needs no other beside it to be taken for a comment."""
    if look.is_teaser or look.is_review or (look.leads_to and not look.leads_here):
        return False
    if look.free_words < 1 or not look.has_date:
        return False
    if look.has_action and look.has_author and look.is_named:
        return True
    return (
        look.free_words >= 3
        and (look.has_author or look.has_action or look.leads_here or look.is_named)
        and look.link_words < 0.5 * look.words
    )


def _is_whole(comment: Comment) -> bool:
    """True for a comment that stands alone and can: with its time, and its author or an id."""
    is_told = comment.author is not None or not comment.comment_id.startswith("x-")
    return is_told and comment.published_raw is not None


def _around(record: Node, held: frozenset[Node]) -> Node:
    """The closest record in which ``record`` lies; None for one that lies in none."""
    return next((place for place in record.iterancestors() if place in held), None)


def _records_of(group: Group, areas: tuple[Node, ...]) -> Iterator[Node]:
    """The elements of the group that lie neither in another nor in one of ``areas``."""
    held = frozenset((*group.records, *areas))
    for record in group.records:
        if _around(record, held) is None:
            yield from group.parts(record)


def _areas(document: Document, places: Places, group: Group | None) -> Iterator[Node]:
    """Areas named for comments that hold no article: with forms, headings, and what could not be
    read."""
    held = frozenset(group.records) if group is not None else frozenset()
    tops = [node for node in held if not any(place in held for place in node.iterancestors())]
    for root in places.roots:
        if root not in places.areas:
            continue
        inside = sum(_words(node) for node in tops if root in node.iterancestors())
        if not _is_most_of(document, _words(root) - inside, inside):
            yield root


def _declared(places: Places) -> int | None:
    """The number in the heading over the comments."""
    for heading in places.headings:
        text = short_text(heading, 200)
        found = HEADING.match(fold(text))
        if found and (found["before"] or found["after"]):
            number = number_in(found["before"] or found["after"])
            if number is not None:
                return number
    return None


__all__ = ["FIRES_AT", "NAME", "find", "owns", "read", "read_answer"]
