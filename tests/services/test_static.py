"""A crawl of a static newspaper whose comments a real Isso serves, against its own data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.crawl.running import crawl
from tests.services.sites import running_static
from tests.services.test_realweb import rows
from tests.services.test_wordpress import instant, words

pytestmark = pytest.mark.service

SITE = "http://127.0.0.1:8601/"
COLUMNS = [
    "article_url", "comment_id", "parent_id", "author", "published_at", "text", "platform",
    "is_orphan", "depth", "thread_ref",
]  # fmt: skip


@dataclass(frozen=True)
class Crawled:
    truth: list[dict[str, Any]]
    comments: list[dict[str, Any]]
    captures: list[dict[str, Any]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    output = tmp_path_factory.mktemp("static") / "output"
    with running_static() as truth:
        done = crawl(SITE, output=output, ROBOTSTXT_OBEY="False", timeout=600)
        assert done.returncode == 0, done.stderr[-3000:]
        columns = ["purpose", "thread_outcome", "comments_declared", "comments_collected"]
        yield Crawled(
            [row for row in truth if row["kind"] == "comment"],
            rows(output, "comments", COLUMNS),
            [row for row in rows(output, "captures", columns) if row["purpose"] == "thread"],
        )


def test_every_comment_is_a_row_and_no_row_is_none(crawled: Crawled) -> None:
    expected = sorted((row["post_url"], str(row["id"])) for row in crawled.truth)
    assert sorted((row["article_url"], row["comment_id"]) for row in crawled.comments) == expected
    assert len(expected) > 1500


def test_author_time_parent_and_text_are_the_server_s(crawled: Crawled) -> None:
    found = {row["comment_id"]: row for row in crawled.comments}

    def of_server(row: dict[str, Any]) -> tuple[object, ...]:
        parent = None if row["parent"] is None else str(row["parent"])
        at: datetime = instant(row["published"]).replace(microsecond=0)
        return row["author"], at, parent, words(row["text"])

    def of_ours(row: dict[str, Any]) -> tuple[object, ...]:
        at = row["published_at"].replace(microsecond=0)
        return row["author"], at, row["parent_id"], words(row["text"])

    wrong = [
        (of_server(row), of_ours(found[str(row["id"])]))
        for row in crawled.truth
        if of_server(row) != of_ours(found[str(row["id"])])
    ]
    assert wrong == []


def test_every_thread_is_whole_and_says_so(crawled: Crawled) -> None:
    assert {row["thread_outcome"] for row in crawled.captures} == {"complete"}
    assert all(row["comments_declared"] == row["comments_collected"] for row in crawled.captures)
    assert not [row for row in crawled.comments if row["is_orphan"]]
    assert {row["platform"] for row in crawled.comments} == {"isso"}
