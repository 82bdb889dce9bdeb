"""The memo of a crawl: what its readings came to, by record id, for ``derive`` to use again.

Knows how a ``Reading`` (without its links) is kept in a file that can be torn at its end and read
at any place; does not know what a reading is made of. A memo saves work and is never the only copy
of anything: whatever is wrong with one, it is as if it were not there. It holds readers' names as
published and is therefore readable by its owner only; ``output/state`` is not for sharing.

File: a line of JSON that names version and schema; then for each reading 8 bytes (length and
CRC-32 of what follows, big-endian) and JSON ``[record id, reading]``. JSON and not pickle: a
memo may have come with an archive from somebody else, and reading it must not run his code.
"""

from __future__ import annotations

import json
import os
import struct
import types
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, Union, get_args, get_origin, get_type_hints

from archiver import __version__
from archiver.extract.judge import packaged_judge
from archiver.model import Reading

MEMO_SCHEMA = 2
HEADER_LIMIT = 4096
ENTRY = struct.Struct(">II")
LARGEST_ENTRY = 256 * 1024 * 1024
"""Beyond this a length is damage: a reading is a few times its page, and a page at most 16 MiB."""


@lru_cache(1)
def extractor() -> str:
    """Names and versions of the programs whose change can change what is read from a page."""
    parsers = (f"{name}/{version(name)}" for name in ("trafilatura", "lxml"))
    return " ".join([f"archiver/{__version__}", *parsers, f"judge/{packaged_judge().digest}"])


def _header(rules: str) -> bytes:
    said = {"memo": MEMO_SCHEMA, "rules": rules, "extractor": extractor()}
    return json.dumps(said, sort_keys=True).encode() + b"\n"


class MemoWriter:
    """Appends readings to the memo at ``path``; what is not flushed when the machine stops is
    read again from the pages."""

    def __init__(self, path: Path, *, rules: str = "") -> None:
        """The memo is open. One that is there already is continued after its last whole entry
        when it has this version and these rules (a digest of the rule book), else begun anew."""
        path.parent.mkdir(parents=True, exist_ok=True)
        header = _header(rules)
        whole = _whole_length(path, header)
        self._file: BinaryIO = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self._file.truncate(whole)
        self._file.seek(whole)
        if not whole:
            self._file.write(header)

    def append(self, record_id: str, reading: Reading) -> None:
        """The memo holds ``reading`` for the capture ``record_id``; a later one replaces it."""
        kept = replace(reading, links=(), next_page=None, asks=(), seconds=0.0)
        told = json.dumps([record_id, _plain(kept)], ensure_ascii=True)
        entry = told.encode("ascii")
        self._file.write(ENTRY.pack(len(entry), zlib.crc32(entry)) + entry)

    def flush(self) -> None:
        """What was appended can be read."""
        self._file.flush()

    def close(self) -> None:
        """The memo is written."""
        self._file.close()

    def __enter__(self) -> MemoWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Memo(Mapping[str, Reading]):
    """Readings by record id; each is read from the file when it is asked for."""

    def __init__(self, path: Path, places: Mapping[str, tuple[int, int]]) -> None:
        self._path = path
        self._places = places

    def __getitem__(self, record_id: str) -> Reading:
        offset, length = self._places[record_id]
        with self._path.open("rb") as file:
            file.seek(offset)
            reading: Reading = _value(Reading, json.loads(file.read(length))[1])
        return reading

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def read_memo(path: Path, *, rules: str = "") -> Memo:
    """What the memo at ``path`` holds. Empty when there is none, or when another version or other
    rules made it (whose readings might differ; a memo that names no rules is taken at its word).
    Entries from the first damaged one on are left out."""
    places: dict[str, tuple[int, int]] = {}
    for offset, entry in _entries(path, (_header(rules), _header(""))):
        record_id = json.loads(entry)[0]
        places[record_id] = (offset, len(entry))
    return Memo(path, places)


def _entries(path: Path, headers: tuple[bytes, ...]) -> Iterator[tuple[int, bytes]]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        if file.readline(HEADER_LIMIT) not in headers:
            return
        while len(head := file.read(ENTRY.size)) == ENTRY.size:
            length, checksum = ENTRY.unpack(head)
            offset = file.tell()
            entry = file.read(length) if length <= LARGEST_ENTRY else b""
            if len(entry) != length or zlib.crc32(entry) != checksum:
                return
            yield offset, entry


def _whole_length(path: Path, header: bytes) -> int:
    """Bytes of ``path`` up to the end of its last whole entry; 0 when it has another header."""
    try:
        with path.open("rb") as file:
            if file.readline(HEADER_LIMIT) != header:
                return 0
    except FileNotFoundError:
        return 0
    whole = len(header)
    for offset, entry in _entries(path, (header,)):
        whole = offset + len(entry)
    return whole


def _plain(value: Any) -> Any:
    """``value`` as JSON knows it; a dataclass as the list of its fields."""
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _value(kind: Any, plain: Any) -> Any:
    """The value of type ``kind`` that ``_plain`` made ``plain`` of."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (kind,) = (option for option in get_args(kind) if option is not types.NoneType)
        return None if plain is None else _value(kind, plain)
    if origin is tuple:
        return tuple(_value(get_args(kind)[0], entry) for entry in plain)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(*(_value(hint, entry) for hint, entry in zip(_hints(kind), plain, strict=True)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if kind is datetime:
        return datetime.fromisoformat(plain)
    return plain


@lru_cache(maxsize=64)
def _hints(kind: type[Any]) -> tuple[Any, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[field.name] for field in fields(kind))
