"""What an alert says, and after which runs."""

from __future__ import annotations

from typing import Any

import pytest

from archiver.announcement import ALERTED, When, alert_document

STARTED = "2026-11-23T12:00:00+00:00"
NEW = {"name": "silent", "site": "a.example", "text": "a.example: nothing new", "since": STARTED}
OLD = {**NEW, "text": "a.example: slow", "since": "2026-11-20T12:00:00+00:00"}
FACTS = {
    "run_id": "r1",
    "started_at": STARTED,
    "finished_at": STARTED,
    "finish_reason": "finished",
    "requested": 3,
    "archived": 2,
    "failed": {"not_found": 1},
    "account": {"closes": True, "problems": []},
}


def said(when: str, is_failure: bool = False, **changes: Any) -> dict[str, Any] | None:
    return alert_document(
        {**FACTS, **changes},
        when=When(when),
        exit_code=int(is_failure),
        fault=None,
        is_failure=is_failure,
    )


@pytest.mark.parametrize(
    ("changes", "tells"),
    [
        ({"findings": []}, {"always"}),
        ({}, {"always"}),
        ({"findings": [OLD]}, {"always", "findings"}),
        ({"findings": [OLD, NEW]}, {"always", "findings", "new"}),
        ({"is_failure": True}, {"always", "findings", "new", "failure"}),
        ({"account": {"closes": False, "problems": ["1 URL is nowhere"]}},
         {"always", "findings", "new", "failure"}),
    ],
)  # fmt: skip
def test_after_which_runs_there_is_one(changes: dict[str, Any], tells: set[str]) -> None:
    assert {when for when in When if said(when, **changes) is not None} == tells


def test_it_says_all_of_it_in_full() -> None:
    account = {"closes": False, "problems": ["1 URL is nowhere"]}
    assert said("findings", findings=[NEW], account=account) == {
        "text": "The crawl r1 ended with exit code 0\nThe account does not close\n"
        "1 URL is nowhere\na.example: nothing new",
        **{name: FACTS[name] for name in ("run_id", "started_at", "finished_at", "finish_reason")},
        "exit_code": 0,
        "fault": None,
        **{name: FACTS[name] for name in ("requested", "archived", "failed")},
        "account": account,
        "findings": [NEW],
        "findings_total": 1,
    }


def test_a_run_that_never_began() -> None:
    document = alert_document(
        {}, when=When.FAILURE, exit_code=2, fault="seeds: no URL", is_failure=True
    )
    assert document is not None
    assert (document["text"], document["run_id"]) == ("A crawl failed\nseeds: no URL", None)


def test_there_is_an_end_to_it() -> None:
    document = said("always", findings=[NEW] * 5000)
    assert document is not None
    assert (len(document["findings"]), document["findings_total"]) == (ALERTED, 5000)
    assert document["text"].count("\n") == 11
    assert document["text"].endswith("and 4990 findings more")
