"""Under which addresses a page and its comments are known.

Knows permalinks (``…/a-story/comment-page-2/#comment-7``, ``?p=44&cpage=2#comment-7``) and that a
page of comments is a page of its article; nothing of elements that are comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qs, urlsplit

from archiver.dom import Document, Node, join

MARK = re.compile(r"(?:li-|div-|dsq-|comment-)?comment-(\d{1,19})")
"""The whole of an id, an anchor's name or a fragment that is a comment's."""
PAGE = re.compile(r"/comment-page-(\d{1,9})/?$")
"""The end of a path: a page of an article's comments, and its number."""

_PART = re.compile(r"(?<=[^/])/\d{1,3}$")
"""The end of a path: a page of an article in several (``<!--nextpage-->``)."""


def own_keys(document: Document) -> frozenset[str]:
    """The keys (``page_key``) under which this page is known."""
    said = [document.url]
    said += [
        link.get("href") or ""
        for link in head_links(document)
        if link.get("rel") in ("canonical", "shortlink")
    ]
    said += [
        meta.get("content") or ""
        for meta in document.tree.iter("meta")
        if meta.get("property") == "og:url"
    ]
    keys = {page_key(document.base_url, url) for url in said}
    # Page 2 of an article shows the comments of the whole, whose permalinks name page 1.
    return frozenset(keys | {_PART.sub("", key) for key in keys})


def head_links(document: Document) -> Iterator[Node]:
    """The ``link`` elements of the page, which say what it is and where else it can be had."""
    return document.tree.iter("link")  # type: ignore[no-any-return]


def split(url: str) -> SplitResult:
    """The parts of an address; all of them empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def page_key(base: str, url: str) -> str:
    """What tells one post's page from another's: the path, and ``p`` where posts have no paths."""
    parts = split(join(base, url) or "")
    path = PAGE.sub("", parts.path).rstrip("/")
    post = parse_qs(parts.query).get("p", [""])[0] if parts.query else ""
    return f"{path}?p={post}" if post else path


def page_number(url: str) -> int | None:
    """The number of the page of comments that ``url`` names; None where it names none."""
    parts = split(url)
    if found := PAGE.search(parts.path):
        return int(found[1])
    said = parse_qs(parts.query).get("cpage", [""])[0] if "cpage" in parts.query else ""
    return int(said) if said.isdecimal() and len(said) <= 9 else None


def permalinks(document: Document) -> Iterator[tuple[str, str]]:
    """(number, address) of each link on the page that leads to a comment; the address as written,
    without its fragment where that is all of it."""
    for link in document.tree.iter("a"):
        href = link.get("href") or ""
        if "comment-" not in href or "#" not in href:
            continue
        target, _, fragment = href.strip().partition("#")
        if found := MARK.fullmatch(fragment):
            yield found[1], target


def article_address(permalink: str) -> str | None:
    """The article's own address from that of one of its comments; None where it is none."""
    parts = split(permalink.partition("#")[0])
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    path = PAGE.sub("/", parts.path)
    query = "&".join(
        pair for pair in parts.query.split("&") if pair and not pair.startswith("cpage=")
    )
    return parts._replace(path=path, query=query).geturl()
