"""``scrapy crawl`` as everybody knows it, with plain errors and exit codes that mean something.

The codes stand in ``docs/operating.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from archiver.crawl.run import Run
from archiver.crawl.telling import Telling, read_telling, tell
from archiver.errors import ArchiverError, ConfigError, DirectoryInUse, DiskFull, WriteFailed
from archiver.outcomes import SUCCESSES

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess, Crawler
    from scrapy.settings import BaseSettings


logger = logging.getLogger(__name__)


class ExitCode(IntEnum):
    """What a crawl's exit code says."""

    FINISHED = 0
    FAILED = 1
    USAGE = 2
    NOTHING_ARCHIVED = 3
    DISK_FULL = 4
    WRITE_FAILED = 5
    IN_USE = 6
    NOT_DERIVED = 7
    INTERRUPTED = 8
    ACCOUNT_OPEN = 9


class Command(ScrapyCrawl):
    """Runs a spider; the exit code says how it went."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's, and ``--alert``."""
        super().add_options(parser)
        parser.add_argument(
            "--alert",
            metavar="COMMAND|URL|@FILE",
            help="tell a command or a webhook what the run found (setting ALERT)",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Reads the options; from here on the log is for a person."""
        super().process_options(args, opts)
        assert self.settings is not None, "Scrapy sets it before it reads options"
        if opts.alert is not None:
            self.settings.set("ALERT", opts.alert, priority="cmdline")
        _quieten(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawls. Errors of ours end in one line and their own exit code."""
        if len(args) != 1:
            raise UsageError(
                "name one spider, as in: scrapy crawl news -a seeds=https://example.org/"
            )
        process = cast("AsyncCrawlerProcess", self.crawler_process)
        names = process.spider_loader.list()
        if args[0] not in names:
            raise UsageError(f"there is no spider {args[0]!r}; there is: {', '.join(names)}")
        try:
            telling = read_telling(self.settings)
        except ConfigError as error:
            print(f"archiver: {error}", file=sys.stderr)
            self.exitcode = int(ExitCode.USAGE)
            return
        crawler = self._create_crawler(args[0])
        crawling = process.crawl(crawler, **opts.spargs)
        process.start()
        if process.bootstrap_failed and crawling.done() and crawling.exception() is None:
            self.exitcode = int(ExitCode.FAILED)
        else:
            self.exitcode = int(_exit_code(crawling, crawler))
        if telling is not None and crawling.done():  # who stops it twice does not want to wait
            _tell(telling, crawling, crawler, self.exitcode)


_CHATTY = (
    "scrapy.utils.log",
    "scrapy.addons",
    "scrapy.middleware",
    "scrapy.crawler",
    "scrapy.statscollectors",
    "scrapy.downloadermiddlewares.retry",
)
"""Loggers that print what Scrapy is made of; at LOG_LEVEL=DEBUG they speak."""


def _quieten(settings: BaseSettings) -> None:
    """At INFO the log is what became of each URL, for a person to read."""
    if settings.get("LOG_LEVEL") == "DEBUG":
        return
    for name in _CHATTY:
        # A filter, not a level: Scrapy sets its loggers up again after this.
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.CRITICAL)


def _tell(
    telling: Telling, crawling: asyncio.Future[None], crawler: Crawler, exit_code: int
) -> None:
    error = None if crawling.cancelled() else crawling.exception()
    try:
        run = crawler.get_extension(Run)
    except RuntimeError:  # it never came to extensions: a setting or an argument is wrong
        run = None
    fault = error or (run.fault if run is not None else None)
    tell(
        telling,
        Path(str(crawler.settings.get("OUTPUT_DIR"))).expanduser().absolute(),
        None if run is None else run.run_id,
        exit_code=exit_code,
        fault=None if fault is None else str(fault),
        is_failure=exit_code not in (ExitCode.FINISHED, ExitCode.INTERRUPTED),
    )


def _exit_code(crawling: asyncio.Future[None], crawler: Crawler) -> ExitCode:
    error = crawling.exception() if crawling.done() and not crawling.cancelled() else None
    if isinstance(error, ArchiverError):
        print(f"archiver: {error}", file=sys.stderr)
        if isinstance(error, DirectoryInUse):
            return ExitCode.IN_USE
        if isinstance(error, DiskFull):
            return ExitCode.DISK_FULL
        if isinstance(error, WriteFailed):
            return ExitCode.WRITE_FAILED
        return ExitCode.USAGE if isinstance(error, ConfigError) else ExitCode.FAILED
    if error is not None:
        logger.critical("the crawl ended in an error of its own", exc_info=error)
        return ExitCode.FAILED
    if not crawling.done():  # a second signal stopped it at once
        return ExitCode.INTERRUPTED
    return _code_of(Run.of(crawler))


def _code_of(run: Run) -> ExitCode:
    if isinstance(run.fault, DiskFull):
        return ExitCode.DISK_FULL
    if isinstance(run.fault, WriteFailed):
        return ExitCode.WRITE_FAILED
    if run.fault is not None:
        return ExitCode.FAILED
    if run.problems:
        return ExitCode.ACCOUNT_OPEN
    if run.not_derived:
        return ExitCode.NOT_DERIVED
    if run.finish_reason == "shutdown":
        return ExitCode.INTERRUPTED
    if run.outcomes and not any(run.outcomes[outcome] for outcome in SUCCESSES):
        return ExitCode.NOTHING_ARCHIVED
    return ExitCode.FINISHED
