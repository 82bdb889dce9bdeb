"""Moments that outlive the process: how long ago was it, though the clock was set meanwhile?

Knows the machine's clocks. The clock on the wall may be set by a day in either direction; the
seconds since the machine was started may not, but mean nothing after the next start. So a moment
holds both, with the name that Linux gives to each start.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment, on both clocks."""

    wall: float
    """Seconds since 1970, as the machine's clock says."""
    boot: str
    """Which start of the machine ``uptime`` counts from; empty where that is not known."""
    uptime: float
    """Seconds since that start, sleep included."""


def current_moment() -> Moment:
    """Now."""
    return Moment(time.time(), _boot(), _uptime())


def seconds_between(earlier: Moment, later: Moment) -> float | None:
    """Seconds from one moment to the other; None where the clock was set back in between and
    nothing else tells."""
    if earlier.boot and earlier.boot == later.boot:
        seconds = later.uptime - earlier.uptime
    else:
        seconds = later.wall - earlier.wall
    return seconds if seconds >= 0 else None


@cache
def _boot() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:  # not Linux
        return ""


def _uptime() -> float:
    # CLOCK_MONOTONIC stands still while a laptop sleeps.
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
