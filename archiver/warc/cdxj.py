"""The replay index of a WARC: one sorted line for each capture, as pywb 2.10 reads it.

Knows the line (``urlkey timestamp {json}``) and how to look a URL up without reading a whole
index. Requests and metadata have no line; a revisit without a digest has none either, since
replay could not find what it points at and would show an empty page instead of an earlier one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver.errors import UrlError
from archiver.urls import surt_key
from archiver.warc.durable import KERNEL, Kernel, fsync_folder
from archiver.warc.reader import IndexEntry, WarcScan, scan

REVISIT_MIME = "warc/revisit"
UNKNOWN_MIME = "unk"
LINE_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class CdxjLine:
    """A line of an index, read."""

    urlkey: str
    timestamp: str
    """14 digits, UTC."""
    url: str
    mime: str
    status: str | None
    digest: str
    length: int
    offset: int
    filename: str


def write_cdxj(source: Path | WarcScan, target: Path, *, kernel: Kernel = KERNEL) -> int:
    """``target`` is the sorted index of ``source``, whole or not at all; its number of lines."""
    found = source if isinstance(source, WarcScan) else scan(source)
    lines = cdxj_lines(found)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with part.open("wb") as file:
        file.writelines(lines)
        file.flush()
        kernel.fsync(file.fileno())
    kernel.rename(part, target)
    fsync_folder(target.parent, kernel.fsync)
    return len(lines)


def cdxj_lines(found: WarcScan) -> list[bytes]:
    """The index lines of a file, sorted by their bytes."""
    lines = (_line(entry, found.filename) for entry in found.entries)
    return sorted(line for line in lines if line is not None)


def lookup(indexes: Iterable[Path], url: str) -> Iterator[CdxjLine]:
    """The lines about ``url`` in each of ``indexes``, oldest first within one."""
    prefix = surt_key(url).encode() + b" "
    for index in indexes:
        with index.open("rb") as file:
            yield from _lines_from(file.fileno(), os.fstat(file.fileno()).st_size, prefix)


def _line(entry: IndexEntry, filename: str) -> bytes | None:
    is_revisit = entry.record_type == "revisit"
    if is_revisit and not entry.digest:
        return None
    try:
        urlkey = surt_key(entry.url)
    except UrlError:
        if any(sign in entry.url for sign in " \r\n"):
            return None
        urlkey = entry.url  # metadata://…, urn:…: pywb keeps such a URI as its own key
    told: dict[str, str] = {
        "url": entry.url,
        "mime": REVISIT_MIME if is_revisit else entry.mime or UNKNOWN_MIME,
    }
    if entry.record_type == "resource":
        told["status"] = "200"  # pywb serves a resource as a page of its type
    elif entry.status and not is_revisit:
        told["status"] = str(entry.status)
    told["digest"] = (entry.digest or "-").rpartition(":")[2]
    told["length"] = str(entry.length)
    told["offset"] = str(entry.offset)
    told["filename"] = filename
    return f"{urlkey} {_timestamp(entry.captured_at)} {json.dumps(told)}\n".encode()


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def _lines_from(handle: int, size: int, prefix: bytes) -> Iterator[CdxjLine]:
    """Lines beginning with ``prefix``, found by halving the file."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        begin, line = _line_after(handle, middle)
        if line and line < prefix:
            low = begin + len(line)
        else:
            high = middle
    position, line = _line_after(handle, low)
    while line.startswith(prefix):
        yield _read_line(line)
        position, line = _line_after(handle, position + len(line))


def _line_after(handle: int, offset: int) -> tuple[int, bytes]:
    """The first line that begins at ``offset`` or after it, and where; empty at the end."""
    begin = offset
    if offset:
        begin = offset - 1 + len(_line_at(handle, offset - 1))
    return begin, _line_at(handle, begin)


def _line_at(handle: int, offset: int) -> bytes:
    line, ended, _ = os.pread(handle, LINE_LIMIT, offset).partition(b"\n")
    return line + ended


def _read_line(line: bytes) -> CdxjLine:
    urlkey, timestamp, block = line.decode().rstrip("\n").split(" ", 2)
    told: dict[str, Any] = json.loads(block)
    return CdxjLine(
        urlkey=urlkey,
        timestamp=timestamp,
        url=told["url"],
        mime=told["mime"],
        status=told.get("status"),
        digest=told["digest"],
        length=int(told["length"]),
        offset=int(told["offset"]),
        filename=told["filename"],
    )
