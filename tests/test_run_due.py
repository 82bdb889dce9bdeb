"""Jobs in processes of their own: in what order, how often, how they are stopped.

In the place of Scrapy stands a script that does what its seeds are called: ``python -m scrapy``
takes the one in the folder in which it runs.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archiver.errors import ConfigError, DirectoryInUse
from archiver.run_due import Began, Ended, Orders, Summary, environment_of, held, run_due
from archiver.schedule_file import read_schedule
from archiver.schedule_store import ScheduleStore, database_in, read_last_runs, state_folder

SCRAPY = r"""
import json, os, signal, sys, time

words = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
seeds = open(words["sites"]).read().split()
came = []

def note(what):
    line = {"what": what, "at": time.monotonic(), "seeds": seeds, "pid": os.getpid(),
            "output": os.path.basename(words["OUTPUT_DIR"]), "argv": sys.argv[1:]}
    with open("journal.jsonl", "a") as journal:
        journal.write(json.dumps(line) + "\n")

def stop(number, frame):
    came.append(number)
    note(f"signal {len(came)}")
    if len(came) > 1 or "stubborn" not in seeds[0]:
        sys.exit(8)

signal.signal(signal.SIGTERM, stop)
note("begins")
for seed in seeds:
    if seed.startswith("code"):
        print("archiver: it is so")
        sys.exit(int(seed.partition(".")[0][4:]))
    if seed.startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
if "wait" in seeds[0] or "stubborn" in seeds[0]:
    note("waits")
    while not os.path.exists("go"):
        time.sleep(0.02)
if "nap" in seeds[0]:
    time.sleep(0.3)
note("ends")
"""


class Stage:
    """A schedule whose crawls are played."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "scrapy.py").write_text(SCRAPY)
        self.sites = folder / "sites.toml"

    def write(self, *sites: str | tuple[str, str], head: str = "") -> None:
        """Sites by host, or host and output."""
        text = head
        for site in sites:
            host, output = (site, "out") if isinstance(site, str) else site
            text += f'[[site]]\nhost = "{host}"\noutput = "{output}"\n'
        self.sites.write_text(text)

    def run(self, **orders: Any) -> Summary:
        """What ``run-due`` does, in this process."""
        self.said: list[Began | Ended] = []
        folder = state_folder(self.sites)
        with held(folder, now=datetime.now(UTC)), closing(ScheduleStore(folder)) as store:
            schedule = read_schedule(self.sites)
            return run_due(schedule, store, folder, Orders(**orders), self.said.append)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """``archiver run-due`` in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "archiver", "run-due", "--sites", str(self.sites), *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def journal(self, what: str = "") -> list[dict[str, Any]]:
        path = self.folder / "journal.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in map(json.loads, lines) if line["what"].startswith(what)]

    def seeds(self) -> list[list[str]]:
        return [line["seeds"] for line in self.journal("begins")]

    def codes(self) -> Mapping[str, int | None]:
        last_runs = read_last_runs(state_folder(self.sites))
        return {name: last.exit_code for name, last in last_runs.items()}

    def forget_a_slot(self, site: str) -> None:
        """The memory says that the site was served two hours earlier than it was."""
        with closing(sqlite3.connect(database_in(state_folder(self.sites)))) as memory:
            memory.execute("UPDATE sites SET slot = slot - 7200 WHERE site = ?", (site,))
            memory.commit()

    def wait_for(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < end, self.journal()
            time.sleep(0.02)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_sites_of_one_output_are_one_crawl_with_what_the_schedule_says(stage: Stage) -> None:
    head = '[defaults]\nscope = "host"\nsettings = { CONTACT = "a@b.example" }\n'
    stage.write("a.example", "b.example", head=head)
    summary = stage.run(alert="notify me")
    assert (summary.exit_code, summary.left) == (0, [])
    (begun,) = stage.journal("begins")
    assert begun["seeds"] == ["a.example", "b.example"]
    sites_file = begun["argv"][3].removeprefix("sites=")
    assert begun["argv"] == [
        "crawl", "news", "-a", f"sites={sites_file}", "-a", "scope=host",
        "-s", "CONTACT=a@b.example", "-s", f"OUTPUT_DIR={stage.folder / 'out'}",
        "-s", "ALERT=notify me",
    ]  # fmt: skip
    assert stage.codes() == {"a.example": 0, "b.example": 0}


def test_what_ran_is_not_run_again(stage: Stage) -> None:
    stage.write("a.example", "code3.example")
    assert stage.run().exit_code == 3
    assert stage.run().ended == []
    assert len(stage.seeds()) == 1


def test_big_groups_are_split_and_one_at_a_time_writes_to_an_output(stage: Stage) -> None:
    hosts = [f"nap{number}.example" for number in range(5)]
    stage.write(*hosts, head="[jobs]\nmax_sites = 2\n")
    assert stage.run(jobs=4).exit_code == 0
    assert stage.seeds() == [hosts[:2], hosts[2:4], hosts[4:]]
    assert [line["what"] for line in stage.journal()] == ["begins", "ends"] * 3


def test_outputs_run_side_by_side_as_many_as_allowed(stage: Stage) -> None:
    stage.write(*((f"nap{number}.example", f"out{number}") for number in range(4)))
    assert stage.run(jobs=2).exit_code == 0
    running = most = 0
    for line in stage.journal():
        running += 1 if line["what"] == "begins" else -1
        most = max(most, running)
    assert (most, len(stage.seeds())) == (2, 4)


def test_the_exit_code_is_the_worst_and_each_site_has_its_own(stage: Stage) -> None:
    stage.write("a.example", ("code3.example", "b"), ("code7.example", "c"), ("die.example", "d"))
    summary = stage.run(jobs=3)
    assert summary.exit_code == 1
    assert stage.codes() == {
        "a.example": 0, "code3.example": 3, "code7.example": 7, "die.example": -9,
    }  # fmt: skip
    again = stage.run()
    assert [job.sites[0].name for job in (ended.job for ended in again.ended)] == ["die.example"]


def test_an_output_in_use_is_left_due_and_said(stage: Stage) -> None:
    stage.write("code6.example", "late.example", ("c.example", "c"), head="[jobs]\nmax_sites = 1\n")
    summary = stage.run()
    assert summary.exit_code == 6
    assert [verdict.site.name for verdict in summary.left] == ["late.example"]
    ended = [event for event in stage.said if isinstance(event, Ended) and event.exit_code == 6]
    assert [event.last_words for event in ended] == ["archiver: it is so"]
    assert {"code6.example", "late.example"} == {
        site.name for ended in stage.run().ended for site in ended.job.sites
    }


def test_what_becomes_due_meanwhile_need_not_wait_for_a_long_job(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.run_due.LOOK_AGAIN", 0.05)
    stage.write(("b.example", "short"))
    stage.run()
    stage.write(("wait.example", "long"), ("b.example", "short"))

    def meanwhile() -> None:
        stage.wait_for(lambda: stage.journal("waits"))
        stage.forget_a_slot("b.example")
        stage.wait_for(lambda: len(stage.journal("ends")) == 2)
        (stage.folder / "go").touch()

    other = threading.Thread(target=meanwhile)
    other.start()
    assert stage.run(jobs=2).exit_code == 0
    other.join()
    assert stage.seeds() == [["b.example"], ["wait.example"], ["b.example"]]


def test_no_slot_is_served_twice_by_one_run_due(stage: Stage) -> None:
    stage.write("code2.example", ("nap.example", "nap"))
    assert stage.run().exit_code == 2
    assert len(stage.seeds()) == 2


def test_a_signal_is_handed_on_once_and_the_sites_stay_due(stage: Stage) -> None:
    stage.write("wait.example", ("zz.example", "other"))
    process = stage.start()
    stage.wait_for(lambda: stage.journal("waits"))
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (8, "")
    assert [line["what"] for line in stage.journal("signal")] == ["signal 1"]
    assert out.splitlines()[-1] == "1 site left due"
    assert stage.codes()["wait.example"] == 8
    (stage.folder / "go").touch()
    assert {site.name for ended in stage.run().ended for site in ended.job.sites} >= {
        "wait.example"
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_second_signal_is_handed_on_as_the_second(stage: Stage, number: signal.Signals) -> None:
    stage.write("stubborn.example")
    process = stage.start()
    stage.wait_for(lambda: stage.journal("waits"))
    process.send_signal(number)
    stage.wait_for(lambda: stage.journal("signal 1"))
    assert process.poll() is None
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 8
    assert len(stage.journal("signal")) == 2


def test_when_the_time_is_over_crawls_are_stopped_cleanly(stage: Stage) -> None:
    stage.write("wait.example", ("zz.example", "zz"))
    summary = stage.run(max_seconds=3)
    assert (summary.is_stopped, summary.exit_code) == (True, 8)
    assert [verdict.site.name for verdict in summary.left] == ["zz.example"]
    assert len(stage.journal("signal")) == 1


def test_a_crawl_that_does_not_end_when_its_time_is_over_is_told_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.run_due.GRACE", 0.5)
    stage.write("stubborn.example")
    assert stage.run(max_seconds=3).exit_code == 8
    assert len(stage.journal("signal")) == 2


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigError, match="--state FOLDER"),
        held(tmp_path / "file" / "state", now=datetime.now(UTC)),
    ):
        pass


def test_a_second_run_due_is_refused_and_told_who_holds_it(stage: Stage) -> None:
    stage.write("wait.example")
    process = stage.start()
    stage.wait_for(lambda: stage.journal("waits"))
    second = stage.start()
    _, told = second.communicate(timeout=30)
    assert second.returncode == 6
    assert f"another run-due works on this schedule: process {process.pid} on" in told
    with pytest.raises(DirectoryInUse):
        stage.run()
    (stage.folder / "go").touch()
    process.communicate(timeout=30)
    assert (process.returncode, len(stage.seeds())) == (0, 1)


def test_after_kill_9_nothing_blocks_and_the_site_is_due_again(stage: Stage) -> None:
    stage.write("wait.example")
    process = stage.start()
    stage.wait_for(lambda: stage.journal("waits"))
    process.kill()
    process.communicate(timeout=30)
    assert stage.codes() == {"wait.example": None}
    (stage.folder / "go").touch()
    assert stage.run().exit_code == 0
    assert stage.codes() == {"wait.example": 0}


def test_a_job_that_cannot_be_logged_ends_all_but_not_rudely(stage: Stage) -> None:
    stage.write("wait.example", ("zz.example", "zz"))
    logs = state_folder(stage.sites) / "logs"
    logs.parent.mkdir()
    logs.write_text("in the way")
    with pytest.raises(FileExistsError):
        stage.run(jobs=2)
    assert stage.journal() == []


def test_scrapy_is_told_our_settings_where_no_project_is(tmp_path: Path) -> None:
    assert environment_of(tmp_path, {})["SCRAPY_SETTINGS_MODULE"] == "archiver.crawl.settings"
    mine = {"SCRAPY_SETTINGS_MODULE": "mine"}
    assert environment_of(tmp_path, mine) == mine
    (tmp_path / "scrapy.cfg").touch()
    (tmp_path / "below").mkdir()
    assert environment_of(tmp_path / "below", {}) == {}


def test_every_job_has_a_log_of_its_own(stage: Stage) -> None:
    stage.write("a.example", "code1.example", head="[jobs]\nmax_sites = 1\n")
    stage.run()
    logs = sorted((state_folder(stage.sites) / "logs").iterdir())
    assert [log.read_text() for log in logs] == ["", "archiver: it is so\n"]
    assert [event.log for event in stage.said if isinstance(event, Began)] == logs


def test_the_lock_is_free_again_when_its_holder_is_gone(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with held(tmp_path, now=now):
        assert os.access(tmp_path / "lock", os.R_OK)
    with held(tmp_path, now=now):
        pass
