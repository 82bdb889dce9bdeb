"""Comentario 3, Commento's successor: ``<comentario-comments>`` and ``POST /api/embed/comments``.

Knows the element, its script, and the list, which is whole in one answer. (The word alone is
Spanish for comment: only the script together with the element is a sign.) The request counts as a
visit in the publisher's statistics and enters the page there, as that of every reader does.

Shapes: comentario/comentario (read at ray5273/comentario), ``resources/swagger/swagger.yml``,
``embed/src/comentario-comments.ts``, ``embed/src/api.ts``, ``embed/src/models.ts``. Checked against
its published shape only, no server was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urlsplit

from archiver.comments.embeds import scripts_under
from archiver.comments.locations import host_of, pathname_of, posted
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import flag, instant, table_of, tables, text_in, whole, word
from archiver.dom import Document
from archiver.errors import Place, PlatformError
from archiver.model import Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "comentario"

_SCRIPT = "/comentario.js"
_LIST = "/api/embed/comments"
_ANONYMOUS = "00000000-0000-0000-0000-000000000000"


def find(document: Document) -> Finding | None:
    """The list of the page; nothing where the page has no place for it."""
    if _SCRIPT not in document.hints:
        return None
    place = next(document.tree.iter("comentario-comments"), None)
    base = next((base for _, base in scripts_under(document, _SCRIPT)), None)
    if place is None or base is None:
        return None
    host, path = host_of(document.url), place.get("page-id") or pathname_of(document.url)
    return Finding(f"{host} {path}", (posted(base + _LIST, {"host": host, "path": path}),))


def owns(url: str) -> bool:
    """True for the address of the list; the page is in the body of the request."""
    return url.endswith(_LIST) and urlsplit(url).path.endswith(_LIST)


def read(document: Document) -> Found | None:  # noqa: ARG001
    """None: a script draws the comments."""
    return None


def read_answer(answer: Answer) -> Batch:
    """The list, in the server's order: oldest first."""
    said = table_of(answer)
    if "pageInfo" not in said or not isinstance(said.get("comments") or [], list):
        if said.get("id") == "unknown-host":
            return Batch(Thread(NAME, (), None, answer.thread_ref, ThreadOutcome.NOT_FOUND))
        raise PlatformError("no list of comments", place=Place(answer.url))
    people = {word(person.get("id")): person for person in tables(said.get("commenters"))}
    comments = tuple(
        comment for entry in tables(said.get("comments")) for comment in _comment(entry, people)
    )
    page = next((urldefrag(one.permalink)[0] for one in comments if one.permalink), None)
    return Batch(Thread(NAME, comments, None, answer.thread_ref), article_url=page)


def _comment(entry: dict[str, Any], people: dict[str | None, dict[str, Any]]) -> Iterator[Comment]:
    comment_id = word(entry.get("id"))
    is_deleted = flag(entry.get("isDeleted")) or False
    is_shown = entry.get("isPending") is not True and entry.get("isApproved") is not False
    text = text_in(entry.get("html")) if is_shown and not is_deleted else ""
    if comment_id is None or not (text or is_deleted):
        return
    author_id = word(entry.get("userCreated"))
    author = people.get(author_id, {}) if author_id else {}
    parent_id = word(entry.get("parentId"))
    created = instant(entry.get("createdTime"))
    yield Comment(
        comment_id=comment_id,
        text=text,
        parent_id=parent_id,
        parent_source=ParentSource.ATTRIBUTE if parent_id else None,
        author=word(entry.get("authorName")) or word(author.get("name")),
        author_id=None if author_id == _ANONYMOUS else author_id,
        author_url=word(author.get("websiteUrl")),
        is_staff=flag(author.get("isModerator")),
        is_pinned=flag(entry.get("isSticky")),
        published_at=created,
        edited_at=instant(entry.get("editedTime")),
        published_raw=word(entry.get("createdTime")),
        published_precision=Precision.SECOND if created else None,
        html=word(entry.get("html")) if text else None,
        score=whole(entry.get("score")),
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
        permalink=word(entry.get("url")),
    )
