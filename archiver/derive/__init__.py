"""The one door between archive and tables: a WARC in, all its outputs out.

Knows that a WARC is scanned once and read once, that its captures go to every output in file
order, and that outputs appear together, whole, or not at all. The bytes of the outputs are a
function of (WARC, rules, furniture, identity, tombstones, versions): a memo, the number of workers,
the clock and the machine change nothing in them. What is inside an output is ``outputs``' affair,
how pages are read ``readings``', who takes part in a thread ``threads``'; ``stale`` says which
outputs are out of date, ``trace`` leads from a row back to its bytes, ``learn`` from a site's bytes
to its furniture, ``forget`` takes out of the outputs what tombstones name.
"""

from __future__ import annotations

import fcntl
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from archiver.config import DeriveConfig
from archiver.dataset.parts import sync_folder
from archiver.derive.outputs import OUTPUTS, Fact, Output, Sink, Source, footer_of
from archiver.derive.readings import Pool, Read, ReadersOnDemand, Tally, reads_of
from archiver.derive.threads import ThreadCensus, articles_named
from archiver.errors import Place, WarcError
from archiver.identity import disguise
from archiver.memo import read_memo
from archiver.model import Article, Capture
from archiver.outcomes import Outcome
from archiver.tombstones import bury
from archiver.warc.durable import OPEN_SUFFIX
from archiver.warc.reader import WarcScan, scan

__all__ = [
    "OUTPUTS",
    "DeriveReport",
    "Output",
    "ReadersOnDemand",
    "alone",
    "derive_warc",
    "memo_rules",
    "partition_day",
]

_STAMP = re.compile(r"(?<!\d)(\d{14})(?!\d)")


@dataclass(frozen=True, slots=True)
class DeriveReport:
    """What deriving one WARC came to."""

    source: Path
    outputs: Mapping[str, Path]
    """By name of the output."""
    entries: Mapping[str, int]
    """By name of the output: rows or records in it."""
    outcomes: Mapping[Outcome, int]
    """They sum to the captures of the file."""
    settled: int
    """Captures whose record alone says what became of them."""
    repeated: int
    """Verdicts of the archive that were repeated."""
    remembered: int
    """Readings that the memo held."""
    read: int
    """Pages that were read now."""
    fault: WarcError | None
    """What made reading stop before the file's end; the outputs hold what stands before it, and
    a footer that names this file as it is: once it is mended, they are stale."""


def derive_warc(
    path: Path,
    config: DeriveConfig,
    *,
    memo: Path | None = None,
    readers: Pool | None = None,
) -> DeriveReport:
    """All outputs of the WARC at ``path`` are in their places below ``config.output_dir``.

    Any WARC or ARC file, of any tool; its outputs take its stem, so two files of one name are two
    versions of one source. ``memo`` holds readings of the crawl that wrote the file, ``readers``
    are workers to use (with the rules and limits of ``config``) instead of own ones.

    A file torn in its midst is derived up to the tear, and ``fault`` says so. Raises
    ``WarcError`` for a file that is still written to, has no readable record or no date; what was
    derived before then still stands, as it does after any other failure.
    """
    if path.name.endswith(OPEN_SUFFIX):
        raise WarcError(
            "this file is still being written, or its crawl was killed",
            place=Place(str(path)),
            remedy="Wait for the crawl to end, or recover the file first",
        )
    with alone(path):
        return _derive(path, config, memo=memo, readers=readers)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else writes outputs of the WARC at ``path`` meanwhile: two would write the same new
    files. A killed crawl's derivation may still run when the next crawl wants it done."""
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _derive(
    path: Path, config: DeriveConfig, *, memo: Path | None, readers: Pool | None
) -> DeriveReport:
    found = scan(path)
    day = partition_day(found)
    urls = [entry.url for entry in found.entries]
    footer = footer_of(urls, found.sha256, config, commented=articles_named(found))
    source = Source(found, day, footer, config)
    known = read_memo(memo, rules=memo_rules(config)) if memo is not None else {}
    tally = Tally()
    outcomes: Counter[Outcome] = Counter()
    entries: Counter[str] = Counter()
    fault = found.fault
    with ExitStack() as stack:
        staged = stack.enter_context(_staged(source))
        workers = stack.enter_context(
            ReadersOnDemand(config) if readers is None else nullcontext(readers)
        )
        census = stack.enter_context(ThreadCensus(found, config, memo=known, readers=workers))
        known = census.readings
        with closing(reads_of(found, config, memo=known, readers=workers, tally=tally)) as reads:
            try:
                for read in reads:
                    fact = _fact(read, config, census)
                    outcomes[fact.outcome] += 1
                    for name, sink in staged.sinks.items():
                        entries[name] += sink.take(fact)
            except WarcError as error:
                fault = fault or error
        staged.commit()
    return DeriveReport(
        source=path,
        outputs=staged.places,
        entries={name: entries[name] for name in staged.places if name != "cdxj"},
        outcomes=dict(sorted(outcomes.items())),
        settled=tally.settled,
        repeated=tally.repeated,
        remembered=tally.remembered - census.read,
        read=tally.read + census.read,
        fault=fault,
    )


def memo_rules(config: DeriveConfig) -> str:
    """The digest by which a memo names the rules and the furniture of its readings."""
    return config.rules.digest


def partition_day(found: WarcScan) -> date:
    """The day of the partition: of the 14 digits in the stem; for a name without them, of the
    file's first record. Never of a row."""
    for match in _STAMP.finditer(found.stem):
        try:
            return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC).date()
        except ValueError:
            continue
    if found.first_date is not None:
        return found.first_date.astimezone(UTC).date()
    raise WarcError(
        "neither its name nor a record says when this file was made",
        place=Place(str(found.path)),
        remedy="Give it a name with 14 digits: YYYYMMDDhhmmss",
    )


def _fact(read: Read, config: DeriveConfig, census: ThreadCensus) -> Fact:
    capture, reading = read.capture, read.reading
    if reading.article is None:
        return Fact(capture, reading.outcome, None)
    article = _as_page_of_article(reading.article, capture)
    company = census.company_of(article)
    shown = disguise(article, config.identity, others=company.readers)
    left = bury(
        shown,
        config.tombstones,
        config.identity,
        others=company.readers,
        answered=company.answered,
    )
    return Fact(capture, reading.outcome, left)


def _as_page_of_article(article: Article, capture: Capture) -> Article:
    """A continuation page has the id of page 1, and so has a thread that of its article: what
    their errand said stands in the archive."""
    canonical_url = capture.notes.get("articleCanonicalUrl")
    belongs = article.page_number > 1 or article.outcome is Outcome.THREAD
    if not canonical_url or not belongs:
        return article
    return replace(article, canonical_url=canonical_url)


@dataclass(slots=True)
class _Staged:
    """Outputs under temporary names, in the folders where they will stand."""

    sinks: dict[str, Sink]
    temporary: dict[str, Path]
    places: dict[str, Path]

    def commit(self) -> None:
        """Every output is whole, then every output is in its place."""
        for sink in self.sinks.values():
            sink.close()
        for name, place in self.places.items():
            self.temporary[name].replace(place)
            sync_folder(place.parent)


@contextmanager
def _staged(source: Source) -> Iterator[_Staged]:
    """Outputs to be filled; whatever is not committed is gone afterwards."""
    staged = _Staged({}, {}, {})
    try:
        for output in OUTPUTS:
            place = source.config.output_dir / output.path(source.found.stem, source.day)
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary = place.with_name(f".{place.name}.new")
            staged.temporary[output.name] = temporary
            staged.places[output.name] = place
            staged.sinks[output.name] = output.open(source, temporary)
        yield staged
    except BaseException:  # of the sinks or of who writes into them; Ctrl-C too: nothing half stays
        for sink in staged.sinks.values():
            sink.abandon()
        for temporary in staged.temporary.values():
            temporary.unlink(missing_ok=True)
        raise
