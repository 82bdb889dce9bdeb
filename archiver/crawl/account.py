"""The account of a run: each URL that was asked for ended once, in the count and in the frontier.

What a run counts as it goes and what its frontier holds are two books, kept in different places;
here they are compared when it ends. The account of a run that was killed, which could not close its
own, is closed out of the frontier by the next.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archiver.outcomes import Outcome
from archiver.report import write_run_record
from archiver.run_history import account_of

if TYPE_CHECKING:
    from archiver.crawl.frontier import Frontier

logger = logging.getLogger(__name__)

KILLED = "killed"
"""``finish_reason`` of a run that did not live to write one."""
_MOST_LOOKED_AT = 100
"""Records of runs, the latest first, among which those of killed runs are looked for."""


def problems_of(
    counted: Mapping[str, int], stored: Mapping[str, int], *, leased: int, is_finished: bool
) -> list[str]:
    """What keeps the account from closing, in words; empty where it closes.

    ``counted`` are the outcomes that the run counted, ``stored`` those that its frontier holds for
    it. What could not be archived stays leased, and is asked for by the next run; so is what a
    signal stopped, and nothing else.
    """
    problems = [
        f"{name}: {counted.get(name, 0)} were counted, the frontier has {stored.get(name, 0)}"
        for name in sorted({*counted, *stored} - {Outcome.WRITE_FAILED})
        if counted.get(name, 0) != stored.get(name, 0)
    ]
    if is_finished and leased:
        problems.append(f"{leased} URLs were handed out and never settled")
    return problems


def close_killed_runs(output_dir: Path, frontier: Frontier, run_id: str) -> list[str]:
    """Runs before ``run_id`` that ended without a word get their outcomes; their ids. Called by who
    owns the directory, before anything is asked for."""
    closed: list[str] = []
    records = sorted((output_dir / "runs").glob("*/run.json"), reverse=True)[:_MOST_LOOKED_AT]
    for path in records:
        facts = _facts_in(path)
        if facts is None or path.parent.name >= run_id or facts.get("finish_reason"):
            continue
        outcomes = frontier.outcomes(str(facts["run_id"]))
        write_run_record(
            output_dir,
            {
                **facts,
                "finish_reason": KILLED,
                **account_of(outcomes),
                "outcomes": outcomes,
                "account": {"closes": True, "problems": []},
            },
        )
        ended = sum(outcomes.values())
        logger.warning("the run %s was killed; %d URLs had ended", path.parent.name, ended)
        closed.append(path.parent.name)
    return closed


def _facts_in(path: Path) -> dict[str, Any] | None:
    """The record at ``path``; None where it is none of ours."""
    try:
        facts = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_ours = isinstance(facts, dict) and facts.get("run_id") == path.parent.name
    return facts if is_ours else None
