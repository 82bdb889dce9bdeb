"""OpenWeb (once Spot.IM): the conversations of one publisher's "spot", as one POST gives them.

Knows how pages name a spot (``sp_`` and eight signs, in the launcher's address or a setting) and a
post in it, and the answers of ``conversation/read``: pages of comments with replies inside them,
names in a table of users. A publisher that wants a token of a guest first is not answered.

Shapes: a dozen independent public clients of ``api-2-0.spot.im/v1.0.0/conversation/read`` that
agree with each other, and the templates of the WordPress plugin spotim-comments for what stands in
pages; OpenWeb documents none of it. Checked against its published shape only, no server was asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from archiver.comments.embeds import literals, scripts_with
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import (
    at,
    epoch,
    flag,
    line_in,
    table_of,
    tables,
    text_in,
    whole,
    word,
)
from archiver.dom import Document, Node, finder
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME: Final = "openweb"
_READ: Final = "https://api-2-0.spot.im/v1.0.0/conversation/read"
_PAGE: Final = 100
_DEPTH: Final = 20
_SPOT = re.compile(r"\bsp_[A-Za-z0-9]{8}\b")
_MARKED = finder(
    "//*[@data-spotim-module or @data-spot-id or @data-openweb-spot-id or @id='spotim-config'"
    " or @data-spot-im-module or @id='spot-im-frame-inpage'"
    " or contains(@class, 'spot-im-frame-inpage')]"
)
_SPOTS = (
    r"[sS]pot(?:_?[iI][dD]|[iI][mM]_?[iI][dD])|SPOT_ID|[oO]pen_?[wW]eb_?(?:[sS]pot_?)?(?:ID|Id|id)"
)
_POSTS = r"\b(?:data-post-id|postId|post_id|uuid)"
_SET_POST = r"setAttribute\(\s*[\"']data-post-id"
_OF_COMMENT = re.compile(r"^(sp_[A-Za-z0-9]{8})_(.+?)_c_")
_STAFF = (
    "is_staff",
    "is_admin",
    "is_journalist",
    "is_moderator",
    "is_community_moderator",
    "is_super_admin",
)
_UNSEEN = frozenset({"rejected", "block", "blocked", "pending", "require_approval", "reject"})
_LOGIN = re.compile(r"token|auth|log.?in|permission", re.IGNORECASE)


def find(document: Document) -> Finding | None:
    """Spot and post, as ``<spot>/<post>`` of requests, and the ask for the oldest comments; no asks
    where the page leaves either to its scripts."""
    hints = document.hints
    if not any(name in hints for name in ("spot.im", "spotim", "spot-im", "openweb")):
        return None
    marks = list(_MARKED(document.tree))
    addresses = [
        str(node.get("src"))
        for node in document.tree.iter("script")
        if "spot.im/" in (node.get("src") or "")
    ]
    places = [node for node in marks if _is_place(node)]
    if not (addresses or places):
        return None
    named = (scripts_with(document, name) for name in ("spot", "openweb"))
    source = "\n".join(script for scripts in named for script in scripts)
    spot = _spot_of([*addresses, *_values(marks, "data-spot-id", "data-openweb-spot-id")], source)
    posts = [
        *_values(places, "data-post-id"),
        *_values(marks, "data-post-id"),
        *literals(source, _SET_POST),
        *(found for node in places for found in literals(node.text or "", _POSTS)),
    ]
    declared = next(map(whole, _values(places, "data-messages-count")), None)
    if spot is None or not posts:
        return Finding(posts[0] if posts else None, declared=declared)
    # Ids of conversations join spot and post by an underscore: one in the post is written "$".
    said, escaped = posts[0], posts[0].replace("_", "$")
    instead = () if escaped == said else (_ask(spot, said, {}, ref=f"{spot}/{said}"),)
    return Finding(f"{spot}/{escaped}", (_ask(spot, escaped, {}, instead),), declared)


def owns(url: str) -> bool:
    """True for a conversation of OpenWeb's API."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return host.endswith(".spot.im") and parts.path.rstrip("/").endswith("/conversation/read")


def read(document: Document) -> Found | None:  # noqa: ARG001 - the protocol's form
    """``None``: no page shows OpenWeb's comments itself."""
    return None


def read_answer(answer: Answer) -> Batch | None:
    """The comments in a conversation, each before its replies; the next page, and replies that were
    left out, are asked for. Raises ``PlatformError`` for what is no conversation."""
    said = table_of(answer)
    conversation = said.get("conversation")
    if not isinstance(conversation, dict):
        return _refusal(said, answer)
    if not isinstance(conversation.get("comments"), list):
        raise PlatformError("a conversation without comments", place=Place(answer.url))
    users = conversation.get("users") or said.get("users")
    entries = list(_entries(conversation["comments"]))
    comments = tuple(c for entry, above in entries if (c := _comment(entry, above, users)))
    spot, post = _named(answer, comments)
    declared = whole(conversation.get("messages_count"))
    ref = answer.thread_ref or (f"{spot}/{post}" if spot and post else None)
    asks = tuple(_rest(conversation, entries, spot, post)) if comments and spot and post else ()
    return Batch(Thread(NAME, comments, declared, ref), asks, word(conversation.get("url")))


def _ask(
    spot: str,
    post: str,
    change: dict[str, Any],
    instead: tuple[Ask, ...] = (),
    ref: str | None = None,
) -> Ask:
    body = {
        "conversation_id": f"{spot}_{post}",
        "count": _PAGE,
        "offset": 0,
        "sort_by": "oldest",
        "depth": _DEPTH,
        "child_count": _PAGE,
        **change,
    }
    headers = (
        ("Content-Type", "application/json"),
        ("Accept", "application/json"),
        ("x-spot-id", spot),
        ("x-post-id", post),
    )
    text = json.dumps(body, separators=(",", ":"))
    return Ask(_READ, "POST", headers, text, instead=instead, thread_ref=ref)


def _is_place(node: Node) -> bool:
    """True for the element that a conversation is drawn in, and for its settings."""
    wording = f"{node.get('class') or ''} {node.get('id') or ''}"
    is_module = (node.get("data-spotim-module") or "").lower() == "conversation"
    return is_module or "spot-im-frame-inpage" in wording or node.get("id") == "spotim-config"


def _spot_of(places: list[str], source: str) -> str | None:
    for text in [*places, *literals(source, _SPOTS)]:
        found = _SPOT.search(text)
        if found:
            return found[0]
    found = _SPOT.search(source)
    return found[0] if found else None


def _values(nodes: list[Node], *names: str) -> list[str]:
    found = (node.get(name) for name in names for node in nodes)
    return [value.strip() for value in found if value and value.strip() and "{{" not in value]


def _refusal(said: dict[str, Any], answer: Answer) -> Batch:
    """An answer without a conversation: unknown, or only for those with a token."""
    error = (
        word(said.get("error")) or word(at(said, "error", "message")) or word(said.get("message"))
    )
    if "conversation" in said:
        outcome = ThreadOutcome.NOT_FOUND
    elif error and _LOGIN.search(error):
        outcome = ThreadOutcome.LOGIN_NEEDED
    else:
        raise PlatformError(f"no conversation: {error}", place=Place(answer.url))
    return Batch(Thread(NAME, thread_ref=answer.thread_ref, outcome=outcome))


def _named(answer: Answer, comments: tuple[Comment, ...]) -> tuple[str | None, str | None]:
    """Spot and post as a request names them: as was asked; else ids of comments begin with both."""
    spot, _, post = (answer.thread_ref or "").partition("/")
    if spot and post:
        return spot, post
    found = next(filter(None, (_OF_COMMENT.match(c.comment_id) for c in comments)), None)
    return (found[1], found[2]) if found else (None, None)


def _entries(comments: list[Any]) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Comments before their replies, each with the id of the one it lies in. Without recursion:
    how deep replies lie is not ours to say."""
    waiting: list[tuple[dict[str, Any], str | None]]
    waiting = [(entry, None) for entry in reversed(list(tables(comments)))]
    while waiting:
        entry, above = waiting.pop()
        yield entry, above
        below = reversed(list(tables(entry.get("replies"))))
        waiting += [(reply, word(entry.get("id"))) for reply in below]


def _rest(
    conversation: dict[str, Any],
    entries: list[tuple[dict[str, Any], str | None]],
    spot: str,
    post: str,
) -> Iterator[Ask]:
    """The next page of the conversation (or of the replies it was asked for), and of replies."""
    parents = {word(entry.get("parent_id")) for entry, above in entries if above is None}
    yield from _next(conversation, spot, post, parents.pop() if len(parents) == 1 else None)
    for entry, _ in entries:
        comment_id = word(entry.get("id"))
        if comment_id:
            yield from _next(entry, spot, post, comment_id)


def _next(place: dict[str, Any], spot: str, post: str, parent: str | None) -> Iterator[Ask]:
    offset = whole(place.get("offset"))
    if flag(place.get("has_next")) and offset is not None and offset > 0:
        yield _ask(spot, post, {"offset": offset, **({"parent_id": parent} if parent else {})})


def _comment(entry: dict[str, Any], above: str | None, users: Any) -> Comment | None:
    """The comment that an entry is; an empty place for one that was deleted or not let through."""
    comment_id = word(entry.get("id"))
    if comment_id is None:
        return None
    parent = word(entry.get("parent_id")) or above
    status = _status(entry)
    shown = status is CommentStatus.VISIBLE
    html = _markup(entry) if shown else None
    text = text_in(html)
    if shown and not text:
        return None
    user_id = word(entry.get("user_id"))
    user = at(users, user_id) if user_id else None
    written = entry.get("written_at") or entry.get("time")
    published, edited = epoch(written), epoch(entry.get("edited_at"))
    labels = [bool(flag(entry.get(name))) for name in ("featured", "top_featured", "pinned")]
    return Comment(
        comment_id=comment_id,
        text=text,
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=line_in(at(user, "display_name") or at(user, "user_name")) if shown else None,
        author_id=user_id if shown else None,
        is_staff=_is_staff(user) if shown else None,
        is_pinned=True if any(labels) else None,
        published_at=published,
        published_raw=word(written),
        published_precision=Precision.SECOND if published else None,
        edited_at=edited if flag(entry.get("edited")) and shown else None,
        html=html,
        likes=whole(at(entry, "rank", "ranks_up")) if shown else None,
        dislikes=whole(at(entry, "rank", "ranks_down")) if shown else None,
        reply_count=whole(entry.get("replies_count")),
        status=status,
    )


def _status(entry: dict[str, Any]) -> CommentStatus:
    if flag(entry.get("deleted")) or entry.get("status") == "deleted":
        return CommentStatus.DELETED
    hidden = flag(entry.get("published")) is False or word(entry.get("status")) in _UNSEEN
    return CommentStatus.HIDDEN if hidden else CommentStatus.VISIBLE


def _markup(entry: dict[str, Any]) -> str | None:
    """The texts of a comment's content, pictures and previews left out."""
    texts = [
        text
        for part in tables(entry.get("content"))
        if part.get("type", "text") == "text" and (text := word(part.get("text")))
    ]
    return "".join(f"<p>{text}</p>" if "<p" not in text else text for text in texts) or None


def _is_staff(user: Any) -> bool | None:
    said = [is_so for name in _STAFF if (is_so := flag(at(user, name))) is not None]
    return any(said) if said else None
