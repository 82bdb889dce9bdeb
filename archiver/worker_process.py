"""What runs inside a worker process: pages in, readings out, within limits.

Knows the socket it serves, the memory it may take and that it must not outlive its parent. It
does not know what reading is: the function that reads is named in its orders.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pkgutil
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, cast

from archiver.config import ReadLimits
from archiver.model import Page, Reading
from archiver.outcomes import Outcome
from archiver.sites import RuleBook, SiteRules
from archiver.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    Wire = Connection[object, object]
    Read = Callable[[Page, SiteRules, ReadLimits], Reading]

PR_SET_PDEATHSIG = 1  # linux/prctl.h

WARM_UP = Page(
    url="http://warm-up.invalid/",
    captured_at=datetime(2000, 1, 1, tzinfo=UTC),
    headers=((b"Content-Type", b"text/html; charset=utf-8"),),
    payload=b"<html><head><title>Warm-up</title></head><body><article><h1>Warm-up</h1>"
    b"<p>Loads what the parsers load on their first page.</p></article></body></html>",
)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is told once, before its first page."""

    read: str
    """The function that reads: ``module:name``."""
    rules: RuleBook
    limits: ReadLimits


def serve(descriptor: int, parent: int) -> None:
    """Read pages from the socket ``descriptor`` until it closes. Runs in a worker only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(parent)
    wire: Wire = Connection(descriptor)
    with suppress(EOFError, ConnectionError):  # the keeper is done with us
        orders = cast(Orders, wire.recv())
        read = cast("Read", pkgutil.resolve_name(orders.read))
        read(WARM_UP, orders.rules.choose("warm-up.invalid"), orders.limits)
        # What is loaded by now stays, and a page leaves little behind that only a cycle holds:
        # asked less often, the collector costs a page of 300 KB half a millisecond less.
        gc.freeze()
        gc.set_threshold(20_000)
        wire.send("ready")
        while True:
            page, rules = cast("tuple[Page, SiteRules | None]", wire.recv())
            began = perf_counter()
            reading = _reading(read, page, rules, orders)
            wire.send(replace(reading, seconds=perf_counter() - began))


def _reading(read: Read, page: Page, rules: SiteRules | None, orders: Orders) -> Reading:
    allowed = orders.limits.memory_bytes
    size, peak = _size_bytes(), _peak_bytes()
    try:
        with _bounded_memory(allowed, size):
            chosen = rules or orders.rules.choose(host_of(page.url))
            reading = read(page, chosen, orders.limits)
    except MemoryError:
        return Reading(Outcome.EXTRACT_MEMORY, detail="the memory limit was reached")
    except Exception as error:  # any fault of a parser is an outcome of its page
        return Reading(Outcome.EXTRACT_FAILED, detail=f"{type(error).__name__}: {error}")
    highest = _peak_bytes()
    # libxml2 that runs out of memory says "unknown error", and others go on with half a page: a
    # reading that came near the limit is not to be trusted. No real page comes near half of it.
    if highest > peak and size and highest - size > allowed // 2:
        return Reading(Outcome.EXTRACT_MEMORY, detail="more than half of the memory limit was used")
    return reading


@contextmanager
def _bounded_memory(more_bytes: int, size: int) -> Iterator[None]:
    """This process, of ``size`` bytes now, may not grow by more than ``more_bytes`` inside.

    Counted from its size now, so that the verdict on a page does not depend on the pages before
    it. Lifted outside: a failed allocation while the socket is read would lose the page.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if size:
        limit = size + more_bytes
        within = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (within, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _size_bytes() -> int:
    """Address space of this process; 0 where the system does not say (no /proc)."""
    return _status_bytes(b"VmSize:")


def _peak_bytes() -> int:
    """The most address space that this process ever had; 0 where the system does not say."""
    return _status_bytes(b"VmPeak:")


def _status_bytes(name: bytes) -> int:
    try:
        status = Path("/proc/self/status").read_bytes()
    except OSError:
        return 0
    _, found, after = status.partition(name)
    return int(after.split(maxsplit=1)[0]) * 1024 if found else 0


def _die_with(parent: int) -> None:
    """The kernel ends this process when its parent ends, however that ends (Linux). Elsewhere a
    worker ends with the page it reads, when its socket closes."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)
