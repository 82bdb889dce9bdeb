"""Comments as microdata: an item of the type ``Comment`` or ``UserComments`` with its properties.

Knows microdata as the HTML standard scopes it (WHATWG HTML, 5.2): a property belongs to the item
around it, and may lie in the element's ``content``, ``href``, ``datetime`` or text.
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
    in_utc,
    in_widget,
    is_control,
    markup_of,
    name_in,
    nearest,
    own_paths,
    path_of,
)
from archiver.comments.shapes import whole, word
from archiver.dom import Document, Node, finder, join, paragraphs_of, text_of
from archiver.model import Comment, ParentSource

NAME: Final = "schema_org"

_ITEMS = finder("descendant::*/@itemtype[contains(., 'Comment')]/..")
"""By way of the attribute: a tenth of the time of a condition on each element (53 and 620 us)."""
_TYPE = re.compile(r"(?:^|[\s/])(?:Comment|UserComments)(?:\s|$)")
ID = re.compile(
    r"(?:comment|post|kommentar|reply|c)?[-_]?(\d{1,20}|[0-9a-f]{24,36}|[0-9a-f-]{36})$",
    re.IGNORECASE,
)
"""The number or code at the end of an id or a permalink's fragment."""
_FRAGMENT = re.compile(r"#([\w:.-]{1,80})$")
TEXTS = ("text", "commentText", "articleBody", "description")
"""Properties that hold the text, the proper one first."""
TIMES = ("dateCreated", "datePublished", "commentTime", "dateModified")
"""Properties that hold the time of writing, the proper one first."""


def shown_in(document: Document) -> tuple[tuple[Comment, ...], int | None, tuple[Node, ...]]:
    """(the comments in the page's microdata, how many it says there are, what holds them)."""
    marked = [
        node
        for node in _ITEMS(document.tree)
        if _TYPE.search(node.get("itemtype")) and not in_widget(node)
    ]
    if not marked:
        return (), None, ()
    paths = own_paths(document)
    held = {node: _properties(node) for node in marked}
    held = {node: said for node, said in held.items() if _is_own(said, document, paths)}
    calendar, others = calendar_of(document), frozenset(held)
    read_as: dict[Node, Comment] = {}
    for node, said in held.items():
        comment = _of_item(node, said, document, calendar, others)
        if comment is not None:
            read_as[node] = comment
    ids = {node: comment.comment_id for node, comment in read_as.items()}
    comments = tuple(_with_parent(comment, nearest(node, ids)) for node, comment in read_as.items())
    declared = _declared(next(iter(read_as))) if read_as else None
    return comments, declared, tuple(areas_of(read_as))


def _properties(item: Node) -> dict[str, list[Node]]:
    """The elements that give the item's own properties, by name."""
    held: dict[str, list[Node]] = {}
    waiting = list(item)
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node.tag, str):
            continue
        for name in (node.get("itemprop") or "").split():
            held.setdefault(name, []).append(node)
        if node.get("itemscope") is None:
            waiting[:0] = list(node)
    return held


def _value(node: Node) -> str | None:
    """What an element says of its property (WHATWG HTML, 5.2.4, "property value")."""
    if node.get("content") is not None:
        return word(node.get("content"))
    if node.tag in ("a", "link", "area"):
        return word(node.get("href"))
    if node.tag == "time" and node.get("datetime"):
        return word(node.get("datetime"))
    return text_of(node) or None


def _first(said: dict[str, list[Node]], *names: str) -> Node:
    return next((said[name][0] for name in names if name in said), None)


def _is_own(said: dict[str, list[Node]], document: Document, paths: frozenset[str]) -> bool:
    """False when the comment's own address lies on another page, or it discusses another one."""
    for name in ("url", "discusses", "discussionUrl"):
        node = _first(said, name)
        href = node.get("href") if node is not None else None
        if href and "#" in href and not href.startswith("#"):
            return path_of(document.base_url, href) in paths or "/comment" in href
    return True


def _of_item(
    node: Node,
    said: dict[str, list[Node]],
    document: Document,
    calendar: Calendar,
    others: frozenset[Node],
) -> Comment | None:
    body = _first(said, *TEXTS)
    if body is None:
        return None

    if body.tag == "meta":
        text, html = word(body.get("content")) or "", None
    else:
        text = paragraphs_of(body, lambda n: n in others or is_control(n))
        html = markup_of(body)
    if not text:
        return None
    people = [_person(n) for n in (*said.get("author", ()), *said.get("creator", ()))]
    # An avatar may be a person too, without a name.
    name, address = next((found for found in people if found[0]), (None, None))
    times = [stamp for key in TIMES for stamp in said.get(key, ())]
    moment = calendar.of(times)
    edited = calendar.of(said.get("dateModified", ()))
    link = _first(said, "url", "replyToUrl")
    permalink = (
        join(document.base_url, link.get("href")) if link is not None and link.get("href") else None
    )
    raw = moment.raw if moment else None
    return Comment(
        comment_id=_id_of(node, permalink) or digest_id(name, raw, text),
        text=text,
        author=name,
        author_url=join(document.base_url, address) if address else None,
        published_at=in_utc(moment),
        published_raw=raw,
        published_precision=moment.precision if moment else None,
        edited_at=in_utc(edited) if edited and moment and edited.at > moment.at else None,
        html=html,
        likes=_likes(said),
        dislikes=_count(said, "downvoteCount"),
        permalink=permalink,
    )


def _person(node: Node) -> tuple[str | None, str | None]:
    """(name, address) of the item that is the author, or of the text that stands for one."""
    said = _properties(node)
    named = _first(said, "name", "givenName")
    link = _first(said, "url")
    address = link.get("href") if link is not None else node.get("href")
    if named is None:
        inner = node.find(".//a[@href]")
        address = address or (inner.get("href") if inner is not None else None)
        return name_in(_value(node) if node.tag == "meta" else text_of(node)), address
    return name_in(named.get("content") or text_of(named)), address or named.get("href")


def _likes(said: dict[str, list[Node]]) -> int | None:
    """Of ``upvoteCount``, or of the counter of a ``LikeAction`` (as Discourse has it)."""
    for counter in said.get("interactionStatistic", ()):
        inner = _properties(counter)
        kind = _first(inner, "interactionType")
        if kind is not None and (_value(kind) or "").endswith("LikeAction"):
            return _count(inner, "userInteractionCount")
    return _count(said, "upvoteCount")


def _declared(first: Node) -> int | None:
    """How many comments the item says it has that the first comment is one of."""
    item = next((p for p in first.iterancestors() if p.get("itemscope") is not None), None)
    return _count(_properties(item), "commentCount") if item is not None else None


def _count(said: dict[str, list[Node]], name: str) -> int | None:
    node = _first(said, name)
    return whole(_value(node)) if node is not None else None


def _id_of(node: Node, permalink: str | None) -> str | None:
    fragment = _FRAGMENT.search(permalink or "")
    for said in (
        node.get("id"),
        node.get("data-comment-id"),
        node.get("data-id"),
        node.get("itemid"),
    ):
        found = ID.search(said or "")
        if found:
            return found[1]
    found = ID.search(fragment[1]) if fragment else None
    return found[1] if found else None


def _with_parent(comment: Comment, parent: str | None) -> Comment:
    if parent is None or parent == comment.comment_id:
        return comment
    return replace(comment, parent_id=parent, parent_source=ParentSource.NESTING)
