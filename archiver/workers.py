"""Worker processes that read pages: killable, bounded in time and memory.

Knows how to start a worker, hand it one page at a time and end it when it takes too long, takes
too much or dies. It does not know what reading is (``archiver.reading`` does), where pages come
from, or who waits for the answer; it imports neither Scrapy nor Twisted.

Each worker has a keeper thread of its own and a socket of its own. Nothing is shared between
workers, so the death of one at any moment, in the middle of an answer too, costs its own page
and no other. (A pool whose workers share one pipe behind one lock stands still for ever when a
worker is killed while it holds the lock: pebble 5.2, ``pool/channel.py``.) A worker is a fresh
interpreter, never a fork: the crawl's process has threads and a reactor.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, cast

from archiver.config import ReadLimits
from archiver.errors import ConfigError
from archiver.model import Page, Reading
from archiver.outcomes import Outcome
from archiver.sites import RuleBook, SiteRules
from archiver.worker_process import Orders

if TYPE_CHECKING:
    from archiver.worker_process import Wire

READ = "archiver.reading:read"
START_SECONDS = 120.0
"""A worker imports lxml and Trafilatura in about one second; a busy machine may need many."""
END_SECONDS = 10.0
"""A dying worker may have a gigabyte to give back, or a core to dump."""
ENDINGS = (Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY, Outcome.EXTRACT_FAILED)
"""After these the worker is replaced: it was stopped, or its parsers may be left half-way."""
STARTS = 3
"""Attempts at starting a worker before the page that waits for it is given up."""
MAX_TASKS = 1000
"""Pages after which a worker is replaced, which bounds what the parsers leak; at one second for
a start this costs a millisecond a page."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One page that waits for a worker. The future stays pending until its answer is there, so
    that it can be cancelled at any time."""

    page: Page
    rules: SiteRules | None
    answer: Future[Reading]

    def resolve(self, reading: Reading) -> None:
        """The answer is given, unless nobody waits for it any more."""
        if self.answer.set_running_or_notify_cancel():
            self.answer.set_result(reading)


class Readers:
    """A pool of workers. ``read`` answers with a future that never fails: what goes wrong with a
    page is an outcome. ``close`` when done, or use it as a context manager."""

    def __init__(
        self,
        rules: RuleBook,
        limits: ReadLimits | None = None,
        *,
        jobs: int = 1,
        max_tasks: int = MAX_TASKS,
        read: str = READ,
    ) -> None:
        """The workers are starting and one of them has read its first page.

        ``read`` names the function that reads (``module:name``). ConfigError when no worker
        starts: that is a fault of the installation, not of a page.
        """
        self._orders = Orders(read, rules, limits or ReadLimits())
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._open: set[_Task] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._keepers = [
            _Keeper(self._orders, self._tasks, self._open.discard, max_tasks, name=f"reader-{i}")
            for i in range(max(1, jobs))
        ]
        for keeper in self._keepers:
            keeper.start()
        self._await_first()

    def _await_first(self) -> None:
        self._keepers[0].started.wait()
        fault = self._keepers[0].fault
        if fault is not None:
            self.kill()
            raise ConfigError(
                f"no worker can read pages: {fault}",
                remedy="Its own message stands above; is the package installed whole?",
            )

    def read(self, page: Page, rules: SiteRules | None = None) -> Future[Reading]:
        """The future reading of ``page``, with the rules of its host unless others are given.

        A page that takes longer than ``limits.seconds`` in its worker (waiting for one does not
        count) is EXTRACT_TIMEOUT, one that takes more memory EXTRACT_MEMORY, one that kills its
        worker or raises EXTRACT_FAILED. The future is cancelled when the pool is killed.
        """
        task = _Task(page, rules, Future())
        with self._lock:
            if self._closed:
                raise RuntimeError("the readers are closed")
            self._open.add(task)
            self._tasks.put(task)
        return task.answer

    def close(self) -> None:
        """Every page handed over is read, and the workers are gone."""
        self._stop()
        for keeper in self._keepers:
            keeper.join()

    def kill(self) -> None:
        """The workers are gone at once; readings that were not finished are cancelled, since
        being given up says nothing about a page."""
        self._stop()
        for task in tuple(self._open):
            task.answer.cancel()
        for keeper in self._keepers:
            keeper.kill()
        for keeper in self._keepers:
            keeper.join()

    def _stop(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                for _ in self._keepers:
                    self._tasks.put(None)

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.kill()


class _Keeper(threading.Thread):
    """The thread that owns one worker: starts it, feeds it, ends it, replaces it.

    The thread must live as long as its worker: PR_SET_PDEATHSIG (prctl(2)) fires when the
    *thread* that made the child ends.
    """

    def __init__(
        self,
        orders: Orders,
        tasks: queue.SimpleQueue[_Task | None],
        done: Callable[[_Task], None],
        max_tasks: int,
        *,
        name: str,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.started = threading.Event()
        self.fault: str | None = None
        self._orders = orders
        self._tasks = tasks
        self._done = done
        self._max_tasks = max_tasks
        self._worker: _Worker | None = None
        self._killed = False

    def run(self) -> None:
        try:
            self._renew()
        finally:
            self.started.set()
        while (task := self._tasks.get()) is not None:
            if task.answer.cancelled():
                task.answer.set_running_or_notify_cancel()
            else:
                self._serve(task)
            self._done(task)
        self._dismiss()

    def kill(self) -> None:
        """The worker is killed and no other is started."""
        self._killed = True
        worker = self._worker
        if worker is not None:
            worker.process.kill()

    def _serve(self, task: _Task) -> None:
        try:
            reading = self._answer(task)
        except Exception as error:  # a page or an answer that cannot be pickled
            self._dismiss()
            reading = Reading(Outcome.EXTRACT_FAILED, detail=f"{type(error).__name__}: {error}")
        task.resolve(reading)

    def _answer(self, task: _Task) -> Reading:
        worker = self._worker
        if worker is None or worker.tasks >= self._max_tasks or worker.process.poll() is not None:
            worker = self._renew()
        if worker is None:
            return Reading(Outcome.EXTRACT_FAILED, detail=f"no worker: {self.fault}")
        reading = worker.ask(task.page, task.rules, self._orders.limits.seconds)
        if reading.outcome in ENDINGS:
            self._dismiss()
        return reading

    def _renew(self) -> _Worker | None:
        self._dismiss()
        for _ in range(STARTS):
            if self._killed:
                self.fault = "the pool was stopped"
                return None
            try:
                self._worker = _Worker.start(self._orders)
            except (OSError, EOFError, TimeoutError) as error:
                self.fault = str(error) or type(error).__name__
            else:
                self.fault = None
                if self._killed:  # kill() came while this worker had no name yet
                    self._worker.process.kill()
                return self._worker
        return None

    def _dismiss(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


@dataclass(slots=True)
class _Worker:
    """A running worker process, seen from its keeper."""

    process: subprocess.Popen[bytes]
    wire: Wire
    tasks: int = 0

    @classmethod
    def start(cls, orders: Orders) -> _Worker:
        """A worker that has read its first page. OSError, EOFError or TimeoutError when not."""
        worker = cls.launch()
        try:
            worker.greet(orders)
        except (EOFError, ConnectionError) as error:
            worker.await_end()
            worker.end()
            raise EOFError(f"a worker {_end_of(worker.process)} while it started") from error
        except BaseException:  # the hand-over's, whatever it is: no process is left behind
            worker.end()
            raise
        return worker

    @classmethod
    def launch(cls) -> _Worker:
        """A process that waits for its orders."""
        ours, theirs = socket.socketpair()
        code = (
            f"import sys; sys.path[:] = {sys.path!r}\n"
            f"from archiver.worker_process import serve; serve({theirs.fileno()}, {os.getpid()})"
        )
        # Sets of strings are walked in the same order in every worker, so that a parser which
        # depends on it (none should) still reads the same from the same bytes.
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=environment,
                process_group=0,  # Ctrl-C at the terminal is for the crawl, not for its workers
            )
        return cls(process, Connection(ours.detach()))

    def greet(self, orders: Orders) -> None:
        """The worker has its orders, has loaded its parsers and is ready."""
        self.wire.send(orders)
        if not self.wire.poll(START_SECONDS):
            raise TimeoutError(f"a worker was not ready after {START_SECONDS:.0f} s")
        self.wire.recv()

    def ask(self, page: Page, rules: SiteRules | None, seconds: float) -> Reading:
        """What the worker answers within ``seconds``, or what became of it."""
        self.tasks += 1
        try:
            self.wire.send((page, rules))
            if not self.wire.poll(seconds):
                self.process.kill()
                detail = f"stopped after {seconds:g} s"
                return Reading(Outcome.EXTRACT_TIMEOUT, detail=detail, seconds=seconds)
            return cast(Reading, self.wire.recv())
        except (EOFError, OSError):
            self.await_end()
            # The kernel's OOM killer is the one that sends SIGKILL here; we did not.
            out_of_memory = self.process.returncode == -signal.SIGKILL
            outcome = Outcome.EXTRACT_MEMORY if out_of_memory else Outcome.EXTRACT_FAILED
            return Reading(outcome, detail=f"the worker {_end_of(self.process)}")

    def await_end(self) -> None:
        """A process that closed its socket is about to end, and its status says why."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(END_SECONDS)

    def end(self) -> None:
        """The process is gone and its socket closed."""
        with suppress(OSError):
            self.wire.close()
        self.process.kill()
        self.process.wait()


def _end_of(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with status {code}"
