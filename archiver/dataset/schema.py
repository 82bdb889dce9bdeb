"""The three tables: their columns, what each means, its unit, and when it is null.

Knows pyarrow types and words; no row passes through here. A column may be added; one is never
renamed or given a new meaning without a new ``SCHEMA_VERSION``. ``docs/dataset.md`` documents every
column, and a test compares the two.
"""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = "1"
"""In the footer of every part."""

INSTANT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.field("element", pa.string(), nullable=False))


def _column(name: str, kind: pa.DataType, description: str, *, null: str | None = None) -> pa.Field:
    """A column. ``null`` says when it is null; without it, it never is."""
    said = f"{description}; null {null}" if null else description
    return pa.field(name, kind, nullable=null is not None, metadata={"description": said})


def _list_of(**members: pa.Field) -> pa.DataType:
    return pa.list_(pa.field("element", pa.struct(list(members.values())), nullable=False))


def _member(name: str, kind: pa.DataType, *, nullable: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable=nullable)


AUTHORS = _list_of(
    name=_member("name", pa.string(), nullable=False), url=_member("url", pa.string())
)
IMAGES = _list_of(
    url=_member("url", pa.string(), nullable=False),
    caption=_member("caption", pa.string()),
    alt=_member("alt", pa.string()),
    is_lead=_member("is_lead", pa.bool_(), nullable=False),
)
LINKS = _list_of(
    url=_member("url", pa.string(), nullable=False),
    text=_member("text", pa.string(), nullable=False),
)
RIGHTS = pa.struct(
    [
        _member("robots_rule", pa.string()),
        _member("noarchive", pa.bool_()),
        _member("tdm_reservation", pa.bool_()),
        _member("license", pa.string()),
        _member("tdm_policy", pa.string()),
        _member("content_usage", pa.string()),
        _member("reserved", TEXTS, nullable=False),
    ]
)


def _record_columns(record: str) -> list[pa.Field]:
    """Where the record lies: Common Crawl's names."""
    return [
        _column("warc_filename", pa.string(), "name of the WARC file, without folders"),
        _column("warc_record_offset", pa.int64(), f"where {record} begins in it, in bytes"),
        _column("warc_record_length", pa.int64(), "bytes of that record in the file, as stored"),
        _column("warc_record_id", pa.string(), "WARC-Record-ID, with its angle brackets"),
    ]


_RUN_ID = _column(
    "run_id", pa.string(), "the crawl that made the WARC", null="for WARCs that name none"
)

ARTICLES = pa.schema(
    [
        _column("article_id", pa.string(), "first 16 hex digits of SHA-256 of canonical_url"),
        _column("url", pa.string(), "address as fetched"),
        _column(
            "canonical_url",
            pa.string(),
            "address as the page (of a continuation page: page 1) or the normaliser says it"
            " should be known",
        ),
        _column(
            "site", pa.string(), "registrable domain of url; host:port for an address or one label"
        ),
        _column("host", pa.string(), "host name of url"),
        _column(
            "page_number",
            pa.int16(),
            "1; 2 and up for continuation pages, whose article_id is that of page 1",
        ),
        _column(
            "title",
            pa.string(),
            "headline as a reader sees it, without the site's name",
            null="when the page has none",
        ),
        _column("subtitle", pa.string(), "line below the headline", null="when there is none"),
        _column("description", pa.string(), "summary for others", null="when the page gives none"),
        _column("authors", AUTHORS, "people in the byline, in its order; empty when none is named"),
        _column("agencies", TEXTS, "news agencies and desks in the byline; empty when none"),
        _column(
            "published_at", INSTANT, "first published, an instant", null="when the page says none"
        ),
        _column("modified_at", INSTANT, "last changed, an instant", null="when the page says none"),
        _column("published_raw", pa.string(), "published as written there", null="when not said"),
        _column("modified_raw", pa.string(), "modified as written there", null="when not said"),
        _column(
            "published_precision",
            pa.string(),
            "how exactly it is said: second, minute, day, month",
            null="when published_at is",
        ),
        _column("language", pa.string(), "BCP 47, declared or detected", null="when unknown"),
        _column("section", pa.string(), "part of the paper", null="when the page names none"),
        _column("tags", TEXTS, "keywords in the page's order; empty when none"),
        _column(
            "text",
            pa.string(),
            "the clean article: paragraphs separated by a blank line; no title, no furniture, no"
            " comments",
        ),
        _column("markdown", pa.string(), "the same with headings, lists, quotes, links and tables"),
        _column("images", IMAGES, "pictures of the article, in order; empty when none"),
        _column("links", LINKS, "links inside the article's text, in order; empty when none"),
        _column(
            "word_count",
            pa.int32(),
            "words of text; in scripts without spaces every letter counts as one",
        ),
        _column(
            "access",
            pa.string(),
            "who can read it: free, metered, paywalled, truncated",
            null="when unknown",
        ),
        _column(
            "comments_declared",
            pa.int32(),
            "number of comments that the page or its API states",
            null="when it states none",
        ),
        _column(
            "comments_collected",
            pa.int32(),
            "rows in comments read from this same record; threads fetched apart are in the view"
            " article_threads",
        ),
        _column(
            "thread_outcome",
            pa.string(),
            "how whole the thread is that this record shows: complete, partial; the answers of"
            " platforms have theirs in captures",
            null="when no number of comments is declared",
        ),
        _column("text_digest", pa.string(), "SHA-256 (hex) of text in NFC, white space folded"),
        _column(
            "simhash",
            pa.uint64(),
            "near-duplicate fingerprint of text: few bits differ; 0 when empty",
        ),
        _column(
            "field_sources",
            pa.map_(pa.string(), pa.string(), keys_sorted=True),
            "which source spoke for each field: rule, hook, json-ld, og, meta, markup, url, judge, "
            "trafilatura …",
        ),
        _column("rights", RIGHTS, "what the publisher said about use at capture time"),
        _column("captured_at", INSTANT, "WARC-Date of the response"),
        *_record_columns("the response record"),
        _column(
            "payload_digest",
            pa.string(),
            "WARC-Payload-Digest as in the WARC",
            null="when it names none",
        ),
        _RUN_ID,
        _column("rules_digest", pa.string(), "SHA-256 (hex) of the site rules that read the page"),
        _column(
            "furniture_digest",
            pa.string(),
            "SHA-256 (hex) of the site's furniture that was left out of the text; none where there"
            " is none",
        ),
        _column("extractor", pa.string(), "names and versions of the programs that read the page"),
    ]
)

COMMENTS = pa.schema(
    [
        _column("article_id", pa.string(), "the article commented on, as in articles"),
        _column("article_url", pa.string(), "its canonical address"),
        _column(
            "comment_id",
            pa.string(),
            "the platform's id; where there is none, or it is an address on another site, x- and a"
            " keyed digest of author, time, text",
        ),
        _column(
            "parent_id",
            pa.string(),
            "comment_id of the comment answered",
            null="at top level, and for an orphan whose parent is not named",
        ),
        _column(
            "parent_source",
            pa.string(),
            "evidence for the parent: attribute, nesting, depth_class, reply_link, mention",
            null="when there is no parent",
        ),
        _column(
            "is_orphan",
            pa.bool_(),
            "the parent it names is not in this record; another record may have it",
        ),
        _column("depth", pa.int16(), "0 at top level, 1 for an answer to it, and so on"),
        _column("position", pa.int32(), "order on the page or in the thread, from 0"),
        _column(
            "author",
            pa.string(),
            "reader- and 12 hex digits: one name on one site; the name itself in mode named",
            null="when the platform shows none",
        ),
        _column(
            "author_id",
            pa.string(),
            "16 hex digits: one account on one site; the account's id in mode named",
            null="when the platform shows none",
        ),
        _column(
            "author_url",
            pa.string(),
            "the reader's own page, in mode named",
            null="with pseudonyms, or when not shown",
        ),
        _column(
            "is_article_author",
            pa.bool_(),
            "the platform marks the writer as the article's author",
            null="when it does not say",
        ),
        _column(
            "is_staff",
            pa.bool_(),
            "the platform marks the writer as staff",
            null="when it does not say",
        ),
        _column(
            "is_pinned",
            pa.bool_(),
            "the platform puts the comment first",
            null="when it does not say",
        ),
        _column("published_at", INSTANT, "written, an instant", null="when not shown"),
        _column("edited_at", INSTANT, "last edited, an instant", null="when not shown"),
        _column(
            "published_raw",
            pa.string(),
            "time as written there",
            null="when not shown, or when it names its writer",
        ),
        _column(
            "published_precision",
            pa.string(),
            "second, minute, hour, day, month or year: what published_at is good for",
            null="when it is not said",
        ),
        _column(
            "text",
            pa.string(),
            "paragraphs separated by a blank line, without the quoted parent where it is marked;"
            " readers named in it as in author",
        ),
        _column(
            "html",
            pa.string(),
            "as on the page, in mode named, without avatar hashes",
            null="with pseudonyms, or when not kept",
        ),
        _column("likes", pa.int32(), "votes for it", null="when the platform shows none"),
        _column("dislikes", pa.int32(), "votes against it", null="when the platform shows none"),
        _column("score", pa.int32(), "votes summed up", null="when the platform shows none"),
        _column("reply_count", pa.int32(), "answers to it", null="when unknown"),
        _column("status", pa.string(), "visible, deleted, hidden, pingback"),
        _column("platform", pa.string(), "the comment system"),
        _column(
            "thread_ref",
            pa.string(),
            "the platform's name for the thread",
            null="when it has none",
        ),
        _column(
            "permalink",
            pa.string(),
            "address of the comment",
            null="when it has none, or spells its writer",
        ),
        _column("captured_at", INSTANT, "WARC-Date of the record that showed the comment"),
        *_record_columns("the record that showed the comment"),
        _RUN_ID,
    ]
)

CAPTURES = pa.schema(
    [
        _column("url", pa.string(), "WARC-Target-URI"),
        _column(
            "url_surtkey",
            pa.string(),
            "sort-friendly key of url, as in the CDXJ",
            null="when url is no http or https address",
        ),
        _column("url_host_name", pa.string(), "host of url", null="as url_surtkey"),
        _column(
            "url_host_registered_domain",
            pa.string(),
            "its registrable domain; the host where none",
            null="as url_surtkey",
        ),
        _column("fetch_time", INSTANT, "WARC-Date"),
        _column("fetch_status", pa.int16(), "HTTP status", null="without an HTTP response"),
        _column(
            "content_digest",
            pa.string(),
            "WARC-Payload-Digest as in the WARC",
            null="when it names none",
        ),
        _column(
            "content_mime_type",
            pa.string(),
            "Content-Type as sent, without parameters",
            null="when not sent",
        ),
        _column(
            "content_mime_detected",
            pa.string(),
            "media type that the first bytes of the decoded payload show",
            null="without payload, or when they show none",
        ),
        _column(
            "content_charset",
            pa.string(),
            "character encoding by byte order mark, Content-Type or meta element, in that order",
            null="when none says one",
        ),
        _column(
            "content_languages",
            pa.string(),
            "language of the article, BCP 47",
            null="when no article was read, or unknown",
        ),
        _column(
            "content_truncated",
            pa.string(),
            "WARC-Truncated: length, time, disconnect …",
            null="when whole",
        ),
        *_record_columns("the record"),
        _column("record_type", pa.string(), "response, revisit, resource, metadata (no response)"),
        _column("via", pa.string(), "address that named url", null="for seeds and when not noted"),
        _column(
            "found_by",
            pa.string(),
            "how url was found: seed, rules, robots, feed, sitemap, listing, section, link, page,"
            " thread, archive, cdx, redirect",
            null="when not noted",
        ),
        _column(
            "purpose",
            pa.string(),
            "why it was asked for: seed, feed, sitemap, listing, section, article, thread,"
            " requisite, robots",
            null="when not noted",
        ),
        _column("outcome", pa.string(), "what became of it: a name of the closed list of outcomes"),
        _column("ip_address", pa.string(), "of the server", null="when not recorded"),
        _column("tls_version", pa.string(), "such as 1.3", null="without TLS or when not recorded"),
        _column(
            "redirect_to", pa.string(), "absolute address in Location", null="when no redirect"
        ),
        _column(
            "duration_ms",
            pa.int64(),
            "first byte sent to last byte received, milliseconds",
            null="when not noted",
        ),
        _column(
            "article_id",
            pa.string(),
            "of a thread's capture: the article commented on",
            null="for every other purpose",
        ),
        _column("article_url", pa.string(), "the same, its canonical URL", null="as article_id"),
        _column(
            "thread_platform",
            pa.string(),
            "of a thread's capture: the comment system that was asked",
            null="as article_id",
        ),
        _column(
            "thread_ref",
            pa.string(),
            "the platform's name for the thread",
            null="as article_id, or when it has none",
        ),
        _column(
            "comments_declared",
            pa.int32(),
            "of a thread's capture: number of comments that the answer states",
            null="when it states none",
        ),
        _column(
            "comments_collected",
            pa.int32(),
            "of a thread's capture: rows in comments read from this record",
            null="as article_id",
        ),
        _column(
            "thread_outcome",
            pa.string(),
            "of a thread's capture, how whole the thread is as far as it says: complete, partial,"
            " capped, short, login_needed, key_needed, query_refused, not_found, closed_down",
            null="as article_id, or when it says nothing",
        ),
        _RUN_ID,
    ]
)

TABLES = {"articles": ARTICLES, "comments": COMMENTS, "captures": CAPTURES}
"""By the name of their folder."""
