"""Where the headline stands in a page, and what stands around it.

Knows headings and page order; the wording of the headline is known in ``headline``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from archiver.dom import SILENT, Document, Node
from archiver.extract.structured import Said

_NO_LETTER = re.compile(r"[\W_]+")
_MOST_HEADINGS: Final = 20
_LEAST_COVERED: Final = 0.4
"""Share of the title from which a heading is the headline: a site's name in the title is less."""


def headline_node(document: Document, said: Said) -> Node:
    """The heading that the page's title repeats; else the first ``h1``; None without one."""
    titles = [
        key
        for text in (
            said.article.headline,
            said.first("og:title", "twitter:title"),
            document.tree.findtext("head/title"),
        )
        if len(key := _key(text or "")) > 7
    ]
    first = next(document.tree.iter("h1"), None)
    for names in (("h1",), ("h2", "h3")):  # a card with the same words may stand above the h1
        found, covered = None, 0.0
        for heading in islice(document.tree.iter(*names), _MOST_HEADINGS):
            key = _key("".join(heading.itertext())[:400])
            share = max((_share(key, title) for title in titles), default=0.0)
            if share > covered:
                found, covered = heading, share
        if covered > _LEAST_COVERED:
            return found
    return first


def _share(key: str, title: str) -> float:
    """How much of the title the heading is; a site's name is a smaller part than a headline."""
    if len(key) <= 7 or not (key in title or title in key):
        return 0.0
    return min(len(key), len(title)) / max(len(key), len(title))


def _key(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())


def following(node: Node, most: int) -> Iterator[Node]:
    """The next elements in page order, ``most`` at most; not into what no reader sees."""
    here = node
    count = 0
    while count < most:
        after = here[0] if len(here) and here.tag not in SILENT else None
        while after is None:
            after = here.getnext()
            if after is None:
                here = here.getparent()
                if here is None:
                    return
        here = after
        if here.tag not in SILENT:
            count += 1
            yield here


def preceding(node: Node, most: int) -> Iterator[Node]:
    """The elements before ``node``, the nearest first, ``most`` at most."""
    here = node
    for _ in range(most):
        before = here.getprevious()
        if before is None:
            before = here.getparent()
        else:
            while len(before) and before.tag not in SILENT:
                before = before[-1]
        if before is None or before.tag == "body":
            return
        here = before
        if here.tag not in SILENT:
            yield here
