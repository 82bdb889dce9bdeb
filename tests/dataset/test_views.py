"""Views: what spans WARCs, joined when asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from archiver.dataset import TABLES, write_part
from archiver.dataset.rows import article_row, comment_rows
from archiver.dataset.views import create_views
from archiver.model import Article, Capture
from tests.dataset.samples import ARTICLE, CAPTURE, THREAD, captured_again


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
