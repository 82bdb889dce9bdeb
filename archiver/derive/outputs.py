"""What is derived from a WARC, one function for each output, and the table of them.

Knows for each output where it lies and how a capture with its reading goes into it. To add one:
write a function that opens it, add a row to ``OUTPUTS``, and a test that reads it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Protocol

from archiver import __version__
from archiver.config import DeriveConfig
from archiver.dataset import ARTICLES, CAPTURES, COMMENTS, SCHEMA_VERSION, PartWriter
from archiver.dataset.measures import article_id
from archiver.dataset.rows import article_row, capture_row, comment_rows, header_of
from archiver.dom import decode_payload
from archiver.errors import PageError, UrlError
from archiver.memo import extractor
from archiver.model import Article, Capture, Page
from archiver.outcomes import Outcome
from archiver.sites import RuleBook
from archiver.sniff import charset_of, media_type_of
from archiver.urls import host_of, site_of
from archiver.warc.cdxj import write_cdxj
from archiver.warc.conversion import CleanWriter
from archiver.warc.reader import WarcScan

SNIFFED_BYTES = 4096
"""Of the payload as archived: enough to decode the beginning of it, whatever the coding."""
SNIFF_LIMIT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """The WARC that is derived, and what every output of it states."""

    found: WarcScan
    day: date
    """Of the partition."""
    footer: Mapping[str, str]
    config: DeriveConfig


@dataclass(frozen=True, slots=True)
class Fact:
    """A capture, what became of it, and the article read from it (readers disguised)."""

    capture: Capture
    outcome: Outcome
    article: Article | None


class Sink(Protocol):
    """An output while it is made."""

    def take(self, fact: Fact) -> int:
        """The output holds ``fact``, if it has a place for it; how many entries that made."""

    def close(self) -> None:
        """The output is whole and on its disk."""

    def abandon(self) -> None:
        """The output is gone."""


@dataclass(frozen=True, slots=True)
class Output:
    """One row of the table: a thing derived from every WARC."""

    name: str
    path: Callable[[str, date], str]
    """Where it lies below the output folder, for a stem and a day."""
    open: Callable[[Source, Path], Sink]
    """Begins it at a temporary path."""


def footer_of(
    urls: Iterable[str],
    source_sha256: str,
    config: DeriveConfig,
    *,
    commented: Iterable[str] = (),
) -> dict[str, str]:
    """What the footer of every part says of a WARC with captures of these ``urls``, whose threads
    belong to the articles ``commented``."""
    urls = list(urls)
    hosts = hosts_of(urls)
    return {
        "archiver.schema_version": SCHEMA_VERSION,
        "archiver.version": __version__,
        "archiver.extractor": extractor(),
        "archiver.source_sha256": source_sha256,
        "archiver.rules_digest": config.rules.digest_for(hosts),
        "archiver.furniture_digest": config.rules.furniture_digest_for(hosts),
        "archiver.identity": config.identity.label,
        "archiver.tombstones_digest": config.tombstones.digest_for(sites_of([*urls, *commented])),
    }


def sites_of(urls: Iterable[str]) -> set[str]:
    """The sites of ``urls``, without those that are no http or https address."""
    sites: set[str] = set()
    for url in urls:
        with suppress(UrlError):
            sites.add(site_of(url))
    return sites


def hosts_of(urls: Iterable[str]) -> set[str]:
    """The hosts of ``urls``, without those that are no http or https address."""
    hosts: set[str] = set()
    for url in urls:
        try:
            hosts.add(host_of(url))
        except UrlError:
            continue
    return hosts


class _Part:
    """Rows of one table, made of facts by a function."""

    def __init__(self, writer: PartWriter, rows: Callable[[Fact], list[dict[str, object]]]) -> None:
        self._writer = writer
        self._rows = rows
        self.close = writer.close
        self.abandon = writer.abandon

    def take(self, fact: Fact) -> int:
        rows = self._rows(fact)
        for row in rows:
            self._writer.append(row)
        return len(rows)


class _Cdxj:
    """The index is made of the scan; facts add nothing to it."""

    def __init__(self, found: WarcScan, path: Path) -> None:
        self._found = found
        self._path = path

    def take(self, fact: Fact) -> int:  # noqa: ARG002 - the protocol's
        return 0

    def close(self) -> None:
        write_cdxj(self._found, self._path)

    def abandon(self) -> None:
        self._path.unlink(missing_ok=True)


class _Clean:
    """Conversion records of articles and of threads fetched apart."""

    def __init__(self, writer: CleanWriter) -> None:
        self._writer = writer
        self.close = writer.close
        self.abandon = writer.abandon

    def take(self, fact: Fact) -> int:
        article = fact.article
        has_thread = article is not None and article.thread is not None
        if article is None or not (fact.outcome is Outcome.ARTICLE or has_thread):
            return 0
        self._writer.append(fact.capture, article, identifier=article_id(article.canonical_url))
        return 1


def _articles(source: Source, path: Path) -> Sink:
    rules = source.config.rules

    def rows(fact: Fact) -> list[dict[str, object]]:
        if fact.outcome is not Outcome.ARTICLE or fact.article is None:
            return []
        hosts = hosts_of([fact.capture.url])
        return [
            article_row(
                fact.article,
                fact.capture,
                rules_digest=_digest_of(rules, fact.capture.url),
                furniture_digest=rules.furniture_digest_for(hosts),
                extractor=extractor(),
            )
        ]

    return _Part(PartWriter(path, ARTICLES, source.footer), rows)


def _comments(source: Source, path: Path) -> Sink:
    def rows(fact: Fact) -> list[dict[str, object]]:
        return list(comment_rows(fact.article, fact.capture)) if fact.article else []

    return _Part(PartWriter(path, COMMENTS, source.footer), rows)


def _captures(source: Source, path: Path) -> Sink:
    def rows(fact: Fact) -> list[dict[str, object]]:
        head = _decoded_head(fact.capture)
        mime = media_type_of(head)
        is_text = mime is not None and not mime.startswith(("image/", "font/", "audio/", "video/"))
        said = header_of(fact.capture, b"content-type") or fact.capture.content_type
        return [
            capture_row(
                fact.capture,
                fact.outcome,
                mime_detected=mime,
                charset=charset_of(said, head) if is_text else None,
                language=fact.article.language if fact.article else None,
                article=fact.article,
            )
        ]

    return _Part(PartWriter(path, CAPTURES, source.footer), rows)


def _cdxj(source: Source, path: Path) -> Sink:
    return _Cdxj(source.found, path)


def _clean(source: Source, path: Path) -> Sink:
    stem = source.found.stem
    at = source.found.first_date or datetime.combine(source.day, time(), UTC)
    info = {
        "software": extractor(),
        "description": f"Clean articles with their comments, read from {source.found.filename}",
        "isPartOf": source.found.run_id or "",
        "identity": source.config.identity.label,
        "sourceSha256": source.found.sha256,
    }
    return _Clean(CleanWriter(path, filename=f"{stem}.clean.warc.gz", at=at, info=info))


def _part_path(table: str) -> Callable[[str, date], str]:
    return lambda stem, day: f"dataset/{table}/crawl_date={day.isoformat()}/{stem}.parquet"


OUTPUTS = (
    Output("cdxj", lambda stem, _: f"cdxj/{stem}.cdxj", _cdxj),
    Output("clean", lambda stem, _: f"clean/{stem}.clean.warc.gz", _clean),
    Output("articles", _part_path("articles"), _articles),
    Output("comments", _part_path("comments"), _comments),
    Output("captures", _part_path("captures"), _captures),
)
"""In the order in which they take their places: the captures part is the last, so that where it
is up to date, all are."""


def _digest_of(rules: RuleBook, url: str) -> str:
    return rules.choose(host_of(url)).digest


def _decoded_head(capture: Capture) -> bytes:
    """The beginning of the payload with its content coding undone; empty where that fails."""
    if not capture.payload:
        return b""
    page = Page(
        url=capture.url,
        captured_at=capture.captured_at,
        headers=capture.headers,
        payload=capture.payload[:SNIFFED_BYTES],
    )
    try:
        return decode_payload(page, limit_bytes=SNIFF_LIMIT)
    except PageError:
        return b""
