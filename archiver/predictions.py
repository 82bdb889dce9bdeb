"""Many saved pages at once: a manifest of pages in, a line of what was read for each out.

Knows the two line formats that extraction benchmarks use here: a manifest line has ``id``, ``file``
(below a root folder), ``url`` and perhaps ``captured``; a prediction has ``id``, ``text``,
``title``, ``authors``, ``published``, ``comments`` (``author``, ``text``, ``published``,
``parent``) and ``seconds``, the time that reading it took in its worker; and beside them what the
benchmarks do not ask for: ``outcome`` with ``detail``, and ``id`` of each comment, which
``parent`` names.
"""

from __future__ import annotations

import gzip
import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from archiver.config import ReadLimits
from archiver.errors import ConfigError, Place, UrlError
from archiver.model import Article, CommentStatus, Page, Precision, Reading
from archiver.moments import as_written
from archiver.sites import RuleBook
from archiver.urls import normalise
from archiver.workers import Readers

UNDATED = datetime(2100, 1, 1, tzinfo=UTC)
"""When a page without a date of capture is taken to be captured: no date on it lies beyond."""

NOWHERE = "https://nowhere.invalid/"
"""Address of a page whose own is no http or https address (``hard::cubadebate.html`` in one
corpus): what it says is worth reading all the same."""

_AHEAD = 4
"""Pages handed out per worker before the oldest answer is awaited."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the manifest."""

    id: str
    file: Path
    url: str
    captured_at: datetime


def read_manifest(manifest: Path, root: Path) -> list[Listed]:
    """The pages that ``manifest`` (JSON lines, perhaps gzip) lists; ConfigError names a line that
    is none or a file that is not there. Files lie below ``root``, or ``root/pages``."""
    listed: list[Listed] = []
    try:
        raw = manifest.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8")
    except (OSError, ValueError, EOFError) as error:
        raise ConfigError(
            f"the list of pages cannot be read ({error})",
            place=Place(str(manifest)),
            remedy="Give a file of JSON lines",
        ) from error
    # Not splitlines: a JSON string may hold U+2028, which is a line break there.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            listed.append(_listed(line, root, Place(str(manifest), line=number)))
    return listed


def _listed(line: str, root: Path, place: Place) -> Listed:
    try:
        row = json.loads(line)
        told = [row[name] for name in ("id", "file", "url")]
        captured_at = _moment(row.get("captured"))
    except (ValueError, KeyError, TypeError) as error:
        raise _no_page(repr(error), place) from error
    if not all(isinstance(value, str) for value in told):
        raise _no_page("id, file and url are strings", place)
    page_id, name, url = told
    file = next((path for path in (root / name, root / "pages" / name) if path.is_file()), None)
    if file is None:
        raise ConfigError(
            f"no file {name} below {root}", place=place, remedy="Name its folder with --root"
        )
    return Listed(page_id, file, url, captured_at)


def _no_page(why: str, place: Place) -> ConfigError:
    return ConfigError(
        f"not a page ({why})",
        place=place,
        remedy="A line needs id, file and url, and may have captured",
    )


def _moment(captured: str | None) -> datetime:
    """The end of the day where only a day is given: nothing on the page is later."""
    if not captured:
        return UNDATED
    moment = datetime.fromisoformat(captured)
    if len(captured) <= len("2026-01-01"):
        moment = datetime.combine(moment, time(23, 59, 59))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def predict(
    listed: Iterable[Listed], *, rules: RuleBook, limits: ReadLimits, jobs: int
) -> Iterator[dict[str, Any]]:
    """A prediction for each page, in their order; a page that cannot be read has an empty one
    with its outcome."""
    with Readers(rules, limits, jobs=jobs) as readers:
        waiting: deque[tuple[Listed, Future[Reading]]] = deque()
        for entry in listed:
            waiting.append((entry, readers.read(page_of(entry))))
            if len(waiting) >= jobs * _AHEAD:
                yield _answered(*waiting.popleft())
        while waiting:
            yield _answered(*waiting.popleft())


def write(predictions: Iterable[dict[str, Any]], out: Path) -> int:
    """One line for each prediction; returns how many. OSError."""
    count = 0
    with out.open("w", encoding="utf-8", errors="replace") as file:  # a page may hold half a pair
        for prediction in predictions:
            file.write(json.dumps(prediction, ensure_ascii=False) + "\n")
            count += 1
    return count


def page_of(entry: Listed) -> Page:
    """The page as its file holds it. OSError."""
    try:
        url = normalise(entry.url)
    except UrlError:
        url = NOWHERE
    return Page(url=url, captured_at=entry.captured_at, payload=entry.file.read_bytes())


def _answered(entry: Listed, future: Future[Reading]) -> dict[str, Any]:
    return prediction_of(entry, future.result())


def prediction_of(entry: Listed, reading: Reading) -> dict[str, Any]:
    """What was read, as benchmarks ask for it."""
    article = reading.article
    told: dict[str, Any] = {"id": entry.id, "outcome": reading.outcome}
    if reading.detail:
        told["detail"] = reading.detail
    if article is not None:
        told |= {
            "text": article.text,
            "title": article.title,
            # Benchmarks count every signature; the dataset keeps people and bodies apart.
            "authors": [*(author.name for author in article.authors), *article.agencies],
            "published": _published(article),
            "comments": _comments(article),
        }
    told["seconds"] = round(reading.seconds, 6)
    return told


def _published(article: Article) -> str | None:
    """A day where the page names no more: an instant would claim to know the hour."""
    if article.published_at is None:
        return None
    if article.published_precision not in (None, Precision.SECOND, Precision.MINUTE):
        return article.published_at.date().isoformat()
    return as_written(article.published_at, article.published_raw).isoformat()


def _comments(article: Article) -> list[dict[str, Any]]:
    return [
        {
            "id": comment.comment_id,
            "author": comment.author,
            "text": comment.text,
            "published": comment.published_at.isoformat() if comment.published_at else None,
            "parent": comment.parent_id,
        }
        for comment in (article.thread.comments if article.thread else ())
        if comment.status is CommentStatus.VISIBLE
    ]
