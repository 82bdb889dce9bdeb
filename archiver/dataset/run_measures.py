"""What a run brought of each site, counted from its parts.

Reads the columns that are counted, in batches, of the parts whose name ends with the run's id;
what is held is numbers: eight bytes for an article, a comment or a duration. Captures belong to the
site that was asked, articles and comments to the article's site.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archiver.dataset.lookup import parts_of
from archiver.errors import PartError, Place, UrlError
from archiver.outcomes import SUCCESSES, Outcome
from archiver.site_measures import FIELDS, SiteMeasures
from archiver.urls import site_of

BATCH_ROWS = 4_000
"""Rows in memory at a time; of the columns that are read, about 1 MB."""

_AHEAD = timedelta(days=1)
"""A publication this long after its capture is still one: pages mistake their time zone."""

# Leaves of lists and structures are enough to see that they are not empty.
_ARTICLES = (
    "article_id", "site", "page_number", "title", "description", "authors.list.element.name",
    "published_at", "modified_at", "language", "section", "tags",
    "images.list.element.is_lead", "word_count", "captured_at",
)  # fmt: skip
_CAPTURES = (
    "url", "url_host_registered_domain", "outcome", "purpose", "found_by", "duration_ms",
    "warc_record_length", "article_id", "article_url",
)  # fmt: skip
_COMMENTS = ("article_id", "article_url", "platform", "comment_id")


@dataclass(slots=True)
class _Tally:
    """One site while it is counted."""

    outcomes: Counter[str] = field(default_factory=Counter)
    found_by: Counter[str] = field(default_factory=Counter)
    size_bytes: int = 0
    durations: array[int] = field(default_factory=lambda: array("q"))
    pages: int = 0
    present: Counter[str] = field(default_factory=Counter)
    words: array[int] = field(default_factory=lambda: array("i"))
    newest: datetime | None = None
    articles: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    commented: set[int] = field(default_factory=set)
    comments: array[int] = field(default_factory=lambda: array("q"))


def measure_run(dataset_dir: Path, run_id: str) -> dict[str, SiteMeasures]:
    """What the parts of run ``run_id`` hold, by site, in the order of their names; PartError names
    a part that cannot be read."""
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    for batch in _batches(dataset_dir, "captures", run_id, _CAPTURES):
        _count_captures(batch, tallies)
    for batch in _batches(dataset_dir, "articles", run_id, _ARTICLES):
        _count_articles(batch, tallies)
    for batch in _batches(dataset_dir, "comments", run_id, _COMMENTS):
        _count_comments(batch, tallies)
    keys = {key for tally in tallies.values() for key in tally.articles}
    known = _known_before(dataset_dir, run_id, keys)
    return {site: _measures(tally, known) for site, tally in sorted(tallies.items())}


def _measures(tally: _Tally, known: set[int]) -> SiteMeasures:
    captures = tally.outcomes.total()
    failed = sum(count for name, count in tally.outcomes.items() if name not in SUCCESSES)
    p50, p95 = _quantiles(tally.durations, pa.int64(), 0.5, 0.95)
    p10, median = _quantiles(tally.words, pa.int32(), 0.1, 0.5)
    return SiteMeasures(
        captures=captures,
        outcomes=tally.outcomes,
        size_bytes=tally.size_bytes,
        found_by=tally.found_by,
        errors=failed / captures if captures else None,
        duration_p50_ms=p50,
        duration_p95_ms=p95,
        articles=len(tally.articles),
        new_articles=len(tally.articles - known),
        article_pages=tally.pages,
        fields={name: tally.present[name] / tally.pages for name in FIELDS} if tally.pages else {},
        words_median=median,
        words_p10=p10,
        newest_published_at=tally.newest,
        comments=pc.count_distinct(_numbers(tally.comments, pa.int64())).as_py(),
        articles_read=len(tally.read | tally.articles | tally.commented),
        articles_commented=len(tally.commented),
    )


def _count_captures(batch: pa.RecordBatch, tallies: defaultdict[str, _Tally]) -> None:
    columns = [batch.column(name).to_pylist() for name in _CAPTURES]
    for url, domain, outcome, purpose, found_by, duration, length, key, about in zip(
        *columns, strict=True
    ):
        if domain is None:  # records of other tools about no page
            continue
        tally = tallies[_site(url, domain)]
        tally.outcomes[outcome] += 1
        tally.size_bytes += length
        if duration is not None:
            tally.durations.append(duration)
        if outcome == Outcome.ARTICLE and found_by is not None:
            tally.found_by[found_by] += 1
        if purpose == "thread" and outcome == Outcome.THREAD and key and about:
            tallies[_site_of_article(about)].read.add(int(key, 16))


def _count_articles(batch: pa.RecordBatch, tallies: defaultdict[str, _Tally]) -> None:
    sites = batch.column("site").to_pylist()
    keys = batch.column("article_id").to_pylist()
    for site, key in zip(sites, keys, strict=True):
        tallies[site].articles.add(int(key, 16))
    openings = batch.filter(pc.equal(batch.column("page_number"), 1))
    published = openings.column("published_at")
    credible = pc.less_equal(published, pc.add(openings.column("captured_at"), _AHEAD))
    facts = {
        "site": openings.column("site"),
        "words": openings.column("word_count"),
        "newest": pc.if_else(credible, published, None),
        **{name: pc.cast(_has(openings, name), pa.int32()) for name in FIELDS},
    }
    grouped = (
        pa.table(facts)
        .group_by("site")
        .aggregate([("words", "list"), ("newest", "max"), *((name, "sum") for name in FIELDS)])
    )
    for row in grouped.to_pylist():
        tally = tallies[row["site"]]
        tally.pages += len(row["words_list"])
        tally.words.extend(row["words_list"])
        tally.newest = max(filter(None, (tally.newest, row["newest_max"])), default=None)
        tally.present.update({name: row[f"{name}_sum"] for name in FIELDS})


def _has(batch: pa.RecordBatch, name: str) -> Any:
    """Where the column ``name`` of ``FIELDS`` says something."""
    if name == "text":
        return pc.greater(batch.column("word_count"), 0)
    column = batch.column(name)
    if pa.types.is_list(column.type):
        return pc.greater(pc.list_value_length(column), 0)
    return pc.is_valid(column)


def _count_comments(batch: pa.RecordBatch, tallies: defaultdict[str, _Tally]) -> None:
    sites: dict[str, _Tally] = {}
    columns = [batch.column(name).to_pylist() for name in _COMMENTS]
    for key, about, platform, comment in zip(*columns, strict=True):
        tally = sites.get(about)
        if tally is None:
            tally = sites[about] = tallies[_site_of_article(about)]
        tally.commented.add(int(key, 16))
        # 64 bits of a million comments: two of them alike once in 40 million runs.
        tally.comments.append(hash((key, platform, comment)))


def _known_before(dataset_dir: Path, run_id: str, keys: set[int]) -> set[int]:
    """Which of the articles a part of an earlier run holds; the latest parts are asked first."""
    missing = set(keys)
    for part in reversed(parts_of(dataset_dir, "articles")):
        if not missing:
            break
        if part.stem.rpartition("-")[2] >= run_id:
            continue
        among = pa.array(sorted(f"{key:016x}" for key in missing), pa.string())
        for batch in _rows(part, ("article_id",)):
            column = batch.column("article_id")
            found = pc.unique(column.filter(pc.is_in(column, value_set=among)))
            missing.difference_update(int(key, 16) for key in found.to_pylist())
    return keys - missing


def _batches(
    dataset_dir: Path, table: str, run_id: str, columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    for part in sorted((dataset_dir / table).glob(f"crawl_date=*/*-{run_id}.parquet")):
        yield from _rows(part, columns)


def _rows(part: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches that are not empty; PartError."""
    try:
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=list(columns)):
                if batch.num_rows:
                    yield batch
    except (pa.ArrowException, OSError, KeyError) as error:
        raise PartError(
            f"no whole part of the dataset: {error}",
            place=Place(str(part)),
            remedy="Derive it again from its WARC",
        ) from error


def _site(url: str, domain: str) -> str:
    """The site of ``url``, whose registrable domain is known: what ``site`` is in articles."""
    if "." in domain and ":" not in domain and not domain[-1].isdigit():
        return domain
    return _site_of_article(url) or domain


def _site_of_article(url: str) -> str:
    try:
        return site_of(url)
    except UrlError:
        return ""


def _quantiles(values: array[int], kind: pa.DataType, *at: float) -> Iterable[float | None]:
    return pc.quantile(_numbers(values, kind), list(at)).to_pylist() if values else [None] * len(at)


def _numbers(values: array[int], kind: pa.DataType) -> pa.Array:
    """The same memory as a column."""
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
