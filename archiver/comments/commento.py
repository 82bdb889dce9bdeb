"""Commento, and Commento++, which kept its shape: ``commento.js`` and ``POST /api/comment/list``.

Knows the client's settings and the list, which is whole in one answer. The request counts as a
visit in the publisher's statistics, as that of every reader does; it asks as ``anonymous``, whom
the server shows neither pending comments nor e-mail addresses.

Shapes: adtac/commento, ``frontend/js/commento.js``, ``api/comment_list.go``, ``api/comment.go``,
``api/commenter.go``. Checked against its published shape only, no server was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from archiver.comments.embeds import data_of, scripts_under
from archiver.comments.locations import host_of, pathname_of, posted
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import (
    anchored,
    at,
    flag,
    instant,
    table_of,
    tables,
    text_in,
    whole,
    word,
)
from archiver.dom import Document
from archiver.errors import Place, PlatformError
from archiver.model import Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "commento"

_SCRIPT = "/js/commento.js"
_LIST = "/api/comment/list"
_SERVERS = {"https://cdn.commento.io": "https://commento.io"}
"""Where the script lies elsewhere than the server that it asks."""
_NOT_SHOWN = frozenset({"unapproved", "flagged"})
_NOBODY = frozenset({"", "undefined", "https://undefined"})
"""What stands for no link."""
_LAST = datetime.max.replace(tzinfo=UTC)


def find(document: Document) -> Finding | None:
    """The list of the page; nothing where the page has no place for it."""
    if _SCRIPT not in document.hints:
        return None
    for node, base in scripts_under(document, _SCRIPT):
        root = data_of(node, "id-root") or "commento"
        if not any(wording.split(" ")[-1] == root.lower() for wording in document.named):
            continue
        host = host_of(document.url)
        path = node.get("data-page-id")
        path = pathname_of(document.url) if path is None else path
        body = {"commenterToken": "anonymous", "domain": host, "path": path}
        return Finding(f"{host} {path}", (posted(_SERVERS.get(base, base) + _LIST, body),))
    return None


def owns(url: str) -> bool:
    """True for the address of the list; the page is in the body of the request."""
    return url.endswith(_LIST) and urlsplit(url).path.endswith(_LIST)


def read(document: Document) -> Found | None:  # noqa: ARG001
    """None: a script draws the comments."""
    return None


def read_answer(answer: Answer) -> Batch:
    """The list, oldest first: the server gives it in no order."""
    said = table_of(answer)
    if said.get("success") is False:
        message = word(said.get("message")) or "no reason given"
        if "domain" not in message.lower():
            raise PlatformError(f"refused: {message}", place=Place(answer.url))
        return Batch(Thread(NAME, (), None, answer.thread_ref, ThreadOutcome.NOT_FOUND))
    entries = said.get("comments")
    if "comments" not in said or not (entries is None or isinstance(entries, list)):
        raise PlatformError("no list of comments", place=Place(answer.url))
    comments = [comment for entry in tables(entries) for comment in _comment(entry, said)]
    comments.sort(key=lambda comment: comment.published_at or _LAST)
    declared = whole(at(said, "attributes", "commentCount"))
    shown = anchored(comments, answer, "commento-")
    return Batch(Thread(NAME, shown, declared, answer.thread_ref))


def _comment(entry: dict[str, Any], said: dict[str, Any]) -> Iterator[Comment]:
    comment_id = word(entry.get("commentHex"))
    is_deleted = flag(entry.get("deleted")) or False
    text = "" if is_deleted else text_in(entry.get("html"))
    if comment_id is None or word(entry.get("state")) in _NOT_SHOWN or not (text or is_deleted):
        return
    author_id = word(entry.get("commenterHex"))
    author = at(said, "commenters", author_id or "")
    link = word(at(author, "link")) or ""
    parent_id = word(entry.get("parentHex"))
    parent_id = None if parent_id == "root" else parent_id
    created = instant(entry.get("creationDate"))
    yield Comment(
        comment_id=comment_id,
        text=text,
        parent_id=parent_id,
        parent_source=ParentSource.ATTRIBUTE if parent_id else None,
        author=None if is_deleted else word(at(author, "name")),
        author_id=None if is_deleted or author_id == "anonymous" else author_id,
        author_url=None if is_deleted or link in _NOBODY else link,
        is_staff=flag(at(author, "isModerator")),
        is_pinned=at(said, "attributes", "stickyCommentHex") == comment_id,
        published_at=created,
        published_raw=word(entry.get("creationDate")),
        published_precision=Precision.SECOND if created else None,
        html=word(entry.get("html")) if text else None,
        score=whole(entry.get("score")),
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
    )
