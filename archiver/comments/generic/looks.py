"""What one record shows of itself: words, names, dates, buttons, where its links lead.

Knows what parts of comments are called and what look-alikes show; what to make of it is
``judging``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urldefrag

from lxml import etree

from archiver.comments.generic.mining import is_dated
from archiver.comments.generic.places import short_text, traits
from archiver.comments.generic.words import NAMELESS, Traits, is_action, is_reply
from archiver.comments.markup import path_of
from archiver.dom import SILENT, Document, Node

_MOST_NODES: Final = 1_000
"""Of one record. The largest in the corpus has 661 elements, replies in it included."""
_SHORT: Final = 80
"""Signs of a name or of a date."""
_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SIGNING = frozenset({"strong", "b", "h3", "h4", "h5", "h6", "a", "cite"})
COMMENT_PAGE = re.compile(r"/comment-page-\d+(?=/|$)")
"""In the address of a later page of comments: it is this page's all the same."""
_DATE_TAGS = frozenset(
    ["time", "span", "a", "div", "p", "small", "abbr", "em", "li", "cite", "td", "i", "b", "strong",
     "h3", "h4", "h5", "h6", "footer", "header", "dt", "font", "dd", "label", "sup", "sub", "u"]
)  # fmt: skip
_COMMENT_FRAGMENT = re.compile(
    r"comment|komment|coment|reply|^c\d|respon|post|p\d|msg|message", re.I
)
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W{0,3}$")


@dataclass(slots=True)
class Look:
    """What one record shows of itself."""

    words: int = 0
    link_words: int = 0
    free_words: int = 0
    """Outside names, dates, buttons and headings: what may be the reader's own."""
    digest: int = 0
    """Of its text, to tell one from another."""
    has_date: bool = False
    has_action: bool = False
    has_reply: bool = False
    has_author: bool = False
    is_signed: bool = False
    """It begins with a few words in bold, as a heading or as a link: a name, perhaps."""
    has_heading: bool = False
    is_teaser: bool = False
    """Its heading leads to another page of the site."""
    leads_here: bool = False
    """Its permalink names a spot on this page."""
    leads_to: str | None = None
    """The page on which its permalink names a spot, where that is another one."""
    is_review: bool = False
    is_cut: bool = False
    named_words: int = 0
    """Of the free ones, those in elements named for comments."""

    @property
    def is_named(self) -> bool:
        """True when most of what a reader may have written stands in elements named for it."""
        return 2 * self.named_words >= max(1, self.free_words)


def look_at(
    parts: Iterable[Node], roots: frozenset[Node], document: Document, paths: frozenset[str]
) -> Look:
    """What a record shows, which is one element or several; other records in it are not its own."""
    look = Look()
    last = ""
    for part in parts:
        look.is_review = look.is_review or traits(part).is_review
        last = _look_into(part, roots, document, paths, look) or last
    look.is_cut = bool(_CUT.search(last.rstrip()))
    return look


def _look_into(
    part: Node, roots: frozenset[Node], document: Document, paths: frozenset[str], look: Look
) -> str:
    """Add what one element shows to ``look``; the last text in it."""
    last = ""
    links = nodes = 0
    metas_open: set[Node] = set()
    named_open: set[Node] = set()
    skipped: Node = None
    walk = etree.iterwalk(part, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            nodes += 1
            if nodes > _MOST_NODES:
                break
            if _is_apart(node, part, roots):
                walk.skip_subtree()
                skipped = node
                continue
            said = traits(node)
            if _notice(node, NAMELESS if node is part else said, document, paths, look):
                metas_open.add(node)
            if said.is_place and node.tag not in ("a", "button"):
                named_open.add(node)
            links += node.tag == "a"
            text = node.text
        else:
            if node is not skipped:
                links -= node.tag == "a"
                metas_open.discard(node)
                named_open.discard(node)
            text = node.tail if node is not part else None
        if text and (count := len(text.split())):
            look.words += count
            look.link_words += count if links else 0
            if not metas_open:
                look.free_words += count
                look.named_words += count if named_open else 0
            look.digest = hash((look.digest, text.strip()))
            last = text
    return last


def _notice(
    node: Node, said: Traits, document: Document, paths: frozenset[str], look: Look
) -> bool:
    """Add what an element shows to ``look``; True where its text is no reader's."""
    tag = node.tag
    is_meta = tag in _HEADS
    if said.is_author:
        is_short = bool(short_text(node, _SHORT))
        look.has_author = look.has_author or is_short
        is_meta = is_meta or is_short
    look.is_review = look.is_review or said.is_review
    if look.words == 0 and tag in _SIGNING and 0 < len(short_text(node, 60).split()) <= 4:
        look.is_signed = True
    if tag == "cite" and short_text(node, _SHORT):
        look.has_author = is_meta = True
    if node.get("itemprop"):
        look.is_review = look.is_review or node.get("itemprop") in ("reviewRating", "ratingValue")
        look.has_author = look.has_author or node.get("itemprop") == "author"
    if tag in _DATE_TAGS and is_dated(node):
        look.has_date = True
        is_meta = is_meta or bool(short_text(node, _SHORT))
    if tag in _HEADS:
        look.has_heading = True
        look.is_teaser = look.is_teaser or _leads_to_page(node, document, paths)
    if tag in ("a", "button", "span"):
        text = short_text(node, 60)
        if text and is_action(text):
            look.has_action = is_meta = True
            look.has_reply = look.has_reply or is_reply(text)
    if tag == "a" and (where := permalink_of(node, document)) is not None:
        if where in paths or not where:
            look.leads_here = True
        else:
            look.leads_to = where
    return is_meta


def told_in(record: Node, roots: frozenset[Node]) -> Iterator[tuple[Node, bool, str]]:
    """(element, is it what follows it, text) in page order, without other records of ``roots`` and
    without what no reader sees."""
    walk = etree.iterwalk(record, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            if node is not record and node.tail:
                yield node, True, node.tail
        elif _is_apart(node, record, roots):
            walk.skip_subtree()
        else:
            yield node, False, node.text or ""


def _is_apart(node: Node, record: Node, roots: frozenset[Node]) -> bool:
    """True for what is no part of a record: another one in it, and what no reader sees."""
    if not isinstance(node.tag, str) or node.tag in SILENT:
        return True
    return node is not record and node in roots


def _leads_to_page(heading: Node, document: Document, paths: frozenset[str]) -> bool:
    around = next((a for a in islice(heading.iterancestors(), 3) if a.tag == "a"), None)
    links = [around] if around is not None else list(heading.iter("a"))
    return any(
        (target := urldefrag(link.get("href") or "")[0]) and _is_page(target)
        and path_of(document.base_url, target) not in paths
        for link in links
    )  # fmt: skip


def _is_page(target: str) -> bool:
    return not target.lower().startswith(("javascript:", "mailto:", "tel:", "data:"))


def permalink_of(link: Node, document: Document) -> str | None:
    """The page (``path_of``; empty for this one) on which a link names a comment; else None."""
    href = link.get("href") or ""
    if "#" not in href:
        return None
    target, fragment = urldefrag(href)
    if not any(map(str.isdecimal, fragment)) or not _COMMENT_FRAGMENT.search(fragment):
        return None
    if not target:
        return ""
    path = path_of(document.base_url, COMMENT_PAGE.sub("", target))
    # /comment/7#comment-7 is the comment's own address, whichever page it stands on.
    return None if re.sub(r"\D", "", fragment) in path.split("/") else path
