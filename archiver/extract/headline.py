"""The headline as a reader sees it, without the site's name.

Knows where pages state their title and how they append their own name to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archiver.dom import Document, Node, finder, fold_space, text_of
from archiver.extract.body import fold_title
from archiver.extract.structured import Said

_SEPARATOR: Final = re.compile(r"\s+[|–—\-·•»«:~/]+\s+|\s*[|»·•]\s*|:\s+(?=\S+$)")
_H1: Final = finder("//h1")
_HEADLINES: Final = finder(
    "//*[self::h1 or self::h2 or self::h3 or self::div or self::p or self::span]"
    "[@itemprop='headline' or contains(@class, 'entry-title') or contains(@class, 'post-title')"
    " or contains(@class, 'article-title') or contains(@class, 'headline')"
    " or contains(@class, 'post__title') or contains(@class, 'wp-block-post-title')]"
)
_ELSEWHERE: Final = re.compile(
    r"related|sidebar|widget|footer|logo|site-title|site-branding|branding|masthead|navbar|teaser|latest|recent",
    re.IGNORECASE,
)


def read_headline(
    document: Document, said: Said, by_rule: str | None
) -> tuple[str | None, str | None]:
    """(title, source). A heading of the page that its machine-readable titles confirm goes before
    them: it is what readers see, with its own typography and nothing appended."""
    if by_rule:
        return by_rule, "rule"
    site_names = _site_names(said)
    stated = [
        (text, source)
        for text, source in (
            (said.first("og:title"), "og"),
            (said.article.headline, "json-ld"),
            (
                said.first("twitter:title", "parsely-title", "dc.title", "sailthru.title", "title"),
                "meta",
            ),
            (_title_tag(document), "title"),
        )
        if text
    ]
    headings = list(_headings(document))
    confirmed = [h for h in headings if any(_confirms(text, h) for text, _ in stated)]
    if confirmed:
        return max(confirmed, key=len), "markup"
    for text, source in stated:
        stripped = without_site(text, site_names)
        if stripped and fold_title(stripped) not in site_names:
            return stripped, source
    if headings:
        return headings[0], "markup"
    return stated[0] if stated else (None, None)


def titles_of(document: Document, said: Said, title: str | None) -> tuple[str, ...]:
    """All wordings of the headline on the page, to know a repetition of it by."""
    stated = (title, said.first("og:title"), said.article.headline, _title_tag(document))
    return tuple(
        dict.fromkeys(t for t in (*stated, *(text_of(h) for h in _H1(document.tree))) if t)
    )


def _headings(document: Document) -> Iterator[str]:
    """Texts of the page's headings that could be the headline, best first."""
    seen: set[str] = set()
    for node in (*_H1(document.tree), *_HEADLINES(document.tree)):
        text = text_of(node)
        if 1 <= len(text) <= 400 and text not in seen and not _is_elsewhere(node):
            seen.add(text)
            yield text


def _is_elsewhere(node: Node) -> bool:
    return any(
        place.tag in ("nav", "footer", "aside")
        or _ELSEWHERE.search(f"{place.get('class') or ''} {place.get('id') or ''}")
        for place in (node, *node.iterancestors())
        if place.tag not in ("html", "body")
    )


def _confirms(stated: str, heading: str) -> bool:
    """True when a stated title is the heading, or the heading with something appended."""
    one, other = fold_title(stated), fold_title(heading)
    if not other:
        return False
    if one == other:
        return True
    if stated.startswith(heading) and _SEPARATOR.match(stated[len(heading) :]):
        return True
    if one.startswith(f"{other} ") or one.endswith(f" {other}"):
        return len(other) >= 15 or len(other) >= 0.5 * len(one)
    return False


def _title_tag(document: Document) -> str | None:
    node = document.tree.find(".//title")
    text = fold_space("".join(node.itertext())) if node is not None else ""
    return text or None


def _site_names(said: Said) -> set[str]:
    names = {
        said.first("og:site_name", "application-name", "al:ios:app_name"),
        said.article.publisher,
    }
    return {fold_title(name) for name in names if name} - {""}


def without_site(title: str, site_names: set[str]) -> str:
    """``title`` without the site's name at its end or start.

    Where the page does not say its name, the last part after a separator goes when it is short
    (four words) and much shorter than the rest.
    """
    cuts = [(found.start(), found.end()) for found in _SEPARATOR.finditer(title)]
    for start, end in cuts:
        head, tail = title[:start].strip(), title[end:].strip()
        if head and fold_title(tail) in site_names:
            return without_site(head, site_names)
        if tail and fold_title(head) in site_names:
            return tail
    if cuts:
        start, end = cuts[-1]
        head, tail = title[:start].strip(), title[end:].strip()
        mark = title[start:end].strip()
        named = any(
            fold_title(tail).replace(" ", "") == name.replace(" ", "") for name in site_names
        )
        if head and (
            named
            or (mark in ("|", "»", "•", "·") and len(tail.split()) <= 5 and len(tail) < len(head))
        ):
            return head
        if (
            head
            and mark in ("-", "–", "—")
            and len(tail.split()) <= 4
            and len(tail) * 2 < len(head)
            and not site_names
        ):
            return head
    return title
