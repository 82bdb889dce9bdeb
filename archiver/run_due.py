"""Runs what is due: each job an ordinary ``scrapy crawl`` in a process of its own.

Knows processes, signals and the order of jobs. What is due is told by ``schedule``; what a crawl
does is its own affair. It goes on until nothing is due any more: a site whose time comes while a
long job runs need not wait for that job, unless both write to one output directory.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.errors import ConfigError, DirectoryInUse, Place
from archiver.lock import DirectoryLock
from archiver.schedule import Job, Verdict, judge_all, plan, worst
from archiver.schedule_store import ScheduleStore, lock_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.schedule_file import Schedule

SETTINGS_MODULE = "archiver.crawl.settings"
LOOK_AGAIN = 30.0
"""Seconds between two looks at what has become due while jobs run."""
GRACE = 900.0
"""Seconds in which a crawl whose time is over may end cleanly, before it is told to end at once."""
BLOCKING = frozenset((4, 5, 6))
"""Exit codes after which further jobs for the same output directory would end alike: disk full,
not writable, in use."""
STOPPED = 8
_SAY_ALL = frozenset((0, 3, 7, STOPPED))
"""Exit codes that need no further word: what became of each URL stands in the run's record."""


@dataclass(frozen=True, slots=True)
class Orders:
    """How a ``run-due`` goes about it."""

    jobs: int = 1
    """Crawls at the same time, each with an output directory of its own."""
    max_seconds: float | None = None
    """After these, no job begins and those that run are stopped cleanly."""
    alert: str | None = None
    """Handed on to each crawl as its setting ``ALERT``."""


@dataclass(frozen=True, slots=True)
class Began:
    """A job has begun."""

    job: Job
    log: Path


@dataclass(frozen=True, slots=True)
class Ended:
    """A job has ended."""

    job: Job
    log: Path
    exit_code: int
    """Negative: the signal that ended it."""
    seconds: float
    last_words: str
    """What its log says of the fault that ended it; empty for none."""


@dataclass(slots=True)
class Summary:
    """What a ``run-due`` did."""

    ended: list[Ended] = field(default_factory=list)
    left: list[Verdict] = field(default_factory=list)
    """Sites that were due and were not begun."""
    is_stopped: bool = False
    """By a signal, or because its time was over."""

    @property
    def exit_code(self) -> int:
        """The worst of its jobs'."""
        codes = [ended.exit_code for ended in self.ended]
        if self.is_stopped:
            # A crawl that was told to stop before it listened for that was stopped all the same.
            codes = [STOPPED, *(STOPPED if code == -signal.SIGTERM else code for code in codes)]
        return worst(codes)


Say = Callable[[Began | Ended], None]


@contextmanager
def held(folder: Path, *, now: datetime) -> Iterator[None]:
    """The schedule's state folder is ours; DirectoryInUse names who has it. The lock is the
    kernel's: it ends with this process, however that ends."""
    lock = _lock(folder, run_id=f"run-due-{now:%Y%m%d%H%M%S}")
    try:
        yield
    finally:
        lock.release()


def _lock(folder: Path, *, run_id: str) -> DirectoryLock:
    patience = 5
    while True:
        try:
            lock = DirectoryLock(lock_in(folder), run_id=run_id)
        except DirectoryInUse as error:
            patience -= 1
            if not patience:
                raise DirectoryInUse(
                    f"another run-due works on this schedule: {error.what.partition(': ')[2]}",
                    place=Place(str(folder)),
                    remedy="Let it end; the next one takes what is due by then",
                ) from error
        except ConfigError as error:
            raise ConfigError(
                "the folder for the state of the schedule cannot be written",
                place=Place(str(folder)),
                remedy="Name one that you may write with --state FOLDER",
            ) from error
        else:
            return lock
        time.sleep(0.05)  # `archiver due` touches the lock for an instant to see who has it


def command_of(job: Job, sites_file: Path, *, alert: str | None = None) -> list[str]:
    """The crawl of ``job``, as it would be typed; ``sites_file`` holds its seeds."""
    setup = job.setup
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"sites={sites_file}"]
    for name, value in (("scope", setup.scope), *setup.arguments):
        command += ["-a", f"{name}={value}"]
    settings = dict(setup.settings) | {"OUTPUT_DIR": setup.output}
    if alert is not None:
        settings["ALERT"] = alert
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    return command


def environment_of(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a crawl in ``folder``. Scrapy finds its settings by a ``scrapy.cfg`` there
    or above; where there is none it is told ours."""
    inherited = dict(environ)
    if not any((parent / "scrapy.cfg").exists() for parent in (folder, *folder.parents)):
        inherited.setdefault("SCRAPY_SETTINGS_MODULE", SETTINGS_MODULE)
    return inherited


def sites_file_of(folder: Path, job: Job) -> Path:
    """Where the seeds of ``job`` are written. One file for each output directory is enough, since
    one job at a time writes there, and none is left to clear away."""
    return folder / "jobs" / f"{_short_name(job.setup.output)}.txt"


def _short_name(output: str) -> str:
    """A file name that tells an output directory from others."""
    return f"{Path(output).name or 'root'}-{zlib.crc32(output.encode()):08x}"


def run_due(
    schedule: Schedule, store: ScheduleStore, folder: Path, orders: Orders, say: Say
) -> Summary:
    """Everything that is due has been run, as far as ``orders`` and signals allow. ``folder`` is
    the state folder, held by the caller; ``say`` is told what begins and ends."""
    return asyncio.run(_Runner(schedule, store, folder, orders, say).run())


class _Runner:
    """The jobs of one ``run-due``."""

    def __init__(
        self,
        schedule: Schedule,
        store: ScheduleStore,
        folder: Path,
        orders: Orders,
        say: Say,
    ) -> None:
        self._schedule = schedule
        self._store = store
        self._folder = folder
        self._orders = orders
        self._say = say
        self._summary = Summary()
        self._running: dict[asyncio.Task[None], Job] = {}
        self._processes: set[asyncio.subprocess.Process] = set()
        self._taken: dict[str, datetime] = {}
        """By the name of each site, the slot that this run-due has begun to serve: none is served
        twice, also when it ended badly."""
        self._blocked: set[str] = set()
        self._begun = 0
        self._signals = 0
        self._fault: BaseException | None = None

    async def run(self) -> Summary:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it, and a shell's &
                loop.add_signal_handler(number, self._stop)
        if self._orders.max_seconds is not None:
            loop.call_later(self._orders.max_seconds, self._time_is_over)
        waiting = self._due()
        while True:
            self._begin_what_can(waiting)
            if not self._running:
                break
            await asyncio.wait(
                self._running, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
            )
            for task in [task for task in self._running if task.done()]:
                del self._running[task]
                self._heed(task.exception())
            waiting = [] if self._fault else self._due()
        if self._fault is not None:
            raise self._fault
        self._summary.left = [verdict for job in waiting for verdict in job.verdicts]
        return self._summary

    def _due(self) -> list[Job]:
        verdicts = judge_all(self._schedule.sites, self._store.last_runs(), datetime.now(UTC))
        fresh = (
            verdict
            for verdict in verdicts
            if verdict.is_due
            and (
                verdict.site.name not in self._taken
                or verdict.slot > self._taken[verdict.site.name]
            )
        )
        return plan(fresh, most_sites=self._schedule.max_sites)

    def _begin_what_can(self, waiting: Sequence[Job]) -> None:
        """Jobs whose output directory is free begin, as many as there is room for."""
        if self._summary.is_stopped:
            return
        busy = {job.setup.output for job in self._running.values()} | self._blocked
        for job in waiting:
            if len(self._running) >= self._orders.jobs:
                return
            if job.setup.output not in busy:
                busy.add(job.setup.output)
                self._taken |= {verdict.site.name: verdict.slot for verdict in job.verdicts}
                self._running[asyncio.create_task(self._run(job))] = job

    async def _run(self, job: Job) -> None:
        now = datetime.now(UTC)
        self._begun += 1
        name = f"{now:%Y%m%dT%H%M%SZ}-{os.getpid()}-{self._begun}-{_short_name(job.setup.output)}"
        log = self._folder / "logs" / f"{name}.log"
        sites_file = sites_file_of(self._folder, job)
        for file in (log, sites_file):
            file.parent.mkdir(parents=True, exist_ok=True)
        seeds = [seed for site in job.sites for seed in site.seeds]
        sites_file.write_text("".join(f"{seed}\n" for seed in seeds), "utf-8")
        command = command_of(job, sites_file, alert=self._orders.alert)
        job_id = self._store.begin(job, log=log, now=now)
        self._say(Began(job, log))
        began = time.monotonic()
        exit_code = await self._crawl(command, log)
        self._store.end(job_id, exit_code=exit_code, now=datetime.now(UTC))
        if exit_code in BLOCKING:
            self._blocked.add(job.setup.output)
        words = "" if exit_code in _SAY_ALL else _last_words(log)
        ended = Ended(job, log, exit_code, time.monotonic() - began, words)
        self._summary.ended.append(ended)
        self._say(ended)

    async def _crawl(self, command: Sequence[str], log: Path) -> int:
        folder = self._schedule.folder
        with log.open("wb") as stream:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env=environment_of(folder, os.environ),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=stream,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl-C at the terminal would reach it beside ours, and two of them end it at once.
                start_new_session=True,
            )
        self._processes.add(process)
        try:
            if self._summary.is_stopped:  # while it was started
                self._pass_on(process)
            return await process.wait()
        finally:
            self._processes.discard(process)

    # --- stopping -----------------------------------------------------------------------------

    def _heed(self, fault: BaseException | None) -> None:
        """A fault of ours (no room for a log, no process) ends it all, but not before the crawls
        that run have ended cleanly."""
        if fault is not None:
            self._fault = self._fault or fault
            self._stop_crawls()

    def _stop(self) -> None:
        """A signal came: the first is handed on as the first, the second as the second. After
        that nobody waits any more."""
        self._signals += 1
        self._stop_crawls()

    def _time_is_over(self) -> None:
        if not self._summary.is_stopped:  # else it would be their second signal
            self._stop_crawls()
            asyncio.get_running_loop().call_later(GRACE, self._stop)

    def _stop_crawls(self) -> None:
        self._summary.is_stopped = True
        for process in self._processes:
            self._pass_on(process)

    def _pass_on(self, process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            if self._signals > 2:
                process.kill()
            else:
                process.terminate()


def _last_words(log: Path) -> str:
    """What our own error says in ``log``, else its last line; from its last 8 KB."""
    with suppress(OSError), log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 8192))
        lines = stream.read().decode("utf-8", "replace").strip().splitlines()
        ours = [line for line in lines if line.startswith("archiver: ")]
        return (ours or lines or [""])[-1]
    return ""
