"""What an alert says of a run, and after which runs there is one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class When(StrEnum):
    """After which runs somebody is told."""

    FINDINGS = "findings"  # something was found, or as failure
    NEW = "new"  # the same, but what the run before had found already is no news
    ALWAYS = "always"
    FAILURE = "failure"  # the run failed, or its account does not close


ALERTED = 200
"""Findings in one alert, the serious ones first; ``run.json`` has all."""


def alert_document(
    facts: Mapping[str, Any], *, when: When, exit_code: int, fault: str | None, is_failure: bool
) -> dict[str, Any] | None:
    """What an alert says of the run of this record, or None when it is to say nothing. ``facts``
    is empty for a run that never began: then ``fault`` says why."""
    found: list[Any] = facts.get("findings") or []
    account = facts.get("account") or {}
    is_broken = is_failure or account.get("closes") is False
    is_news = any(entry["since"] == facts["started_at"] for entry in found)
    is_due = {
        When.FINDINGS: is_broken or bool(found),
        When.NEW: is_broken or is_news,
        When.ALWAYS: True,
        When.FAILURE: is_broken,
    }
    if not is_due[when]:
        return None
    run_id = facts.get("run_id")
    told = [f"The crawl {run_id} ended with exit code {exit_code}" if run_id else "A crawl failed"]
    told += [fault] if fault else []
    if account.get("closes") is False:
        told += ["The account does not close", *account.get("problems", [])]
    told += [entry["text"] for entry in found[:10]]
    if len(found) > 10:
        told.append(f"and {len(found) - 10} findings more")
    return {
        "text": "\n".join(told),
        "run_id": run_id,
        **{name: facts.get(name) for name in ("started_at", "finished_at", "finish_reason")},
        "exit_code": exit_code,
        "fault": fault,
        **{name: facts.get(name) for name in ("requested", "archived", "failed", "account")},
        "findings": found[:ALERTED],
        "findings_total": len(found),
    }
