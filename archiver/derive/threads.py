"""Who takes part in the threads that several records of a WARC show, before any of them is a row.

Knows which captures belong to one thread (their errands say so), and keeps of each thread names and
ids only; the readings made on the way lie in a file without a name until their rows are made. An
answer of a platform brings one page of a thread: a reader of page 1 may be named on page 2. What
other WARCs hold is not known here, so that a part stays a function of its own WARC; and where an
archive does not say which article an answer belongs to (other tools'), each record stands alone.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from os import SEEK_END
from types import TracebackType

from archiver.config import DeriveConfig
from archiver.derive.readings import VERDICTS, Pool, Read, Tally, reads_of, settled
from archiver.errors import UrlError, WarcError
from archiver.identity import disguise
from archiver.model import Article, Purpose, Reading
from archiver.tombstones import answered_elsewhere
from archiver.urls import site_of
from archiver.warc.reader import WarcScan


@dataclass(frozen=True, slots=True)
class Company:
    """Who and what the records of a thread show together."""

    readers: frozenset[str] = frozenset()
    """Names, as published."""
    answered: frozenset[str] = frozenset()
    """Ids, as shown, of comments with an answer in a record that does not show them; on sites with
    tombstones."""


_ALONE = Company()


class ThreadCensus:
    """What a first pass over the threads of a WARC found. A context manager: what that pass has
    read is gone when it ends."""

    def __init__(
        self,
        found: WarcScan,
        config: DeriveConfig,
        *,
        memo: Mapping[str, Reading],
        readers: Pool,
    ) -> None:
        """The captures of threads that several records may show are read, and their readers met."""
        self._companies: dict[str, Company] = {}
        self._spool = _Spool(memo)
        try:
            members = _members(found)
            if members:
                self._meet(config, members, reads_of(found, config, memo=memo, readers=readers,
                                             tally=Tally(), only=members.keys()))  # fmt: skip
        except BaseException:  # the readers' or the disk's; Ctrl-C too: the spool holds names
            self._spool.close()
            raise

    @property
    def readings(self) -> Mapping[str, Reading]:
        """What the memo holds, and what the pass has read, by record id."""
        return self._spool

    @property
    def read(self) -> int:
        """How many captures the pass has read that the memo does not hold."""
        return len(self._spool.places)

    def company_of(self, article: Article) -> Company:
        """Who takes part in the thread of which ``article`` shows a part, as far as other records
        of this WARC show it."""
        return self._companies.get(article.canonical_url, _ALONE)

    def _meet(
        self,
        config: DeriveConfig,
        members: Mapping[str, str | None],
        reads: Generator[Read, None, None],
    ) -> None:
        readers: dict[str, set[str]] = {}
        answered: dict[str, set[str]] = {}
        with closing(reads), suppress(WarcError):  # the pass that makes rows tells the fault
            for read in reads:
                record_id, article = read.capture.ref.record_id, read.reading.article
                if settled(read.capture) is None:
                    self._spool.keep(record_id, read.reading)
                if article is None or article.thread is None:
                    continue
                whose = members[record_id] or article.canonical_url
                comments = article.thread.comments
                readers.setdefault(whose, set()).update(c.author for c in comments if c.author)
                answered.setdefault(whose, set()).update(_answered(article, config))
        self._companies = {
            whose: Company(frozenset(names), frozenset(answered[whose]))
            for whose, names in readers.items()
        }

    def __enter__(self) -> ThreadCensus:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._spool.close()


def _answered(article: Article, config: DeriveConfig) -> set[str]:
    try:
        forgotten = config.tombstones.on(site_of(article.url), config.identity)
    except UrlError:
        return set()
    if forgotten is None or article.thread is None:
        return set()
    nodes = tuple(replace(one, text="", html=None) for one in article.thread.comments)
    bare = replace(article, text="", thread=replace(article.thread, comments=nodes))
    shown = disguise(bare, config.identity).thread
    return answered_elsewhere(shown.comments, forgotten) if shown is not None else set()


def article_named(notes: Mapping[str, str]) -> str | None:
    """Of a capture that was asked for as a thread: URL of the article that its errand names."""
    if notes.get("purpose") != Purpose.THREAD:
        return None
    return notes.get("articleCanonicalUrl") or notes.get("articleUrl")


def articles_named(found: WarcScan) -> Iterator[str]:
    """The articles that the threads in a WARC belong to; of captures that are no mere failure."""
    for entry in found.entries:
        named = article_named(found.notes.get(entry.record_id, {}))
        if named:
            yield named


def _members(found: WarcScan) -> dict[str, str | None]:
    """Record ids of captures whose thread another record may go on with, each with the article's
    canonical URL; None where only the page itself says it."""
    members: dict[str, str | None] = {}
    pages: set[str] = set()
    for entry in found.entries:
        notes = found.notes.get(entry.record_id, {})
        named = article_named(notes)
        if named:
            members[entry.record_id] = named
            pages |= {named, notes.get("articleUrl", named)}
    for entry in found.entries:
        if entry.record_id in members:
            continue
        belongs_to = found.notes.get(entry.record_id, {}).get("articleCanonicalUrl")
        if entry.url in pages or (belongs_to and belongs_to in pages):
            members[entry.record_id] = belongs_to
    return members


class _Spool(Mapping[str, Reading]):
    """A memo, and readings beside it in a file that has no name: nobody else opens it, and no kill
    leaves it behind."""

    def __init__(self, memo: Mapping[str, Reading]) -> None:
        self._memo = memo
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - ``close`` does
        self.places: dict[str, int] = {}

    def keep(self, record_id: str, reading: Reading) -> None:
        """The spool holds ``reading``, without where it leads. Not what the memo holds, nor a
        verdict: that is the archive's, or tried once more."""
        if record_id in self._memo or reading.outcome in VERDICTS:
            return
        self._file.seek(0, SEEK_END)
        self.places[record_id] = self._file.tell()
        pickle.dump(replace(reading, links=(), next_page=None, asks=()), self._file)

    def __getitem__(self, record_id: str) -> Reading:
        if record_id not in self.places:
            return self._memo[record_id]
        self._file.seek(self.places[record_id])
        reading: Reading = pickle.load(self._file)  # noqa: S301 - our own bytes, of this process
        return reading

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self._memo), **self.places})

    def __len__(self) -> int:
        return len(self.places.keys() | self._memo.keys())

    def close(self) -> None:
        """What was kept is gone."""
        self._file.close()
