"""The growth ledger: which threads are known, how they grew, and when each is due again.

A table beside the frontier's own, in the same file. Rebuildable from the archive, like the
frontier. Knows SQLite; when a thread is due is ``archiver.revisits``' affair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archiver.revisits import next_visit

if TYPE_CHECKING:
    from archiver.crawl.frontier import Frontier

_SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    article_url TEXT NOT NULL,
    platform TEXT NOT NULL,
    begin_key BLOB NOT NULL,
    published_at INTEGER,
    first_seen INTEGER NOT NULL,
    last_visit INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    last_growth INTEGER,
    counted INTEGER NOT NULL,
    most INTEGER NOT NULL,
    due_at INTEGER,
    PRIMARY KEY (article_url, platform)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS due_threads ON threads (due_at) WHERE due_at IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One record that showed a thread, or a part of it."""

    article_url: str
    platform: str
    at: datetime
    comments: int
    """In this record."""
    declared: int | None = None
    begin_key: bytes | None = None
    """Of the record with which a visit of this thread begins: its key in the frontier. None for
    the records after it."""
    published_at: datetime | None = None
    """Of the article; None where that is not known, or was said before."""


class ThreadLedger:
    """The threads of one output directory. For the thread that has the frontier."""

    def __init__(self, frontier: Frontier) -> None:
        self._frontier = frontier
        frontier.connection.executescript(_SCHEMA)

    def note(self, visit: Visit) -> None:
        """The thread has been seen. What a visit shows is the sum of its records; a thread has
        grown when that, or what the platform declares, is more than ever before."""
        row = self._frontier.connection.execute(
            "SELECT published_at, first_seen, last_growth, counted, most, begin_key, begun "
            "FROM threads "
            "WHERE article_url = ? AND platform = ?",
            (visit.article_url, visit.platform),
        ).fetchone()
        now = _seconds(visit.at)
        known = row or (None, now, None, 0, 0, visit.begin_key, now)
        published, first_seen, last_growth, counted, most, begin_key, begun = known
        if begin_key is None:  # a thread of which another program archived the beginning
            return
        if visit.published_at is not None:
            published = _seconds(visit.published_at)
        if visit.begin_key is not None:
            counted, begun = 0, now
        counted += visit.comments
        size = max(counted, visit.declared or 0)
        if size > most:
            # The records of one visit are one moment: those of the first are no growth.
            most, last_growth = size, begun
        due = next_visit(
            published_at=None if published is None else _moment(published),
            first_seen=_moment(first_seen),
            last_visit=_moment(now),
            last_growth=None if last_growth is None else _moment(last_growth),
            comments=most,
        )
        with self._frontier.transaction():
            self._frontier.connection.execute(
                "INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    visit.article_url,
                    visit.platform,
                    visit.begin_key or begin_key,
                    published,
                    first_seen,
                    now,
                    begun,
                    last_growth,
                    counted,
                    most,
                    None if due is None else _seconds(due),
                ),
            )

    def renew_grown(self, article_url: str, at: datetime) -> list[str]:
        """Threads of the article, one of whose comments is of ``at``, are pending in the frontier
        again unless they were visited since; returns their slots, one for each."""
        rows = self._frontier.connection.execute(
            "SELECT begin_key FROM threads WHERE article_url = ? AND last_visit < ?",
            (article_url, _seconds(at)),
        ).fetchall()
        return self._frontier.renew(row[0] for row in rows) if rows else []

    def renew_due(self, now: datetime, holds: Callable[[str], bool]) -> list[str]:
        """Threads that are due, of articles for which ``holds``, are pending in the frontier
        again; returns their slots, one for each. Where nothing comes of a visit (the article is
        gone, the platform refuses), the next one is as far off as if it had found nothing new."""
        due = self._frontier.connection.execute(
            "SELECT article_url, platform, begin_key, published_at, first_seen, last_growth, most "
            "FROM threads WHERE due_at <= ?",
            (_seconds(now),),
        ).fetchall()
        slots: list[str] = []
        for article_url, platform, key, published, first_seen, last_growth, most in due:
            renewed = self._frontier.renew([key]) if holds(article_url) else []
            if not renewed:
                continue
            slots += renewed
            following = next_visit(
                published_at=None if published is None else _moment(published),
                first_seen=_moment(first_seen),
                last_visit=now,
                last_growth=None if last_growth is None else _moment(last_growth),
                comments=most,
            )
            with self._frontier.transaction():
                self._frontier.connection.execute(
                    "UPDATE threads SET due_at = ? WHERE article_url = ? AND platform = ?",
                    (None if following is None else _seconds(following), article_url, platform),
                )
        return slots


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
