"""The feed of a post's comments (``…/a-story/feed/``) becomes a thread, or the newest part of it.

Knows the RSS that ``feed-rss2-comments.php`` prints: ``guid`` and ``link`` end in ``#comment-7``,
``dc:creator`` is the author, and ``get_comment_text`` begins with "In reply to" and a link to the
comment that is answered. Pingbacks are not told apart there, but for their excerpt: "[…] … […]".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from archiver.comments.platform import Answer, Batch
from archiver.comments.shapes import fragment, line_in
from archiver.comments.wordpress.addresses import MARK, article_address
from archiver.dom import Node, fold_space, paragraphs_of
from archiver.errors import Place, PlatformError
from archiver.model import Comment, CommentStatus, ParentSource, Thread
from archiver.moments import read_moment

_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_EXCERPT = re.compile(r"\[(?:…|\.\.\.)\].*\[(?:…|\.\.\.)\]", re.DOTALL)


def is_feed(payload: bytes) -> bool:
    """True when the payload begins as a feed does."""
    head = payload[:500].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"<?xml", b"<rss")) and b"<rss" in payload[:2000]


def read_feed(answer: Answer, name: str) -> Batch:
    """The comments in the feed; raises ``PlatformError`` for a feed of anything else."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(answer.payload, parser)
    except (etree.LxmlError, ValueError) as error:
        raise PlatformError(f"no feed: {error}", place=Place(answer.url)) from error
    items = list(root.iter("item")) if root is not None else []
    comments = tuple(_comments(items, answer))
    if items and not comments:
        raise PlatformError("a feed of something else", place=Place(answer.url))
    links = (comment.permalink for comment in comments if comment.permalink)
    return Batch(
        Thread(name, comments, None, answer.thread_ref), (), article_address(next(links, ""))
    )


def _comments(items: list[Node], answer: Answer) -> Iterator[Comment]:
    for item in items:
        address = fold_space(item.findtext("link") or item.findtext("guid") or "")
        found = MARK.fullmatch(address.rpartition("#")[2])
        markup = item.findtext(_CONTENT) or item.findtext("description") or ""
        tree = fragment(markup)
        if found is None or tree is None:
            continue
        parent = _take_answered(tree)
        text = paragraphs_of(tree)
        raw = fold_space(item.findtext("pubDate") or "")
        moment = read_moment(raw, latest=answer.captured_at) if raw else None
        is_ping = parent is None and _EXCERPT.fullmatch(text) is not None
        yield Comment(
            comment_id=found[1],
            text=text,
            parent_id=parent,
            parent_source=ParentSource.REPLY_LINK if parent else None,
            author=line_in(item.findtext(_CREATOR)),
            published_at=moment.at if moment else None,
            published_raw=raw if moment else None,
            published_precision=moment.precision if moment else None,
            html=markup,
            status=CommentStatus.PINGBACK if is_ping else CommentStatus.VISIBLE,
            permalink=address,
        )


def _take_answered(tree: Node) -> str | None:
    """The comment that the first paragraph says is answered; the paragraph goes."""
    first = tree[0] if len(tree) else None
    if first is None or first.tag != "p" or len(first) != 1 or first[0].tag != "a":
        return None
    link = first[0]
    found = MARK.fullmatch((link.get("href") or "").rpartition("#")[2])
    if found is None or (link.tail or "").strip() != "." or not (first.text or "").strip():
        return None
    tree.remove(first)
    return found[1]
