"""What an article is about, as its publisher files it: section and tags.

Knows where both are said, for machines and in the page; not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archiver.dom import Document, Node, fold_space, text_of
from archiver.extract.structured import Said

_SECTION_META: Final = (
    "article:section", "og:article:section", "og:section", "parsely-section", "sailthru.section",
    "cxenseparse:section", "section", "dcterms.subject.section", "category",
)  # fmt: skip
_TAG_META: Final = ("news_keywords", "keywords", "parsely-tags", "sailthru.tags", "dc.subject")
_LONGEST_NAME: Final = 60
_LONGEST_SECTION: Final = 32
_CRUMBS: Final = ("breadcrumb", "bread-crumb")


def read_section(document: Document, said: Said) -> tuple[str | None, str | None]:
    """(the article's section, who says so): JSON-LD, meta, a category link, the breadcrumb."""
    if said.article.section:
        return said.article.section, "json-ld"
    meta = said.first(*_SECTION_META)
    if meta:
        return meta, "meta"
    for link in _filed(document):
        if _is_category(link):
            name = text_of(link)
            if name:
                return name, "markup"
    # The last crumb is the article, the first the front page.
    trail = said.trail[1:-1] if _ends_here(said) else said.trail[1:]
    if trail:
        return trail[-1], "json-ld"
    shown = _shown_trail(document)
    return (shown, "markup") if shown else (None, None)


def read_tags(document: Document, said: Said) -> tuple[tuple[str, ...], str | None]:
    """(the article's tags in page order, each once, who says so): OpenGraph, JSON-LD, tag links,
    keywords."""
    for names, source in (
        (said.meta.get("article:tag", ()), "og"),
        (said.article.keywords, "json-ld"),
        ([text_of(link) for link in _filed(document) if not _is_category(link)], "markup"),
        ((said.first(*_TAG_META) or "").split(","), "meta"),
    ):
        tags = tuple(dict.fromkeys(name for part in names if (name := part.strip(" \t,;#"))))
        if tags:
            return tags, source
    return (), None


def _filed(document: Document) -> Iterator[Node]:
    """Links whose ``rel`` says that they lead to a tag or a category of the article."""
    for link in document.tree.iter("a"):
        rel = link.get("rel")
        if rel and ("tag" in rel.split() or "category" in rel.split()):
            yield link


def _is_category(link: Node) -> bool:
    return "category" in link.get("rel").split() or "/category/" in (link.get("href") or "")


def _ends_here(said: Said) -> bool:
    """True when the last crumb is the article itself, as most have it: its title, or too long for
    the name of a section."""
    last = said.trail[-1].casefold() if said.trail else ""
    titles = [t.casefold() for t in (said.article.headline, said.first("og:title")) if t]
    return len(last) > _LONGEST_SECTION or any(last in t or t in last for t in titles)


def _shown_trail(document: Document) -> str | None:
    """The last linked crumb but the front page's. Sites that write the article as the last crumb
    do not link it."""
    for wording, nodes in document.named.items():
        if any(crumbs in wording for crumbs in _CRUMBS):
            links = [
                name
                for link in nodes[0].iter("a")
                if link.get("href")
                and (name := fold_space("".join(link.itertext())))
                and len(name) <= _LONGEST_NAME
            ]
            if len(links) > 1:
                return links[-1]
    return None
