"""The words of the house: frozen values that the rooms pass to each other.

Values only. What crossed the wire is an ``Exchange``; once archived it is a ``Capture``; read as
a page it is a ``Page``; what a reader came for is an ``Article`` with its ``Thread``. All times
are aware and UTC, all sizes are bytes, all offsets count from the start of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from archiver.outcomes import Outcome, ThreadOutcome

Header = tuple[bytes, bytes]
"""One header line of a message: name and value as they stood there, in their order."""


class Purpose(StrEnum):
    """Why a URL is asked for."""

    SEED = "seed"
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    """A list of pages made for programs: WordPress' REST interface."""
    SECTION = "section"
    ARTICLE = "article"
    THREAD = "thread"
    REQUISITE = "requisite"
    ROBOTS = "robots"


class FoundBy(StrEnum):
    """By which way a URL was found; ``via`` beside it is the very page."""

    SEED = "seed"  # the operator named it
    RULES = "rules"  # the rules of the site name it
    ROBOTS = "robots"  # robots.txt names it
    FEED = "feed"  # an entry of a feed
    SITEMAP = "sitemap"  # an entry of a sitemap or of an index of them
    LISTING = "listing"  # an entry of a list made for programs (WordPress REST)
    SECTION = "section"  # a link on a page that is no article
    LINK = "link"  # a link on an article
    PAGE = "page"  # the next page of an article, a feed or a listing
    THREAD = "thread"  # what an article says about its thread
    ARCHIVE = "archive"  # made up from the site's own way of addressing its days or months
    CDX = "cdx"  # a list of captures that others made
    REDIRECT = "redirect"  # an answer that sent the crawl there


class Truncation(StrEnum):
    """Why a response ends early (WARC/1.1, 5.13, the values of ``WARC-Truncated``)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class Errand:
    """Why a URL was asked for; it travels into the metadata record of the capture."""

    purpose: Purpose
    via: str | None = None
    """URL of the page, feed or sitemap that named it; None for a seed."""
    found_by: FoundBy | None = None
    """How it was found; None where that was not noted."""
    article_url: str | None = None
    """Of a thread or a continuation page: URL of the article (page 1) it belongs to."""
    article_canonical_url: str | None = None
    """Of a thread or a continuation page: canonical URL of that article."""
    page_number: int = 1
    """2 and up for a continuation page of an article, or for what comes after the first answer
    about a thread."""
    platform: str | None = None
    """Of a thread: NAME of the platform module that asked for it."""
    thread_ref: str | None = None
    """Of a thread: the platform's name for it."""
    content_usage: str | None = None
    """What robots.txt said of the URL's use when it was asked for (``Content-Usage``), as written:
    ``train-ai=n``; statements that apply apart are joined by `` | ``."""
    tdm_reservation: bool | None = None
    """What ``/.well-known/tdmrep.json`` said of the URL then; None where it was not asked for."""
    tdm_policy: str | None = None
    """URL of the policy that it names for it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request by which a thread, or more of it, can be had: what a platform module asks for."""

    url: str
    """Absolute, http or https."""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    needs: str | None = None
    """Name of a setting that holds a secret of the operator (``DISQUS_API_KEY``). Its name stands
    in ``url`` or ``headers`` where the secret belongs, and is replaced on the wire only."""
    instead: tuple[Ask, ...] = ()
    """What is asked where this one comes to nothing: refused, failed, or not understood."""
    platform: str = ""
    """NAME of the module; set by ``archiver.comments``."""
    thread_ref: str | None = None
    """The platform's name for the thread; set by ``archiver.comments`` where the module has not."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What crossed the wire for one request: one attempt on one connection."""

    url: str
    """Target URI as asked for, without fragment; printable ASCII, no white space."""
    method: str
    started_at: datetime
    """When the first byte of the request was written."""
    duration_ms: int
    """From the first byte sent to the last byte received."""
    sent: bytes
    """The request, head and body, as written to the connection; empty when none was made."""
    received: bytes
    """Everything that came back: interim (1xx) blocks, head, framed body, bytes after it."""
    errand: Errand
    truncated: Truncation | None = None
    failure: Outcome | None = None
    """Why there is no whole response; None when there is one."""
    failure_detail: str | None = None
    """The failure in words, for a person."""
    ip_address: str | None = None
    """Of the server that answered; None through a proxy or when no connection was made."""
    protocols: tuple[str, ...] = ()
    """Values of ``WARC-Protocol``, such as ``http/1.1`` and ``tls/1.3``."""
    cipher_suite: str | None = None
    certificate: bytes | None = None
    """The server's own certificate, DER."""


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Where a WARC record lies. Common Crawl's columns ``warc_filename`` … use these names."""

    filename: str
    """Name of the file without its folder, as sealed (``<stem>.warc.gz``)."""
    offset: int
    length: int
    """Bytes of the whole record in the file, compressed where the file is."""
    record_id: str
    """``<urn:uuid:…>`` with its angle brackets, as in ``WARC-Record-ID``."""


@dataclass(frozen=True, slots=True)
class Capture:
    """An exchange once archived: a response, revisit or resource record, or the metadata record
    of a fetch that got no response."""

    ref: RecordRef
    record_type: str
    """response, revisit, resource or metadata."""
    url: str
    captured_at: datetime
    """``WARC-Date``."""
    status: int | None = None
    """HTTP status; None where there is no HTTP message."""
    headers: tuple[Header, ...] = ()
    """HTTP response headers as they stood there."""
    payload: bytes | None = None
    """The body, transfer-decoded but still content-encoded; None when it was not asked for, is
    larger than the reader's limit, or when there is none (revisit, metadata)."""
    payload_size: int = 0
    """Bytes of the body as archived."""
    payload_digest: str | None = None
    """``sha1:`` and base 32, as in ``WARC-Payload-Digest``."""
    content_type: str | None = None
    """Of a resource record: its ``Content-Type``. (A response says it in its headers.)"""
    truncated: str | None = None
    ip_address: str | None = None
    protocols: tuple[str, ...] = ()
    refers_to: str | None = None
    """Record id that a revisit points at."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Fields of the metadata records about this record (see ``archiver.warc.records.NOTE_FIELDS``);
    empty for WARCs of tools that write none."""
    run_id: str | None = None
    """``isPartOf`` of the file's warcinfo record."""


@dataclass(frozen=True, slots=True)
class Page:
    """All that reading a page may know. A page read today and in ten years gives the same."""

    url: str
    captured_at: datetime
    headers: tuple[Header, ...] = ()
    payload: bytes = b""
    """Transfer-decoded, still content-encoded as ``headers`` say."""
    errand: Errand = field(default_factory=lambda: Errand(Purpose.ARTICLE))


class LinkKind(StrEnum):
    """What a link was given as, which is what its target is first taken for."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    SECTION = "section"
    ARTICLE = "article"
    THREAD = "thread"  # an article, listed for a comment of it; ``modified`` is the comment's
    PAGE = "page"  # an ordinary link: article or section is decided when it is read


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that a page, feed or sitemap names."""

    url: str
    """Absolute, normalised (``archiver.urls.normalise``), http or https."""
    kind: LinkKind
    text: str = ""
    listed: bool = False
    """True when a feed or a sitemap lists it as one of its entries, or a seed page links it."""
    modified: datetime | None = None
    """lastmod, updated or pubDate of the entry."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person in a byline."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the article."""

    url: str
    caption: str | None = None
    alt: str | None = None
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class TextLink:
    """A link inside the article's text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Rights:
    """What the publisher said about use, at capture time; None where nothing was said."""

    robots_rule: str | None = None
    """Content of the page's robots meta tag and X-Robots-Tag, joined by ``, ``; a rule for one
    reader bears its name: ``googlebot: noarchive``."""
    noarchive: bool | None = None
    """True when a robots rule says so, whomever it addresses; None without robots rules."""
    tdm_reservation: bool | None = None
    """``tdm-reservation`` of the TDM Reservation Protocol."""
    license: str | None = None
    """URL or name of a licence that the page declares."""
    tdm_policy: str | None = None
    """URL of the policy by which text and data mining may be licensed (``tdm-policy``)."""
    content_usage: str | None = None
    """``Content-Usage`` as written, the header's before that of robots.txt, joined by `` | ``."""
    reserved: tuple[str, ...] = ()
    """Uses that are reserved from everybody or from this crawler, by the names that the setting
    OPT_OUTS knows: ``noarchive``, ``tdm-reservation``, ``train-ai`` …"""


class Precision(StrEnum):
    """How exactly a page says when it was published."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class CommentStatus(StrEnum):
    """What a comment is."""

    VISIBLE = "visible"
    DELETED = "deleted"
    HIDDEN = "hidden"
    PINGBACK = "pingback"


class ParentSource(StrEnum):
    """Which evidence names a comment's parent, strongest first."""

    ATTRIBUTE = "attribute"
    NESTING = "nesting"
    DEPTH_CLASS = "depth_class"
    REPLY_LINK = "reply_link"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Comment:
    """One reader's comment as a platform shows it. Depth and position are set by
    ``archiver.comments.thread``; a platform module leaves them."""

    comment_id: str
    """The platform's id; where there is none, ``x-`` and a digest of (author, time, text)."""
    text: str
    parent_id: str | None = None
    """None for a comment of the top level, and for an orphan whose parent is unknown."""
    parent_source: ParentSource | None = None
    depth: int = 0
    position: int = 0
    """Order on the page or in the thread, from 0."""
    author: str | None = None
    author_id: str | None = None
    author_url: str | None = None
    is_article_author: bool | None = None
    is_staff: bool | None = None
    is_pinned: bool | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    published_raw: str | None = None
    published_precision: Precision | None = None
    """How exactly ``published_at`` is known: "3 hours ago" gives the hour."""
    html: str | None = None
    likes: int | None = None
    dislikes: int | None = None
    score: int | None = None
    reply_count: int | None = None
    status: CommentStatus = CommentStatus.VISIBLE
    permalink: str | None = None
    is_orphan: bool = False
    """True when the comment names a parent that the thread does not hold."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments that one record shows, in order."""

    platform: str
    """NAME of the platform module that read it."""
    comments: tuple[Comment, ...] = ()
    declared: int | None = None
    """How many comments the page or the API says there are."""
    thread_ref: str | None = None
    """The platform's name for the thread (a post id, a forum and an identifier …)."""
    outcome: ThreadOutcome | None = None
    """How whole it is, as far as this record says; None where nothing is declared."""


class Access(StrEnum):
    """Who could read the article."""

    FREE = "free"
    METERED = "metered"
    PAYWALLED = "paywalled"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says, as ``archiver.extract`` reads it: the same bytes give the same value."""

    url: str
    canonical_url: str
    """As the page says it should be known, else the normalised URL."""
    outcome: Outcome
    """ARTICLE or NOT_AN_ARTICLE: what the page is. The fields are filled either way."""
    text: str = ""
    """Paragraphs separated by a blank line; no title, no furniture, no comments."""
    markdown: str = ""
    title: str | None = None
    """Headline as a reader sees it, without the site's name."""
    subtitle: str | None = None
    description: str | None = None
    authors: tuple[Author, ...] = ()
    agencies: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    published_raw: str | None = None
    modified_raw: str | None = None
    published_precision: Precision | None = None
    language: str | None = None
    """BCP 47."""
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[TextLink, ...] = ()
    access: Access | None = None
    rights: Rights = field(default_factory=Rights)
    page_number: int = 1
    thread: Thread | None = None
    """Comments that this page itself shows; None when no platform spoke."""
    field_sources: Mapping[str, str] = field(default_factory=dict)
    """Which source spoke for each field that is set: json-ld, og, meta, rule, markup, …"""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed, a sitemap or a list made for programs says of itself."""

    total: int | None = None
    """Entries that it declares over all its pages; None where it says nothing."""
    is_whole: bool = False
    """True when it lists all there is (a sitemap), not the latest (a feed): what is no longer in
    it may be gone."""
    first_page: str | None = None
    """URL of the first page of which this is a further one; None for a first or only page."""
    every_seconds: float | None = None
    """How often it changes by its own word (``sy:updatePeriod``, ``ttl``)."""
    hub: str | None = None
    """URL of the WebSub hub that tells of changes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one capture came to: the answer of a worker, and the memo of ``derive``."""

    outcome: Outcome
    article: Article | None = None
    links: tuple[Link, ...] = ()
    """Where the page leads; not part of the memo, a dataset does not need it."""
    next_page: str | None = None
    """Where an article of several pages goes on; not part of the memo, as ``links``."""
    asks: tuple[Ask, ...] = ()
    """Requests for the thread, or for more of it; not part of the memo, as ``links``."""
    listing: Listing | None = None
    """Of a feed, sitemap or listing; not part of the memo, as ``links``."""
    detail: str | None = None
    """Of a failure: what happened, for a person."""
    seconds: float = field(default=0.0, compare=False)
    """How long it took in its worker; for figures only, and not part of the memo."""
