"""What a payload turns out to be, and what it says: the one call a worker makes for a 2xx answer.

Knows the order in which robots, feed, sitemap, page and platform answer are told apart, and turns
every refusal into an outcome. It never raises for what a publisher sent. What a page costs in time
and memory is bounded outside, by the process that runs this.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lxml import etree

from archiver import comments
from archiver.codings import decode_payload
from archiver.comments.platform import Answer, Batch
from archiver.config import ReadLimits
from archiver.discover import (
    is_feed,
    is_sitemap,
    links_of_html,
    read_feed,
    read_listing,
    read_robots_sitemaps,
    read_sitemap,
)
from archiver.dom import parse_decoded
from archiver.errors import HookFailed, NotHtml, PageTooLarge, PlatformError, Undecodable, UrlError
from archiver.extract import extract_document, next_page_of
from archiver.model import Article, Capture, Errand, FoundBy, Link, Page, Purpose, Reading
from archiver.moments import SLACK
from archiver.outcomes import Outcome
from archiver.sites import SiteRules

_UNREADABLE = (
    etree.LxmlError,
    RecursionError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    UrlError,
)
"""What parsers of other people (lxml, Trafilatura) let out on input that no
one foresaw. Programming errors of our own are of the same classes, so the detail names them."""

_LISTS = frozenset({Purpose.FEED, Purpose.SITEMAP, Purpose.LISTING})
_DETAIL_CHARS = 300


def read(page: Page, rules: SiteRules, limits: ReadLimits) -> Reading:
    """What ``page`` is and says. Never raises for bad input: the outcome tells."""
    try:
        limit = max(limits.listing_bytes, limits.page_bytes)
        data = decode_payload(page, limit_bytes=limit)
        if page.errand.purpose is Purpose.ROBOTS:
            return Reading(Outcome.ROBOTS, links=read_robots_sitemaps(data, page.url))
        if page.errand.purpose is Purpose.REQUISITE:
            return Reading(Outcome.REQUISITE)
        if page.errand.purpose is Purpose.THREAD:
            if len(data) > limits.page_bytes:
                return _too_large(limits.page_bytes)
            return _read_thread(page, data)
        # A list may be larger than a page.
        listed = _read_list(page, data)
        if listed is not None:
            return listed
        if len(data) > limits.page_bytes and page.errand.purpose not in _LISTS:
            return _too_large(limits.page_bytes)
        return _read_page(page, data, rules)
    except PageTooLarge as error:
        return Reading(Outcome.PAGE_TOO_LARGE, detail=str(error)[:_DETAIL_CHARS])
    except Undecodable as error:
        return Reading(Outcome.UNDECODABLE, detail=str(error)[:_DETAIL_CHARS])
    except HookFailed as error:
        return Reading(Outcome.EXTRACT_FAILED, detail=str(error)[:_DETAIL_CHARS])
    except MemoryError:
        return Reading(Outcome.EXTRACT_MEMORY, detail="no memory left while reading")
    except _UNREADABLE as error:
        detail = f"{type(error).__name__}: {error}"
        return Reading(Outcome.EXTRACT_FAILED, detail=detail[:_DETAIL_CHARS])


def _read_list(page: Page, data: bytes) -> Reading | None:
    """A feed, a sitemap, or what was asked for as a list for programs; None for anything else."""
    if page.errand.purpose is Purpose.LISTING:
        try:
            links, listing = read_listing(data, page.url, page.headers)
        except PlatformError as error:
            return Reading(Outcome.OTHER_CONTENT, detail=str(error)[:_DETAIL_CHARS])
        outcome = Outcome.LISTING
    elif is_feed(data):  # what it is shows in its first bytes
        links, listing = read_feed(data, page.url)
        outcome = Outcome.FEED
    elif is_sitemap(data):
        links, listing = read_sitemap(data, page.url)
        outcome = Outcome.SITEMAP
    else:
        return None
    return Reading(outcome, links=_without_future(links, page.captured_at), listing=listing)


def _without_future(links: tuple[Link, ...], captured_at: datetime) -> tuple[Link, ...]:
    """A time to come says nothing: the page behind it would be newer than every visit for ever."""
    latest = captured_at + SLACK
    return tuple(
        replace(link, modified=None) if link.modified and link.modified > latest else link
        for link in links
    )


def _too_large(limit_bytes: int) -> Reading:
    return Reading(Outcome.PAGE_TOO_LARGE, detail=f"decoded, it has more than {limit_bytes} bytes")


def _read_page(page: Page, data: bytes, rules: SiteRules) -> Reading:
    """An HTML page, a platform's answer that another program archived, or something else."""
    if comments.is_answer(page.url):
        answered = _read_answer(page, data)
        if answered is not None and answered.outcome is Outcome.THREAD:
            return answered
    try:
        document = parse_decoded(page, data)
    except NotHtml as error:
        return Reading(Outcome.OTHER_CONTENT, detail=str(error)[:_DETAIL_CHARS])
    links = links_of_html(document, is_seed=page.errand.purpose is Purpose.SEED, rules=rules)
    article = extract_document(document, page, rules)
    if article.outcome is not Outcome.ARTICLE:
        return Reading(article.outcome, article=article, links=links)
    return Reading(
        article.outcome,
        article=article,
        links=links,
        next_page=next_page_of(document, page),
        asks=tuple(
            ask
            for ask in comments.asks_of(document)
            if rules.threads.allows(ask.url, page_url=page.url)
        ),
    )


def _read_thread(page: Page, data: bytes) -> Reading:
    """What was asked for as a thread: a platform's answer, or a page that shows comments. A
    further page of comments repeats the article; only its comments are new."""
    answered = _read_answer(page, data)
    if answered is not None:
        return answered
    try:
        document = parse_decoded(page, data)
    except NotHtml as error:
        return Reading(Outcome.OTHER_CONTENT, detail=str(error)[:_DETAIL_CHARS])
    thread = comments.read_thread(document)
    if thread is None:
        return Reading(Outcome.OTHER_CONTENT, detail="a page without a thread")
    return _thread_reading(page, Batch(thread, comments.asks_of(document)))


def _read_answer(page: Page, data: bytes) -> Reading | None:
    """None for what is a page like others."""
    errand = page.errand
    answer = Answer(
        url=page.url,
        payload=data,
        captured_at=page.captured_at,
        thread_ref=errand.thread_ref,
        page_number=errand.page_number,
        headers=page.headers,
        article_url=errand.article_url,
    )
    try:
        batch = comments.read_answer(answer, errand.platform)
    except PlatformError as error:
        return Reading(Outcome.OTHER_CONTENT, detail=str(error)[:_DETAIL_CHARS])
    return None if batch is None else _thread_reading(page, batch)


def _thread_reading(page: Page, batch: Batch) -> Reading:
    url = page.errand.article_url or batch.article_url or page.url
    canonical_url = page.errand.article_canonical_url or url
    article = Article(url=url, canonical_url=canonical_url, outcome=Outcome.THREAD)
    return Reading(Outcome.THREAD, article=replace(article, thread=batch.thread), asks=batch.asks)


def page_of(capture: Capture) -> Page:
    """The page that a capture with its payload is. The crawl and ``derive`` both come this way, so
    that what is read live and what is read from the WARC are the same bytes."""
    notes = capture.notes
    purpose = notes.get("purpose")
    found_by = notes.get("foundBy")
    number = notes.get("pageNumber", "")
    return Page(
        url=capture.url,
        captured_at=capture.captured_at,
        headers=capture.headers,
        payload=capture.payload or b"",
        errand=Errand(
            purpose=Purpose(purpose) if purpose in set(Purpose) else Purpose.ARTICLE,
            via=notes.get("via"),
            found_by=FoundBy(found_by) if found_by in set(FoundBy) else None,
            article_url=notes.get("articleUrl"),
            article_canonical_url=notes.get("articleCanonicalUrl"),
            page_number=int(number) if number.isascii() and number.isdigit() else 1,
            platform=notes.get("threadPlatform"),
            thread_ref=notes.get("threadRef"),
            content_usage=notes.get("contentUsage"),
            tdm_reservation={"1": True, "0": False}.get(notes.get("tdmReservation", "")),
            tdm_policy=notes.get("tdmPolicy"),
        ),
    )
