"""What a Coral server answers: stories and replies of version 5 and later, assets of version 4,
counts, and refusals.

Knows the fields of a comment in both generations. Comments come as pages of pages: each holds the
first of its replies, and what an answer leaves out is asked for from the last cursor on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from archiver.comments.coral.queries import (
    COUNT,
    TALK,
    V5,
    asset_ask,
    replies_ask,
    root_of,
    story_ask,
)
from archiver.comments.locations import query_of
from archiver.comments.plaintext import paragraphs_in
from archiver.comments.platform import Answer, Batch
from archiver.comments.shapes import (
    at,
    flag,
    instant,
    table_of,
    tables,
    text_in,
    total,
    whole,
    word,
)
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

__all__ = ["COUNT", "NAME", "TALK", "V5", "read_answer"]

NAME: Final = "coral"
_REFUSED = frozenset({"RAW_QUERY_NOT_AUTHORIZED", "PERSISTED_QUERY_NOT_FOUND"})
_VISIBLE = frozenset({None, "NONE", "APPROVED", "ACCEPTED"})
_STAFF = frozenset({"STAFF", "ADMIN", "MODERATOR"})
_LIKES = frozenset({
    "LikeActionSummary", "RespectActionSummary", "LoveActionSummary", "UpvoteActionSummary",
})  # fmt: skip
"""Of the plugins that come with version 4."""


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an answer, each before its replies; what it left out is asked for. Raises
    ``PlatformError`` for what is no answer of Coral."""
    said = table_of(answer)
    path = urlsplit(answer.url).path.rstrip("/")
    if path.endswith(COUNT):
        return _from_count(said, answer)
    if _codes(said) & _REFUSED:
        return Batch(Thread(NAME, outcome=ThreadOutcome.QUERY_REFUSED))
    data = said.get("data")
    if not isinstance(data, dict):
        raise PlatformError("no data of GraphQL", place=Place(answer.url))
    if "story" in data or "stream" in data:
        return _from_story(data.get("story") or data.get("stream"), answer)
    if "asset" in data:
        return _from_asset(data["asset"], answer)
    if "comment" in data:
        return _from_replies(data["comment"], answer)
    raise PlatformError("neither a story nor an asset nor a comment", place=Place(answer.url))


def _codes(said: dict[str, Any]) -> set[str | None]:
    """Codes of errors, as GraphQL lists them or as the server's own error page has one."""
    listed = {word(at(error, "extensions", "code")) for error in tables(said.get("errors"))}
    return listed | {word(at(said, "error", "code"))}


def _from_count(said: dict[str, Any], answer: Answer) -> Batch:
    """A count is asked for only where the comments were refused."""
    if "count" not in said:
        raise PlatformError("no count", place=Place(answer.url))
    query = query_of(answer.url)
    ref = answer.thread_ref or query.get("id") or query.get("url")
    count = whole(said["count"])
    if count is None:
        outcome = ThreadOutcome.NOT_FOUND
    elif count == 0:
        outcome = ThreadOutcome.COMPLETE
    else:
        was_refused = answer.thread_ref is not None
        outcome = ThreadOutcome.QUERY_REFUSED if was_refused else ThreadOutcome.PARTIAL
    return Batch(Thread(NAME, (), count, ref, outcome))


def _from_story(story: Any, answer: Answer) -> Batch:
    if not isinstance(story, dict):
        return Batch(Thread(NAME, outcome=ThreadOutcome.NOT_FOUND))
    connection = story.get("comments")
    if not isinstance(connection, dict):
        raise PlatformError("a story without comments", place=Place(answer.url))
    story_id, root = word(story.get("id")), root_of(answer.url)
    haul = _haul(connection, None, word(story.get("url")), root)
    cursor = _more(connection)
    if cursor and story_id and haul.comments:
        haul.asks.insert(0, story_ask(root, story_id, None, cursor))
    declared = whole(at(story, "commentCounts", "totalPublished"))
    thread = Thread(NAME, tuple(haul.comments), declared, answer.thread_ref or story_id)
    return Batch(thread, tuple(haul.asks), word(story.get("url")))


def _from_replies(comment: Any, answer: Answer) -> Batch:
    if not isinstance(comment, dict):
        return Batch(Thread(NAME, outcome=ThreadOutcome.NOT_FOUND))
    comment_id, connection = word(comment.get("id")), comment.get("replies")
    if comment_id is None or not isinstance(connection, dict):
        raise PlatformError("a comment without replies", place=Place(answer.url))
    url, root = word(at(comment, "story", "url")), root_of(answer.url)
    haul = _haul(connection, comment_id, url, root)
    cursor = _more(connection)
    if cursor and haul.comments:
        haul.asks.insert(0, replies_ask(root, comment_id, cursor))
    ref = answer.thread_ref or word(at(comment, "story", "id"))
    return Batch(Thread(NAME, tuple(haul.comments), None, ref), tuple(haul.asks), url)


def _from_asset(asset: Any, answer: Answer) -> Batch:
    if not isinstance(asset, dict):
        return Batch(Thread(NAME, outcome=ThreadOutcome.NOT_FOUND))
    connection = asset.get("comments")
    if not isinstance(connection, dict):
        raise PlatformError("an asset without comments", place=Place(answer.url))
    asset_id, url = word(asset.get("id")), word(asset.get("url"))
    comments = tuple(_haul(connection, None, url, None).comments)
    cursor = word(connection.get("endCursor"))
    asks: tuple[Ask, ...] = ()
    if flag(connection.get("hasNextPage")) and cursor and asset_id and comments:
        asks = (asset_ask(root_of(answer.url), asset_id, cursor),)
    declared = whole(asset.get("totalCommentCount"))
    thread = Thread(NAME, comments, declared, answer.thread_ref or asset_id)
    return Batch(thread, asks, url)


@dataclass(slots=True)
class _Haul:
    comments: list[Comment] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)


def _haul(connection: Any, parent: str | None, story_url: str | None, root: str | None) -> _Haul:
    """The comments of a connection and of those inside it, in the order of the thread, and asks
    for the replies left out (none without ``root``). Without recursion: depth is the reader's."""
    haul = _Haul()
    waiting = [(node, parent) for node in reversed(list(_nodes(connection)))]
    while waiting:
        node, above = waiting.pop()
        comment = _comment(node, above, story_url)
        if comment is None:
            continue
        haul.comments.append(comment)
        below = node.get("replies")
        if root is not None:
            haul.asks += _for_replies(node, comment.comment_id, below, root)
        waiting += [(child, comment.comment_id) for child in reversed(list(_nodes(below)))]
    return haul


def _for_replies(node: dict[str, Any], comment_id: str, below: Any, root: str) -> Iterator[Ask]:
    if isinstance(below, dict):
        cursor = _more(below)
        if cursor:
            yield replies_ask(root, comment_id, cursor)
    elif (whole(node.get("replyCount")) or 0) > 0:
        yield replies_ask(root, comment_id, None)


def _nodes(connection: Any) -> Iterator[dict[str, Any]]:
    yield from tables(at(connection, "nodes"))
    for edge in tables(at(connection, "edges")):
        yield from tables([edge.get("node")])


def _more(connection: dict[str, Any]) -> str | None:
    """The cursor behind which there is more; ``None`` at the end."""
    info = connection.get("pageInfo")
    return word(at(info, "endCursor")) if flag(at(info, "hasNextPage")) else None


def _comment(node: dict[str, Any], above: str | None, story_url: str | None) -> Comment | None:
    """The comment that a node is; an empty place for one that was deleted or not let through."""
    comment_id = word(node.get("id"))
    if comment_id is None:
        return None
    is_talk = "created_at" in node or "user" in node
    body = node.get("body")
    text = paragraphs_in(body) if is_talk else text_in(body)
    parent = word(at(node, "parent", "id")) or above
    written = node.get("created_at" if is_talk else "createdAt")
    published = instant(written)
    author = node.get("user" if is_talk else "author")
    status = _status(node, text)
    if status is CommentStatus.VISIBLE and not text:
        return None
    shown = status is CommentStatus.VISIBLE
    tags = {
        word(tag.get("code")) or word(at(tag, "tag", "name")) for tag in tables(node.get("tags"))
    }
    return Comment(
        comment_id=comment_id,
        text=text if shown else "",
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=word(at(author, "username")) if shown else None,
        author_id=word(at(author, "id")) if shown else None,
        is_staff=bool(tags & _STAFF) if shown and "tags" in node else None,
        is_pinned="FEATURED" in tags if shown and "tags" in node else None,
        published_at=published,
        published_raw=word(written),
        published_precision=Precision.SECOND if published else None,
        html=word(body) if shown and not is_talk else None,
        likes=_likes(node) if shown else None,
        reply_count=whole(node.get("replyCount")),
        status=status,
        permalink=_permalink(story_url, "commentId" if is_talk else "commentID", comment_id),
    )


def _status(node: dict[str, Any], text: str) -> CommentStatus:
    if flag(node.get("deleted")) or ("body" in node and node["body"] is None):
        return CommentStatus.DELETED
    if word(node.get("status")) not in _VISIBLE:
        return CommentStatus.HIDDEN
    # What only a picture was sent for is no text, but it may have replies.
    has_replies = not text and (whole(node.get("replyCount")) or 0) > 0
    return CommentStatus.HIDDEN if has_replies else CommentStatus.VISIBLE


def _likes(node: dict[str, Any]) -> int | None:
    counted = whole(at(node, "actionCounts", "reaction", "total"))
    if counted is not None:
        return counted
    summaries = tables(node.get("action_summaries"))
    return total(whole(s.get("count")) for s in summaries if word(s.get("__typename")) in _LIKES)


def _permalink(story_url: str | None, name: str, comment_id: str) -> str | None:
    """The story's address with the comment's id, as ``getURLWithCommentID`` writes it."""
    if story_url is None:
        return None
    try:
        parts = urlsplit(story_url)
        query = [*parse_qsl(parts.query, keep_blank_values=True), (name, comment_id)]
        return parts._replace(query=urlencode(query), fragment="").geturl()
    except ValueError:
        return None
