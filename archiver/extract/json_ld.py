"""JSON-LD as plain nodes, however it is broken.

Knows what content systems get wrong; nothing of schema.org beyond the keys
that hold further nodes.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

Json = dict[str, Any]

_TRAILING_COMMA = re.compile(r",\s*([\]}])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\n\r\t]")
_MARKS = re.compile(r"<!--|-->|(?:(?:/\*|//)\s{0,8})?(?:<!\[CDATA\[|\]\]>)(?:\*/)?")
_SAVED = re.compile(
    r'"(?P<key>@type|headline|datePublished|dateModified|articleSection|inLanguage)"\s*:\s*'
    r'"(?P<value>(?:[^"\\\n]|\\.){1,400})"'
)
_MOST_NODES = 2000
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "breadcrumb")


def nodes_of(scripts: Iterable[str]) -> list[Json]:
    """All nodes of the JSON-LD in ``scripts``, in their order: lists and ``@graph`` opened, and
    nodes inside the keys that hold some."""
    nodes: list[Json] = []
    for text in scripts:
        value = loads_leniently(text)
        if value is None:
            value = _saved(text)
        nodes += _flat(value)
    return nodes


def loads_leniently(text: str) -> Any:
    """The JSON value in ``text``, or None. Comment marks around it, raw line ends inside strings,
    commas before a closing bracket, text escaped for HTML and a second value behind the first are
    what content systems get wrong most."""
    for attempt in _attempts(text):
        try:
            return json.loads(attempt, strict=False)
        except RecursionError:  # 100,000 opening brackets; json offers no limit of its own
            return None
        except ValueError:
            continue
    try:
        return json.JSONDecoder(strict=False).raw_decode(_tidy(text))[0]
    except (ValueError, RecursionError):
        return None


def _attempts(text: str) -> Iterator[str]:
    yield text
    tidy = _tidy(text)
    yield tidy
    mended = _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", tidy))
    yield mended
    if "&quot;" in mended:
        yield unescape(mended)


def _tidy(text: str) -> str:
    return _MARKS.sub("", text).strip().strip(";").strip()


def _saved(text: str) -> list[Json]:
    """The plain claims of an article in JSON that cannot be read: the first of each key. Not from
    a text with several types, where nobody knows whose claim it is."""
    found: Json = {}
    for match in _SAVED.finditer(text):
        key = match["key"]
        if key == "@type" and "article" in match["value"].lower() and key not in found:
            found = {"@type": match["value"]}
        elif key != "@type" and found:
            found.setdefault(key, match["value"])
    return [found] if "datePublished" in found or "headline" in found else []


def _flat(root: Any) -> Iterator[Json]:
    waiting = deque([root])
    count = 0
    while waiting and count < _MOST_NODES:
        here = waiting.popleft()
        count += 1
        if isinstance(here, list):
            waiting.extendleft(reversed(here))
        elif isinstance(here, dict):
            yield here
            for key in _HOLDERS:
                inner = here.get(key)
                if isinstance(inner, list) or (isinstance(inner, dict) and "@type" in inner):
                    waiting.append(inner)
