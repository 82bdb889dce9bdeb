"""A crawl of the sample newspaper against the truth about it: outcomes, articles, threads, rows.

One crawl, a second one on the same directory, and the same archive derived anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from archiver.model import Precision
from archiver.outcomes import UNCAPTURED, Outcome
from bench.check_archive import check
from tests.crawl.running import (
    DERIVED,
    captured_outcomes,
    crawl,
    derive_again,
    derived_files,
    outcomes,
    rows,
)
from tests.newspaper import watched_newspaper
from tests.newspaper.truth import ARTICLES, NEVER_ASKED, OUTCOMES, ExpectedArticle


@dataclass(frozen=True)
class Crawled:
    """What one crawl of the newspaper asked for and what it left; then a second crawl, and a
    derivation of the first one's WARCs without its memo."""

    base: str
    asked: list[str]
    outcomes: dict[str, str]
    captured: dict[str, str]
    articles: dict[str, dict[str, Any]]
    comments: list[dict[str, Any]]
    faults: list[str]
    files: dict[str, str]
    files_derived_again: dict[str, str]
    asked_again: list[str]
    captured_again: dict[str, str]
    articles_again: int
    faults_again: list[str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    output = tmp_path_factory.mktemp("newspaper") / "output"
    with watched_newspaper() as paper:
        first = crawl(f"{paper.base}/", output=output)
        assert first.returncode == 0, first.stderr
        asked = [target for _, target in paper.asked]
        known = {url.removeprefix(paper.base): word for url, word in outcomes(output).items()}
        captured = {
            url.removeprefix(paper.base): word for url, word in captured_outcomes(output).items()
        }
        articles = rows(output, "articles")
        assert len({row["url"] for row in articles}) == len(articles)
        comments = rows(output, "comments")
        faults = check(output).faults
        files = derived_files(output)
        files_derived_again = derive_again(output, "--identity", "named")
        second = crawl(f"{paper.base}/", output=output)
        assert second.returncode == 0, second.stderr
        yield Crawled(
            base=paper.base,
            asked=asked,
            outcomes=known,
            captured=captured,
            articles={row["url"].removeprefix(paper.base): row for row in articles},
            comments=comments,
            faults=faults,
            files=files,
            files_derived_again=files_derived_again,
            asked_again=[target for _, target in paper.asked[len(asked) :]],
            captured_again={
                url.removeprefix(paper.base): word
                for url, word in captured_outcomes(output).items()
            },
            articles_again=len(rows(output, "articles")),
            faults_again=check(output).faults,
        )


def test_every_address_ends_in_its_outcome(crawled: Crawled) -> None:
    # robots.txt is asked for by the crawl itself: it is in the archive, not in the frontier.
    assert {path: crawled.outcomes.get(path) for path in OUTCOMES if path != "/robots.txt"} == {
        path: str(outcome) for path, outcome in OUTCOMES.items() if path != "/robots.txt"
    }
    assert set(crawled.outcomes) == set(OUTCOMES) - {"/robots.txt"}


def test_every_exchange_stands_in_captures_with_its_outcome(crawled: Crawled) -> None:
    assert crawled.captured == {
        path: str(outcome) for path, outcome in OUTCOMES.items() if outcome not in UNCAPTURED
    }


def test_nothing_is_asked_for_twice_or_that_must_be_left_alone(crawled: Crawled) -> None:
    assert sorted(crawled.asked) == sorted(
        path for path, outcome in OUTCOMES.items() if outcome is not Outcome.ROBOTS_DENIED
    )
    trodden = [path for path in crawled.asked if any(part in path for part in NEVER_ASKED)]
    assert trodden == []


def test_every_article_and_nothing_else_is_a_row(crawled: Crawled) -> None:
    assert set(crawled.articles) == {article.path for article in ARTICLES}


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.path)
def test_row_says_what_the_page_says(crawled: Crawled, article: ExpectedArticle) -> None:
    row = crawled.articles[article.path]
    assert row["title"] == article.title
    assert tuple(author["name"] for author in row["authors"]) == article.authors
    assert row["published_precision"] == article.precision
    if article.precision is Precision.DAY:
        assert row["published_at"].date() == article.published_at.date()
    else:
        assert row["published_at"] == article.published_at
    assert row["language"].partition("-")[0] == article.language
    assert row["page_number"] == article.page_number
    assert row["comments_declared"] == article.comments_declared
    assert row["comments_collected"] == len(article.comments)
    if article.continues is not None:
        assert row["article_id"] == crawled.articles[article.continues]["article_id"]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.path)
def test_text_is_the_whole_article_and_nothing_beside_it(
    crawled: Crawled, article: ExpectedArticle
) -> None:
    text = " ".join(crawled.articles[article.path]["text"].split())
    assert text[: len(article.first_words)] == article.first_words
    assert text[-len(article.last_words) :] == article.last_words
    assert [words for words in article.must_contain if words not in text] == []
    assert [words for words in article.must_not_contain if words in text] == []


@pytest.mark.parametrize(
    "article",
    [article for article in ARTICLES if article.comments],
    ids=lambda article: article.path,
)
def test_rows_of_comments_are_the_thread_of_the_page(
    crawled: Crawled, article: ExpectedArticle
) -> None:
    article_id = crawled.articles[article.path]["article_id"]
    kept = [row for row in crawled.comments if row["article_id"] == article_id]
    assert [
        (
            row["position"],
            row["comment_id"],
            row["parent_id"],
            row["depth"],
            row["author"],
            row["published_at"],
            row["text"],
            bool(row["is_article_author"]),
            row["status"],
        )
        for row in kept
    ] == [
        (
            position,
            comment.comment_id,
            comment.parent_id,
            comment.depth,
            comment.author,
            comment.published_at,
            comment.text,
            comment.is_article_author,
            str(comment.status),
        )
        for position, comment in enumerate(article.comments)
    ]


def test_only_threads_give_comments_and_no_widget(crawled: Crawled) -> None:
    assert len(crawled.comments) == sum(len(article.comments) for article in ARTICLES)


def test_every_row_leads_to_its_record(crawled: Crawled) -> None:
    assert crawled.faults == []


def test_what_is_derived_live_is_what_is_derived_from_the_archive_alone(crawled: Crawled) -> None:
    assert {name.partition("/")[0] for name in crawled.files} == set(DERIVED)
    assert crawled.files_derived_again == crawled.files


def test_a_second_crawl_asks_for_listings_only(crawled: Crawled) -> None:
    again = {path: OUTCOMES[path] for path in crawled.asked_again}
    assert len(again) == len(crawled.asked_again)
    # Listings, and the server's error, which may have passed. Articles, redirects and what is gone
    # stay as they are, and so do the author pages, to which only articles lead. What robots.txt
    # said holds for a day.
    due = {Outcome.FEED, Outcome.SITEMAP, Outcome.NOT_AN_ARTICLE}
    assert set(again) == {
        path
        for path, outcome in OUTCOMES.items()
        if outcome in {*due, Outcome.SERVER_ERROR} and not path.startswith("/author/")
    }


def test_a_second_crawl_of_an_unchanged_site_adds_no_article(crawled: Crawled) -> None:
    assert crawled.articles_again == len(ARTICLES)
    # Listings that are asked for again are as they were, and are kept as revisits.
    unchanged = {
        path: Outcome.UNCHANGED
        for path in crawled.asked_again
        if OUTCOMES[path] is not Outcome.SERVER_ERROR
    }
    assert crawled.captured_again == crawled.captured | unchanged
    assert crawled.faults_again == []
