"""A text, bit by bit, whether it is gzipped or not.

Knows gzip as archives write their indexes: many members in one file, blocks filled up with zeros,
names that do not tell. Never holds more than a piece of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

BREAK = b"\n\xff\n"
"""Stands where a stream broke off: a line that is no UTF-8, so that a reader of lines counts it."""

_GZIP = b"\x1f\x8b"
_WINDOW = zlib.MAX_WBITS | 16
_AT_ONCE = 1 << 16
"""Bytes unpacked at once; as much is lost before a break in the stream."""
_BOM = b"\xef\xbb\xbf"


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """``chunks`` with their gzip undone, where they have any, all members of it, and without a byte
    order mark. A break in the stream becomes ``BREAK``, and ends it."""
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= len(_BOM):
            break
    if not head.startswith(_GZIP):
        yield head.removeprefix(_BOM)
        yield from source
        return
    member, is_begun = zlib.decompressobj(_WINDOW), False
    for packed in chain((head,), source):
        rest = packed if is_begun else packed.lstrip(b"\0")
        try:
            while rest:
                yield member.decompress(rest, _AT_ONCE)
                rest, is_begun = member.unconsumed_tail, True
                if member.eof:
                    rest = member.unused_data.lstrip(b"\0")  # some writers fill up their blocks
                    member, is_begun = zlib.decompressobj(_WINDOW), False
        except zlib.error:
            yield BREAK
            return
    if is_begun:
        yield member.flush()
        if not member.eof:
            yield BREAK
