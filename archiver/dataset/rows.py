"""Article, comment and capture as rows of their tables; pure.

Knows which field goes into which column, and what a column cannot hold: numbers beyond their
type and half characters (lone surrogates, which JSON can spell) would otherwise lose a whole
part to one odd page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from archiver.dataset.measures import article_id, simhash, text_digest, word_count
from archiver.errors import UrlError
from archiver.model import Article, Capture, Comment, Purpose, Thread
from archiver.outcomes import Outcome, ThreadOutcome
from archiver.urls import host_of, normalise, registrable_domain, site_of, surt_key

Row = dict[str, Any]

INT16, INT32, INT64 = 2**15 - 1, 2**31 - 1, 2**63 - 1
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def article_row(
    article: Article,
    capture: Capture,
    *,
    rules_digest: str,
    extractor: str,
    furniture_digest: str = "none",
) -> Row:
    """The row of ``articles`` for an article read from ``capture``."""
    thread = article.thread
    row: Row = {
        "article_id": article_id(article.canonical_url),
        "url": capture.url,
        "canonical_url": article.canonical_url,
        "site": site_of(capture.url),
        "host": host_of(capture.url),
        "page_number": min(max(article.page_number, 1), INT16),
        "title": article.title,
        "subtitle": article.subtitle,
        "description": article.description,
        "authors": [asdict(author) for author in article.authors],
        "agencies": list(article.agencies),
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "published_raw": article.published_raw,
        "modified_raw": article.modified_raw,
        "published_precision": article.published_precision,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "text": article.text,
        "markdown": article.markdown,
        "images": [asdict(image) for image in article.images],
        "links": [asdict(link) for link in article.links],
        "word_count": word_count(article.text),
        "access": article.access,
        "comments_declared": _within(thread.declared, INT32) if thread else None,
        "comments_collected": len(thread.comments) if thread else 0,
        "thread_outcome": thread.outcome if thread else None,
        "text_digest": text_digest(article.text),
        "simhash": simhash(article.text),
        "field_sources": sorted(article.field_sources.items()),
        "rights": asdict(article.rights) | {"reserved": list(article.rights.reserved)},
        "captured_at": capture.captured_at,
        **_record(capture),
        "payload_digest": capture.payload_digest,
        "run_id": capture.run_id,
        "rules_digest": rules_digest,
        "furniture_digest": furniture_digest,
        "extractor": extractor,
    }
    return _whole_characters(row)


def comment_rows(article: Article, capture: Capture) -> list[Row]:
    """The rows of ``comments`` for the thread that ``capture`` shows, in its order."""
    thread = article.thread
    if thread is None:
        return []
    about = {
        "article_id": article_id(article.canonical_url),
        "article_url": article.canonical_url,
    }
    where = {"captured_at": capture.captured_at, **_record(capture), "run_id": capture.run_id}
    return [
        _whole_characters({**about, **_comment(comment, thread), **where})
        for comment in thread.comments
    ]


def capture_row(
    capture: Capture,
    outcome: Outcome,
    *,
    mime_detected: str | None = None,
    charset: str | None = None,
    language: str | None = None,
    article: Article | None = None,
) -> Row:
    """The row of ``captures`` for ``capture`` and what became of it; ``article`` is what was read
    from it, where something was."""
    notes = capture.notes
    duration = notes.get("fetchTimeMs", "")
    row: Row = {
        "url": capture.url,
        **_address(capture.url),
        "fetch_time": capture.captured_at,
        "fetch_status": _within(capture.status, INT16),
        "content_digest": capture.payload_digest,
        "content_mime_type": _mime_type(capture),
        "content_mime_detected": mime_detected,
        "content_charset": charset,
        "content_languages": language,
        "content_truncated": capture.truncated,
        **_record(capture),
        "record_type": capture.record_type,
        "via": notes.get("via"),
        "found_by": notes.get("foundBy"),
        "purpose": notes.get("purpose"),
        "outcome": outcome.value,
        "ip_address": capture.ip_address,
        "tls_version": _tls_version(capture),
        "redirect_to": _redirect_to(capture),
        "duration_ms": _within(int(duration), INT64) if _is_number(duration) else None,
        **_thread_asked_for(capture, article),
        "run_id": capture.run_id,
    }
    return _whole_characters(row)


def _thread_asked_for(capture: Capture, article: Article | None) -> Row:
    """What a capture that was asked for as a thread says of that thread."""
    notes = capture.notes
    is_thread = notes.get("purpose") == Purpose.THREAD
    named = notes.get("articleCanonicalUrl") or notes.get("articleUrl") if is_thread else None
    url = article.canonical_url if is_thread and article is not None else named
    thread = article.thread if is_thread and article is not None else None
    outcome = thread.outcome if thread is not None else None
    if is_thread and thread is None:
        outcome = _refusal(capture)
    return {
        "article_id": article_id(url) if url else None,
        "article_url": url,
        "thread_platform": thread.platform if thread else notes.get("threadPlatform"),
        "thread_ref": thread.thread_ref if thread else notes.get("threadRef"),
        "comments_declared": _within(thread.declared, INT32) if thread else None,
        "comments_collected": len(thread.comments) if thread else (0 if is_thread else None),
        "thread_outcome": outcome,
    }


def _refusal(capture: Capture) -> ThreadOutcome | None:
    """What a platform says about a thread by the status of its answer alone."""
    if capture.status in (404, 410):
        return ThreadOutcome.NOT_FOUND
    is_rationed = header_of(capture, b"x-ratelimit-remaining") == "0"
    if capture.status in (401, 403) and not is_rationed:
        return ThreadOutcome.LOGIN_NEEDED
    return None


def _comment(comment: Comment, thread: Thread) -> Row:
    return {
        "comment_id": comment.comment_id,
        "parent_id": comment.parent_id,
        "parent_source": comment.parent_source,
        "is_orphan": comment.is_orphan,
        "depth": min(comment.depth, INT16),
        "position": comment.position,
        "author": comment.author,
        "author_id": comment.author_id,
        "author_url": comment.author_url,
        "is_article_author": comment.is_article_author,
        "is_staff": comment.is_staff,
        "is_pinned": comment.is_pinned,
        "published_at": comment.published_at,
        "edited_at": comment.edited_at,
        "published_raw": comment.published_raw,
        "published_precision": comment.published_precision,
        "text": comment.text,
        "html": comment.html,
        "likes": _within(comment.likes, INT32),
        "dislikes": _within(comment.dislikes, INT32),
        "score": _within(comment.score, INT32),
        "reply_count": _within(comment.reply_count, INT32),
        "status": comment.status,
        "platform": thread.platform,
        "thread_ref": thread.thread_ref,
        "permalink": comment.permalink,
    }


def _record(capture: Capture) -> Row:
    return {
        "warc_filename": capture.ref.filename,
        "warc_record_offset": capture.ref.offset,
        "warc_record_length": capture.ref.length,
        "warc_record_id": capture.ref.record_id,
    }


def _address(url: str) -> Row:
    try:
        host = host_of(url)
        key = surt_key(url)
    except UrlError:  # dns:, urn:, metadata: records of other tools
        return {
            "url_surtkey": None,
            "url_host_name": None,
            "url_host_registered_domain": None,
        }
    return {
        "url_surtkey": key,
        "url_host_name": host,
        "url_host_registered_domain": registrable_domain(host),
    }


def header_of(capture: Capture, name: bytes) -> str | None:
    """The first value of an HTTP response header of ``capture``; None when it was not sent."""
    for sent, value in capture.headers:
        if sent.lower() == name:
            return value.decode("latin-1").strip()
    return None


def _mime_type(capture: Capture) -> str | None:
    said = header_of(capture, b"content-type") or capture.content_type
    return (said.split(";")[0].strip().lower() or None) if said else None


def _tls_version(capture: Capture) -> str | None:
    for protocol in capture.protocols:
        name, _, version = protocol.partition("/")
        if name.lower() == "tls":
            return version
    return None


def _redirect_to(capture: Capture) -> str | None:
    if capture.status is None or not 300 <= capture.status < 400:
        return None
    location = header_of(capture, b"location")
    if not location:
        return None
    try:
        return normalise(location, capture.url)
    except UrlError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _within(number: int | None, most: int) -> int | None:
    """``number``, or None where its column cannot hold it: a counter of 10^12 likes is no fact."""
    return number if number is not None and -most <= number <= most else None


def _whole_characters(row: Mapping[str, Any]) -> Row:
    return {name: _whole(value) for name, value in row.items()}


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_CHARACTER.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(entry) for entry in value]
    if isinstance(value, tuple):
        return tuple(_whole(entry) for entry in value)
    if isinstance(value, dict):
        return {name: _whole(entry) for name, entry in value.items()}
    return value
