"""WARC files of any tool into captures.

Knows which records are captures and which notes speak about them. Where a record begins and ends
is ``parse``'s affair, what its block holds ``content``'s. Gzip for each record, gzip around
several, no packing and ARC are read; a file that is neither is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from archiver.errors import Place, TornRecord, WarcError
from archiver.model import Capture, RecordRef
from archiver.warc.content import read_content
from archiver.warc.durable import sealed_path
from archiver.warc.fields import every, first, unquote_bytes
from archiver.warc.gzips import MAGIC
from archiver.warc.message import parse_head
from archiver.warc.notes import received_bytes
from archiver.warc.parse import OpenRecord, arc_fields_of, records
from archiver.warc.scan import (
    CAPTURE_TYPES,
    FIELDS_LIMIT,
    IndexEntry,
    WarcScan,
    read_fields,
    scan,
    stem_of,
)
from archiver.warc.stream import PlainStream

__all__ = [
    "IndexEntry",
    "WarcScan",
    "read_capture",
    "read_captures",
    "read_received",
    "read_record_bytes",
    "scan",
    "stem_of",
]

PAYLOAD_LIMIT = 64 * 1024 * 1024
SKIP_PIECE = 1024 * 1024
_RECORD_BEGINS = re.compile(rb"WARC/[0-9]|[A-Za-z][A-Za-z0-9+.-]*:[^\n]* [0-9]+\r?\n")
_scan = scan  # the name that a parameter of ``read_captures`` does not hide


def read_captures(
    path: Path, *, scan: WarcScan | None = None, payload_limit: int = PAYLOAD_LIMIT
) -> Iterator[Capture]:
    """The captures of ``path`` in file order, with their notes.

    Payloads beyond ``payload_limit`` are None. Raises ``TornRecord`` or ``WarcError`` at the
    first fault, after the captures before it. Without ``scan`` the file is read twice.
    """
    found = scan if scan is not None else _scan(path)
    with path.open("rb") as file:
        for record in records(PlainStream(file, str(path)), str(path)):
            if _is_capture(record, found.notes):
                yield _capture(record, found.notes, found.run_id, payload_limit)


def read_capture(path: Path, offset: int, *, payload_limit: int = PAYLOAD_LIMIT) -> Capture:
    """The capture whose record begins at ``offset``, without the notes of other records.

    Raises ``WarcError`` when no record, or no capture, begins there.
    """
    with path.open("rb") as file:
        record, run_id = _record_at(path, file, offset)
        own_notes: Mapping[str, Mapping[str, str]] = {}
        if record.record_type == "metadata":
            own_notes = {record.record_id: dict(read_fields(record))}
        elif record.record_type not in CAPTURE_TYPES:
            raise record.fault(f"a {record.record_type or 'nameless'} record is no capture")
        return _capture(record, own_notes, run_id, payload_limit)


def read_record_bytes(path: Path, offset: int, length: int) -> bytes:
    """A record as it stands in the file, packed where the file is; unpacked where its members
    are not one record each. Raises ``TornRecord`` when the file ends before."""
    place = Place(str(path), offset=offset)
    with path.open("rb") as file:
        is_gzip = file.read(len(MAGIC)) == MAGIC
        file.seek(offset)
        raw = file.read(length)
        if is_gzip and not _is_whole_members(raw):
            file.seek(0)
            raw = _plain_bytes(PlainStream(file, str(path)), offset, length)
            if not _RECORD_BEGINS.match(raw):
                raise WarcError("no record begins here", place=place)
    if len(raw) < length:
        raise TornRecord(f"the file ends {length - len(raw)} bytes before the record", place=place)
    return raw


def read_received(path: Path, capture: Capture) -> bytes:
    """What came over the wire for ``capture``, put together from its record and its notes."""
    block = b""
    if capture.record_type == "response":
        with path.open("rb") as file:
            record, _ = _record_at(path, file, capture.ref.offset)
            pieces = []
            while piece := record.read():
                pieces.append(piece)
            block = b"".join(pieces)
    return received_bytes(block, capture.notes)


def _is_capture(record: OpenRecord, notes: Mapping[str, Mapping[str, str]]) -> bool:
    kind = record.record_type
    return kind in CAPTURE_TYPES or (kind == "metadata" and record.record_id in notes)


def _capture(
    record: OpenRecord,
    notes: Mapping[str, Mapping[str, str]],
    run_id: str | None,
    payload_limit: int,
) -> Capture:
    kind = record.record_type
    told = record.get("WARC-Payload-Digest")
    captured_at = record.date
    has_payload = kind in ("response", "resource")
    content = read_content(record, limit=payload_limit, digest=has_payload and not told)
    record.close()
    about = notes.get(record.record_id, {})
    status, headers = content.status, content.headers
    if kind == "revisit" and "responseHead" in about:
        status, headers = parse_head(unquote_bytes(about["responseHead"]))
    elif (
        kind == "revisit"
        and status is None
        and "server-not-modified" in (record.get("WARC-Profile") or "")
    ):
        status = 304
    return Capture(
        ref=RecordRef(
            filename=sealed_path(Path(record.name)).name,
            offset=record.offset,
            length=record.length,
            record_id=record.record_id,
        ),
        record_type=kind,
        url=record.target_uri,
        captured_at=captured_at,
        status=status,
        headers=headers,
        payload=content.payload if has_payload else None,
        payload_size=content.payload_size if has_payload else 0,
        payload_digest=told or content.payload_digest,
        content_type=record.get("Content-Type") if kind == "resource" else None,
        truncated=record.get("WARC-Truncated"),
        ip_address=record.get("WARC-IP-Address"),
        protocols=every(record.fields, "WARC-Protocol"),
        refers_to=record.get("WARC-Refers-To") if kind == "revisit" else None,
        notes=about,
        run_id=run_id,
    )


def _record_at(path: Path, file: BinaryIO, offset: int) -> tuple[OpenRecord, str | None]:
    """The record that begins at ``offset``, open, and the file's run id."""
    opening = next(records(PlainStream(file, str(path)), str(path)), None)
    run_id, arc_fields = None, None
    if opening is not None and opening.is_arc:
        arc_fields = arc_fields_of(opening.stream.peek(min(opening.size, FIELDS_LIMIT)))
    elif opening is not None and opening.record_type == "warcinfo":
        run_id = first(read_fields(opening), "isPartOf")
    file.seek(0)
    is_gzip = file.read(len(MAGIC)) == MAGIC
    file.seek(offset)
    begins_member = file.read(len(MAGIC)) == MAGIC
    file.seek(0 if is_gzip and not begins_member else offset)
    place = Place(str(path), offset=offset)
    try:
        stream = PlainStream(file, str(path))
    except WarcError as error:
        raise WarcError("no record begins here", place=place) from error
    for record in records(stream, str(path), arc_fields=arc_fields):
        if offset in (stream.start, record.begins_at):
            return record, run_id
        if record.begins_at > offset:
            break
    raise WarcError("no record begins here", place=place)


def _is_whole_members(raw: bytes) -> bool:
    try:
        stream = PlainStream(BytesIO(raw), "slice")
        while stream.is_gzip and stream.read(SKIP_PIECE):
            pass
    except WarcError:
        return False
    return stream.is_gzip


def _plain_bytes(stream: PlainStream, offset: int, length: int) -> bytes:
    while stream.position < offset and stream.read(min(offset - stream.position, SKIP_PIECE)):
        pass
    pieces = []
    while length > 0 and (piece := stream.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)
