"""What a record's block holds: an HTTP head and a payload, or a payload alone.

Knows how to read a block piece by piece, so that a payload beyond the limit is measured and
digested without standing in memory. Bodies that other tools kept chunked are de-chunked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.model import Header
from archiver.warc.chunks import Dechunker
from archiver.warc.digests import hasher, label
from archiver.warc.message import (
    HEAD_LIMIT,
    has_head_end,
    is_chunked,
    parse_head,
    split_head,
    split_request,
)
from archiver.warc.parse import OpenRecord

_HTTP_SCHEMES = ("http:", "https:")


@dataclass(frozen=True, slots=True)
class Content:
    """A block, read."""

    status: int | None
    """None when the block is no HTTP message."""
    headers: tuple[Header, ...]
    payload: bytes | None
    """None when it is larger than the limit."""
    payload_size: int
    payload_digest: str | None
    """SHA-1, where it was asked for."""


def read_content(record: OpenRecord, *, limit: int, digest: bool) -> Content:
    """The block of ``record``, its payload transfer-decoded and kept if it is within ``limit``.

    ``digest``: also its SHA-1, which is only worth its time where the record names none.
    """
    sha1 = hasher("sha1") if digest else None
    head, pieces = split_content(record)
    kept: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if sha1 is not None:
            sha1.update(piece)
        if size <= limit:
            kept.append(piece)
        else:
            kept.clear()
    status, headers = parse_head(head) if head else (None, ())
    return Content(
        status=status,
        headers=headers,
        payload=b"".join(kept) if size <= limit else None,
        payload_size=size,
        payload_digest=label("sha1", sha1.digest()) if sha1 else None,
    )


def split_content(record: OpenRecord) -> tuple[bytes, Iterator[bytes]]:
    """The HTTP head that the block begins with (empty when it begins with none) and the payload
    after it, in pieces."""
    head, rest = read_head(record)
    framed = _with_rest(rest, record)
    if head and is_chunked(parse_head(head)[1]):
        return head, _dechunked(framed)
    return head, framed


def read_head(record: OpenRecord) -> tuple[bytes, bytes]:
    """The HTTP head that the block begins with (empty when it begins with none), and what was
    read of the block after it."""
    opening = b""
    if not holds_http(record):
        return b"", opening
    while len(opening) < HEAD_LIMIT and not has_head_end(opening):
        piece = record.read()
        if not piece:
            break
        opening += piece
    if record.record_type == "request":
        return split_request(opening)
    return split_head(opening) or (b"", opening)


def holds_http(record: OpenRecord) -> bool:
    """Whether the block should begin with an HTTP head: by its type if it says one, else by its
    URI (ARC files and old tools)."""
    if record.record_type not in ("response", "revisit", "request"):
        return False
    said = (record.get("Content-Type") or "").lower()
    return "application/http" in said or record.target_uri.lower().startswith(_HTTP_SCHEMES)


def _with_rest(rest: bytes, record: OpenRecord) -> Iterator[bytes]:
    if rest:
        yield rest
    while piece := record.read():
        yield piece


def _dechunked(framed: Iterator[bytes]) -> Iterator[bytes]:
    dechunker = Dechunker(keep_framing=False)
    for piece in framed:
        yield dechunker.feed(piece)
    yield dechunker.finish()
