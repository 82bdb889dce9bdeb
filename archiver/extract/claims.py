"""One article as schema.org describes it, from a node of JSON-LD to plain claims.

Knows the properties of an article and the shapes in which they come; not which node of a page is
its article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Final

from archiver.dom import fold_space
from archiver.extract.json_ld import Json

_NO_TEXT: Final = re.compile("[\ud800-\udfff\xad\u200b\u2060\ufeff]")
"""Half characters and signs of line breaking, which JSON spells in a way ``dom`` does not see."""

ARTICLE_TYPES: Final = frozenset([
    "article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle",
    "opinionnewsarticle", "reviewnewsarticle", "backgroundnewsarticle", "askpublicnewsarticle",
    "techarticle", "scholarlyarticle", "satiricalarticle", "advertisercontentarticle",
    "liveblogposting", "socialmediaposting", "report", "review", "discussionforumposting",
    "medicalscholarlyarticle", "interview", "recipe", "howto",
])  # fmt: skip
"""schema.org types of a page that is one text (with Recipe and HowTo: texts with an author)."""

NEWS_TYPES: Final = frozenset([
    "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle",
    "backgroundnewsarticle", "reviewnewsarticle", "liveblogposting",
])  # fmt: skip
"""Those of a newspaper's article."""


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
    locked_selectors: tuple[str, ...] = ()
    """CSS selectors of the parts that are not free (``hasPart`` with ``cssSelector``)."""
    license: str | None = None
    body: str | None = None


def types_of(node: Json) -> tuple[str, ...]:
    """The schema.org types of a node in lower case, without their address."""
    said = node.get("@type")
    entries = said if isinstance(said, list) else [said]
    return tuple(str(e).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for e in entries if e)


def _locked(node: Json) -> Iterator[str]:
    parts = node.get("hasPart")
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and truth_of(part.get("isAccessibleForFree")) is False:
            selectors = part.get("cssSelector")
            for selector in selectors if isinstance(selectors, list) else [selectors]:
                if isinstance(selector, str) and selector.strip():
                    yield selector.strip()


def claims_of(node: Json, nodes: list[Json]) -> Claims:
    """What ``node`` claims; what it names by ``@id`` is looked up among ``nodes``."""
    if not node:
        return Claims()
    by_id = {str(n["@id"]): n for n in nodes if isinstance(n.get("@id"), str)}
    types = types_of(node)
    return Claims(
        type=next((kind for kind in types if kind in ARTICLE_TYPES), types[0] if types else ""),
        url=address_of(node.get("url") or node.get("mainEntityOfPage") or node.get("@id")),
        headline=word_of(node.get("headline")) or word_of(node.get("name")),
        alternative_headline=word_of(node.get("alternativeHeadline")),
        description=word_of(node.get("description")),
        authors=tuple(_people(node.get("author") or node.get("creator"), by_id)),
        publisher=next((name for name, _, _ in _people(node.get("publisher"), by_id)), None),
        published=word_of(node.get("datePublished")) or word_of(node.get("dateCreated")),
        modified=word_of(node.get("dateModified")),
        section=_first_word(node.get("articleSection")),
        keywords=tuple(_keywords(node.get("keywords"))),
        language=_language(node.get("inLanguage")),
        images=tuple(_images(node.get("image"), by_id)),
        is_free=truth_of(node.get("isAccessibleForFree")),
        locked_selectors=tuple(_locked(node)),
        license=address_of(node.get("license")),
        body=word_of(node.get("articleBody")),
    )


def word_of(value: Any) -> str | None:
    """The text in ``value``, its white space folded and HTML undone; None where there is none."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if isinstance(value, list):
        value = next((entry for entry in value if isinstance(entry, str)), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    # Content systems escape once for HTML and once more for the script, where nothing unescapes.
    text = fold_space(_NO_TEXT.sub("", unescape(unescape(value))))
    return text or None


def _first_word(value: Any) -> str | None:
    for entry in value if isinstance(value, list) else [value]:
        found = word_of(entry)
        if found:
            return found
    return None


def _keywords(value: Any) -> Iterator[str]:
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        said = word_of(entry)
        if said is None:
            continue
        # One text with commas is a list; an entry of a list may hold a comma of its own.
        yield from (
            w for part in ([said] if len(entries) > 1 else said.split(",")) if (w := part.strip())
        )


def _language(value: Any) -> str | None:
    if isinstance(value, dict):
        return word_of(value.get("alternateName")) or word_of(value.get("name"))
    return _first_word(value)


def address_of(value: Any) -> str | None:
    """The address in ``value``, as written."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) and value.strip() else None


def truth_of(value: Any) -> bool | None:
    """A boolean, also where it is written as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None


def _people(value: Any, by_id: Mapping[str, Json]) -> Iterator[tuple[str, str | None, str]]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            known = by_id.get(str(entry.get("@id")), {})
            merged = {**known, **entry}
            name = word_of(merged.get("name"))
            if name is None and (merged.get("givenName") or merged.get("familyName")):
                parts = (word_of(merged.get("givenName")), word_of(merged.get("familyName")))
                name = " ".join(part for part in parts if part)
            if name:
                types = types_of(merged)
                yield (
                    name,
                    address_of(merged.get("url") or merged.get("sameAs")),
                    types[0] if types else "",
                )
        else:
            name = word_of(entry)
            if name:
                yield name, None, ""


def _images(value: Any, by_id: Mapping[str, Json]) -> Iterator[str]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            merged = {**by_id.get(str(entry.get("@id")), {}), **entry}
            found = address_of(merged.get("url") or merged.get("contentUrl"))
        else:
            found = address_of(entry)
        if found:
            yield found
