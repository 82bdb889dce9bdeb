"""Scrapy's scheduler on top of the frontier: which URL is asked for next.

Leases are taken per slot (registrable domain) and handed out in turn among the slots that have
room, so one slow host never stalls the rest. A request that comes back, as a redirect or a retry,
settles the lease it came from in the same transaction.

Knows Scrapy's requests and how an ``Entry`` becomes one; what the frontier stores is its own
affair.
"""

from __future__ import annotations

import json
import logging
from base64 import b64decode, b64encode
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from archiver.crawl.frontier import Entry, Lease
from archiver.crawl.handler import errand_of, outcome_of_error
from archiver.crawl.run import LEASE, Run
from archiver.errors import UrlError, WriteFailed
from archiver.model import Errand, Purpose
from archiver.outcomes import Outcome, outcome_of_status
from archiver.urls import site_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

_LEASES_AT_ONCE = 64
_LEASED_LIMIT = 4096
"""Leases in memory over all slots: with 10,000 slots a batch of 64 each would be a gigabyte."""
_WAITING_PAGES = 32
"""Pages that may wait for a worker, beyond the requests in flight. It is what a kill makes the
next run fetch again, and enough that no worker ever waits for the wire."""
_KEPT_META = (
    "redirect_times",
    "redirect_ttl",
    "retry_times",
    "max_retry_times",
    "dont_redirect",
    "handle_httpstatus_list",
    "handle_httpstatus_all",
    "dont_obey_robotstxt",
)
"""Meta that Scrapy's own components need again after a restart."""


class Refused(IgnoreRequest):
    """A request was not made; the reason is an outcome."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


class FrontierScheduler:
    """Gives the engine requests out of the frontier and settles their leases."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = Run.of(crawler)
        self._per_slot = max(1, crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        self._leased: dict[str, deque[Lease]] = {}
        self._leased_count = 0
        self._pending: Counter[str] = Counter()
        self._in_flight: Counter[str] = Counter()
        self._flying: dict[int, str] = {}
        self._unsettled: set[int] = set()
        self._most_unsettled = crawler.settings.getint("CONCURRENT_REQUESTS") + _WAITING_PAGES
        self._ready: deque[str] = deque()
        self._is_ready: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Scrapy's way of building a component."""
        return cls(crawler)

    @property
    def frontier(self) -> Any:
        """The frontier of the run."""
        return self._run.frontier

    def open(self, spider: Spider) -> None:
        """What earlier runs left pending is ready to be leased."""
        self._spider = spider
        self._crawler.signals.connect(self._left_downloader, signals.request_left_downloader)
        self._pending.update(self.frontier.pending_by_slot())
        for slot in self._pending:
            self._make_ready(slot)

    def close(self, reason: str) -> None:
        """Nothing to do: the run closes the frontier after its last acknowledgement."""

    # --- what Scrapy asks ---------------------------------------------------------------------

    def has_pending_requests(self) -> bool:
        """Whether any entry waits, leased or not."""
        return self._leased_count > 0 or self._pending.total() > 0

    def enqueue_request(self, request: Request) -> bool:
        """A start request, a redirect or a retry is stored; False when it is known already."""
        lease_id = self._settle(request)
        if lease_id is not None:
            return self._enqueue_again(lease_id, request)
        try:
            entry = entry_of(request, self._spider)
        except UrlError as error:
            logger.warning("%s %s: %s", Outcome.BAD_URL, request.url, error)
            return False
        return self._note_added(self.frontier.add([entry]))

    def next_request(self) -> Request | None:
        """The next request of a slot that has room, or None when none has."""
        if len(self._unsettled) >= self._most_unsettled:
            return None
        while self._ready:
            slot = self._ready[0]
            lease = self._next_lease(slot)
            if lease is None or self._in_flight[slot] + 1 >= self._per_slot:
                self._ready.popleft()
                self._is_ready.discard(slot)
            else:
                self._ready.rotate(-1)
            if lease is not None:
                self._in_flight[slot] += 1
                self._flying[lease.id] = slot
                self._unsettled.add(lease.id)
                return self._request_of(lease)
        return None

    # --- what settles a lease -----------------------------------------------------------------

    def acknowledge(self, request: Request, outcome: Outcome, children: Iterable[Request]) -> None:
        """The request's URL ends in ``outcome`` and the children are stored with it. Settled
        once: later calls only store children."""
        entries: list[Entry] = []
        for child in children:
            try:
                entries.append(entry_of(child, self._spider))
            except UrlError as error:
                logger.debug("%s %s: %s", Outcome.BAD_URL, child.url, error)
        lease_id = self._settle(request)
        if lease_id is None:
            self._note_added(self.frontier.add(entries))
            return
        self._note_added(self.frontier.acknowledge(lease_id, outcome, entries))
        self._run.count(outcome, request.url)

    def fail(self, request: Request, outcome: Outcome, why: str) -> None:
        """The request's URL ends in a failure. One whose capture was not durable stays leased,
        so that the next run asks for it again."""
        lease_id = self._settle(request)
        if lease_id is None:
            return
        if outcome is not Outcome.WRITE_FAILED:
            self.frontier.acknowledge(lease_id, outcome, [])
        self._run.count(outcome, request.url, why)

    def give_back(self, request: Request) -> None:
        """The request's URL is pending again."""
        lease_id = self._settle(request)
        if lease_id is not None:
            self._note_added(self.frontier.give_back(lease_id))

    def _enqueue_again(self, lease_id: int, request: Request) -> bool:
        """A redirect or a retry of a leased request."""
        is_redirect = request.meta.get("redirect_times", 0) > request.meta["redirects_before"]
        source = request.meta["redirect_urls"][-1] if is_redirect else request.url
        try:
            entry = entry_of(request, self._spider)
        except UrlError as error:
            logger.warning(
                "%s %s (redirect of %s: %s)", Outcome.BAD_URL, request.url, source, error
            )
            self.frontier.acknowledge(lease_id, Outcome.REDIRECT, [])
            self._run.count(Outcome.REDIRECT, source)
            return False
        if not is_redirect:
            return self._note_added(self.frontier.give_back(lease_id, entry))
        self._run.count(Outcome.REDIRECT, source)
        if self._run.follows_redirect(source, entry):
            return self._note_added(self.frontier.redirect(lease_id, entry))
        self.frontier.acknowledge(lease_id, Outcome.REDIRECT, [])
        logger.info("%s %s (redirect of %s)", Outcome.OUT_OF_SCOPE, entry.url, source)
        return False

    # --- slots ----------------------------------------------------------------------------------

    def _next_lease(self, slot: str) -> Lease | None:
        leased = self._leased.get(slot)
        if not leased:
            if not self._pending[slot]:
                del self._pending[slot]
                self._leased.pop(slot, None)
                return None
            room = max(1, (_LEASED_LIMIT - self._leased_count) // (len(self._ready) or 1))
            batch = self.frontier.lease(slot, min(_LEASES_AT_ONCE, room))
            self._pending[slot] -= len(batch)
            if not batch:
                del self._pending[slot]
                return None
            leased = self._leased[slot] = deque(batch)
            self._leased_count += len(batch)
        self._leased_count -= 1
        return leased.popleft()

    def _make_ready(self, slot: str) -> None:
        if slot not in self._is_ready and self._in_flight[slot] < self._per_slot:
            self._is_ready.add(slot)
            self._ready.append(slot)

    def _note_added(self, slots: list[str]) -> bool:
        for slot in slots:
            self._pending[slot] += 1
            self._make_ready(slot)
        return bool(slots)

    def _settle(self, request: Request) -> int | None:
        """The request's lease, which it holds no longer; its capture may be sealed."""
        lease_id: int | None = request.meta.pop(LEASE, None)
        self._land(lease_id)
        if lease_id is not None:
            self._unsettled.discard(lease_id)
        self._run.release(request)
        return lease_id

    def _left_downloader(self, request: Request) -> None:
        self._land(request.meta.get(LEASE))

    def _land(self, lease_id: int | None) -> None:
        """The request no longer takes room in its slot."""
        slot = self._flying.pop(lease_id, None) if lease_id is not None else None
        if slot is None:
            return
        self._in_flight[slot] -= 1
        if self._in_flight[slot] <= 0:
            del self._in_flight[slot]
        if self._pending[slot] or self._leased.get(slot):
            self._make_ready(slot)

    # --- requests and entries -------------------------------------------------------------------

    def _request_of(self, lease: Lease) -> Request:
        entry = lease.entry
        details = entry.details
        kept = details.get("meta", {})
        errand = Errand(
            purpose=entry.purpose,
            via=entry.via,
            article_url=details.get("article_url"),
            article_canonical_url=details.get("article_canonical_url"),
            page_number=details.get("page_number", 1),
        )
        errback = _method(self._spider, details.get("errback"))
        return Request(
            entry.url,
            method=details.get("method", "GET"),
            headers=details.get("headers"),
            body=b64decode(details["body"]) if "body" in details else b"",
            callback=_method(self._spider, details.get("callback")),
            errback=lambda failure: self._failed(failure, errback),
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
                "redirects_before": kept.get("redirect_times", 0),
            },
        )

    def _failed(self, failure: Failure, errback: Callable[[Any], Any] | None) -> Any:
        """Every failure of a request ends here, whoever raised it."""
        request: Request = failure.request  # type: ignore[attr-defined]
        output = errback(failure) if errback is not None else None
        outcome, why = outcome_of_failure(cast("BaseException", failure.value), request)
        self.fail(request, outcome, why)
        return output


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


def entry_of(request: Request, spider: Spider) -> Entry:
    """The request as the frontier keeps it; UrlError where its URL cannot be asked for."""
    errand = errand_of(request)
    via = errand.via
    if request.meta.get("redirect_urls"):
        via = request.meta["redirect_urls"][-1]
    details: dict[str, Any] = {}
    if request.method != "GET":
        details["method"] = request.method
    if request.body:
        details["body"] = b64encode(request.body).decode("ascii")
    headers = {
        name.decode("latin-1"): [value.decode("latin-1") for value in values]
        for name, values in request.headers.items()
        if name not in _MADE_ANEW
    }
    if headers:
        details["headers"] = headers
    for role in ("callback", "errback"):
        function = getattr(request, role)
        owner = getattr(function, "__self__", None)
        if owner is spider:
            details[role] = function.__name__
    if request.cb_kwargs:
        details["cb_kwargs"] = request.cb_kwargs
    kept = {name: request.meta[name] for name in _KEPT_META if name in request.meta}
    if kept:
        details["meta"] = kept
    if errand.article_url is not None:
        details["article_url"] = errand.article_url
    if errand.article_canonical_url is not None:
        details["article_canonical_url"] = errand.article_canonical_url
    if errand.page_number != 1:
        details["page_number"] = errand.page_number
    json.dumps(details)  # a request that JSON cannot hold fails here, where it was made
    return Entry(
        url=request.url,
        slot=site_of(request.url),
        purpose=Purpose(errand.purpose),
        priority=request.priority,
        depth=request.meta.get("depth", 0),
        via=via,
        is_listed=bool(request.meta.get("is_listed")),
        details=details,
    )


_MADE_ANEW = frozenset(
    {b"User-Agent", b"Accept", b"Accept-Language", b"Accept-Encoding", b"Referer"}
)
"""Headers that Scrapy's middlewares set again each time."""


def _method(spider: Spider, name: str | None) -> Callable[..., Any] | None:
    return None if name is None else getattr(spider, name)
