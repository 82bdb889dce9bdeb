"""Captures of an article and of its thread, as parts of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archiver.comments.thread import arrange
from archiver.dataset import TABLES, write_part
from archiver.dataset.rows import article_row, capture_row, comment_rows
from archiver.model import Article, Capture, Comment, Thread
from archiver.outcomes import Outcome, ThreadOutcome
from tests.dataset.samples import ARTICLE, CANONICAL, MORNING, captured_again

API = "https://www.news.example/wp-json/wp/v2/comments?post=77&page={}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A capture and what was read from it."""

    capture: Capture
    outcome: Outcome
    article: Article | None = None


def comment(number: int, text: str = "", **more: Any) -> Comment:
    return Comment(str(number), text or f"Text {number}.", **{"author": f"reader-{number}", **more})


def page(
    seconds: int, shown: Sequence[Comment] = (), declared: int | None = None, **more: Any
) -> Taken:
    """The article's page, so many seconds after the morning."""
    outcome = more.pop("outcome", None)
    thread = Thread("wordpress", arrange(shown), declared, "post-77", outcome)
    ref = replace(captured_again(seconds).ref, record_id=f"<urn:uuid:page-{seconds}>")
    capture = captured_again(seconds, payload_digest=f"sha1:P{seconds}", **more)
    return Taken(replace(capture, ref=ref), Outcome.ARTICLE, replace(ARTICLE, thread=thread))


def answer(
    seconds: int,
    shown: Sequence[Comment] = (),
    declared: int | None = None,
    *,
    number: int = 1,
    outcome: ThreadOutcome | None = None,
    platform: str = "wordpress",
    **more: Any,
) -> Taken:
    """An answer about the thread, so many seconds after the morning."""
    notes = {
        "purpose": "thread",
        "articleCanonicalUrl": CANONICAL,
        "threadPlatform": platform,
        "threadRef": "post-77",
    }
    capture = captured_again(
        seconds,
        **{
            "url": API.format(number),
            "headers": ((b"Content-Type", b"application/json"),),
            "notes": notes,
            "payload_digest": f"sha1:A{seconds}",
            **more,
        },
    )
    capture = replace(
        capture, ref=replace(capture.ref, record_id=f"<urn:uuid:answer-{platform}-{seconds}>")
    )
    thread = Thread(platform, arrange(shown), declared, "post-77", outcome)
    article = Article(API.format(number), CANONICAL, Outcome.THREAD, thread=thread)
    return Taken(capture, Outcome.THREAD, article)


def again(taken: Taken, seconds: int) -> Taken:
    """A revisit of what was taken: the server says that nothing changed."""
    ref = replace(captured_again(seconds).ref, record_id=f"<urn:uuid:again-{seconds}>")
    later = captured_again(seconds).captured_at
    capture = replace(taken.capture, ref=ref, record_type="revisit", captured_at=later, status=304)
    return Taken(capture, Outcome.UNCHANGED)


def refused(seconds: int, platform: str = "coral") -> Taken:
    """An answer for readers with an account only."""
    capture = answer(seconds, platform=platform).capture
    return Taken(replace(capture, status=401), Outcome.CLIENT_ERROR)


def dataset(folder: Path, *taken: Taken, extractor: str = "e") -> Path:
    """A part for each capture; parts do not stand in the order of time."""
    for number, one in enumerate(taken):
        is_page = one.outcome is Outcome.ARTICLE and one.article is not None
        rows = {
            "articles": [
                article_row(one.article, one.capture, rules_digest="r", extractor=extractor)
            ]
            if is_page and one.article
            else [],
            "comments": comment_rows(one.article, one.capture) if one.article else [],
            "captures": [capture_row(one.capture, one.outcome, article=one.article)],
        }
        footer = {"archiver.extractor": extractor, "archiver.identity": "pseudonym"}
        for table, schema in TABLES.items():
            name = f"{99 - number:02d}-{extractor}.parquet"
            path = folder / table / f"crawl_date={MORNING:%Y-%m-%d}" / name
            write_part(path, schema, rows[table], footer)
    return folder
