"""The frontier: every URL of a crawl and what became of it, in SQLite.

A URL is pending, leased, done or failed, and ends with a named outcome. It is acknowledged in the
transaction that stores what its answer led to, so a kill at any moment may fetch a page twice but
never zero times: leases return to pending when the frontier is opened again.

A *round* is one pass over the sites, however many runs it takes. In a round nothing is fetched
twice; in the next one seeds, feeds, sitemaps, and the section pages that these lead to are due
again, and so are threads that somebody asks for, and URLs that failed for a reason that may pass.

Knows SQLite and nothing of Scrapy.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import blake2b
from pathlib import Path
from typing import Any

from archiver.errors import ConfigError, DiskFull, Place, WriteFailed
from archiver.model import Purpose
from archiver.outcomes import SUCCESSES, Outcome
from archiver.urls import canonical_key

SCHEMA_VERSION = 1

_LITTLE_ROOM = 64 * 1024
"""Bytes: two steps of SQLite's shared memory."""

_REMEMBERED = 200_000
"""URLs of which ``has_just_stored`` knows, by their hash: 16 MB."""


class State(IntEnum):
    """Where a URL stands."""

    PENDING = 0
    LEASED = 1
    DONE = 2
    FAILED = 3


LISTINGS = frozenset({Purpose.SEED, Purpose.FEED, Purpose.SITEMAP, Purpose.LISTING})
"""Purposes that are due again in every round: new articles show up there. Of a section that is a
guess from its address, and what was read there knows better: most sections (``/news/``) do not
look like one, and ``/people/a-prize-for-the-baker/`` does. So a page that is no article is due
again whatever it was asked for, and an article is not."""

PASSING = frozenset(
    {
        Outcome.RATE_LIMITED,
        Outcome.SERVER_ERROR,
        Outcome.TRUNCATED,
        Outcome.TIMEOUT,
        Outcome.NO_RESPONSE,
        Outcome.DNS_FAILURE,
        Outcome.CONNECTION_REFUSED,
        Outcome.CONNECTION_FAILED,
        Outcome.TLS_FAILURE,
        Outcome.ADDRESS_REFUSED,
        Outcome.ROBOTS_DENIED,
        Outcome.ROBOTS_UNREACHABLE,
        Outcome.DROPPED,
        Outcome.CALLBACK_FAILED,
        Outcome.EXTRACT_TIMEOUT,
        Outcome.EXTRACT_MEMORY,
        Outcome.EXTRACT_FAILED,
    }
)
"""Failures that may be gone in the next round."""

_OF_NO_ARTICLE = frozenset({Outcome.NOT_AN_ARTICLE, Outcome.OPTED_OUT})
"""Of a page whose publisher reserves its reading nobody knows what it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A URL to be asked for, as the frontier keeps it."""

    url: str
    slot: str
    """Whose politeness counts: the registrable domain."""
    purpose: Purpose
    priority: int = 0
    depth: int = 0
    """Steps from the seed, redirects not counted."""
    via: str | None = None
    is_listed: bool = False
    modified: datetime | None = None
    """When it was last changed, by the word of a list; not kept."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What else its request needs, as JSON can hold it; empty for a plain GET."""

    @property
    def key(self) -> bytes:
        """16 bytes that are the same for the same request to the same page."""
        name = canonical_key(self.url)
        distinct = {k: self.details[k] for k in ("method", "body") if k in self.details}
        if distinct:
            name += "\n" + json.dumps(distinct, sort_keys=True)
        return blake2b(name.encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Lease:
    """An entry handed out to be fetched."""

    id: int
    entry: Entry


_SCHEMA = """
CREATE TABLE IF NOT EXISTS urls (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    url TEXT NOT NULL,
    slot TEXT NOT NULL,
    purpose TEXT NOT NULL,
    priority INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    via TEXT,
    is_listed INTEGER NOT NULL,
    details TEXT NOT NULL,
    state INTEGER NOT NULL,
    outcome TEXT,
    round INTEGER NOT NULL,
    run_id TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS pending ON urls (slot, priority DESC, id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS leased ON urls (id) WHERE state = 1;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""

_INSERT = """
INSERT INTO urls (key, url, slot, purpose, priority, depth, via, is_listed, details, state, round)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
ON CONFLICT (key) DO UPDATE SET
    state = 0, outcome = NULL, round = excluded.round, via = excluded.via,
    priority = excluded.priority, details = excluded.details
WHERE urls.state >= 2 AND urls.round < excluded.round
    AND (urls.purpose = 'thread') = (excluded.purpose = 'thread')
    AND (urls.purpose IN ({listings}) OR excluded.purpose IN ({listings})
         OR urls.purpose = 'thread'
         OR urls.outcome IN ({due})
         OR ('section' IN (urls.purpose, excluded.purpose) AND urls.outcome <> 'article'
             AND NOT (urls.outcome = 'unchanged' AND urls.purpose = 'article'))
         OR ? > substr(urls.run_id, 1, 14))
RETURNING slot
""".format(
    listings=", ".join(f"'{purpose}'" for purpose in sorted(LISTINGS)),
    due=", ".join(f"'{outcome}'" for outcome in sorted(_OF_NO_ARTICLE | PASSING)),
)

_LEASE = """
UPDATE urls SET state = 1 WHERE id IN (
    SELECT id FROM urls WHERE state = 0 AND slot = ? ORDER BY priority DESC, id LIMIT ?
) RETURNING id, url, slot, purpose, priority, depth, via, is_listed, details
"""


class Frontier:
    """The URLs of one output directory. One process at a time; not for several threads."""

    def __init__(self, path: Path, *, run_id: str) -> None:
        """Open or begin the frontier at ``path``; ConfigError when it cannot be used."""
        self._path = path
        self._run_id = run_id
        self._just_stored: set[int] = set()
        self._storing: list[int] = []
        self.connection: sqlite3.Connection
        """Others may keep tables of their own in the same file."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, isolation_level=None)
            # WAL with NORMAL: a kill loses nothing; a power cut may lose the last
            # acknowledgements, which costs fetching those pages again. The WARC is the truth.
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, SCHEMA_VERSION):
                raise ConfigError(
                    f"the frontier has version {version}, this program knows {SCHEMA_VERSION}",
                    place=Place(str(path)),
                    remedy="Use the version of archiver that wrote it, or move the file away: "
                    "the archive is not touched and everything is fetched anew",
                )
            self.connection.executescript(_SCHEMA)
            self.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._resume()
        except sqlite3.DatabaseError as error:
            fault = _write_failure(error, path)
            if isinstance(fault, DiskFull):
                raise fault from error
            raise ConfigError(
                f"the frontier cannot be opened ({error})",
                place=Place(str(path)),
                remedy="Move the file away to begin anew: the archive is not touched",
            ) from error

    def _resume(self) -> None:
        """Leases of a run that ended early are pending again; a finished round gives way."""
        with self.transaction():
            self.connection.execute("UPDATE urls SET state = 0 WHERE state = 1")
            self.round = int(self.fact("round") or 1)
            unfinished = self.connection.execute(
                "SELECT 1 FROM urls WHERE state = 0 LIMIT 1"
            ).fetchone()
            if unfinished is None and self.connection.execute("SELECT 1 FROM urls").fetchone():
                self.round += 1
            self._set_fact("round", str(self.round))
        self.is_resumed = unfinished is not None

    def add(self, entries: Iterable[Entry]) -> list[str]:
        """Entries that were unknown, or are due again, are pending; their slots are returned,
        one for each."""
        with self.transaction():
            return self._insert(entries)

    def has_just_stored(self, url: str) -> bool:
        """True when ``url``, as it is spelt, was stored since this run began. A quick answer for
        the links that every page of a site repeats; False says nothing."""
        return hash(url) in self._just_stored

    def is_news(self, url: str, modified: datetime | None) -> bool:
        """True when the page at ``url`` is unknown, or was changed since the run that last asked
        for it began (a run's id begins with its time)."""
        key = Entry(url, "", Purpose.ARTICLE).key
        row = self.connection.execute("SELECT run_id FROM urls WHERE key = ?", (key,)).fetchone()
        if row is None:
            return True
        return modified is not None and row[0] is not None and _stamp(modified) > row[0][:14]

    def acknowledge(
        self,
        lease_id: int,
        outcome: Outcome,
        children: Iterable[Entry],
        purpose: Purpose | None = None,
    ) -> list[str]:
        """The URL has its outcome and its children are stored, in one transaction; returns the
        slots of the new ones. ``purpose``: what the page turned out to be for, where the outcome
        does not tell (of an unchanged one)."""
        with self.transaction():
            added = self._insert(children)
            self.connection.execute(
                "UPDATE urls SET state = ?, outcome = ?, round = ?, run_id = ?, "
                "purpose = coalesce(?, purpose) WHERE id = ?",
                (
                    State.DONE if outcome in SUCCESSES else State.FAILED,
                    outcome,
                    self.round,
                    self._run_id,
                    purpose,
                    lease_id,
                ),
            )
        return added

    def redirect(self, lease_id: int, target: Entry) -> list[str]:
        """The URL ended in a redirect and its target is stored; where both are the same page by
        their key, the URL itself is pending again as its target."""
        if self.is_same_page(lease_id, target):
            return self.give_back(lease_id, target)
        return self.acknowledge(lease_id, Outcome.REDIRECT, [target])

    def is_same_page(self, lease_id: int, entry: Entry) -> bool:
        """Whether ``entry`` is the leased URL under another spelling."""
        row = self.connection.execute("SELECT key FROM urls WHERE id = ?", (lease_id,)).fetchone()
        return row is not None and row[0] == entry.key

    def give_back(self, lease_id: int, entry: Entry | None = None) -> list[str]:
        """The URL is pending again, as ``entry`` where one is given (a retry keeps its count
        there); returns its slot."""
        with self.transaction():
            if entry is not None:
                self.connection.execute(
                    "UPDATE urls SET url = ?, priority = ?, details = ? WHERE id = ?",
                    (entry.url, entry.priority, json.dumps(dict(entry.details)), lease_id),
                )
            rows = self.connection.execute(
                "UPDATE urls SET state = 0 WHERE id = ? RETURNING slot", (lease_id,)
            ).fetchall()
        return [row[0] for row in rows]

    def renew(self, keys: Iterable[bytes]) -> list[str]:
        """What ended under these keys in an earlier round is pending again, as it was asked for;
        returns the slots, one for each."""
        slots: list[str] = []
        with self.transaction():
            for key in keys:
                rows = self.connection.execute(
                    "UPDATE urls SET state = 0, outcome = NULL, round = ? "
                    "WHERE key = ? AND state >= 2 AND round < ? RETURNING slot",
                    (self.round, key, self.round),
                ).fetchall()
                slots += [row[0] for row in rows]
        return slots

    def lease(self, slot: str, count: int) -> list[Lease]:
        """Up to ``count`` pending entries of ``slot``, best first, now leased."""
        with self.transaction():
            rows = self.connection.execute(_LEASE, (slot, count)).fetchall()
        rows.sort(key=lambda row: (-row[4], row[0]))
        return [Lease(row[0], _entry(row[1:])) for row in rows]

    def pending_by_slot(self) -> dict[str, int]:
        """How many entries are pending in each slot."""
        return dict(
            self.connection.execute(
                "SELECT slot, count(*) FROM urls WHERE state = 0 GROUP BY slot"
            ).fetchall()
        )

    def outcomes(self, run_id: str) -> dict[str, int]:
        """How many URLs ended in each outcome in a run."""
        return dict(
            self.connection.execute(
                "SELECT outcome, count(*) FROM urls WHERE run_id = ? AND state >= 2 "
                "GROUP BY outcome ORDER BY outcome",
                (run_id,),
            ).fetchall()
        )

    def states(self) -> dict[str, int]:
        """How many URLs stand in each state."""
        rows = self.connection.execute("SELECT state, count(*) FROM urls GROUP BY state")
        return {State(state).name.lower(): count for state, count in rows}

    def fact(self, name: str) -> str | None:
        """A fact about the whole crawl that outlives its runs."""
        row = self.connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_fact(self, name: str, value: str) -> None:
        """The fact has this value."""
        with self.transaction():
            self._set_fact(name, value)

    def close(self) -> None:
        """The database is closed; what was leased will be pending again."""
        self.connection.close()

    def _set_fact(self, name: str, value: str) -> None:
        self.connection.execute(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?",
            (name, value, value),
        )

    def _insert(self, entries: Iterable[Entry]) -> list[str]:
        slots: list[str] = []
        for entry in entries:
            self._storing.append(hash(entry.url))
            row = self.connection.execute(
                _INSERT,
                (
                    entry.key,
                    entry.url,
                    entry.slot,
                    entry.purpose,
                    entry.priority,
                    entry.depth,
                    entry.via,
                    entry.is_listed,
                    json.dumps(dict(entry.details)) if entry.details else "{}",
                    self.round,
                    _stamp(entry.modified),
                ),
            ).fetchone()
            if row is not None:
                slots.append(row[0])
        return slots

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; WriteFailed where the disk does not take it."""
        self._storing.clear()
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:  # SQLite itself rolls back when the disk is full
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise _write_failure(error, self._path) from error
            raise
        if len(self._just_stored) > _REMEMBERED:
            self._just_stored.clear()
        self._just_stored.update(self._storing)


def _write_failure(error: sqlite3.DatabaseError, path: Path) -> WriteFailed:
    """``error`` as a fault of the house. SQLite names a full disk only where a page is written,
    not where its shared memory grows: there the free space tells."""
    what = f"the frontier could not be written ({error})"
    space = os.statvfs(path.parent)
    is_full = space.f_bavail * space.f_frsize < _LITTLE_ROOM
    if is_full or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return DiskFull(what, place=Place(str(path)), remedy="Make room and start again")
    return WriteFailed(
        what, place=Place(str(path)), remedy="Look at the disk before starting again"
    )


def _stamp(moment: datetime | None) -> str:
    """``moment`` as a run's id begins; without one, what is never later than any."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y%m%d%H%M%S}"


def _entry(row: tuple[Any, ...]) -> Entry:
    url, slot, purpose, priority, depth, via, is_listed, details = row
    return Entry(
        url=url,
        slot=slot,
        purpose=Purpose(purpose),
        priority=priority,
        depth=depth,
        via=via,
        is_listed=bool(is_listed),
        details=json.loads(details),
    )
