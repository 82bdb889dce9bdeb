"""The outputs of one WARC without what is forgotten, made of themselves: its WARC is not asked.

Knows which columns and records hold what a comment or an article says, and that all outputs of a
WARC take their places together. What is left of a thread is ``tombstones``' affair, the same
function that a derivation uses: deriving the WARC anew with these tombstones gives the same rows.
Rules, versions and a WARC that is gone thus play no part, and it is much faster than reading pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from archiver.dataset.lookup import column_of
from archiver.dataset.parts import PartWriter, read_footer, sync_folder
from archiver.dataset.schema import ARTICLES, CAPTURES, COMMENTS
from archiver.errors import PartError, Place, UrlError
from archiver.identity import Identity
from archiver.model import Comment, CommentStatus, Purpose
from archiver.tombstones import Forgotten, Tombstones, answered_elsewhere, bury_comments
from archiver.urls import site_of
from archiver.warc.conversion import edit_clean, nested

DIGEST = "archiver.tombstones_digest"
BATCH_ROWS = 1000

_OF_COMMENT = tuple(one.name for one in fields(Comment))
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the outputs of one WARC lie that say what readers wrote."""

    articles: Path
    comments: Path
    captures: Path
    clean: Path
    """May be absent: shared datasets come without it."""


@dataclass(slots=True)
class Rewritten:
    """What was taken out of the outputs of one WARC."""

    articles: int = 0
    comments: int = 0
    """Rows that are gone."""
    emptied: int = 0
    """Rows that stay as nodes, for their answers."""
    texts: int = 0
    """Texts of others in which a forgotten reader was named."""


def rewrite(files: Files, tombstones: Tombstones, identity: Identity, digest: str) -> Rewritten:
    """The outputs hold nothing that is forgotten, and their footers say ``digest``. Whole or as
    they were: PartError when one cannot be read or written."""
    work = _Work(files, tombstones, identity, digest)
    staged = {
        path: path.with_name(f".{path.name}.new")
        for path in (files.clean, files.articles, files.comments, files.captures)
        if path.exists()
    }
    try:
        for table, part, rows in (
            (COMMENTS, files.comments, work.comments()),
            (ARTICLES, files.articles, work.articles()),
            (CAPTURES, files.captures, work.captures()),
        ):
            work.write(part, staged[part], rows, table)
        if files.clean in staged:
            edit_clean(files.clean, staged[files.clean], work.said)
        for path, new in staged.items():
            new.replace(path)
            sync_folder(path.parent)
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        raise PartError(
            f"its outputs cannot be made anew: {error}",
            place=Place(str(files.captures)),
            remedy="Derive the WARC again",
        ) from error
    finally:
        for new in staged.values():
            new.unlink(missing_ok=True)
    return work.done


def rows_of(part: Path, *columns: str) -> Iterator[Row]:
    """The rows of a part in file order, some at a time in memory; of each the ``columns`` named
    (null where an older part lacks them), or all. PartError when it is no whole part."""
    try:
        with closing(pq.ParquetFile(part)) as file:
            there = [name for name in columns or file.schema_arrow.names
                     if name in file.schema_arrow.names]  # fmt: skip
            missing = dict.fromkeys(set(columns) - set(there))
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=there):
                for row in batch.to_pylist():
                    yield {**row, **missing}
    except (pa.ArrowException, OSError) as error:
        raise PartError(
            f"no whole part of the dataset: {error}",
            place=Place(str(part)),
            remedy="Derive it again from its WARC",
        ) from error


def comment_of(row: Mapping[str, Any]) -> Comment:
    """The comment that a row of ``comments`` holds."""
    told = {name: row[name] for name in _OF_COMMENT if name in row}
    return Comment(**{**told, "status": CommentStatus(row["status"])})


@dataclass
class _Work:
    files: Files
    tombstones: Tombstones
    identity: Identity
    digest: str
    done: Rewritten = field(default_factory=Rewritten)
    changed: dict[str, tuple[Comment, ...]] = field(default_factory=dict)
    """By record id: what is left of threads that lost something."""
    dropped: set[str] = field(default_factory=set)
    """Record ids of forgotten articles and of their threads."""

    def write(self, part: Path, new: Path, rows: Iterator[Row], table: pa.Schema) -> None:
        """``new`` is the part with these rows and with our digest."""
        schema = pq.read_schema(part).remove_metadata()
        if schema.equals(table):  # what was read has field ids that a derivation does not write
            schema = table
        footer = {**read_footer(part), DIGEST: self.digest}
        with PartWriter(new, schema, footer) as writer:
            for row in rows:
                writer.append(row)

    # --- rows -----------------------------------------------------------------------------------

    def comments(self) -> Iterator[Row]:
        """Rows of ``comments``, record by record."""
        shown = rows_of(self.files.articles)
        article = next(shown, None)
        for record_id, group in groupby(rows_of(self.files.comments), itemgetter("warc_record_id")):
            rows = list(group)
            here = rows[0]["warc_record_offset"]
            while article is not None and article["warc_record_offset"] < here:  # in file order
                article = next(shown, None)
            is_shown = article is not None and article["warc_record_id"] == record_id
            yield from self._left(record_id, rows, article if is_shown else None)

    def _left(self, record_id: str, rows: list[Row], article: Row | None) -> Iterator[Row]:
        url = rows[0]["article_url"]
        forgotten = self._forgotten(article["site"] if article else _site_of(url))
        if forgotten is None:
            yield from rows
            return
        if forgotten.is_article(url, *([article["url"]] if article else [])):
            self.dropped.add(record_id)
            self.done.comments += len(rows)
            return
        before = tuple(map(comment_of, rows))
        readers, answered = self._company.get(url, ((), ()))
        after = bury_comments(
            before,
            forgotten,
            prose=article["text"] if article else "",
            others=readers,
            answered=answered,
        )
        if after == before:
            yield from rows
            return
        self.changed[record_id] = after
        self._count(before, after)
        for comment in after:
            yield {**rows[0], **{name: getattr(comment, name) for name in _OF_COMMENT}}

    def _count(self, before: tuple[Comment, ...], after: tuple[Comment, ...]) -> None:
        texts = {one.comment_id: one.text for one in before}
        statuses = {one.comment_id: one.status for one in before}
        self.done.comments += len(before) - len(after)
        for one in after:
            deleted = one.status is CommentStatus.DELETED
            self.done.emptied += deleted and statuses.get(one.comment_id) is not one.status
            self.done.texts += not deleted and texts.get(one.comment_id) != one.text

    def articles(self) -> Iterator[Row]:
        """Rows of ``articles``; after ``comments``."""
        for row in rows_of(self.files.articles):
            forgotten = self._forgotten(row["site"])
            record_id = row["warc_record_id"]
            if forgotten is not None and forgotten.is_article(row["canonical_url"], row["url"]):
                self.dropped.add(record_id)
                self.done.articles += 1
                continue
            if record_id in self.changed:
                row["comments_collected"] = len(self.changed[record_id])
            yield row

    def captures(self) -> Iterator[Row]:
        """Rows of ``captures``; after ``articles``. They stay: they say what the WARC holds."""
        for row in rows_of(self.files.captures):
            record_id = row["warc_record_id"]
            is_thread = row["purpose"] == Purpose.THREAD
            if record_id in self.dropped or (is_thread and self._is_forgotten(row["article_url"])):
                row["content_languages"] = None
                if is_thread:
                    row |= {"comments_declared": None, "comments_collected": 0}
                    row |= {"thread_outcome": None}
            elif record_id in self.changed and row["comments_collected"] is not None:
                row["comments_collected"] = len(self.changed[record_id])
            yield row

    # --- conversion records ---------------------------------------------------------------------

    def said(self, record_id: str, told: dict[str, Any]) -> dict[str, Any] | None:
        """What the conversion of ``record_id`` says now."""
        about = told.get("mainEntityOfPage") or told.get("about", {}).get("url")
        if record_id in self.dropped or self._is_forgotten(about):
            return None
        if record_id not in self.changed:
            return told
        comments = nested(self.changed[record_id])
        kept = {name: value for name, value in told.items() if name != "comment" or comments}
        return {**kept, "comment": comments} if comments else kept

    # --- who is forgotten -----------------------------------------------------------------------

    def _forgotten(self, site: str) -> Forgotten | None:
        return self._by_site.setdefault(site, self.tombstones.on(site, self.identity))

    @cached_property
    def _by_site(self) -> dict[str, Forgotten | None]:
        return {}

    def _is_forgotten(self, url: str | None) -> bool:
        forgotten = self._forgotten(_site_of(url)) if url else None
        return forgotten is not None and url is not None and forgotten.is_article(url)

    @cached_property
    def _company(self) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
        """By article: readers and answered comments of threads that several records show."""
        captures = column_of(self.files.captures, "purpose", "article_url")
        apart = {url for purpose, url in captures if purpose == Purpose.THREAD and url}
        readers: dict[str, set[str]] = {url: set() for url in apart}
        answered: dict[str, set[str]] = {url: set() for url in apart}
        columns = ("comment_id", "author", "parent_id", "is_orphan", "article_url")
        shown = rows_of(self.files.comments, *columns, "warc_record_id")
        for _, group in groupby(shown, itemgetter("warc_record_id")):
            rows = list(group)
            url = rows[0]["article_url"]
            forgotten = self._forgotten(_site_of(url)) if url in apart else None
            if forgotten is None:
                continue
            nodes = [
                Comment(row["comment_id"], "", row["parent_id"], author=row["author"],
                        is_orphan=row["is_orphan"])
                for row in rows
            ]  # fmt: skip
            readers[url] |= {node.author for node in nodes if node.author}
            answered[url] |= answered_elsewhere(nodes, forgotten)
        return {url: (frozenset(readers[url]), frozenset(answered[url])) for url in apart}


def _site_of(url: str) -> str:
    with suppress(UrlError):
        return site_of(url)
    return ""
