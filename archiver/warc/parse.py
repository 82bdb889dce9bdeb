"""WARC and ARC records, one after another, as they stand in a file of any tool.

Knows record headers and where a record begins and ends; a block is read in pieces and never
stands in memory whole. Knows nothing of HTTP, nor of what a record is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from uuid import NAMESPACE_URL, uuid5

from archiver.errors import Place, TornRecord, WarcError
from archiver.warc.fields import Field, decode, first, parse_fields, safe_uri
from archiver.warc.stream import PlainStream

HEADER_LIMIT = 1024 * 1024
"""Bytes of record headers taken for some. Real ones have about one KiB; a file that is no WARC
must not be read into memory in search of an empty line."""
BLOCK_PIECE = 1024 * 1024

_VERSION = re.compile(rb"WARC/[0-9]+\.[0-9]+[ \t]*\r*\n\Z")
_LENGTH = re.compile(r"[0-9]{1,18}\Z")
_ARC_FIELDS = {
    "url": "WARC-Target-URI",
    "ip-address": "WARC-IP-Address",
    "archive-date": "WARC-Date",
    "content-type": "Content-Type",
    "archive-length": "Content-Length",
}
ARC_V1 = ("url", "ip-address", "archive-date", "content-type", "archive-length")
_ARC_HEADER = b"filedesc://"
_AHEAD = 64


@dataclass(slots=True)
class OpenRecord:
    """A record whose block is being read. ``offset`` and ``length`` stand once it is closed."""

    fields: list[Field]
    """Of an ARC record under their WARC names."""
    is_arc: bool
    size: int
    """Bytes of the block, as its header says."""
    begins_at: int
    """Plain position of its first byte."""
    member: int | None
    """Place in the file where its gzip member begins; None inside a member that other records
    share. Without packing the record's own place."""
    stream: PlainStream = field(repr=False)
    name: str
    left: int
    terminator: bytes = b""
    """Line breaks after the block; two CR LF where the tool obeyed (WARC/1.1, 4)."""
    offset: int = 0
    """Place in the file of the record's first byte. In a gzip file whose members are not one
    record each: its place in the unpacked bytes."""
    length: int = 0
    """Bytes from there to the next record, as they stand there."""
    has_own_member: bool = True
    is_closed: bool = False

    @property
    def record_type(self) -> str:
        """``WARC-Type`` in lower case."""
        return (first(self.fields, "WARC-Type") or "").lower()

    @property
    def record_id(self) -> str:
        """``<urn:…>`` with its brackets; made from URL, date and place where a tool gave none."""
        told = first(self.fields, "WARC-Record-ID")
        if told:
            return told if told.startswith("<") else f"<{told}>"
        date = first(self.fields, "WARC-Date")
        offset = self.begins_at if self.member is None else self.member
        made = uuid5(NAMESPACE_URL, f"{self.target_uri} {date} {PurePath(self.name).name} {offset}")
        return f"<urn:uuid:{made}>"

    @property
    def target_uri(self) -> str:
        """``WARC-Target-URI`` without wget 1.19's angle brackets, blanks percent-encoded."""
        uri = first(self.fields, "WARC-Target-URI") or ""
        if uri.startswith("<") and uri.endswith(">"):
            uri = uri[1:-1]
        return safe_uri(uri)

    @property
    def date(self) -> datetime:
        """``WARC-Date``. Raises ``WarcError`` when it is none."""
        told = first(self.fields, "WARC-Date") or ""
        moment = parse_date(told)
        if moment is None:
            raise self.fault(f"{told[:40]!r} is no date")
        return moment

    @property
    def place(self) -> Place:
        """The file, and where in it the record or the member around it begins."""
        offset = self.stream.fault_offset if self.member is None else self.member
        return Place(self.name, offset=offset)

    def get(self, name: str) -> str | None:
        """Value of the first header called ``name``."""
        return first(self.fields, name)

    def read(self) -> bytes:
        """The next piece of the block; empty at its end. Raises ``TornRecord`` if the file ends
        before."""
        if not self.left:
            return b""
        piece = self.stream.read(min(self.left, BLOCK_PIECE))
        if not piece:
            raise self.torn(f"the file ends {self.left} bytes before the record does")
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        """Read to the record's end; ``offset`` and ``length`` are set."""
        if self.is_closed:
            return
        while self.read():
            pass
        while ahead := self.stream.peek(_AHEAD):
            breaks = len(ahead) - len(ahead.lstrip(b"\r\n"))
            self.terminator = (self.terminator + self.stream.read(breaks))[:_AHEAD]
            if breaks < len(ahead):
                break
        end = self.stream.end_of(self.stream.position)
        if self.member is not None and end is not None:
            self.offset, self.length = self.member, end - self.member
        else:
            self.has_own_member = False
            self.offset, self.length = self.begins_at, self.stream.position - self.begins_at
        self.is_closed = True

    def torn(self, what: str) -> TornRecord:
        """A fault of this record: it ends early."""
        return TornRecord(
            what,
            place=self.place,
            remedy="Keep the whole records before it (archiver recover)",
        )

    def fault(self, what: str) -> WarcError:
        """A fault of this record: something in it is wrong."""
        return WarcError(
            what,
            place=self.place,
            remedy="Look at the record there; those before it are whole",
        )


def parse_date(told: str) -> datetime | None:
    """A ``WARC-Date`` (WARC/1.1, 5.4: years, months and days may stand alone) or the digits of
    an ARC date, as UTC; None when it is no date."""
    digits = told[:14]
    try:
        if len(digits) == 14 and digits.isascii() and digits.isdigit():
            return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if len(told) == 4:
            told = f"{told}-01-01"
        elif len(told) == 7:
            told = f"{told}-01"
        moment = datetime.fromisoformat(told)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def records(
    stream: PlainStream, name: str, *, arc_fields: tuple[str, ...] | None = None
) -> Iterator[OpenRecord]:
    """The records of ``stream`` in file order; each is closed before the next is looked for.

    ``arc_fields`` are needed to begin in the middle of an ARC file (``arc_fields_of`` its header).
    Raises ``TornRecord`` where the file ends inside one, ``WarcError`` where none begins.
    """
    while True:
        begins_at = stream.position
        if not stream.peek(1):
            stream.read(1)  # raises the fault that hides what comes next, if there is one
            return
        member = stream.offset_of(begins_at)
        line = stream.readline(HEADER_LIMIT)
        place = Place(name, offset=stream.fault_offset if member is None else member)
        if _VERSION.match(line):
            fields = _read_fields(stream, place)
        elif line.startswith(_ARC_HEADER) or arc_fields is not None:
            fields = _parse_arc_line(line, arc_fields or ARC_V1, place)
        else:
            raise _nothing_begins(line, begins_at, place)
        size = _size_of(fields, place)
        record = OpenRecord(
            fields=fields,
            is_arc=line[:5] != b"WARC/",
            size=size,
            begins_at=begins_at,
            member=member,
            stream=stream,
            name=name,
            left=size,
        )
        if line.startswith(_ARC_HEADER):
            arc_fields = arc_fields_of(stream.peek(min(size, HEADER_LIMIT)))
        yield record
        record.close()


def _nothing_begins(line: bytes, begins_at: int, place: Place) -> WarcError:
    if b"WARC/".startswith(line[:5]) and not line.endswith(b"\n") and begins_at:
        return TornRecord("the file ends in the first line of a record", place=place)
    if begins_at:
        return WarcError(
            f"no record begins here, but {line[:40]!r}",
            place=place,
            remedy="The length of the record before it may be wrong",
        )
    return WarcError("the file is no WARC or ARC file", place=Place(place.name))


def _read_fields(stream: PlainStream, place: Place) -> list[Field]:
    lines: list[bytes] = []
    size = 0
    while True:
        line = stream.readline(HEADER_LIMIT)
        if not line.endswith(b"\n"):
            if size + len(line) >= HEADER_LIMIT:
                raise WarcError("the record's headers have no end", place=place)
            raise TornRecord("the file ends inside the record's headers", place=place)
        if not line.strip(b"\r\n"):
            return parse_fields(b"".join(lines))
        lines.append(line)
        size += len(line)
        if size > HEADER_LIMIT:
            raise WarcError("the record's headers have no end", place=place)


def _size_of(fields: list[Field], place: Place) -> int:
    told = first(fields, "Content-Length")
    if told is None or not _LENGTH.match(told):
        raise WarcError(f"{told!r} is no Content-Length of a record", place=place)
    return int(told)


def _parse_arc_line(line: bytes, names: tuple[str, ...], place: Place) -> list[Field]:
    """An ARC record's one header line; a URL may hold blanks, the other values do not."""
    if not line.endswith(b"\n"):
        raise TornRecord("the file ends inside the record's header line", place=place)
    values = decode(line.strip()).rsplit(" ", len(names) - 1)
    if len(values) != len(names):
        raise WarcError(f"{line[:40]!r} is no header line of an ARC record", place=place)
    is_header = line.startswith(_ARC_HEADER)
    fields = [("WARC-Type", "warcinfo" if is_header else "response")]
    for name, value in zip(names, values, strict=True):
        known = _ARC_FIELDS.get(name)
        if known == "WARC-Date":
            moment = parse_date(value)
            fields.append((known, moment.isoformat() if moment else value))
        elif known:
            fields.append((known, value))
    return fields


def arc_fields_of(block: bytes) -> tuple[str, ...]:
    """Names of the fields of each header line, from the second line of the ARC header's block."""
    lines = block.split(b"\n")
    named = tuple(decode(lines[1]).strip().lower().split(" ")) if len(lines) > 1 else ()
    return named if {"url", "archive-date", "archive-length"} <= set(named) else ARC_V1
