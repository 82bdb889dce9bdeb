"""An article with its comments, and a thread fetched apart, as ordinary Scrapy items: what feeds,
stats and pipelines see. ``kind`` tells them apart.

Plain values only, no bytes: Scrapy's feed exports drop an item that JSON cannot hold, with an
error in the log and exit code 0.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict
from typing import Any

from archiver.identity import Identity, disguise
from archiver.model import Article, Capture, Thread
from archiver.outcomes import Outcome
from archiver.privacy import Privacy
from archiver.tombstones import Tombstones, bury

_NOBODY = Tombstones()
_NOT_OF_AN_ITEM = ("outcome", "thread", "field_sources")


_ARTICLES_REMEMBERED = 1000
"""Threads under way whose readers are known to each other's items: a crawl asks for an article's
answers soon after the article."""


class Items:
    """The items of a run. A reader whom one answer about a thread shows may be named in the next:
    names of readers stay in memory while a thread is under way, no longer than the run."""

    def __init__(self, privacy: Privacy) -> None:
        self._privacy = privacy
        self._met: OrderedDict[str, frozenset[str]] = OrderedDict()

    def of(self, capture: Capture, article: Article) -> dict[str, Any] | None:
        """The item of ``article``, read from ``capture``; None when it is forgotten."""
        identity, tombstones = self._privacy.identity, self._privacy.tombstones
        others = self._meet(article)
        return item_of(capture, article, identity, tombstones=tombstones, others=others)

    def _meet(self, article: Article) -> frozenset[str]:
        """The readers of this thread whom the run has met so far, as published."""
        met = self._met.pop(article.canonical_url, frozenset())
        if article.thread is not None:
            met |= {comment.author for comment in article.thread.comments if comment.author}
        if met:
            self._met[article.canonical_url] = met
            if len(self._met) > _ARTICLES_REMEMBERED:
                self._met.popitem(last=False)
        return met


def item_of(
    capture: Capture,
    article: Article,
    identity: Identity,
    *,
    tombstones: Tombstones = _NOBODY,
    others: frozenset[str] = frozenset(),
) -> dict[str, Any] | None:
    """The item of ``article``, or of a thread fetched apart, read from ``capture``: readers named
    as ``identity`` says, and where its bytes lie. Nothing that ``tombstones`` name; None when they
    name the article. ``others`` are readers whom other captures of the thread show."""
    shown = bury(disguise(article, identity, others=others), tombstones, identity, others=others)
    if shown is None:
        return None
    if shown.outcome is Outcome.THREAD:
        return _item_of_thread(capture, shown)
    item: dict[str, Any] = {"kind": "article"}
    item |= {name: value for name, value in asdict(shown).items() if name not in _NOT_OF_AN_ITEM}
    item["field_sources"] = dict(shown.field_sources)
    item["comments"] = _comments(shown.thread)
    item["comments_declared"] = shown.thread.declared if shown.thread else None
    return item | _place(capture)


def _item_of_thread(capture: Capture, article: Article) -> dict[str, Any]:
    """Of an answer about a thread: its comments, and whose they are."""
    thread = article.thread
    return {
        "kind": "thread",
        "article_url": article.url,
        "article_canonical_url": article.canonical_url,
        "platform": thread.platform if thread else None,
        "thread_ref": thread.thread_ref if thread else None,
        "thread_outcome": thread.outcome if thread else None,
        "comments": _comments(thread),
        "comments_declared": thread.declared if thread else None,
        **_place(capture),
    }


def _place(capture: Capture) -> dict[str, Any]:
    return {
        "captured_at": capture.captured_at,
        "warc_filename": capture.ref.filename,
        "warc_record_offset": capture.ref.offset,
        "warc_record_length": capture.ref.length,
        "warc_record_id": capture.ref.record_id,
        "payload_digest": capture.payload_digest,
    }


def _comments(thread: Thread | None) -> list[dict[str, Any]]:
    if thread is None:
        return []
    return [
        {**asdict(comment), "platform": thread.platform, "thread_ref": thread.thread_ref}
        for comment in thread.comments
    ]
