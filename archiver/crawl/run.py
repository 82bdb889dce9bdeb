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
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import scrapy
import twisted
from scrapy import signals

from archiver import __version__
from archiver.config import load_rulebook
from archiver.crawl.account import close_killed_runs, problems_of
from archiver.crawl.captures import Captures
from archiver.crawl.courtesy import Courtesy
from archiver.crawl.frontier import Entry, Frontier
from archiver.crawl.items import Items
from archiver.crawl.ledger import ThreadLedger
from archiver.crawl.opt_outs import usable
from archiver.crawl.options import read_options, user_agent
from archiver.crawl.payloads import Payloads
from archiver.crawl.recording import check_private_names
from archiver.crawl.shapes import LearnedShapes
from archiver.crawl.trust import load_authorities
from archiver.errors import ArchiverError, ConfigError, DiskFull, WriteFailed
from archiver.lock import DirectoryLock
from archiver.model import Capture, Exchange, Page, Reading
from archiver.outcomes import SUCCESSES, Outcome
from archiver.privacy import privacy_of
from archiver.reading import page_of
from archiver.report import write_run_record
from archiver.run_history import account_of, judge_run
from archiver.warc.durable import failure
from archiver.warc.records import Earlier
from archiver.workers import Readers

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from archiver.crawl.scheduler import FrontierScheduler
    from archiver.crawl.scope import Scope

logger = logging.getLogger(__name__)

LEASE = "frontier_lease"
"""Key in a request's meta: the id of its lease in the frontier."""

_MOVED_SEEDS = "moved_seeds"


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
        privacy = privacy_of(
            self.options.output_dir,
            mode=self.options.identity_mode,
            key_file=self.options.identity_key_file,
        )
        self.items = Items(privacy)
        if settings.getpriority("USER_AGENT") == 20:  # the project's own value, not the operator's
            settings.set(
                "USER_AGENT", user_agent(__version__, self.options.contact), priority="project"
            )
        self.user_agent = str(settings.get("USER_AGENT"))
        self.frontier = Frontier(self.options.state_dir / "frontier.sqlite", run_id=self.run_id)
        self.ledger = ThreadLedger(self.frontier)
        self.courtesy = Courtesy(self.frontier)
        self.shapes = LearnedShapes(self.frontier)
        self.payloads = Payloads(self.frontier)
        self._restore_scope()
        if self.options.revisit_threads and self.scope is not None:
            due = self.ledger.renew_due(self.started_at, self.scope.holds)
            if due:
                logger.info("%d threads are due for another visit", len(due))
        self.outcomes: Counter[str] = Counter()
        """What became of the URLs of this run."""
        self.finish_reason: str | None = None
        self.fault: ArchiverError | None = None
        """What stopped the run, or kept it from closing as it should."""
        self._stopping = False
        self._loop = asyncio.get_running_loop()
        self._readers: asyncio.Task[Readers] | None = None
        if self.options.extract:
            # Workers import their parsers for seconds: they begin with the crawl, not with its
            # first page.
            self._readers = self._loop.create_task(self._start_readers())
        self._captures = Captures(
            self.options,
            run_id=self.run_id,
            info=self._warc_info(),
            rules_digest=self.rules.digest,
        )
        self._finished_at: datetime | None = None
        self.problems: list[str] | None = None
        """What keeps the account of the run from closing; None before its end."""
        close_killed_runs(self.options.output_dir, self.frontier, self.run_id)
        self._write_record()

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
        return self._captures.sealing.failed

    # --- capture and reading ------------------------------------------------------------------

    async def record(
        self, exchange: Exchange, *, hold: bool, earlier: Earlier | None = None
    ) -> Capture:
        """The exchange is durable; ``hold`` when it will be read, ``earlier`` what it may repeat.
        WriteFailed stops the crawl: nothing may be fetched that is not kept."""
        try:
            return await self._captures.record(exchange, hold=hold, earlier=earlier)
        except WriteFailed as error:
            self.stop(error)
            raise

    def release(self, request: Request) -> None:
        """The request is settled: its capture, if it was held, may be sealed."""
        capture = request.meta.pop("capture", None)
        if capture is not None:
            self._captures.release(capture)

    async def read(self, capture: Capture) -> Reading:
        """What the capture says; it is remembered for ``derive``, unless it repeats an earlier
        one, whose rows stand."""
        reading = await self._read_page(page_of(capture))
        if capture.record_type == "revisit":
            return reading
        reading = usable(reading, capture, self.options.opt_outs)
        is_opted_out = reading.outcome is Outcome.OPTED_OUT
        if not self.options.extract and not is_opted_out:
            return reading  # read for its links; ``derive`` will read it for good
        try:
            await self._captures.remember(capture, reading)
        except WriteFailed as error:
            self.stop(error)
            raise
        return reading

    async def _read_page(self, page: Page) -> Reading:
        if self._readers is None:
            self._readers = self._loop.create_task(self._start_readers())
        try:
            readers = await asyncio.shield(self._readers)
        except ConfigError as error:
            self.stop(error)
            raise
        return await asyncio.wrap_future(readers.read(page))

    async def _start_readers(self) -> Readers:
        return await asyncio.to_thread(
            Readers, self.rules, self.options.limits, jobs=self.options.workers
        )

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

    def renew_thread(self, article_url: str, at: datetime) -> int:
        """A comment of ``at`` is listed: how many threads of the article are due for it."""
        slots = self.ledger.renew_grown(article_url, at)
        scheduler = cast("FrontierScheduler", self.crawler.engine.scheduler)
        scheduler.slots.add(slots)
        return len(slots)

    # --- account ------------------------------------------------------------------------------

    def count(self, outcome: Outcome, url: str, why: str = "") -> None:
        """One URL ended in ``outcome``: a line in the log, a counter in the stats."""
        self.outcomes[outcome] += 1
        self.crawler.stats.inc_value(f"outcome/{outcome}")
        level = logging.INFO if outcome in SUCCESSES else logging.WARNING
        logger.log(level, "%s %s%s", outcome, url, f" ({why})" if why else "")

    # --- the end ------------------------------------------------------------------------------

    def stop(self, error: ArchiverError) -> None:
        """The crawl ends because of ``error``, cleanly; once."""
        if self._stopping:
            return
        self._stopping = True
        self.fault = error
        logger.critical("%s. The crawl stops; run it again to go on where it was", error)
        reason = "failed"
        if isinstance(error, WriteFailed):
            reason = "disk_full" if isinstance(error, DiskFull) else "write_failed"
        closing = self.crawler.engine.close_spider_async(reason=reason)
        self._closing = self._loop.create_task(closing)  # asyncio itself holds tasks weakly

    async def _spider_closed(self, reason: str) -> None:
        """Seals, derives, and says what happened."""
        self.finish_reason = reason
        try:
            await self._close_readers()
            self.fault = self.fault or await self._captures.close()
            self._finished_at = datetime.now(UTC)
            self.problems = self._problems()
            # First as it is: a fault in judging costs the findings, not the record.
            self._write_record()
            judged = await asyncio.to_thread(judge_run, self.options.output_dir, self._facts())
            self._write_record(judged)
            await asyncio.to_thread(self._write_page)
        except WriteFailed as error:
            self.fault = self.fault or error
            logger.critical("%s", error)
        finally:
            self.frontier.close()
            self._lock.release()

    def _problems(self) -> list[str]:
        problems = problems_of(
            self.outcomes,
            self.frontier.outcomes(self.run_id),
            leased=self.frontier.states().get("leased", 0),
            is_finished=self.finish_reason == "finished",
        )
        for problem in problems:
            logger.critical("the account does not close: %s", problem)
        return problems

    async def _close_readers(self) -> None:
        if self._readers is None:
            return
        try:
            readers = await self._readers
        except ConfigError:  # they never started; the crawl was stopped for it
            return
        await asyncio.to_thread(readers.close)

    # --- the beginning ------------------------------------------------------------------------

    def _restore_scope(self) -> None:
        if self.scope is not None:
            for url in json.loads(self.frontier.fact(_MOVED_SEEDS) or "[]"):
                self.scope.admit(url)

    def _warc_info(self) -> Mapping[str, str]:
        return {
            "software": f"archiver/{__version__} Scrapy/{scrapy.__version__} "
            f"Twisted/{twisted.__version__}",
            "http-header-user-agent": self.user_agent,
            "robots": "obey" if self.crawler.settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        }

    def _write_record(self, judged: Mapping[str, Any] = MappingProxyType({})) -> None:
        try:
            write_run_record(self.options.output_dir, {**self._facts(), **judged})
        except OSError as error:
            raise failure(error, self.options.output_dir / "runs" / self.run_id, 0) from error

    def _write_page(self) -> None:
        """The run's page stands beside its record; no run fails for want of it."""
        from archiver.report_page import write_report  # noqa: PLC0415 - only at the end

        try:
            write_report(self.options.output_dir, self.run_id)
        except Exception:  # of the template or the plots: the record has all it shows
            logger.warning("the page of the run was not written", exc_info=True)

    def _facts(self) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "finished_at": self._finished_at,
            "finish_reason": self.finish_reason,
            "versions": {
                "archiver": __version__,
                "scrapy": scrapy.__version__,
                "twisted": twisted.__version__,
            },
            "spider": getattr(self.crawler.spider, "name", None),
            "arguments": getattr(self.crawler.spider, "arguments", {}),
            **account_of(self.outcomes),
            "outcomes": dict(sorted(self.outcomes.items())),
            "frontier": self.frontier.states(),
            "account": self.problems
            if self.problems is None
            else {"closes": not self.problems, "problems": self.problems},
            "derived": self._captures.sealing.derived,
            "not_derived": self.not_derived,
            "manifest_head": self._captures.manifest_head,
        }
