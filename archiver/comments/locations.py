"""Addresses: under which a comment script knows the page it stands in, and of requests to servers.

Knows what browsers say of a page's address (``location``, the canonical link), queries, and a POST
of JSON; nothing of any platform.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl, quote, urldefrag, urlsplit, urlunsplit

from archiver.dom import Document, finder, join
from archiver.model import Ask

_CANONICAL = finder("//link[contains(@rel, 'canonical')]/@href")
_PATH_SIGNS: Final = "/%:@!$&'()*+,;=~[]|^\\"
"""What browsers leave as it is in a path (URL Standard, 'path percent-encode set')."""


def address_of(document: Document) -> str:
    """The page's address as comment scripts take it: canonical, else its own without fragment."""
    for href in _CANONICAL(document.tree):
        joined = join(document.base_url, str(href)) if href.strip() else None
        if joined is not None:
            return urldefrag(joined)[0]
    return urldefrag(document.url)[0]


def pathname_of(url: str) -> str:
    """``location.pathname`` on a page at ``url``: percent-encoded, ``/`` for an empty one."""
    return quote(urlsplit(url).path, safe=_PATH_SIGNS) or "/"


def host_of(url: str) -> str:
    """``location.host`` on a page at ``url``: with its port where it is not the default one."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix(":443" if parts.scheme == "https" else ":80")


def absolute(document: Document, said: str | None) -> str | None:
    """``said`` as an absolute address; ``None`` where it is none (a name of a variable, say)."""
    if said is None or not said.lower().startswith(("http://", "https://", "/")):
        return None
    return join(document.base_url, said)


def query_of(url: str) -> dict[str, str]:
    """The fields of the query, the first of each name; none of an address that is broken."""
    fields: dict[str, str] = {}
    try:
        query = urlsplit(url).query
    except ValueError:
        return fields
    for name, value in parse_qsl(query, keep_blank_values=True):
        fields.setdefault(name, value)
    return fields


def with_query(url: str, fields: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """``url`` with these fields as its whole query, in this order, and without a fragment."""
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    query = "&".join(f"{_quoted(name, ':')}={_quoted(value)}" for name, value in pairs)
    return urlunsplit((*urlsplit(url)[:3], query, ""))


def page_fields(url: str, changes: Mapping[str, str]) -> str:
    """``url`` with these fields of its query set, and the others as they are."""
    return with_query(url, {**query_of(url), **changes})


def posted(url: str, body: Mapping[str, str]) -> Ask:
    """A POST of a JSON object."""
    return Ask(url, "POST", (("Content-Type", "application/json"),), json.dumps(body))


def _quoted(text: str, safe: str = "") -> str:
    # Half a surrogate pair, as unescaped from a script, has no UTF-8.
    return quote(text, safe=safe, errors="replace")
