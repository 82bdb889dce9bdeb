"""The runs before a run, as far as they can be compared with it.

Knows the folders of ``runs/``; what a record says is known in ``records``.
"""

from __future__ import annotations

from pathlib import Path

from archiver.errors import ConfigError
from archiver.report import read_run_record
from archiver.report_page.figures import MOST_RUNS
from archiver.report_page.records import RunRecord, read_past

_MOST_BYTES = 128 * 1024**2
"""Of records that are looked at: two seconds of reading JSON. A directory in which each site has
runs of its own holds many records that say nothing of this run's sites."""


def past_runs(output_dir: Path, now: RunRecord) -> list[RunRecord]:
    """The latest runs before ``now`` that know one of its sites, at most ``MOST_RUNS``, in the
    order of time (a run's id begins with it). A record that cannot be read is passed over."""
    names = frozenset(now.sites or ())
    found: list[RunRecord] = []
    looked_at = 0
    if not names:
        return found
    for path in sorted((output_dir / "runs").glob("*/run.json"), reverse=True):
        if path.parent.name >= now.run_id:
            continue
        try:
            looked_at += path.stat().st_size
            facts = read_run_record(output_dir, path.parent.name)
        except (ConfigError, OSError):
            continue
        run = read_past(facts, names)
        if run.sites:
            found.append(run)
        if len(found) == MOST_RUNS or looked_at > _MOST_BYTES:
            break
    return found[::-1]
