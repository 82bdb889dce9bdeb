"""WordPress's own comments: classic walkers, block themes, wpDiscuz, and the answers of its REST
API and feeds.

Knows the markup of ``class-walker-comment.php`` (html5, html4, ``style=div``), of the block
``core/comment-template`` and of the themes that write their own: what all share is an element
whose id is ``comment-<number>``. That id is the anchor here; classes only say which part is what.

Shapes: WordPress/WordPress ``wp-includes/class-walker-comment.php``, ``comment-template.php``,
``blocks/comment-template.php``, ``feed-rss2-comments.php``,
``rest-api/endpoints/class-wp-rest-comments-controller.php``; wpDiscuz ``class.WpdiscuzCore.php``
and its walker. Checked against a running server: WordPress 6.1.9, three themes (pages, comment
pages, REST, feed); wpDiscuz against its published shape only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import json_of
from archiver.comments.wordpress import feed, rest, wpdiscuz
from archiver.comments.wordpress.addresses import page_number
from archiver.comments.wordpress.area import declared_by, forms_of, post_id_of, regions_of
from archiver.comments.wordpress.asking import asks_for
from archiver.comments.wordpress.pages import read_records
from archiver.comments.wordpress.records import records_of
from archiver.dom import Document
from archiver.errors import Place, PlatformError
from archiver.model import Thread
from archiver.outcomes import ThreadOutcome

__all__ = ["NAME", "find", "owns", "read", "read_answer"]

NAME: Final = "wordpress"


def find(document: Document) -> Finding | None:
    """Post id, declared count, and what must be asked for the rest of the thread."""
    if "comment" not in document.hints:
        return None
    records = records_of(document)
    if not records and not forms_of(document) and not _has_place(document):
        return None
    post_id, declared = post_id_of(document), declared_by(document)
    asks = asks_for(document, records, post_id=post_id, declared=declared)
    return Finding(post_id, asks, declared)


def owns(url: str) -> bool:
    """True for a page of comments (``comment-page-2``, ``cpage=2``) or a REST list of them."""
    return page_number(url) is not None or rest.is_list(url)


def read(document: Document) -> Found | None:
    """The comments on this page; ``None`` when there is neither a comment nor a form for one."""
    records = records_of(document)
    forms = forms_of(document)
    if not records and not forms:
        return None
    comments = read_records(records, document)
    thread = Thread(NAME, comments, declared_by(document), post_id_of(document))
    if comments and thread.declared is not None and len(comments) >= thread.declared:
        # Core counts pingbacks among the comments.
        thread = replace(thread, outcome=ThreadOutcome.COMPLETE)
    return Found(thread, regions_of(document, records, forms))


def read_answer(answer: Answer) -> Batch | None:
    """The comments in an answer of the REST API, of wpDiscuz or in a feed; None for a page of
    comments. Raises ``PlatformError`` for anything else."""
    if feed.is_feed(answer.payload):
        return feed.read_feed(answer, NAME)
    if answer.payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return None
    said = json_of(answer)
    if isinstance(said, list):
        return rest.read_list(answer, said, NAME)
    if isinstance(said, dict) and wpdiscuz.is_answer(said):
        return wpdiscuz.read_more(answer, said, NAME)
    raise PlatformError("no list of comments", place=Place(answer.url))


def _has_place(document: Document) -> bool:
    """True when the page has a place for comments though none of them, nor a form, stands there."""
    return any(wording.endswith(" comments") for wording in document.named)
