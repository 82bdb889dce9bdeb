"""The tap on the wire: every byte that an HTTP connection sends and receives, per request.

Knows Twisted's HTTP/1.1 client and Scrapy's subclass of it. It leans on names that are private
there; ``check_private_names`` looks for each of them before a crawl starts. What it records is a
list of ``Attempt`` per request, because Twisted tries a GET again without a word when a kept-alive
connection turns out to be dead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import scrapy
import twisted
from OpenSSL import SSL, crypto
from scrapy.core import downloader
from scrapy.core.downloader.handlers import http11
from twisted.internet import endpoints
from twisted.web import _newclient, client
from zope.interface import directlyProvides, providedBy

from archiver.errors import ConfigError
from archiver.outcomes import Outcome

EXCHANGE_HEADER = b"X-Archiver-Exchange"
"""Carries the number of a recording from Scrapy's request to Twisted's; taken off before the
request is written, so it never crosses the wire."""

HEAD_LIMIT_BYTES = 256 * 1024
"""Of a response's head, interim responses included. Scrapy's DOWNLOAD_MAXSIZE counts the body
only: 400,000 header lines were accepted and cost 5.8 s and 72 MB. Browsers stop at 256 KiB."""

_TESTED_SCRAPY = ("2.19.",)
_TESTED_TWISTED = ("26.10.",)
_PRIVATE_NAMES: tuple[tuple[Any, str], ...] = (
    (downloader.Downloader, "_get_slot"),
    (downloader.Downloader, "_download"),
    (downloader.Slot, "download_delay"),
    (http11, "_ScrapyAgent"),
    (http11._ScrapyAgent, "_get_agent"),
    (http11, "_LenientHTTP11ClientProtocol"),
    (http11, "_LenientHTTP11ClientFactory"),
    (client.HTTPConnectionPool, "_factory"),
    (client.HTTPConnectionPool, "_newConnection"),
    (client.Agent, "_getEndpoint"),
    (client._StandardEndpointFactory, "endpointForURI"),
    (endpoints.HostnameEndpoint, "_getNameResolverAndMaybeWarn"),
    (_newclient.HTTP11ClientProtocol, "dataReceived"),
    (_newclient.HTTP11ClientProtocol, "_finishResponse"),
    (_newclient.HTTPClientParser, "MAX_LENGTH"),
    (_newclient, "STATUS"),
    (_newclient, "HEADER"),
)


def check_private_names() -> None:
    """The names that the tap leans on are there; ConfigError says which one is not."""
    for owner, name in _PRIVATE_NAMES:
        if not hasattr(owner, name):
            raise ConfigError(
                f"Scrapy {scrapy.__version__} with Twisted {twisted.__version__} has no "
                f"{getattr(owner, '__qualname__', owner.__name__)}.{name}, which the capture of "
                "exact bytes and the pace of requests need",
                remedy=(
                    f"Install the tested versions: Scrapy {_TESTED_SCRAPY[0]}* and "
                    f"Twisted {_TESTED_TWISTED[0]}*"
                ),
            )


@dataclass(slots=True)
class Attempt:
    """The bytes of one request on one connection, as they come."""

    started_at: datetime
    started: float
    """Monotonic seconds, as ``ended``."""
    ended: float
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    failure: Outcome | None = None
    """Set when the tap itself ended the exchange."""
    ip_address: str | None = None
    tls_version: str | None = None
    cipher_suite: str | None = None
    certificate: bytes | None = None
    handle: Any = None
    """Twisted's: a TLS connection, or a socket."""

    @property
    def is_in_handshake(self) -> bool:
        """Whether the TLS handshake was still under way, so that nothing of ``sent`` crossed the
        wire: Twisted hands the request to the TLS layer before."""
        return isinstance(self.handle, SSL.Connection) and self.handle.get_finished() is None


@dataclass(slots=True)
class Recording:
    """All attempts that one Scrapy request led to."""

    on_sent: Callable[[], object]
    """Called when an attempt has left for the wire."""
    attempts: list[Attempt] = field(default_factory=list)


class _TappedTransport:
    """A transport whose writes are noted; all else is the transport's own."""

    def __init__(self, transport: Any, note_sent: Callable[[bytes], None]) -> None:
        self._transport = transport
        self._note_sent = note_sent
        directlyProvides(self, providedBy(transport))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._note_sent(data)
        self._transport.write(data)

    def writeSequence(self, parts: Any) -> None:  # noqa: N802 - Twisted's name
        parts = list(parts)
        for part in parts:
            self._note_sent(part)
        self._transport.writeSequence(parts)


class RecordingProtocol(http11._LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 client protocol with a tap on both directions."""

    recordings: Mapping[bytes, Recording]
    _attempt: Attempt | None = None
    _on_sent: Callable[[], object] | None = None

    def makeConnection(self, transport: Any) -> None:  # noqa: N802
        self._tapped: Any = _TappedTransport(transport, self._note_sent)
        super().makeConnection(self._tapped)  # type: ignore[no-untyped-call]

    def request(self, request: Any) -> Any:
        """Starts a new attempt of the request's recording, then sends it."""
        number = getattr(request, "_archiver_exchange", None)
        if number is None:
            values = request.headers.getRawHeaders(EXCHANGE_HEADER)
            number = values[0] if values else None
            request.headers.removeHeader(EXCHANGE_HEADER)
            # Twisted's silent second attempt sends the same object: it must find its recording.
            request._archiver_exchange = number
        recording = self.recordings.get(number) if number is not None else None
        self._attempt = None
        if recording is not None:
            now = monotonic()
            self._attempt = Attempt(started_at=datetime.now(UTC), started=now, ended=now)
            self._attempt.handle = self._tapped.getHandle()
            recording.attempts.append(self._attempt)
            self._on_sent = recording.on_sent
        answer = super().request(request)
        if self._attempt is not None and not self._attempt.is_in_handshake:
            self._note_left()
        assert self._parser is not None, "made by request()"
        # Twisted hangs up at a line of 16 KiB, which a long Content-Security-Policy reaches; here
        # the head as a whole is limited.
        self._parser.MAX_LENGTH = HEAD_LIMIT_BYTES
        return answer

    def _note_sent(self, data: bytes) -> None:
        if self._attempt is not None:
            self._attempt.sent += data

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        attempt = self._attempt
        if attempt is not None:
            if not attempt.received:
                self._note_left()
                self._note_peer(attempt)
            attempt.received += data
            attempt.ended = monotonic()
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if (
            attempt is not None
            and len(attempt.received) > HEAD_LIMIT_BYTES
            and self._parser is not None
            and self._parser.state in (_newclient.STATUS, _newclient.HEADER)
        ):
            attempt.failure = Outcome.HEADER_LIMIT
            self._tapped.abortConnection()
        if self._parser is None:
            self._attempt = None

    def _note_left(self) -> None:
        """Once an attempt: when it was written, or, where a TLS handshake had still to end, with
        the first byte of the answer, before which it surely left."""
        if self._on_sent is not None:
            self._on_sent()
            self._on_sent = None

    def _note_peer(self, attempt: Attempt) -> None:
        """Address and TLS facts, read with the first byte: before it the handshake may be
        unfinished."""
        attempt.ip_address = getattr(self._tapped.getPeer(), "host", None)
        handle = self._tapped.getHandle()
        if isinstance(handle, SSL.Connection):
            attempt.tls_version = handle.get_protocol_version_name()
            attempt.cipher_suite = handle.get_cipher_name()
            certificate = handle.get_peer_certificate()
            if certificate is not None:
                attempt.certificate = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)


class RecordingFactory(http11._LenientHTTP11ClientFactory):
    """Builds recording protocols; stands in for the connection pool's own factory."""

    def __init__(
        self, recordings: MutableMapping[bytes, Recording], quiescent: Any, metadata: Any
    ) -> None:
        super().__init__(quiescent, metadata)  # type: ignore[no-untyped-call]
        self._recordings = recordings

    def buildProtocol(self, addr: Any) -> RecordingProtocol:  # noqa: ARG002, N802
        protocol = RecordingProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
        protocol.recordings = self._recordings
        return protocol
