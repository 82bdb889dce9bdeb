"""Forget: what an operator was asked to take out of a dataset is found, buried, and stays away.

Knows how a name, a pseudonym, a comment or an address is found in the parts, which tombstone holds
each of them, and which outputs tombstones concern. What is left of one WARC's outputs is
``rewrite``'s affair. WARCs are not touched: only a person removes one; which records still hold
what was forgotten is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from archiver.dataset.lookup import parts_of
from archiver.dataset.parts import read_footer
from archiver.derive import alone
from archiver.derive.outputs import sites_of
from archiver.derive.rewrite import DIGEST, Files, Rewritten, rewrite, rows_of
from archiver.derive.stale import addresses_of
from archiver.errors import ArchiverError, ConfigError, PartError, Place, UrlError
from archiver.identity import Identity, Mode
from archiver.privacy import Privacy
from archiver.tombstones import Forgotten, Kind, Tombstone, Tombstones, article_id, keyed_id
from archiver.urls import normalise, site_of
from archiver.warc.durable import sha256_of
from archiver.warc.manifest import append
from archiver.warc.manifest import read as read_manifest

_PSEUDONYM = re.compile(r"reader-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be forgotten, as a person says it."""

    authors: tuple[str, ...] = ()
    """Names as published, or pseudonyms."""
    comments: tuple[str, ...] = ()
    """Ids as the dataset has them, or permalinks."""
    urls: tuple[str, ...] = ()
    """Of articles, as fetched or canonical."""
    site: str | None = None
    """Registrable domain to which authors and comments belong; None for where they are found."""


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """A WARC record that still holds what was forgotten."""

    warc_filename: str
    warc_record_offset: int
    warc_record_id: str
    url: str


@dataclass(slots=True)
class Findings:
    """What of a wish a dataset holds."""

    stones: set[Tombstone] = field(default_factory=set)
    comments: int = 0
    articles: int = 0
    """Rows found."""
    standing: set[Standing] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    """What was found nowhere and, for want of a site, has no tombstone."""


@dataclass(slots=True)
class Burial:
    """What was done to the outputs of a directory."""

    done: dict[str, Rewritten] = field(default_factory=dict)
    """By stem, of the WARCs whose outputs were made anew."""
    faults: dict[str, ArchiverError] = field(default_factory=dict)
    """By stem, of those that could not be."""


def find(output_dir: Path, wish: Wish, privacy: Privacy) -> Findings:
    """Rows and records that ``wish`` concerns, and the tombstones for it. Changes nothing.

    ConfigError when a name or an id without a site is found on several: who is meant is not ours
    to guess. Only narrow columns are read.
    """
    search = _Search(wish, privacy.identity)
    dataset = output_dir / "dataset"
    for part in parts_of(dataset, "articles"):
        search.look_for_articles(part)
    for part in parts_of(dataset, "comments"):
        search.look_at_comments(part)
    for part in parts_of(dataset, "captures"):
        search.look_at_captures(part)
    return search.findings()


def bury_all(output_dir: Path, tombstones: Tombstones, identity: Identity) -> Burial:
    """The outputs of every WARC that shows a site with tombstones are as deriving them with these
    would give them, and say so. What was done before a kill is not done twice."""
    burial = Burial()
    for captures in parts_of(output_dir / "dataset", "captures"):
        stem = captures.stem
        files = _files(output_dir, captures)
        try:
            digest = tombstones.digest_for(sites_of(_addresses(captures)))
            parts = (files.articles, files.comments, files.captures)
            if all(read_footer(part).get(DIGEST) == digest for part in parts):
                continue
            with ExitStack() as stack:
                warc = output_dir / "warc" / f"{stem}.warc.gz"
                with suppress(FileNotFoundError):
                    stack.enter_context(alone(warc))
                burial.done[stem] = rewrite(files, tombstones, identity, digest)
            _tell_manifest(output_dir, (files.clean, *parts))
        except PartError as error:
            burial.faults[stem] = error
    return burial


def _files(output_dir: Path, captures: Path) -> Files:
    day, name = captures.parent.name, captures.name
    dataset = output_dir / "dataset"
    return Files(
        articles=dataset / "articles" / day / name,
        comments=dataset / "comments" / day / name,
        captures=captures,
        clean=output_dir / "clean" / f"{captures.stem}.clean.warc.gz",
    )


def _addresses(captures: Path) -> list[str]:
    urls, commented = addresses_of(captures)
    return urls + commented


def _tell_manifest(output_dir: Path, paths: Iterable[Path]) -> None:
    """The manifest names the new bytes of those outputs that it named."""
    manifest = output_dir / "manifest.jsonl"
    known = read_manifest(manifest).latest
    for path in paths:
        entry = known.get(path.relative_to(output_dir).as_posix())
        if entry is not None and path.exists():
            size, sha256 = path.stat().st_size, sha256_of(path)
            now = datetime.now(UTC)
            append(manifest, path, size=size, sha256=sha256, sealed_at=now, source=entry.source)


@dataclass
class _Search:
    """A wish, and what of it was met so far."""

    wish: Wish
    identity: Identity
    found: Findings = field(default_factory=Findings)
    sites: dict[str, set[str]] = field(default_factory=dict)
    """By name or comment of the wish: sites where it was met."""
    articles: dict[str, str] = field(default_factory=dict)
    """Article ids met or asked for, each with the URL of the wish."""
    records: set[str] = field(default_factory=set)
    site_of_record: dict[str, str] = field(default_factory=dict)
    """Of articles whose canonical URL is another site's."""

    def __post_init__(self) -> None:
        for url in self.wish.urls:
            for spelling in _spellings(url):
                self._forget_article(url, spelling, article_id(spelling))

    def _forget_article(self, wished: str, url: str, its_id: str) -> None:
        self.articles[its_id] = wished
        for site in {_site_of(wished), _site_of(url)} - {""}:
            self.found.stones.add(Tombstone(site, Kind.ARTICLE, its_id))

    def look_for_articles(self, part: Path) -> None:
        """Articles of the wish, under whichever of their URLs they were asked for."""
        wished = {spelling: url for url in self.wish.urls for spelling in _spellings(url)}
        for row in rows_of(part, "article_id", "url", "canonical_url", "site", *_RECORD):
            url, canonical_url = row["url"], row["canonical_url"]
            if _site_of(canonical_url) != row["site"]:
                self.site_of_record[row["warc_record_id"]] = row["site"]
            asked = wished.get(url) or wished.get(canonical_url)
            if asked is not None:
                for spelling in (url, canonical_url):
                    self._forget_article(asked, spelling, article_id(spelling))
                self.found.articles += 1
                self._stands(row, url)

    def look_at_comments(self, part: Path) -> None:
        """Comments of the wish, and those of its articles."""
        columns = ("article_id", "article_url", "comment_id", "parent_id", "author", "permalink")
        rows = list(rows_of(part, *columns, *_RECORD))
        parents = {row["parent_id"] for row in rows}
        for row in rows:
            site = self.site_of_record.get(row["warc_record_id"]) or _site_of(row["article_url"])
            is_meant = row["article_id"] in self.articles
            for key, stone in self._meets(row, site):
                is_meant = True
                self.sites.setdefault(key, set()).add(site)
                self.found.stones.add(stone)
                if stone.kind is Kind.AUTHOR and row["comment_id"] in parents:
                    # It stays as a node, which its writer's name finds no more.
                    self.found.stones.add(self._stone_of_comment(row["comment_id"], site))
            if is_meant:
                self.found.comments += 1
                self._stands(row, None)

    def _meets(self, row: Mapping[str, Any], site: str) -> Iterator[tuple[str, Tombstone]]:
        """Which words of the wish mean this comment."""
        if self.wish.site not in (None, site):
            return
        author = row["author"]
        if author and self.wish.authors:
            if self.identity.mode == Mode.NAMED:
                author = _pseudonym(self.identity, site, author)
            for name in self.wish.authors:
                if author == self._pseudonym(name, site):
                    yield name, self._stone_of_author(author, site)
        for wished in self.wish.comments:
            if wished in (row["comment_id"], row["permalink"]):
                yield wished, self._stone_of_comment(row["comment_id"], site)

    def look_at_captures(self, part: Path) -> None:
        """Where the records are that still hold what was found."""
        spellings = {spelling for url in self.wish.urls for spelling in _spellings(url)}
        for row in rows_of(part, "url", "article_id", *_RECORD):
            is_article = row["url"] in spellings or row["article_id"] in self.articles
            if is_article or row["warc_record_id"] in self.records:
                self._stands(row, row["url"])

    def findings(self) -> Findings:
        """All of it; ConfigError for what is found on several sites."""
        for wished, sites in self.sites.items():
            if len(sites) > 1:
                raise ConfigError(
                    f"{wished!r} is found on {' and '.join(sorted(sites))}",
                    remedy="Say which is meant with --site",
                )
        met = self.sites.keys()
        for name in [one for one in self.wish.authors if one not in met]:
            self._unmet(name, self._stone_of_name)
        for wished in [one for one in self.wish.comments if one not in met]:
            self._unmet(wished, self._stone_of_comment)
        return self.found

    def _unmet(self, wished: str, stone: Callable[[str, str], Tombstone]) -> None:
        """It may come yet, or stand in a WARC that is not derived."""
        if self.wish.site is None or "://" in wished:
            self.found.unknown.append(wished)
        else:
            self.found.stones.add(stone(wished, self.wish.site))

    def _pseudonym(self, name: str, site: str) -> str:
        is_one = _PSEUDONYM.fullmatch(name) is not None
        return name if is_one else _pseudonym(self.identity, site, name)

    def _stone_of_name(self, name: str, site: str) -> Tombstone:
        return self._stone_of_author(self._pseudonym(name, site), site)

    def _stone_of_author(self, pseudonym: str, site: str) -> Tombstone:
        return Tombstone(site, Kind.AUTHOR, pseudonym, self.identity.key_fingerprint)

    def _stone_of_comment(self, comment_id: str, site: str) -> Tombstone:
        as_shown = keyed_id(comment_id, Forgotten(site, self.identity, frozenset()))
        key = self.identity.key_fingerprint if as_shown.startswith("x-") else None
        return Tombstone(site, Kind.COMMENT, as_shown, key)

    def _stands(self, row: Mapping[str, Any], url: str | None) -> None:
        self.records.add(row["warc_record_id"])
        if url is not None:
            name, offset = row["warc_filename"], row["warc_record_offset"]
            self.found.standing.add(Standing(name, offset, row["warc_record_id"], url))


_RECORD = ("warc_filename", "warc_record_offset", "warc_record_id")


@lru_cache(maxsize=65536)
def _pseudonym(identity: Identity, site: str, name: str) -> str:
    return identity.pseudonym(site, name)


@lru_cache(maxsize=65536)
def _site_of(url: str) -> str:
    with suppress(UrlError):
        return site_of(url)
    return ""


def _spellings(url: str) -> list[str]:
    try:
        return list(dict.fromkeys([url, normalise(url)]))
    except UrlError as error:
        raise ConfigError(
            f"{url!r} is no address of an article",
            place=Place("--url"),
            remedy="Give it with https:// or http://",
        ) from error
