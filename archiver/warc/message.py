"""An HTTP/1 answer as it came over the wire, taken apart so that it can be put together again.

Knows message framing (RFC 9112, 6) as servers really write it: lines ended by a bare LF, lengths
that lie, several interim answers, bytes after the end. Knows nothing of WARC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.model import Header
from archiver.warc.chunks import Chunk, Dechunker

ORIGINAL_TRANSFER_ENCODING = b"x-orig-transfer-encoding"
"""Name that a de-chunked answer's ``Transfer-Encoding`` lines are given (Browsertrix's practice):
readers would otherwise look for chunks in a body that has none."""

HEAD_LIMIT = 1024 * 1024
"""Longest head taken for one. Browsers stop at 256 KiB; ours at 64 KiB."""

INTERIM_LIMIT = 100
"""Interim answers taken before the final one; more is no answer. Real servers send one or two."""

_STATUS_LINE = re.compile(rb"HTTP/[0-9](?:\.[0-9])?[ \t]+([0-9]{3})(?![0-9])[^\n]*(?:\n|\Z)", re.I)
_HEAD_END = re.compile(rb"\n\r?\n")
_LEADING_LINES = re.compile(rb"(?:\r?\n){0,16}")
_LENGTH = re.compile(rb"[0-9]{1,18}\Z")


@dataclass(frozen=True, slots=True)
class ResponseParts:
    """An answer taken apart. ``preamble + head + framed body + excess`` is what was received."""

    preamble: bytes
    """Interim (1xx) answers, whole, and empty lines before the status line."""
    head: bytes
    """The final answer's status line and header lines, with the empty line that ends them."""
    status: int
    headers: tuple[Header, ...]
    body: bytes
    """Transfer-decoded, as far as it came. A coding other than chunked stays on it."""
    is_called_chunked: bool
    """Whether the head says that the body is chunked: those lines are renamed in the archive."""
    chunks: tuple[Chunk, ...] | None
    """Framing of a chunked body; None when it was not chunked, whatever its head says."""
    trailers: bytes
    """Of a chunked body: trailer lines with the empty line that ends them."""
    excess: bytes
    """Bytes after the end of the answer, or after the chunk line that broke it."""
    is_complete: bool
    """Whether the body came to the end that its head announced. A body that lasts until the
    connection closes always did."""
    flaw: str | None
    """What is wrong with the framing, for a person."""


def response_parts(received: bytes, method: str) -> ResponseParts | None:
    """``received`` taken apart; None when it is no HTTP answer with a whole head.

    ``method`` of the request decides whether there is a body (RFC 9112, 6.3).
    """
    start = 0
    for _ in range(INTERIM_LIMIT + 1):
        leading = _LEADING_LINES.match(received, start)
        begin = leading.end() if leading else start
        status_line = _STATUS_LINE.match(received, begin)
        if status_line is None:
            return None
        ending = _HEAD_END.search(received, begin, begin + HEAD_LIMIT)
        if ending is None:
            return None
        status = int(status_line.group(1))
        if not (100 <= status < 200) or status == 101:  # 101 is final: another protocol follows
            head = received[begin : ending.end()]
            return _with_body(received[:begin], head, received[ending.end() :], method.upper())
        start = ending.end()
    return None


def _with_body(preamble: bytes, head: bytes, rest: bytes, method: str) -> ResponseParts:
    status, headers = parse_head(head)
    chunks: tuple[Chunk, ...] | None = None
    trailers = excess = b""
    is_complete, flaw, called_chunked = True, None, False
    if method == "HEAD" or status in (204, 304):
        body, excess = b"", rest
    elif method == "CONNECT" and 200 <= status < 300:
        body = rest
    elif is_chunked(headers):
        called_chunked = True
        dechunker = Dechunker()
        body = dechunker.feed(rest) + dechunker.finish()
        excess = dechunker.rest
        if dechunker.is_chunked:
            chunks, trailers = tuple(dechunker.chunks), dechunker.trailers
            is_complete = dechunker.is_complete
            if not is_complete:
                flaw = "a chunk line is malformed" if excess else "ends before its last chunk"
        else:
            flaw = "is called chunked but has no chunks"
    else:
        length, flaw = _content_length(headers)
        body = rest if length is None else rest[:length]
        if length is not None:
            excess = rest[length:]
            if len(body) < length:
                is_complete, flaw = False, f"has {len(body)} of {length} bytes"
    return ResponseParts(
        preamble=preamble,
        head=head,
        status=status,
        headers=headers,
        body=body,
        is_called_chunked=called_chunked,
        chunks=chunks,
        trailers=trailers,
        excess=excess,
        is_complete=is_complete,
        flaw=flaw,
    )


def parse_head(head: bytes) -> tuple[int, tuple[Header, ...]]:
    """Status and header lines of ``head``; status 0 when the first line is no status line.

    Folded lines are joined by one space (RFC 9112, 5.2), lines without a colon left out.
    """
    first, *lines = head.split(b"\n")
    match = _STATUS_LINE.match(first)
    # Values are gathered in pieces: joining them fold by fold took 3 s for a MiB of folds.
    headers: list[tuple[bytes, list[bytes]]] = []
    for raw in lines:
        line = raw.rstrip(b"\r")
        if line[:1] in (b" ", b"\t"):
            if headers and line.strip():
                headers[-1][1].append(line.strip(b" \t"))
            continue
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            headers.append((name.strip(), [value.strip(b" \t")]))
    status = int(match.group(1)) if match else 0
    return status, tuple((name, b" ".join(values).strip()) for name, values in headers)


def split_head(block: bytes) -> tuple[bytes, bytes] | None:
    """Head and body of an archived answer; None when it begins with no status line. A head that
    is not ended takes all of ``block``."""
    if _STATUS_LINE.match(block) is None:
        return None
    ending = _HEAD_END.search(block)
    cut = ending.end() if ending else len(block)
    return block[:cut], block[cut:]


def split_request(block: bytes) -> tuple[bytes, bytes]:
    """Head and body of an archived request; a head that is not ended takes all of ``block``."""
    ending = _HEAD_END.search(block)
    cut = ending.end() if ending else len(block)
    return block[:cut], block[cut:]


def has_head_end(opening: bytes) -> bool:
    """Whether an empty line stands in ``opening``, so that ``split_head`` finds the whole head."""
    return _HEAD_END.search(opening) is not None


def is_chunked(headers: tuple[Header, ...]) -> bool:
    """Whether the last transfer coding is ``chunked``, in any case."""
    codings = [value for name, value in headers if name.lower() == b"transfer-encoding"]
    last = b",".join(codings).split(b",")[-1]
    return last.split(b";")[0].strip().lower() == b"chunked"


def header(headers: tuple[Header, ...], name: bytes) -> bytes | None:
    """Value of the first header called ``name`` (given in lower case)."""
    return next((value for key, value in headers if key.lower() == name), None)


def _content_length(headers: tuple[Header, ...]) -> tuple[int | None, str | None]:
    """Bytes of body that the head announces, and what is wrong with the announcement.

    Equal repetitions count once (RFC 9112, 6.3, 5); any other disagreement announces nothing.
    """
    if any(name.lower() == b"transfer-encoding" for name, _ in headers):
        return None, None
    values = {
        value.strip()
        for name, line in headers
        if name.lower() == b"content-length"
        for value in line.split(b",")
    }
    if not values:
        return None, None
    lengths = {int(value) for value in values if _LENGTH.match(value)}
    if len(lengths) == 1 and all(_LENGTH.match(value) for value in values):
        return lengths.pop(), None
    shown = b", ".join(sorted(values)).decode("latin-1")
    return None, f"has the impossible length {shown[:60]!r}"


def rename_transfer_encoding(head: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """``head`` with its ``Transfer-Encoding`` lines under their other name, all else untouched,
    and the names as they stood there, in order (with the server's own use of the other name)."""
    names: list[bytes] = []
    lines = head.split(b"\n")
    for index, line in enumerate(lines):
        token = _name_of(line)
        if index and token.lower() in (b"transfer-encoding", ORIGINAL_TRANSFER_ENCODING):
            names.append(token)
            lines[index] = ORIGINAL_TRANSFER_ENCODING + line[len(token) :]
    return b"\n".join(lines), tuple(names)


def restore_transfer_encoding(head: bytes, names: tuple[bytes, ...]) -> bytes:
    """What ``rename_transfer_encoding`` was given. ``names`` empty: each was
    ``Transfer-Encoding``."""
    given = list(reversed(names))
    lines = head.split(b"\n")
    for index, line in enumerate(lines):
        token = _name_of(line)
        if index and token == ORIGINAL_TRANSFER_ENCODING:
            lines[index] = (given.pop() if given else b"Transfer-Encoding") + line[len(token) :]
    return b"\n".join(lines)


def _name_of(line: bytes) -> bytes:
    """The header name that ``line`` begins with, as it stands; empty for a folded line."""
    name, colon, _ = line.partition(b":")
    return name.rstrip() if colon and line[:1] not in (b" ", b"\t") else b""
