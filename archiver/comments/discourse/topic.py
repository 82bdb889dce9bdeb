"""A Discourse topic as JSON: its first posts with the ids of all, and the rest in slices.

Knows the answers to ``/t/ID.json`` and ``/t/ID/posts.json?post_ids[]=…``, which a page that a
browser was given carries too (``data-preloaded``), and what they leave to be asked for. A post is
known by its number in the topic, which its address shows and replies name; its id over the whole
forum only serves to ask for it. Post 1 is what the topic is about, and no comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from archiver.comments.discourse.words import cooked_of, quoted_number, status_of
from archiver.comments.platform import Answer, Batch
from archiver.comments.shapes import at, flag, fragment, instant, table_of, tables, whole, word
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "discourse"
SLICE: Final = 20
"""Posts to an ask, as the forum's own pages ask (``TopicView.chunk_size``)."""
TOPIC_JSON = re.compile(
    r"^(?P<base>.*)/t/(?:(?:[^/]+/)?(?P<id>\d+)(?:/\d+)?|(?P<of>\d+)/posts)\.json$"
)
_LIKE: Final = 2  # PostActionType.types[:like]
_SMALL_ACTION: Final = 3  # Post.types: "closed this", "pinned this"; 4 is a whisper to the staff
_ERRORS = {
    "not_logged_in": ThreadOutcome.LOGIN_NEEDED,
    "invalid_access": ThreadOutcome.LOGIN_NEEDED,
    "not_found": ThreadOutcome.NOT_FOUND,
}


def ref_of(base: str, topic: str) -> str:
    """The topic's name: the forum's address and the topic's, without the scheme."""
    return f"{base.split('://', 1)[-1]}/t/{topic}"


def topic_ask(base: str, topic: str, *instead: Ask) -> Ask:
    """The ask for a topic: its first posts and the ids of all."""
    return Ask(f"{base}/t/{topic}.json", instead=instead)


def read_topic(answer: Answer, base: str, topic: str) -> Batch:
    """The comments of a topic's JSON; raises ``PlatformError`` for anything else."""
    said = table_of(answer)
    refused = _ERRORS.get(word(said.get("error_type")) or "")
    if refused is not None:
        return Batch(Thread(NAME, thread_ref=ref_of(base, topic), outcome=refused))
    if not isinstance(at(said, "post_stream", "posts"), list):
        raise PlatformError("no topic of Discourse", place=Place(answer.url))
    # /t/12/34.json is post 34 of topic 12, or a topic 34 whose slug is "12": the answer knows.
    return batch_of(said, base, str(whole(said.get("id")) or topic))


def batch_of(said: dict[str, Any], base: str, topic: str) -> Batch:
    """The comments of a topic, and asks for the posts that its stream names and it does not hold.

    The stream counts small actions too ("closed this topic"); those that are seen are not declared.
    """
    posts = list(tables(at(said, "post_stream", "posts")))
    starter = whole(at(said, "details", "created_by", "id"))
    read = [
        (post, comment_of(post, f"{base}/t/{quote(_slug(said, post))}/{topic}", base, starter))
        for post in posts
    ]
    comments = tuple(comment for _, comment in read if comment is not None)
    stream = [number for entry in _listed(said) if (number := whole(entry)) is not None]
    held = {whole(post.get("id")) for post in posts}
    declared = whole(said.get("posts_count"))
    if stream:
        left_out = {whole(p.get("id")) for p, c in read if c is None and p.get("post_number") != 1}
        declared = sum(number not in left_out for number in stream)
    missing = [number for number in stream if number > 0 and number not in held] if posts else []
    outcome = None
    if at(said, "post_stream", "isMegaTopic") is True:  # over 10,000 posts: no stream is given
        outcome = ThreadOutcome.CAPPED
    return Batch(
        Thread(
            NAME,
            comments,
            None if declared is None else max(declared - 1, len(comments)),
            ref_of(base, topic),
            outcome,
        ),
        tuple(_slices(missing, base, topic)),
    )


def comment_of(
    post: dict[str, Any], topic_url: str, base: str, starter: int | None = None
) -> Comment | None:
    """A post as a comment; None for the first, for what no person wrote, and for an odd one."""
    number = whole(post.get("post_number"))
    kind = whole(post.get("post_type"))
    if number is None or number < 2 or (kind is not None and kind >= _SMALL_ACTION):
        return None
    status = _status(post)
    node = fragment(post.get("cooked")) if status is CommentStatus.VISIBLE else None
    text, markup = cooked_of(node)
    if status is CommentStatus.VISIBLE:
        if not text:
            return None
        status = status_of(text)
        if status is not CommentStatus.VISIBLE:
            text, markup = "", None
    parent, source = _parent(post, number, topic_url, node)
    user = whole(post.get("user_id"))
    name = word(post.get("username"))
    written = word(post.get("created_at"))
    published = instant(written)
    return Comment(
        comment_id=str(number),
        text=text,
        parent_id=parent,
        parent_source=source,
        author=name,
        author_id=None if user is None else str(user),
        author_url=f"{base}/u/{quote(name)}" if name else None,
        is_article_author=None if user is None or starter is None else user == starter,
        is_staff=_is_staff(post),
        published_at=published,
        published_raw=written,
        published_precision=Precision.SECOND if published else None,
        edited_at=instant(post.get("updated_at"))
        if (whole(post.get("version")) or 1) > 1
        else None,
        html=markup,
        likes=_likes(post),
        reply_count=whole(post.get("reply_count")),
        status=status,
        permalink=f"{topic_url}/{number}",
    )


def _listed(said: dict[str, Any]) -> list[Any]:
    stream = at(said, "post_stream", "stream")
    return stream if isinstance(stream, list) else []


def _slug(said: dict[str, Any], post: dict[str, Any]) -> str:
    return word(said.get("slug")) or word(post.get("topic_slug")) or "-"


def _status(post: dict[str, Any]) -> CommentStatus:
    if post.get("user_deleted") is True or word(post.get("deleted_at")):
        return CommentStatus.DELETED
    return CommentStatus.HIDDEN if post.get("hidden") is True else CommentStatus.VISIBLE


def _parent(
    post: dict[str, Any], number: int, topic_url: str, node: Any
) -> tuple[str | None, ParentSource | None]:
    """The post replied to, else the post of this topic that is quoted first. What answers post 1
    answers the article."""
    told = whole(post.get("reply_to_post_number"))
    if told is not None:
        is_reply = 1 < told != number
        return (str(told), ParentSource.ATTRIBUTE) if is_reply else (None, None)
    quoted = quoted_number(node, topic_url.rsplit("/", 1)[-1], number)
    return (None, None) if quoted is None else (str(quoted), ParentSource.REPLY_LINK)


def _is_staff(post: dict[str, Any]) -> bool | None:
    told = [flag(post.get(name)) for name in ("staff", "admin", "moderator")]
    return True if True in told else (False if False in told else None)


def _likes(post: dict[str, Any]) -> int | None:
    """The count of likes: no entry means none, no list that nobody says."""
    actions = post.get("actions_summary")
    if not isinstance(actions, list):
        return None
    return next((whole(a.get("count")) or 0 for a in tables(actions) if a.get("id") == _LIKE), 0)


def _slices(missing: list[int], base: str, topic: str) -> Iterator[Ask]:
    for start in range(0, len(missing), SLICE):
        query = "&".join(f"post_ids%5B%5D={number}" for number in missing[start : start + SLICE])
        yield Ask(f"{base}/t/{topic}/posts.json?{query}")
