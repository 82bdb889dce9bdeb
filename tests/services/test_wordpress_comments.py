"""The long threads of real WordPress in three themes, where comment pages or REST are refused,
against the site's own database.

What is asked for where nothing is refused, ``test_wordpress`` crawls. Nothing is crawled here: the
pages are fetched once each, and the routes that a module names ``instead`` are gone one by one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from archiver import comments
from archiver.comments.platform import Answer
from archiver.dom import parse_decoded
from archiver.model import Ask, Comment, CommentStatus, Page
from tests.services.sites import WORDPRESS_PORTS, WordPress, running_wordpress
from tests.shared import shared_path

pytestmark = pytest.mark.service

PARTS = ("recall", "precision", "author", "time_same_second", "parent", "parent_of_answers")
THREADS_OF_A_PAGE = 20
"""What has no more comments than that has no further page."""
CAPTURED_AT = datetime(2030, 1, 1, tzinfo=UTC)
"""After all that the site dates."""
Choice = Callable[[Ask], tuple[Ask, ...]]


@dataclass
class Visit:
    """What was found on one route."""

    comments: dict[str, dict[str, Comment]] = field(default_factory=dict)
    """By the article's address and the comment's id."""
    asked: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[dict[str, Any]]:
        for url, thread in self.comments.items():
            for comment in thread.values():
                if comment.status is CommentStatus.VISIBLE:
                    yield {
                        "kind": "comment",
                        "post_url": url,
                        "id": int(comment.comment_id),
                        "parent": comment.parent_id,
                        "author": comment.author,
                        "published": comment.published_at and comment.published_at.isoformat(),
                        "text": comment.text,
                    }


def instead(ask: Ask) -> tuple[Ask, ...]:
    """What is asked for where comment pages are refused."""
    return ask.instead if "comment-page-" in ask.url else (ask,)


def last(ask: Ask) -> tuple[Ask, ...]:
    """What is asked for where REST is refused as well."""
    return tuple(end for other in ask.instead for end in last(other)) or (ask,)


@pytest.fixture(scope="module")
def site() -> Iterator[WordPress]:
    with running_wordpress() as wordpress:
        yield wordpress


@pytest.fixture(scope="module", params=WORDPRESS_PORTS, ids=WORDPRESS_PORTS.get)
def truth(request: pytest.FixtureRequest, site: WordPress) -> list[dict[str, Any]]:
    """The posts with a thread that may have further pages, and its comments."""
    told = site.truth[request.param]
    numbers = Counter(row["post_url"] for row in told if row["kind"] == "comment")
    long = {url for url, number in numbers.items() if number > THREADS_OF_A_PAGE}
    assert len(long) == 15
    return [
        row
        for row in told
        if (row["url"] if row["kind"] == "post" else row.get("post_url")) in long
    ]


def visit(truth: list[dict[str, Any]], choose: Choice) -> Visit:
    """The articles, and what their pages and answers ask for."""
    found = Visit()
    for post in truth:
        if post["kind"] == "post":
            found.comments[post["url"]] = thread_of(post["url"], choose, found.asked)
    return found


def thread_of(url: str, choose: Choice, asked: list[str]) -> dict[str, Comment]:
    held: dict[str, Comment] = {}
    waiting = [Ask(url)]
    done: set[tuple[str, str]] = set()
    while waiting:
        ask = waiting.pop(0)
        if (ask.url, ask.body) in done:
            continue
        done.add((ask.url, ask.body))
        shown, following = read(ask, page_number=len(done))
        if ask.url != url:
            asked.append(ask.url)
        for comment in shown:
            held[comment.comment_id] = comment
        waiting += [chosen for each in following for chosen in choose(each)]
    return held


@cache
def read(ask: Ask, *, page_number: int) -> tuple[tuple[Comment, ...], tuple[Ask, ...]]:
    """The comments in the answer to ``ask``, and what it asks for."""
    request = Request(ask.url, ask.body.encode() or None, dict(ask.headers), method=ask.method)
    with urlopen(request, timeout=60) as response:
        payload: bytes = response.read()
        headers = tuple((k.encode(), v.encode()) for k, v in response.headers.items())
    answer = Answer(ask.url, payload, CAPTURED_AT, ask.thread_ref, page_number, headers)
    batch = comments.read_answer(answer, ask.platform) if ask.platform else None
    if batch is not None:
        return batch.thread.comments, batch.asks
    document = parse_decoded(Page(ask.url, CAPTURED_AT, payload=payload), payload)
    thread = comments.read_thread(document)
    return (thread.comments if thread is not None else ()), comments.asks_of(document)


def figures(truth: list[dict[str, Any]], found: Visit, folder: Path) -> dict[str, float]:
    """What the site's own comparison says of the comments."""
    for name, rows in (("truth", truth), ("found", found.rows())):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    compare = [sys.executable, str(shared_path("sites") / "check.py"), "--json"]
    files = [str(folder / "truth.jsonl"), str(folder / "found.jsonl")]
    done = subprocess.run([*compare, *files], capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return {k.removeprefix("comments."): v for k, v in said.items() if k.startswith("comments.")}


def test_rest_shows_the_same_comments_where_pages_are_refused(
    truth: list[dict[str, Any]], tmp_path: Path
) -> None:
    said = figures(truth, found := visit(truth, instead), tmp_path)
    assert {part: said[part] for part in PARTS} == dict.fromkeys(PARTS, 1)
    assert all("/wp-json/" in url for url in found.asked)


def test_feeds_show_nothing_but_comments_where_all_else_is_refused(
    truth: list[dict[str, Any]], tmp_path: Path
) -> None:
    said = figures(truth, found := visit(truth, last), tmp_path)
    right = [part for part in PARTS if part != "recall"]
    assert {part: said[part] for part in right} == dict.fromkeys(right, 1)
    assert all(url.endswith("/feed/") for url in found.asked)
