"""What a page says of itself for machines: JSON-LD, ``meta`` tags and links, as plain values.

Knows the notations and how they are broken in the wild; not which claim is to be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from archiver.dom import Document, Node, join
from archiver.extract.claims import (
    ARTICLE_TYPES,
    NEWS_TYPES,
    Claims,
    address_of,
    claims_of,
    truth_of,
    types_of,
    word_of,
)
from archiver.extract.json_ld import Json, loads_leniently, nodes_of

__all__ = [
    "ARTICLE_TYPES",
    "LISTING_TYPES",
    "NEWS_TYPES",
    "Claims",
    "Said",
    "loads_leniently",
    "read_said",
]

LISTING_TYPES: Final = frozenset(
    ["collectionpage", "searchresultspage", "profilepage", "itemlist", "blog", "website"]
)
"""schema.org types of a page that lists others or presents a person."""

_PAGE_TYPES = frozenset(
    ["webpage", "itempage", "aboutpage", "medicalwebpage", "faqpage", "qapage", "checkoutpage"]
)
_IDLE_RELS = frozenset(
    ["stylesheet", "preload", "prefetch", "dns-prefetch", "preconnect", "modulepreload", "icon",
     "apple-touch-icon", "mask-icon", "manifest", "shortcut", "pingback", "profile"]
)  # fmt: skip
"""Most links of a page, and none says anything of the article."""
_META_KEYS = frozenset(["property", "name", "itemprop", "http-equiv"])
_NO_LETTER = re.compile(r"[\W_]+")
_NO_PAGE = re.compile(r"^https?://(?:www\.)?|[?#].*$", re.IGNORECASE)
_TITLE_PART = 12
"""Letters from which one title inside another is no accident."""


@dataclass(frozen=True, slots=True)
class Said:
    """All that a page says of itself."""

    article: Claims = field(default_factory=Claims)
    """The article's JSON-LD; empty when there is none."""
    page_published: str | None = None
    """``datePublished`` of the JSON-LD node of the page itself (WebPage and its kinds)."""
    page_modified: str | None = None
    page_is_free: bool | None = None
    """``isAccessibleForFree`` of the page itself."""
    trail: tuple[str, ...] = ()
    """Names of the JSON-LD breadcrumb, from the front page down."""
    types: frozenset[str] = frozenset()
    """All schema.org types of the page's top nodes, in lower case."""
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``meta`` contents by name, property, itemprop or http-equiv in lower case, in page order."""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``link`` targets by rel in lower case, absolute; not those of icons, styles and the like."""

    def first(self, *names: str) -> str | None:
        """The first content of the first of these meta names that has one."""
        for name in names:
            for content in self.meta.get(name, ()):
                if content:
                    return content
        return None


def read_said(document: Document) -> Said:
    """JSON-LD, meta and links of a page. Broken JSON is mended where that is safe; of what cannot
    be mended the plain claims of an article are saved, the rest is ignored."""
    meta: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    titles: list[str] = []
    scripts: list[str] = []
    for node in document.tree.iter("meta", "link", "script", "title", "h1"):  # one walk for all
        match node.tag:
            case "meta":
                _note_meta(node, meta, scripts)
            case "link":
                _note_link(node, document.base_url, links)
            case "script":
                if "ld+json" in (node.get("type") or "").lower():
                    scripts.append(node.text or "")
            case _:
                titles.append(node.text or "")
    nodes = nodes_of(scripts)
    own = [document.url, *links.get("canonical", ()), *meta.get("og:url", ())]
    titles += [*meta.get("og:title", ()), *meta.get("twitter:title", ())]
    pages = [node for node in nodes if _PAGE_TYPES & set(types_of(node))]
    return Said(
        article=claims_of(_article_node(nodes, own, titles), nodes),
        page_published=next((d for n in pages if (d := word_of(n.get("datePublished")))), None),
        page_modified=next((d for n in pages if (d := word_of(n.get("dateModified")))), None),
        page_is_free=next(
            (f for n in pages if (f := truth_of(n.get("isAccessibleForFree"))) is not None), None
        ),
        trail=_trail(nodes),
        types=frozenset(kind for node in nodes for kind in types_of(node)),
        meta={name: tuple(values) for name, values in meta.items()},
        links={rel: tuple(values) for rel, values in links.items()},
    )


def _note_meta(node: Node, meta: dict[str, list[str]], scripts: list[str]) -> None:
    content = node.get("content")
    if content is None:
        return
    for key, name in node.items():
        if key in _META_KEYS and name:
            known = name.strip().lower()
            meta.setdefault(known, []).append(" ".join(content.split()))
            if known.endswith("ld+json"):
                # A framework that sets its scripts when the page runs leaves them here until then.
                scripts.append(content)


def _note_link(node: Node, base_url: str, links: dict[str, list[str]]) -> None:
    rels = frozenset((node.get("rel") or "").lower().split())
    if not rels or rels & _IDLE_RELS:
        return
    href = join(base_url, node.get("href") or "")
    if href:
        for rel in rels:
            links.setdefault(rel, []).append(href)


def _article_node(nodes: list[Json], own: Iterable[str], titles: Iterable[str]) -> Json:
    """The node of the article this page is: of several the one that names this page, else the one
    with its title, else the one that says most. None that names another page and has another
    title: teasers and templates left over."""
    articles = [node for node in nodes if ARTICLE_TYPES & set(types_of(node))]
    if not articles:
        return {}
    addresses = {_page_key(url) for url in own}
    keys = {key for title in titles if (key := _letters(title))}

    def rank(node: Json) -> tuple[bool, bool, int]:
        address = address_of(node.get("url")) or address_of(node.get("mainEntityOfPage"))
        is_here = address is not None and _page_key(address) in addresses
        fields = ("headline", "author", "datePublished", "articleBody", "dateModified", "image")
        return is_here, _is_titled(node, keys), sum(bool(node.get(name)) for name in fields)

    best = max(articles, key=rank)
    is_here, is_titled, _ = rank(best)
    if is_here or is_titled or not keys:
        return best
    elsewhere = address_of(best.get("url")) or address_of(best.get("mainEntityOfPage"))
    is_other = elsewhere is not None and elsewhere.startswith("http") and best.get("headline")
    return {} if is_other else best


def _is_titled(node: Json, keys: Iterable[str]) -> bool:
    own = _letters(word_of(node.get("headline")) or word_of(node.get("name")) or "")
    return bool(own) and any(
        own == key or (len(min(own, key, key=len)) >= _TITLE_PART and (own in key or key in own))
        for key in keys
    )


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())


def _page_key(url: str) -> str:
    return _NO_PAGE.sub("", url).rstrip("/").lower()


def _trail(nodes: list[Json]) -> tuple[str, ...]:
    for node in nodes:
        if "breadcrumblist" in types_of(node):
            entries = node.get("itemListElement")
            names = [
                word_of(entry.get("name")) or word_of(entry.get("item"))
                for entry in (entries if isinstance(entries, list) else [entries])
                if isinstance(entry, dict)
            ]
            if len(names) > 1:
                return tuple(name for name in names if name)
    return ()
