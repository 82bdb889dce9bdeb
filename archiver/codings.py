"""Content codings undone: gzip, deflate, br, and one upon the other, within a limit.

Knows streams of bytes and the header that names them; nothing of what the bytes are.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

import brotli

from archiver.errors import PageTooLarge, Place, Undecodable
from archiver.model import Page

_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b"}
_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br"})
_STEP = 64 * 1024
_MARKUP_AHEAD = re.compile(
    rb"<\s*(?:!doctype|html|head|body|title|meta|div|p|\?xml|rss)\b", re.IGNORECASE
)


def header_value(page: Page, name: bytes) -> str:
    """All values of one header, joined by ``, ``; empty when it is not there."""
    wanted = name.lower()
    found = [value for key, value in page.headers if key.strip().lower() == wanted]
    return ", ".join(value.decode("latin-1").strip() for value in found)


def decode_payload(page: Page, *, limit_bytes: int) -> bytes:
    """The payload with its content codings undone, the last one applied first (RFC 9110, 8.4).

    A stream that ends early gives what could be decoded. A coding that is declared but was
    evidently never applied (the payload has markup where the coding's magic should be) is passed
    over: archives of other tools keep the header and store the decoded body.
    Raises ``PageTooLarge`` as soon as more than ``limit_bytes`` come out, ``Undecodable`` for an
    unknown coding or a stream that is broken from its start.
    """
    named = header_value(page, b"content-encoding").lower().split(",")
    codings = [coding.strip() for coding in named if coding.strip() not in ("", "identity")]
    place = Place(page.url)
    if len(codings) > 4:
        raise Undecodable(f"{len(codings)} content codings upon each other", place=place)
    data = page.payload
    for coding in reversed(codings):
        if coding not in _CODINGS:
            raise Undecodable(f"content coding {coding[:40]!r} is unknown", place=place)
        if not data or (
            _MARKUP_AHEAD.search(data[:2048]) and not data.startswith(_MAGIC.get(coding, b"\0"))
        ):
            continue
        data = _undo(coding, data, limit_bytes, place)
    if len(data) > limit_bytes:
        raise PageTooLarge(f"more than {limit_bytes} bytes", place=place)
    return data


def _undo(coding: str, data: bytes, limit_bytes: int, place: Place) -> bytes:
    """One coding undone."""
    pieces: list[bytes] = []
    size = 0
    source = _brotli_pieces(data) if coding == "br" else _zlib_pieces(coding, data)
    try:
        for piece in source:
            size += len(piece)
            if size > limit_bytes:
                raise PageTooLarge(f"decoded, it has more than {limit_bytes} bytes", place=place)
            pieces.append(piece)
    except (zlib.error, brotli.error) as error:
        if not size:
            raise Undecodable(f"the {coding} stream is broken: {error}", place=place) from error
    return b"".join(pieces)


def _zlib_pieces(coding: str, data: bytes) -> Iterator[bytes]:
    """Pieces of a gzip (of any number of members) or deflate stream (zlib, or raw as old servers
    send it), none larger than ``_STEP``."""
    if coding == "deflate":
        # RFC 9110, 8.4.1.2 means zlib, but raw deflate is on the web too: the first byte tells.
        wbits = zlib.MAX_WBITS if data[0] & 0x0F == 8 and data[0] >> 4 <= 7 else -zlib.MAX_WBITS
    else:
        wbits = zlib.MAX_WBITS | 16
    stream = None
    # The check sum at the end is fed apart: a wrong one must not take the text before with it.
    for fed in (data[:-8], data[-8:]):
        rest = fed
        while rest or stream is not None:
            if stream is None:
                stream = zlib.decompressobj(wbits)
            piece = stream.decompress(rest, _STEP)
            rest = stream.unconsumed_tail
            if piece:
                yield piece
            if stream.eof:
                # What follows a member and is no member itself is padding.
                rest = stream.unused_data if stream.unused_data.startswith(_MAGIC["gzip"]) else b""
                stream = None
                if not rest:
                    break
            elif not piece and not rest:
                break
        if stream is None and not rest:
            return


def _brotli_pieces(data: bytes) -> Iterator[bytes]:
    """Pieces of a brotli stream, each about ``_STEP`` bytes."""
    stream = brotli.Decompressor()
    fed = data
    while not stream.is_finished():
        piece = stream.process(fed, output_buffer_limit=_STEP)
        fed = b""
        if piece:
            yield piece
        elif stream.can_accept_more_data():
            break
