"""What a run brought of each site, from its parts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

from archiver.dataset import ARTICLES, CAPTURES, COMMENTS, write_part
from archiver.dataset.run_measures import measure_run
from archiver.errors import PartError
from archiver.site_measures import as_json

RUN = "20261123073000abcdef"
NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
PAPER, LOCAL = "https://www.paper.example", "http://127.0.0.1:8080"
STORY, OTHER, LONG = (f"{number:016x}" for number in (1, 2**64 - 1, 3))
SCHEMAS = {"articles": ARTICLES, "captures": CAPTURES, "comments": COMMENTS}


def row(schema: pa.Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``schema`` that says nothing but ``values``."""
    plain: dict[str, Any] = {}
    for column in schema:
        if column.nullable:
            plain[column.name] = None
        elif pa.types.is_list(column.type) or pa.types.is_map(column.type):
            plain[column.name] = []
        elif pa.types.is_struct(column.type):
            plain[column.name] = {}
        elif pa.types.is_timestamp(column.type):
            plain[column.name] = NOW
        elif pa.types.is_string(column.type):
            plain[column.name] = ""
        elif pa.types.is_boolean(column.type):
            plain[column.name] = False
        else:
            plain[column.name] = 0
    return {**plain, **values}


def article(key: str, site: str = "paper.example", **values: Any) -> dict[str, Any]:
    said = {"article_id": key, "site": site, "page_number": 1, "captured_at": NOW, **values}
    return row(ARTICLES, said)


def capture(url: str, outcome: str, **values: Any) -> dict[str, Any]:
    domain = urlsplit(url).hostname or ""
    domain = "paper.example" if domain.endswith("paper.example") else domain
    said = {"url": url, "url_host_registered_domain": domain, "outcome": outcome}
    return row(CAPTURES, {**said, "warc_record_length": 1000, **values})


def comment(key: str, about: str, number: str, platform: str = "wordpress") -> dict[str, Any]:
    said = {"article_id": key, "article_url": about, "comment_id": number, "platform": platform}
    return row(COMMENTS, said)


def part(
    output: Path, table: str, rows: Iterable[Mapping[str, Any]], *, run: str = RUN,
    serial: int = 0, day: str = "2026-11-23",
) -> Path:  # fmt: skip
    path = output / table / f"crawl_date={day}" / f"news-20261123073000-{serial:05d}-{run}.parquet"
    write_part(path, SCHEMAS[table], rows, {})
    return path


def test_a_run_of_two_sites_and_a_platform(tmp_path: Path) -> None:
    part(
        tmp_path,
        "captures",
        [
            capture(f"{PAPER}/feed", "feed", duration_ms=100, found_by="page"),
            capture(f"{PAPER}/story", "article", duration_ms=200, found_by="feed"),
            capture(f"{PAPER}/gone", "not_found", duration_ms=300, found_by="link"),
            capture(f"{LOCAL}/a", "article", found_by="sitemap"),
            capture("https://disqus.com/x", "thread", purpose="thread", article_id=OTHER,
                    article_url=f"{PAPER}/other", duration_ms=50),
            row(CAPTURES, {"url": "dns:paper.example", "outcome": "other_content"}),
        ],
    )  # fmt: skip
    part(tmp_path, "captures", [capture(f"{PAPER}/p2", "article", duration_ms=400)], serial=1)
    part(
        tmp_path,
        "articles",
        [
            article(STORY, title="One", authors=[{"name": "Ann", "url": None}], tags=["a"],
                    word_count=300, published_at=NOW - timedelta(hours=2), language="en"),
            article(STORY, page_number=2, title="One", word_count=5000),
            article(LONG, title="Two", word_count=100, published_at=NOW + timedelta(days=900),
                    images=[{"url": "i", "caption": None, "alt": None, "is_lead": True}]),
            article(STORY, "127.0.0.1:8080", title="Elsewhere", word_count=0),
        ],
    )  # fmt: skip
    part(
        tmp_path,
        "comments",
        [
            comment(STORY, f"{PAPER}/story", "1"),
            comment(STORY, f"{PAPER}/story", "1"),
            comment(STORY, f"{PAPER}/story", "1", platform="disqus"),
            comment(OTHER, f"{PAPER}/other", "1"),
        ],
    )
    measured = {site: as_json(measures) for site, measures in measure_run(tmp_path, RUN).items()}
    assert list(measured) == ["127.0.0.1:8080", "disqus.com", "paper.example"]
    assert measured["paper.example"] == {
        "captures": 4,
        "outcomes": {"article": 2, "feed": 1, "not_found": 1},
        "bytes": 4000,
        "found_by": {"feed": 1},
        "errors": 0.25,
        "duration_ms": {"p50": 250.0, "p95": 385.0},
        "articles": 2,
        "new_articles": 2,
        "article_pages": 2,
        "fields": {
            "title": 1.0, "description": 0.0, "authors": 0.5, "published_at": 1.0,
            "modified_at": 0.0, "language": 0.5, "section": 0.0, "tags": 0.5, "images": 0.5,
            "text": 1.0,
        },
        "words": {"median": 200.0, "p10": 120.0},
        "newest_published_at": "2026-11-23T05:30:00+00:00",
        "comments": 3,
        "comments_per_article": 1.0,
        "articles_read": 3,
        "articles_commented": 2,
    }  # fmt: skip
    assert measured["127.0.0.1:8080"]["fields"]["text"] == 0.0
    assert measured["127.0.0.1:8080"]["duration_ms"] == {"p50": None, "p95": None}
    assert measured["disqus.com"]["captures"] == 1
    assert measured["disqus.com"]["articles_read"] == 0


def test_other_runs_are_not_counted_but_tell_what_is_new(tmp_path: Path) -> None:
    part(tmp_path, "articles", [article(STORY), article(LONG)])
    part(tmp_path, "articles", [article(STORY), article(OTHER)], run="20261122073000abcdef")
    part(tmp_path, "articles", [article(LONG)], run="20261124073000abcdef", day="2026-11-24")
    measured = measure_run(tmp_path, RUN)["paper.example"]
    assert (measured.articles, measured.new_articles) == (2, 1)


def test_a_run_without_parts_brought_nothing(tmp_path: Path) -> None:
    assert measure_run(tmp_path, RUN) == {}
    part(tmp_path, "articles", [article(STORY)], run="20261122073000abcdef")
    assert measure_run(tmp_path, RUN) == {}


def test_empty_parts_are_parts(tmp_path: Path) -> None:
    for table in SCHEMAS:
        part(tmp_path, table, [])
    assert measure_run(tmp_path, RUN) == {}


@pytest.mark.parametrize("table", list(SCHEMAS))
def test_a_part_that_cannot_be_read_is_named(tmp_path: Path, table: str) -> None:
    path = part(tmp_path, table, [])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(PartError) as told:
        measure_run(tmp_path, RUN)
    assert str(told.value).startswith(str(path))
