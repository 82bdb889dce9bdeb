"""Items of a crawl, as a feed export writes them: one line an article, readers under other names.

Two runs of the sample newspaper with the default identity: the first is closed after three items,
the second completes the rest.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.model import CommentStatus
from tests.crawl.running import crawl, derive_again, derived_files, outcomes, rows
from tests.newspaper import watched_newspaper
from tests.newspaper.truth import ARTICLES, OUTCOMES

ARTICLE_AUTHORS = {name for article in ARTICLES for name in article.authors}
READERS = {
    comment.author
    for article in ARTICLES
    for comment in article.comments
    if comment.status is not CommentStatus.PINGBACK
} - ARTICLE_AUTHORS

QUOTED = {"Petra Unwin"}
"""A librarian who speaks in an article and, as a reader, below it: the article keeps its words."""


@dataclass(frozen=True)
class Exported:
    base: str
    codes: tuple[int, int]
    logs: str
    first_run: list[dict[str, Any]]
    both_runs: list[dict[str, Any]]
    waiting_after_first: list[str]
    asked: list[str]
    articles: list[dict[str, Any]]
    comments: list[dict[str, Any]]
    texts: dict[str, str]
    """Everything that is shown to others: the items, the rows, the clean records."""
    files: dict[str, str]
    files_derived_again: dict[str, str]


def _clean_text(output: Path) -> str:
    text = ""
    for path in (output / "clean").iterdir():
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                text += record.content_stream().read().decode("utf-8", "replace")
    return text


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("items")
    output, feed = folder / "output", folder / "articles.jsonl"
    settings = {"IDENTITY": "pseudonym", "IDENTITY_KEY_FILE": str(folder / "identity.key")}
    with watched_newspaper() as paper:
        seed = f"{paper.base}/"
        few = {**settings, "CLOSESPIDER_ITEMCOUNT": "3", "CONCURRENT_REQUESTS_PER_DOMAIN": "2"}
        first = crawl(seed, "-O", str(feed), output=output, timeout=120, **few)
        first_lines = feed.read_text("utf-8").splitlines()
        waiting = [url for url, outcome in outcomes(output).items() if not outcome]
        second = crawl(seed, "-o", str(feed), output=output, timeout=120, **settings)
        articles, comments = rows(output, "articles"), rows(output, "comments")
        clean = _clean_text(output)
        files = derived_files(output)
        return Exported(
            base=paper.base,
            codes=(first.returncode, second.returncode),
            logs=first.stderr + second.stderr,
            first_run=[json.loads(line) for line in first_lines],
            both_runs=[json.loads(line) for line in feed.read_text("utf-8").splitlines()],
            waiting_after_first=waiting,
            asked=[target for _, target in paper.asked],
            articles=articles,
            comments=comments,
            texts={
                "items": feed.read_text("utf-8"),
                "rows": json.dumps([articles, comments], default=str, ensure_ascii=False),
                "clean records": clean,
            },
            files=files,
            files_derived_again=derive_again(output, "--key-file", settings["IDENTITY_KEY_FILE"]),
        )


def test_runs_end_well(exported: Exported) -> None:
    assert exported.codes == (0, 0), exported.logs
    assert "Traceback" not in exported.logs


def test_a_count_of_items_closes_the_crawl_early(exported: Exported) -> None:
    assert 3 <= len(exported.first_run) < len(ARTICLES)
    assert exported.waiting_after_first


def test_a_further_run_completes_the_rest_and_fetches_nothing_twice(exported: Exported) -> None:
    assert sorted(row["url"] for row in exported.articles) == sorted(
        exported.base + article.path for article in ARTICLES
    )
    again = {target for target in exported.asked if exported.asked.count(target) > 1}
    assert again <= {"/robots.txt"}
    assert set(exported.asked) == set(OUTCOMES) - {"/private/ledger/"}


def test_each_article_is_one_line_with_its_comments(exported: Exported) -> None:
    lines = {item["url"].removeprefix(exported.base): item for item in exported.both_runs}
    assert len(lines) == len(exported.both_runs)
    assert {
        path: (item["title"], [comment["comment_id"] for comment in item["comments"]])
        for path, item in lines.items()
    } == {
        article.path: (article.title, [comment.comment_id for comment in article.comments])
        for article in ARTICLES
    }


def test_an_item_leads_to_its_record_as_its_row_does(exported: Exported) -> None:
    names = ("warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id")
    in_rows = {row["url"]: tuple(row[name] for name in names) for row in exported.articles}
    in_items = {item["url"]: tuple(item[name] for name in names) for item in exported.both_runs}
    assert in_items == in_rows


def test_items_and_rows_name_readers_alike(exported: Exported) -> None:
    def told(comment: dict[str, Any]) -> tuple[Any, ...]:
        return comment["comment_id"], comment["author"], comment["author_id"], comment["text"]

    in_items = [told(comment) for item in exported.both_runs for comment in item["comments"]]
    assert sorted(in_items, key=str) == sorted(map(told, exported.comments), key=str)
    names = {row["author"] for row in exported.comments if row["status"] == "visible"}
    assert all(re.fullmatch(r"reader-[0-9a-f]{12}", name) for name in names - ARTICLE_AUTHORS)


@pytest.mark.parametrize("place", ["items", "rows", "clean records"])
def test_no_name_of_a_reader_is_shown(exported: Exported, place: str) -> None:
    text = exported.texts[place]
    assert "Harbour cranes return" in text
    assert [name for name in sorted(READERS - QUOTED) if name in text] == []


def test_who_is_quoted_in_an_article_has_another_name_as_a_reader(exported: Exported) -> None:
    comments = json.dumps(
        [exported.comments, *(item["comments"] for item in exported.both_runs)],
        default=str,
        ensure_ascii=False,
    )
    assert [name for name in sorted(READERS) if name in comments] == []


def test_the_archive_and_the_key_alone_give_the_same_names_again(exported: Exported) -> None:
    assert exported.files_derived_again == exported.files
