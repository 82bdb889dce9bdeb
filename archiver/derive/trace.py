"""From a row back to its bytes: which record it was read from, and whether that still holds.

Knows how rows name their record and how a record is checked; changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver.dataset.lookup import find_rows
from archiver.errors import Place, UrlError, WarcError
from archiver.urls import normalise
from archiver.warc.digests import hasher, parse_label
from archiver.warc.reader import read_capture, read_record_bytes

_ARTICLE_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Trace:
    """A capture, what was read from it, and where its bytes are."""

    capture: Mapping[str, Any]
    """Its row of ``captures``."""
    article: Mapping[str, Any] | None
    """Its row of ``articles``, if it is one."""
    comments: int
    """Rows of ``comments`` read from it."""
    warc: Path
    record_bytes: int
    """Bytes of the record in the file, as they stand there."""
    fault: str | None
    """What does not hold; None when the record is there and its payload has its digest."""


def trace(output_dir: Path, key: str, *, warc_dirs: Iterable[Path] = ()) -> tuple[Trace, ...]:
    """Every capture that ``key`` names, in the order of the parts: a URL (as fetched or
    canonical), a record id (with or without ``<urn:uuid:…>``) or an article id.

    WARCs are looked for in ``output_dir/warc``, then in ``warc_dirs``. Empty when nothing has
    that name.
    """
    dataset = output_dir / "dataset"
    folders = (output_dir / "warc", *warc_dirs)
    traces = []
    for record_id in _records_named(dataset, key):
        article = next(find_rows(dataset, "articles", "warc_record_id", record_id), None)
        comments = find_rows(dataset, "comments", "warc_record_id", record_id, ["comment_id"])
        count = sum(1 for _ in comments)
        for row in find_rows(dataset, "captures", "warc_record_id", record_id):
            traces.append(_traced(row, article, count, folders))
    return tuple(traces)


def _records_named(dataset: Path, key: str) -> list[str]:
    """Ids of the records that ``key`` names, each once."""
    if _ARTICLE_ID.fullmatch(key):
        wanted = [(table, "article_id", key) for table in ("articles", "comments")]
    elif "://" in key:
        spellings = dict.fromkeys([key, *_normalised(key)])
        wanted = [("captures", "url", url) for url in spellings]
        wanted += [("articles", "canonical_url", url) for url in spellings]
    else:
        uuid = key.strip("<>").removeprefix("urn:uuid:")
        wanted = [("captures", "warc_record_id", f"<urn:uuid:{uuid}>")]
    found: dict[str, None] = {}
    for table, column, value in wanted:
        for row in find_rows(dataset, table, column, value, ["warc_record_id"]):
            found[row["warc_record_id"]] = None
    return list(found)


def _normalised(url: str) -> list[str]:
    try:
        return [normalise(url)]
    except UrlError:
        return []


def _traced(
    row: Mapping[str, Any],
    article: Mapping[str, Any] | None,
    comments: int,
    folders: tuple[Path, ...],
) -> Trace:
    name = str(row["warc_filename"])
    places = [folder / name for folder in folders]
    warc = next((place for place in places if place.exists()), places[0])
    offset, length = int(row["warc_record_offset"]), int(row["warc_record_length"])
    try:
        size = len(read_record_bytes(warc, offset, length))
        fault = _fault_of(warc, row)
    except FileNotFoundError:
        size, fault = 0, f"{name} is not in {', '.join(map(str, folders))}"
    except WarcError as error:
        size, fault = 0, str(error)
    return Trace(row, article, comments, warc, size, fault)


def _fault_of(warc: Path, row: Mapping[str, Any]) -> str | None:
    offset = int(row["warc_record_offset"])
    capture = read_capture(warc, offset)
    place = Place(str(warc), offset=offset)
    if capture.ref.record_id != row["warc_record_id"]:
        return f"{place}: the record there is {capture.ref.record_id}"
    told = parse_label(row["content_digest"] or "")
    if told is None or capture.payload is None:
        return None
    algorithm, expected = told
    found = hasher(algorithm)
    found.update(capture.payload)
    if found.digest() != expected:
        return f"{place}: the payload has another digest than the row"
    return None
