"""Quality floors over the shared corpus of real pages; figures move up freely.

Every seventh page is read; the floors lie a little below what that sample gave. On all 1,354 pages
(Trafilatura 2.3.1 with its defaults in brackets): body token F1 0.918 (0.916), shingle F1 0.916
(0.913), exact text 0.196 (0.138), snippet recall 0.943 (0.941), title exact 0.814 (0.577), same day
0.859 (0.867), authors exact 0.656 (0.619), comment unit F1 0.979 (0.344), judged articles 0.988.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import tarfile
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from archiver.extract import extract
from archiver.model import Article, CommentStatus, Page, Precision
from archiver.moments import read_moment
from archiver.outcomes import Outcome
from archiver.sites import DEFAULT_RULES
from tests.shared import shared_path

EVERY = 7
FLOORS = {
    "body token F1": 0.90,
    "shingle F1": 0.90,
    "exact text": 0.15,
    "snippet recall": 0.92,
    "title exact": 0.75,
    "same day": 0.77,
    "authors exact": 0.60,
    "unit F1": 0.93,
    "comment author": 0.80,
}
CEILINGS = {"snippet leak": 0.09, "leaked comments": 0.03, "output on no-comment pages": 0.01}
ARTICLES = 0.96
"""Least share of pages judged to be articles, which all of them are."""


def prediction(article: Article) -> dict[str, Any]:
    """An article in the form that the corpus' scorer reads."""
    published = None
    if article.published_at is not None:
        written = read_moment(
            article.published_raw or "", latest=article.published_at + timedelta(2)
        )
        at = article.published_at.astimezone(written.at.tzinfo) if written else article.published_at
        is_day = article.published_precision in (Precision.DAY, Precision.MONTH)
        published = article.published_at.date().isoformat() if is_day else at.isoformat()
    shown = article.thread.comments if article.thread else ()
    return {
        "text": article.text,
        "title": article.title,
        "authors": [author.name for author in article.authors],
        "published": published,
        "comments": [
            {"author": comment.author, "text": comment.text}
            for comment in shown
            if comment.status is CommentStatus.VISIBLE
        ],
    }


def scorer() -> ModuleType:
    """The corpus' own scorer."""
    spec = importlib.util.spec_from_file_location("score", shared_path("corpora") / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def results() -> tuple[dict[str, float | None], float]:
    """(the scorer's figures over the sample, share of pages judged articles)."""
    folder, score = shared_path("corpora"), scorer()
    with gzip.open(folder / "pages.jsonl.gz", "rt", encoding="utf-8") as lines:
        entries = [json.loads(line) for number, line in enumerate(lines) if number % EVERY == 0]
    wanted = {entry["file"]: entry for entry in entries}
    rows, judged = [], []
    with tarfile.open(folder / "pages.tar.xz") as tar:
        for member in tar:
            entry = wanted.get(member.name)
            file = tar.extractfile(member) if entry else None
            if entry is None or file is None:
                continue
            day = datetime.fromisoformat(entry["captured"] or "2026-11-23")
            captured_at = day.replace(tzinfo=UTC) + timedelta(days=1)
            headers = ((b"Content-Type", b"text/html"),)
            article = extract(Page(entry["url"], captured_at, headers, file.read()), DEFAULT_RULES)
            judged.append(article.outcome is Outcome.ARTICLE)
            row: dict[str, float] = {}
            guess = prediction(article)
            for part in ("body", "title", "published", "authors", "comments"):
                getattr(score, f"score_{part}")(entry["gold"], guess, row)
            rows.append(row)
    assert len(rows) == len(entries)
    return score.total(rows), sum(judged) / len(judged)


@pytest.mark.parametrize("figure", FLOORS)
def test_figure_is_not_below_its_floor(
    results: tuple[dict[str, float | None], float], figure: str
) -> None:
    measured = results[0][figure]
    assert measured is not None
    assert measured >= FLOORS[figure]


@pytest.mark.parametrize("figure", CEILINGS)
def test_figure_is_not_above_its_ceiling(
    results: tuple[dict[str, float | None], float], figure: str
) -> None:
    measured = results[0][figure]
    assert measured is not None
    assert measured <= CEILINGS[figure]


def test_articles_are_judged_to_be_articles(
    results: tuple[dict[str, float | None], float],
) -> None:
    assert results[1] >= ARTICLES
