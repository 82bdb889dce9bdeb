"""One page, read by archiver and by Trafilatura, in the same breath: what each says, and its time.

Knows how each is called and how its answer becomes a prediction of ``archiver.predictions``;
nothing of gold. Seconds are processor time of the reading thread, and the readers take turns at
being first, so that a busy machine and warm caches favour none.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import thread_time
from typing import Any

from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted

from archiver.codings import decode_payload
from archiver.config import ReadLimits
from archiver.dom import parse_decoded
from archiver.errors import ArchiverError
from archiver.extract import extract_document
from archiver.model import Page, Reading
from archiver.outcomes import Outcome
from archiver.predictions import Listed, page_of, prediction_of
from archiver.sites import DEFAULT_RULES
from archiver.worker_process import WARM_UP

Prediction = dict[str, Any]


def by_archiver(entry: Listed, page: Page) -> Prediction:
    """Decoding, parsing, article, metadata and the comments in the page. No links are gathered:
    the others gather none."""
    began = thread_time()
    try:
        data = decode_payload(page, limit_bytes=ReadLimits().page_bytes)
        article = extract_document(parse_decoded(page, data), page, DEFAULT_RULES)
    except ArchiverError as error:
        seconds = thread_time() - began
        reading = Reading(Outcome.EXTRACT_FAILED, detail=str(error), seconds=seconds)
    else:
        seconds = thread_time() - began
        reading = Reading(article.outcome, article=article, seconds=seconds)
    return prediction_of(entry, reading)


def by_trafilatura(entry: Listed, page: Page, *, fast: bool) -> Prediction:
    """As its documentation has it, comments and metadata included. It gives one string of names,
    and one of comments without authors and boundaries: each line counts as a comment."""
    began = thread_time()
    found = bare_extraction(
        page.payload, url=entry.url, with_metadata=True, include_comments=True, fast=fast
    )
    seconds = thread_time() - began
    if not isinstance(found, Extracted):
        return {"id": entry.id, "seconds": seconds}
    return {
        "id": entry.id,
        "text": found.text,
        "title": found.title,
        "authors": [name.strip() for name in (found.author or "").split(";") if name.strip()],
        "published": found.date,
        "comments": [{"text": line} for line in (found.comments or "").split("\n") if line.strip()],
        "seconds": seconds,
    }


READERS: dict[str, Callable[[Listed, Page], Prediction]] = {
    "archiver": by_archiver,
    "Trafilatura": partial(by_trafilatura, fast=False),
    "fast": partial(by_trafilatura, fast=True),
}
"""In the order of the columns."""


def warm_up() -> None:
    """What the readers load on their first page is loaded, and htmldate's warnings about unknown
    time zones are off."""
    warnings.simplefilter("ignore")
    entry = Listed("warm-up", Path(), WARM_UP.url, WARM_UP.captured_at)
    for reader in READERS.values():
        reader(entry, WARM_UP)


def compare(numbered: tuple[int, Listed]) -> tuple[str, dict[str, Prediction]]:
    """(id, what each reader says) of one page; its number decides who is first."""
    number, entry = numbered
    page = page_of(entry)
    names = list(READERS)
    first = number % len(names)
    said = {name: READERS[name](entry, page) for name in (*names[first:], *names[:first])}
    return entry.id, {name: said[name] for name in names}
