"""A run beside those before it: its measures, what they were, and what is not as it was.

Knows the keys of ``run.json`` that tell of sites and findings, and how much of the past is read. A
record that cannot be read is passed over, with a line that says so: no run fails for one before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from archiver.errors import PartError
from archiver.monitors import findings
from archiver.outcomes import SUCCESSES, Outcome
from archiver.site_measures import RunMeasures, SiteMeasures, as_json, from_json

MOST_BYTES: Final = 256 * 1024**2
"""Of records that are read, the newest first: some 2,000 runs of a hundred sites."""

_BACKFILL = ("since", "until", "cdx")
"""Arguments that send a run for old articles."""


def account_of(outcomes: Mapping[Outcome, int] | Mapping[str, int]) -> dict[str, Any]:
    """``requested``, ``archived`` and ``failed``, which sum up, of a run with these outcomes."""
    failed = {
        str(name): count
        for name, count in sorted(outcomes.items())
        if count and name not in SUCCESSES
    }
    requested = sum(outcomes.values())
    return {
        "requested": requested,
        "archived": requested - sum(failed.values()),
        "failed": failed,
    }


def judge_run(output_dir: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What ``run.json`` says of the sites of the run that ``facts`` describe, once its parts are
    written: ``sites``, ``findings``, and ``history``, what they were compared with. Where a part
    cannot be read or nothing was derived, ``history`` alone says so."""
    from archiver.dataset.run_measures import measure_run  # noqa: PLC0415 - pyarrow takes long

    try:
        sites = measure_run(output_dir / "dataset", str(facts["run_id"]))
    except (PartError, OSError) as error:
        return {"history": {"runs": 0, "notes": [f"The run was not measured: {error}"]}}
    if not sites:
        return {"history": {"runs": 0, "notes": ["Nothing of the run was derived"]}}
    notes: list[str] = []
    history = _Counted(past_runs(output_dir, str(facts["run_id"]), notes))
    now = _measures_of(facts, sites)
    found = findings(now, history)
    return {
        "sites": {name: as_json(measures) for name, measures in sites.items()},
        "findings": [finding.as_json() for finding in found],
        "history": {"runs": history.count, "notes": notes},
    }


def past_runs(output_dir: Path, run_id: str, notes: list[str]) -> Iterator[RunMeasures]:
    """The runs before ``run_id``, the newest first (a run's id begins with its time), as long as
    somebody asks. ``notes`` gets a line for what was passed over."""
    runs = output_dir / "runs"
    looked_at = older = 0
    for path in sorted(runs.glob("*/run.json"), reverse=True):
        if path.parent.name >= run_id:
            continue
        try:
            looked_at += path.stat().st_size
            if looked_at > MOST_BYTES:
                notes.append(f"{path} and what is before it were not read: too much")
                break
            facts = json.loads(path.read_bytes())
            run = read_measures(facts)
        except (OSError, ValueError, RecursionError) as error:
            notes.append(f"{path} was passed over ({error})")
            continue
        older += run.sites is None and bool(facts.get("finished_at"))
        yield run
    if older:
        notes.append(f"{older} runs were recorded without measures of their sites")


def read_measures(facts: Any) -> RunMeasures:
    """The run of which a ``run.json`` tells; ValueError says why it tells of none."""
    if not isinstance(facts, dict) or not {"run_id", "started_at"} <= facts.keys():
        raise ValueError("no record of a run")
    told = facts.get("sites")
    if told is not None and not isinstance(told, dict):
        raise ValueError("sites is no table")
    sites = None if told is None else {name: from_json(site) for name, site in told.items()}
    return _measures_of(facts, sites)


def _measures_of(facts: Mapping[str, Any], sites: Mapping[str, SiteMeasures] | None) -> RunMeasures:
    arguments = facts.get("arguments")
    arguments = arguments if isinstance(arguments, Mapping) else {}
    return RunMeasures(
        run_id=str(facts["run_id"]),
        started_at=_instant(facts["started_at"]),
        sites=sites,
        is_finished=facts.get("finish_reason") == "finished" and not facts.get("not_derived"),
        is_backfill=any(arguments.get(name) for name in _BACKFILL),
        scope=json.dumps(arguments, sort_keys=True, default=str),
        known_since=dict(_known_since(facts.get("findings"))),
    )


def _known_since(told: Any) -> Iterator[tuple[tuple[str, str, str], datetime]]:
    for entry in told if isinstance(told, list) else ():
        if isinstance(entry, dict) and "since" in entry:
            key = (str(entry.get("name")), str(entry.get("site")), str(entry.get("field") or ""))
            yield key, _instant(entry["since"])


def _instant(value: Any) -> datetime:
    """ValueError."""
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class _Counted:
    """Runs, and how many of them were asked for."""

    def __init__(self, runs: Iterator[RunMeasures]) -> None:
        self.count = 0
        self._runs = runs

    def __iter__(self) -> Iterator[RunMeasures]:
        for run in self._runs:
            self.count += 1
            yield run
