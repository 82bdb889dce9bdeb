"""What a server received and sent, byte for byte, while it is still at it.

Safe to read from another thread at any time. Knows nothing of HTTP.
"""

from __future__ import annotations

import threading


class ExchangeLog:
    """One request and what was sent in answer, on one connection.

    Bytes are noted before they are written and taken back when they could not be: so a client that
    has read an answer to its end always finds all of it here.
    """

    def __init__(self, door: str, connection: int, number: int, received: bytes) -> None:
        self.door = door
        """http, https or other."""
        self.connection = connection
        """Number of the connection, over all doors, from 1."""
        self.number = number
        """Number of the exchange on its connection, from 1: above 1 it was kept alive."""
        self.received = received
        self._pieces: list[memoryview] = []
        self._lock = threading.Lock()
        self._is_over = threading.Event()

    @property
    def target(self) -> str:
        """Of the request line."""
        words = self.received.split(b"\r\n", 1)[0].split(b" ")
        return words[1].decode("latin-1") if len(words) > 1 else ""

    @property
    def sent(self) -> bytes:
        """What was handed to the network; after a reset the client may have got less of it."""
        with self._lock:
            return b"".join(self._pieces)

    @property
    def sent_size(self) -> int:
        """``len(sent)`` without joining it."""
        with self._lock:
            return sum(len(piece) for piece in self._pieces)

    def note(self, piece: memoryview) -> None:
        """``piece`` is about to be written."""
        with self._lock:
            self._pieces.append(piece)

    def take_back(self, size: int) -> None:
        """The last ``size`` bytes that were noted were not written."""
        with self._lock:
            last = self._pieces.pop()
            self._pieces.append(last[: len(last) - size])

    def end(self) -> None:
        """Nothing more will be noted."""
        self._is_over.set()

    def wait_until_over(self, timeout_seconds: float) -> bool:
        """True once the server is done with this exchange."""
        return self._is_over.wait(timeout_seconds)

    def __repr__(self) -> str:
        return (
            f"ExchangeLog({self.door} {self.connection}.{self.number} {self.target!r},"
            f" {len(self.received)} received, {self.sent_size} sent)"
        )
