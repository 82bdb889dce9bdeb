"""The comments on a page, or in a piece of one, read in their order.

Knows how the records of a page are read together: the zone that the page names, whether the theme
prints core's classes.
"""

from __future__ import annotations

from collections.abc import Sequence

from archiver.comments.wordpress.bylines import Manner
from archiver.comments.wordpress.parts import comment_of
from archiver.comments.wordpress.records import Record, records_of, with_copies
from archiver.dom import Document, finder
from archiver.model import Comment
from archiver.moments import writes_month_first, zone_said

_TIMES = finder("//time/@datetime|//meta[contains(@property, '_time')]/@content")


def comments_in(document: Document, *, is_page: bool = True) -> tuple[Comment, ...]:
    """The comments of the document, parents named; ``is_page`` as in ``records_of``."""
    return read_records(records_of(document, is_page=is_page), document, is_page=is_page)


def read_records(
    records: Sequence[Record], document: Document, *, is_page: bool = True
) -> tuple[Comment, ...]:
    """What ``records`` of ``document`` say."""
    if not records:
        return ()
    manner = Manner(
        document=document,
        zone=zone_said(str(time) for time in _TIMES(document.tree)),
        month_first=writes_month_first(document.tree.get("lang")),
        known_classes=any(
            "bypostauthor" in record.classes or "even" in record.classes for record in records
        ),
        is_page=is_page,
        is_wpdiscuz="-blog-" in document.hints,
        numbers=frozenset(record.number for record in records),
    )
    read = (comment_of(record, manner) for record in with_copies(list(records)))
    return tuple(comment for comment in read if comment is not None)
