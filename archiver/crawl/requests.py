"""Scrapy's requests as the frontier's entries, and back; what became of one that failed.

Knows both shapes and keeps nothing. An entry holds what JSON can hold: a request with more fails
where it is made, not after a restart.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from archiver.crawl.asking import ASKED_INSTEAD, BEGINS, MARKS
from archiver.crawl.frontier import Entry, Lease
from archiver.crawl.handler import errand_of, outcome_of_error
from archiver.crawl.run import LEASE
from archiver.errors import WriteFailed
from archiver.model import Errand, FoundBy, Purpose
from archiver.outcomes import Outcome, outcome_of_status
from archiver.urls import site_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response
    from twisted.python.failure import Failure

ErrorCallback = Callable[[Any], Any]

_KEPT_META = (
    "redirect_times",
    "redirect_ttl",
    "retry_times",
    "max_retry_times",
    "dont_redirect",
    "handle_httpstatus_list",
    "handle_httpstatus_all",
    "dont_obey_robotstxt",
    ASKED_INSTEAD,
    BEGINS,
    MARKS,
)
"""Meta that Scrapy's own components, and who asks for threads, need again after a restart."""
_MADE_ANEW = frozenset(
    {
        b"User-Agent",
        b"Accept",
        b"Accept-Language",
        b"Accept-Encoding",
        b"Referer",
        b"Proxy-Authorization",
        b"Authorization",
        b"Cookie",
    }
)
"""Headers that Scrapy's middlewares set again each time; the last three are secrets besides, and
the frontier is no place for one."""


ERRBACK = "errback_name"
"""Key in a request's meta: which method of the spider hears of its failure."""


MODIFIED = "modified"
"""Key in a request's meta: when its page was last changed, by the word of a list."""


TURNED_OUT = "turned_out"
"""Key in a request's meta: the purpose that an unchanged page has, by its reading."""


class Refused(IgnoreRequest):
    """A request was not made; the reason is an outcome."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


def request_of(
    lease: Lease, spider: Spider, on_failure: Callable[[Failure, ErrorCallback | None], Any]
) -> Request:
    """The request that asks for a leased entry. Whatever fails it ends in ``on_failure``, together
    with the errback that the spider gave it."""
    entry = lease.entry
    details = entry.details
    kept = details.get("meta", {})
    errand = Errand(
        purpose=entry.purpose,
        via=entry.via,
        found_by=FoundBy(details["found_by"]) if "found_by" in details else None,
        article_url=details.get("article_url"),
        article_canonical_url=details.get("article_canonical_url"),
        page_number=details.get("page_number", 1),
        platform=details.get("platform"),
        thread_ref=details.get("thread_ref"),
    )
    errback = _method(spider, details.get("errback"))
    return Request(
        entry.url,
        method=details.get("method", "GET"),
        headers={
            # As bytes: Scrapy would write a text in UTF-8.
            name: [value.encode("latin-1") for value in values]
            for name, values in details.get("headers", {}).items()
        },
        body=b64decode(details["body"]) if "body" in details else b"",
        callback=_method(spider, details.get("callback")),
        errback=lambda failure: on_failure(failure, errback),
        cb_kwargs=details.get("cb_kwargs", {}),
        priority=entry.priority,
        dont_filter=True,
        meta={
            **kept,
            LEASE: lease.id,
            "errand": errand,
            "depth": entry.depth,
            "is_listed": entry.is_listed,
            "download_slot": entry.slot,
            ERRBACK: details.get("errback"),
            "redirects_before": kept.get("redirect_times", 0),
        },
    )


def entry_of(request: Request, spider: Spider) -> Entry:
    """The request as the frontier keeps it; UrlError where its URL cannot be asked for."""
    errand = errand_of(request)
    via, found_by = errand.via, errand.found_by
    if request.meta.get("redirect_urls"):
        via, found_by = request.meta["redirect_urls"][-1], FoundBy.REDIRECT
    details: dict[str, Any] = {}
    if request.method != "GET":
        details["method"] = request.method
    if request.body:
        details["body"] = b64encode(request.body).decode("ascii")
    is_thread = errand.purpose is Purpose.THREAD
    made_anew = _MADE_ANEW - {b"Accept", b"Referer"} if is_thread else _MADE_ANEW
    headers = {
        name.decode("latin-1"): [value.decode("latin-1") for value in values]
        for name, values in request.headers.items()
        if name not in made_anew
    }
    if headers:
        details["headers"] = headers
    for role in ("callback", "errback"):
        function = getattr(request, role)
        owner = getattr(function, "__self__", None)
        if owner is spider:
            details[role] = function.__name__
    if "errback" not in details and request.meta.get(ERRBACK):  # a retry has the scheduler's
        details["errback"] = request.meta[ERRBACK]
    if request.cb_kwargs:
        details["cb_kwargs"] = request.cb_kwargs
    if found_by is not None:
        details["found_by"] = found_by
    kept = {name: request.meta[name] for name in _KEPT_META if name in request.meta}
    if kept:
        details["meta"] = kept
    if errand.article_url is not None:
        details["article_url"] = errand.article_url
    if errand.article_canonical_url is not None:
        details["article_canonical_url"] = errand.article_canonical_url
    if errand.page_number != 1:
        details["page_number"] = errand.page_number
    if errand.platform is not None:
        details["platform"] = errand.platform
    if errand.thread_ref is not None:
        details["thread_ref"] = errand.thread_ref
    json.dumps(details)  # a request that JSON cannot hold fails here, where it was made
    return Entry(
        url=request.url,
        slot=site_of(request.url),
        purpose=Purpose(errand.purpose),
        priority=request.priority,
        depth=request.meta.get("depth", 0),
        via=via,
        is_listed=bool(request.meta.get("is_listed")),
        modified=request.meta.get(MODIFIED),
        details=details,
    )


def outcome_of_failure(error: BaseException, request: Request) -> tuple[Outcome, str]:
    """What became of a request that ended in ``error``, and why in words."""
    if isinstance(error, Refused):
        return error.outcome, str(error)
    if isinstance(error, WriteFailed):
        return Outcome.WRITE_FAILED, str(error)
    if isinstance(error, HttpError):
        response: Response = error.response
        return outcome_of_status(response.status) or Outcome.OTHER_CONTENT, ""
    if isinstance(error, IgnoreRequest):
        is_loop = "max redirections" in str(error)
        return Outcome.REDIRECT_LIMIT if is_loop else Outcome.DROPPED, str(error)
    outcome = request.meta.get("outcome")
    if isinstance(outcome, Outcome):
        return outcome, str(error)
    capture = request.meta.get("capture")
    if capture is not None and capture.status is not None:
        # The answer is archived, and something between it and the callback raised: a Location
        # that is no address, say.
        return outcome_of_status(capture.status) or Outcome.DROPPED, str(error)
    return outcome_of_error(error, has_answer=False, is_connected=False), str(error)


def _method(spider: Spider, name: str | None) -> Callable[..., Any] | None:
    return None if name is None else getattr(spider, name)
