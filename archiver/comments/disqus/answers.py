"""What Disqus answers: the embed page with its JSON, and the API's lists of posts.

Knows the fields of a post, the envelope (``code``, ``cursor``, ``response``) and the codes of
refusals; the same post looks alike in both. Of a post that was deleted, or that no moderator let
through, only its place is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from archiver.comments.locations import query_of, with_query
from archiver.comments.platform import Answer, Batch
from archiver.comments.shapes import (
    at,
    flag,
    instant,
    line_in,
    table_of,
    tables,
    text_in,
    whole,
    word,
)
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME: Final = "disqus"
HOSTS: Final = frozenset({"disqus.com", "www.disqus.com"})
_DATA = b'id="disqus-threadData"'
_KEY = "DISQUS_API_KEY"
_REFUSALS = {
    2: ThreadOutcome.NOT_FOUND,  # invalid argument: "Unable to find thread"
    8: ThreadOutcome.NOT_FOUND,  # the object does not exist
    4: ThreadOutcome.LOGIN_NEEDED,
    18: ThreadOutcome.LOGIN_NEEDED,
    5: ThreadOutcome.KEY_NEEDED,
    9: ThreadOutcome.KEY_NEEDED,
    11: ThreadOutcome.KEY_NEEDED,
    12: ThreadOutcome.KEY_NEEDED,
}
"""Of disqus.com/api/docs/errors; every other code but 0 is a failure of the moment."""


def read_answer(answer: Answer) -> Batch | None:
    """The posts in an embed page or in an API list, in its order; the next page of a list is asked
    for by its cursor. Raises ``PlatformError`` for anything else."""
    is_embed = _DATA in answer.payload
    said = _embedded(answer) if is_embed else table_of(answer)
    code, response = whole(said.get("code")), said.get("response")
    if code in _REFUSALS:
        return Batch(Thread(NAME, thread_ref=_thread_ref(answer), outcome=_REFUSALS[code]))
    if code != 0:
        raise PlatformError(f"no answer of Disqus, or code {code}", place=Place(answer.url))
    if is_embed:
        return _from_embed(said, response, answer)
    if not isinstance(response, list):
        raise PlatformError("no list of posts", place=Place(answer.url))
    comments = tuple(_comments(response, None))
    thread = at(response, 0, "thread")
    return Batch(
        Thread(NAME, comments, whole(at(thread, "posts")), _thread_ref(answer)),
        tuple(_next_page(said, answer)) if comments else (),
        article_url=word(at(thread, "link")),
    )


def _embedded(answer: Answer) -> dict[str, Any]:
    """The JSON that the embed page carries in a script element."""
    behind = answer.payload.partition(_DATA)[2].partition(b">")[2]
    inside = behind.partition(b"</script")[0]
    try:
        said = json.loads(inside)
    except (ValueError, RecursionError) as error:
        raise PlatformError(
            f"no JSON in the embed page: {error}", place=Place(answer.url)
        ) from error
    if not isinstance(said, dict):
        raise PlatformError("no JSON object in the embed page", place=Place(answer.url))
    return said


def _from_embed(said: dict[str, Any], response: Any, answer: Answer) -> Batch:
    thread = at(response, "thread")
    if not isinstance(response, dict) or not isinstance(response.get("posts"), list):
        raise PlatformError("no posts in the embed page", place=Place(answer.url))
    if not isinstance(thread, dict):
        return Batch(Thread(NAME, thread_ref=_thread_ref(answer), outcome=ThreadOutcome.NOT_FOUND))
    declared = whole(at(said, "cursor", "total"))
    return Batch(
        Thread(
            NAME,
            tuple(_comments(response["posts"], thread)),
            whole(thread.get("posts")) if declared is None else declared,
            _thread_ref(answer),
            ThreadOutcome.CAPPED if flag(at(said, "cursor", "hasNext")) else None,
        ),
        article_url=word(thread.get("link")),
    )


def _next_page(said: dict[str, Any], answer: Answer) -> Iterator[Ask]:
    """The same list from the next cursor on. The key is never taken from the URL that answered."""
    cursor = word(at(said, "cursor", "next"))
    pairs = parse_qsl(urlsplit(answer.url).query)
    if not flag(at(said, "cursor", "hasNext")) or cursor is None or ("cursor", cursor) in pairs:
        return
    kept = [pair for pair in pairs if pair[0] not in ("api_key", "cursor")]
    asked = [("api_key", _KEY), *kept, ("cursor", cursor)]
    yield Ask(with_query(answer.url, asked), needs=_KEY)


def _thread_ref(answer: Answer) -> str | None:
    """``<forum>/<identifier, else URL>``: as asked for, else as the URL that answered says."""
    if answer.thread_ref is not None:
        return answer.thread_ref
    query = query_of(answer.url)
    forum = query.get("f") or query.get("forum")
    names = ("t_i", "thread:ident", "t_u", "thread:link", "thread")
    thread = next((query[name] for name in names if query.get(name)), None)
    return f"{forum}/{thread}" if forum and thread else None


def _comments(posts: Iterable[Any], thread: dict[str, Any] | None) -> Iterator[Comment]:
    for post in tables(posts):
        comment = _comment(post, post.get("thread") if thread is None else thread)
        if comment is not None:
            yield comment


def _comment(post: dict[str, Any], thread: Any) -> Comment | None:
    """The comment that a post is; ``None`` for one without an id, or without anything to read."""
    comment_id = word(post.get("id"))
    if comment_id is None:
        return None
    parent, written, link = (
        word(post.get("parent")),
        post.get("createdAt"),
        word(at(thread, "link")),
    )
    published = instant(written)
    bare = Comment(
        comment_id=comment_id,
        text="",
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        published_at=published,
        published_raw=word(written),
        published_precision=Precision.SECOND if published else None,
        permalink=f"{link.partition('#')[0]}#comment-{comment_id}" if link else None,
        status=_status(post),
    )
    if bare.status is not CommentStatus.VISIBLE:
        return bare
    return _told(bare, post, thread)


def _status(post: dict[str, Any]) -> CommentStatus:
    if flag(post.get("isDeleted")):
        return CommentStatus.DELETED
    if flag(post.get("isSpam")) or flag(post.get("isApproved")) is False:
        return CommentStatus.HIDDEN
    return CommentStatus.VISIBLE


def _told(bare: Comment, post: dict[str, Any], thread: Any) -> Comment | None:
    """``bare`` with who wrote it, what, and what others thought of it."""
    text = text_in(post.get("message")) or text_in(post.get("raw_message"))
    if not text:
        return None
    author = post.get("author")
    author_id, moderators = word(at(author, "id")), at(thread, "moderators")
    return Comment(
        comment_id=bare.comment_id,
        text=text,
        parent_id=bare.parent_id,
        parent_source=bare.parent_source,
        author=line_in(at(author, "name")) or word(at(author, "username")),
        author_id=author_id,
        author_url=word(at(author, "profileUrl")) or word(at(author, "url")),
        is_staff=(
            author_id in set(map(word, moderators))
            if author_id and isinstance(moderators, list)
            else None
        ),
        is_pinned=flag(post.get("isHighlighted")),
        published_at=bare.published_at,
        published_raw=bare.published_raw,
        published_precision=bare.published_precision,
        html=word(post.get("message")),
        likes=whole(post.get("likes")),
        dislikes=whole(post.get("dislikes")),
        score=whole(post.get("points")),
        permalink=bare.permalink,
    )
