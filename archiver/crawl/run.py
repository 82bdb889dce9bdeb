"""One run of the crawl: what it owns, from its first lock to its last line.

An extension of Scrapy, built before anything is downloaded. It opens the output directory,
brings home what an earlier run left open, and hands the other components the frontier, the
archive and the readers. When the spider closes it seals, derives and says what happened.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
import twisted
from scrapy import signals

from archiver import __version__
from archiver.config import load_or_make_key, load_rulebook
from archiver.crawl.frontier import Entry, Frontier
from archiver.crawl.options import read_options, user_agent
from archiver.crawl.recording import check_private_names
from archiver.crawl.sealing import Sealing, memo_path
from archiver.crawl.trust import load_authorities
from archiver.errors import ConfigError, DiskFull, Place, WarcError, WriteFailed
from archiver.identity import Identity
from archiver.lock import DirectoryLock
from archiver.memo import MemoWriter
from archiver.model import Capture, Exchange, Page, Reading
from archiver.outcomes import SUCCESSES, Outcome
from archiver.reading import page_of
from archiver.report import write_run_record
from archiver.warc.durable import failure
from archiver.warc.manifest import read as read_manifest
from archiver.warc.recover import recover_file
from archiver.warc.writer import WarcWriter
from archiver.workers import Readers

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from archiver.crawl.scope import Scope

logger = logging.getLogger(__name__)

LEASE = "frontier_lease"
"""Key in a request's meta: the id of its lease in the frontier."""

_MOVED_SEEDS = "moved_seeds"
_UNREADABLE = (Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY, Outcome.EXTRACT_FAILED)


class Run:
    """What the components of one crawl share. ``Run.of(crawler)`` finds it."""

    def __init__(self, crawler: Crawler) -> None:
        """The output directory is ours and ready; ConfigError or WarcError where it cannot be."""
        settings = crawler.settings
        self.crawler = crawler
        check_private_names()
        self.options = read_options(settings)
        self.authorities = (
            None if self.options.tls_ca_file is None else load_authorities(self.options.tls_ca_file)
        )
        """Of TLS_CA_FILE; None for the system's."""
        self.started_at = datetime.now(UTC)
        self.run_id = f"{self.started_at:%Y%m%d%H%M%S}{secrets.token_hex(3)}"
        self.rules = load_rulebook(self.options.rules_dir)
        self.scope: Scope | None = None
        prepare = getattr(crawler.spider, "prepare", None)
        if prepare is not None:
            prepare(self)
        self._lock = DirectoryLock(self.options.state_dir / "lock", run_id=self.run_id)
        self.identity = self._identity()
        if settings.getpriority("USER_AGENT") == 20:  # the project's own value, not the operator's
            settings.set(
                "USER_AGENT", user_agent(__version__, self.options.contact), priority="project"
            )
        self.user_agent = str(settings.get("USER_AGENT"))
        self.frontier = Frontier(self.options.state_dir / "frontier.sqlite", run_id=self.run_id)
        self._restore_scope()
        self.outcomes: Counter[str] = Counter()
        """What became of the URLs of this run."""
        self.finish_reason: str | None = None
        self._held: dict[str, Capture] = {}
        self._rules_digest = self.rules.digest_for(self.rules.by_host)
        self._memos: dict[str, MemoWriter] = {}
        self._memo_dir = _folder(self.options.state_dir / "memo")
        self._stopping = False
        self._loop = asyncio.get_running_loop()
        self._readers: asyncio.Task[Readers] | None = None
        if self.options.extract:
            # Workers import their parsers for seconds: they begin with the crawl, not with its
            # first page.
            self._readers = self._loop.create_task(self._start_readers())
        self._sealing = Sealing(self.options, memo_dir=self._memo_dir)
        self._warc_dir = _folder(self.options.output_dir / "warc")
        self._manifest = self.options.output_dir / "manifest.jsonl"
        self._bring_home()
        self._writer = WarcWriter(
            self._warc_dir,
            prefix=self.options.prefix,
            run_id=self.run_id,
            info=self._warc_info(),
            max_bytes=self.options.warc_max_bytes,
            max_age_seconds=self.options.warc_max_age_seconds,
            manifest=self._manifest,
            on_sealed=self._sealed,
        )
        self._write_record(None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Run:
        """Scrapy's way of building a component."""
        run = cls(crawler)
        crawler.signals.connect(run._spider_closed, signals.spider_closed)
        return run

    @classmethod
    def of(cls, crawler: Crawler) -> Run:
        """The run that ``crawler`` belongs to."""
        run = crawler.get_extension(cls)
        assert isinstance(run, Run), "EXTENSIONS must hold archiver.crawl.run.Run"
        return run

    @property
    def not_derived(self) -> list[str]:
        """Names of sealed WARCs whose outputs could not be written."""
        return self._sealing.failed

    # --- capture ------------------------------------------------------------------------------

    async def record(self, exchange: Exchange, *, hold: bool) -> Capture:
        """The exchange is durable. ``hold``: it will be read, so its file stays open until
        ``release``. WriteFailed stops the crawl: nothing may be fetched that is not kept."""
        try:
            capture: Capture = await asyncio.wrap_future(self._writer.write(exchange, hold=hold))
        except WriteFailed as error:
            self.stop(error)
            raise
        if hold:
            self._held[capture.ref.record_id] = capture
        return capture

    def release(self, request: Request) -> None:
        """The request is settled: its capture, if it was held, may be sealed."""
        capture = request.meta.pop("capture", None)
        if capture is not None and self._held.pop(capture.ref.record_id, None) is not None:
            self._writer.release(capture)

    # --- reading ------------------------------------------------------------------------------

    async def read(self, capture: Capture) -> Reading:
        """What the capture says. It is remembered for ``derive``; a verdict that the page cannot
        be read is written beside the capture."""
        page = page_of(capture)
        reading = await self._read_page(page)
        if reading.outcome in _UNREADABLE:
            note = {"outcome": str(reading.outcome)}
            if reading.detail:
                note["detail"] = reading.detail
            try:
                await asyncio.wrap_future(self._writer.note(capture, note))
            except WriteFailed as error:
                self.stop(error)
                raise
        else:
            self._remember(capture, reading)
        return reading

    def _remember(self, capture: Capture, reading: Reading) -> None:
        try:
            self._memo_of(capture).append(capture.ref.record_id, reading)
        except OSError as error:
            logger.warning("%s will be read again when it is derived (%s)", capture.url, error)

    async def _read_page(self, page: Page) -> Reading:
        if self._readers is None:
            self._readers = self._loop.create_task(self._start_readers())
        readers = await asyncio.shield(self._readers)
        return await asyncio.wrap_future(readers.read(page))

    async def _start_readers(self) -> Readers:
        return await asyncio.to_thread(
            Readers, self.rules, self.options.limits, jobs=self.options.workers
        )

    def _memo_of(self, capture: Capture) -> MemoWriter:
        path = memo_path(self._memo_dir, Path(capture.ref.filename))
        memo = self._memos.get(path.name)
        if memo is None:
            memo = self._memos[path.name] = MemoWriter(path, rules=self._rules_digest)
        return memo

    # --- scope --------------------------------------------------------------------------------

    def follows_redirect(self, source: str, target: Entry) -> bool:
        """Whether the crawl goes where ``source`` was moved to. A seed that moved to another
        site takes the crawl with it, in later runs too."""
        if self.scope is None:
            return True
        is_known = self.scope.holds(target.url)
        follows = self.scope.follows_redirect(
            source, target.url, purpose=target.purpose, is_listed=target.is_listed
        )
        if follows and not is_known and self.scope.holds(target.url):
            logger.info("the seed %s moved to %s, which the crawl now covers", source, target.url)
            moved = json.loads(self.frontier.fact(_MOVED_SEEDS) or "[]")
            self.frontier.set_fact(_MOVED_SEEDS, json.dumps([*moved, target.url]))
        return follows

    # --- account ------------------------------------------------------------------------------

    def count(self, outcome: Outcome, url: str, why: str = "") -> None:
        """One URL ended in ``outcome``: a line in the log, a counter in the stats."""
        self.outcomes[outcome] += 1
        self.crawler.stats.inc_value(f"outcome/{outcome}")
        level = logging.INFO if outcome in SUCCESSES else logging.WARNING
        logger.log(level, "%s %s%s", outcome, url, f" ({why})" if why else "")

    # --- the end ------------------------------------------------------------------------------

    def stop(self, error: WriteFailed) -> None:
        """The crawl ends because of ``error``, cleanly; once."""
        if self._stopping:
            return
        self._stopping = True
        logger.critical("%s. The crawl stops; run it again to go on where it was", error)
        reason = "disk_full" if isinstance(error, DiskFull) else "write_failed"
        self._loop.create_task(self.crawler.engine.close_spider_async(reason=reason))

    async def _spider_closed(self, reason: str) -> None:
        """Seals, derives, and says what happened."""
        self.finish_reason = reason
        if self._readers is not None:
            readers = await self._readers
            await asyncio.to_thread(readers.close)
        try:
            await asyncio.to_thread(self._writer.close)
        except WarcError as error:
            logger.critical("%s", error)
        # on_sealed came from the writer's thread; what it asked for runs before what is next.
        await asyncio.sleep(0)
        await self._sealing.finish()
        try:
            self._write_record(datetime.now(UTC))
        except WarcError as error:
            logger.critical("%s", error)
        self.frontier.close()
        self._lock.release()

    def _sealed(self, warc: Path) -> None:
        """From the writer's thread: a WARC is sealed and in the manifest."""
        self._loop.call_soon_threadsafe(self._derive, warc)

    def _derive(self, warc: Path) -> None:
        memo = self._memos.pop(memo_path(self._memo_dir, warc).name, None)
        if memo is not None:
            with suppress(OSError):  # what is not in it is read again
                memo.close()
        if self.options.extract:
            self._sealing.submit(warc)

    # --- the beginning ------------------------------------------------------------------------

    def _bring_home(self) -> None:
        """What an earlier run left: open WARCs are cut after their last whole record and sealed,
        and sealed ones without outputs are derived."""
        for left_open in sorted(self._warc_dir.glob("*.warc.gz.open")):
            report = recover_file(left_open, manifest=self._manifest)
            logger.warning("%s", report)
        if not self.options.extract:
            return
        dataset = self.options.output_dir / "dataset" / "captures"
        derived = {part.stem for part in dataset.glob("crawl_date=*/*.parquet")}
        for warc in sorted(self._warc_dir.glob("*.warc.gz")):
            if warc.name.removesuffix(".warc.gz") not in derived:
                self._sealing.submit(warc)

    def _restore_scope(self) -> None:
        if self.scope is not None:
            for url in json.loads(self.frontier.fact(_MOVED_SEEDS) or "[]"):
                self.scope.admit(url)

    def _identity(self) -> Identity:
        if self.options.identity_mode == "named":
            return Identity("named")
        key = load_or_make_key(self.options.identity_key_file, output_dir=self.options.output_dir)
        return Identity("pseudonym", key)

    def _warc_info(self) -> Mapping[str, str]:
        return {
            "software": f"archiver/{__version__} Scrapy/{scrapy.__version__} "
            f"Twisted/{twisted.__version__}",
            "http-header-user-agent": self.user_agent,
            "robots": "obey" if self.crawler.settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        }

    def _manifest_head(self) -> str | None:
        """Digest of the manifest's last line, which no later line vouches for."""
        return read_manifest(self._manifest).head if self._manifest.exists() else None

    def _write_record(self, finished_at: datetime | None) -> None:
        facts: dict[str, Any] = {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "finished_at": finished_at,
            "finish_reason": self.finish_reason,
            "versions": {
                "archiver": __version__,
                "scrapy": scrapy.__version__,
                "twisted": twisted.__version__,
            },
            "spider": getattr(self.crawler.spider, "name", None),
            "arguments": getattr(self.crawler.spider, "arguments", {}),
            "requested": self.outcomes.total(),
            "outcomes": dict(sorted(self.outcomes.items())),
            "frontier": self.frontier.states(),
            "derived": self._sealing.derived,
            "not_derived": self._sealing.failed,
            "manifest_head": self._manifest_head(),
        }
        try:
            write_run_record(self.options.output_dir, facts)
        except OSError as error:
            raise failure(error, self.options.output_dir / "runs" / self.run_id, 0) from error


def _folder(path: Path) -> Path:
    """The folder at ``path``, made where it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fault = failure(error, path, 0)
        if isinstance(fault, DiskFull):
            raise fault from error
        raise ConfigError(
            f"the folder cannot be written ({error.strerror})",
            place=Place(str(path)),
            remedy="Move away what is there, or give another folder with -s OUTPUT_DIR=FOLDER",
        ) from error
    return path
