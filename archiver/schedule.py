"""When each site is due, and which due sites are crawled together.

Knows cadences, what became of a site's last run, and the time that it is told; asks no clock and
reads no file (``schedule_file`` and ``schedule_store`` do). Two ideas carry it:

- A cadence is a grid of moments that depends on nothing but itself. A site is due when a moment
  of its grid has passed that no run has served. However many have passed (a machine that was off
  for a week), one run serves them, and the next is due at the next moment of the grid.
- A run serves the moment, not the time at which it began. So neither a late start nor a long crawl
  shifts what follows.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby

ANCHOR = datetime(1970, 1, 5, tzinfo=UTC)
"""A Monday at midnight: where the grids of intervals begin, so that ``1d`` is at midnight UTC and
``1w`` on Mondays."""


@dataclass(frozen=True, slots=True)
class Every:
    """A cadence of equal steps, in UTC: no change of clocks in spring or autumn concerns it."""

    step: timedelta

    def at_or_before(self, moment: datetime) -> datetime:
        """The latest moment of the grid that is not after ``moment``."""
        return moment - (moment - ANCHOR) % self.step

    def after(self, moment: datetime) -> datetime:
        """The first moment of the grid that is after ``moment``."""
        return self.at_or_before(moment) + self.step


@dataclass(frozen=True, slots=True)
class AtTime:
    """A cadence of one time of day on some days of the week.

    A time that the clocks leave out in spring is as much later as they are put forward; one that
    comes twice in autumn counts the first time (PEP 495, ``fold=0``). So each day has it once.
    """

    at: time
    weekdays: frozenset[int]
    """0 is Monday."""
    zone: tzinfo = UTC

    def at_or_before(self, moment: datetime) -> datetime:
        """The latest moment of the grid that is not after ``moment``."""
        return next(found for found in self._days(moment, -1) if found <= moment)

    def after(self, moment: datetime) -> datetime:
        """The first moment of the grid that is after ``moment``."""
        return next(found for found in self._days(moment, 1) if found > moment)

    def _days(self, moment: datetime, step: int) -> Iterator[datetime]:
        """The grid around ``moment``, from the day before or after it onwards."""
        day: date = moment.astimezone(self.zone).date() - timedelta(step)
        while True:
            if day.weekday() in self.weekdays:
                yield datetime.combine(day, self.at, self.zone).astimezone(UTC)
            day += timedelta(step)


Cadence = Every | AtTime


@dataclass(frozen=True, slots=True)
class Setup:
    """What sites must share to be crawled by one process."""

    output: str
    """Absolute path of the output directory."""
    scope: str = "site"
    settings: tuple[tuple[str, str], ...] = ()
    """Names and values as ``-s`` takes them, sorted."""
    arguments: tuple[tuple[str, str], ...] = ()
    """Names and values as ``-a`` takes them, sorted."""


@dataclass(frozen=True, slots=True)
class Site:
    """One entry of the schedule, its defaults filled in."""

    name: str
    """What its runs are remembered under: its host, unless the operator named it."""
    seeds: tuple[str, ...]
    """Hosts or URLs, as ``-a sites=FILE`` takes them."""
    cadence: Cadence
    cadence_text: str
    """As the operator wrote it."""
    setup: Setup
    jitter: timedelta = timedelta()
    """The site's grid is moved by a part of this, always the same: sites of one cadence are spread
    over it."""
    is_enabled: bool = True

    @property
    def shift(self) -> timedelta:
        """By how much the grid is moved: whole seconds, drawn from the name."""
        if not self.jitter:
            return self.jitter
        share = zlib.crc32(self.name.encode()) / 2**32
        return timedelta(seconds=int(self.jitter.total_seconds() * share))

    def at_or_before(self, moment: datetime) -> datetime:
        """The latest moment at which the site was to be crawled."""
        return self.cadence.at_or_before(moment - self.shift) + self.shift

    def after(self, moment: datetime) -> datetime:
        """The first moment after ``moment`` at which the site is to be crawled."""
        return self.cadence.after(moment - self.shift) + self.shift


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is remembered of a site's latest run."""

    slot: datetime
    """The moment of the grid that it was to serve."""
    began_at: datetime
    ended_at: datetime | None
    """None while it runs, or when nobody saw its end."""
    exit_code: int | None
    """Of its crawl (``docs/operating.md``); negative: the signal that ended it. None as above."""
    failures: int = 0
    """How many runs up to this one ended badly, one after the other; those that were stopped or not
    begun count neither way."""

    @property
    def has_served(self) -> bool:
        """Whether the site waits for its next moment now, well crawled or not."""
        return self.exit_code in SERVED


FINISHED = 0
SERVED = frozenset((FINISHED, 1, 3, 7))
"""Exit codes of a crawl after which a site waits for its next moment: it was crawled (0, 7), could
not be had (3), or ran into a fault of ours, which would be the same a minute later (1). After the
others the crawl has not been, or not whole: wrong settings (2), disk (4, 5), output directory in
use (6), stopped (8), killed (negative)."""

UNDECIDED = frozenset((6, 8))
"""Exit codes that tell neither well nor ill of a site: it could not begin, or was stopped."""

ENDINGS: Mapping[int, str] = {
    0: "finished",
    1: "ended by an unexpected error",
    2: "wrong arguments, settings or files",
    3: "every URL failed",
    4: "the disk is full",
    5: "a record could not be written",
    6: "the output directory is in use",
    7: "archived, but not all derived",
    8: "stopped by a signal",
    9: "the account of its URLs does not close",
}
"""Exit codes of a crawl in words."""


def ending(exit_code: int | None) -> str:
    """How a crawl ended, in words; None when nobody saw its end."""
    if exit_code is None:
        return "killed"
    if exit_code < 0:
        return f"killed by signal {-exit_code}"
    return ENDINGS.get(exit_code, f"exit code {exit_code}")


class Standing(StrEnum):
    """How a site stands to its schedule."""

    OFF = "off"
    """``enabled = false``."""
    NEVER = "never run"
    """Due: nothing is remembered of it."""
    DUE = "due"
    """Its time has come."""
    AGAIN = "due again"
    """Its last run did not do what it should."""
    RUNNING = "running"
    WAITING = "waiting"


_DUE = frozenset((Standing.NEVER, Standing.DUE, Standing.AGAIN))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a site is due, since when, and when it will be."""

    site: Site
    standing: Standing
    slot: datetime
    """The moment of the grid that a run now would serve."""
    since: datetime | None
    """Due since; None for a site that never ran or is not due."""
    next_at: datetime | None
    """When it will be due next, if it is crawled now where it is due; None where it is off."""
    last: LastRun | None

    @property
    def is_due(self) -> bool:
        """Whether it is to be crawled now."""
        return self.standing in _DUE


def judge(
    site: Site, last: LastRun | None, now: datetime, *, at_work_since: datetime | None = None
) -> Verdict:
    """How ``site`` stands at ``now``. ``at_work_since``: when the ``run-due`` began that works on
    the schedule; None where none does."""
    slot, coming = site.at_or_before(now), site.after(now)
    if not site.is_enabled:
        return Verdict(site, Standing.OFF, slot, None, None, last)
    if last is None:
        return Verdict(site, Standing.NEVER, slot, None, coming, None)
    is_of_it = at_work_since is not None and last.began_at >= at_work_since
    if last.exit_code is None and is_of_it:
        return Verdict(site, Standing.RUNNING, slot, None, coming, last)
    if last.slot > coming:
        # Served by a clock that ran ahead. Up to the coming moment it is believed, and the site
        # waits a little longer; beyond, it would wait for as long as that clock was wrong.
        return Verdict(site, Standing.DUE, slot, slot, coming, last)
    if not last.has_served:
        return Verdict(site, Standing.AGAIN, max(slot, last.slot), last.slot, coming, last)
    if last.slot < slot:
        return Verdict(site, Standing.DUE, slot, site.after(last.slot), coming, last)
    return Verdict(site, Standing.WAITING, slot, None, site.after(last.slot), last)


def judge_all(
    sites: Iterable[Site],
    last_runs: Mapping[str, LastRun],
    now: datetime,
    *,
    at_work_since: datetime | None = None,
) -> list[Verdict]:
    """How each site stands, in the order of the sites."""
    return [
        judge(site, last_runs.get(site.name), now, at_work_since=at_work_since) for site in sites
    ]


WORST_FIRST = (1, 9, 5, 4, 2, 7, 3, 6, 8, FINISHED)
"""Exit codes of crawls: of several, the one that somebody should look at first. A crawl that was
killed counts as 1."""


def worst(exit_codes: Iterable[int]) -> int:
    """The exit code that sums these up; 0 for none."""
    known = {code if code in WORST_FIRST else 1 for code in exit_codes}
    return next((code for code in WORST_FIRST if code in known), FINISHED)


@dataclass(frozen=True, slots=True)
class Job:
    """One process that crawls sites of one setup."""

    setup: Setup
    verdicts: tuple[Verdict, ...]

    @property
    def sites(self) -> tuple[Site, ...]:
        """What it crawls."""
        return tuple(verdict.site for verdict in self.verdicts)


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def plan(verdicts: Iterable[Verdict], *, most_sites: int) -> list[Job]:
    """Jobs for what is due among ``verdicts``, at most ``most_sites`` each.

    What has waited longest comes first; among jobs of one output directory too, of which only one
    may run at a time.
    """
    due = sorted((verdict for verdict in verdicts if verdict.is_due), key=_urgency)
    jobs = [
        Job(setup, tuple(group[start : start + most_sites]))
        for setup, group in (
            (setup, list(group))
            for setup, group in groupby(
                sorted(due, key=lambda verdict: _of_setup(verdict.site.setup)),
                key=lambda verdict: verdict.site.setup,
            )
        )
        for start in range(0, len(group), most_sites)
    ]
    return sorted(jobs, key=lambda job: _urgency(job.verdicts[0]))


def _urgency(verdict: Verdict) -> tuple[datetime, str]:
    return verdict.since or _LONG_AGO, verdict.site.name


def _of_setup(setup: Setup) -> tuple[object, ...]:
    return setup.output, setup.scope, setup.settings, setup.arguments
