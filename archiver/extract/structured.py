"""What a page says of itself for machines: JSON-LD, ``meta`` tags and links, as plain values.

Knows the notations and how they are broken in the wild; not which claim is to be trusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from archiver.dom import Document, Node, fold_space, join

ARTICLE_TYPES: Final = frozenset([
    "article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle",
    "opinionnewsarticle", "reviewnewsarticle", "backgroundnewsarticle", "askpublicnewsarticle",
    "techarticle", "scholarlyarticle", "satiricalarticle", "advertisercontentarticle",
    "liveblogposting", "socialmediaposting", "report", "review", "discussionforumposting",
    "medicalscholarlyarticle", "interview", "recipe", "howto",
])  # fmt: skip
"""schema.org types of a page that is one text (with Recipe and HowTo: texts with an author)."""

LISTING_TYPES: Final = frozenset(
    ["collectionpage", "searchresultspage", "profilepage", "itemlist", "blog", "website"]
)
"""schema.org types of a page that lists others or presents a person."""

_TRAILING_COMMA = re.compile(r",\s*([\]}])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\n\r\t]")
_MOST_NODES = 2000


@dataclass(frozen=True, slots=True)
class Claims:
    """One article as JSON-LD describes it; empty where it says nothing."""

    type: str = ""
    """schema.org type in lower case."""
    url: str | None = None
    headline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    authors: tuple[tuple[str, str | None, str], ...] = ()
    """(name, address, schema.org type in lower case)."""
    publisher: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    language: str | None = None
    images: tuple[str, ...] = ()
    is_free: bool | None = None
    license: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """All that a page says of itself."""

    article: Claims = field(default_factory=Claims)
    """The article's JSON-LD; empty when there is none."""
    types: frozenset[str] = frozenset()
    """All schema.org types of the page's top nodes, in lower case."""
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``meta`` contents by name, property, itemprop or http-equiv in lower case, in page order."""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``link`` targets by rel in lower case, absolute."""

    def first(self, *names: str) -> str | None:
        """The first content of the first of these meta names that has one."""
        for name in names:
            for content in self.meta.get(name, ()):
                if content:
                    return content
        return None


def read_said(document: Document) -> Said:
    """JSON-LD, meta and links of a page. Broken JSON is mended where that is safe, else ignored."""
    meta: dict[str, list[str]] = {}
    for node in document.tree.iter("meta"):
        content = node.get("content")
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = node.get(key)
            if name and content is not None:
                meta.setdefault(name.strip().lower(), []).append(fold_space(content))
    links: dict[str, list[str]] = {}
    for node in document.tree.iter("link"):
        href = join(document.base_url, node.get("href") or "")
        for rel in (node.get("rel") or "").lower().split():
            if href:
                links.setdefault(rel, []).append(href)
    nodes = [node for root in _json_ld(document.tree) for node in _flat(root)]
    return Said(
        article=_claims(_article_node(nodes, document.url), nodes),
        types=frozenset(kind for node in nodes for kind in _types(node)),
        meta={name: tuple(values) for name, values in meta.items()},
        links={rel: tuple(values) for rel, values in links.items()},
    )


def _json_ld(tree: Node) -> Iterator[Any]:
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            value = loads_leniently(script.text or "")
            if value is not None:
                yield value


def loads_leniently(text: str) -> Any:
    """The JSON value in ``text``, or None. Comment marks around it, raw line ends inside strings
    and commas before a closing bracket are what content systems get wrong most."""
    text = text.strip().strip(";")
    for mark in (
        "<!--",
        "-->",
        "/*<![CDATA[*/",
        "/*]]>*/",
        "//<![CDATA[",
        "//]]>",
        "<![CDATA[",
        "]]>",
    ):
        text = text.replace(mark, "")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", text))):
        try:
            return json.loads(attempt, strict=False)
        except RecursionError:  # 100,000 opening brackets; json offers no limit of its own
            return None
        except ValueError:
            continue
    return None


def _flat(root: Any) -> Iterator[dict[str, Any]]:
    """The top nodes of a JSON-LD value: lists and ``@graph`` opened, ``mainEntity`` too."""
    waiting = [root]
    count = 0
    while waiting and count < _MOST_NODES:
        here = waiting.pop(0)
        count += 1
        if isinstance(here, list):
            waiting = [*here, *waiting]
        elif isinstance(here, dict):
            yield here
            for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
                inner = here.get(key)
                if isinstance(inner, list) or (isinstance(inner, dict) and "@type" in inner):
                    waiting.append(inner)


def _types(node: dict[str, Any]) -> tuple[str, ...]:
    said = node.get("@type")
    entries = said if isinstance(said, list) else [said]
    return tuple(str(e).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for e in entries if e)


def _article_node(nodes: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """The node of the article this page is: of several the one that names this page, else the
    one that says most."""
    articles = [node for node in nodes if ARTICLE_TYPES & set(_types(node))]
    if not articles:
        return {}

    def rank(node: dict[str, Any]) -> tuple[bool, int]:
        own = _same_page(_address(node.get("url") or node.get("mainEntityOfPage")), url)
        fields = ("headline", "author", "datePublished", "articleBody", "dateModified", "image")
        return own, sum(bool(node.get(name)) for name in fields)

    return max(articles, key=rank)


def _same_page(one: str | None, other: str) -> bool:
    def key(url: str) -> str:
        return re.sub(r"^https?://(www\.)?|[?#].*$", "", url).rstrip("/")

    return one is not None and key(one) == key(other)


def _claims(node: dict[str, Any], nodes: list[dict[str, Any]]) -> Claims:
    if not node:
        return Claims()
    by_id = {str(n["@id"]): n for n in nodes if isinstance(n.get("@id"), str)}
    types = _types(node)
    return Claims(
        type=next((kind for kind in types if kind in ARTICLE_TYPES), types[0] if types else ""),
        url=_address(node.get("url") or node.get("mainEntityOfPage") or node.get("@id")),
        headline=_word(node.get("headline")) or _word(node.get("name")),
        alternative_headline=_word(node.get("alternativeHeadline")),
        description=_word(node.get("description")),
        authors=tuple(_people(node.get("author") or node.get("creator"), by_id)),
        publisher=next((name for name, _, _ in _people(node.get("publisher"), by_id)), None),
        published=_word(node.get("datePublished")) or _word(node.get("dateCreated")),
        modified=_word(node.get("dateModified")),
        section=_first_word(node.get("articleSection")),
        keywords=tuple(_keywords(node.get("keywords"))),
        language=_language(node.get("inLanguage")),
        images=tuple(_images(node.get("image"), by_id)),
        is_free=_truth(node.get("isAccessibleForFree")),
        license=_address(node.get("license")),
        body=_word(node.get("articleBody")),
    )


def _word(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if isinstance(value, list):
        value = next((entry for entry in value if isinstance(entry, str)), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    # Content systems escape once for HTML and once more for the script, where nothing unescapes.
    text = fold_space(unescape(unescape(value)))
    return text or None


def _first_word(value: Any) -> str | None:
    for entry in value if isinstance(value, list) else [value]:
        found = _word(entry)
        if found:
            return found
    return None


def _keywords(value: Any) -> Iterator[str]:
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        said = _word(entry)
        if said is None:
            continue
        # One text with commas is a list; an entry of a list may hold a comma of its own.
        yield from (
            w for part in ([said] if len(entries) > 1 else said.split(",")) if (w := part.strip())
        )


def _language(value: Any) -> str | None:
    if isinstance(value, dict):
        return _word(value.get("alternateName")) or _word(value.get("name"))
    return _first_word(value)


def _address(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) and value.strip() else None


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None


def _people(
    value: Any, by_id: Mapping[str, dict[str, Any]]
) -> Iterator[tuple[str, str | None, str]]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            known = by_id.get(str(entry.get("@id")), {})
            merged = {**known, **entry}
            name = _word(merged.get("name"))
            if name is None and (merged.get("givenName") or merged.get("familyName")):
                parts = (_word(merged.get("givenName")), _word(merged.get("familyName")))
                name = " ".join(part for part in parts if part)
            if name:
                types = _types(merged)
                yield (
                    name,
                    _address(merged.get("url") or merged.get("sameAs")),
                    types[0] if types else "",
                )
        else:
            name = _word(entry)
            if name:
                yield name, None, ""


def _images(value: Any, by_id: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            merged = {**by_id.get(str(entry.get("@id")), {}), **entry}
            found = _address(merged.get("url") or merged.get("contentUrl"))
        else:
            found = _address(entry)
        if found:
            yield found
