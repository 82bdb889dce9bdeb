"""Which forum and which thread of it a page embeds.

Knows the places where pages and plugins write a shortname, an identifier and a URL. A count of
comments beside a headline (``count.js``, ``.disqus-comment-count``) embeds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archiver.comments.embeds import literals, scripts_with, setting
from archiver.comments.locations import absolute, address_of, query_of
from archiver.dom import Document, Node, classes_of, finder

_MOST_URLS = 3
_MARKED = finder("//*[@*[starts-with(name(), 'data-disqus')] or @data-shortname]")
_NOSCRIPT = finder("//a[contains(@href, 'disqus.com/?ref_noscript=')]/@href")
"""What older snippets show readers without scripts names the forum: ``?ref_noscript=paper``."""
_SHORTNAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_EMBED_JS = re.compile(
    r"//([\w-]{1,100})\.disqus\.com/embed\.js|disqus\.com/forums/([\w-]{1,100})/embed\.js", re.I
)
_COUNT_JS = re.compile(r"//([\w-]{1,100})\.disqus\.com/count\.js", re.I)
_NOBODY = frozenset({"www", "a", "c", "example", "your_shortname", "shortname", "unused"})
"""Hosts of Disqus itself, and what stands in its instructions where a shortname belongs."""
_SHORTNAMES = r"\bdisqus_?[sS]hort_?[nN]ame"
_IDENTIFIERS = r"disqus_?(?:page_?)?[iI]dentifier|page\.identifier"
_URLS = r"\bdisqus_?(?:page_?)?[uU]rl|\bpage\.url"


@dataclass(frozen=True, slots=True)
class Embed:
    """A thread as a page names it."""

    forum: str | None
    """Shortname of the forum; None where the page embeds Disqus and its scripts alone know."""
    identifier: str | None
    urls: tuple[str, ...]
    """Under which the thread may be known, likeliest first; never empty."""

    @property
    def thread_ref(self) -> str | None:
        """``<forum>/<identifier, else URL>``."""
        return f"{self.forum}/{self.identifier or self.urls[0]}" if self.forum else None


def embed_of(document: Document) -> Embed | None:
    """What the page embeds; ``None`` where it only counts comments, or none of Disqus at all."""
    marks = [_said_by(node) for node in _MARKED(document.tree) if not _counts(node)]
    source = "\n".join(scripts_with(document, "disqus")).replace("\\/", "/")
    addresses = [
        str(node.get("src"))
        for node in document.tree.iter("script", "iframe", "link")
        if "disqus.com/" in (node.get("src") or "")
    ]
    embedded = [
        *_values(marks, "shortname"),
        *_in_frames(addresses, "f"),
        *_hosts(_EMBED_JS, "\n".join(addresses)),
    ]
    place = any(wording.endswith(" disqus_thread") for wording in document.named)
    inline = _hosts(_EMBED_JS, source)
    if not (embedded or place or inline or "embedVars" in source or ".disqus.com/embed" in source):
        return None
    hints = [*embedded, *literals(source, _SHORTNAMES), *inline]
    hints += [str(href).rpartition("=")[2] for href in _NOSCRIPT(document.tree)]
    hints += [*_hosts(_COUNT_JS, "\n".join(addresses)), *_hosts(_COUNT_JS, source)]
    forum = next((name for hint in hints if (name := _forum_name(hint))), None)
    identifier = next(
        iter([*_values(marks, "identifier"), *_in_frames(addresses, "t_i")]), None
    ) or setting(source, _IDENTIFIERS)
    said = [*_values(marks, "url"), *_in_frames(addresses, "t_u"), *literals(source, _URLS)]
    return Embed(forum, identifier, tuple(_urls(document, said))[:_MOST_URLS])


def _urls(document: Document, said: Iterable[str]) -> list[str]:
    """What the page says; its canonical address; the first of them with the other scheme."""
    own = next((url for text in said if (url := absolute(document, text))), None)
    urls = [*([own] if own else []), address_of(document)]
    first = urlsplit(urls[0])
    if first.query:
        urls.append(first._replace(query="").geturl())
    urls.append(first._replace(scheme="http" if first.scheme == "https" else "https").geturl())
    return list(dict.fromkeys(urls))


def _said_by(node: Node) -> dict[str, str]:
    """``shortname``, ``identifier`` and ``url`` of ``data-disqus-…`` attributes."""
    said = {}
    for name, value in node.attrib.items():
        key = str(name).replace("_", "-").removeprefix("data-").removeprefix("disqus-")
        if value.strip() and (key == "shortname" or str(name).startswith("data-disqus")):
            said[key] = value.strip()
    wording = f"{node.get('class') or ''} {node.get('id') or ''} {''.join(node.attrib)}".lower()
    return said if "disqus" in wording else {}


def _counts(node: Node) -> bool:
    """True for what shows a count: a link to a thread, or an element that Disqus fills with one."""
    return (
        "#disqus_thread" in (node.get("href") or "")
        or "disqus-comment-count" in classes_of(node)
        or "data-disqus-id" in node.attrib
    )


def _values(marks: Iterable[dict[str, str]], key: str) -> list[str]:
    return [mark[key] for mark in marks if key in mark]


def _in_frames(addresses: Iterable[str], key: str) -> Iterator[str]:
    for address in addresses:
        if "disqus.com/embed/comments" in address:
            yield from filter(None, [query_of(address).get(key)])


def _hosts(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[match.lastindex or 0] for match in pattern.finditer(text)]


def _forum_name(hint: str) -> str | None:
    name = hint.strip().lower()
    return name if _SHORTNAME.fullmatch(name) and name not in _NOBODY else None
