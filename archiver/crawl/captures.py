"""The archive as a crawl sees it: exchanges in, captures out, and what was read from them kept.

Owns the writer, the memos and the derivations. A capture that will be read is held until it is
released, so that a verdict about it still goes into its file; a sealed file is derived with the
memo of what was read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from archiver.crawl.opt_outs import is_opted_out
from archiver.crawl.options import CrawlOptions
from archiver.crawl.sealing import Sealing, memo_path
from archiver.errors import ConfigError, DiskFull, Place, WriteFailed
from archiver.memo import MemoWriter
from archiver.model import Capture, Exchange, Reading
from archiver.outcomes import Outcome
from archiver.warc.durable import failure
from archiver.warc.manifest import read as read_manifest
from archiver.warc.records import Earlier
from archiver.warc.recover import recover_file
from archiver.warc.writer import WarcWriter

logger = logging.getLogger(__name__)

_VERDICTS = (
    Outcome.EXTRACT_TIMEOUT,
    Outcome.EXTRACT_MEMORY,
    Outcome.EXTRACT_FAILED,
    Outcome.OPTED_OUT,
)


class Captures:
    """The captures of one run. For the event loop's thread."""

    def __init__(
        self, options: CrawlOptions, *, run_id: str, info: Mapping[str, str], rules_digest: str
    ) -> None:
        """The folders are there, what an earlier run left is sealed, and the writer is ready;
        ConfigError or WarcError where that cannot be."""
        self._options = options
        self._rules_digest = rules_digest
        self._loop = asyncio.get_running_loop()
        self._held: dict[str, Capture] = {}
        self._memos: dict[str, MemoWriter] = {}
        self._memo_dir = _folder(options.state_dir / "memo")
        self._warc_dir = _folder(options.output_dir / "warc")
        self._manifest = options.output_dir / "manifest.jsonl"
        self.sealing = Sealing(options, memo_dir=self._memo_dir)
        """The derivations of the run."""
        self._bring_home()
        self._writer = WarcWriter(
            self._warc_dir,
            prefix=options.prefix,
            run_id=run_id,
            info=info,
            max_bytes=options.warc_max_bytes,
            max_age_seconds=options.warc_max_age_seconds,
            manifest=self._manifest,
            on_sealed=self._sealed,
        )

    @property
    def manifest_head(self) -> str | None:
        """Digest of the manifest's last line, which no later line vouches for."""
        return read_manifest(self._manifest).head if self._manifest.exists() else None

    async def record(
        self, exchange: Exchange, *, hold: bool, earlier: Earlier | None = None
    ) -> Capture:
        """The exchange is durable; where its payload is that of ``earlier``, as a revisit.
        ``hold``: it will be read, so its file stays open until ``release``. Raises WriteFailed."""
        written = self._writer.write(exchange, hold=hold, earlier=earlier)
        capture: Capture = await asyncio.wrap_future(written)
        if hold:
            self._held[capture.ref.record_id] = capture
        return capture

    def release(self, capture: Capture) -> None:
        """The capture, if it was held, may be sealed."""
        if self._held.pop(capture.ref.record_id, None) is not None:
            self._writer.release(capture)

    async def remember(self, capture: Capture, reading: Reading) -> None:
        """What reading came to is kept for ``derive``: in the memo, or, when the page could not or
        may not be read, as a verdict beside the capture. Raises WriteFailed for the latter."""
        if is_opted_out(capture):  # the archive says so already
            return
        if reading.outcome in _VERDICTS:
            note = {"outcome": str(reading.outcome)}
            if reading.detail:
                note["detail"] = reading.detail
            await asyncio.wrap_future(self._writer.note(capture, note))
            return
        try:
            self._memo_of(capture).append(capture.ref.record_id, reading)
        except OSError as error:
            logger.warning("%s will be read again when it is derived (%s)", capture.url, error)

    async def close(self) -> WriteFailed | None:
        """Everything is written, sealed and derived; else what was not could not be for the fault
        that comes back."""
        fault: WriteFailed | None = None
        try:
            await asyncio.to_thread(self._writer.close)
        except WriteFailed as error:
            logger.critical("%s", error)
            fault = error
        # _sealed came from the writer's thread; what it asked for runs before what is next.
        await asyncio.sleep(0)
        await self.sealing.finish()
        return fault

    def _memo_of(self, capture: Capture) -> MemoWriter:
        path = memo_path(self._memo_dir, Path(capture.ref.filename))
        memo = self._memos.get(path.name)
        if memo is None:
            memo = self._memos[path.name] = MemoWriter(path, rules=self._rules_digest)
        return memo

    def _sealed(self, warc: Path) -> None:
        """From the writer's thread: a WARC is sealed and in the manifest."""
        self._loop.call_soon_threadsafe(self._derive, warc)

    def _derive(self, warc: Path) -> None:
        memo = self._memos.pop(memo_path(self._memo_dir, warc).name, None)
        if memo is not None:
            with suppress(OSError):  # what is not in it is read again
                memo.close()
        if self._options.extract:
            self.sealing.submit(warc)

    def _bring_home(self) -> None:
        """What an earlier run left: open WARCs are cut after their last whole exchange and sealed,
        and sealed ones without outputs are derived."""
        for left_open in sorted(self._warc_dir.glob("*.warc.gz.open")):
            try:
                report = recover_file(left_open, manifest=self._manifest)
            except OSError as error:
                raise failure(error, left_open, 0) from error
            logger.warning("%s", report)
        if not self._options.extract:
            return
        dataset = self._options.output_dir / "dataset" / "captures"
        derived = {part.stem for part in dataset.glob("crawl_date=*/*.parquet")}
        for warc in sorted(self._warc_dir.glob("*.warc.gz")):
            if warc.name.removesuffix(".warc.gz") not in derived:
                self.sealing.submit(warc)
        for memo in self._memo_dir.glob("*.memo"):
            if memo.stem in derived:  # it holds readers' names and serves nothing any more
                memo.unlink()


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
