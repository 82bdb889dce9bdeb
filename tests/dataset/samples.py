"""An article, a thread and captures, small and full: every field is set once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from archiver.model import (
    Access,
    Article,
    Author,
    Capture,
    Comment,
    CommentStatus,
    Image,
    ParentSource,
    Precision,
    RecordRef,
    Rights,
    TextLink,
    Thread,
)
from archiver.outcomes import Outcome

MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://www.news.example/politics/bridge?utm_source=x"
CANONICAL = "https://www.news.example/politics/bridge"
RECORD_ID = "<urn:uuid:00000000-0000-4000-8000-000000000001>"

CAPTURE = Capture(
    ref=RecordRef("news-20261123073000-00001-r1.warc.gz", 1234, 567, RECORD_ID),
    record_type="response",
    url=URL,
    captured_at=MORNING,
    status=200,
    headers=((b"Content-Type", b"Text/HTML; charset=utf-8"), (b"Server", b"s")),
    payload=b"<html>",
    payload_size=6,
    payload_digest="sha1:AAAA",
    ip_address="192.0.2.1",
    protocols=("http/1.1", "tls/1.3"),
    notes={"via": "https://www.news.example/", "purpose": "article", "fetchTimeMs": "321"},
    run_id="r1",
)

THREAD = Thread(
    platform="wordpress",
    comments=(
        Comment(
            comment_id="11",
            text="A bridge at last.",
            author="reader-000000000001",
            author_id="00000000000000aa",
            is_staff=False,
            published_at=MORNING,
            published_raw="today, 7:30",
            likes=3,
            dislikes=1,
            score=2,
            reply_count=1,
            permalink=f"{CANONICAL}#comment-11",
        ),
        Comment(
            comment_id="12",
            text="",
            parent_id="11",
            parent_source=ParentSource.NESTING,
            depth=1,
            position=1,
            status=CommentStatus.DELETED,
        ),
    ),
    declared=3,
    thread_ref="post-77",
)

ARTICLE = Article(
    url=URL,
    canonical_url=CANONICAL,
    outcome=Outcome.ARTICLE,
    text="The bridge is open.\n\nIt took ten years.",
    markdown="The **bridge** is open.\n\nIt took ten years.",
    title="Bridge opens",
    subtitle="After ten years",
    description="A bridge.",
    authors=(Author("Ann Smith", "https://www.news.example/ann"), Author("Bob")),
    agencies=("dpa",),
    published_at=MORNING,
    modified_at=NOON,
    published_raw="23 November 2026, 7.30",
    modified_raw="2026-11-23T12:00Z",
    published_precision=Precision.MINUTE,
    language="en-GB",
    section="Politics",
    tags=("bridges", "ten years"),
    images=(Image("https://www.news.example/b.jpg", "The bridge", "a bridge", is_lead=True),),
    links=(TextLink("https://other.example/", "ten years"),),
    access=Access.FREE,
    rights=Rights(
        "noarchive",
        noarchive=True,
        tdm_reservation=False,
        license="CC BY 4.0",
        content_usage="search=n",
        reserved=("noarchive", "search"),
    ),
    thread=THREAD,
    field_sources={"title": "json-ld", "text": "trafilatura"},
)


def captured_again(seconds: int, **changes: object) -> Capture:
    """The same page captured later, in a file of its own."""
    later = datetime.fromtimestamp(MORNING.timestamp() + seconds, UTC)
    number = f"{seconds:05d}"
    ref = replace(CAPTURE.ref, filename=f"news-20261123073000-{number}-r1.warc.gz")
    return replace(CAPTURE, ref=ref, captured_at=later, **changes)  # type: ignore[arg-type]
