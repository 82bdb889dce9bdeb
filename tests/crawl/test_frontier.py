from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.crawl.frontier import Entry, Frontier
from archiver.errors import ConfigError
from archiver.model import Purpose
from archiver.outcomes import Outcome


def entry(path: str, purpose: Purpose = Purpose.ARTICLE, priority: int = 0) -> Entry:
    return Entry(f"https://paper.example{path}", "paper.example", purpose, priority=priority)


def opened(folder: Path, run_id: str = "run-1") -> Frontier:
    return Frontier(folder / "frontier.sqlite", run_id=run_id)


def urls(frontier: Frontier, count: int = 10) -> list[str]:
    return [lease.entry.url for lease in frontier.lease("paper.example", count)]


def test_an_entry_comes_back_as_it_was_given(tmp_path: Path) -> None:
    given = Entry(
        "https://paper.example/a",
        "paper.example",
        Purpose.THREAD,
        priority=7,
        depth=2,
        via="https://paper.example/",
        is_listed=True,
        details={"article_url": "https://paper.example/b", "meta": {"retry_times": 1}},
    )
    frontier = opened(tmp_path)
    frontier.add([given])
    assert [lease.entry for lease in frontier.lease("paper.example", 5)] == [given]


def test_a_url_is_stored_once_however_often_it_is_found(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    assert frontier.add([entry("/a"), entry("/a"), entry("/a?utm_source=feed")]) == [
        "paper.example"
    ]
    assert frontier.pending_by_slot() == {"paper.example": 1}


def test_the_best_is_leased_first_and_nothing_twice(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/1", priority=1), entry("/2", priority=9), entry("/3", priority=9)])
    assert urls(frontier, 2) == ["https://paper.example/2", "https://paper.example/3"]
    assert urls(frontier) == ["https://paper.example/1"]
    assert urls(frontier) == []


def test_children_are_stored_with_the_acknowledgement(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/")])
    (lease,) = frontier.lease("paper.example", 1)
    assert frontier.acknowledge(lease.id, Outcome.NOT_AN_ARTICLE, [entry("/a"), entry("/b")]) == [
        "paper.example",
        "paper.example",
    ]
    assert frontier.states() == {"pending": 2, "done": 1}
    assert frontier.outcomes("run-1") == {"not_an_article": 1}


def test_a_failed_transaction_leaves_everything_as_it_was(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/")])
    (lease,) = frontier.lease("paper.example", 1)

    def children() -> list[Entry]:
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError):
        frontier.acknowledge(lease.id, Outcome.ARTICLE, (child for child in children()))
    assert frontier.states() == {"leased": 1}


def test_leases_of_a_killed_run_are_pending_again(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/a"), entry("/b")])
    frontier.lease("paper.example", 2)
    frontier.close()
    frontier = opened(tmp_path, "run-2")
    assert frontier.is_resumed
    assert urls(frontier) == ["https://paper.example/a", "https://paper.example/b"]


def finish(frontier: Frontier, outcome: Outcome) -> None:
    for lease in frontier.lease("paper.example", 100):
        frontier.acknowledge(lease.id, outcome, [])


def test_in_a_round_nothing_is_due_twice(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/", Purpose.SEED), entry("/a")])
    (seed,) = frontier.lease("paper.example", 1)
    frontier.acknowledge(seed.id, Outcome.NOT_AN_ARTICLE, [])
    frontier.close()
    frontier = opened(tmp_path, "run-2")  # /a is still pending: the same round goes on
    assert frontier.add([entry("/", Purpose.SEED)]) == []
    assert urls(frontier) == ["https://paper.example/a"]


@pytest.mark.parametrize(
    ("purpose", "outcome", "is_due"),
    [
        (Purpose.SEED, Outcome.NOT_AN_ARTICLE, True),
        (Purpose.FEED, Outcome.FEED, True),
        (Purpose.SITEMAP, Outcome.SITEMAP, True),
        (Purpose.SECTION, Outcome.NOT_AN_ARTICLE, True),
        (Purpose.ARTICLE, Outcome.ARTICLE, False),
        (Purpose.ARTICLE, Outcome.NOT_FOUND, False),
        (Purpose.ARTICLE, Outcome.TIMEOUT, True),
        (Purpose.ARTICLE, Outcome.SERVER_ERROR, True),
        (Purpose.ARTICLE, Outcome.NOT_AN_ARTICLE, True),
        (Purpose.SECTION, Outcome.NOT_FOUND, True),
        (Purpose.SECTION, Outcome.ARTICLE, False),
        (Purpose.SEED, Outcome.ARTICLE, True),
    ],
)
def test_the_next_round_asks_again_for_listings_and_passing_failures(
    tmp_path: Path, purpose: Purpose, outcome: Outcome, is_due: bool
) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/x", purpose)])
    finish(frontier, outcome)
    frontier.close()
    frontier = opened(tmp_path, "run-2")
    assert frontier.round == 2
    assert bool(frontier.add([entry("/x", purpose)])) is is_due


def test_a_redirect_stores_its_target_and_ends_its_source(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/old")])
    (lease,) = frontier.lease("paper.example", 1)
    frontier.redirect(lease.id, entry("/new"))
    assert frontier.outcomes("run-1") == {"redirect": 1}
    assert urls(frontier) == ["https://paper.example/new"]


def test_a_redirect_to_the_same_page_is_asked_for_under_its_new_address(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/a?utm_source=feed")])
    (lease,) = frontier.lease("paper.example", 1)
    frontier.redirect(lease.id, entry("/a"))
    assert frontier.states() == {"pending": 1}
    assert urls(frontier) == ["https://paper.example/a"]


def test_requests_that_differ_in_body_are_different(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    posts = [
        Entry(
            "https://paper.example/api",
            "paper.example",
            Purpose.THREAD,
            details={"method": "POST", "body": body},
        )
        for body in ("YQ==", "Yg==")
    ]
    assert len(frontier.add(posts)) == 2


def test_a_newer_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    frontier = opened(tmp_path)
    frontier.connection.execute("PRAGMA user_version = 99")
    frontier.close()
    with pytest.raises(ConfigError, match=r"has version 99.*Use the version of archiver"):
        opened(tmp_path)


def test_a_broken_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "frontier.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(ConfigError, match="Move the file away"):
        opened(tmp_path)


def told(path: str, modified: datetime) -> Entry:
    """The story as a list names it that says when it was changed."""
    return replace(entry(path), modified=modified)


LATER = datetime(2026, 1, 1, 12, 0, 1, tzinfo=UTC)


def test_what_a_list_says_was_changed_since_the_last_run_is_due(tmp_path: Path) -> None:
    frontier = opened(tmp_path, "20260101120000abcdef")
    frontier.add([entry("/a"), entry("/b")])
    finish(frontier, Outcome.ARTICLE)
    assert frontier.add([told("/a", LATER)]) == []  # not twice in a round
    frontier.close()
    frontier = opened(tmp_path, "20260101130000abcdef")
    earlier = LATER - timedelta(seconds=1)
    assert frontier.add([entry("/a"), told("/a", earlier)]) == []
    assert frontier.add([told("/b", LATER)]) == ["paper.example"]
    assert urls(frontier) == ["https://paper.example/b"]


def test_news_are_pages_that_are_unknown_or_changed_since_the_last_run(tmp_path: Path) -> None:
    frontier = opened(tmp_path, "20260101120000abcdef")
    frontier.add([entry("/a"), entry("/waits")])
    frontier.acknowledge(frontier.lease("paper.example", 1)[0].id, Outcome.ARTICLE, [])
    assert frontier.is_news("https://paper.example/new", None)
    assert not frontier.is_news("https://paper.example/waits", LATER)
    assert not frontier.is_news("https://paper.example/a", None)
    assert not frontier.is_news("https://paper.example/a", LATER - timedelta(seconds=1))
    assert frontier.is_news("https://paper.example/a", LATER)


@pytest.mark.parametrize(
    ("turned_out", "is_due"), [(Purpose.SECTION, True), (Purpose.ARTICLE, False)]
)
def test_an_unchanged_page_is_due_again_by_what_it_turned_out_to_be(
    tmp_path: Path, turned_out: Purpose, is_due: bool
) -> None:
    frontier = opened(tmp_path)
    frontier.add([entry("/x", Purpose.SECTION)])
    (lease,) = frontier.lease("paper.example", 1)
    frontier.acknowledge(lease.id, Outcome.UNCHANGED, [], turned_out)
    frontier.close()
    frontier = opened(tmp_path, "run-2")
    assert bool(frontier.add([entry("/x", Purpose.SECTION)])) is is_due
