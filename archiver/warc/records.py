"""From an exchange to its WARC records: request, metadata, response or revisit.

Knows WARC/1.1 and what of an exchange goes where: the answer's head byte for byte and its body
after transfer-decoding into the response record, all that was taken off into the metadata record
before it, so that ``received_bytes`` gives back what came over the wire. Writes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from archiver.model import Capture, Exchange, Header, RecordRef, Truncation
from archiver.warc.digests import sha1_label
from archiver.warc.fields import Field, field_lines, safe_uri, safe_value
from archiver.warc.message import (
    ResponseParts,
    parse_head,
    rename_transfer_encoding,
    response_parts,
)
from archiver.warc.notes import NOTE_FIELDS, notes_of, received_bytes

__all__ = [
    "NOTE_FIELDS",
    "Earlier",
    "ExchangeRecords",
    "Record",
    "ResponseParts",
    "capture_of",
    "note_record",
    "received_bytes",
    "record_bytes",
    "records_of",
    "response_parts",
    "warc_date",
    "warcinfo_record",
]

WARC_VERSION = "WARC/1.1"
FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True)
class Record:
    """A WARC record, ready to be written."""

    record_type: str
    record_id: str
    headers: tuple[Field, ...]
    """All of them, in order, with ``Content-Length``."""
    block: tuple[bytes, ...]
    """The block in pieces, so that a large body is not copied once more."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The capture that holds the payload: what a revisit record points at."""

    record_id: str
    url: str
    captured_at: datetime
    payload_digest: str | None = None


@dataclass(frozen=True, slots=True)
class ExchangeRecords:
    """The records of one exchange, in file order."""

    records: tuple[Record, ...]
    capture: Record
    """The one that stands for the exchange: response, revisit, or the metadata record of a fetch
    that got no response. It is the last."""
    parts: ResponseParts | None
    headers: tuple[Header, ...]
    """HTTP headers as the capture shows them."""
    notes: Mapping[str, str]
    payload_digest: str | None
    truncated: Truncation | None
    url: str
    refers_to: str | None


def records_of(
    exchange: Exchange,
    *,
    new_id: Callable[[], UUID],
    earlier: Earlier | None = None,
    warcinfo_id: str | None = None,
) -> ExchangeRecords:
    """The records of ``exchange``: the same bytes for the same exchange and ids.

    ``earlier`` is what a 304 is about; without it replay cannot resolve the revisit. Where a whole
    answer has the payload of ``earlier`` it becomes a revisit too, with its head as the block.
    """
    parts = response_parts(exchange.received, exchange.method)
    capture_id, metadata_id, request_id = (_record_id(new_id()) for _ in range(3))
    archived_head = parts.head if parts else b""
    names: tuple[bytes, ...] = ()
    if parts is not None and parts.is_called_chunked:
        archived_head, names = rename_transfer_encoding(parts.head)
    truncated = exchange.truncated
    if truncated is None and parts is not None and not parts.is_complete:
        truncated = Truncation.DISCONNECT
    notes = notes_of(exchange, parts, names)
    about = _About(exchange, warcinfo_id)
    has_response = parts is not None
    siblings = {"request": request_id if exchange.sent else None, "metadata": metadata_id}
    siblings["capture"] = capture_id if has_response else None
    records: list[Record] = []
    if exchange.sent:
        headers = about.headers("request", request_id, siblings)
        content_type = "application/http; msgtype=request"
        records.append(_record("request", request_id, headers, content_type, (exchange.sent,)))
    headers = about.headers("metadata", metadata_id, siblings)
    lines = field_lines(notes)
    records.append(_record("metadata", metadata_id, headers, "application/warc-fields", (lines,)))
    digest: str | None = None
    refers_to = earlier.record_id if earlier and parts and parts.status == 304 else None
    no_block: tuple[bytes, ...] = ()
    if parts is not None:
        headers = about.headers("capture", capture_id, siblings)
        if truncated is not None:
            headers.append(("WARC-Truncated", truncated.value))
        if parts.status == 304:
            digest = earlier.payload_digest if earlier else None
            headers += _revisit_headers(earlier, NOT_MODIFIED)
            record_type, block = "revisit", no_block
        elif (
            earlier is not None
            and 200 <= parts.status < 300
            and truncated is None
            and exchange.failure is None
            and (digest := sha1_label(parts.body)) == earlier.payload_digest
        ):
            refers_to = earlier.record_id
            headers += _revisit_headers(earlier, SAME_PAYLOAD)
            record_type, block = "revisit", (archived_head,)
        else:
            digest = digest or sha1_label(parts.body)
            headers.append(("WARC-Payload-Digest", digest))
            record_type, block = "response", (archived_head, parts.body)
        content_type = "application/http; msgtype=response"
        records.append(_record(record_type, capture_id, headers, content_type, block))
    return ExchangeRecords(
        records=tuple(records),
        capture=records[-1],
        parts=parts,
        headers=parse_head(archived_head)[1],
        notes=dict(notes),
        payload_digest=digest,
        truncated=truncated if has_response else None,
        url=safe_uri(exchange.url),
        refers_to=refers_to,
    )


def capture_of(
    exchange: Exchange, made: ExchangeRecords, ref: RecordRef, run_id: str | None
) -> Capture:
    """The capture that reading the records back would give; of an unchanged payload also the
    payload, which crossed the wire and is at hand."""
    parts = made.parts
    has_payload = parts is not None and parts.status != 304
    return Capture(
        ref=ref,
        record_type=made.capture.record_type,
        url=made.url,
        captured_at=exchange.started_at.astimezone(UTC),
        status=parts.status if parts else None,
        headers=made.headers,
        payload=parts.body if parts and has_payload else None,
        payload_size=len(parts.body) if parts and has_payload else 0,
        payload_digest=made.payload_digest,
        truncated=made.truncated.value if made.truncated else None,
        ip_address=exchange.ip_address,
        protocols=exchange.protocols,
        refers_to=made.refers_to,
        notes=made.notes,
        run_id=run_id,
    )


@dataclass(frozen=True, slots=True)
class _About:
    """What all records of an exchange say alike."""

    exchange: Exchange
    warcinfo_id: str | None

    def headers(self, role: str, record_id: str, siblings: Mapping[str, str | None]) -> list[Field]:
        """Headers but for type, content and digests, which ``_record`` and the caller add."""
        exchange = self.exchange
        headers = [
            ("WARC-Record-ID", record_id),
            ("WARC-Date", warc_date(exchange.started_at)),
            ("WARC-Target-URI", safe_uri(exchange.url)),
        ]
        if self.warcinfo_id:
            headers.append(("WARC-Warcinfo-ID", self.warcinfo_id))
        headers += [
            ("WARC-Concurrent-To", other)
            for name, other in siblings.items()
            if other is not None and name != role
        ]
        if role != "metadata" or siblings["capture"] is None:
            if exchange.ip_address:
                headers.append(("WARC-IP-Address", exchange.ip_address))
            headers += [("WARC-Protocol", protocol) for protocol in exchange.protocols]
            if exchange.cipher_suite:
                headers.append(("WARC-Cipher-Suite", exchange.cipher_suite))
        return headers


def _revisit_headers(earlier: Earlier | None, profile: str) -> list[Field]:
    headers = [("WARC-Profile", profile)]
    if earlier is not None:
        headers += [
            ("WARC-Refers-To", earlier.record_id),
            ("WARC-Refers-To-Target-URI", safe_uri(earlier.url)),
            ("WARC-Refers-To-Date", warc_date(earlier.captured_at)),
        ]
        if earlier.payload_digest:
            headers.append(("WARC-Payload-Digest", earlier.payload_digest))
    return headers


def note_record(
    *,
    about_id: str,
    url: str,
    at: datetime,
    fields: Iterable[Field],
    record_id: UUID,
    warcinfo_id: str | None = None,
) -> Record:
    """A later metadata record about the record ``about_id``."""
    headers: list[Field] = [
        ("WARC-Record-ID", _record_id(record_id)),
        ("WARC-Date", warc_date(at)),
        ("WARC-Target-URI", safe_uri(url)),
        ("WARC-Refers-To", about_id),
    ]
    if warcinfo_id:
        headers.append(("WARC-Warcinfo-ID", warcinfo_id))
    block = (field_lines(fields),)
    return _record("metadata", headers[0][1], headers, "application/warc-fields", block)


def warcinfo_record(
    *, filename: str, at: datetime, fields: Iterable[Field], record_id: UUID
) -> Record:
    """The first record of a file. ``filename`` is the sealed name; ``fields`` follow the two that
    name the format, and an empty value is left out."""
    headers: list[Field] = [
        ("WARC-Record-ID", _record_id(record_id)),
        ("WARC-Date", warc_date(at)),
        ("WARC-Filename", filename),
    ]
    told = [field for field in fields if field[1]]
    block = (field_lines([("format", FORMAT), ("conformsTo", CONFORMS_TO), *told]),)
    return _record("warcinfo", headers[0][1], headers, "application/warc-fields", block)


def record_bytes(record: Record) -> bytes:
    """``record`` as it stands in a file, uncompressed."""
    head = f"{WARC_VERSION}\r\n".encode("ascii") + field_lines(record.headers)
    return b"".join((head, b"\r\n", *record.block, b"\r\n\r\n"))


def warc_date(moment: datetime) -> str:
    """``moment`` as in ``WARC-Date``: UTC, with microseconds (WARC/1.1, 5.4)."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _record(
    record_type: str,
    record_id: str,
    headers: Iterable[Field],
    content_type: str,
    block: tuple[bytes, ...],
) -> Record:
    told = [(name, safe_value(value)) for name, value in headers]
    told.append(("WARC-Block-Digest", sha1_label(*block)))
    told.append(("Content-Type", content_type))
    told.append(("Content-Length", str(sum(map(len, block)))))
    return Record(record_type, record_id, (("WARC-Type", record_type), *told), block)


def _record_id(uuid: UUID) -> str:
    return f"<urn:uuid:{uuid}>"
