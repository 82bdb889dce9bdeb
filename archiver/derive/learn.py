"""A site's WARCs become a lesson: the observations of its pages, read by workers, in one pass.

Knows which captures are a site's pages and where their records are, so that a page can be looked
at again; what follows from what they show is ``learning``'s affair. Writes nothing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path

from archiver.config import DeriveConfig
from archiver.dataset.measures import article_id, simhash
from archiver.derive.readings import AHEAD, VERDICTS, page_to_read, settled
from archiver.errors import ConfigError, Place, UrlError, WarcError
from archiver.evidence import Observation
from archiver.furniture import NO_FURNITURE, key_of
from archiver.learning import Lesson, learn
from archiver.model import Capture, Reading
from archiver.observing import OBSERVE, Observed
from archiver.outcomes import Outcome
from archiver.urls import host_of
from archiver.warc.reader import read_capture, read_captures
from archiver.workers import Readers


@dataclass(frozen=True, slots=True)
class Schooling:
    """What a site's WARCs taught, and what of them did not come to be heard."""

    lesson: Lesson
    failures: Mapping[Outcome, int]
    """How many pages could not be read, by outcome: another day they may be evidence too."""
    faults: tuple[WarcError, ...]
    """Of files that are torn; what stands before the tear was looked at."""


def learn_site(host: str, config: DeriveConfig, warcs: Iterable[Path]) -> Schooling:
    """What the pages of ``host`` (and the hosts below it) in ``warcs`` teach. Furniture that is
    known already is left aside: texts are taken as they are without any.

    ConfigError when there is no WARC.
    """
    files = sorted(set(warcs), key=lambda path: (path.name, str(path)))
    if not files:
        raise ConfigError(
            "no WARC is here",
            place=Place(str(config.output_dir / "warc")),
            remedy="Name the output directory of a crawl with --output",
        )
    known = config.rules.furniture.get(host, NO_FURNITURE)
    vetoes = frozenset(key_of(block.text) for block in known.blocks if block.keep)
    bare = replace(config.rules, furniture={})
    with Readers(bare, config.limits, jobs=config.jobs, read=OBSERVE) as readers:
        school = _School(host, readers, window=AHEAD * max(1, config.jobs))
        lesson = learn(host, school.observations(files), school.again, vetoes=vetoes)
    return Schooling(lesson, dict(sorted(school.failures.items())), tuple(school.faults))


@dataclass(slots=True)
class _School:
    """Pages of one host, looked at by workers; and where each lies."""

    host: str
    readers: Readers
    window: int
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    """Where the records that are pages of articles lie, by the names that these have here."""
    failures: Counter[Outcome] = field(default_factory=Counter)
    faults: list[WarcError] = field(default_factory=list)

    def observations(self, files: Iterable[Path]) -> Iterator[Observation]:
        """What each page of an article shows, file by file."""
        for path in files:
            captures = (c for c in self._whole_captures(path) if self._is_page(c))
            for capture, reading in self._in_order(captures):
                # Not by record id: two files may be copies of one, and the second the torn one.
                page = f"{path}@{capture.ref.offset}"
                seen = _observation(page, capture, reading)
                if reading.outcome in VERDICTS:
                    self.failures[reading.outcome] += 1
                if seen is not None:
                    self.places[page] = (path, capture.ref.offset)
                    yield seen

    def again(self, pages: Collection[str]) -> Iterator[Observation]:
        """The observations of these pages once more."""
        names = sorted(pages)
        captures = (read_capture(*self.places[page]) for page in names)
        for page, (capture, reading) in zip(names, self._in_order(captures), strict=True):
            seen = _observation(page, capture, reading)
            if seen is None:
                raise ConfigError(
                    f"{capture.url} was an article a moment ago ({reading.outcome})",
                    remedy="Give its reading more time or memory, and learn again",
                )
            yield seen

    def _whole_captures(self, path: Path) -> Iterator[Capture]:
        try:
            yield from read_captures(path)
        except WarcError as error:
            self.faults.append(error)

    def _is_page(self, capture: Capture) -> bool:
        try:
            host = host_of(capture.url)
        except UrlError:
            return False
        names = {host, host.rsplit(":", 1)[0]}
        is_ours = any(name == self.host or name.endswith("." + self.host) for name in names)
        is_opted_out = capture.notes.get("outcome") == Outcome.OPTED_OUT
        return is_ours and settled(capture) is None and not is_opted_out

    def _in_order(self, captures: Iterable[Capture]) -> Iterator[tuple[Capture, Reading]]:
        """Each capture with what a worker saw, some way ahead of who asks."""
        waiting: deque[tuple[Capture, Future[Reading]]] = deque()
        for capture in captures:
            waiting.append((capture, self.readers.read(page_to_read(capture))))
            if len(waiting) > self.window:
                first, due = waiting.popleft()
                yield first, due.result()
        while waiting:
            first, due = waiting.popleft()
            yield first, due.result()


def _observation(page: str, capture: Capture, reading: Reading) -> Observation | None:
    article = reading.article
    if article is None or not isinstance(reading, Observed):
        return None
    return Observation(
        page=page,
        url=capture.url,
        article_id=article_id(article.canonical_url),
        fingerprint=simhash(article.text),
        captured_at=capture.captured_at.astimezone(UTC),
        published=(article.published_at or capture.captured_at).astimezone(UTC).date(),
        title=article.title,
        sightings=reading.sightings,
        readers=reading.readers,
        openings=reading.openings,
    )
