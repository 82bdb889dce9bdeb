"""A crawl of real WordPress in three themes, against its own database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from archiver.dom import decode_payload
from archiver.reading import page_of
from tests.crawl.running import captures, crawl
from tests.services.sites import WORDPRESS_PORTS, WordPress, running_wordpress
from tests.services.test_realweb import rows

pytestmark = pytest.mark.service

SHOWN = 1131
"""Comments that the 200 articles' own addresses show, of 1,878; the rest has further pages."""
FURNITURE = ("Select Page", "About The Author", "Recent Comments", "Read also")


@dataclass(frozen=True)
class Crawled:
    truth: list[dict[str, Any]]
    articles: dict[str, list[dict[str, Any]]]
    """By the path of page 1, in the order of their pages."""
    comments: dict[str, list[dict[str, Any]]]
    """By the path of the article."""
    shown: dict[str, set[str]]
    """Ids that the archived pages show, by the path of the page: read with an expression that
    knows WordPress' ids and nothing of our readers."""


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
    columns = ["canonical_url", "page_number", "title", "authors", "published_at", "text"]
    for row in rows(output, "articles", columns):
        articles.setdefault(path_of(row["canonical_url"]), []).append(row)
    for pages in articles.values():
        pages.sort(key=lambda row: row["page_number"])
    comments: dict[str, list[dict[str, Any]]] = {}
    columns = ["article_url", "comment_id", "parent_id", "author", "published_at", "text", "status"]
    for row in rows(output, "comments", columns):
        comments.setdefault(path_of(row["article_url"]), []).append(row)
    shown: dict[str, set[str]] = {}
    for _, capture in captures(output):
        if capture.status == 200 and capture.payload:
            body = decode_payload(page_of(capture), limit_bytes=64 * 1024**2)
            shown[path_of(capture.url)] = set(re.findall(r'id="comment-(\d+)"', body.decode()))
    return Crawled(site.truth[port], articles, comments, shown)


def path_of(url: str) -> str:
    return urlsplit(url).path


def words(text: str) -> list[str]:
    """Words alone: themes set typographic quotes and dashes."""
    return re.findall(r"\w+", re.sub("[’‘']", "'", text).casefold())


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


def test_every_comment_row_is_right(crawled: Crawled) -> None:
    """All rows against the database: id, author, time, parent. Rows come from the comment page
    that the article's own address shows; further comment pages are not followed."""
    truth = {str(row["id"]): row for row in crawled.truth if row["kind"] in ("comment", "pingback")}
    seen = 0
    wrong = []
    for path, comments in crawled.comments.items():
        shown = {row["comment_id"] for row in comments}
        for row in comments:
            told = truth[row["comment_id"].removeprefix("comment-")]
            assert path_of(told["post_url"]) == path
            if told["kind"] == "pingback":
                assert row["status"] == "pingback"
                continue
            seen += 1
            parent = str(told["parent"]) if told["parent"] else None
            if parent not in shown:
                parent = None
            if (words(row["author"]), row["published_at"], row["parent_id"]) != (
                words(told["author"]),
                instant(told["published"]),
                parent,
            ):
                wrong.append((row, told))
    assert wrong == []
    assert seen > 0


def test_every_comment_that_an_article_s_own_address_shows_is_a_row(crawled: Crawled) -> None:
    visible = {str(row["id"]) for row in crawled.truth if row["kind"] == "comment"}
    compared = 0
    for post in posts(crawled):
        path = path_of(post["url"])
        shown = crawled.shown[path] & visible
        rows_here = crawled.comments.get(path, [])
        assert {row["comment_id"] for row in rows_here if row["status"] == "visible"} >= shown, path
        compared += len(shown)
    assert compared == SHOWN
