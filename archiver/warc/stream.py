"""The plain bytes of an archive file, whatever packs them, with the places where members begin.

Knows gzip members and files that are not packed. Memory stays flat: a member is unpacked piece by
piece. What warcio does not say, this does: a member that ends before its trailer is torn.
"""

from __future__ import annotations

from collections import deque
from typing import BinaryIO

from archiver.errors import Place, TornRecord, WarcError
from archiver.warc.digests import Hasher
from archiver.warc.gzips import MAGIC, Unpacker, UnpackError

PACKED_PIECE = 256 * 1024
PLAIN_PIECE = 1024 * 1024
ZSTD_MAGICS = (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")
"""A zstd frame, and the skippable frame that holds the dictionary of a ``.warc.zst``."""


class PlainStream:
    """Reads ``file`` from its position on. ``name`` is for messages.

    ``position`` counts plain bytes from there; ``offset_of`` gives the place in the file of a
    position at which a member begins. ``sha256`` is fed the file's own bytes as they are
    read.
    """

    def __init__(self, file: BinaryIO, name: str, *, sha256: Hasher | None = None) -> None:
        self._file = file
        self._name = name
        self._sha256 = sha256
        self.start = file.tell()
        self.position = 0
        self._buffer = b""
        self._at = 0
        self._plain_end = 0  # position of the end of what is unpacked
        self._packed = b""
        self._packed_end = self.start  # place in the file after what was read from it
        self._is_read = False
        self._unpacker: Unpacker | None = None
        self._member_start = self.start
        self._begins: deque[tuple[int, int]] = deque()
        self._fault: WarcError | None = None
        opening = self._read_packed()
        self._packed = opening
        self.is_gzip = opening.startswith(MAGIC[:2])
        if not opening:
            raise WarcError("the file is empty", place=Place(name))
        if opening.startswith(ZSTD_MAGICS):
            raise WarcError(
                "the file is packed with zstd, which is not read here",
                place=Place(name),
                remedy="Unpack it with zstd -d first",
            )
        if self.is_gzip:
            self._begin_member()

    @property
    def fault_offset(self) -> int:
        """Place in the file to name when what is read now is wrong."""
        return self._member_start if self.is_gzip else self.start + self.position

    def offset_of(self, position: int) -> int | None:
        """Place in the file where the member begins whose first plain byte is ``position``; None
        when none does. Without packing every position has its place."""
        if not self.is_gzip:
            return self.start + position
        while self._begins and self._begins[0][0] < position:
            self._begins.popleft()
        if self._begins and self._begins[0][0] == position:
            return self._begins[0][1]
        return None

    def end_of(self, position: int) -> int | None:
        """Place in the file where a member, or the file, ends after the plain byte before
        ``position``; None when none does. Call it when all before ``position`` has been read.

        A fault of the next member is not this one's: it is raised when that one is read.
        """
        if self.peek(1) or self._fault is None:
            return self.offset_of(position) if self.peek(1) else self._packed_end
        offset = self.offset_of(position)
        if offset is None:
            raise self._fault
        return offset

    def peek(self, count: int) -> bytes:
        """The next bytes without passing them, ``count`` unless the file ends before or a fault
        lies between; that is raised when they are read."""
        try:
            while len(self._buffer) - self._at < count and self._fill():
                pass
        except WarcError as fault:
            self._fault = fault
        return self._buffer[self._at : self._at + count]

    def read(self, count: int) -> bytes:
        """At most ``count`` of the next bytes, at least one; none at the end of the file."""
        if self._at >= len(self._buffer) and not self._fill():
            return b""
        piece = self._buffer[self._at : self._at + count]
        self._at += len(piece)
        self.position += len(piece)
        return piece

    def readline(self, limit: int) -> bytes:
        """The next line with its line break; less where the file ends or ``limit`` is reached."""
        while True:
            end = self._buffer.find(b"\n", self._at, self._at + limit)
            if end >= 0:
                return self.read(end + 1 - self._at)
            if len(self._buffer) - self._at >= limit or not self._fill():
                return self.read(limit)

    def drain(self) -> None:
        """Read the rest of the file without unpacking it, for its digest."""
        while self._read_packed():
            pass

    def _fill(self) -> bool:
        """Add plain bytes to the buffer; False at the end of the file."""
        if self._fault is not None:
            raise self._fault
        piece = self._unpack() if self.is_gzip else self._take()
        if not piece:
            return False
        self._buffer = self._buffer[self._at :] + piece
        self._at = 0
        self._plain_end += len(piece)
        return True

    def _take(self) -> bytes:
        piece, self._packed = self._packed or self._read_packed(), b""
        return piece

    def _unpack(self) -> bytes:
        while True:
            if self._unpacker is None:
                if not self._packed:
                    self._packed = self._read_packed()
                if not self._packed:
                    return b""
                self._begin_member()
            assert self._unpacker is not None
            if not self._packed:
                self._packed = self._read_packed()
            is_last = not self._packed
            try:
                piece = self._unpacker.feed(self._packed, PLAIN_PIECE)
            except UnpackError as error:
                raise self._broken(f"the gzip member is damaged ({error})") from error
            self._packed = self._unpacker.left
            if self._unpacker.is_ended:
                self._unpacker = None
            if piece:
                return piece
            if is_last and self._unpacker is not None:
                raise TornRecord(
                    "the gzip member ends before its trailer",
                    place=Place(self._name, offset=self._member_start),
                    remedy="Keep the whole members before it (archiver recover)",
                )

    def _begin_member(self) -> None:
        self._member_start = self._packed_end - len(self._packed)
        self._begins.append((self._plain_end, self._member_start))
        if len(self._packed) < len(MAGIC):
            self._packed += self._read_packed()
        if not self._packed.startswith(MAGIC[: len(self._packed)]):
            raise self._broken("no gzip member begins where the one before it ends")
        self._unpacker = Unpacker()

    def _broken(self, what: str) -> WarcError:
        return WarcError(
            what,
            place=Place(self._name, offset=self._member_start),
            remedy="Compare the file with a copy; members after this place cannot be found",
        )

    def _read_packed(self) -> bytes:
        piece = self._file.read(PACKED_PIECE)
        self._packed_end += len(piece)
        if self._sha256 is not None:
            self._sha256.update(piece)
        return piece
