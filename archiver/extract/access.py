"""Who could read an article: what its publisher declares, and the barrier that stands in the page.

Knows the declarations (content tier, schema.org) and how a barrier looks whatever put it there;
what follows from it is not decided here.
"""

from __future__ import annotations

import re
from typing import Final

from archiver.dom import Document, Node, text_of
from archiver.extract.structured import Said
from archiver.model import Access

_TIERS: Final = {
    "free": Access.FREE,
    "public": Access.FREE,
    "registered": Access.METERED,
    "registration": Access.METERED,
    "metered": Access.METERED,
    "locked": Access.PAYWALLED,
    "paid": Access.PAYWALLED,
    "premium": Access.PAYWALLED,
    "subscriber": Access.PAYWALLED,
    "subscribers": Access.PAYWALLED,
}
_TIER_META: Final = (
    "article:content_tier", "content_tier", "lp.article:content_tier", "og:article:content_tier",
    "og:content_tier", "article:contenttier",
)  # fmt: skip
_BARRIER = re.compile(
    r"paywall|regwall|tp-container-inner|tp-iframe|tinypass|piano-(?:container|wall|offer)|poool-widget|"
    r"zephr-|leaky[-_]paywall|pelcro-|subscriber-only|content-gate"
)
"""Piano, Poool, Zephr, Leaky Paywall and Pelcro by their own names, the rest by the trade's."""
_LEAST_OFFER: Final = 60
_LONGEST_OFFER: Final = 1500
_LONGEST_LINE: Final = 250
"""A barrier offers something, in short lines, with something to press. Elements named so that are
empty or hold the article itself stand on free pages as often as on others (15 against 16 pages of
1,354). Of nine pages without a declaration that had one within these bounds seven were locked."""
_TEASER: Final = 1000
"""Signs of text under which, before a barrier, only the beginning was delivered."""
_LEAST_PART: Final = 200
_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]*)?((?:[.#][\w-]+)+)$", re.IGNORECASE)


def access_of(document: Document, said: Said, text_chars: int) -> tuple[Access | None, str | None]:
    """(who could read it, who says so). ``text_chars``: length of the text that was delivered.

    TRUNCATED where it is not free and what is not free was not delivered."""
    declared, source = _declared(said)
    if declared in (Access.FREE, Access.METERED):
        return declared, source
    barrier = _barrier(document)
    if declared is None and barrier is None:
        return None, None
    source = source or "markup"
    if _is_withheld(document, said.article.locked_selectors):
        return Access.TRUNCATED, source
    if barrier is not None and text_chars < _TEASER:
        return Access.TRUNCATED, source
    return Access.PAYWALLED, source


def _declared(said: Said) -> tuple[Access | None, str | None]:
    tier = (said.first(*_TIER_META) or "").lower()
    if tier in _TIERS:
        return _TIERS[tier], "meta"
    is_free = said.article.is_free if said.article.is_free is not None else said.page_is_free
    if is_free is None:
        return None, None
    return Access.FREE if is_free else Access.PAYWALLED, "json-ld"


def _barrier(document: Document) -> Node:
    heading = next(document.tree.iter("h1"), None)
    around = frozenset(() if heading is None else heading.iterancestors())
    for wording, nodes in document.named.items():
        if not _BARRIER.search(wording):
            continue
        for node in nodes[:3]:
            if node not in around and _is_offer(node):
                return node
    return None


def _is_offer(node: Node) -> bool:
    if next(node.iter("a", "button", "form", "input"), None) is None:
        return False
    if any(len("".join(line.itertext())) > _LONGEST_LINE for line in node.iter("p")):
        return False
    return _LEAST_OFFER <= len(text_of(node)) <= _LONGEST_OFFER


def _is_withheld(document: Document, selectors: tuple[str, ...]) -> bool:
    """True where the parts that are declared locked are not in the page, or next to empty."""
    parts = []
    for selector in selectors:
        simple = _SIMPLE.match(selector)
        if simple is None:
            return False  # nobody knows which part it names
        parts += _named(document, simple[1].lower())
    return bool(selectors) and sum(len(text_of(part)) for part in parts) < _LEAST_PART


def _named(document: Document, selector: str) -> list[Node]:
    wanted = set(re.findall(r"[\w-]+", selector))
    return [
        node
        for wording, nodes in document.named.items()
        if wanted <= set(wording.split())
        for node in nodes
    ]
