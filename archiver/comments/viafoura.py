"""Viafoura: live comments, by section (a site's UUID) and container (an article's id).

Knows the marks of the widget, and version 4 of ``livecomments``: pages of top-level comments with
some of their replies, replies by comment. Names are not in it: a comment has the id of its author
alone. Many pages leave the section to their scripts; of those the container is known, and nothing
can be asked.

Shapes: ten independent public clients of ``livecomments.viafoura.co/v4``, some with notes of what
they saw in 2026 (``limit`` counts top-level comments, pinned ones come first on every page, 404 for
unknown containers). Viafoura documents none of it. Checked against its published shape only, no
server was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlsplit

from archiver.comments.embeds import scripts_with, setting
from archiver.comments.locations import query_of, with_query
from archiver.comments.plaintext import paragraphs_in
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, epoch, flag, table_of, tables, text_in, whole, word
from archiver.dom import Document, finder
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread

NAME: Final = "viafoura"
_HOST: Final = "livecomments.viafoura.co"
_ROOT: Final = f"https://{_HOST}/v4/livecomments/"
_PAGE: Final = 100
"""The most that is given at once, of comments and of replies to each."""
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SECTION = re.compile(r"\b00000000-0000-4000-8000-[0-9a-f]{12}\b", re.IGNORECASE)
"""Sections have UUIDs that nothing else has."""
_PATH = re.compile(
    rf"/v4/livecomments/({_UUID})(?:/({_UUID})/comments(?:/({_UUID}))?)?/?", re.IGNORECASE
)
_CONTAINERS = finder(
    "//meta[@name='vf:container_id' or @property='vf:container_id']/@content"
    "|//vf-conversations/@vf-container-id|//vf-livecomments/@vf-container-id"
    "|//*[contains(@class, 'viafoura')]//@data-container-id"
)
_SITES = finder(
    "//meta[@name='vf:site_id' or @property='vf:site_id' or @name='vf:section_uuid']/@content"
    "|//@vf-section-uuid|//@data-section-uuid|//@data-site-uuid"
)
_WIDGETS = finder("//vf-conversations|//vf-livecomments")
_MANNER = (("limit", str(_PAGE)), ("reply_limit", str(_PAGE)), ("sorted_by", "oldest"))
_TAG = re.compile(
    r"</?(?:p|br|div|a|b|i|em|strong|span|blockquote|ul|li|script|style)\b[^<>]*>", re.I
)
_DELETED = frozenset({"deleted", "archived", "removed"})


def find(document: Document) -> Finding | None:
    """The container, and the ask for its oldest comments where the page names its section."""
    if "viafoura" not in document.hints:
        return None
    containers = [str(said).strip() for said in _CONTAINERS(document.tree) if str(said).strip()]
    source = "\n".join(scripts_with(document, "viafoura"))
    container = next(iter(containers), None) or setting(source, "vf_?container_?id")
    if container is None and not _WIDGETS(document.tree):
        return None
    said = " ".join(map(str, _SITES(document.tree)))
    section = _SECTION.search(said) or _SECTION.search(source)
    if section is None or container is None:
        return Finding(container)
    return Finding(
        f"{section[0].lower()}/{container}", (_first_ask(section[0].lower(), container),)
    )


def owns(url: str) -> bool:
    """True for comments of a container, and for the replies to one of them."""
    parts = urlsplit(url)
    match = _PATH.fullmatch(parts.path)
    if parts.hostname != _HOST or match is None:
        return False
    return match[2] is not None or bool(query_of(url).get("container_id"))


def read(document: Document) -> Found | None:  # noqa: ARG001 - the protocol's form
    """``None``: no page shows Viafoura's comments itself."""
    return None


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an answer, in its order; the next page, and replies that were left out, are
    asked for. Raises ``PlatformError`` for what is no list of contents."""
    said = table_of(answer)
    contents = said.get("contents")
    if not isinstance(contents, list):
        raise PlatformError("no contents", place=Place(answer.url))
    path = _PATH.search(urlsplit(answer.url).path)
    section, container, above = path.groups() if path else (None, None, None)
    first = at(contents, 0, "content_container_uuid")
    container = word(said.get("content_container_uuid")) or word(first) or container
    entries = list(tables(contents))
    comments = tuple(c for entry in entries if (c := _comment(entry, container)))
    asks: tuple[Ask, ...] = ()
    if section and container and comments:
        tops = [entry for entry in entries if _parent(entry, container) == above]
        asks = (
            *_next_page(said, tops, section, container, above),
            *_replies_left_out(entries, section, container),
        )
    thread = Thread(
        NAME, comments, whole(said.get("total_visible_content")), _thread_ref(answer, section)
    )
    urls = (word(at(entry, "metadata", "origin_url")) for entry in entries)
    return Batch(thread, asks, next(filter(None, urls), None))


def _first_ask(section: str, container: str) -> Ask:
    return Ask(with_query(_ROOT + section, [("container_id", container), *_MANNER]))


def _next_page(
    said: dict[str, Any],
    tops: list[dict[str, Any]],
    section: str,
    container: str,
    above: str | None,
) -> Iterator[Ask]:
    """The page behind the last comment that is not pinned: pinned ones come first everywhere."""
    ids = [word(entry.get("content_uuid")) for entry in tops if not flag(entry.get("is_pinned"))]
    last = next((comment_id for comment_id in reversed(ids) if comment_id), None)
    if flag(said.get("more_available")) and last is not None:
        yield _comments_ask(section, container, above, last)


def _replies_left_out(entries: list[dict[str, Any]], section: str, container: str) -> Iterator[Ask]:
    """The whole of what answers a comment of the top level, where less of it was given than is
    said to be there; what lies behind a full page, from its end on."""
    below: dict[str | None, list[str]] = {}
    for entry in entries:
        comment_id = word(entry.get("content_uuid"))
        if comment_id and _parent(entry, container):
            thread = word(entry.get("thread_uuid")) or _parent(entry, container)
            below.setdefault(thread, []).append(comment_id)
    for entry in entries:
        comment_id = word(entry.get("content_uuid"))
        if comment_id is None or _parent(entry, container):
            continue
        given = below.get(comment_id, [])
        if (whole(entry.get("total_replies")) or 0) > len(given):
            behind = given[-1] if len(given) >= _PAGE else None
            yield _comments_ask(section, container, comment_id, behind)


def _comments_ask(section: str, container: str, above: str | None, last: str | None) -> Ask:
    """Comments of a container, or replies to ``above``, behind ``last``."""
    address = f"{_ROOT}{section}/{container}/comments{f'/{quote(above)}' if above else ''}"
    behind = [("starting_from", last)] if last else []
    return Ask(with_query(address, [*_MANNER, *behind]))


def _thread_ref(answer: Answer, section: str | None) -> str | None:
    """``<section>/<container id>``: as asked for, else as the URL that answered says."""
    if answer.thread_ref is not None:
        return answer.thread_ref
    named = query_of(answer.url).get("container_id")
    return f"{section}/{named}" if section and named else None


def _parent(entry: dict[str, Any], container: str | None) -> str | None:
    """The comment answered: a comment of the top level answers its container."""
    parent = word(entry.get("parent_uuid"))
    return (
        None if parent in (None, container, word(entry.get("content_container_uuid"))) else parent
    )


def _comment(entry: dict[str, Any], container: str | None) -> Comment | None:
    """The comment that an entry is; an empty place for one that is not to be seen."""
    comment_id = word(entry.get("content_uuid"))
    if comment_id is None:
        return None
    state = word(entry.get("state"))
    shown = state in (None, "visible")
    hidden = CommentStatus.DELETED if state in _DELETED else CommentStatus.HIDDEN
    content = entry.get("content")
    is_markup = isinstance(content, str) and _TAG.search(content) is not None
    text = (text_in(content) if is_markup else paragraphs_in(content)) if shown else ""
    if shown and not text:
        return None
    parent = _parent(entry, container)
    written = entry.get("date_created")
    published = epoch(written, per_second=1000)
    return Comment(
        comment_id=comment_id,
        text=text,
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author_id=word(entry.get("actor_uuid")) if shown else None,
        is_pinned=_is_picked(entry) if shown else None,
        published_at=published,
        published_raw=word(written),
        published_precision=Precision.SECOND if published else None,
        html=word(content) if shown and is_markup else None,
        likes=whole(entry.get("total_likes")) if shown else None,
        dislikes=whole(entry.get("total_dislikes")) if shown else None,
        reply_count=whole(entry.get("total_replies")),
        status=CommentStatus.VISIBLE if shown else hidden,
    )


def _is_picked(entry: dict[str, Any]) -> bool | None:
    said = [flag(entry.get(name)) for name in ("is_pinned", "is_picked")]
    return None if all(mark is None for mark in said) else True in said
