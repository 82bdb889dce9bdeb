from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.crawl import shapes
from archiver.crawl.frontier import Frontier
from archiver.crawl.shapes import CLEAR_SHARE, LEAST_SEEN, MOST_SHAPES, LearnedShapes

SITE = "https://paper.example"


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    frontier = Frontier(tmp_path / "frontier.sqlite", run_id="run-1")
    yield frontier
    frontier.close()


def words(number: int) -> str:
    """A word of its own for each number, without a digit."""
    return "x" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def read(learned: LearnedShapes, folder: str, *, articles: int = 0, others: int = 0) -> None:
    for number in range(articles + others):
        learned.note(f"{SITE}/{folder}/{words(number)}", is_article=number < articles)


def rows(frontier: Frontier, site: str = "paper.example") -> list[tuple[str, int, int]]:
    return frontier.connection.execute(
        "SELECT shape, articles, others FROM shapes WHERE site = ? ORDER BY shape", (site,)
    ).fetchall()


def test_an_opinion_takes_enough_pages_and_a_clear_majority(frontier: Frontier) -> None:
    learned = LearnedShapes(frontier)
    cases = {(LEAST_SEEN - 1, 0): None, (LEAST_SEEN, 0): True, (0, LEAST_SEEN): False,
             (4, 1): True, (1, 4): False, (3, 1): None, (7, 3): None, (2, 2): None}  # fmt: skip
    for number, ((articles, others), expected) in enumerate(cases.items()):
        folder = "/".join(["x"] * (number + 1))
        read(learned, folder, articles=articles, others=others)
        assert learned.opinion(f"{SITE}/{folder}/never-seen") is None, "another shape"
        assert learned.opinion(f"{SITE}/{folder}/unseen") is expected, (articles, others)
    assert CLEAR_SHARE == 0.8


def test_what_was_learned_stays_for_the_next_run(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.sqlite", run_id="run-1")
    read(LearnedShapes(frontier), "news", articles=LEAST_SEEN)
    frontier.close()
    frontier = Frontier(tmp_path / "frontier.sqlite", run_id="run-2")
    assert LearnedShapes(frontier).opinion(f"{SITE}/news/unseen") is True
    frontier.close()


def test_a_site_learns_nothing_from_another(frontier: Frontier) -> None:
    learned = LearnedShapes(frontier)
    read(learned, "news", articles=9)
    assert learned.opinion("https://other.example/news/unseen") is None
    assert learned.opinion("https://blog.paper.example/news/unseen") is None
    assert learned.opinion("https://www.paper.example/news/unseen") is True
    learned.note("http://127.0.0.1:8101/news/x", is_article=True)
    assert rows(frontier, "127.0.0.1:8101") == [("127.0.0.1:8101/news/w", 1, 0)]


def test_a_site_that_is_built_anew_is_learned_anew(frontier: Frontier) -> None:
    learned = LearnedShapes(frontier)
    read(learned, "news", articles=5000)
    assert sum(rows(frontier)[0][1:]) <= 128
    read(learned, "news", others=300)
    assert learned.opinion(f"{SITE}/news/unseen") is False


def test_a_site_has_so_many_shapes_and_the_least_seen_gives_way(
    frontier: Frontier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_SHAPES >= 268, "the busiest real site"
    monkeypatch.setattr(shapes, "MOST_SHAPES", 10)
    learned = LearnedShapes(frontier)
    read(learned, "news", articles=LEAST_SEEN)
    for number in range(30):
        learned.note(f"{SITE}/?{words(number)}", is_article=False)
    learned.note("https://other.example/", is_article=False)
    assert len(rows(frontier)) == 10
    assert learned.opinion(f"{SITE}/news/unseen") is True
    assert len(rows(frontier, "other.example")) == 1
