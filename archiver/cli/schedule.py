"""``archiver due`` and ``archiver run-due``: what the schedule asks for, and doing it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archiver.cli.printing import complain, counted, fail, in_words
from archiver.errors import DirectoryInUse

if TYPE_CHECKING:
    from archiver.run_due import Began, Ended
    from archiver.schedule import Job, LastRun, Verdict
    from archiver.schedule_file import Schedule

IN_USE = 6
"""Exit code when another ``run-due`` works on the schedule; of ``scrapy crawl`` too."""

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
"""These two alone: who asks for them does not wait for the others to load."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
"""As in ``options``, which loads what reading a page takes."""
Sites = Annotated[
    Path, typer.Option("--sites", help="The schedule: docs/scheduling.md.", metavar="FILE")
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        help="Where past runs are remembered.",
        metavar="DIR",
        show_default="beside the schedule, sites.state",
    ),
]


@app.command()
def due(
    sites: Sites = Path("sites.toml"),
    state: State = None,
    as_json: Json = False,
) -> None:
    """Say which sites are due, since when, when the others will be, and how each last run ended."""
    from archiver.schedule import judge_all  # noqa: PLC0415 - other commands need none of it
    from archiver.schedule_file import read_schedule  # noqa: PLC0415
    from archiver.schedule_store import (  # noqa: PLC0415
        Unusable,
        at_work_since,
        read_last_runs,
        state_folder,
    )

    schedule = read_schedule(sites)
    folder = state or state_folder(schedule.path)
    last_runs: dict[str, LastRun] = {}
    try:
        last_runs = read_last_runs(folder)
    except Unusable as why:
        complain(f"{folder}: {why}. The next run-due sets it aside, and every site is due once")
    now = datetime.now(UTC)
    working = at_work_since(folder)
    verdicts = judge_all(schedule.sites, last_runs, now, at_work_since=working)
    if as_json:
        # In one line: with indents it takes Python's own encoder, half a second for 10,000 sites.
        print(json.dumps(_facts(verdicts, now, working), ensure_ascii=False))
    else:
        print("\n".join(_lines(verdicts, working)))


@app.command()
def run_due(
    sites: Sites = Path("sites.toml"),
    state: State = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N",
            help="Crawls at the same time, each in an output directory of its own.",
        ),
    ] = 1,
    max_seconds: Annotated[
        float | None,
        typer.Option(
            "--max-seconds", min=1, metavar="S",
            help="After these, stop cleanly; what is left stays due.",
        ),
    ] = None,
    alert: Annotated[
        str | None,
        typer.Option(
            "--alert", metavar="COMMAND|URL", help="Handed on to each crawl as its setting ALERT."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the commands, run nothing.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only what did not go well.")
    ] = False,
) -> None:  # fmt: skip
    """Crawl what is due. Each job is a `scrapy crawl` of its own.

    The exit code is that of the worst job (docs/scheduling.md); 6 when another run-due works on
    the schedule.
    """
    from archiver.run_due import Orders, held  # noqa: PLC0415 - other commands need none of it
    from archiver.run_due import run_due as run_all  # noqa: PLC0415
    from archiver.schedule_file import read_schedule  # noqa: PLC0415
    from archiver.schedule_store import ScheduleStore, state_folder  # noqa: PLC0415

    schedule = read_schedule(sites)
    folder = (state or state_folder(schedule.path)).absolute()
    if dry_run:
        _print_plan(schedule, folder, alert)
        return
    try:
        with held(folder, now=datetime.now(UTC)):
            store = ScheduleStore(folder)
            if store.set_aside is not None:
                complain(f"{folder}: {store.set_aside}")
            try:
                orders = Orders(jobs=jobs, max_seconds=max_seconds, alert=alert)
                say = _say_faults if quiet else _say
                summary = run_all(schedule, store, folder, orders, say)
            finally:
                store.close()
    except DirectoryInUse as error:
        fail(in_words(error), code=IN_USE)
    if summary.is_stopped or summary.left:
        print(f"{counted(len(summary.left), 'site')} left due")
    elif not summary.ended and not quiet:
        print("nothing is due")
    raise typer.Exit(summary.exit_code)


def _print_plan(schedule: Schedule, folder: Path, alert: str | None) -> None:
    from archiver.run_due import command_of, sites_file_of  # noqa: PLC0415
    from archiver.schedule import judge_all, plan  # noqa: PLC0415
    from archiver.schedule_store import Unusable, at_work_since, read_last_runs  # noqa: PLC0415

    try:
        last_runs = read_last_runs(folder)
    except Unusable as why:
        complain(f"{folder}: {why}; it would be set aside, and every site is due once")
        last_runs = {}
    verdicts = judge_all(
        schedule.sites, last_runs, datetime.now(UTC), at_work_since=at_work_since(folder)
    )
    jobs = plan(verdicts, most_sites=schedule.max_sites)
    for job in jobs:
        print(_named(job))
        print(f"  {shlex.join(command_of(job, sites_file_of(folder, job), alert=alert))}")
    if not jobs:
        print("nothing is due")


def _say(event: Began | Ended) -> None:
    from archiver.run_due import Began  # noqa: PLC0415
    from archiver.schedule import ending  # noqa: PLC0415

    if isinstance(event, Began):
        print(f"begins   {_named(event.job)}\n         log {event.log}", flush=True)
        return
    words = ending(event.exit_code)
    print(f"ended    {_named(event.job)} after {event.seconds:.0f} s: {words}", flush=True)
    if event.last_words:
        print(f"         {event.last_words}", flush=True)


def _say_faults(event: Began | Ended) -> None:
    from archiver.run_due import Ended  # noqa: PLC0415

    if isinstance(event, Ended) and event.exit_code:
        _say(event)
        print(f"         log {event.log}", flush=True)


def _named(job: Job) -> str:
    first = job.sites[0].name
    more = len(job.sites) - 1
    sites = f"{first} and {counted(more, 'other site')}" if more else first
    return f"{sites} into {job.setup.output}"


# --- due in words and as JSON ---------------------------------------------------------------------


def _lines(verdicts: list[Verdict], working: datetime | None) -> Iterator[str]:
    late = sorted(
        (verdict for verdict in verdicts if verdict.is_due),
        key=lambda verdict: (verdict.since is not None, verdict.since, verdict.site.name),
    )
    others = sorted(
        (verdict for verdict in verdicts if not verdict.is_due),
        key=lambda verdict: (verdict.next_at is None, verdict.next_at, verdict.site.name),
    )
    if working is not None:
        yield f"a run-due is at work since {_shown(working)}"
    width = min(40, max((len(verdict.site.name) for verdict in verdicts), default=0))
    yield f"{counted(len(late), 'site')} due" + (" (times are UTC)" if verdicts else "")
    for verdict in late:
        since = "" if verdict.since is None else f"since {_shown(verdict.since)}"
        yield f"  {verdict.site.name:{width}}  {since:22}  {_past(verdict)}"
    if others:
        yield f"{counted(len(others), 'other site')}"
    for verdict in others:
        at = _NEXT[verdict.standing] if verdict.standing in _NEXT else _coming(verdict)
        yield f"  {verdict.site.name:{width}}  {at:22}  {_past(verdict)}"


_NEXT = {"off": "switched off", "running": "is being crawled"}


def _coming(verdict: Verdict) -> str:
    return "" if verdict.next_at is None else f"at {_shown(verdict.next_at)}"


def _past(verdict: Verdict) -> str:
    from archiver.schedule import ending  # noqa: PLC0415

    last = verdict.last
    if last is None:
        return f"{verdict.site.cadence_text}, never run"
    if verdict.standing == "running":
        return f"{verdict.site.cadence_text}, began {_shown(last.began_at)}"
    how = ending(last.exit_code)
    if last.failures > 1:
        how += f", {last.failures} times in a row"
    if last.exit_code not in (0, None) and last.has_served:
        how += "; tried again at its time"
    return f"{verdict.site.cadence_text}, last run {_shown(last.began_at)}: {how}"


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _facts(verdicts: list[Verdict], now: datetime, working: datetime | None) -> dict[str, Any]:
    return {
        "now": now.isoformat(timespec="seconds"),
        "at_work_since": _iso(working),
        "due": sum(verdict.is_due for verdict in verdicts),
        "sites": [
            {
                "site": verdict.site.name,
                "cadence": verdict.site.cadence_text,
                "standing": str(verdict.standing),
                "is_due": verdict.is_due,
                "since": _iso(verdict.since),
                "next_at": _iso(verdict.next_at),
                "output": verdict.site.setup.output,
                "last_run": None if verdict.last is None else _run(verdict.last),
            }
            for verdict in verdicts
        ],
    }


def _run(last: LastRun) -> dict[str, Any]:
    from archiver.schedule import ending  # noqa: PLC0415

    return {
        "began_at": _iso(last.began_at),
        "ended_at": _iso(last.ended_at),
        "exit_code": last.exit_code,
        "ending": ending(last.exit_code),
        "failures": last.failures,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
