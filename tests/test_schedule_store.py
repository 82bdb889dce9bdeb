"""The memory of past runs: kept, read by others, and set aside when it cannot be used."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.errors import ConfigError
from archiver.schedule import Every, Job, LastRun, Setup, Site, judge_all, plan
from archiver.schedule_store import (
    ScheduleStore,
    Unusable,
    at_work_since,
    database_in,
    lock_in,
    read_last_runs,
    state_folder,
)

NOW = datetime(2026, 11, 24, 3, 10, tzinfo=UTC)
SLOT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def job(*names: str) -> Job:
    sites = [
        Site(name, (name,), Every(timedelta(hours=1)), "1h", Setup("/srv/output")) for name in names
    ]
    (found,) = plan(judge_all(sites, {}, NOW), most_sites=1000)
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ScheduleStore]:
    with closing(ScheduleStore(tmp_path)) as opened:
        yield opened


def run(store: ScheduleStore, exit_code: int, *names: str) -> None:
    number = store.begin(job(*names), log=Path("x.log"), now=NOW)
    store.end(number, exit_code=exit_code, now=NOW + timedelta(minutes=5))


def test_a_run_is_remembered_for_each_of_its_sites(store: ScheduleStore, tmp_path: Path) -> None:
    number = store.begin(job("a.example", "b.example"), log=Path("x.log"), now=NOW)
    begun = LastRun(SLOT, NOW, None, None)
    assert store.last_runs() == {"a.example": begun, "b.example": begun}
    store.end(number, exit_code=0, now=NOW + timedelta(minutes=5))
    ended = LastRun(SLOT, NOW, NOW + timedelta(minutes=5), 0)
    assert read_last_runs(tmp_path) == {"a.example": ended, "b.example": ended}


def test_failures_are_counted_until_one_run_goes_well(store: ScheduleStore) -> None:
    for exit_code, failures in ((3, 1), (3, 2), (8, 2), (6, 2), (-9, 3), (0, 0), (1, 1)):
        run(store, exit_code, "a.example")
        assert store.last_runs()["a.example"].failures == failures


def test_only_the_latest_run_of_a_site_is_kept(store: ScheduleStore, tmp_path: Path) -> None:
    for _ in range(3):
        run(store, 0, "a.example", "b.example")
    run(store, 0, "b.example")
    store.close()
    ScheduleStore(tmp_path).close()
    with closing(sqlite3.connect(database_in(tmp_path))) as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (2,)


def test_nothing_is_remembered_where_nothing_ran(tmp_path: Path) -> None:
    assert read_last_runs(tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()
    database_in(tmp_path).touch()
    assert read_last_runs(tmp_path) == {}


def damage_head(path: Path) -> None:
    path.write_bytes(b"no database" * 500)


def damage_inside(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def age(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")


def rejuvenate(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def drop_column(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE sites DROP COLUMN failures")


def no_time(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE sites SET slot = {2**62}")
        connection.commit()


@pytest.mark.parametrize(
    "harm",
    [damage_head, damage_inside, cut_off, age, rejuvenate, drop_column, no_time],
    ids=lambda harm: harm.__name__,
)
def test_a_memory_that_cannot_be_used_is_moved_aside_and_said(tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    with closing(ScheduleStore(tmp_path)) as store:
        run(store, 0, *(f"{number}.example" for number in range(200)))
    harm(database_in(tmp_path))
    with pytest.raises(Unusable):
        read_last_runs(tmp_path)
    with closing(ScheduleStore(tmp_path)) as store:
        assert store.set_aside is not None
        assert "every site is due once" in store.set_aside
        assert store.last_runs() == {}
        run(store, 0, "a.example")
    (aside,) = tmp_path.glob("schedule.sqlite.unusable-*")
    assert aside.name in store.set_aside
    with closing(ScheduleStore(tmp_path)) as store:
        assert store.set_aside is None
        assert list(store.last_runs()) == ["a.example"]


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    database_in(tmp_path).mkdir()
    with pytest.raises(ConfigError, match="cannot be used"):
        ScheduleStore(tmp_path)


def test_a_locked_memory_is_not_taken_for_a_damaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ScheduleStore(tmp_path).close()
    connect = sqlite3.connect
    with closing(connect(database_in(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(
            sqlite3, "connect", lambda *args, **kw: connect(*args, **{**kw, "timeout": 0.01})
        )
        with pytest.raises(ConfigError, match="locked") as caught:
            ScheduleStore(tmp_path)
        assert not isinstance(caught.value, Unusable)
    assert not list(tmp_path.glob("*unusable*"))


def test_the_state_lies_beside_the_schedule() -> None:
    assert state_folder(Path("/srv/sites.toml")) == Path("/srv/sites.state")


def test_who_works_on_the_schedule_is_seen_and_who_did_is_not(tmp_path: Path) -> None:
    assert at_work_since(tmp_path) is None
    lock_in(tmp_path).write_text(json.dumps({"since": NOW.isoformat()}))
    assert at_work_since(tmp_path) is None
    held = os.open(lock_in(tmp_path), os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    assert at_work_since(tmp_path) == NOW
    os.close(held)
    assert at_work_since(tmp_path) is None
