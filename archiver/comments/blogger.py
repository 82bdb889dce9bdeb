"""Blogger's comments: threaded and classic lists in the page, and the post's comment feed as JSON.

Shapes: the includables ``threaded_comment_js`` and ``comments`` of Blogger's published default
templates, and the script that they bring into every page (ids from ``blog-N.post-N``, the parent
from the address of the link ``comments/default/N?``, ``blogger.contentRemoved``, the query
``alt=json&v=2&orderby=published&reverse=false``). Feed: Blogger Data API 2.0, "Retrieving comments"
(``openSearch$totalResults``, ``start-index``). Checked against saved pages only, the feed against
its published shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from archiver.comments.markup import (
    areas_of,
    calendar_of,
    first_with,
    in_utc,
    in_widget,
    is_control,
    markup_of,
    name_in,
    nearest,
    number_in,
    own_paths,
    parts_of,
    path_of,
)
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, epoch, instant, tables, text_in, whole, word
from archiver.dom import Document, Node, classes_of, finder, join, paragraphs_of, text_of
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread

NAME: Final = "blogger"

_HINTS = ("comment-holder", "comments-block", "blogger.com/")
_RECORDS = finder(
    "//li[starts-with(@id, 'c')"
    " and contains(concat(' ', normalize-space(@class), ' '), ' comment ')]"
    "|//dt[starts-with(@id, 'c') and contains(@class, 'comment-author')]"
)
_ID = re.compile(r"c(\d{6,25})")
_AREA = finder("//*[@id='comments' or @id='comment-holder' or @id='comments-block']")
_HEADINGS = finder(
    "//*[@id='comments']/descendant::*[self::h2 or self::h3 or self::h4][1]|//*[@data-num-comments]"
)
_LOAD_MORE = finder("//*[contains(concat(' ', @class, ' '), ' loadmore ')]")
_FEEDS = finder("//*[self::link or self::a][contains(@href, '/comments/default')]/@href")
_FEED = re.compile(r"/feeds/(\d+)/comments/(?:default|full|summary)/?")
_STAMP = re.compile(r"[?&]showComment=(\d{10,14})")
_PROFILE = re.compile(r"/profile/(\d+)")
_ENTRY = re.compile(r"post-(\d+)$")
_PARENT = re.compile(r"/comments/default/(\d+)(?:\?|$)")
_CALLBACK = re.compile(rb"\s*(?://[^\n]*\n\s*)?[\w.$]+\((.*)\)\s*;?\s*", re.DOTALL)
_PER_ANSWER: Final = 500
"""``max-results``; where the server gives fewer, its answer says so."""


def find(document: Document) -> Finding | None:
    """The post, and its feed where the page shows fewer comments than there are."""
    if not _is_here(document):
        return None
    feed, post = _feed_of(document)
    records = _records(document)
    if post is None and not records:
        return None
    declared = _declared(document)
    is_listed = bool(_AREA(document.tree))
    more = any("hidden" not in classes_of(node) for node in _LOAD_MORE(document.tree))
    wanted = more or (declared or 0) > len(records) or not (records or is_listed)
    asks = (Ask(f"{feed}?{_query(1)}"),) if feed and wanted else ()
    return Finding(post, asks, declared)


def owns(url: str) -> bool:
    """True for the JSON feed of one post's comments; the site-wide one has no number."""
    parts = urlsplit(url)
    return bool(_FEED.fullmatch(parts.path)) and parse_qs(parts.query).get("alt", [""])[
        0
    ].startswith("json")


def read(document: Document) -> Found | None:
    """The comments in the page, each below the one it answers."""
    if not _is_here(document):
        return None
    records = _records(document)
    if not records and not _AREA(document.tree):
        return None
    calendar = calendar_of(document)
    comments = tuple(
        comment
        for node in records
        if (comment := _comment(node, records, document, calendar.of)) is not None
    )
    thread = Thread(NAME, comments, _declared(document), _feed_of(document)[1])
    roots = [part for node in records for part in _whole_of(node)]
    return Found(thread, (*areas_of(roots), *_lone_areas(document)))


def read_answer(answer: Answer) -> Batch | None:
    """The comments in one page of the feed, and the page after it; raises ``PlatformError``."""
    feed = at(_json_of(answer), "feed")
    if not isinstance(feed, dict):
        raise PlatformError("no feed", place=Place(answer.url))
    entries = list(tables(feed.get("entry")))
    comments = tuple(comment for entry in entries if (comment := _from_feed(entry)) is not None)
    declared = whole(at(feed, "openSearch$totalResults", "$t"))
    start = whole(at(feed, "openSearch$startIndex", "$t")) or 1
    after = start + len(entries)
    named = _FEED.search(urlsplit(answer.url).path)
    asks: tuple[Ask, ...] = ()
    if entries and declared is not None and after <= declared:
        asks = (Ask(_at_index(answer.url, after)),)
    article = next((word(at(entry, "thr$in-reply-to", "href")) for entry in entries if entry), None)
    thread = Thread(NAME, comments, declared, named[1] if named else None)
    return Batch(thread, asks, article)


def _is_here(document: Document) -> bool:
    return any(hint in document.hints for hint in _HINTS)


def _records(document: Document) -> dict[Node, str]:
    paths: frozenset[str] | None = None
    held: dict[Node, str] = {}
    for node in _RECORDS(document.tree):
        found = _ID.fullmatch(node.get("id"))
        if found is None or in_widget(node):
            continue
        paths = own_paths(document) if paths is None else paths
        link = _permalink(node)
        if link is None or path_of(document.base_url, link) in paths:
            held[node] = found[1]
    return held


def _whole_of(node: Node) -> list[Node]:
    """The elements that are the comment: of the classic list a ``dt`` and the ``dd`` after it."""
    if node.tag != "dt":
        return [node]
    whole_of = [node]
    for sibling in node.itersiblings():
        if sibling.tag == "dt":
            break
        whole_of.append(sibling)
    return whole_of


def _permalink(node: Node) -> str | None:
    own = node.get("id")
    for part in _whole_of(node):
        for link in part.iter("a"):
            href = link.get("href") or ""
            if href.endswith(f"#{own}"):
                return str(href)
    return None


def _comment(
    node: Node, records: dict[Node, str], document: Document, moment_of: Any
) -> Comment | None:
    own = [inner for part in _whole_of(node) for inner in parts_of(part, records)]
    content = first_with(own, "comment-content", "comment-body")
    if content is None:
        return None
    author = node if node.tag == "dt" else first_with(own, "user", "comment-author")
    profile = author.find(".//a[@href]") if author is not None else None
    is_deleted = any("deleted-comment" in classes_of(inner) for inner in content.iter())
    link = _permalink(node)
    stamp = _STAMP.search(link or "")
    dated = first_with(own, "datetime", "comment-timestamp")
    moment = moment_of([dated]) if dated is not None and stamp is None else None
    parent = nearest(node, records)
    address = profile.get("href") if profile is not None else None
    account = _PROFILE.search(address or "")
    threaded = node.tag == "li"
    return Comment(
        comment_id=records[node],
        text="" if is_deleted else paragraphs_of(content, is_control),
        parent_id=parent,
        parent_source=ParentSource.NESTING if parent else None,
        author=_author(author, profile),
        author_id=account[1] if account else None,
        author_url=join(document.base_url, address) if address else None,
        is_article_author=_is_by_author(own) if threaded else None,
        published_at=epoch(stamp[1], per_second=1000) if stamp else in_utc(moment),
        published_raw=text_of(dated) or None if dated is not None else None,
        published_precision=Precision.SECOND if stamp else (moment.precision if moment else None),
        html=None if is_deleted else markup_of(content),
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
        permalink=join(document.base_url, link) if link else None,
    )


def _author(node: Node, profile: Node) -> str | None:
    if node is None:
        return None
    if profile is not None and (name := text_of(profile)):
        return name
    # "Anonymous said...": the classic list has the name and the verb in one text.
    return name_in(text_of(node).removesuffix("...").removesuffix("\u2026"))


def _is_by_author(own: list[Node]) -> bool:
    return any("blog-author" in classes_of(inner) for inner in own)


def _lone_areas(document: Document) -> Iterator[Node]:
    """The headings and forms of a comment area; the area itself may be the element that a theme
    puts around the whole post, so it is taken only where it is Blogger's own."""
    for node in _AREA(document.tree):
        if "comments" in classes_of(node) or node.get("id") != "comments":
            yield node


def _declared(document: Document) -> int | None:
    for node in _HEADINGS(document.tree):
        said = node.get("data-num-comments")
        number = whole(said) if said else number_in(text_of(node)[:60])
        if number is not None:
            return number
    return None


def _feed_of(document: Document) -> tuple[str | None, str | None]:
    """(address of the feed of this post's comments, id of the post)."""
    for href in _FEEDS(document.tree):
        url = join(document.base_url, str(href))
        found = _FEED.fullmatch(urlsplit(url).path) if url else None
        if url and found:
            return urljoin(url, f"/feeds/{found[1]}/comments/default"), found[1]
    for node in _LOAD_MORE(document.tree):
        post = node.get("data-post-id") or ""
        if post.isdecimal():
            return urljoin(document.url, f"/feeds/{post}/comments/default"), post
    return None, None


def _query(start: int) -> str:
    return (
        f"alt=json&v=2&orderby=published&reverse=false&max-results={_PER_ANSWER}"
        f"&start-index={start}"
    )


def _at_index(url: str, start: int) -> str:
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "start-index"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("start-index", str(start))])))


def _json_of(answer: Answer) -> Any:
    wrapped = _CALLBACK.fullmatch(answer.payload)  # as a page's own script asks for it
    try:
        return json.loads(wrapped[1] if wrapped else answer.payload)
    except (ValueError, RecursionError) as error:
        raise PlatformError(f"no JSON: {error}", place=Place(answer.url)) from error


def _from_feed(entry: dict[str, Any]) -> Comment | None:
    found = _ENTRY.search(word(at(entry, "id", "$t")) or "")
    if found is None:
        return None
    named = {word(p.get("name")): p.get("value") for p in tables(entry.get("gd$extendedProperty"))}
    is_deleted = "blogger.contentRemoved" in named
    markup = at(entry, "content", "$t") or at(entry, "summary", "$t")
    text = "" if is_deleted else text_in(markup)
    if not text and not is_deleted:
        return None
    links = {word(link.get("rel")): word(link.get("href")) for link in tables(entry.get("link"))}
    parent = _PARENT.search(links.get("related") or "")
    profile = word(at(entry, "author", 0, "uri", "$t"))
    account = _PROFILE.search(profile or "")
    published = word(at(entry, "published", "$t"))
    at_time = instant(published)
    updated = instant(at(entry, "updated", "$t"))
    return Comment(
        comment_id=found[1],
        text=text,
        parent_id=parent[1] if parent else None,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=word(at(entry, "author", 0, "name", "$t")),
        author_id=account[1] if account else None,
        author_url=profile,
        published_at=at_time,
        published_raw=published,
        published_precision=Precision.SECOND if at_time else None,
        edited_at=updated if updated and at_time and updated > at_time else None,
        html=word(markup) if not is_deleted else None,
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
        permalink=links.get("alternate"),
    )
