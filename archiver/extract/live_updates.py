"""The posts that a live blog lists in its JSON-LD (schema.org ``liveBlogUpdate``).

Knows how content systems write them; not where on the page a post stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from archiver.dom import Node, fold_space
from archiver.extract.structured import loads_leniently

_MOST_VALUES: Final = 20_000
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Update:
    """A post as JSON-LD describes it."""

    fragment: str
    """Of its address, what follows ``#``; empty where there is none."""
    headline: str | None
    text: str
    published: str | None
    author: str | None


def updates_of(tree: Node) -> Iterator[Update]:
    """The posts that the JSON-LD of a page lists, in its order; broken ones are passed over."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = script.text or ""
        if "liveBlogUpdate" in text:
            yield from (_update(entry) for entry in _entries(loads_leniently(text)))


def _entries(root: Any) -> Iterator[dict[str, Any]]:
    """What stands under ``liveBlogUpdate`` anywhere in a JSON-LD value."""
    waiting, seen = [root], 0
    while waiting and seen < _MOST_VALUES:
        here = waiting.pop()
        seen += 1
        if isinstance(here, list):
            waiting.extend(reversed(here))
        elif isinstance(here, dict):
            said = here.get("liveBlogUpdate")
            for entry in said if isinstance(said, list) else [said]:
                if isinstance(entry, dict):
                    yield entry
            waiting.extend(value for key, value in here.items() if key != "liveBlogUpdate")


def _update(entry: dict[str, Any]) -> Update:
    said = entry.get("author")
    person = said[0] if isinstance(said, list) and said else said
    name = person.get("name") if isinstance(person, dict) else person
    address = entry.get("url") or entry.get("@id") or entry.get("mainEntityOfPage")
    fragment = address.rpartition("#")[2] if isinstance(address, str) and "#" in address else ""
    body = entry.get("articleBody") or entry.get("description")
    return Update(
        fragment=fragment,
        headline=_word(entry.get("headline")),
        text=_TAG.sub("", (_word(body) or "")[:1000]),
        published=_word(entry.get("datePublished")),
        author=_word(name),
    )


def _word(value: Any) -> str | None:
    return (fold_space(value) or None) if isinstance(value, str) else None
