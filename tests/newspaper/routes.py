"""What each address of the newspaper answers: status, headers, body and way of delivery.

A table from path to answer, made once for one base URL. Knows HTTP's words; does not know sockets.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

import brotli

from tests.newspaper import press

HTML = "text/html; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
PLAIN = "text/plain; charset=UTF-8"

CALENDAR = re.compile(r"/calendar/(?P<year>\d{4})/(?P<month>\d{2})/")
PICTURE = re.compile(r"/images/(?P<name>[a-z]+)\.png")


class Delivery(StrEnum):
    """How the body goes over the wire."""

    PLAIN = "plain"
    CHUNKED_WITH_TRAILERS = "chunked with trailers"
    AFTER_EARLY_HINTS = "after 103 Early Hints"


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. ``Content-Length`` and the like are the server's to add."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    """Sent as ``ETag``; a request that names it in ``If-None-Match`` is answered 304."""
    delivery: Delivery = Delivery.PLAIN


ARTICLE_PAGES = (
    "harbour-cranes-return",
    "library-opens-at-night",
    "river-ferry-timetable",
    "school-kitchen-garden",
    "bridge-survey",
    "night-bus-returns",
    "clock-tower-repaired",
    "choir-finds-a-hall",
    "printers-proof",
    "market-square-band",
    "the-long-walk",
    "the-long-walk-2",
    "le-marche-couvert",
    "hadiqat-al-mina",
)

LISTING_PAGES = (
    "front",
    "news",
    "news-2",
    "culture",
    "culture-2",
    "author-ines-tallow",
    "author-rafe-quillon",
    "about",
)

FILES = {
    "/robots.txt": ("robots.txt", PLAIN),
    "/feed/": ("feed.xml", "application/rss+xml; charset=UTF-8"),
    "/atom.xml": ("atom.xml", "application/atom+xml; charset=UTF-8"),
    "/sitemap_index.xml": ("sitemap_index.xml", XML),
    "/sitemap-pages.xml": ("sitemap-pages.xml", XML),
    "/news-sitemap.xml": ("news-sitemap.xml", XML),
    "/style.css": ("style.css", "text/css"),
}

REDIRECTS = {
    "/old/market-band/": (301, "/culture/market-square-band/"),
    "/go/first/": (302, "/go/second/"),
    "/go/second/": (307, "/go/third/"),
    "/go/third/": (301, "/culture/market-square-band/"),
    # Short links of the two pages of the magazine theme.
    "/?p=412": (301, "/2024/03/harbour-cranes-return/"),
    "/?p=398": (301, "/2024/02/library-opens-at-night/"),
}


def lay_out(base: str) -> Mapping[str, Answer]:
    """Path, or path with query → answer, for everything that has an address of its own."""
    answers: dict[str, Answer] = {}
    for name in ARTICLE_PAGES + LISTING_PAGES:
        answers[press.path_of(name)] = Answer(press.print_page(name, base).encode())
    for path, (name, content_type) in FILES.items():
        answers[path] = Answer(press.print_file(name, base).encode(), content_type)
    posts = press.print_file("sitemap-posts.xml", base).encode()
    answers["/sitemap-posts.xml.gz"] = Answer(gzip.compress(posts, mtime=0), "application/gzip")
    for path, (status, target) in REDIRECTS.items():
        answers[path] = Answer(b"", PLAIN, status, (("Location", base + target),))
    answers["/broken/"] = Answer(b"The press is jammed.\n", PLAIN, 500)
    answers["/private/ledger/"] = Answer(b"Nobody was to read this.\n", PLAIN)
    return answers | _with_ways_of_delivery(answers)


def answer(answers: Mapping[str, Answer], target: str, base: str) -> Answer:
    """What the request target gets. A query that has no answer of its own
    changes nothing: ``?replytocom=`` and session ids show the same page again, as in blogs."""
    if target in answers:
        return answers[target]
    path = urlsplit(target).path
    if path in answers:
        return answers[path]
    if found := CALENDAR.fullmatch(path):
        return Answer(_calendar(int(found["year"]), int(found["month"]), base).encode())
    if found := PICTURE.fullmatch(path):
        return Answer(press.print_picture(found["name"]), "image/png")
    return Answer(b"<!DOCTYPE html><title>Not found</title><p>No such page.</p>\n", HTML, 404)


def _with_ways_of_delivery(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Pages that are served in a way of their own, so that a crawl meets each way once."""
    ways = {
        "/news/night-bus-returns/": _encoded(answers["/news/night-bus-returns/"], "gzip"),
        "/news/clock-tower-repaired/": _encoded(answers["/news/clock-tower-repaired/"], "br"),
        "/culture/choir-finds-a-hall/": replace(
            answers["/culture/choir-finds-a-hall/"], delivery=Delivery.CHUNKED_WITH_TRAILERS
        ),
        "/culture/printers-proof/": replace(
            answers["/culture/printers-proof/"],
            headers=(("Last-Modified", "Tue, 16 Jan 2024 07:30:00 GMT"),),
            delivery=Delivery.AFTER_EARLY_HINTS,
        ),
        "/fr/le-marche-couvert/": replace(
            answers["/fr/le-marche-couvert/"],
            # The file is UTF-8 like every other; what is served is what the header says.
            body=answers["/fr/le-marche-couvert/"].body.decode().encode("iso-8859-1"),
            content_type="text/html; charset=ISO-8859-1",
        ),
    }
    for path in ("/2024/03/harbour-cranes-return/", "/news/bridge-survey/", "/sitemap_index.xml"):
        tag = hashlib.sha256(answers[path].body).hexdigest()[:16]
        ways[path] = replace(answers[path], etag=f'"{tag}"')
    return ways


def _encoded(plain: Answer, coding: str) -> Answer:
    body = gzip.compress(plain.body, mtime=0) if coding == "gzip" else brotli.compress(plain.body)
    return replace(
        plain, body=body, headers=(("Content-Encoding", coding), ("Vary", "Accept-Encoding"))
    )


def _calendar(year: int, month: int, base: str) -> str:
    """A month with nothing on, and a link to the next: a trap without end."""
    after = f"{year + month // 12:04d}/{month % 12 + 1:02d}"
    return (
        f'<!DOCTYPE html><html lang="en"><title>What is on, {month:02d}/{year}</title>'
        f'<p>Nothing is on.</p><a rel="next" href="{base}/calendar/{after}/">Next month</a>\n'
    )
