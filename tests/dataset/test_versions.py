"""Captures of an article beside each other: order, numbers, what differs, and what is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from archiver.dataset import TABLES, write_part
from archiver.dataset.measures import article_id
from archiver.dataset.rows import article_row, capture_row
from archiver.dataset.versions import (
    FIELDS,
    Version,
    article_ids_of,
    change_between,
    changes_of,
    has_articles,
    outcomes_of,
    version_at,
    versions_of,
)
from archiver.dataset.views import create_views
from archiver.model import Access, Article, Author
from archiver.outcomes import Outcome
from tests.dataset.samples import ARTICLE, CANONICAL, MORNING, NOON, URL, captured_again

ID = article_id(CANONICAL)
EDITED = replace(ARTICLE, text="The bridge is closed.")
RENAMED = replace(EDITED, title="Bridge closes")
SECOND = replace(ARTICLE, text="Page two.", page_number=2)


def dataset(folder: Path, *captured: tuple[Article, int], extractor: str = "e") -> Path:
    """A part for each article, captured so many seconds after the morning."""
    for number, (article, seconds) in enumerate(captured):
        capture = captured_again(seconds)
        rows = {
            "articles": [article_row(article, capture, rules_digest="r", extractor=extractor)],
            "comments": [],
            "captures": [capture_row(capture, Outcome.ARTICLE)],
        }
        for table, schema in TABLES.items():
            name = f"{99 - number}.parquet"  # parts do not stand in the order of time
            write_part(folder / table / "crawl_date=2026-11-23" / name, schema, rows[table], {})
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return dataset(
        tmp_path / "dataset",
        (ARTICLE, 0),
        (ARTICLE, 60),
        (EDITED, 120),
        (RENAMED, 180),
        (replace(RENAMED, text="The bridge\n\nis closed."), 240),
        (ARTICLE, 300),
        (SECOND, 1),
        (replace(SECOND, text="Page two, longer."), 121),
    )


def test_each_page_has_its_captures_oldest_first_and_numbered(folder: Path) -> None:
    pages = versions_of(folder, ID)
    told = {
        page: [(one.number, int((one.captured_at - MORNING).total_seconds())) for one in versions]
        for page, versions in pages.items()
    }
    assert told == {
        1: [(1, 0), (2, 60), (3, 120), (4, 180), (5, 240), (6, 300)],
        2: [(1, 1), (2, 121)],
    }


def test_a_change_lies_between_two_captures_that_follow_each_other(folder: Path) -> None:
    told = [
        (change.before.number, change.after.number, change.fields)
        for versions in versions_of(folder, ID).values()
        for change in changes_of(versions)
    ]
    assert told == [
        (2, 3, ("text",)),
        (3, 4, ("title",)),
        (5, 6, ("title", "text")),
        (1, 2, ("text",)),
    ]


def test_changes_of_the_text_are_the_rows_of_the_view(folder: Path) -> None:
    connection = duckdb.connect()
    connection.execute(create_views(folder))
    query = "SELECT page_number, capture_number FROM article_versions WHERE capture_number > 1"
    found = {
        (page, change.after.number)
        for page, versions in versions_of(folder, ID).items()
        for change in changes_of(versions)
        if "text" in change.fields
    }
    assert found == set(connection.execute(query).fetchall())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", None),
        ("subtitle", "Another"),
        ("authors", (Author("Ann Smith"),)),
        ("published_at", NOON + timedelta(days=1)),
        ("modified_at", None),
        ("section", None),
        ("access", Access.PAYWALLED),
        ("language", "de"),
        ("text", ""),
    ],
)
def test_every_field_counts(tmp_path: Path, name: str, value: object) -> None:
    changed = replace(ARTICLE, **{name: value})  # type: ignore[arg-type]
    folder = dataset(tmp_path, (ARTICLE, 0), (changed, 60))
    (change,) = changes_of(versions_of(folder, ID)[1])
    assert change.fields == (name,)
    assert name in FIELDS


def test_other_white_space_and_another_address_of_an_author_are_no_change(tmp_path: Path) -> None:
    moved = tuple(replace(author, url="https://new.example/") for author in ARTICLE.authors)
    same = replace(ARTICLE, text="The bridge is open. It took\nten years.", authors=moved)
    folder = dataset(tmp_path, (ARTICLE, 0), (same, 60))
    assert list(changes_of(versions_of(folder, ID)[1])) == []


def test_rows_of_different_extractors_are_told_apart(tmp_path: Path) -> None:
    old = dataset(tmp_path / "old", (ARTICLE, 0), extractor="e 1")
    new = dataset(tmp_path / "new", (EDITED, 60), extractor="e 2")
    (before,), (after,) = versions_of(old, ID)[1], versions_of(new, ID)[1]
    assert change_between(before, after).is_read_alike is False
    assert change_between(before, before).is_read_alike is True


@pytest.mark.parametrize(
    "key", [ID, URL, CANONICAL, "HTTPS://www.News.example:443/politics/bridge"]
)
def test_an_article_is_found_by_id_address_and_canonical_address(folder: Path, key: str) -> None:
    assert article_ids_of(folder, key) == {ID: CANONICAL}


def test_what_is_not_there_is_not_found(folder: Path, tmp_path: Path) -> None:
    assert article_ids_of(folder, "https://nowhere.example/") == {}
    assert article_ids_of(folder, "nothing") == {}
    assert outcomes_of(folder, "https://nowhere.example/") == set()
    assert outcomes_of(folder, URL) == {"article"}
    assert has_articles(folder)
    assert not has_articles(tmp_path / "nowhere")


def test_an_address_whose_canonical_one_changed_names_two_articles(tmp_path: Path) -> None:
    moved = replace(ARTICLE, canonical_url="https://www.news.example/bridge")
    folder = dataset(tmp_path, (ARTICLE, 0), (moved, 60))
    assert article_ids_of(folder, URL) == {
        ID: CANONICAL,
        article_id(moved.canonical_url): moved.canonical_url,
    }


@pytest.mark.parametrize(
    ("when", "number"),
    [
        (1, 1),
        (6, 6),
        (0, None),
        (7, None),
        (MORNING, 1),
        (MORNING + timedelta(seconds=119), 2),
        (datetime(2030, 1, 1, tzinfo=UTC), 6),
        (MORNING - timedelta(seconds=1), None),
    ],
)
def test_a_capture_is_named_by_number_or_by_what_stood_at_a_time(
    folder: Path, when: int | datetime, number: int | None
) -> None:
    found: Version | None = version_at(versions_of(folder, ID)[1], when)
    assert (found.number if found else None) == number
