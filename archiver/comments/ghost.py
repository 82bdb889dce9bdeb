"""Ghost's native comments: the members API, by pages of top-level comments with their replies.

Knows the script tag that the helper ``{{comments}}`` prints (``data-ghost-comments``,
``data-post-id``) and the answers of ``/members/api/comments/``: a post's comments, the replies to
one (the list of a post brings the first three), counts. A reply names the top-level comment it
stands under (``parent_id``) and the reply that it answers (``in_reply_to_id``).

Shapes: ``TryGhost/Ghost`` ``ghost/core/core/frontend/helpers/comments.js``,
``apps/comments-ui/src/utils/{api,options}.ts``, ``core/server/models/comment.js``,
``core/server/api/endpoints/utils/serializers/output/mappers/comments.js``. Checked against a
running server: Ghost 5.130.6. Of its 387 comments all that it serves were read, in six requests; it
names no ``parent_id`` yet, so that nesting and the address asked say it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, instant, table_of, tables, text_in, whole, word
from archiver.dom import Document, join
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "ghost"
_PER_PAGE: Final = 100
"""The most that Ghost 6 gives at once."""
_ORDER: Final = "created_at%20asc"
_ADDRESS = re.compile(
    r"^(?P<base>.*)/members/api/comments/"
    r"(?:post/(?P<post>[0-9a-f]{24})|(?P<parent>[0-9a-f]{24})/replies|(?P<counts>counts))/?$"
)
_STATUS = {
    "published": CommentStatus.VISIBLE,
    "hidden": CommentStatus.HIDDEN,
    "deleted": CommentStatus.DELETED,
}


def find(document: Document) -> Finding | None:
    """The post's comments, as the script tag names site and post; None where they are off."""
    if "ghost" not in document.hints and "comments-ui" not in document.hints:
        return None
    for node in document.tree.iter("script"):
        site = node.get("data-ghost-comments")
        if site is None or node.get("data-comments-enabled") == "off":
            continue
        base = (join(document.base_url, site) or "").rstrip("/")
        post = (node.get("data-post-id") or "").strip()
        if not base or not post:
            return Finding(post or None)
        api = f"{base}/members/api/comments"
        listed = Ask(f"{api}/post/{quote(post, safe='')}/?limit={_PER_PAGE}&page=1&order={_ORDER}")
        counted = Ask(f"{api}/counts/?ids={quote(post, safe='')}")
        return Finding(post, (counted, listed))
    return None


def owns(url: str) -> bool:
    """True for the members API's comments of a post, replies to one, and counts."""
    return _ADDRESS.match(urlsplit(url).path) is not None


def read(document: Document) -> Found | None:  # noqa: ARG001 - as the protocol has it
    """Nothing: the comments are written by a script."""
    return None


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an answer, the next page, and replies that it does not bring."""
    parts = urlsplit(answer.url)
    place = _ADDRESS.match(parts.path)
    if place is None:
        raise PlatformError("no address of Ghost's comments", place=Place(answer.url))
    said = table_of(answer)
    if place["counts"]:
        return Batch(_counted(said, answer))
    if not isinstance(said.get("comments"), list):
        raise PlatformError("no list of comments", place=Place(answer.url))
    entries = list(tables(said["comments"]))
    page = next((url for entry in entries if (url := word(at(entry, "post", "url")))), None)
    page = page or answer.article_url
    comments = tuple(
        comment
        for entry in entries
        for each in (entry, *tables(entry.get("replies")))
        if (comment := _comment(each, place["parent"] or word(entry.get("id")), page)) is not None
    )
    asks = tuple(_next_page(said, answer)) if comments else ()
    base = f"{parts.scheme}://{parts.netloc}{place['base']}/members/api/comments"
    more = tuple(ask for entry in entries for ask in _more_replies(entry, base))
    declared = None if place["parent"] or asks else _declared(said, entries)
    ref = answer.thread_ref or place["post"]
    return Batch(Thread(NAME, comments, declared, ref), (*asks, *more), page)


def _counted(said: dict[str, Any], answer: Answer) -> Thread:
    """The number of comments of the post that was asked about; the comments come otherwise."""
    asked = parse_qs(urlsplit(answer.url).query).get("ids", [""])[0].split(",")
    post = answer.thread_ref or asked[0]
    count = whole(said.get(post))
    if count is None and not all(whole(value) is not None for value in said.values()):
        raise PlatformError("no counts of comments", place=Place(answer.url))
    outcome = ThreadOutcome.PARTIAL if count else ThreadOutcome.COMPLETE
    return Thread(NAME, (), count or 0, post or None, outcome)


def _declared(said: dict[str, Any], entries: list[dict[str, Any]]) -> int | None:
    """Of a list that shows all top-level comments: these with the replies they count. ``total``
    alone leaves replies out."""
    total = whole(at(said, "meta", "pagination", "total"))
    if total is None or total != len(entries):
        return None
    return total + sum(whole(at(entry, "count", "replies")) or 0 for entry in entries)


def _next_page(said: dict[str, Any], answer: Answer) -> Iterator[Ask]:
    following = whole(at(said, "meta", "pagination", "next"))
    here = whole(at(said, "meta", "pagination", "page"))
    if following is None or here is None or following <= here:
        return
    url, query = answer.url.partition("?")[::2]
    kept = [field for field in query.split("&") if field and not field.startswith("page=")]
    yield Ask(f"{url}?{'&'.join([*kept, f'page={following}'])}")


def _more_replies(entry: dict[str, Any], base: str) -> Iterator[Ask]:
    """Replies after the last that the list brought, as the site's own script asks for them."""
    number = word(entry.get("id"))
    replies = list(tables(entry.get("replies")))
    if number is None or (whole(at(entry, "count", "replies")) or 0) <= len(replies):
        return
    last = word(replies[-1].get("id")) if replies else None
    after = "&filter=" + quote(f"id:>'{last}'", safe="") if last else ""
    yield Ask(f"{base}/{quote(number, safe='')}/replies/?limit={_PER_PAGE}{after}")


def _comment(entry: dict[str, Any], root: str | None, page: str | None) -> Comment | None:
    """A comment on ``page``, or a reply under the comment ``root``; None for an odd one."""
    number = word(entry.get("id"))
    status = _STATUS.get(word(entry.get("status")) or "published")
    if number is None or status is None:
        return None
    markup = entry.get("html") if status is CommentStatus.VISIBLE else None
    text = text_in(markup)
    if status is CommentStatus.VISIBLE and not text:
        return None
    parent = word(entry.get("in_reply_to_id")) or word(entry.get("parent_id"))
    if parent is None and root != number:
        parent = root
    written = word(entry.get("created_at"))
    published = instant(written)
    # The site names nobody beside "This comment has been removed".
    member = entry.get("member") if status is CommentStatus.VISIBLE else None
    return Comment(
        comment_id=number,
        text=text,
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=word(at(member, "name")),
        author_id=word(at(member, "id")),
        published_at=published,
        published_raw=written,
        published_precision=Precision.SECOND if published else None,
        edited_at=instant(entry.get("edited_at")),
        html=word(markup),
        likes=whole(at(entry, "count", "likes")),
        reply_count=whole(at(entry, "count", "replies")),
        status=status,
        permalink=f"{page}#ghost-comments-{number}" if page else None,
    )
