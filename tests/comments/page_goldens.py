"""Golden threads of platforms whose comments stand in the page: a page, and beside it what is read.

A page is markup with ``{{article}}`` where the article's paragraphs stand. The JSON beside it holds
the page's address, the thread without what is as in an empty comment, what is asked for, and the
text that is left for the article when the regions are cut out.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.comments.platform import Platform
from archiver.comments.thread import arrange
from archiver.dom import Document, paragraphs_of, parse_decoded
from archiver.model import Comment, Thread
from tests.pages import PARAGRAPHS, raw_page

GOLDEN = Path(__file__).parent / "golden"


def golden_page(folder: str, name: str) -> Document:
    """The page, parsed, at the address that its JSON names."""
    url = golden_told(folder, name)["url"]
    markup = (GOLDEN / folder / f"{name}.html").read_text("utf-8")
    page = raw_page(markup.replace("{{article}}", PARAGRAPHS).encode(), url=url)
    return parse_decoded(page, page.payload)


def golden_told(folder: str, name: str) -> dict[str, Any]:
    """What the JSON beside a page says."""
    said: dict[str, Any] = json.loads((GOLDEN / folder / f"{name}.json").read_text("utf-8"))
    return said


def told_of(platform: Platform, document: Document) -> dict[str, Any]:
    """The same, as it is read from the page."""
    found = platform.read(document)
    finding = platform.find(document)
    assert found is not None
    assert found.thread is not None
    cut = set(found.regions)
    return {
        "url": document.url,
        "thread": thread_told(found.thread),
        "asks": [ask.url for ask in finding.asks] if finding is not None else [],
        "left": paragraphs_of(document.tree, lambda node: node in cut).split("\n\n"),
    }


def thread_told(thread: Thread) -> dict[str, Any]:
    """A thread, arranged, as JSON; the markup of its comments is left to other tests."""
    return {
        "platform": thread.platform,
        "declared": thread.declared,
        "thread_ref": thread.thread_ref,
        "outcome": thread.outcome,
        "comments": [_comment_told(comment) for comment in arrange(thread.comments)],
    }


def _comment_told(comment: Comment) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in fields(comment):
        value = getattr(comment, field.name)
        if field.name != "html" and (field.default is MISSING or value != field.default):
            told[field.name] = value.isoformat() if isinstance(value, datetime) else value
    return told


def check_golden(platform: Platform, folder: str, name: str) -> None:
    """The page is read as its JSON says."""
    assert told_of(platform, golden_page(folder, name)) == golden_told(folder, name)
