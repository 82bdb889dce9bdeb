"""Bytes on disk for good: whole writes, fsync of files and folders.

Knows the order in which a file becomes durable; knows nothing of what stands in it. Every call
into the kernel that can fail for want of room can be replaced, so that tests can make each fail.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import DiskFull, Place, WriteFailed

OPEN_SUFFIX = ".open"
"""Ends the name of a file that is still written to."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The calls that can fail for want of room or of a sound disk."""

    write: Callable[[int, bytes], int] = os.write
    fsync: Callable[[int], None] = os.fsync
    truncate: Callable[[int, int], None] = os.ftruncate
    rename: Callable[[Path, Path], None] = os.rename


KERNEL = Kernel()


def write_all(handle: int, data: bytes, write: Callable[[int, bytes], int]) -> None:
    """All of ``data`` is written, in one call unless the kernel takes less; ``OSError`` if not."""
    taken = write(handle, data)
    while taken < len(data):
        more = write(handle, data[taken:])
        if more <= 0:
            raise OSError(errno.EIO, "the kernel took no more bytes")
        taken += more


def fsync_folder(folder: Path, fsync: Callable[[int], None]) -> None:
    """The names in ``folder`` are on disk; without it a power cut took renames back."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fsync(handle)
    finally:
        os.close(handle)


def failure(error: OSError, path: Path, offset: int) -> WriteFailed:
    """``error`` as a fault of the house, at the place where the archive still ends whole."""
    place = Place(str(path), offset=offset)
    what = f"nothing more could be written: {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(what, place=place, remedy="Make room and start again")
    return WriteFailed(what, place=place, remedy="Look at the disk before starting again")


def sealed_path(path: Path) -> Path:
    """Name of ``path`` once sealed: without ``.open``."""
    return path.with_name(path.name.removesuffix(OPEN_SUFFIX))


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
