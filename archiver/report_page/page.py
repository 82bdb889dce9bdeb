"""The page itself: a run's figures in the words and plots of its template.

Knows Jinja2 and which figure goes where. Every value is escaped as it is printed, and the page's
policy lets nothing run and nothing be fetched, should one ever not be.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from archiver.report_page import plots, wording
from archiver.report_page.figures import (
    MEASURES,
    Change,
    changes,
    field_names,
    first_sites,
    outcome_rows,
    silent_sites,
    sort_findings,
    summed,
)
from archiver.report_page.measured import LATENCY_EDGES_MS, Measured
from archiver.report_page.records import RunRecord

_MOST_DAYS = 45
"""Days of the plot of comments; what was written before is summed."""

_ENDS = {
    "finished": "The run finished.",
    "shutdown": "The run was stopped by a signal and closed cleanly.",
    "disk_full": "The run stopped because the disk was full.",
    "write_failed": "The run stopped because a record could not be written.",
    "failed": "The run stopped because of a fault.",
}


def render(now: RunRecord, past: Sequence[RunRecord], measured: Measured) -> str:
    """The page of ``now``; ``past`` holds the runs before it in the order of time."""
    style = _style()
    page: str = _template().render(
        style=Markup(style),  # noqa: S704 - our own file
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        **_summary(now),
        **_sites(now, past),
        **_times(measured),
        run=now,
        past=past,
        measured=measured,
        findings=None if now.findings is None else sort_findings(now.findings),
        outcomes=outcome_rows(now.outcomes),
    )
    return page


def _summary(now: RunRecord) -> dict[str, Any]:
    seconds = None
    if now.started_at and now.finished_at:
        seconds = (now.finished_at - now.started_at).total_seconds()
    ending = "The run has not closed: it was killed, or it still runs."
    if now.finished_at is not None:
        reason = now.finish_reason or "no reason recorded"
        ending = _ENDS.get(reason, f"The run ended: {reason}.")
    adds_up = now.requested == now.archived + now.failed
    closes = adds_up and now.closes is not False and not now.problems
    return {
        "ending": ending,
        "ended_well": now.finished_at is not None and now.finish_reason == "finished",
        "seconds": seconds,
        "rate": now.requested / seconds * 60 if seconds else None,
        "adds_up": adds_up,
        "closes": closes,
        "total": summed(list((now.sites or {}).values())),
    }


def _sites(now: RunRecord, past: Sequence[RunRecord]) -> dict[str, Any]:
    sites = list((now.sites or {}).values())
    listed = first_sites(sites)
    fields = field_names(listed.first)
    changed, others = changes(now, past, [entry.site for entry in now.findings or ()])
    silent = silent_sites(now, past)
    discussed = sorted(
        (site for site in sites if site.comments),
        key=lambda site: (-(site.comments or 0), site.name),
    )
    timed = sorted(
        (site for site in sites if site.latency_p50 is not None),
        key=lambda site: (-(site.latency_p95 or 0.0), site.name),
    )
    total = summed(sites)
    return {
        "sites": listed,
        "fields": fields,
        "field_heads": [(name, "") for name in fields],
        "discussed": discussed[:_MOST_ROWS],
        "discussed_left": len(discussed) - _MOST_ROWS,
        "discussed_rest": sum(site.comments or 0 for site in discussed[_MOST_ROWS:]),
        "timed": timed[:_MOST_ROWS],
        "timed_left": len(timed) - _MOST_ROWS,
        "silent": silent[:_MOST_SILENT],
        "silent_count": len(silent),
        "found_by": sorted(total.found_by.items(), key=lambda pair: (-pair[1], pair[0])),
        "changed": [*map(_drawn, changed), *([_drawn(others)] if others else [])],
        "others_count": len(sites) - len(changed),
    }


_MOST_ROWS = 30
_MOST_SILENT = 200


@dataclass(frozen=True, slots=True)
class _Cell:
    """A measure of one site over its runs: the plot, this run's figure, and the usual one."""

    plot: plots.Spark
    now: int | None
    usual: float | None
    told: str


def _drawn(change: Change) -> tuple[str, list[_Cell]]:
    cells = []
    for measure, row, usual in zip(MEASURES, change.series, change.usual, strict=True):
        figures = ", ".join(wording.number(value) for value in row)
        cells.append(_Cell(plots.spark(row), row[-1], usual, f"{measure} by run: {figures}"))
    return change.site, cells


def _times(measured: Measured) -> dict[str, Any]:
    pages, page_rows = None, []
    if measured.start is not None:
        labels, marks = plots.time_labels(
            measured.start, measured.step_seconds, len(measured.pages)
        )
        pages = plots.columns(measured.pages, labels, marks=marks)
        page_rows = list(zip(labels, measured.pages, strict=True))
    waits = list(_waits(measured.latencies))
    days = list(_days(measured))
    return {
        "pages": pages,
        "page_rows": page_rows,
        "waits": plots.columns([[count] for _, count in waits], [name for name, _ in waits])
        if waits
        else None,
        "wait_rows": waits,
        "days": plots.columns([[count] for _, count in days], [name for name, _ in days])
        if days
        else None,
        "day_rows": days,
        "days_before": sum(measured.comments_by_day.values()) - sum(count for _, count in days),
    }


def _waits(latencies: Sequence[int]) -> Iterator[tuple[str, int]]:
    """The columns of the histogram from the first to the last that is not empty."""
    filled = [index for index, count in enumerate(latencies) if count]
    if not filled:
        return
    for index in range(filled[0], filled[-1] + 1):
        if index == len(LATENCY_EDGES_MS):
            name = f"from {wording.milliseconds(LATENCY_EDGES_MS[-1])}"
        else:
            name = f"< {wording.milliseconds(LATENCY_EDGES_MS[index])}"
        yield name, latencies[index]


def _days(measured: Measured) -> Iterator[tuple[str, int]]:
    """Each day up to the last on which a comment of the run was written."""
    by_day: Mapping[Any, int] = measured.comments_by_day
    if not by_day:
        return
    last = max(by_day)
    first = max(min(by_day), last - timedelta(days=_MOST_DAYS - 1))
    for index in range((last - first).days + 1):
        day = first + timedelta(days=index)
        yield day.isoformat(), by_day.get(day, 0)


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("archiver.report_page", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed,
    )
    environment.filters |= {
        "number": wording.number,
        "share": wording.share,
        "size": wording.size,
        "duration": wording.duration,
        "milliseconds": wording.milliseconds,
        "instant": wording.instant,
    }
    environment.globals |= {
        "counted": wording.counted,
        "latency_span": plots.latency_span,
        "measures": MEASURES,
        "box": (plots.WIDTH, plots.HEIGHT),
        "step_words": _step_words,
    }
    return environment.get_template("page.html")


def _printed(value: object) -> object:
    """What the template prints; a text without signs that a reader cannot see."""
    return wording.shown(value) if type(value) is str else value


def _step_words(seconds: int) -> str:
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            return name if seconds == unit else f"{seconds // unit} {name}s"
    return "second" if seconds == 1 else f"{seconds} seconds"


@cache
def _style() -> str:
    loader = PackageLoader("archiver.report_page", "template")
    return loader.get_source(Environment(autoescape=True), "page.css")[0]
