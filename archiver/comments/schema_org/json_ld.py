"""Comments as JSON-LD: the ``comment`` of the article's object, with replies in each.

Knows the forms that publishers give it: one object or a list, inside ``@graph`` or a main entity,
text that is plain or markup, a person that is an object or a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from archiver.comments.markup import (
    Calendar,
    calendar_of,
    digest_id,
    in_utc,
    name_in,
    own_paths,
    path_of,
)
from archiver.comments.plaintext import paragraphs_in
from archiver.comments.schema_org.microdata import ID, TEXTS, TIMES
from archiver.comments.shapes import at, tables, text_in, whole, word
from archiver.dom import Document, finder, join
from archiver.model import Comment, ParentSource

_JSON = finder("descendant::script[@type='application/ld+json'][contains(., 'Comment\"')]")
_MOST_NESTED: Final = 60
"""Levels of replies. Deeper ones are left out: no reader sees them either."""
_MOST_NODES: Final = 500
_MARKUP = re.compile(r"<[a-z/!]|&(?:#\d|[a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    """What reading each comment of one script needs to know."""

    document: Document
    calendar: Calendar
    named: dict[str, dict[str, Any]]
    """The objects of the script by ``@id``: an author may be named by it alone."""


def told_in(document: Document) -> tuple[tuple[Comment, ...], int | None]:
    """(the comments in the page's JSON-LD, how many it says there are)."""
    comments: list[Comment] = []
    declared: int | None = None
    paths: frozenset[str] = frozenset()
    for script in _JSON(document.tree):
        try:
            said = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        nodes = list(_nodes(said))
        paths = paths or own_paths(document)
        page = _Page(
            document,
            calendar_of(document),
            {name: node for node in nodes if (name := word(node.get("@id")))},
        )
        for node in nodes:
            if _is_comment(node) or not _is_about(node, document, paths):
                continue
            found = list(_of_list(node.get("comment"), None, page, 0))
            if found:
                comments += found
                counted = whole(node.get("commentCount")) or _interactions(node)
                declared = counted if declared is None else declared
    return tuple(comments), declared


def _nodes(said: Any) -> Iterator[dict[str, Any]]:
    """The objects of a document: itself, of a list or an ``@graph`` each, and main entities."""
    waiting, taken = [said], 0
    while waiting and taken < _MOST_NODES:
        here = waiting.pop(0)
        taken += 1
        if isinstance(here, list):
            waiting += here
        elif isinstance(here, dict):
            yield here
            waiting += [here[key] for key in ("@graph", "mainEntity") if key in here]


def _is_comment(node: Any) -> bool:
    kinds = at(node, "@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(kind in ("Comment", "UserComments") for kind in named)


def _is_about(node: dict[str, Any], document: Document, paths: frozenset[str]) -> bool:
    """False for an article whose own address is another page's."""
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        url = word(value) or word(at(value, "@id")) or word(at(value, "url"))
        if url and url.startswith(("http", "/")):
            return path_of(document.base_url, url) in paths
    return True


def _of_list(said: Any, parent: str | None, page: _Page, depth: int) -> Iterator[Comment]:
    entries = said if isinstance(said, list) else [said]
    for entry in tables(entries) if depth < _MOST_NESTED else ():
        if not _is_comment(entry):
            continue
        comment = _of_entry(entry, parent, page)
        if comment is None:
            continue
        yield comment
        for key in ("comment", "replies", "suggestedAnswer"):
            yield from _of_list(entry.get(key), comment.comment_id, page, depth + 1)


def _of_entry(entry: dict[str, Any], parent: str | None, page: _Page) -> Comment | None:
    said = next((word(entry.get(name)) for name in TEXTS if word(entry.get(name))), None)
    if said is None:
        return None
    is_markup = _MARKUP.search(said) is not None
    text = text_in(said) if is_markup else paragraphs_in(said)
    if not text:
        return None
    person = entry.get("author") or entry.get("creator")
    person = person[0] if isinstance(person, list) and person else person
    if word(at(person, "name")) is None:
        person = page.named.get(word(at(person, "@id")) or "", person)
    name = word(person) or word(at(person, "name"))
    url = word(entry.get("url")) or word(entry.get("@id"))
    permalink = join(page.document.base_url, url) if url else None
    raw = next((word(entry.get(key)) for key in TIMES if word(entry.get(key))), None)
    moment = page.calendar.read(raw)
    edited = page.calendar.read(word(entry.get("dateModified")))
    above = entry.get("parentItem")
    above_url = word(at(above, "url")) or word(at(above, "@id"))
    named = parent or (_id_in(above_url) if above_url and _is_comment(above) else None)
    return Comment(
        comment_id=_id_in(word(entry.get("identifier")) or url) or digest_id(name, raw, text),
        text=text,
        parent_id=named,
        parent_source=ParentSource.ATTRIBUTE if named else None,
        author=name_in(name),
        author_url=word(at(person, "url")),
        published_at=in_utc(moment),
        published_raw=raw,
        published_precision=moment.precision if moment else None,
        edited_at=in_utc(edited) if edited and moment and edited.at > moment.at else None,
        html=said if is_markup else None,
        likes=whole(entry.get("upvoteCount")) or _interactions(entry, "LikeAction"),
        dislikes=whole(entry.get("downvoteCount")),
        reply_count=whole(entry.get("commentCount")),
        permalink=permalink,
    )


def _id_in(said: str | None) -> str | None:
    found = ID.search((said or "").rsplit("#", 1)[-1])
    return found[1] if found else None


def _interactions(node: dict[str, Any], kind: str = "CommentAction") -> int | None:
    """The count of one kind of action, as ``interactionStatistic`` says it."""
    said = node.get("interactionStatistic")
    for entry in tables(said if isinstance(said, list) else [said]):
        action = entry.get("interactionType")
        named = word(action) or word(at(action, "@type")) or word(at(action, "@id")) or ""
        if named.endswith(kind):
            return whole(entry.get("userInteractionCount"))
    return None
