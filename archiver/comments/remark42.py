"""Remark42: a server of the publisher's own, asked by ``embed.mjs``.

Knows ``remark_config`` in an inline script and ``GET /api/v1/find``. Newer servers page the list
when they are asked to (``limit``, ``offset_id``), others give the whole thread and say nothing of a
rest; both are read. The server allows ten requests a second to everyone.

Shapes: umputun/remark42, ``frontend/apps/remark42/app/embed.ts``,
``backend/app/rest/api/rest_public.go``, ``backend/app/store/comment.go``,
``backend/app/store/service/tree.go``, and its pull request 1699 for the paging. Checked against its
published shape only, no server was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit

from archiver.comments.embeds import object_of, scripts_under, scripts_with, setting
from archiver.comments.locations import page_fields, pathname_of, query_of, with_query
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, flag, instant, table_of, tables, text_in, whole, word
from archiver.dom import Document, finder, join
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread

NAME = "remark42"

_ROOT = finder("//*[@id='remark42']")
_FIND = "/api/v1/find"
_PER_PAGE: Final = "500"
"""There are threads of 10,000 comments (umputun/remark42, issue 782); 500 are some 400 kB."""
_SCRIPTS = ("/web/embed.mjs", "/web/embed.js")
_DEEPEST: Final = 200
"""Levels of a tree that are read: ``find`` asks for the plain list, which has none."""


def find(document: Document) -> Finding | None:
    """The first page of the thread; nothing where the page has no place for it."""
    if "remark42" not in document.hints or not _ROOT(document.tree):
        return None
    for script in scripts_with(document, "remark_config", "site_id"):
        settings = object_of(script, "remark_config")
        site, host = setting(settings, "site_id"), _host(settings, document)
        if site and host:
            parts = urlsplit(document.url)
            own = f"{parts.scheme}://{parts.netloc}{pathname_of(document.url)}"
            page = (setting(settings, "url") or own).split("#")[0]
            fields = {"site": site, "url": page, "format": "plain", "sort": "+time"}
            ask = Ask(with_query(host + _FIND, {**fields, "limit": _PER_PAGE}))
            return Finding(f"{site} {page}", (ask,))
    return None


def owns(url: str) -> bool:
    """True for ``/api/v1/find`` with a site and a page."""
    if _FIND not in url or not urlsplit(url).path.endswith(_FIND):
        return False
    fields = query_of(url)
    return bool(fields.get("site")) and bool(fields.get("url"))


def read(document: Document) -> Found | None:  # noqa: ARG001
    """None: a script draws the comments."""
    return None


def read_answer(answer: Answer) -> Batch:
    """A thread as a plain list or as a tree, or a page of it."""
    said = table_of(answer)
    info = said.get("info")
    if not isinstance(said.get("comments"), list) or not isinstance(info, dict):
        raise PlatformError("no list of comments", place=Place(answer.url))
    comments = tuple(c for entry in _entries(said["comments"]) for c in _comment(entry))
    query = query_of(answer.url)
    reference = answer.thread_ref or f"{query.get('site', '')} {query.get('url', '')}"
    pages = (urldefrag(one.permalink)[0] for one in comments if one.permalink)
    page = word(info.get("url")) or next(pages, None)
    batch = Batch(Thread(NAME, comments, whole(info.get("count")), reference), (), page)
    cursor = word(info.get("last_comment"))
    left = whole(info.get("count_left")) or 0
    if left <= 0 or not comments or cursor in (None, query.get("offset_id")):
        return batch
    further = page_fields(answer.url, {"limit": _PER_PAGE, "offset_id": cursor or ""})
    return Batch(batch.thread, (Ask(further),), page)


def _host(settings: str, document: Document) -> str | None:
    """Address of the server without a slash at its end."""
    named = setting(settings, "host")
    if named:
        return (join(document.base_url, named) or "").rstrip("/") or None
    bases = (base for ending in _SCRIPTS for _, base in scripts_under(document, ending))
    return next(bases, None)


def _entries(listed: Any) -> Iterator[dict[str, Any]]:
    """The comments of a list, or of a tree (``{"comment": …, "replies": […]}``) in its order."""
    stack = [(entry, 0) for entry in reversed(list(tables(listed)))]
    while stack:
        entry, level = stack.pop()
        comment = entry.get("comment")
        yield comment if isinstance(comment, dict) else entry
        if level < _DEEPEST:
            replies = reversed(list(tables(entry.get("replies"))))
            stack.extend((reply, level + 1) for reply in replies)


def _comment(entry: dict[str, Any]) -> Iterator[Comment]:
    comment_id = word(entry.get("id"))
    is_deleted = flag(entry.get("delete")) or False
    text = "" if is_deleted else text_in(entry.get("text"))
    if comment_id is None or not (text or is_deleted):
        return
    author, author_id = word(at(entry, "user", "name")), word(at(entry, "user", "id"))
    if author_id == "deleted":
        author = author_id = None
    parent_id, page = word(entry.get("pid")), word(at(entry, "locator", "url"))
    created = instant(entry.get("time"))
    yield Comment(
        comment_id=comment_id,
        text=text,
        parent_id=parent_id,
        parent_source=ParentSource.ATTRIBUTE if parent_id else None,
        author=unescape(author) if author else None,
        author_id=author_id,
        is_staff=flag(at(entry, "user", "admin")),
        is_pinned=flag(entry.get("pin", False)),
        published_at=created,
        edited_at=instant(at(entry, "edit", "time")),
        published_raw=word(entry.get("time")),
        published_precision=Precision.SECOND if created else None,
        html=word(entry.get("text")) if text else None,
        score=whole(entry.get("score")),
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
        permalink=f"{page}#remark42__comment-{comment_id}" if page else None,
    )
