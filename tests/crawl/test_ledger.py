from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.crawl.frontier import Entry, Frontier
from archiver.crawl.ledger import ThreadLedger, Visit
from archiver.model import Purpose
from archiver.outcomes import Outcome

URL = "https://paper.example/bridge/"
API = Entry("https://talk.example/api?page=1", "talk.example", Purpose.THREAD)
THEN = datetime(2026, 11, 23, 8, tzinfo=UTC)
FAR = timedelta(days=400)


def opened(folder: Path, run_id: str) -> tuple[Frontier, ThreadLedger]:
    frontier = Frontier(folder / "frontier.sqlite", run_id=run_id)
    return frontier, ThreadLedger(frontier)


def visit(
    at: datetime, comments: int, *, begins: bool = True, declared: int | None = None
) -> Visit:
    return Visit(URL, "talk", at, comments, declared, API.key if begins else None, THEN)


def fetched(folder: Path) -> None:
    """A first run that asked for the thread and saw two answers of it."""
    frontier, ledger = opened(folder, "run-1")
    frontier.add([API])
    (lease,) = frontier.lease("talk.example", 1)
    ledger.note(visit(THEN, 5))
    ledger.note(visit(THEN + timedelta(minutes=1), 3, begins=False))
    frontier.acknowledge(lease.id, Outcome.THREAD, [])
    frontier.close()


def column(frontier: Frontier, name: str) -> object:
    return frontier.connection.execute(f"SELECT {name} FROM threads").fetchone()[0]


def test_a_visit_is_the_sum_of_its_records_and_growth_is_more_than_ever(tmp_path: Path) -> None:
    fetched(tmp_path)
    frontier, ledger = opened(tmp_path, "run-2")
    assert (column(frontier, "counted"), column(frontier, "most")) == (8, 8)
    grown = column(frontier, "last_growth")
    assert grown == column(frontier, "first_seen"), "the records of the first visit are no growth"
    later = THEN + timedelta(hours=5)
    ledger.note(visit(later, 5))
    ledger.note(visit(later, 3, begins=False))
    assert column(frontier, "last_growth") == grown
    ledger.note(visit(later, 1, begins=False))
    assert column(frontier, "last_growth") == int(later.timestamp())
    ledger.note(visit(later + timedelta(hours=1), 0, declared=40))
    assert column(frontier, "most") == 40


def test_a_thread_is_pending_again_when_it_is_due_and_not_before(tmp_path: Path) -> None:
    fetched(tmp_path)
    frontier, ledger = opened(tmp_path, "run-2")
    assert ledger.renew_due(THEN + timedelta(seconds=1), lambda _: True) == []
    assert ledger.renew_due(THEN + FAR, lambda url: url != URL) == []
    assert ledger.renew_due(THEN + FAR, lambda _: True) == ["talk.example"]
    (lease,) = frontier.lease("talk.example", 9)
    assert lease.entry == API
    assert ledger.renew_due(THEN + FAR, lambda _: True) == [], "it is leased already"


def test_a_round_that_is_not_finished_visits_nothing_twice(tmp_path: Path) -> None:
    fetched(tmp_path)
    frontier, _ = opened(tmp_path, "run-2")
    frontier.add([Entry("https://paper.example/x", "paper.example", Purpose.ARTICLE)])
    frontier.close()
    frontier, ledger = opened(tmp_path, "run-3")
    assert frontier.is_resumed
    assert ledger.renew_due(THEN + FAR, lambda _: True) == ["talk.example"]
    (lease,) = frontier.lease("talk.example", 9)
    frontier.acknowledge(lease.id, Outcome.THREAD, [])
    assert ledger.renew_due(THEN + FAR, lambda _: True) == []


def test_later_answers_of_a_thread_are_asked_for_again_in_a_new_round_only(tmp_path: Path) -> None:
    fetched(tmp_path)
    frontier, _ = opened(tmp_path, "run-2")
    assert frontier.add([API]) == ["talk.example"]
    (lease,) = frontier.lease("talk.example", 9)
    frontier.acknowledge(lease.id, Outcome.THREAD, [])
    assert frontier.add([API]) == []


def test_an_answer_whose_beginning_is_unknown_is_not_noted(tmp_path: Path) -> None:
    frontier, ledger = opened(tmp_path, "run-1")
    ledger.note(visit(THEN, 3, begins=False))
    assert frontier.connection.execute("SELECT count(*) FROM threads").fetchone() == (0,)


def test_a_thread_of_which_nothing_comes_is_left_alone_for_a_while(tmp_path: Path) -> None:
    fetched(tmp_path)
    frontier, ledger = opened(tmp_path, "run-2")
    later = THEN + timedelta(days=3)
    assert ledger.renew_due(later, lambda _: True) == ["talk.example"]
    (lease,) = frontier.lease("talk.example", 9)
    frontier.acknowledge(lease.id, Outcome.NOT_FOUND, [])
    frontier.close()
    frontier, ledger = opened(tmp_path, "run-3")
    assert ledger.renew_due(later + timedelta(minutes=5), lambda _: True) == []
    assert ledger.renew_due(later + FAR, lambda _: True) == ["talk.example"]
    frontier.close()
    _, ledger = opened(tmp_path, "run-4")
    assert ledger.renew_due(later + FAR + FAR, lambda _: True) == [], "at rest"


def test_a_thread_is_pending_again_for_a_comment_since_its_last_visit(tmp_path: Path) -> None:
    fetched(tmp_path)
    frontier, ledger = opened(tmp_path, "run-2")
    last_visit = THEN + timedelta(minutes=1)
    assert ledger.renew_grown(URL, last_visit) == []
    assert ledger.renew_grown(URL + "/other", last_visit + timedelta(hours=1)) == []
    assert ledger.renew_grown(URL, last_visit + timedelta(seconds=1)) == ["talk.example"]
    assert frontier.pending_by_slot() == {"talk.example": 1}
