"""Chunked transfer coding (RFC 9112, 7.1), taken off without forgetting how it stood there.

Knows chunk lines, trailers and what goes wrong in them. ``Dechunker`` takes a body in pieces of
any size, so that a large one never stands in memory whole; ``join_chunks`` puts it together again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from archiver.warc.fields import quote_bytes, unquote_bytes

LINE_LIMIT = 16 * 1024
"""Longest chunk line or trailer section taken for one. A real extension has some tens of bytes."""

# chunk-size is hex digits only: int() would take "+5", "0x5" and "1_0" too, which is how two
# readers of one message come to differ. 15 digits are 2**60 bytes.
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\Z")
# The chunk that all but a few are: no extension, CR LF, whole in the piece at hand.
_PLAIN_LINE = re.compile(rb"([0-9A-Fa-f]{1,7})\r\n")
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk's framing; its data stand in the body."""

    line: bytes
    """Size and extensions, without the line's end."""
    line_end: bytes = b"\r\n"
    """CR LF, a bare LF, or less where the connection ended here."""
    data_end: bytes = b"\r\n"
    """What followed the data; empty for the last chunk (its end belongs to the trailers)."""

    @property
    def size(self) -> int:
        """Bytes of data that the line promises; 0 for a line cut before its end."""
        match = _CHUNK_LINE.match(self.line)
        return int(match.group(1), 16) if match and self.line_end.endswith(b"\n") else 0


class _State(Enum):
    LINE = auto()
    DATA = auto()
    DATA_END = auto()
    TRAILERS = auto()
    DONE = auto()
    BROKEN = auto()
    IDENTITY = auto()


@dataclass(slots=True)
class Dechunker:
    """Takes a framed body piece by piece and gives its data; remembers the framing.

    A body whose first line is no chunk line was never chunked, whatever its head says: it is
    given as it stands (``is_chunked`` is False). A bad line later ends the body; that line and
    all after it are ``rest``, as are the bytes after the last chunk.
    """

    keep_framing: bool = True
    """False to keep only the data: ``chunks``, ``trailers`` and ``rest`` stay empty."""
    chunks: list[Chunk] = field(default_factory=list)
    trailers: bytes = b""
    """The trailer section with the empty line that ends it."""
    rest: bytes = b""
    is_chunked: bool = True
    _state: _State = _State.LINE
    _held: bytes = b""
    _left: int = 0
    _line: bytes = b""
    _line_end: bytes = b""
    _count: int = 0
    _plain: dict[bytes, Chunk] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether the last chunk and the end of its trailers have come."""
        return self._state is _State.DONE

    def feed(self, piece: bytes) -> bytes:
        """The data in ``piece``, which follows the pieces given before."""
        given: list[bytes] = []
        data = self._held + piece if self._held else piece
        self._held = b""
        position = 0
        while True:
            if self._state is _State.DATA:
                taken = data[position : position + self._left]
                given.append(taken)
                position += len(taken)
                self._left -= len(taken)
                if self._left:
                    return b"".join(given)
                self._state = _State.DATA_END
            elif self._state is _State.IDENTITY:
                given.append(data[position:])
                return b"".join(given)
            elif self._state in (_State.DONE, _State.BROKEN):
                if self.keep_framing:
                    self.rest += data[position:]
                return b"".join(given)
            else:
                if self._state is _State.LINE:
                    position = self._take_plain_chunks(data, position, given)
                step = self._step(data, position)
                if step is None:
                    self._held = data[position:]
                    return b"".join(given)
                position = step

    def finish(self) -> bytes:
        """What is left when the body has ended: data only if it was never chunked."""
        held, self._held = self._held, b""
        if self._state is _State.LINE and held:
            if not self._count and not _CHUNK_LINE.match(held.rstrip(b"\r")):
                self.is_chunked = False
                self._state = _State.IDENTITY
                return held
            if self.keep_framing:
                self.chunks.append(Chunk(held, b"", b""))
        elif self._state is _State.DATA:
            self._note_chunk(b"")
        elif self._state is _State.DATA_END:
            self._note_chunk(held)
        elif self._state is _State.TRAILERS and self.keep_framing:
            self.trailers = held
        return b""

    def _take_plain_chunks(self, data: bytes, position: int, given: list[bytes]) -> int:
        """Take the plain chunks at ``position``, which need no states; where they end.

        A body of a million chunks of one byte took 6 s without this.
        """
        while line := _PLAIN_LINE.match(data, position):
            size = int(line.group(1), 16)
            end = line.end() + size
            if not size or data[end : end + 2] != b"\r\n":
                break
            given.append(data[line.end() : end])
            position = end + 2
            self._count += 1
            if self.keep_framing:
                # Equal chunks are one value: a body has few sizes.
                told = line.group(1)
                chunk = self._plain.get(told)
                if chunk is None:
                    chunk = self._plain[told] = Chunk(told)
                self.chunks.append(chunk)
        return position

    def _step(self, data: bytes, position: int) -> int | None:
        """Take one piece of framing; its end, or None when more bytes are needed."""
        if self._state is _State.LINE:
            return self._take_line(data, position)
        if self._state is _State.DATA_END:
            return self._take_data_end(data, position)
        return self._take_trailers(data, position)

    def _take_line(self, data: bytes, position: int) -> int | None:
        end = data.find(b"\n", position, position + LINE_LIMIT)
        if end < 0 and len(data) - position < LINE_LIMIT:
            return None
        line = data[position : max(end, position)]
        line_end = b"\n"
        if line.endswith(b"\r"):
            line, line_end = line[:-1], b"\r\n"
        match = _CHUNK_LINE.match(line)
        if end < 0 or match is None:
            self.is_chunked = self._count > 0
            self._state = _State.BROKEN if self._count else _State.IDENTITY
            return position
        self._count += 1
        self._line, self._line_end, self._left = line, line_end, int(match.group(1), 16)
        if self._left:
            self._state = _State.DATA
        else:
            self._note_chunk(b"")
            self._state = _State.TRAILERS
        return end + 1

    def _take_data_end(self, data: bytes, position: int) -> int | None:
        ending = data[position : position + 2]
        if ending == b"\r\n":
            size = 2
        elif ending[:1] == b"\n":
            size = 1
        elif ending in (b"", b"\r"):
            return None
        else:
            self._note_chunk(b"")
            self._state = _State.BROKEN
            return position
        self._note_chunk(ending[:size])
        self._state = _State.LINE
        return position + size

    def _take_trailers(self, data: bytes, position: int) -> int | None:
        start = position
        while (end := data.find(b"\n", position)) >= 0:
            is_last = data[position:end] in (b"", b"\r")
            position = end + 1
            if is_last:
                if self.keep_framing:
                    self.trailers = data[start:position]
                self._state = _State.DONE
                return position
        if len(data) - start >= LINE_LIMIT:
            self._state = _State.BROKEN
            return start
        return None

    def _note_chunk(self, data_end: bytes) -> None:
        if self.keep_framing:
            self.chunks.append(Chunk(self._line, self._line_end, data_end))


def write_chunks(chunks: list[Chunk]) -> str:
    """``chunks`` as one line: chunk lines percent-encoded, separated by blanks. One with another
    framing than CR LF has it written behind it: ``5|%0A|%0A`` (line's end, data's end)."""
    words = {chunk: _write_chunk(chunk) for chunk in set(chunks)}
    return " ".join(words[chunk] for chunk in chunks)


def _write_chunk(chunk: Chunk) -> str:
    line = quote_bytes(chunk.line, also=_SEPARATOR)
    is_last = chunk.size == 0
    if chunk.line_end == b"\r\n" and chunk.data_end == (b"" if is_last else b"\r\n"):
        return line
    return _SEPARATOR.join((line, quote_bytes(chunk.line_end), quote_bytes(chunk.data_end)))


def read_chunks(text: str) -> list[Chunk]:
    """The chunks that ``write_chunks`` was given."""
    chunks = []
    for word in text.split():
        line, *ends = word.split(_SEPARATOR)
        if ends:
            line_end, data_end = map(unquote_bytes, ends)
            chunks.append(Chunk(unquote_bytes(line), line_end, data_end))
        else:
            chunk = Chunk(unquote_bytes(line))
            chunks.append(chunk if chunk.size else Chunk(chunk.line, chunk.line_end, b""))
    return chunks


def join_chunks(chunks: list[Chunk], body: bytes, trailers: bytes) -> bytes:
    """The framed body as it was received."""
    pieces: list[bytes] = []
    position = 0
    for chunk in chunks:
        data = body[position : position + chunk.size]
        position += len(data)
        pieces += (chunk.line, chunk.line_end, data, chunk.data_end)
    return b"".join((*pieces, trailers))


def ends_with_last_chunk(chunks: list[Chunk]) -> bool:
    """Whether a trailer section belongs to ``chunks``."""
    return bool(chunks) and chunks[-1].size == 0 and chunks[-1].line_end.endswith(b"\n")
