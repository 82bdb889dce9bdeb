"""What a platform module asks for, as requests of the crawl: the errand of each, what is asked
instead, and where a thread ends that has no end.

Knows Scrapy's requests and nothing of any platform. An answer carries the marks of those before
it, so that a thread which repeats itself is noticed; how many answers a thread may have is bounded
besides.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request

from archiver.errors import UrlError
from archiver.model import Ask, Errand, Purpose, Thread
from archiver.urls import normalise

if TYPE_CHECKING:
    from scrapy.http import Response

    from archiver.crawl.options import CrawlOptions
    from archiver.sites import Routes

MOST_ANSWERS: Final = 1000
"""About one thread: 50,000 comments at 50 an answer. Beyond it is a trap, or a thread whose rest
a later visit may take."""
MARKS_KEPT: Final = 32
"""Of the answers before: a thread that goes round in a circle of that many is noticed."""
PRIORITY: Final = 45
"""Between articles and sections: a thread belongs to an article that is archived already."""
_THREADS_COUNTED: Final = 10_000
"""Articles of which is known how much was asked about their threads in this run."""
ASKED_INSTEAD: Final = "instead"
MARKS: Final = "marks"
BEGINS: Final = "begins"
"""Keys in a request's meta, kept in the frontier: what to ask instead; the marks of the answers
before; the key, in hex, of the request with which a visit of the thread begins."""


class Asking:
    """Makes requests of asks, for the spider whose methods are called back. ``routes`` says, for
    the address of an article, how far those who have a say let the crawl go for its threads."""

    def __init__(
        self,
        options: CrawlOptions,
        routes: Callable[[str], Iterable[Routes]],
        callback: Callable[..., Any],
        errback: Callable[..., Any],
    ) -> None:
        self._options = options
        self._routes = routes
        self._asked: OrderedDict[str, int] = OrderedDict()
        self._callback = callback
        self._errback = errback

    def begin(self, asks: tuple[Ask, ...], errand: Errand, *, depth: int) -> list[Request]:
        """Requests for the threads of the article that ``errand`` names. Asks beside what the page
        shows count as later answers."""
        first = 1 if len(asks) == 1 else 2
        return [
            request
            for step, ask in enumerate(asks, first)
            for request in self._requests(ask, replace(errand, page_number=step), depth)
        ]

    def go_on(self, asks: Iterable[Ask], thread: Thread, response: Response) -> list[Request]:
        """Requests for the rest of the thread of which ``response`` showed a part. None when it
        showed what an answer before it did, or when there have been too many."""
        errand: Errand = response.meta["errand"]
        mark = mark_of(thread)
        before: list[str] = response.meta.get(MARKS, [])
        if (thread.comments and mark in before) or errand.page_number >= MOST_ANSWERS:
            return []
        marks = [*before, mark][-MARKS_KEPT:] if thread.comments else before
        following = replace(errand, via=response.url, page_number=errand.page_number + 1)
        depth = response.meta["depth"]
        return [r for ask in asks for r in self._requests(ask, following, depth, marks)]

    def instead(self, request: Request) -> list[Request]:
        """Requests for what was to be asked for where ``request`` came to nothing."""
        errand: Errand = replace(request.meta["errand"], via=request.url)
        asks = map(_ask_of, request.meta.get(ASKED_INSTEAD, ()))
        marks, depth = request.meta.get(MARKS, []), request.meta["depth"]
        made = [r for ask in asks for r in self._requests(ask, errand, depth, marks)]
        for other in made[:1]:
            if BEGINS in request.meta:  # the next visit tries the better way again
                other.meta[BEGINS] = request.meta[BEGINS]
        return made

    def _requests(
        self, ask: Ask, errand: Errand, depth: int, marks: list[str] | None = None
    ) -> Iterator[Request]:
        if ask.needs is not None and ask.needs not in self._options.secrets:
            for other in ask.instead:
                yield from self._requests(other, errand, depth, marks)
            return
        try:
            url = normalise(ask.url)
        except UrlError:
            return
        article_url = errand.article_url or url
        routes = self._routes(article_url)
        if not all(route.allows(url, page_url=article_url) for route in routes):
            return
        if not self._has_room(article_url):
            return
        errand = replace(
            errand,
            purpose=Purpose.THREAD,
            platform=ask.platform or errand.platform,
            thread_ref=ask.thread_ref or errand.thread_ref,
        )
        meta: dict[str, Any] = {"errand": errand, "depth": depth, "is_listed": False}
        if ask.instead:
            meta[ASKED_INSTEAD] = [asdict(other) for other in ask.instead]
        if marks:
            meta[MARKS] = marks
        if ask.needs is not None:  # what it is moved to is not who the secret is for
            meta["dont_redirect"] = True
        meta["referrer_policy"] = "no-referrer"  # only what the platform itself asks for
        yield Request(
            url,
            method=ask.method,
            headers=dict(ask.headers),
            body=ask.body.encode(),
            callback=self._callback,
            errback=self._errback,
            priority=PRIORITY - min(errand.page_number, 30),
            meta=meta,
        )

    def _has_room(self, article_url: str) -> bool:
        """One more may be asked about this article's threads. Answers that lead to many others are
        no way round the bound."""
        asked = self._asked.pop(article_url, 0)
        self._asked[article_url] = asked + 1
        if len(self._asked) > _THREADS_COUNTED:
            self._asked.popitem(last=False)
        return asked < MOST_ANSWERS


def mark_of(thread: Thread) -> str:
    """What tells an answer from another: 8 hex digits over the ids of its comments."""
    ids = "\n".join(comment.comment_id for comment in thread.comments)
    return hashlib.sha256(ids.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _ask_of(plain: Mapping[str, Any]) -> Ask:
    """The ask that ``asdict`` and JSON made ``plain`` of."""
    headers = tuple((str(name), str(value)) for name, value in plain["headers"])
    instead = tuple(_ask_of(other) for other in plain["instead"])
    return Ask(**{**plain, "headers": headers, "instead": instead})
