"""Where a page, a feed, a sitemap or a robots.txt leads: their links, each with its kind.

Knows HTML's ways of linking and what of it a crawl for articles follows. Feeds, sitemaps and
WordPress' lists have rooms of their own (``feeds``, ``sitemaps``, ``wordpress_rest``) and are
reached from here. Which hosts a crawl may visit and what it has seen is not known here.

Followed: ``a`` and ``area``, feeds by autodiscovery (of comments only that of a whole site), the
lists of WordPress' REST interface, the next and previous page of a list, meta refresh.
``rel=nofollow`` is a word to search engines about trust and does not keep an archive from a
newspaper's own pages; what *readers and advertisers* put there (``ugc``, ``sponsored``, and
``nofollow`` inside comments, as it was before 2019) is not followed. Not followed either: the
canonical and AMP addresses of the page itself, traps, pages of comments, the feed of one article's
comments, files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from typing import NamedTuple

from archiver.comment_feeds import is_site_wide
from archiver.dom import Document, Node
from archiver.errors import UrlError
from archiver.feed_entries import fold
from archiver.feeds import is_feed, read_feed
from archiver.model import Link, LinkKind
from archiver.robots import RobotsPolicy
from archiver.sitemaps import is_sitemap, read_sitemap
from archiver.sites import SiteRules
from archiver.url_shapes import (
    continuation_number,
    is_file,
    looks_like_article,
    looks_like_comment_feed,
    looks_like_feed,
    looks_like_section,
)
from archiver.urls import canonical_key, is_comment_page, is_trap, normalise
from archiver.wordpress_rest import RELATION, listings_of, read_listing

__all__ = [
    "is_feed",
    "is_sitemap",
    "links_of_html",
    "read_feed",
    "read_listing",
    "read_robots_sitemaps",
    "read_sitemap",
]

MOST_LINKS = 2_000
"""Links taken from one page, the first ones. The busiest of 1,354 real pages has 1,113."""
MOST_EXAMINED = 20_000
"""Elements looked at for them; a page of nothing but links must not hold a worker."""
MOST_SITEMAPS = 2_000
"""``Sitemap`` lines taken from one robots.txt; the busiest of 496 real files has 1,293."""

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_COMMENT_FEED_TITLE = re.compile(
    r"comment|kommentar|comentario|comentário|commenti|reacties|komentarz|коммент|yorum|コメント|评论",
    re.IGNORECASE,
)
_COMMENT_REGION = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|commentaires?|kommentare?|comentarios?|disqus_thread"
    r"|respond|replies)(?:$|[\s_-])",
    re.IGNORECASE,
)
# HTML, 4.2.5.3, "shared declarative refresh steps": seconds, a separator, the address.
_REFRESH = re.compile(
    r"\s*[\d.]*(?:\s*[;,]\s*|\s+)(?:url\s*=\s*)?[\"']?([^\"'\s]+)[\"']?\s*$", re.IGNORECASE
)
_OWN_NUMBER = re.compile(r"/\d{1,2}/?$")


class _Way(Enum):
    """How a page links."""

    ORDINARY = auto()
    FEED = auto()
    COMMENT_FEED = auto()
    """By its title; which comments it has, its address tells."""
    STEP = auto()
    """rel=next or rel=prev: of a list a further page, of an article mostly another article."""
    REST = auto()
    """The root of WordPress' REST interface."""


class _Anchor(NamedTuple):
    """What an element says about its target."""

    href: str
    text: str
    way: _Way = _Way.ORDINARY


def links_of_html(document: Document, *, is_seed: bool, rules: SiteRules) -> tuple[Link, ...]:
    """The links of a page that are worth following, in its order, each page once.

    On a seed all links are ``listed`` but those to feeds and lists for programs. The site's rules
    speak first about articles and exclusions, the shape of the address second. The tree is left
    as it is.
    """
    own = _own_address(document)
    found: dict[str, Link] = {}
    if own is not None:
        found[canonical_key(own)] = Link(own, LinkKind.PAGE)  # never a link to itself
    followed: dict[tuple[str, _Way], tuple[Link, ...]] = {}
    for anchor in _anchors(document.tree):
        # Menus repeat their links: an address is worked out once.
        asked = (anchor.href, anchor.way)
        if asked not in followed:
            followed[asked] = _follow(anchor, document, own, rules)
        for link in followed[asked]:
            text = anchor.text or link.text
            is_page = link.kind not in (LinkKind.FEED, LinkKind.LISTING)
            key = canonical_key(link.url)
            known = found.get(key)
            if known is None:
                found[key] = replace(link, text=text, listed=is_seed and is_page)
            elif not known.text and text:
                found[key] = replace(known, text=text)  # a picture before its headline
        if len(found) > MOST_LINKS:
            break
    if own is not None:
        del found[canonical_key(own)]
    return tuple(found.values())[:MOST_LINKS]


def read_robots_sitemaps(payload: bytes, url: str) -> tuple[Link, ...]:
    """The sitemaps that the robots.txt at ``url`` names, each once."""
    found: dict[str, Link] = {}
    for value in RobotsPolicy.parse(payload).sitemaps[:MOST_SITEMAPS]:
        try:
            target = normalise(value, url)
        except UrlError:
            continue
        found.setdefault(canonical_key(target), Link(target, LinkKind.SITEMAP, listed=True))
    return tuple(found.values())


def _own_address(document: Document) -> str | None:
    try:
        return normalise(document.url)
    except UrlError:
        return None


def _anchors(tree: Node) -> Iterator[_Anchor]:
    for examined, node in enumerate(tree.iter("a", "area", "link", "meta")):
        if examined >= MOST_EXAMINED:
            return
        if node.tag == "meta":
            yield from _refresh(node)
            continue
        href = (node.get("href") or "").strip()
        if not href or href.startswith("#"):
            continue
        rel = frozenset((node.get("rel") or "").lower().split())
        is_step = bool(rel & {"next", "prev"})
        if node.tag == "link":
            if "alternate" in rel and _is_feed_link(node):
                title = fold(node.get("title") or "")
                of_comments = _COMMENT_FEED_TITLE.search(_last_part(title))
                yield _Anchor(href, title, _Way.COMMENT_FEED if of_comments else _Way.FEED)
            elif RELATION in rel:
                yield _Anchor(href, "", _Way.REST)
            elif is_step:
                yield _Anchor(href, "", _Way.STEP)
        elif not _is_of_readers(node, rel):
            yield _Anchor(href, _text(node), _Way.STEP if is_step else _Way.ORDINARY)


def _refresh(node: Node) -> Iterator[_Anchor]:
    if (node.get("http-equiv") or "").strip().lower() == "refresh":
        match = _REFRESH.match(" ".join((node.get("content") or "")[:4096].split()))
        if match:
            yield _Anchor(match[1], "")


def _is_feed_link(node: Node) -> bool:
    media_type = (node.get("type") or "").partition(";")[0].strip().lower()
    if media_type == "application/json":  # JSON Feed 1.0 used it; so does WordPress' REST
        return looks_like_feed("http://x/" + (node.get("href") or "").lstrip("/"))
    return media_type in _FEED_TYPES


def _last_part(title: str) -> str:
    """WordPress: ``<site> » <post> Comments Feed``; a site may have "comment" in its own name."""
    return title.rpartition("»")[2][-40:]


def _is_of_readers(node: Node, rel: frozenset[str]) -> bool:
    """True when not the newspaper but a reader or an advertiser made the link."""
    if rel & {"ugc", "sponsored"}:
        return True
    if "nofollow" not in rel:
        return False
    return any(
        _COMMENT_REGION.search(f"{around.get('id') or ''} {around.get('class') or ''}")
        for around in node.iterancestors("div", "section", "ol", "ul", "li", "article", "aside")
    )


def _text(node: Node) -> str:
    text = fold("".join(node.itertext()))
    return text or fold(node.get("title") or node.get("aria-label") or node.get("alt") or "")


def _follow(
    anchor: _Anchor, document: Document, own: str | None, rules: SiteRules
) -> tuple[Link, ...]:
    try:
        url = normalise(anchor.href, document.base_url, encoding=document.encoding)
    except UrlError:  # mailto:, javascript:, tel:, and what is broken
        return ()
    if anchor.way is _Way.REST:
        return tuple(link for link in listings_of(url) if not rules.excludes(link.url))
    if is_trap(url) or is_comment_page(url) or rules.excludes(url):
        return ()
    if anchor.way is _Way.COMMENT_FEED or looks_like_comment_feed(url):
        return (Link(url, LinkKind.FEED, anchor.text),) if is_site_wide(url, own) else ()
    if anchor.way is _Way.FEED:
        return () if _is_feed_of(url, own) else (Link(url, LinkKind.FEED, anchor.text),)
    if is_file(url):
        return ()
    return (Link(url, _kind(url, anchor, own, rules), anchor.text),)


def _is_feed_of(url: str, own: str | None) -> bool:
    """True when ``url`` is WordPress' feed of the comments on the article at ``own``."""
    return own is not None and looks_like_article(own) and url == own.rstrip("/") + "/feed/"


def _kind(url: str, anchor: _Anchor, own: str | None, rules: SiteRules) -> LinkKind:
    if rules.is_article_url(url) or (own is not None and _continues(url, own)):
        return LinkKind.ARTICLE
    if looks_like_feed(url):
        return LinkKind.FEED
    if looks_like_section(url):
        return LinkKind.SECTION
    if looks_like_article(url):
        # Where the rules know the site's articles, the shape alone proves nothing.
        return LinkKind.PAGE if rules.article_url else LinkKind.ARTICLE
    return LinkKind.SECTION if anchor.way is _Way.STEP else LinkKind.PAGE


def _continues(url: str, own: str) -> bool:
    """True when ``url`` is another page of the article at ``own`` or of its first page."""
    first = _OWN_NUMBER.sub("/", own)
    return any(
        looks_like_article(article) and continuation_number(url, article) is not None
        for article in {own, first}
    )
