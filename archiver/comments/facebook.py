"""Facebook's comments plugin, which shows nothing since February 2026: found on pages, read from
archives, never asked.

Knows the plugin's tags (``.fb-comments``, ``<fb:comments>``), and three shapes of what its frame
held (``plugins/comments.php``, later ``plugins/feedback.php``): until 2014 a list of
``.fbFeedbackPost`` elements; then a JSON object for the script ``CommentsPlugin``, in which
``idMap`` holds comments and people by id; and the same object in answers to its "more" buttons
(``plugins/comments/async/…``, after ``for (;;);``).

Shapes: ``methylDragon/fb_embedded_comment_scraper`` and other clients that read the frame. Of the
list until 2014 the class names, ids and ``data-utime`` are theirs; that replies lie inside what
they answer is assumed. The closing is as the press reported Meta's notice of November 2025. No
archived frame was at hand. Checked against its published shape only, no server was asked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from archiver.comments.markup import first_with, nearest, parts_of
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, epoch, flag, whole, word
from archiver.dom import Document, Node, classes_of, join, paragraphs_of, parse_decoded, text_of
from archiver.errors import NotHtml, Place, PlatformError
from archiver.model import Comment, CommentStatus, Page, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "facebook"
_PATH = re.compile(r"^(?:/v\d+\.\d+)?/plugins/(?:(?:comments|feedback)\.php$|comments/async/)")
_GUARD: Final = b"for (;;);"
"""Stands before Facebook's JSON, so that no other site can run it as a script."""
_PROPS = re.compile(r'"props":\s*(?=\{)')
_CLOSED_AT: Final = datetime(2026, 2, 10, tzinfo=UTC)
"""The day from which the plugin shows a pixel of 0 by 0 (Meta's notice, as reported)."""
_FRAMES: Final = ("plugins/comments.php", "plugins/feedback.php")
_LEFT_OUT: Final = frozenset({"see_more_link", "text_exposed_hide", "text_exposed_link"})


def find(document: Document) -> Finding | None:
    """That the page has the plugin, and the address that it names its thread by."""
    hints = document.hints
    if "fb-comments" in hints:
        for name, nodes in document.named.items():
            if "fb-comments" in name.split():
                return Finding(_target(document, nodes[0].get("data-href")))
    for node in document.tree.iter("fb:comments"):
        return Finding(_target(document, node.get("href") or node.get("xid")))
    if any(mark in hints for mark in _FRAMES):
        for node in document.tree.iter("iframe"):
            source = join(document.base_url, node.get("src") or "")
            if source is not None and owns(source):
                return Finding(_target(document, _href(source)))
    return None


def owns(url: str) -> bool:
    """True for the plugin's frame and for what its buttons asked for."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_facebook = host == "facebook.com" or host.endswith(".facebook.com")
    return is_facebook and _PATH.match(parts.path) is not None


def read(document: Document) -> Found | None:  # noqa: ARG001 - as the protocol has it
    """Nothing: the comments stood in a frame."""
    return None


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an archived frame, or in an answer to one of its buttons."""
    page = _href(answer.url)
    ref = answer.thread_ref or page
    body = answer.payload.lstrip()
    if body.startswith(_GUARD) or body[:1] in (b"{", b"["):
        said = _after_guard(answer, body)
        held = said["payload"] if isinstance(said.get("payload"), dict) else said
        if not isinstance(held.get("idMap"), dict):
            raise PlatformError("no comments of Facebook", place=Place(answer.url))
        comments = tuple(_of_map(held["idMap"], held.get("commentIDs")))
        return Batch(Thread(NAME, comments, None, ref), (), page)
    try:
        document = parse_decoded(
            Page(answer.url, answer.captured_at, (), answer.payload), answer.payload
        )
    except NotHtml as error:
        raise PlatformError(str(error), place=Place(answer.url)) from error
    props = _props(document)
    if props is not None:
        page = page or word(at(props, "meta", "href"))
        held = props["comments"]
        comments = tuple(_of_map(held["idMap"], at(held, "commentIDs")))
        declared = whole(at(props, "meta", "totalCount"))
    else:
        comments = tuple(_of_list(document))
        declared = None
        if not comments and answer.captured_at < _CLOSED_AT and not _is_frame(document):
            raise PlatformError("no comments of Facebook", place=Place(answer.url))
    outcome = None
    if _is_cut(comments, declared):
        outcome = ThreadOutcome.CAPPED  # the rest was behind buttons that nobody answers now
    elif not comments and props is None and answer.captured_at >= _CLOSED_AT:
        outcome = ThreadOutcome.CLOSED_DOWN
    return Batch(Thread(NAME, comments, declared, ref or page, outcome), (), page)


def _is_cut(comments: tuple[Comment, ...], declared: int | None) -> bool:
    """True where comments are missing: of the top level, or below one that counts its replies.
    Whether ``totalCount`` has replies in it the clients do not agree on."""
    below = Counter(comment.parent_id for comment in comments)
    return (declared or 0) > below[None] or any(
        (comment.reply_count or 0) > below[comment.comment_id] for comment in comments
    )


def _href(url: str) -> str | None:
    """The address of the page commented on, as the frame's own address says it."""
    said = parse_qs(urlsplit(url).query).get("href", [""])[0]
    return said if said.startswith(("http://", "https://")) else None


def _target(document: Document, href: str | None) -> str | None:
    return join(document.base_url, href) if href else document.url


def _after_guard(answer: Answer, body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body.removeprefix(_GUARD))
    except (ValueError, RecursionError) as error:
        raise PlatformError(f"no JSON: {error}", place=Place(answer.url)) from error
    if not isinstance(said, dict):
        raise PlatformError("no JSON object", place=Place(answer.url))
    return said


def _props(document: Document) -> dict[str, Any] | None:
    """What the page gave its script: ``comments`` and ``meta``."""
    decoder = json.JSONDecoder()
    for script in document.inline_scripts():
        if "CommentsPlugin" not in script or '"idMap"' not in script:
            continue
        for place in _PROPS.finditer(script):
            try:
                said = decoder.raw_decode(script, place.end())[0]
            except (ValueError, RecursionError):
                continue
            if isinstance(at(said, "comments", "idMap"), dict):
                return dict(said)
    return None


def _of_map(held: dict[str, Any], order: Any) -> Iterator[Comment]:
    """The comments of an ``idMap``: those of ``order`` first, each before its replies."""
    is_comment = {
        key: value
        for key, value in held.items()
        if isinstance(value, dict) and value.get("type", "comment") == "comment" and "body" in value
    }
    parents = {
        reply: key
        for key, value in is_comment.items()
        for reply in map(word, _ids(at(value, "public_replies", "commentIDs")))
        if reply is not None
    }
    for key in _in_order(is_comment, order):
        parent = parents.get(key) or word(is_comment[key].get("targetID"))
        known = parent if parent in is_comment and parent != key else None
        comment = _of_entry(key, is_comment[key], held, known)
        if comment is not None:
            yield comment


def _in_order(held: dict[str, Any], order: Any) -> list[str]:
    """The ids of ``held``, replies behind what they answer; each once."""
    found: dict[str, None] = {}
    waiting = [key for key in (word(i) for i in [*_ids(order), *held]) if key in held][::-1]
    while waiting:
        key = waiting.pop()
        if key is None or key in found or key not in held:
            continue
        found[key] = None
        replies = _ids(at(held[key], "public_replies", "commentIDs"))
        waiting += [reply for reply in map(word, reversed(replies)) if reply is not None]
    return list(found)


def _ids(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _of_entry(
    key: str, entry: dict[str, Any], held: dict[str, Any], parent: str | None
) -> Comment | None:
    text = (word(at(entry, "body", "text")) or "").replace("\r\n", "\n")
    person = word(entry.get("authorID"))
    if not text:
        return None
    author = held.get(person or "")
    written = at(entry, "timestamp", "time")
    published = epoch(written)
    return Comment(
        comment_id=key,
        text=text,
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=word(at(author, "name")),
        author_id=person,
        author_url=word(at(author, "uri")),
        is_pinned=flag(entry.get("isFeatured")),
        published_at=published,
        published_raw=word(at(entry, "timestamp", "text")) or word(written),
        published_precision=Precision.SECOND if published else None,
        likes=whole(entry.get("likeCount")),
        reply_count=whole(at(entry, "public_replies", "totalCount")),
        status=CommentStatus.VISIBLE,
    )


def _is_frame(document: Document) -> bool:
    """True for a frame without comments, as it was before 2014: the box to write one is there."""
    return any("fbfeedback" in name for name in document.named)


def _of_list(document: Document) -> Iterator[Comment]:
    """The comments of a frame as it was until 2014, replies nested in what they answer."""
    posts = [n for n in document.tree.iter() if "fbFeedbackPost" in classes_of(n) and n.get("id")]
    roots = {node: _number(node) for node in posts}
    for node, number in roots.items():
        parts = list(parts_of(node, roots))
        body = next((n for n in parts if "postText" in classes_of(n)), None)
        name = first_with(parts, "profileName", "postActor")
        clock = next((n for n in parts if n.get("data-utime")), None)
        if body is None:
            continue
        text = paragraphs_of(body, lambda n: bool(classes_of(n) & _LEFT_OUT))
        above = nearest(node, roots)
        published = None if clock is None else epoch(clock.get("data-utime"))
        if text:
            yield Comment(
                comment_id=number,
                text=text,
                parent_id=above,
                parent_source=None if above is None else ParentSource.NESTING,
                author=None if name is None else text_of(name) or None,
                author_url=None if name is None else name.get("href"),
                published_at=published,
                published_raw=None if clock is None else clock.get("title") or text_of(clock),
                published_precision=Precision.SECOND if published else None,
            )


def _number(node: Node) -> str:
    """``fbc_<thread>_<index>_<comment>`` and the like: without the mark before it."""
    return str(node.get("id")).removeprefix("fbc_")
