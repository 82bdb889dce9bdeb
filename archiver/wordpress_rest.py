"""WordPress' own lists of its posts and comments, which its REST interface gives to anyone.

Knows where the interface of a site lies (``link rel="https://api.w.org/"``), how its two lists are
asked for and what an answer says: each post with its last change, each comment with its article,
the newest first, and how many there are. The comments of one post are a thread, and the business
of ``archiver.comments``. Fetches nothing.

Seen on WordPress 6.1: a hundred entries at most, ``orderby=modified`` for posts and ``date_gmt``
for comments, and a list that goes on until ``page`` passes ``X-WP-TotalPages`` (then 400). A post
that was scheduled keeps the time of its last edit, so that it appears below posts that are older
to the reader: who only looks at the first page needs the feed beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from archiver.comment_feeds import article_of
from archiver.errors import Place, PlatformError, UrlError
from archiver.lenient_xml import decode_xml
from archiver.listed_times import read_time
from archiver.model import Header, Link, LinkKind, Listing
from archiver.url_parts import parameter, parse_url, with_parameters
from archiver.url_shapes import is_file
from archiver.urls import canonical_key, is_comment_page, is_trap, normalise

RELATION: Final = "https://api.w.org/"
"""``rel`` of the link to the interface's root (``rest_output_link_wp_head``)."""
PER_PAGE: Final = 100
"""The most that the interface gives at once (``class-wp-rest-controller.php``)."""
MOST_PAGES: Final = 10_000
"""A million posts. Behind a cache that knows no parameters every page is the first."""

_POSTS: Final = "wp/v2/posts"
_COMMENTS: Final = "wp/v2/comments"
_ROUTE: Final = re.compile(r"(?:^|/)(wp/v2/(?:posts|comments))/?$")
_POSTS_ASKED: Final = {
    "per_page": str(PER_PAGE),
    "orderby": "modified",
    "order": "desc",
    "_fields": "id,link,date_gmt,modified_gmt",
}
_COMMENTS_ASKED: Final = {
    "per_page": str(PER_PAGE),
    "orderby": "date_gmt",
    "order": "desc",
    "_fields": "id,post,link,date_gmt",
}


def listings_of(root: str) -> tuple[Link, ...]:
    """The lists of posts and of comments of the interface whose root is ``root`` (normalised):
    ``/wp-json/``, or ``/?rest_route=/`` on a site without readable addresses. What is a list
    already stays that one list, as it is."""
    if is_listing(root):
        return (Link(root, LinkKind.LISTING),)
    return tuple(
        Link(with_parameters(_route(root, route), asked), LinkKind.LISTING)
        for route, asked in ((_POSTS, _POSTS_ASKED), (_COMMENTS, _COMMENTS_ASKED))
    )


def is_listing(url: str) -> bool:
    """True when ``url`` is that of a list of posts or of the comments on all of them."""
    return _route_of(url) == _POSTS or is_comment_listing(url)


def is_comment_listing(url: str) -> bool:
    """True when ``url`` is that of the list of the comments on all posts."""
    return _route_of(url) == _COMMENTS and not (parameter(url, "post") or parameter(url, "post[]"))


def posts_between(url: str, since: datetime | None, until: datetime | None) -> str:
    """The list of the posts published from ``since`` on and before ``until`` (aware; None where
    the window is open), oldest first, of the interface whose root or list is ``url``.

    Oldest first, so that what is published meanwhile moves no entry to another page. UrlError
    where ``url`` is no address.
    """
    at_root = normalise(url) if _route_of(url) is None else _root_of(normalise(url))
    # Both ends are exclusive (WP_Date_Query), and entries have whole seconds.
    window = {
        "after": _written(since - timedelta(seconds=1)) if since is not None else None,
        "before": _written(until) if until is not None else None,
    }
    asked = _POSTS_ASKED | {"orderby": "date", "order": "asc"}
    return with_parameters(_route(at_root, _POSTS), asked | window)


def read_listing(
    payload: bytes, url: str, headers: Sequence[Header]
) -> tuple[tuple[Link, ...], Listing]:
    """What the list at ``url`` holds, in its order, each address once, then its next page; and
    what it says of itself.

    Posts are of kind ARTICLE, with the time of their last change or, where that is later, of their
    publication. Comments are of kind THREAD: the addresses of their articles, each with the time
    of its newest comment. Raises ``PlatformError`` for anything that is no such list, and so for
    WordPress' own errors; UrlError where ``url`` is no address.
    """
    entries = _entries_of(payload, url)
    of_comments = _route_of(url) == _COMMENTS
    found: dict[str, Link] = {}
    for entry in entries:
        for link in _link_of(entry, url, of_comments=of_comments):
            known = found.setdefault(canonical_key(link.url), link)
            if link.modified and (known.modified is None or link.modified > known.modified):
                found[canonical_key(link.url)] = link
    number = _whole(parameter(url, "page")) or 1
    listing = Listing(
        total=_whole(_header(headers, b"x-wp-total")),
        first_page=with_parameters(url, {"page": None}) if number > 1 else None,
    )
    following: tuple[Link, ...] = ()
    if _goes_on(len(entries), number, url, headers):
        target = with_parameters(url, {"page": str(number + 1)})
        following = (Link(target, LinkKind.LISTING),)
    return tuple(found.values()) + following, listing


def _goes_on(entries: int, number: int, url: str, headers: Sequence[Header]) -> bool:
    if not entries or number >= MOST_PAGES:
        return False
    pages = _whole(_header(headers, b"x-wp-totalpages"))
    if pages is not None:
        return number < pages
    return entries >= (_whole(parameter(url, "per_page")) or 10)


def _entries_of(payload: bytes, url: str) -> list[dict[str, Any]]:
    try:
        said: Any = json.loads(decode_xml(payload))
    except (ValueError, RecursionError) as error:
        raise PlatformError("no list of WordPress: it is no JSON", place=Place(url)) from error
    if isinstance(said, dict) and isinstance(said.get("code"), str):
        raise PlatformError(f"WordPress says {said['code'][:80]}", place=Place(url))
    entries = [entry for entry in said if isinstance(entry, dict)] if isinstance(said, list) else []
    if not isinstance(said, list) or len(entries) < len(said):
        raise PlatformError("no list of WordPress: it has another shape", place=Place(url))
    if entries and not any(isinstance(entry.get("link"), str) for entry in entries):
        raise PlatformError("no list of WordPress: no entry has an address", place=Place(url))
    return entries


def _link_of(entry: dict[str, Any], url: str, *, of_comments: bool) -> Iterator[Link]:
    address = entry.get("link")
    if not isinstance(address, str) or not address.strip():
        return
    if of_comments:
        target, kind = article_of(address, url), LinkKind.THREAD
    else:
        target, kind = _normalised(address, url), LinkKind.ARTICLE
    if target is None or is_trap(target) or is_comment_page(target) or is_file(target):
        return
    times = [_time_of(entry, name) for name in ("modified_gmt", "date_gmt")]
    modified = max((time for time in times if time is not None), default=None)
    yield Link(target, kind, listed=True, modified=modified)


def _time_of(entry: dict[str, Any], name: str) -> datetime | None:
    """GMT, which WordPress writes without a zone; ``0000-00-00T00:00:00`` is none."""
    value = entry.get(name)
    return read_time(value) if isinstance(value, str) else None


def _normalised(address: str, base: str) -> str | None:
    try:
        return normalise(address, base)
    except UrlError:
        return None


def _route(root: str, route: str) -> str:
    said = parameter(root, "rest_route")
    if said is not None:
        return with_parameters(root, {"rest_route": f"{said.rstrip('/')}/{route}"})
    parts = parse_url(root)
    return str(parts._replace(path=f"{parts.path.rstrip('/')}/{route}"))


def _route_of(url: str) -> str | None:
    """``wp/v2/posts`` or ``wp/v2/comments``; None for any other address, and for none."""
    try:
        said = parameter(url, "rest_route")
        found = _ROUTE.search(said if said is not None else parse_url(url).path)
    except UrlError:
        return None
    return found[1] if found else None


def _root_of(url: str) -> str:
    """The root of the interface that has the list at ``url``, with what else its address says
    (a language: ``?lang=de``)."""
    own = dict.fromkeys((*_POSTS_ASKED, "page", "after", "before"))
    said = parameter(url, "rest_route")
    if said is not None:
        return with_parameters(url, own | {"rest_route": _ROUTE.sub("/", said)})
    parts = parse_url(with_parameters(url, own))
    return str(parts._replace(path=_ROUTE.sub("/", parts.path)))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _header(headers: Sequence[Header], name: bytes) -> str:
    return next(
        (value.decode("latin-1") for said, value in headers if said.strip().lower() == name), ""
    )


def _whole(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
