"""An article with its comments as an ordinary Scrapy item: what feeds, stats and pipelines see.

Plain values only, no bytes: Scrapy's feed exports drop an item that JSON cannot hold, with an
error in the log and exit code 0.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from archiver.identity import Identity, disguise
from archiver.model import Article, Capture, Thread

_NOT_OF_AN_ITEM = ("outcome", "thread", "field_sources")


def item_of(capture: Capture, article: Article, identity: Identity) -> dict[str, Any]:
    """The item of ``article``, read from ``capture``: readers named as ``identity`` says, and
    where its bytes lie."""
    shown = disguise(article, identity)
    item = {name: value for name, value in asdict(shown).items() if name not in _NOT_OF_AN_ITEM}
    item["field_sources"] = dict(shown.field_sources)
    item["comments"] = _comments(shown.thread)
    item["comments_declared"] = shown.thread.declared if shown.thread else None
    item["captured_at"] = capture.captured_at
    item["warc_filename"] = capture.ref.filename
    item["warc_record_offset"] = capture.ref.offset
    item["warc_record_length"] = capture.ref.length
    item["warc_record_id"] = capture.ref.record_id
    item["payload_digest"] = capture.payload_digest
    return item


def _comments(thread: Thread | None) -> list[dict[str, Any]]:
    if thread is None:
        return []
    return [
        {**asdict(comment), "platform": thread.platform, "thread_ref": thread.thread_ref}
        for comment in thread.comments
    ]
