"""Sealing: the one way in which a WARC file gets its final name.

Knows the order of the manifest's line and the rename; the writer and recovery both end here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from archiver.errors import Place, WriteFailed
from archiver.warc.durable import KERNEL, Kernel, failure, fsync_folder, sealed_path
from archiver.warc.manifest import append


def seal(
    path: Path,
    *,
    size: int,
    sha256: str,
    manifest: Path,
    sealed_at: datetime,
    kernel: Kernel = KERNEL,
) -> Path:
    """The ``.open`` file ``path`` has its final name and its line in ``manifest``, both on disk.

    The line comes first: a kill between the two leaves an ``.open`` file, which recovery finds,
    and never a sealed file that nothing vouches for. Raises ``WriteFailed`` when it cannot be.
    """
    target = sealed_path(path)
    if target.exists():
        raise WriteFailed(
            f"cannot seal {path.name}: a file of its final name is there already",
            place=Place(str(target)),
            remedy="Compare the two and move one away",
        )
    try:
        append(manifest, target, size=size, sha256=sha256, sealed_at=sealed_at, fsync=kernel.fsync)
        kernel.rename(path, target)
        fsync_folder(target.parent, kernel.fsync)
    except OSError as error:
        raise failure(error, path, size) from error
    return target
