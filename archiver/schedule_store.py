"""What is remembered of past runs: for each site its latest one, in a small SQLite database.

Knows the files of a schedule's state folder. Nothing in it is worth a backup: without it every site
is due once, and a run over an unchanged site costs little. ::

    schedule.sqlite    the memory
    lock               held by the ``run-due`` that works on the schedule
    jobs/              for each job the list of its sites
    logs/              for each job what its crawl printed
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import ConfigError, Place
from archiver.schedule import FINISHED, UNDECIDED, Job, LastRun

VERSION = 1
"""Of the tables; another one is set aside."""

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    output TEXT NOT NULL,
    log TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    exit_code INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS sites (
    site TEXT PRIMARY KEY,
    slot INTEGER NOT NULL,
    job INTEGER NOT NULL REFERENCES jobs (id),
    failures INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
"""
_LATEST = """
SELECT site, slot, began_at, ended_at, exit_code, failures
FROM sites LEFT JOIN jobs ON jobs.id = sites.job
"""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)


class Unusable(ConfigError):
    """The memory is damaged, or another version's; the message says which."""


def state_folder(sites: Path) -> Path:
    """Where the state of the schedule ``sites`` lies unless the operator says otherwise: beside it,
    ``sites.toml`` → ``sites.state``."""
    return sites.with_name(f"{sites.stem}.state")


def database_in(folder: Path) -> Path:
    """The memory in a state folder."""
    return folder / "schedule.sqlite"


def lock_in(folder: Path) -> Path:
    """What the ``run-due`` that works on the schedule holds."""
    return folder / "lock"


def at_work_since(folder: Path) -> datetime | None:
    """When the ``run-due`` began that works on the schedule; None where none does."""
    try:
        with lock_in(folder).open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return datetime.fromisoformat(json.load(lock)["since"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # never used, or its owner has not written who it is
    return None


def read_last_runs(folder: Path) -> dict[str, LastRun]:
    """The latest run of each site, by its name, as the folder's memory has them; none where there
    is no memory yet. Changes nothing. Raises ``Unusable``, and ConfigError where it cannot be
    read."""
    path = database_in(folder)
    if not path.exists():
        return {}
    with _faults(path), closing(_connect(path)) as connection:
        _check_version(connection)
        return _last_runs(connection)


class ScheduleStore:
    """The memory, open for the one ``run-due`` that holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        """The memory in ``folder`` is open, made where there was none. One that is damaged or of
        another version is moved aside, and ``set_aside`` tells why."""
        path = database_in(folder)
        self.set_aside: str | None = None
        """In words, what was moved where; None as a rule."""
        try:
            self._open(path)
        except Unusable as why:
            aside = path.with_name(f"{path.name}.unusable-{datetime.now(UTC):%Y%m%d%H%M%S}")
            path.rename(aside)
            for suffix in ("-journal", "-wal", "-shm"):  # they would be played into the new one
                with suppress(FileNotFoundError):
                    path.with_name(path.name + suffix).rename(f"{aside}{suffix}")
            self.set_aside = f"{why}; it is now {aside.name}, and every site is due once"
            self._open(path)

    def _open(self, path: Path) -> None:
        with _faults(path):
            is_new = not path.exists()
            connection = _connect(path, mode="rwc")
            try:
                if not is_new:
                    _check_whole(connection)
                    _check_version(connection)
                connection.executescript(_TABLES)
                connection.execute(f"PRAGMA user_version = {VERSION}")
                # Jobs that no site refers to any more: the runs of a crawl tell its history.
                connection.execute("DELETE FROM jobs WHERE id NOT IN (SELECT job FROM sites)")
                _last_runs(connection)
            except BaseException:
                connection.close()
                raise
        self._path, self._connection = path, connection

    def last_runs(self) -> dict[str, LastRun]:
        """The latest run of each site, by its name."""
        with _faults(self._path):
            return _last_runs(self._connection)

    def begin(self, job: Job, *, log: Path, now: datetime) -> int:
        """The job has begun and its sites with it; the id to end it by."""
        with _faults(self._path), self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO jobs (output, log, began_at) VALUES (?, ?, ?)",
                (job.setup.output, str(log), _seconds(now)),
            )
            self._connection.executemany(
                "INSERT INTO sites (site, slot, job) VALUES (?, ?, ?) "
                "ON CONFLICT (site) DO UPDATE SET slot = excluded.slot, job = excluded.job",
                [
                    (verdict.site.name, _seconds(verdict.slot), cursor.lastrowid)
                    for verdict in job.verdicts
                ],
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def end(self, job_id: int, *, exit_code: int, now: datetime) -> None:
        """The job has ended so, for each of its sites."""
        with _faults(self._path), self._transaction():
            self._connection.execute(
                "UPDATE jobs SET ended_at = ?, exit_code = ? WHERE id = ?",
                (_seconds(now), exit_code, job_id),
            )
            if exit_code not in UNDECIDED:
                self._connection.execute(
                    "UPDATE sites SET failures = iif(?, 0, failures + 1) WHERE job = ?",
                    (exit_code == FINISHED, job_id),
                )

    def close(self) -> None:
        """The memory is closed."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _connect(path: Path, *, mode: str = "rw") -> sqlite3.Connection:
    # A name with ? or # in it is a name all the same: as_uri quotes it.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=10
    )


def _check_whole(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise Unusable("the memory of past runs is damaged")


def _check_version(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if version != VERSION and tables:
        raise Unusable(f"the memory of past runs is of version {version}, not {VERSION}")


def _last_runs(connection: sqlite3.Connection) -> dict[str, LastRun]:
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
        return {}  # whoever made it was killed before its first table
    rows: Iterable[tuple[str, int, int | None, int | None, int | None, int]]
    rows = connection.execute(_LATEST)
    try:
        return {
            site: LastRun(
                slot=_moment(slot),
                began_at=_moment(slot if began is None else began),
                ended_at=None if ended is None else _moment(ended),
                exit_code=code,
                failures=failures,
            )
            for site, slot, began, ended, code, failures in rows
        }
    except (OverflowError, ValueError, OSError) as error:
        raise Unusable("the memory of past runs holds no times") from error


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """What SQLite says, in our words."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None or code & 0xFF in _DAMAGED or code == sqlite3.SQLITE_ERROR:
            # SQLITE_ERROR: a table or column that should be there is not.
            raise Unusable(f"the memory of past runs is damaged ({error})") from error
        raise ConfigError(
            f"the memory of past runs cannot be used ({error})",
            place=Place(str(path)),
            remedy="See whether its folder may be written, has room, and is no network share; or "
            "name another with --state FOLDER",
        ) from error


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
