"""A crawl that is killed, stopped or doubled: nothing vanishes, nothing settled is fetched twice.

The site holds its answers back from a certain request on, so that each blow falls in mid-crawl
whatever the machine's speed.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.check_archive import check
from bench.graph_site import GraphSite
from tests.crawl.running import crawl, outcomes, rows, start_crawl

ARTICLES = 48
IN_FLIGHT = 4
SETTINGS = {
    "CONCURRENT_REQUESTS_PER_DOMAIN": str(IN_FLIGHT),
    "LOG_LEVEL": "WARNING",
    "WARC_MAX_BYTES": "40000",  # so that files are sealed while their pages are still read
}
EACH_RUN = {"/robots.txt"}
"""Asked for by every run: what it says holds for a day at most."""


class GatedSite(GraphSite):
    """Requests after the first ``free`` ones wait until the gate is opened."""

    def __init__(self, *, free: int) -> None:
        super().__init__(ARTICLES)
        self._free = free
        self._count = 0
        self._arrived = threading.Condition()
        self._gate = threading.Event()

    def note(self, path: str) -> None:
        super().note(path)
        with self._arrived:
            self._count += 1
            self._arrived.notify_all()
            waits = self._count > self._free
        if waits:
            self._gate.wait(60)

    def wait_until_held(self) -> None:
        """Returns as soon as a request waits at the gate."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: self._count > self._free, timeout=60)

    def open(self) -> None:
        self._gate.set()


@contextmanager
def gated_site(*, free: int) -> Iterator[GatedSite]:
    site = GatedSite(free=free)
    thread = threading.Thread(
        target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield site
    finally:
        site.open()
        site.shutdown()
        site.server_close()


@dataclass(frozen=True)
class Blow:
    """A crawl that was struck in mid-crawl, and the run after it."""

    output: Path
    base: str
    pages: set[str]
    asked_before: Counter[str]
    settled: set[str]
    """Paths that the frontier had acknowledged when the blow fell."""
    asked_after: Counter[str]
    first_code: int
    first_log: str
    next_code: int
    next_log: str
    left_open: list[str]
    second_job: tuple[int, str, float] | None = None
    owner: int = 0


def _settled(output: Path, base: str) -> set[str]:
    connection = sqlite3.connect(output / "state" / "frontier.sqlite")
    found = connection.execute("SELECT url FROM urls WHERE state >= 2").fetchall()
    connection.close()
    return {url.removeprefix(base) for (url,) in found}


def _seconds_of_children() -> float:
    """Processor time of all children that have ended; the wall's clock would measure the load of
    the machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _strike(output: Path, *, number: signal.Signals, has_second_job: bool = False) -> Blow:
    with gated_site(free=32) as site:
        process = start_crawl(f"{site.base}/", output=output, **SETTINGS)
        site.wait_until_held()
        second_job = None
        if has_second_job:
            before = _seconds_of_children()
            second = crawl(f"{site.base}/", output=output, timeout=60)
            second_job = (second.returncode, second.stderr, _seconds_of_children() - before)
        if number is signal.SIGKILL:
            os.killpg(process.pid, number)
            process.wait(timeout=60)
            settled = _settled(output, site.base)
            site.open()
        else:
            process.send_signal(number)
            site.open()
            process.wait(timeout=60)
            settled = _settled(output, site.base)
        log = process.communicate()[1]
        asked_before = site.asked()
        left_open = sorted(path.name for path in (output / "warc").glob("*.open"))
        done = crawl(f"{site.base}/", output=output, timeout=120, **SETTINGS)
        return Blow(
            output=output,
            base=site.base,
            pages=set(site.pages),
            asked_before=asked_before,
            settled=settled,
            asked_after=site.asked() - asked_before,
            first_code=process.returncode,
            first_log=log,
            next_code=done.returncode,
            next_log=done.stderr,
            left_open=left_open,
            second_job=second_job,
            owner=process.pid,
        )


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Blow:
    return _strike(tmp_path_factory.mktemp("killed") / "output", number=signal.SIGKILL)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Blow:
    output = tmp_path_factory.mktemp("stopped") / "output"
    return _strike(output, number=signal.SIGTERM, has_second_job=True)


def _assert_whole(blow: Blow) -> None:
    """Every page is archived, every article has one row, every file is sealed and in order."""
    assert blow.next_code == 0, blow.next_log
    result = check(blow.output)
    assert result.faults == []
    assert {url.removeprefix(blow.base) for url in result.responses} >= blow.pages
    assert list((blow.output / "warc").glob("*.open")) == []
    articles = Counter(row["url"].removeprefix(blow.base) for row in rows(blow.output, "articles"))
    assert set(articles) == {path for path in blow.pages if "story" in path}
    assert "" not in outcomes(blow.output).values()


def test_kill_in_mid_crawl_is_what_was_tried(killed: Blow) -> None:
    assert killed.first_code == -signal.SIGKILL
    assert killed.settled
    assert killed.pages - set(killed.asked_before)
    assert killed.left_open, "a WARC was open when the kill came"


def test_nothing_vanishes_in_a_kill(killed: Blow) -> None:
    _assert_whole(killed)


def test_what_was_settled_before_a_kill_is_not_fetched_again(killed: Blow) -> None:
    assert killed.settled & set(killed.asked_after) == set()


def test_a_kill_costs_no_more_than_what_was_in_flight(killed: Blow) -> None:
    again = {path for path in killed.asked_after if path in killed.asked_before} - EACH_RUN
    assert again <= set(killed.asked_before) - killed.settled
    assert all(count == 1 for count in killed.asked_after.values())


def test_the_next_run_says_what_it_brought_home(killed: Blow) -> None:
    for name in killed.left_open:
        assert name.removesuffix(".open") in killed.next_log


def _records(blow: Blow) -> list[dict[str, Any]]:
    """The records of both runs, the first one first."""
    paths = sorted((blow.output / "runs").glob("*/run.json"))
    return [json.loads(path.read_text("utf-8")) for path in paths]


def test_the_account_of_a_killed_run_is_closed_by_the_next(killed: Blow) -> None:
    first, second = _records(killed)
    assert first["finish_reason"] == "killed"
    assert first["requested"] == sum(first["outcomes"].values()) == len(killed.settled)
    for record in (first, second):
        assert record["account"] == {"closes": True, "problems": []}
        assert record["requested"] == record["archived"] + sum(record["failed"].values())


def test_the_account_of_a_stopped_run_closes(stopped: Blow) -> None:
    first, second = _records(stopped)
    assert first["finish_reason"] == "shutdown"
    for record in (first, second):
        assert record["account"] == {"closes": True, "problems": []}
        assert record["requested"] == record["archived"] + sum(record["failed"].values())


def test_sigterm_once_ends_cleanly_and_says_so(stopped: Blow) -> None:
    assert stopped.first_code == 8, stopped.first_log
    assert "Traceback" not in stopped.first_log
    assert stopped.left_open == []
    assert stopped.pages - set(stopped.asked_before), "it stopped before the end"


def test_after_sigterm_the_same_command_goes_on_and_fetches_nothing_twice(stopped: Blow) -> None:
    _assert_whole(stopped)
    total = stopped.asked_before + stopped.asked_after
    assert {path for path, count in total.items() if count > 1} <= EACH_RUN
    assert len(rows(stopped.output, "articles")) == ARTICLES


def test_a_second_crawl_of_the_directory_is_refused_at_once_and_told_who_has_it(
    stopped: Blow,
) -> None:
    assert stopped.second_job is not None
    code, message, seconds = stopped.second_job
    assert code == 6
    assert f"process {stopped.owner} on {socket.gethostname()}" in message
    assert "OUTPUT_DIR" in message
    assert "Traceback" not in message
    assert seconds < 3, "most of it is the interpreter's start"


def test_files_are_sealed_at_their_size_and_each_has_its_outputs(stopped: Blow) -> None:
    warcs = {path.name.removesuffix(".warc.gz") for path in (stopped.output / "warc").iterdir()}
    assert len(warcs) > 3
    for table in ("articles", "comments", "captures"):
        parts = (stopped.output / "dataset" / table).glob("crawl_date=*/*.parquet")
        assert {part.stem for part in parts} == warcs
    assert {path.stem for path in (stopped.output / "cdxj").iterdir()} == warcs
    assert list((stopped.output / "state" / "memo").iterdir()) == []
