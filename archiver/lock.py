"""One crawl at a time on an output directory.

The lock is the kernel's (``flock``): it ends with its process, so a kill leaves nothing stale.
The file's text says who holds it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import ConfigError, DirectoryInUse, Place


class DirectoryLock:
    """Held from construction until ``release`` or the end of the process."""

    def __init__(self, path: Path, *, run_id: str) -> None:
        """The lock at ``path`` is ours; DirectoryInUse names who has it, ConfigError says why the
        directory cannot be used."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ConfigError(
                f"the output directory cannot be written ({error.strerror})",
                place=Place(str(path.parent.parent)),
                remedy="Give a folder that you may write with -s OUTPUT_DIR=FOLDER",
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = _owner(path)
            os.close(self._descriptor)
            raise DirectoryInUse(
                f"another crawl is writing here: {owner}",
                place=Place(str(path.parent.parent)),
                remedy="Wait for it to end, or give this one a folder of its own with "
                "-s OUTPUT_DIR=FOLDER",
            ) from error
        ours = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "run_id": run_id,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with suppress(OSError):  # on a full disk the lock holds without its owner's name
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, json.dumps(ours).encode())

    def release(self) -> None:
        """The directory is free."""
        os.close(self._descriptor)


def _owner(path: Path) -> str:
    try:
        facts = json.loads(path.read_text())
        return (
            f"process {facts['pid']} on {facts['host']}, run {facts['run_id']}, "
            f"since {facts['since']}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "its owner has not written who it is"
