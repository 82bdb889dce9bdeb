"""The closed list of what can become of a URL and of a capture.

Each name is a log key, a counter and a column value. A URL in the frontier ends in exactly one
of them, and so does a capture; ``CAPTURE_OUTCOMES`` are those that a row of ``captures`` can hold
(the others leave no record: nothing crossed the wire).
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a URL or a capture. The comment beside each is its definition."""

    # A response came and was read.
    ARTICLE = "article"  # an HTML page that is an article (or a page of one)
    NOT_AN_ARTICLE = "not_an_article"  # an HTML page that is a section, a search, a front page …
    FEED = "feed"  # RSS, Atom, JSON Feed
    SITEMAP = "sitemap"  # a sitemap or sitemap index
    LISTING = "listing"  # a list of pages made for programs (WordPress REST)
    ROBOTS = "robots"  # an answer to a request for /robots.txt or tdmrep.json, whatever its status
    THREAD = "thread"  # an answer of a comment platform
    REQUISITE = "requisite"  # an image, style sheet, script … of a page
    OTHER_CONTENT = "other_content"  # status 2xx, but no page, feed, sitemap or thread (a PDF …)
    UNREAD = "unread"  # archived with EXTRACT=False: `archiver derive` will read it
    REDIRECT = "redirect"  # status 3xx with a Location
    UNCHANGED = "unchanged"  # 304, or the same payload as an earlier capture
    OPTED_OUT = "opted_out"  # the publisher reserves this use, and the operator obeys
    NOT_FOUND = "not_found"  # 404 or 410
    RATE_LIMITED = "rate_limited"  # 429
    CLIENT_ERROR = "client_error"  # any other 4xx
    SERVER_ERROR = "server_error"  # 5xx
    ODD_STATUS = "odd_status"  # a status that is none of the above

    # A response came, but reading it came to nothing.
    EXTRACT_TIMEOUT = "extract_timeout"  # the parser was stopped after its time limit
    EXTRACT_MEMORY = "extract_memory"  # the parser was stopped at its memory limit
    EXTRACT_FAILED = "extract_failed"  # the parser died or raised
    PAGE_TOO_LARGE = "page_too_large"  # decoded, the page is larger than the limit
    UNDECODABLE = "undecodable"  # the content encoding cannot be undone

    # The exchange did not come to its end; what crossed the wire is archived.
    TRUNCATED = "truncated"  # the connection ended before the response did
    TIMEOUT = "timeout"  # the time limit ended it
    SIZE_LIMIT = "size_limit"  # the body is larger than DOWNLOAD_MAXSIZE
    HEADER_LIMIT = "header_limit"  # the head is larger than the limit
    NO_RESPONSE = "no_response"  # the server closed or answered something that is not HTTP

    # No exchange: a metadata record says so.
    DNS_FAILURE = "dns_failure"  # the host name does not resolve
    CONNECTION_REFUSED = "connection_refused"  # nothing listens there
    CONNECTION_FAILED = "connection_failed"  # no route, reset or time-out while connecting
    TLS_FAILURE = "tls_failure"  # no handshake, or a certificate that does not hold
    ADDRESS_REFUSED = "address_refused"  # our address guard: private, loopback, metadata …

    # Nothing was asked; only the frontier knows.
    ROBOTS_DENIED = "robots_denied"  # robots.txt says no
    ROBOTS_UNREACHABLE = (
        "robots_unreachable"  # robots.txt answered 5xx or not at all (RFC 9309, 2.3.1.4)
    )
    OUT_OF_SCOPE = "out_of_scope"  # a redirect led out of what this crawl may fetch
    REDIRECT_LIMIT = "redirect_limit"  # too many redirects in a row
    BAD_URL = "bad_url"  # not an address that can be asked for
    DROPPED = "dropped"  # another component of the crawl withdrew the request
    WRITE_FAILED = "write_failed"  # the capture could not be made durable; asked again next time
    CALLBACK_FAILED = "callback_failed"  # our own code raised while it read the answer


UNCAPTURED = frozenset(
    {
        Outcome.UNREAD,
        Outcome.ROBOTS_DENIED,
        Outcome.ROBOTS_UNREACHABLE,
        Outcome.OUT_OF_SCOPE,
        Outcome.REDIRECT_LIMIT,
        Outcome.BAD_URL,
        Outcome.DROPPED,
        Outcome.WRITE_FAILED,
        Outcome.CALLBACK_FAILED,
    }
)
"""Outcomes of a URL that no row of ``captures`` has: nothing was archived, or not read yet."""

CAPTURE_OUTCOMES = frozenset(Outcome) - UNCAPTURED
"""Outcomes that a row of ``captures`` can hold."""

SUCCESSES = frozenset(
    {
        Outcome.ARTICLE,
        Outcome.NOT_AN_ARTICLE,
        Outcome.FEED,
        Outcome.SITEMAP,
        Outcome.LISTING,
        Outcome.ROBOTS,
        Outcome.THREAD,
        Outcome.REQUISITE,
        Outcome.OTHER_CONTENT,
        Outcome.UNREAD,
        Outcome.REDIRECT,
        Outcome.UNCHANGED,
        Outcome.OPTED_OUT,
    }
)
"""Outcomes that count as done in the frontier; every other one is a failure with a name."""


def outcome_of_status(status: int) -> Outcome | None:
    """The outcome that an HTTP status decides alone; ``None`` for 2xx, where the content speaks."""
    if 200 <= status < 300:
        return None
    if status == 304:
        return Outcome.UNCHANGED
    if 300 <= status < 400:
        return Outcome.REDIRECT
    if status in (404, 410):
        return Outcome.NOT_FOUND
    if status == 429:
        return Outcome.RATE_LIMITED
    if 400 <= status < 500:
        return Outcome.CLIENT_ERROR
    if 500 <= status < 600:
        return Outcome.SERVER_ERROR
    return Outcome.ODD_STATUS


class ThreadOutcome(StrEnum):
    """How whole a thread is that was collected. The comment beside each is its definition."""

    COMPLETE = "complete"  # as many comments as the platform declares, or it says these are all
    PARTIAL = "partial"  # there is more, in other answers than this one
    CAPPED = "capped"  # there is more, and the platform (or our own limit) does not give it
    SHORT = "short"  # the platform says these are all, and they are fewer than it declares
    LOGIN_NEEDED = "login_needed"  # only readers with an account are answered
    KEY_NEEDED = "key_needed"  # only who has a key of the platform is answered
    QUERY_REFUSED = "query_refused"  # only queries are answered that the platform wrote itself
    NOT_FOUND = "not_found"  # the platform knows no such thread
    CLOSED_DOWN = "closed_down"  # the platform is no more, or serves no threads any more
