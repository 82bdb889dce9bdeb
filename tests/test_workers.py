"""Workers: every way in which a page can go wrong is an outcome, and none outlives its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import CancelledError
from concurrent.futures import wait as wait_for
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from archiver.config import MEBIBYTE, ReadLimits
from archiver.errors import ConfigError
from archiver.model import Page, Reading
from archiver.outcomes import Outcome
from archiver.sites import RuleBook, SiteRules, parse_rules
from archiver.workers import Readers

DAY = datetime(2026, 11, 23, tzinfo=UTC)
LIMITS = ReadLimits(seconds=20.0, memory_bytes=256 * MEBIBYTE)
BOOK = RuleBook()


def page(payload: bytes) -> Page:
    return Page(url="http://news.example/a", captured_at=DAY, payload=payload)


def obey(page: Page, rules: SiteRules, limits: ReadLimits) -> Reading:
    """A reader of pages that does what the page says; it runs in the worker."""
    match page.payload.split():
        case [b"hang"]:
            signal.pause()
        case [b"hang-in-c"]:  # SIGTERM's Python handler would wait for this for ever
            ctypes.PyDLL(None).sleep(600)
        case [b"allocate", mebibytes]:
            bytearray(int(mebibytes) * MEBIBYTE)
        case [b"swallow", mebibytes]:  # as a parser does that goes on with half a page
            with contextlib.suppress(MemoryError):
                kept = [bytearray(MEBIBYTE) for _ in range(int(mebibytes))]
                assert kept
        case [b"kill", number]:
            os.kill(os.getpid(), int(number))
        case [b"raise"]:
            raise ValueError("a parser's own fault")
        case [b"pid"]:
            return Reading(Outcome.ARTICLE, detail=str(os.getpid()))
        case [b"host"]:
            return Reading(Outcome.ARTICLE, detail=rules.host)
        case [b"limits"]:
            return Reading(Outcome.ARTICLE, detail=str(resource.getrlimit(resource.RLIMIT_AS)))
        case [b"hash"]:
            return Reading(Outcome.ARTICLE, detail=str(hash("a string")))
    return Reading(Outcome.NOT_AN_ARTICLE, detail=page.url)


def obeying(limits: ReadLimits = LIMITS, *, jobs: int = 1, max_tasks: int = 1000) -> Readers:
    return Readers(BOOK, limits, jobs=jobs, max_tasks=max_tasks, read=f"{__name__}:obey")


@pytest.mark.parametrize(
    ("order", "outcome", "detail"),
    [
        (b"allocate 10000", Outcome.EXTRACT_MEMORY, "the memory limit was reached"),
        (
            b"swallow 10000",
            Outcome.EXTRACT_MEMORY,
            "more than half of the memory limit was used",
        ),
        (b"kill 9", Outcome.EXTRACT_MEMORY, "the worker was ended by SIGKILL"),
        (b"kill 11", Outcome.EXTRACT_FAILED, "the worker was ended by SIGSEGV"),
        (b"raise", Outcome.EXTRACT_FAILED, "ValueError: a parser's own fault"),
        (b"allocate 10", Outcome.NOT_AN_ARTICLE, "http://news.example/a"),
        (b"kill 2", Outcome.NOT_AN_ARTICLE, "http://news.example/a"),
    ],
    ids=[
        "memory",
        "memory, hidden",
        "killed",
        "segfault",
        "raises",
        "enough memory",
        "ctrl-c is not for workers",
    ],
)
def test_what_goes_wrong_is_the_outcome_of_its_page_and_of_no_other(
    order: bytes, outcome: Outcome, detail: str
) -> None:
    with obeying() as readers:
        answers = [readers.read(page(said)) for said in (b"before", order, b"after")]
        assert [answer.result(60) for answer in answers] == [
            Reading(Outcome.NOT_AN_ARTICLE, detail="http://news.example/a"),
            Reading(outcome, detail=detail),
            Reading(Outcome.NOT_AN_ARTICLE, detail="http://news.example/a"),
        ]


@pytest.mark.parametrize("order", [b"hang", b"hang-in-c"])
def test_a_page_that_hangs_is_stopped_in_time_and_waiting_does_not_count(order: bytes) -> None:
    with obeying(ReadLimits(seconds=0.3)) as readers:
        answers = [readers.read(page(said)) for said in (order, order, order, b"after")]
        assert [answer.result(60).outcome for answer in answers] == [
            Outcome.EXTRACT_TIMEOUT,
            Outcome.EXTRACT_TIMEOUT,
            Outcome.EXTRACT_TIMEOUT,
            Outcome.NOT_AN_ARTICLE,
        ]
        assert answers[0].result().detail == "stopped after 0.3 s"


def test_the_memory_limit_is_lifted_between_pages_and_a_worker_is_replaced_after_its_share() -> (
    None
):
    with obeying(max_tasks=2) as readers:
        pids = [readers.read(page(b"pid")).result(60).detail for _ in range(5)]
        assert [pids[0] == pids[1], pids[1] == pids[2], pids[2] == pids[3]] == [True, False, True]
        limits = readers.read(page(b"limits")).result(60).detail
        assert limits is not None
        assert not limits.startswith("(-1,")


def test_rules_are_chosen_by_host_from_the_book_unless_given() -> None:
    rules = parse_rules('host = "news.example"\n', "news.example.toml")
    other = parse_rules('host = "other.example"\n', "other.example.toml")
    book = RuleBook({"news.example": rules})
    with Readers(book, LIMITS, read=f"{__name__}:obey") as readers:
        assert readers.read(page(b"host")).result(60).detail == "news.example"
        assert readers.read(page(b"host"), other).result(60).detail == "other.example"


def test_workers_walk_sets_in_one_order_whatever_the_environment_says() -> None:
    with obeying(jobs=2, max_tasks=1) as readers:
        answers = [readers.read(page(b"hash")) for _ in range(4)]
        assert len({answer.result(60).detail for answer in answers}) == 1


def test_killing_the_pool_cancels_what_was_not_read() -> None:
    readers = obeying()
    answers = [readers.read(page(b"hang")) for _ in range(3)]
    readers.kill()
    assert wait_for(answers, timeout=10).not_done == set()
    for answer in answers:
        with pytest.raises(CancelledError):
            answer.result(0)
    with pytest.raises(RuntimeError, match="closed"):
        readers.read(page(b"late"))


def test_closing_the_pool_reads_what_was_handed_over_and_leaves_no_process() -> None:
    before = set(psutil.Process().children())
    readers = obeying(jobs=2)
    assert len(set(psutil.Process().children()) - before) == 2
    answers = [readers.read(page(b"word")) for _ in range(20)]
    readers.close()
    assert {answer.result(0).outcome for answer in answers} == {Outcome.NOT_AN_ARTICLE}
    assert set(psutil.Process().children()) == before


def test_a_pool_whose_workers_cannot_start_says_so_at_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ConfigError, match="no worker can read pages: a worker ended with status 1"):
        Readers(BOOK, LIMITS, read="archiver.model:there_is_no_such_function")
    assert "there_is_no_such_function" in capfd.readouterr().err


ORPHANS = """
import sys, os
from tests.test_workers import obeying, page
from archiver.config import ReadLimits
readers = obeying(ReadLimits(seconds=600), jobs=2)
pid = readers.read(page(b"pid")).result(60).detail
readers.read(page(b"hang-in-c"))
print(pid, flush=True)
sys.stdin.read()
"""


def test_no_worker_outlives_a_parent_that_was_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANS],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    with parent.stdout, parent.stdin:
        assert int(parent.stdout.readline()) > 0
        workers = psutil.Process(parent.pid).children()
        assert len(workers) == 2
        parent.kill()
        parent.wait()
        assert psutil.wait_procs(workers, timeout=10)[1] == []
