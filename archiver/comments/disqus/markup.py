"""The copy of a thread that the WordPress plugin disqus-comment-system 2.x prints into the page.

Knows ``#dsq-content ul#dsq-comments li#dsq-comment-N`` as ``dsq_comment`` of that plugin writes it:
name, text and nesting; it prints no times, and N is WordPress's number of the comment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lxml import html as lxml_html

from archiver.comments.disqus.answers import NAME
from archiver.comments.disqus.forum import embed_of
from archiver.comments.platform import Found
from archiver.dom import Document, Node, classes_of, finder, join, paragraphs_of, text_of
from archiver.model import Comment, CommentStatus, ParentSource, Thread

_LIST = finder("//*[@id='dsq-content' or @id='dsq-comments'][1]")
_RECORDS = finder(
    "descendant::li[starts-with(@id, 'dsq-comment-') or contains(@class, 'pingback')]"
)
_MESSAGE = finder("descendant::div[starts-with(@id, 'dsq-comment-message-')][1]")
_AUTHOR = finder("descendant::*[starts-with(@id, 'dsq-author-user-')][1]")
_THREAD = finder("ancestor::*[@id='disqus_thread']")
_NUMBER = re.compile(r"dsq-comment-(\d{1,19})")


def shows_comments(document: Document) -> bool:
    """True where the page prints comments of Disqus itself."""
    return "dsq-comment-" in document.hints


def read(document: Document) -> Found | None:
    """The printed comments, each named by its number; ``None`` where the page prints none."""
    if not shows_comments(document):
        return None
    lists = _LIST(document.tree)
    if not lists:
        return None
    comments = tuple(_comments(lists[0], document))
    if not comments:
        return None
    embed = embed_of(document)
    thread = Thread(NAME, comments, thread_ref=embed.thread_ref if embed else None)
    around = _THREAD(lists[0])
    return Found(thread, (around[0] if around and _is_thread_only(around[0]) else lists[0],))


def _comments(root: Node, document: Document) -> Iterator[Comment]:
    for record in _RECORDS(root):
        number = _NUMBER.fullmatch(record.get("id") or "")
        comment = _comment(record, number[1], document) if number else _ping(record, document)
        if comment is not None:
            yield comment


def _comment(record: Node, number: str, document: Document) -> Comment | None:
    message = next((node for node in _MESSAGE(record) if _owner(node) is record), None)
    text = paragraphs_of(message) if message is not None else ""
    if not text:
        return None
    author = next((node for node in _AUTHOR(record) if _owner(node) is record), None)
    above = _owner(record.getparent())
    parent = _NUMBER.fullmatch(above.get("id") or "") if above is not None else None
    classes = classes_of(record)
    return Comment(
        comment_id=number,
        text=text,
        parent_id=parent[1] if parent else None,
        parent_source=ParentSource.NESTING if parent else None,
        author=(text_of(author) or None) if author is not None else None,
        author_url=_address(author, document),
        is_article_author=True if "bypostauthor" in classes else None,
        html="".join(_inner(message)) or None,
        permalink=f"{document.url.partition('#')[0]}#dsq-comment-{number}",
    )


def _address(link: Node, document: Document) -> str | None:
    href = link.get("href") if link is not None else None
    return join(document.base_url, href) if href else None


def _ping(record: Node, document: Document) -> Comment | None:
    link = next(record.iter("a"), None)
    url = _address(link, document)
    if link is None or url is None:
        return None
    title = text_of(link)
    return Comment(
        comment_id=f"x-{hashlib.sha256(f'{title}|{url}'.encode()).hexdigest()[:16]}",
        text=title,
        author=title or None,
        author_url=url,
        status=CommentStatus.PINGBACK,
    )


def _owner(node: Node) -> Node:
    """The record that ``node`` is or stands in; ``None`` outside of all."""
    for place in (node, *node.iterancestors()):
        if place.tag == "li" and (place.get("id") or "").startswith("dsq-comment-"):
            return place
    return None


def _inner(message: Node) -> Iterator[str]:
    yield str(message.text or "")
    for child in message:
        yield str(lxml_html.tostring(child, encoding="unicode"))


def _is_thread_only(node: Node) -> bool:
    """False where an unclosed element swallowed what follows the thread."""
    return not any(True for _ in node.iter("article", "main", "h1"))
