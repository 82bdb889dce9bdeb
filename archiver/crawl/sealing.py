"""From a sealed WARC to its outputs: one derivation at a time, in a process of its own.

The process is the command that an operator would type, ``archiver derive``: the same door, so
the same bytes. The crawl's own memory stays flat, and a derivation that dies costs a line in the
log and can be done again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from archiver.crawl.options import CrawlOptions

logger = logging.getLogger(__name__)


class Sealing:
    """The derivations of a run, in the order in which its WARCs were sealed."""

    def __init__(self, options: CrawlOptions, *, memo_dir: Path) -> None:
        self._options = options
        self._memo_dir = memo_dir
        self._queue: asyncio.Queue[Path | None] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self.derived: list[str] = []
        """Names of the WARCs whose outputs are written."""
        self.failed: list[str] = []
        """Names of the WARCs whose outputs are not."""

    def submit(self, warc: Path) -> None:
        """The WARC's outputs will be derived. From the event loop's thread only."""
        self._queue.put_nowait(warc)
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())

    async def finish(self) -> None:
        """Every submitted WARC has been derived, or is named in ``failed``."""
        if self._worker is not None:
            self._queue.put_nowait(None)
            await self._worker

    async def _work(self) -> None:
        while (warc := await self._queue.get()) is not None:
            try:
                await self._derive(warc)
            except OSError:  # no process, no memory for one
                self.failed.append(warc.name)
                logger.exception("%s was not derived; the archive is whole", warc.name)

    async def _derive(self, warc: Path) -> None:
        memo = memo_path(self._memo_dir, warc)
        process = await asyncio.create_subprocess_exec(
            *derive_command(self._options, warc, memo if memo.exists() else None),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            # Under scrapyd this package lies in an egg that only this process was told of.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            # A Ctrl-C at the terminal stops the crawl, which then waits for this to end.
            start_new_session=True,
        )
        _, errors = await process.communicate()
        if process.returncode == 0:
            self.derived.append(warc.name)
            memo.unlink(missing_ok=True)
            return
        self.failed.append(warc.name)
        words = errors.decode("utf-8", "replace").strip().splitlines()
        logger.error(
            "%s was not derived (exit code %s: %s); the archive is whole, try "
            "`archiver derive %s -o %s`",
            warc.name,
            process.returncode,
            words[-1] if words else "no message",
            warc,
            self._options.output_dir,
        )


def memo_path(memo_dir: Path, warc: Path) -> Path:
    """Where the memo of a WARC lies."""
    return memo_dir / f"{warc.name.partition('.warc')[0]}.memo"


def derive_command(options: CrawlOptions, warc: Path, memo: Path | None) -> Sequence[str]:
    """The command that derives one WARC as this crawl would."""
    command = [
        sys.executable,
        "-m",
        "archiver",
        "derive",
        str(warc),
        "--output",
        str(options.output_dir),
        "--identity",
        options.identity_mode,
        "--key-file",
        str(options.identity_key_file),
        "--timeout",
        str(options.limits.seconds),
        "--memory",
        str(options.limits.memory_bytes),
        "--quiet",
    ]
    if options.rules_dir is not None:
        command += ["--rules-dir", str(options.rules_dir)]
    if memo is not None:
        command += ["--memo", str(memo)]
    return command
