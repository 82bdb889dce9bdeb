"""One pass over a WARC file of any tool: what it holds, which notes speak about which capture.

Knows which records are captures and what an index says of them; reads no payload into memory.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archiver.errors import WarcError
from archiver.warc.content import Content, read_content
from archiver.warc.durable import sealed_path
from archiver.warc.fields import Field, every, first, parse_fields
from archiver.warc.message import header
from archiver.warc.parse import OpenRecord, parse_date, records
from archiver.warc.stream import PlainStream

FIELDS_LIMIT = 8 * 1024 * 1024
"""Of a block of named fields; ours have at most some MiB (``notes.KEPT_BYTES_LIMIT``, escaped)."""
CAPTURE_TYPES = frozenset({"response", "revisit", "resource"})
_ENDINGS = (".gz", ".warc", ".arc")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A capture as an index names it."""

    url: str
    captured_at: datetime
    record_type: str
    record_id: str
    offset: int
    length: int
    status: int | None
    mime: str | None
    """Media type without its parameters, lower case."""
    digest: str | None


@dataclass(frozen=True, slots=True)
class WarcScan:
    """What one pass over a file tells."""

    path: Path
    filename: str
    """As sealed, without folder."""
    stem: str
    """Without ``.warc.gz``."""
    size: int
    sha256: str
    run_id: str | None
    """``isPartOf`` of the first warcinfo record that has it."""
    first_date: datetime | None
    """``WARC-Date`` of the first record that has one."""
    notes: Mapping[str, Mapping[str, str]]
    """By record id of a capture: fields of the metadata records about it, later ones winning. A
    fetch without response is a capture that stands under its metadata record's own id."""
    entries: tuple[IndexEntry, ...]
    """Responses, revisits and resources, in file order."""
    records: int
    fault: WarcError | None
    """What made reading stop before the file's end; captures before it are whole."""


@dataclass(slots=True)
class _Findings:
    """What a pass has gathered so far."""

    run_id: str | None = None
    first_date: datetime | None = None
    records: int = 0
    entries: list[IndexEntry] = field(default_factory=list)
    metadata: list[tuple[str, tuple[str, ...], bool, dict[str, str]]] = field(default_factory=list)
    """Own id, ids it speaks about, whether it says so by Refers-To, fields."""


def scan(path: Path) -> WarcScan:
    """One pass over ``path``. Raises ``WarcError`` when not one record can be read; a fault later
    in the file is in ``fault``."""
    found = _Findings()
    fault: WarcError | None = None
    with path.open("rb") as file:
        sha256 = hashlib.sha256()
        stream = PlainStream(file, str(path), sha256=sha256)
        try:
            for record in records(stream, str(path)):
                _gather(record, found)
        except WarcError as error:
            if not found.records:
                raise
            fault = error
        stream.drain()
        size = file.tell()
    return WarcScan(
        path=path,
        filename=sealed_path(path).name,
        stem=stem_of(path),
        size=size,
        sha256=sha256.hexdigest(),
        run_id=found.run_id,
        first_date=found.first_date,
        notes=_notes_by_capture(found),
        entries=tuple(found.entries),
        records=found.records,
        fault=fault,
    )


def stem_of(path: Path) -> str:
    """The stem that a WARC shares with what is derived from it."""
    stem = sealed_path(path).name
    for ending in _ENDINGS:
        stem = stem.removesuffix(ending)
    return stem


def _gather(record: OpenRecord, found: _Findings) -> None:
    """Read ``record`` to its end; keep what a scan tells of it."""
    kind = record.record_type
    if found.first_date is None:
        found.first_date = parse_date(record.get("WARC-Date") or "")
    if kind == "warcinfo" and found.run_id is None and not record.is_arc:
        found.run_id = first(read_fields(record), "isPartOf")
    elif kind == "metadata":
        refers_to = every(record.fields, "WARC-Refers-To")
        about = refers_to or every(record.fields, "WARC-Concurrent-To")
        # Interned: every exchange with a host repeats its certificate, 2 KB each.
        notes = {name: sys.intern(value) for name, value in read_fields(record)}
        found.metadata.append((record.record_id, about, bool(refers_to), notes))
    elif kind in CAPTURE_TYPES:
        told = record.get("WARC-Payload-Digest")
        captured_at = record.date
        content = read_content(record, limit=0, digest=not told and kind != "revisit")
        record.close()
        found.entries.append(
            IndexEntry(
                url=record.target_uri,
                captured_at=captured_at,
                record_type=kind,
                record_id=record.record_id,
                offset=record.offset,
                length=record.length,
                status=content.status,
                mime=_media_type(record, content),
                digest=told or content.payload_digest,
            )
        )
    record.close()
    found.records += 1


def _notes_by_capture(found: _Findings) -> dict[str, dict[str, str]]:
    """A metadata record speaks about the captures it names. One that names none and has an
    outcome is itself what is left of a fetch without response."""
    captures = {entry.record_id for entry in found.entries}
    for own_id, about, is_later, fields in found.metadata:
        if not is_later and "outcome" in fields and captures.isdisjoint(about):
            captures.add(own_id)
    notes: dict[str, dict[str, str]] = {}
    for own_id, about, _, fields in found.metadata:
        targets = [own_id] if own_id in captures else [one for one in about if one in captures]
        for target in targets:
            notes.setdefault(target, {}).update(fields)
    return notes


def read_fields(record: OpenRecord) -> list[Field]:
    """Named fields of a block; none when it is of another type or too large to hold some."""
    said = (record.get("Content-Type") or "").lower()
    if record.size > FIELDS_LIMIT or (said and "warc-fields" not in said):
        return []
    pieces = []
    while piece := record.read():
        pieces.append(piece)
    return parse_fields(b"".join(pieces))


def _media_type(record: OpenRecord, content: Content) -> str | None:
    said = header(content.headers, b"content-type")
    if said is None and record.record_type == "resource":
        said = (record.get("Content-Type") or "").encode("utf-8", "replace")
    told = (said or b"").partition(b";")[0].strip().lower().decode("latin-1")
    return told or None
