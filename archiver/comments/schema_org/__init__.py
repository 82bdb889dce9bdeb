"""Comments that a page declares in the words of schema.org: as microdata in its markup
(``Comment``, and ``UserComments`` before it), or as JSON-LD.

Shapes: schema.org's definitions of ``Comment``, ``UserComments`` and ``comment``; Google Search
Central, "Discussion forum structured data". JSON-LD mostly holds a first slice, so its
``commentCount`` is what is declared. A ``Review`` is no comment. Checked against its published
shape only, no server was asked.
"""

from __future__ import annotations

from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.schema_org.json_ld import told_in
from archiver.comments.schema_org.microdata import NAME, shown_in
from archiver.dom import Document
from archiver.model import Thread

__all__ = ["NAME", "find", "owns", "read", "read_answer"]


def find(document: Document) -> Finding | None:  # noqa: ARG001
    """None: nothing more can be asked for by what schema.org says."""
    return None


def owns(url: str) -> bool:  # noqa: ARG001
    """False: it is a vocabulary, no server."""
    return False


def read(document: Document) -> Found | None:
    """The comments in the page's microdata, or in its JSON-LD where that holds more."""
    shown, counted, regions = shown_in(document)
    told, declared = told_in(document)
    comments = shown if len(shown) >= len(told) else told
    if not comments:
        return None
    return Found(Thread(NAME, comments, counted if declared is None else declared), regions)


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001
    """None: it is a vocabulary, no server."""
    return None
