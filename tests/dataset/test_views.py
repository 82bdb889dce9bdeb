"""Views: what spans WARCs, joined when asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from archiver.dataset import TABLES, write_part
from archiver.dataset.rows import article_row, comment_rows
from archiver.dataset.views import create_views
from archiver.model import Article, Capture, CommentStatus
from archiver.outcomes import ThreadOutcome
from tests.dataset.answers import Taken, again, answer, comment, page, refused
from tests.dataset.answers import dataset as answered
from tests.dataset.samples import ARTICLE, CAPTURE, MORNING, THREAD, captured_again


def dataset(folder: Path, *captured: tuple[Article, Capture]) -> duckdb.DuckDBPyConnection:
    for number, (article, capture) in enumerate(captured):
        rows = {
            "articles": [article_row(article, capture, rules_digest="r", extractor="e")],
            "comments": comment_rows(article, capture),
            "captures": [],
        }
        for table, schema in TABLES.items():
            path = folder / table / "crawl_date=2026-11-23" / f"{number}.parquet"
            write_part(path, schema, rows[table], {})
    connection = duckdb.connect()
    connection.execute(create_views(folder))
    return connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "it's a dataset"


def test_versions_are_the_captures_that_changed_the_text(folder: Path) -> None:
    edited = replace(ARTICLE, text="The bridge is closed.")
    connection = dataset(
        folder,
        (ARTICLE, captured_again(0)),
        (ARTICLE, captured_again(60)),
        (edited, captured_again(120)),
        (edited, captured_again(180)),
        (ARTICLE, captured_again(240)),
    )
    found = connection.execute(
        "SELECT capture_number, text FROM article_versions ORDER BY captured_at"
    ).fetchall()
    assert found == [(1, ARTICLE.text), (3, edited.text), (5, ARTICLE.text)]


def test_continuation_pages_are_one_article_with_the_latest_of_each(folder: Path) -> None:
    second = replace(ARTICLE, text="Page two.", markdown="Page *two*.", page_number=2, title=None)
    old_second = replace(second, text="Page two, first version.")
    connection = dataset(
        folder,
        (old_second, captured_again(5)),
        (ARTICLE, CAPTURE),
        (second, captured_again(60)),
    )
    found = connection.execute(
        "SELECT title, text, word_count, pages, last_captured_at = TIMESTAMPTZ"
        " '2026-11-23 07:31:00+00' FROM articles_whole"
    ).fetchall()
    assert found == [("Bridge opens", f"{ARTICLE.text}\n\nPage two.", 10, 2, True)]


def test_a_thread_shows_the_latest_state_of_each_comment_ever_seen(folder: Path) -> None:
    first, second = THREAD.comments
    liked = replace(THREAD, comments=(replace(first, likes=9),))
    connection = dataset(
        folder, (ARTICLE, captured_again(0)), (replace(ARTICLE, thread=liked), captured_again(60))
    )
    found = connection.execute(
        "SELECT comment_id, likes, first_seen_at = last_seen_at FROM article_threads"
        " ORDER BY comment_id"
    ).fetchall()
    assert found == [(first.comment_id, 9, False), (second.comment_id, None, True)]


def joined(folder: Path, *taken: Taken) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(create_views(answered(folder, *taken)))
    return connection


def test_a_comment_of_a_page_and_of_an_answer_is_one(folder: Path) -> None:
    connection = joined(
        folder,
        page(0, [comment(1), comment(2)]),
        answer(60, [comment(2, likes=4), comment(3)]),
    )
    found = connection.execute(
        "SELECT comment_id, likes, first_seen_at = last_seen_at FROM article_threads"
        " ORDER BY comment_id"
    ).fetchall()
    assert found == [("1", None, True), ("2", 4, False), ("3", None, True)]


def test_a_comment_was_last_seen_when_the_same_bytes_came_again(folder: Path) -> None:
    first, second = answer(0, [comment(1)]), answer(60, [comment(2)])
    connection = joined(folder, first, second, again(first, 240), again(second, 120))
    found = connection.execute(
        "SELECT comment_id, epoch(last_seen_at - first_seen_at) FROM article_threads"
        " ORDER BY comment_id"
    ).fetchall()
    assert found == [("1", 240), ("2", 60)]


ONE, TWO, PING = comment(1), comment(2), comment(3, status=CommentStatus.PINGBACK)


@pytest.mark.parametrize(
    ("taken", "states"),
    [
        ([page(0, [ONE, TWO, PING], 2)], [("wordpress", 2, 2, "complete", 0, 0, 0)]),
        (
            [
                page(0, [ONE], 3, outcome=ThreadOutcome.PARTIAL),
                answer(60, [ONE, TWO], outcome=ThreadOutcome.PARTIAL),
                answer(61, [comment(5)], number=2),
            ],
            [("wordpress", 3, 3, "complete", 2, 0, 61)],
        ),
        (
            [
                page(0, [ONE], 1, outcome=ThreadOutcome.COMPLETE),
                page(60, [TWO], 5, outcome=ThreadOutcome.PARTIAL),
            ],
            [("wordpress", 5, 2, "partial", 0, 0, 60)],
        ),
        (
            [page(0, [], 40), answer(60, [ONE], 40, outcome=ThreadOutcome.CAPPED)],
            [("wordpress", 40, 1, "capped", 1, 0, 60)],
        ),
        (
            [page(0, [], 2), answer(60, [], 40, outcome=ThreadOutcome.SHORT)],
            [("wordpress", 40, 0, "short", 1, 0, 60)],
        ),
        (
            [page(0, [ONE]), refused(60)],
            [("coral", None, 0, "login_needed", 0, 60, 60), ("wordpress", None, 1, None, 0, 0, 0)],
        ),
        ([answer(0, [ONE], notes={})], [("wordpress", None, 1, None, 1, 0, 0)]),
        ([page(0, [], 7)], [(None, 7, 0, "partial", 0, 0, 0)]),
        ([page(0, [])], []),
    ],
    ids=[
        "a page that has all, and a pingback",
        "whole by several records",
        "grown since",
        "capped",
        "an empty list with a count",
        "login needed on another platform",
        "an answer of another program",
        "a number and nothing else",
        "no word of a thread",
    ],
)
def test_the_state_of_a_thread_is_a_row(
    folder: Path, taken: list[Taken], states: list[tuple[object, ...]]
) -> None:
    found = joined(folder, *taken).execute(
        "SELECT platform, comments_declared, comments_collected, thread_outcome, answers,"
        f" epoch(first_captured_at - TIMESTAMPTZ '{MORNING}'),"
        f" epoch(last_captured_at - TIMESTAMPTZ '{MORNING}')"
        " FROM thread_states ORDER BY platform"
    )
    assert found.fetchall() == states
