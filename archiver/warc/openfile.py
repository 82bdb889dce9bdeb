"""One WARC file while it is written: ``<stem>.warc.gz.open``.

Knows how members are added so that the file always ends at a member that is on disk, or is put
back to where it did. Knows neither threads nor rotation.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from archiver.warc.durable import OPEN_SUFFIX, Kernel, failure, fsync_folder, write_all
from archiver.warc.gzips import pack
from archiver.warc.records import Record, record_bytes, warcinfo_record

SUFFIX = ".warc.gz"


@dataclass(slots=True)
class OpenFile:
    """A file that records are added to. ``size`` bytes of it are whole members on disk."""

    path: Path
    handle: int
    opened_at: datetime
    warcinfo_id: str
    kernel: Kernel
    size: int = 0
    sha256: hashlib._Hash = field(default_factory=hashlib.sha256)
    pending: list[bytes] = field(default_factory=list)
    """Members packed but not written yet, the file's first among them."""
    pending_size: int = 0
    held: set[str] = field(default_factory=set)
    """Ids of captures that a later note may speak about."""
    is_broken: bool = False
    """True when what the disk holds is not known: the file stays ``.open`` for recovery."""
    is_named: bool = False
    """Whether the file's name in its folder is on disk."""

    @property
    def filename(self) -> str:
        """Name of the file once sealed."""
        return self.path.name.removesuffix(OPEN_SUFFIX)

    def add(self, *records: Record) -> tuple[int, int]:
        """Pack ``records`` as the file's next members, all or none; offset and length of the
        last. Writes nothing."""
        members = [pack(record_bytes(record)) for record in records]
        self.pending += members
        self.pending_size += sum(map(len, members))
        length = len(members[-1])
        return self.size + self.pending_size - length, length

    def commit(self) -> None:
        """What was added is on disk: one write, one fsync.

        Raises ``WriteFailed``; then the file ends where it ended before, if the disk still lets
        itself be told so. After a failed fsync nothing is known of the disk any more (the kernel
        may have dropped the pages and said so only once): the file is never written to again.
        """
        data = b"".join(self.pending)
        self._forget_pending()
        if self.is_broken:
            raise failure(OSError("an earlier write failed"), self.path, self.size)
        try:
            write_all(self.handle, data, self.kernel.write)
        except OSError as error:
            self._roll_back()
            raise failure(error, self.path, self.size) from error
        try:
            self.kernel.fsync(self.handle)
            if not self.is_named:
                fsync_folder(self.path.parent, self.kernel.fsync)
                self.is_named = True
        except OSError as error:
            self.is_broken = True
            self._roll_back()
            raise failure(error, self.path, self.size) from error
        self.size += len(data)
        self.sha256.update(data)

    def discard(self) -> None:
        """Close the file, and remove it if it holds nothing."""
        os.close(self.handle)
        if self.size == 0:
            self.path.unlink(missing_ok=True)

    def _roll_back(self) -> None:
        try:
            self.kernel.truncate(self.handle, self.size)
        except OSError:
            self.is_broken = True

    def _forget_pending(self) -> None:
        self.pending = []
        self.pending_size = 0


@dataclass(slots=True)
class FileMaker:
    """Makes the files of one run: ``<prefix>-<UTC 14 digits>-<serial 5 digits>-<run id>``."""

    directory: Path
    prefix: str
    run_id: str
    info: Mapping[str, str]
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    kernel: Kernel
    serial: int = 0

    def make(self) -> OpenFile:
        """A new file with its warcinfo record packed. No file that is there is ever touched."""
        now = self.clock().astimezone(UTC)
        while True:
            stem = f"{self.prefix}-{now:%Y%m%d%H%M%S}-{self.serial:05d}-{self.run_id}"
            self.serial += 1
            sealed = self.directory / (stem + SUFFIX)
            path = sealed.with_name(sealed.name + OPEN_SUFFIX)
            if sealed.exists():
                continue
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            try:
                handle = os.open(path, flags, 0o644)
            except FileExistsError:
                continue
            except OSError as error:
                raise failure(error, path, 0) from error
            break
        record = warcinfo_record(
            filename=sealed.name,
            at=now,
            fields=[*self.info.items(), ("isPartOf", self.run_id)],
            record_id=self.new_id(),
        )
        file = OpenFile(path, handle, now, record.record_id, self.kernel)
        file.add(record)
        return file
