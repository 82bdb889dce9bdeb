"""After a crash: an ``.open`` file becomes a sealed one, or is put aside.

Knows which bytes of a file that nobody writes to any more can be kept: whole members of whole
exchanges. What is cut is kept beside it; nothing is ever thrown away. May be run again at any
moment, also after a crash of its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.errors import Place, WarcError
from archiver.warc.durable import KERNEL, OPEN_SUFFIX, Kernel, fsync_folder, sealed_path
from archiver.warc.exchanges import Unanswered
from archiver.warc.parse import records
from archiver.warc.sealing import seal
from archiver.warc.stream import PlainStream
from archiver.warc.writer import utc_now

COPY_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RecoverReport:
    """What became of one ``.open`` file."""

    sealed: Path | None
    """Its final name; None when it held no whole exchange."""
    records: int
    """Kept."""
    kept_bytes: int
    cut_bytes: int
    side_file: Path | None
    """Where the cut bytes stand: ``<name>.torn-<offset>``."""

    def __str__(self) -> str:
        torn = f"; {self.cut_bytes} torn bytes stand in {self.side_file}" if self.side_file else ""
        if self.sealed is None:
            return f"no whole exchange was left open{torn}"
        return (
            f"{self.sealed.name} recovered: {self.records} records, {self.kept_bytes} bytes{torn}"
        )


def recover_file(
    path: Path,
    *,
    manifest: Path,
    clock: Callable[[], datetime] = utc_now,
    kernel: Kernel = KERNEL,
) -> RecoverReport:
    """The ``.open`` file ``path``, which nobody writes to any more, is sealed with its whole
    exchanges; what follows them stands in a side file. One without a whole exchange is put aside
    whole, an empty one removed. A file that was sealed before is left alone.
    """
    if not path.name.endswith(OPEN_SUFFIX):
        raise WarcError(
            "only a file that was left open can be recovered",
            place=Place(str(path)),
            remedy=f"Its name ends in {OPEN_SUFFIX}",
        )
    if not path.exists() and sealed_path(path).exists():
        return RecoverReport(sealed_path(path), 0, sealed_path(path).stat().st_size, 0, None)
    size = path.stat().st_size
    kept, count = _whole_exchanges(path) if size else (0, 0)
    if kept == 0:
        return _put_aside(path, size, kernel)
    side_file = None
    if kept < size:
        side_file = _torn_path(path, kept)
        _copy_tail(path, kept, side_file, kernel)
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if kept < size:
            kernel.truncate(handle, kept)
        kernel.fsync(handle)
    finally:
        os.close(handle)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    sealed = seal(
        path, size=kept, sha256=sha256, manifest=manifest, sealed_at=clock(), kernel=kernel
    )
    return RecoverReport(sealed, count, kept, size - kept, side_file)


def recover_directory(
    folder: Path, *, manifest: Path, clock: Callable[[], datetime] = utc_now
) -> tuple[RecoverReport, ...]:
    """Every ``.open`` WARC file of ``folder`` is recovered, oldest name first."""
    return tuple(
        recover_file(path, manifest=manifest, clock=clock)
        for path in sorted(folder.glob(f"*.warc.gz{OPEN_SUFFIX}"))
    )


def _whole_exchanges(path: Path) -> tuple[int, int]:
    """Bytes and records up to the end of the last exchange that is whole; 0 when none is."""
    kept = count = seen = 0
    unanswered = Unanswered()
    with path.open("rb") as file:
        try:
            for record in records(PlainStream(file, str(path)), str(path)):
                record.close()
                if not record.has_own_member or record.terminator != b"\r\n\r\n":
                    break
                seen += 1
                unanswered.see(record)
                if unanswered.is_whole and record.record_type != "warcinfo":
                    kept, count = record.offset + record.length, seen
        except WarcError:
            pass  # the torn place that this room is for
    return kept, count


def _put_aside(path: Path, size: int, kernel: Kernel) -> RecoverReport:
    if size == 0:
        path.unlink()
        return RecoverReport(None, 0, 0, 0, None)
    side_file = _torn_path(path, 0)
    kernel.rename(path, side_file)
    fsync_folder(path.parent, kernel.fsync)
    return RecoverReport(None, 0, 0, size, side_file)


def _torn_path(path: Path, offset: int) -> Path:
    return path.with_name(f"{sealed_path(path).name}.torn-{offset}")


def _copy_tail(path: Path, offset: int, target: Path, kernel: Kernel) -> None:
    """``target`` holds the bytes of ``path`` from ``offset`` on, on disk and whole."""
    part = target.with_name(f"{target.name}.part")
    with path.open("rb") as source, part.open("wb") as copy:
        source.seek(offset)
        while piece := source.read(COPY_PIECE):
            copy.write(piece)
        copy.flush()
        kernel.fsync(copy.fileno())
    kernel.rename(part, target)
    fsync_folder(path.parent, kernel.fsync)
