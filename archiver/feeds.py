"""Feeds: the articles that RSS, Atom, RDF and JSON Feed list, how a feed goes on, and how often
it changes.

Knows what the entries of a feed stand for. Their dialects are read in ``feed_entries``, feeds of
comments are told from those of articles in ``comment_feeds``; neither fetches anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, islice

from archiver.comment_feeds import article_of, is_comment_feed
from archiver.errors import UrlError
from archiver.feed_entries import Entry, FeedWords, is_feed, read_entries
from archiver.listed_times import read_period
from archiver.model import Link, LinkKind, Listing
from archiver.url_parts import parameter, with_parameters
from archiver.url_shapes import is_file
from archiver.urls import canonical_key, host_of, is_comment_page, is_trap, normalise

__all__ = ["MOST_ENTRIES", "MOST_EXAMINED", "is_feed", "read_feed"]

MOST_ENTRIES = 10_000
"""Links taken from one feed. Feeds hold 10 to 100; a whole archive as one feed holds thousands."""
MOST_EXAMINED = 5 * MOST_ENTRIES
"""Entries looked at for them (4 s): 43 MB of links to one article must not hold a worker for 30."""

_FIRST = 20
"""Entries by which a feed of comments is known."""
_WORDPRESS = re.compile(r"https?://(?:www\.)?wordpress\.(?:org|com)(?:/|$)|wordpress\b", re.I)


def read_feed(payload: bytes, url: str) -> tuple[tuple[Link, ...], Listing]:
    """What the feed at ``url`` lists, in its order, each article once, then its next page; and
    what it says of itself.

    A feed of articles gives links of kind ARTICLE. One of readers' comments gives THREAD: the
    addresses of their articles, each with the time of its newest comment. Nothing for anything
    that is no feed. An entry without a usable address is passed over, and so are traps and files.
    """
    own, said = _own_address(url), FeedWords()
    entries = read_entries(payload, url, said)
    first = list(islice(entries, _FIRST))  # by which its words are read, too
    permalinks = [entry.addresses[0] for entry in first if entry.addresses]
    of_comments = is_comment_feed(own, said.words.get("title", ""), permalinks)
    found: dict[str, Link] = {}
    for entry in islice(chain(first, entries), MOST_EXAMINED):
        _add(_link_of(entry, of_comments=of_comments), found)
        if len(found) >= MOST_ENTRIES:
            break
    if not own:
        return tuple(found.values()), Listing()
    following = _next_page(own, said, can_be_counted=bool(found) and not of_comments)
    return tuple(found.values()) + following, _listing(own, said)


def _own_address(url: str) -> str:
    """Empty where the feed was found under something that cannot be asked for."""
    try:
        return normalise(url)
    except UrlError:
        return ""


def _add(link: Link | None, found: dict[str, Link]) -> None:
    if link is None:
        return
    key = canonical_key(link.url)
    known = found.setdefault(key, link)
    if link.modified and (known.modified is None or link.modified > known.modified):
        found[key] = replace(known, modified=link.modified)


def _link_of(entry: Entry, *, of_comments: bool) -> Link | None:
    for address in entry.addresses:
        link = _thread_link(address, entry) if of_comments else _article_link(address, entry)
        if link is not None:
            return link
    return None


def _article_link(address: str, entry: Entry) -> Link | None:
    try:
        target = normalise(address, entry.base)
    except UrlError:
        return None
    if is_comment_page(target) or is_trap(target) or is_file(target):
        return None
    return Link(target, LinkKind.ARTICLE, entry.text, listed=True, modified=entry.modified)


def _thread_link(address: str, entry: Entry) -> Link | None:
    """Without the entry's title, which names the reader who wrote the comment."""
    target = article_of(address, entry.base)
    if target is None or is_trap(target) or is_file(target):
        return None
    return Link(target, LinkKind.THREAD, listed=True, modified=entry.modified)


def _next_page(url: str, said: FeedWords, *, can_be_counted: bool) -> tuple[Link, ...]:
    """The page after this one: RFC 5005's (3 and 4: older archives), JSON Feed's, WordPress'."""
    following = said.links.get("next") or said.links.get("prev-archive")
    is_wordpress = _WORDPRESS.match(said.words.get("generator", ""))
    if following is None and can_be_counted and is_wordpress:
        number = _page_number(url)
        # Every feed of WordPress goes on under `paged` (a 404 ends it), and its own address says
        # which page it is. Where a cache knows no parameters, each page is the first, for ever.
        if number == 1 or number == _page_number(said.links.get("self", "")):
            following = with_parameters(url, {"paged": str(number + 1)})
    return () if following is None or is_trap(following) else (Link(following, LinkKind.FEED),)


def _listing(url: str, said: FeedWords) -> Listing:
    first = said.links.get("first") or said.links.get("current")
    if first is None and _page_number(url) > 1:
        first = with_parameters(url, {"paged": None})
    is_further = (
        first is not None
        and canonical_key(first) != canonical_key(url)
        and host_of(first) == host_of(url)  # of another host's feeds it has nothing to say
    )
    return Listing(
        first_page=first if is_further else None,
        every_seconds=read_period(
            *(said.words.get(name, "") for name in ("updateperiod", "updatefrequency", "ttl"))
        ),
        hub=said.links.get("hub"),
    )


def _page_number(url: str) -> int:
    said = (parameter(url, "paged") if url else None) or ""
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) <= 6 else 1
