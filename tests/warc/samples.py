"""Small exchanges, pinned ids and a pinned clock for the tests of the archive."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from archiver.model import Errand, Exchange, Purpose, Truncation
from archiver.outcomes import Outcome
from archiver.warc.durable import KERNEL, Kernel
from archiver.warc.writer import WarcWriter

NOON = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)
PAGE = b"<html><title>Bridge opens</title><p>The bridge opened on Sunday.</html>"
PAGE_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
    % (len(PAGE), PAGE)
)


def counted_ids() -> Callable[[], UUID]:
    """Ids that count from 1."""
    numbers = itertools.count(1)
    return lambda: UUID(int=next(numbers))


def exchange(
    url: str = "https://news.example/bridge",
    received: bytes = PAGE_ANSWER,
    *,
    method: str = "GET",
    sent: bytes | None = None,
    purpose: Purpose = Purpose.ARTICLE,
    truncated: Truncation | None = None,
    failure: Outcome | None = None,
) -> Exchange:
    """An exchange about ``url``."""
    request = f"{method} /bridge HTTP/1.1\r\nHost: news.example\r\n\r\n".encode()
    return Exchange(
        url=url,
        method=method,
        started_at=NOON,
        duration_ms=42,
        sent=request if sent is None else sent,
        received=received,
        errand=Errand(purpose, via="https://news.example/"),
        truncated=truncated,
        failure=failure,
        ip_address="192.0.2.7",
        protocols=("http/1.1", "tls/1.3"),
        cipher_suite="TLS_AES_256_GCM_SHA384",
    )


def writer(
    output: Path,
    *,
    max_bytes: int = 1024**3,
    max_age_seconds: float = 3600,
    on_sealed: Callable[[Path], None] | None = None,
    clock: Callable[[], datetime] = lambda: NOON,
    kernel: Kernel = KERNEL,
    run_id: str = "run1",
) -> WarcWriter:
    """A writer with a pinned clock and pinned ids."""
    return WarcWriter(
        output / "warc",
        prefix="news",
        run_id=run_id,
        info={"software": "archiver/0.1.0", "http-header-user-agent": "archiver"},
        manifest=output / "manifest.jsonl",
        max_bytes=max_bytes,
        max_age_seconds=max_age_seconds,
        on_sealed=on_sealed,
        clock=clock,
        new_id=counted_ids(),
        kernel=kernel,
    )


def sealed_warc(output: Path, *exchanges: Exchange) -> Path:
    """The one sealed file that holds ``exchanges``."""
    sealed: list[Path] = []
    warcs = writer(output, on_sealed=sealed.append)
    for one in exchanges:
        warcs.write(one).result(timeout=10)
    warcs.close()
    return sealed[0]


STATUSES = (
    b"HTTP/1.1 200 OK\r\nServer: x\r\n",
    b"HTTP/1.0 404 Not Found\n",
    b"HTTP/1.1 204 No Content\r\n",
    b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n',
    b"http/1.1 200\r\nno colon here\r\nFolded: a\r\n b\r\n",
)
