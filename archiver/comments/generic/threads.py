"""Records become comments of one thread: ids that differ, and who answers whom.

Knows the evidence for a parent, strongest first: an attribute that names it, nesting in it, a
number of the level, how far a record is indented, a link "in reply to".
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final
from urllib.parse import urldefrag

from archiver.comments.generic.fields import Manner, Said, read_record
from archiver.comments.generic.mining import Group
from archiver.comments.generic.places import names_of
from archiver.comments.markup import digest_id, in_utc
from archiver.dom import Node
from archiver.model import Comment, CommentStatus, ParentSource

_PARENT_ATTRIBUTES: Final = (
    "data-parent-id", "data-parent", "data-parentid", "data-parent-comment-id", "parentid",
    "data-reply-to", "data-in-reply-to", "data-comment-parent", "data-pid",
)  # fmt: skip
_DEPTH_ATTRIBUTES: Final = ("data-depth", "data-level", "depth", "data-comment-depth", "aria-level")
_DEPTH = re.compile(
    r"(?:^|[-_])(?:depth|level|lvl|indent|indented|tier|nest(?:ing)?)[-_]{0,2}(\d{1,2})$"
)
_INDENT = re.compile(
    r"(?:margin|padding)-(?:left|inline-start)\s*:\s*(\d{1,4}(?:\.\d+)?)\s*(px|em|rem|%)"
)
_REPLY_TO = re.compile(r"in[-_]?reply[-_]?to|reply-?to|parent|antwort-?auf|reponse-?a")
_PING: Final = frozenset({"pingback", "trackback"})
_PING_TEXT = re.compile(r"(?:pingback|trackback)\b\s*(?:[:–-]|von|by|from|de|di|da)", re.IGNORECASE)
_NO_ID: Final = frozenset({"", "0", "null", "none", "root", "undefined", "-1"})


def comments_of(group: Group, manner: Manner) -> tuple[Comment, ...]:
    """The comments, in page order, parents named; records without words are none."""
    region = group.region
    said = [
        told
        for record in group.records
        if (told := read_record(record, group.parts(record), manner)).text
    ]
    ids = _ids(said)
    parents = _parents(said, ids, region)
    return tuple(
        Comment(
            comment_id=ids[one.node],
            text=one.text,
            parent_id=parents[one.node][0] if one.node in parents else None,
            parent_source=parents[one.node][1] if one.node in parents else None,
            author=one.author,
            author_url=one.author_url,
            published_at=in_utc(one.moment),
            published_raw=one.raw,
            published_precision=one.moment.precision if one.moment else None,
            html=one.html,
            likes=one.likes,
            dislikes=one.dislikes,
            score=one.score,
            status=CommentStatus.PINGBACK if _is_ping(one) else CommentStatus.VISIBLE,
            permalink=one.permalink,
        )
        for one in said
    )


def _is_ping(one: Said) -> bool:
    """True for the notice that another page links this one."""
    return bool(_PING.intersection(names_of(one.node))) or _PING_TEXT.match(one.text) is not None


def _ids(said: list[Said]) -> dict[Node, str]:
    """An id for each record: its own, where all that have one differ; else a digest."""
    numbers = [one.number for one in said if one.number is not None]
    are_told = len(set(numbers)) == len(numbers)
    return {
        one.node: (one.number if are_told and one.number is not None else None)
        or digest_id(one.author, one.raw, one.text)
        for one in said
    }


def _parents(
    said: list[Said], ids: dict[Node, str], region: Node
) -> dict[Node, tuple[str, ParentSource]]:
    parents: dict[Node, tuple[str, ParentSource]] = {}
    known = set(ids.values())
    for one in said:
        for name in _PARENT_ATTRIBUTES:
            value = (one.node.get(name) or "").strip()
            number = value.rsplit("-", 1)[-1]
            found = next((v for v in (value, number) if v in known and v != ids[one.node]), None)
            if found and value.lower() not in _NO_ID:
                parents[one.node] = (found, ParentSource.ATTRIBUTE)
                break
    for one in said:
        if one.node not in parents:
            for place in one.node.iterancestors():
                if place is region:
                    break
                if place in ids:
                    parents[one.node] = (ids[place], ParentSource.NESTING)
                    break
    if not any(source is ParentSource.NESTING for _, source in parents.values()):
        _by_level(said, ids, region, parents)
    _by_link(said, ids, parents)
    return parents


def _by_level(
    said: list[Said],
    ids: dict[Node, str],
    region: Node,
    parents: dict[Node, tuple[str, ParentSource]],
) -> None:
    """Levels as told by numbers, by indentation, or by how deep in the region a record lies."""
    for levels, source in (
        ([_told_depth(one.node, region) for one in said], ParentSource.DEPTH_CLASS),
        ([_indent(one.node, region) for one in said], ParentSource.DEPTH_CLASS),
        ([_steps(one.node, region) for one in said], ParentSource.NESTING),
    ):
        if len({level for level in levels if level is not None}) < 2:
            continue
        stack: list[tuple[float, str]] = []
        for one, level in zip(said, levels, strict=True):
            if level is None:
                continue
            while stack and stack[-1][0] >= level:
                stack.pop()
            if stack and one.node not in parents:
                parents[one.node] = (stack[-1][1], source)
            stack.append((level, ids[one.node]))
        return


def _told_depth(record: Node, region: Node) -> float | None:
    """The level that the record, or what holds it alone, has in an attribute or a class."""
    for place in (record, *islice(record.iterancestors(), 2)):
        if place is region:
            return None
        for name in _DEPTH_ATTRIBUTES:
            value = (place.get(name) or "").strip()
            if value.isdecimal() and len(value) < 4:
                return float(value)
        for name in names_of(place):
            found = _DEPTH.search(name)
            if found:
                return float(found[1])
    return None


def _indent(record: Node, region: Node) -> float | None:
    """How far the style of a record, or of what holds it alone, moves it to the right."""
    for place in (record, *islice(record.iterancestors(), 2)):
        if place is region:
            break
        found = _INDENT.search(place.get("style") or "")
        if found:
            return float(found[1])
        width = next((n.get("width") for n in place.iter("img", "td") if n.get("width")), None)
        if place.tag == "tr" and width and width.isdecimal():
            return float(width)
    return 0.0


def _steps(record: Node, region: Node) -> float | None:
    for steps, place in enumerate(islice(record.iterancestors(), 200)):
        if place is region:
            return float(steps)
    return None


def _by_link(
    said: list[Said], ids: dict[Node, str], parents: dict[Node, tuple[str, ParentSource]]
) -> None:
    """A link of the record that is named for the comment it answers."""
    known = {value: value for value in ids.values()}
    for one in said:
        if one.node in parents:
            continue
        for link in islice(one.node.iter("a"), 12):
            fragment = urldefrag(link.get("href") or "")[1]
            number = re.sub(r"^\D*", "", fragment)
            target = known.get(fragment) or known.get(number)
            if target and target != ids[one.node] and any(map(_REPLY_TO.search, names_of(link))):
                parents[one.node] = (target, ParentSource.REPLY_LINK)
                break
