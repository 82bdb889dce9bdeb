"""A small archive, made by the real writer: one exchange for each kind of answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archiver.model import Capture, Errand, Exchange, Purpose, Truncation
from archiver.outcomes import Outcome
from archiver.warc.writer import WarcWriter
from tests.warc.samples import counted_ids

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SITE = "https://www.news.example"
PARAGRAPHS = "".join(
    f"<p>Paragraph {i} tells at some length how the bridge over the river was built, who paid for "
    f"it, and why it took so many years until the {i}th pillar stood in the water at last.</p>"
    for i in range(8)
)
ARTICLE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bridge opens</title>
<link rel="canonical" href="{SITE}/bridge">
<meta property="og:type" content="article"><meta property="og:title" content="Bridge opens">
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle",
"headline":"Bridge opens","datePublished":"2026-11-20T08:00:00Z",
"author":{{"@type":"Person","name":"Carla Writer"}}}}</script></head>
<body class="single single-post postid-7"><article><h1>Bridge opens</h1>{PARAGRAPHS}</article>
<div id="comments" class="comments-area"><h2 class="comments-title">2 thoughts on “Bridge”</h2>
<ol class="comment-list">
<li id="comment-11" class="comment even thread-even depth-1 parent"><article id="div-comment-11"
class="comment-body"><footer class="comment-meta"><div class="comment-author vcard">
<b class="fn">Ann Smith</b> <span class="says">says:</span></div>
<div class="comment-metadata"><a href="{SITE}/bridge#comment-11">
<time datetime="2026-11-21T10:00:00+00:00">November 21, 2026 at 10:00</time></a></div></footer>
<div class="comment-content"><p>At last! I waited ten years for this bridge.</p></div></article>
<ol class="children"><li id="comment-12" class="comment odd alt depth-2"><article
id="div-comment-12" class="comment-body"><footer class="comment-meta">
<div class="comment-author vcard"><b class="fn">Bob Ray</b> <span class="says">says:</span></div>
<div class="comment-metadata"><a href="{SITE}/bridge#comment-12">
<time datetime="2026-11-21T11:00:00+00:00">November 21, 2026 at 11:00</time></a></div></footer>
<div class="comment-content"><p>Ann Smith, so did we all.</p></div></article></li></ol></li>
</ol></div></body></html>""".encode()


def answer(status: str = "200 OK", body: bytes = ARTICLE, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(headers or ("Content-Type: text/html; charset=utf-8",))]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def exchange(path: str, received: bytes, **changes: object) -> Exchange:
    made = Exchange(
        url=f"{SITE}{path}",
        method="GET",
        started_at=NOON,
        duration_ms=42,
        sent=f"GET {path} HTTP/1.1\r\nHost: www.news.example\r\n\r\n".encode(),
        received=received,
        errand=Errand(Purpose.ARTICLE, via=f"{SITE}/"),
        ip_address="192.0.2.7",
        protocols=("http/1.1", "tls/1.3"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


PDF = answer("200 OK", b"%PDF-1.7 ...", "Content-Type: application/pdf")
EXCHANGES = {
    Outcome.ROBOTS: exchange(
        "/robots.txt", answer("404 Not Found", b"", "x: y"), errand=Errand(Purpose.ROBOTS)
    ),
    Outcome.ARTICLE: exchange("/bridge?utm_source=x", answer()),
    Outcome.NOT_FOUND: exchange("/gone", answer("404 Not Found", b"gone")),
    Outcome.REDIRECT: exchange("/old", answer("301 Moved", b"", "Location: /bridge")),
    Outcome.UNCHANGED: exchange("/same", answer("304 Not Modified", b"", 'ETag: "1"')),
    Outcome.OTHER_CONTENT: exchange("/report.pdf", PDF),
    Outcome.TIMEOUT: exchange("/slow", answer()[:200], truncated=Truncation.TIME),
    Outcome.REQUISITE: exchange("/a.css", answer(), errand=Errand(Purpose.REQUISITE)),
    Outcome.EXTRACT_TIMEOUT: exchange("/bomb", answer()),
    Outcome.DNS_FAILURE: exchange(
        "/nowhere", b"", sent=b"", failure=Outcome.DNS_FAILURE, ip_address=None, protocols=()
    ),
}
"""One exchange for each outcome; the bomb's is stated by a note."""


def archived(
    output: Path, exchanges: list[Exchange], *, prefix: str = "news"
) -> tuple[Path, list[Capture]]:
    """A sealed WARC of these exchanges, with a verdict on ``/bomb``."""
    sealed: list[Path] = []
    writer = WarcWriter(
        output / "warc",
        prefix=prefix,
        run_id="run1",
        info={"software": "test"},
        manifest=output / "manifest.jsonl",
        on_sealed=sealed.append,
        clock=lambda: NOON,
        new_id=counted_ids(),
    )
    captures = []
    for one in exchanges:
        capture = writer.write(one, hold=True).result(10)
        captures.append(capture)
        if one.url.endswith("/bomb"):
            verdict = {"outcome": "extract_timeout", "detail": "stopped after 20 s"}
            writer.note(capture, verdict).result(10)
    writer.close()
    (path,) = sealed
    return path, captures
