"""What sites asked of us, remembered beyond the run: robots.txt, when and how slowly each was
asked, and the rest that it wants.

Tables beside the frontier's own, in the same file. Losing them costs a robots.txt per site and
one delay. Knows SQLite; what follows from it is known in ``robotstxt``, ``pace`` and ``rest``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from archiver.crawl.clock import Moment, current_moment, seconds_between
from archiver.robots import PARSED_BYTES

if TYPE_CHECKING:
    from archiver.crawl.frontier import Frontier

ROBOTS_KEPT_SECONDS = 24 * 3600.0
"""RFC 9309, 2.4: a cached robots.txt should not be used for more than 24 hours."""
_PACE_KEPT_SECONDS = 24 * 3600.0
"""A delay of yesterday says little about today's server."""
_FORGOTTEN_SECONDS = 7 * 24 * 3600.0
"""Rows older than this are removed. More than any use of them, because a clock may be wrong."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS robots (
    origin TEXT PRIMARY KEY,
    wall REAL NOT NULL,
    boot TEXT NOT NULL,
    uptime REAL NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS paces (
    slot TEXT PRIMARY KEY,
    wall REAL NOT NULL,
    boot TEXT NOT NULL,
    uptime REAL NOT NULL,
    delay REAL NOT NULL,
    caution REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rests (
    slot TEXT PRIMARY KEY,
    wall REAL NOT NULL,
    boot TEXT NOT NULL,
    uptime REAL NOT NULL,
    seconds REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class KeptRobots:
    """An answer to ``/robots.txt`` that still holds."""

    status: int
    body: bytes
    """Its content coding undone; no more than is read of it."""
    age_seconds: float


@dataclass(frozen=True, slots=True)
class KeptPace:
    """How a slot was asked last."""

    age_seconds: float
    """Since its last request; 0 where the clock does not tell."""
    delay_seconds: float
    """Between two requests, when it was asked."""
    caution_seconds: float
    """The part of it that answers have taught, and answers may ease; 0 where they taught none."""


class Courtesy:
    """The memory of one output directory. For the thread that has the frontier."""

    def __init__(self, frontier: Frontier, now: Callable[[], Moment] = current_moment) -> None:
        self._frontier = frontier
        self._now = now
        frontier.connection.executescript(_SCHEMA)
        with frontier.transaction():
            for table in ("robots", "paces", "rests"):
                frontier.connection.execute(
                    f"DELETE FROM {table} WHERE wall < ?",  # noqa: S608 - three names of ours
                    (now().wall - _FORGOTTEN_SECONDS,),
                )

    def robots(self, origin: str) -> KeptRobots | None:
        """The answer that ``origin`` gave less than 24 hours ago; None where there is none, or
        the clock was set back since. Other files by which a host speaks to visitors are kept in
        the same way, under their addresses."""
        query = "SELECT wall, boot, uptime, status, body FROM robots WHERE origin = ?"
        row = self._row(query, origin)
        age = None if row is None else seconds_between(Moment(*row[:3]), self._now())
        if row is None or age is None or age >= ROBOTS_KEPT_SECONDS:
            return None
        return KeptRobots(row[3], zlib.decompress(row[4]), age)

    def keep_robots(self, origin: str, status: int, body: bytes) -> None:
        """``origin`` answered so, now. WriteFailed where the disk does not take it."""
        self._keep(
            "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?, ?)",
            origin,
            self._now(),
            status,
            zlib.compress(body[:PARSED_BYTES]),
        )

    def pace(self, slot: str) -> KeptPace | None:
        """How ``slot`` was asked last; None where that was more than a day ago, or never."""
        query = "SELECT wall, boot, uptime, delay, caution FROM paces WHERE slot = ?"
        row = self._row(query, slot)
        if row is None:
            return None
        age = seconds_between(Moment(*row[:3]), self._now())
        if age is not None and age > max(_PACE_KEPT_SECONDS, row[3]):
            return None
        return KeptPace(age or 0.0, row[3], row[4])

    def note_asked(self, slot: str, pace: KeptPace) -> None:
        """``slot`` was asked so long ago, and is not asked again before the delay has passed.
        WriteFailed where the disk does not take it."""
        now = self._now()
        asked = replace(now, wall=now.wall - pace.age_seconds, uptime=now.uptime - pace.age_seconds)
        self._keep(
            "INSERT OR REPLACE INTO paces VALUES (?, ?, ?, ?, ?, ?)",
            slot,
            asked,
            pace.delay_seconds,
            pace.caution_seconds,
        )

    def note_rest(self, slot: str, seconds: float) -> None:
        """``slot`` is asked nothing for so long, from now. WriteFailed as above."""
        statement = "INSERT OR REPLACE INTO rests VALUES (?, ?, ?, ?, ?)"
        self._keep(statement, slot, self._now(), seconds)

    def rests(self) -> Mapping[str, float]:
        """Slots that rest, with the seconds left. Where the clock was set back, a rest begins
        anew, once: it is never longer than was asked for."""
        now = self._now()
        left: dict[str, float] = {}
        rows = self._frontier.connection.execute(
            "SELECT slot, wall, boot, uptime, seconds FROM rests"
        ).fetchall()
        for slot, wall, boot, uptime, seconds in rows:
            age = seconds_between(Moment(wall, boot, uptime), now)
            if age is None:
                self.note_rest(slot, seconds)
            if seconds > (age or 0.0):
                left[slot] = seconds - (age or 0.0)
        return left

    def _row(self, query: str, name: str) -> Any:
        return self._frontier.connection.execute(query, (name,)).fetchone()

    def _keep(self, statement: str, name: str, at: Moment, *values: object) -> None:
        with self._frontier.transaction():
            self._frontier.connection.execute(
                statement, (name, at.wall, at.boot, at.uptime, *values)
            )
