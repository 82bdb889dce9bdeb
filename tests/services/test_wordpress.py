"""A crawl of real WordPress in three themes, against its own database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest

from archiver.dataset.views import create_views
from archiver.outcomes import Outcome, ThreadOutcome
from tests.crawl.running import crawl
from tests.services.sites import WORDPRESS_PORTS, WordPress, running_wordpress
from tests.services.test_realweb import rows

pytestmark = pytest.mark.service

PINGBACKS = 7
TOLD_BY_PAGES = (ThreadOutcome.COMPLETE, ThreadOutcome.PARTIAL)
FURNITURE = ("Select Page", "About The Author", "Recent Comments", "Read also")


@dataclass(frozen=True)
class Crawled:
    truth: list[dict[str, Any]]
    articles: dict[str, list[dict[str, Any]]]
    """By the path of page 1, in the order of their pages."""
    comments: list[dict[str, Any]]
    """The latest state of each, by the article's address and the comment's id; the article's path
    is in ``path``, the number that the database knows in ``id``."""
    platforms: set[str]
    """Of all rows of comments, those of earlier captures included."""
    states: list[dict[str, Any]]
    """Of threads, as the view ``thread_states`` sums them up."""
    answers: list[dict[str, Any]]
    """Captures of what was asked for the threads."""


@pytest.fixture(scope="module")
def site() -> Iterator[WordPress]:
    with running_wordpress() as wordpress:
        yield wordpress


@pytest.fixture(scope="module", params=WORDPRESS_PORTS, ids=WORDPRESS_PORTS.get)
def crawled(
    request: pytest.FixtureRequest, site: WordPress, tmp_path_factory: pytest.TempPathFactory
) -> Crawled:
    port: int = request.param
    output = tmp_path_factory.mktemp(f"wordpress-{port}") / "output"
    done = crawl(f"http://127.0.0.1:{port}/", output=output, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    articles: dict[str, list[dict[str, Any]]] = {}
    names = "canonical_url page_number title authors published_at text thread_outcome"
    for row in rows(output, "articles", names.split()):
        articles.setdefault(path_of(row["canonical_url"]), []).append(row)
    for pages in articles.values():
        pages.sort(key=lambda row: row["page_number"])
    columns = ["fetch_status", "outcome", "purpose", "article_url", "thread_outcome"]
    return Crawled(
        site.truth[port],
        articles,
        latest_comments(output),
        {row["platform"] for row in rows(output, "comments", ["platform"])},
        thread_states(output),
        [row for row in rows(output, "captures", columns) if row["purpose"] == "thread"],
    )


def latest_comments(output: Path) -> list[dict[str, Any]]:
    names = "article_url comment_id parent_id author published_at text status captured_at"
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    found = rows(output, "comments", [*names.split(), "warc_record_offset"])
    for row in sorted(found, key=itemgetter("captured_at", "warc_record_offset")):
        told = {"path": path_of(row["article_url"]), "id": int(row["comment_id"])}
        latest[row["article_url"], row["comment_id"]] = row | told
    return list(latest.values())


def thread_states(output: Path) -> list[dict[str, Any]]:
    columns = ["article_url", "platform", "comments_collected", "thread_outcome"]
    with duckdb.connect() as connection:
        connection.execute(create_views(output / "dataset"))
        found = connection.execute(f"SELECT {', '.join(columns)} FROM thread_states").fetchall()
    return [dict(zip(columns, state, strict=True)) for state in found]


def path_of(url: str) -> str:
    return urlsplit(url).path


def words(text: str) -> list[str]:
    """Words alone: WordPress sets typographic quotes and dashes, and 4×4 where 4x4 was typed."""
    return re.findall(r"\w+", re.sub("[’‘']", "'", text).replace("×", "x").casefold())


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def posts(crawled: Crawled) -> list[dict[str, Any]]:
    return [row for row in crawled.truth if row["kind"] == "post"]


def test_every_public_post_is_an_article(crawled: Crawled) -> None:
    wanted = {path_of(post["url"]) for post in posts(crawled)}
    assert len(wanted) == 200
    assert wanted - crawled.articles.keys() == set()


def test_nothing_else_is_an_article_but_pages_and_the_protected_post(crawled: Crawled) -> None:
    known = {path_of(row["url"]) for row in crawled.truth if row["kind"] in ("post", "page")}
    assert len(crawled.articles.keys() - known) <= 1


def test_titles_authors_and_times_are_those_of_the_database(crawled: Crawled) -> None:
    wrong = []
    for post in posts(crawled):
        row = crawled.articles[path_of(post["url"])][0]
        names = [author["name"] for author in row["authors"]]
        if (words(row["title"]), names, row["published_at"]) != (
            words(post["title"]),
            [post["author"]],
            instant(post["published"]),
        ):
            wrong.append((post["url"], row["title"], names, row["published_at"]))
    assert wrong == []


def test_no_text_holds_furniture(crawled: Crawled) -> None:
    for pages in crawled.articles.values():
        for page in pages:
            assert not [phrase for phrase in FURNITURE if phrase in page["text"]], page
    notes = sum("Editor's note" in post["text"].replace("’", "'") for post in posts(crawled))
    kept = sum(
        any("Editor's note" in page["text"].replace("’", "'") for page in pages)
        for path, pages in crawled.articles.items()
        if path in {path_of(post["url"]) for post in posts(crawled)}
    )
    assert notes == kept == 20


def test_texts_hold_the_words_of_the_database(crawled: Crawled) -> None:
    """Of all words of the posts at least 99.5 % are in the texts, as often as they were written."""
    found = wanted = 0
    for post in posts(crawled):
        told = Counter(words(post["text"]))
        read = Counter(
            w for page in crawled.articles[path_of(post["url"])] for w in words(page["text"])
        )
        wanted += told.total()
        found += (told & read).total()
    assert wanted > 100_000
    assert found / wanted >= 0.995


def told_of(crawled: Crawled, kind: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Comments or pingbacks of the database, by the path of the article and their number."""
    told = (row for row in crawled.truth if row["kind"] == kind)
    return {(path_of(row["post_url"]), row["id"]): row for row in told}


def read_of(crawled: Crawled, status: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Their rows, by the same."""
    return {(r["path"], r["id"]): r for r in crawled.comments if r["status"] == status}


def test_every_comment_that_a_visitor_can_see_is_a_row_and_no_other(crawled: Crawled) -> None:
    told, read = told_of(crawled, "comment"), read_of(crawled, "visible")
    assert read.keys() == told.keys()
    pingbacks = read_of(crawled, "pingback")
    assert pingbacks.keys() == told_of(crawled, "pingback").keys()
    assert len(pingbacks) == PINGBACKS
    assert len(crawled.comments) == len(told) + PINGBACKS


def test_every_comment_is_as_the_database_holds_it(crawled: Crawled) -> None:
    """Author, same second, parent, same words."""
    read = read_of(crawled, "visible")
    wrong = []
    for key, told in told_of(crawled, "comment").items():
        row = read[key]
        parent = str(told["parent"]) if told["parent"] else None
        if (words(row["author"]), row["published_at"], row["parent_id"], words(row["text"])) != (
            words(told["author"]),
            instant(told["published"]),
            parent,
            words(told["text"]),
        ):
            wrong.append((row, told))
    assert wrong == []


def test_no_comment_is_of_a_post_that_is_hidden(crawled: Crawled) -> None:
    public = {path_of(post["url"]) for post in posts(crawled)}
    assert {row["path"] for row in crawled.comments} - public == set()


def test_every_thread_is_of_wordpress_whole_and_says_so(crawled: Crawled) -> None:
    """As many are collected as the database holds, whatever number of answers brought them."""
    assert crawled.platforms == {"wordpress"}
    numbers = Counter(path for path, _ in told_of(crawled, "comment"))
    states = [state for state in crawled.states if state["comments_collected"]]
    assert sorted(
        (path_of(state["article_url"]), state["comments_collected"], state["thread_outcome"])
        for state in states
    ) == sorted((path, number, ThreadOutcome.COMPLETE) for path, number in numbers.items())


def test_what_a_page_does_not_show_was_asked_for_and_answered(crawled: Crawled) -> None:
    assert {(answer["fetch_status"], answer["outcome"]) for answer in crawled.answers} == {
        (200, Outcome.THREAD)
    }
    public = {path_of(post["url"]) for post in posts(crawled)}
    partial = {
        path
        for path, pages in crawled.articles.items()
        if path in public and pages[0]["thread_outcome"] == ThreadOutcome.PARTIAL
    }
    said = {path: pages[0]["thread_outcome"] for path, pages in crawled.articles.items()}
    assert {said[path] for path in public} <= {*TOLD_BY_PAGES, None}
    assert {answer["thread_outcome"] for answer in crawled.answers} <= {*TOLD_BY_PAGES, None}
    assert partial
    assert partial <= {path_of(answer["article_url"]) for answer in crawled.answers}
    assert len(crawled.answers) <= 40, "seven of 200 articles have further pages"
