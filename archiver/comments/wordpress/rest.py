"""WordPress's REST answers to ``wp/v2/comments?post=44`` become a thread.

Knows the shape that ``class-wp-rest-comments-controller.php`` prints for anonymous callers: only
approved comments, no pings, times in UTC as ``date_gmt``; how many there are stands in the headers
``X-WP-Total`` and ``X-WP-TotalPages``. Archives and proxies may have lost those: then an answer as
long as it may be is followed by an ask for the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs

from archiver.comments.platform import Answer, Batch
from archiver.comments.shapes import at, instant, line_in, tables, text_in, whole, word
from archiver.comments.wordpress.addresses import article_address, split
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread

PER_PAGE: Final = 100
"""The most that the REST API gives at once (``class-wp-rest-controller.php``)."""
_PER_PAGE_UNSAID: Final = 10
_ROUTE = re.compile(r"/wp/v2/comments/?$")
_PAGE = re.compile(r"([?&]page=)\d+")


def is_list(url: str) -> bool:
    """True for the address of a list of comments on one post."""
    parts = split(url)
    if "comments" not in url:
        return False
    query = parse_qs(parts.query)
    routes = (parts.path, *query.get("rest_route", ()))
    return any(map(_ROUTE.search, routes)) and _post_asked(query) is not None


def read_list(answer: Answer, said: list[Any], name: str) -> Batch:
    """The comments in a list; entries of another shape are passed over. ``PlatformError`` when all
    are of another."""
    query = parse_qs(split(answer.url).query)
    comments = tuple(_comments(said))
    if said and not comments:
        raise PlatformError("a list of something else", place=Place(answer.url))
    asked = whole(query.get("per_page", [""])[0]) or _PER_PAGE_UNSAID
    page = whole(query.get("page", [""])[0]) or 1
    pages = whole(answer.header("X-WP-TotalPages"))
    goes_on = len(said) >= asked if pages is None else page < pages
    asks = (Ask(_numbered(answer.url, page + 1)),) if comments and goes_on else ()
    post = _post_asked(query) or next((word(entry.get("post")) for entry in tables(said)), None)
    links = (comment.permalink for comment in comments if comment.permalink)
    article = article_address(next(links, ""))
    declared = whole(answer.header("X-WP-Total"))
    return Batch(Thread(name, comments, declared, post), asks, article)


def _comments(said: list[Any]) -> Iterator[Comment]:
    for entry in tables(said):
        number = whole(entry.get("id"))
        if number is None or entry.get("status", "approved") != "approved":
            continue
        parent = whole(entry.get("parent")) or None
        user = whole(entry.get("author")) or None
        written = instant(entry.get("date_gmt"))
        markup = at(entry, "content", "rendered")
        text, author = text_in(markup), line_in(entry.get("author_name"))
        if not text and author is None:
            continue
        yield Comment(
            comment_id=str(number),
            text=text,
            parent_id=str(parent) if parent else None,
            parent_source=ParentSource.ATTRIBUTE if parent else None,
            author=author,
            author_id=str(user) if user else None,
            author_url=word(entry.get("author_url")),
            published_at=written,
            published_raw=word(entry.get("date_gmt")) if written else None,
            published_precision=Precision.SECOND if written else None,
            html=markup if isinstance(markup, str) and markup.strip() else None,
            status=(
                CommentStatus.PINGBACK
                if entry.get("type") in ("pingback", "trackback")
                else CommentStatus.VISIBLE
            ),
            permalink=word(entry.get("link")),
        )


def _post_asked(query: dict[str, list[str]]) -> str | None:
    posts = [*query.get("post", ()), *query.get("post[]", ()), *query.get("post[0]", ())]
    return posts[0] if len(posts) == 1 and posts[0].isdecimal() else None


def _numbered(url: str, page: int) -> str:
    if _PAGE.search(url):
        return _PAGE.sub(rf"\g<1>{page}", url, count=1)
    return f"{url}&page={page}"
