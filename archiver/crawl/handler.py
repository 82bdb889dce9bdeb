"""The download handler: Scrapy's own for HTTP/1.1, with the wire recorded and guarded.

Each request ends in one or more ``Exchange`` values, whatever became of it, and they are durable
before Scrapy sees the response or the failure. A capture that cannot be made durable fails the
request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _ScrapyAgent
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import ConnectError
from twisted.web.client import ResponseFailed

from archiver.crawl.downloader import request_sent
from archiver.crawl.guard import AddressGuard, AddressRefused, GuardedReactor
from archiver.crawl.opt_outs import for_reading, obey
from archiver.crawl.options import Secret
from archiver.crawl.recording import (
    EXCHANGE_HEADER,
    Attempt,
    Recording,
    RecordingFactory,
)
from archiver.crawl.run import LEASE, Run
from archiver.crawl.trust import PinnedTrust
from archiver.model import Errand, Exchange, Purpose, Truncation
from archiver.outcomes import Outcome

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.web.iweb import IPolicyForHTTPS

_PROXY_SECRET = re.compile(rb"^Proxy-Authorization:[^\r\n]*\r\n", re.IGNORECASE | re.MULTILINE)
_TRUNCATIONS = {
    Outcome.TRUNCATED: Truncation.DISCONNECT,
    Outcome.TIMEOUT: Truncation.TIME,
    Outcome.SIZE_LIMIT: Truncation.LENGTH,
    Outcome.HEADER_LIMIT: Truncation.LENGTH,
}


class _GuardedAgent(_ScrapyAgent):
    """Scrapy's agent on a guarded reactor."""

    def __init__(self, *, guarded_reactor: GuardedReactor, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._guarded_reactor = guarded_reactor

    def _get_agent(self, request: Request, timeout: float) -> Any:
        agent: Any = super()._get_agent(request, timeout)
        agent._reactor = self._guarded_reactor
        agent._endpointFactory._reactor = self._guarded_reactor
        return agent


class RecordingDownloadHandler(HTTP11DownloadHandler):
    """Downloads http and https; what crossed the wire is in the archive before it returns."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run = Run.of(crawler)
        self._recordings: dict[bytes, Recording] = {}
        self._numbers = count(1)
        pool: Any = self._pool
        pool._factory = partial(RecordingFactory, self._recordings)
        options = self._run.options
        if self._run.authorities is not None:
            trust = PinnedTrust.from_crawler(crawler)
            trust.authorities = self._run.authorities
            self._contextFactory = cast("IPolicyForHTTPS", trust)

        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        self._guard = AddressGuard(options.allow_addresses)
        self._guarded_reactor = GuardedReactor(reactor, self._guard, options.connect_to)

    async def download_request(self, request: Request) -> Response:
        """The response, once its records are durable.

        Raises what Scrapy's handler raises, AddressRefused, and WriteFailed.
        """
        options = self._run.options
        number = str(next(self._numbers)).encode()
        recording = self._recordings[number] = Recording(
            partial(self._crawler.signals.send_catch_log, request_sent, request=request)
        )
        request.headers[EXCHANGE_HEADER] = number
        failure: BaseException | None = None
        response: Response | None = None
        try:
            response = await self._download(_with_secrets(request, options.secrets))
            response = response.replace(url=request.url) if options.secrets else response
        except Exception as error:
            failure = error
            raise
        finally:
            request.headers.pop(EXCHANGE_HEADER, None)
            del self._recordings[number]
            exchanges = [
                _without_secrets(exchange, options.secrets)
                for exchange in _exchanges_of(request, recording, failure)
            ]
            if exchanges and exchanges[-1].failure is not None:
                request.meta["outcome"] = exchanges[-1].failure
            is_read = response is not None and LEASE in request.meta and response.status < 300
            for exchange in exchanges:
                # Only the last attempt is read, and so only it is held until it is released.
                is_held = is_read and exchange is exchanges[-1]
                archived = obey(exchange, options.opt_outs, user_agent=self._run.user_agent)
                if exchange is exchanges[-1] and archived.failure is not exchange.failure:
                    request.meta["outcome"] = archived.failure
                earlier = self._run.payloads.earlier(request) if is_held else None
                capture = await self._run.record(archived, hold=is_held, earlier=earlier)
                request.meta["capture"] = for_reading(capture, exchange)
        return response

    async def _download(self, request: Request) -> Response:
        agent = _GuardedAgent(
            guarded_reactor=self._guarded_reactor,
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))


def errand_of(request: Request) -> Errand:
    """Why a request was made; one that does not say is taken by its path."""
    errand = request.meta.get("errand")
    if isinstance(errand, Errand):
        return errand
    is_robots = request.url.split("?")[0].endswith("/robots.txt")
    return Errand(Purpose.ROBOTS if is_robots else Purpose.ARTICLE)


def _exchanges_of(
    request: Request, recording: Recording, failure: BaseException | None
) -> list[Exchange]:
    """One exchange per attempt; one without bytes where no connection came about."""
    url = request.url.partition("#")[0]
    errand = errand_of(request)
    through_proxy = bool(request.meta.get("proxy"))
    exchanges: list[Exchange] = []
    for attempt in recording.attempts:
        is_last = attempt is recording.attempts[-1]
        outcome = attempt.failure
        detail = None
        if is_last and failure is not None:
            outcome = outcome or outcome_of_error(
                failure, has_answer=attempt.received.startswith(b"HTTP/")
            )
            detail = describe(failure)
        elif not is_last:
            outcome = outcome or Outcome.NO_RESPONSE
            detail = "the kept-alive connection was closed; tried again on a new one"
        has_failed_handshake = attempt.is_in_handshake or outcome is Outcome.TLS_FAILURE
        if has_failed_handshake and outcome is Outcome.NO_RESPONSE:
            outcome = Outcome.TLS_FAILURE
        exchanges.append(
            Exchange(
                url=url,
                method=request.method,
                started_at=attempt.started_at,
                duration_ms=round((attempt.ended - attempt.started) * 1000),
                sent=b"" if has_failed_handshake else _for_the_server(bytes(attempt.sent)),
                received=bytes(attempt.received),
                errand=errand,
                truncated=_TRUNCATIONS.get(outcome) if outcome and attempt.received else None,
                failure=outcome,
                failure_detail=detail,
                ip_address=None if through_proxy else attempt.ip_address,
                protocols=_protocols(attempt),
                cipher_suite=attempt.cipher_suite,
                certificate=attempt.certificate,
            )
        )
    if not exchanges and failure is not None:
        exchanges.append(
            Exchange(
                url=url,
                method=request.method,
                started_at=datetime.now(UTC),
                duration_ms=0,
                sent=b"",
                received=b"",
                errand=errand,
                failure=outcome_of_error(failure, has_answer=False, is_connected=False),
                failure_detail=describe(failure),
            )
        )
    return exchanges


def _with_secrets(request: Request, secrets: Mapping[str, Secret]) -> Request:
    """The request as it goes on the wire: with the operator's secrets where their names stand, in
    the one place that is for each. A page may write a name anywhere else."""
    url = request.url
    for name, secret in secrets.items():
        if url.startswith(secret.address):
            spelled = quote(secret.value, safe="")
            url = re.sub(rf"([?&]{secret.parameter}=){name}(?=&|$)", rf"\g<1>{spelled}", url)
    return request if url == request.url else request.replace(url=url)


def _without_secrets(exchange: Exchange, secrets: Mapping[str, Secret]) -> Exchange:
    """What was sent with the names of the operator's secrets in their place: an archive is handed
    on, and a key is no part of what the site published."""
    sent, detail = exchange.sent, exchange.failure_detail
    for name, secret in secrets.items():
        spelled = quote(secret.value, safe="")
        sent = sent.replace(spelled.encode(), name.encode())
        detail = detail and detail.replace(spelled, name)
    return replace(exchange, sent=sent, failure_detail=detail) if secrets else exchange


def _for_the_server(sent: bytes) -> bytes:
    """``sent`` without what it says to the operator's own proxy: a password is no part of the
    exchange with the site, and an archive is handed on."""
    return _PROXY_SECRET.sub(b"", sent, count=1)


def _protocols(attempt: Attempt) -> tuple[str, ...]:
    """Values of WARC-Protocol (IIPC proposal 42): ``http/1.1``, ``tls/1.3``."""
    version = bytes(attempt.received[:8])
    protocols = [version.decode("ascii").lower()] if version in (b"HTTP/1.0", b"HTTP/1.1") else []
    if attempt.tls_version:
        protocols.append(attempt.tls_version.replace("TLSv", "tls/").lower())
    return tuple(protocols)


def describe(failure: BaseException) -> str:
    """A failure in one line, for a person."""
    reasons = getattr(failure.__cause__ or failure, "reasons", None) or ()
    text = str(failure) or type(failure).__name__
    if reasons:
        text = "; ".join(str(reason.value) or reason.type.__name__ for reason in reasons)
    return " ".join(text.split())[:500]


def outcome_of_error(
    error: BaseException, *, has_answer: bool, is_connected: bool = True
) -> Outcome:
    """The outcome of an exchange that ended in ``error``; ``has_answer`` when bytes came."""
    if isinstance(error, AddressRefused):
        return Outcome.ADDRESS_REFUSED
    if isinstance(error, CannotResolveHostError):
        return Outcome.DNS_FAILURE
    if isinstance(error, DownloadConnectionRefusedError):
        return Outcome.CONNECTION_REFUSED
    if _is_tls_error(error):
        return Outcome.TLS_FAILURE
    if isinstance(error, DownloadTimeoutError):
        return Outcome.TIMEOUT if is_connected else Outcome.CONNECTION_FAILED
    if isinstance(error, ResponseDataLossError):
        return Outcome.TRUNCATED
    if isinstance(error, DownloadCancelledError):
        return Outcome.SIZE_LIMIT
    if isinstance(error, ConnectError) or not is_connected:
        return Outcome.CONNECTION_FAILED
    return Outcome.TRUNCATED if has_answer else Outcome.NO_RESPONSE


def _is_tls_error(error: BaseException) -> bool:
    candidates: list[Any] = [error, error.__cause__]
    for failed in (error, error.__cause__):
        if isinstance(failed, ResponseFailed) or hasattr(failed, "reasons"):
            candidates += [reason.value for reason in failed.reasons]  # type: ignore[union-attr]
    return any(
        isinstance(candidate, SSL.Error) or type(candidate).__name__ == "VerificationError"
        for candidate in candidates
    )
