"""``manifest.jsonl``: one line for each sealed file, each holding the digest of the line before.

Knows how a line is added durably by several processes at once, and how the chain is checked.
Fields of a line: path (relative to the manifest's folder), size, sha256, sealed_at, source (name
of the WARC a derived file was read from, else null), previous (sha256 of the line before, without
its line break; 64 zeros for the first).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver.errors import Place, WarcError
from archiver.warc.durable import fsync_folder, write_all

FIRST = "0" * 64
"""``previous`` of the first line."""

LINE_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the manifest, its fields in the order they are written."""

    path: str
    size: int
    sha256: str
    sealed_at: str
    """ISO 8601, UTC."""
    source: str | None
    previous: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says, and what is wrong with it."""

    entries: tuple[Entry, ...]
    heads: tuple[str, ...]
    """SHA-256 of each line."""
    flaws: tuple[tuple[int, str], ...]
    """Line number and what is wrong with it."""

    @property
    def head(self) -> str:
        """SHA-256 of the last line. A run notes it (``manifest_head`` in its ``run.json``): only so
        does a changed last line, or a manifest that was shortened, show."""
        return self.heads[-1] if self.heads else FIRST

    @property
    def latest(self) -> dict[str, Entry]:
        """For each path the last entry; a derived file that was made anew has several."""
        return {entry.path: entry for entry in self.entries}


def append(
    manifest: Path,
    path: Path,
    *,
    size: int,
    sha256: str,
    sealed_at: datetime,
    source: str | None = None,
    fsync: Callable[[int], None] = os.fsync,
) -> Entry:
    """Add ``path`` to ``manifest``; its line is on disk when this returns.

    A file that the manifest already names last with this digest is not added again. Half a line,
    left by a process that was killed, is put aside (``manifest.jsonl.torn-<offset>``).
    """
    manifest.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(manifest, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        whole = _cut_torn_line(handle, manifest)
        name = relative_path(manifest, path)
        # Most files are new: their digest stands nowhere, and no line needs to be parsed.
        is_new = sha256.encode() not in manifest.read_bytes()
        known = None if is_new else read(manifest).latest.get(name)
        if known is not None and (known.sha256, known.size) == (sha256, size):
            return known
        moment = sealed_at.astimezone(UTC).isoformat(timespec="seconds")
        previous = _digest_of_last_line(handle, whole)
        entry = Entry(name, size, sha256, moment, source, previous)
        line = (json.dumps(asdict(entry), ensure_ascii=False) + "\n").encode()
        try:
            write_all(handle, line, os.write)
            fsync(handle)
        except OSError:
            os.ftruncate(handle, whole)
            raise
        if whole == 0:
            fsync_folder(manifest.parent, fsync)
        return entry
    finally:
        os.close(handle)


def relative_path(manifest: Path, path: Path) -> str:
    """``path`` as the manifest names it: from the manifest's folder, with forward slashes."""
    return Path(os.path.relpath(path, manifest.parent)).as_posix()


def read(manifest: Path) -> Manifest:
    """Every line of ``manifest`` with the chain checked; an absent file has no lines."""
    entries: list[Entry] = []
    flaws: list[tuple[int, str]] = []
    heads: list[str] = []
    previous = FIRST
    raw = manifest.read_bytes() if manifest.exists() else b""
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line:
            continue
        entry = _entry_of(line)
        if entry is None:
            flaws.append((number, "is no entry"))
        else:
            if entry.previous != previous:
                flaws.append((number, "does not hold the digest of the line before it"))
            entries.append(entry)
        previous = hashlib.sha256(line).hexdigest()
        heads.append(previous)
    if raw and not raw.endswith(b"\n"):
        flaws.append((raw.count(b"\n") + 1, "is not ended"))
    return Manifest(tuple(entries), tuple(heads), tuple(flaws))


def check(manifest: Path) -> Manifest:
    """As ``read``; raises ``WarcError`` naming the first line that is wrong."""
    found = read(manifest)
    if found.flaws:
        line, what = found.flaws[0]
        raise WarcError(
            f"the line {what}",
            place=Place(str(manifest), line=line),
            remedy="Compare it with a copy; lines are only ever added",
        )
    return found


def _entry_of(line: bytes) -> Entry | None:
    try:
        told: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, dict) or set(told) != set(Entry.__dataclass_fields__):
        return None
    kinds_hold = isinstance(told["size"], int) and all(
        isinstance(told[name], str) for name in ("path", "sha256", "sealed_at", "previous")
    )
    return Entry(**told) if kinds_hold else None


def _cut_torn_line(handle: int, manifest: Path) -> int:
    """Put half a line at the end aside; size of the manifest after it."""
    size = os.fstat(handle).st_size
    tail = os.pread(handle, LINE_LIMIT, max(0, size - LINE_LIMIT))
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn:
        whole = size - torn
        aside = manifest.with_name(f"{manifest.name}.torn-{whole}")
        aside.write_bytes(tail[-torn:])
        os.ftruncate(handle, whole)
        return whole
    return size


def _digest_of_last_line(handle: int, size: int) -> str:
    if not size:
        return FIRST
    tail = os.pread(handle, LINE_LIMIT, max(0, size - LINE_LIMIT))
    return hashlib.sha256(tail.rstrip(b"\n").rpartition(b"\n")[2]).hexdigest()
