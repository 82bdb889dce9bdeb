"""What each page's payload was when it was last archived, so that the same bytes are kept once.

A table beside the frontier's own, in the same file; rebuildable from the archive. A payload is
noted after its page was acknowledged: one that was archived and not read is archived again.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from archiver.crawl.frontier import Entry
from archiver.model import Purpose
from archiver.warc.records import Earlier

if TYPE_CHECKING:
    from scrapy import Request

    from archiver.crawl.frontier import Frontier
    from archiver.model import Capture

_SCHEMA = """
CREATE TABLE IF NOT EXISTS payloads (
    key BLOB PRIMARY KEY,
    digest TEXT NOT NULL,
    record_id TEXT NOT NULL,
    url TEXT NOT NULL,
    captured_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


class Payloads:
    """The payloads of one output directory. For the thread that has the frontier."""

    def __init__(self, frontier: Frontier) -> None:
        self._frontier = frontier
        frontier.connection.executescript(_SCHEMA)

    def earlier(self, request: Request) -> Earlier | None:
        """The capture that holds what ``request`` asks for, if that has not changed. None for a
        thread: each of its answers is read as it stood at its time."""
        key = _key(request)
        if key is None:
            return None
        row = self._frontier.connection.execute(
            "SELECT record_id, url, captured_at, digest FROM payloads WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        record_id, url, captured_at, digest = row
        return Earlier(record_id, url, datetime.fromisoformat(captured_at), digest)

    def note(self, request: Request, capture: Capture) -> list[str]:
        """``capture`` is the answer to ``request``, and its page has been read; returns the digest
        that is noted, if it is."""
        key = _key(request)
        if key is None or capture.record_type != "response" or capture.payload_digest is None:
            return []
        with self._frontier.transaction():
            self._frontier.connection.execute(
                "INSERT OR REPLACE INTO payloads VALUES (?, ?, ?, ?, ?)",
                (
                    key,
                    capture.payload_digest,
                    capture.ref.record_id,
                    capture.url,
                    capture.captured_at.isoformat(),
                ),
            )
        return [capture.payload_digest]


def _key(request: Request) -> bytes | None:
    errand = request.meta.get("errand")
    if request.method != "GET" or errand is None or errand.purpose is Purpose.THREAD:
        return None
    return Entry(request.url, "", errand.purpose).key
