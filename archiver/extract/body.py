"""The article's text: site selectors first, Trafilatura second; says which one spoke.

Knows how Trafilatura is called so that a page leaves nothing behind for the next one: a fresh
option object and an explicit latest date (its own default asks the clock), no deduplication (the
only state it keeps between pages), no metadata, and its comment extraction off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial

from trafilatura.core import bare_extraction
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor

from archiver.dom import Document, Node, fold_space, join
from archiver.extract.lookalikes import cut_lookalikes
from archiver.extract.prose import Block, blocks_of
from archiver.model import TextLink
from archiver.sites import Layout, select

_BYLINE_WORDS = 16
"""The longest bylines of the corpus with two names, date and hour have 14 words."""
_BYLINE_REST = 3
"""Words of a byline that are neither name nor date: by, on, and; par, le; von, am."""


@dataclass(frozen=True, slots=True)
class Body:
    """The text of an article."""

    blocks: tuple[Block, ...] = ()
    links: tuple[TextLink, ...] = ()
    source: str | None = None
    """``rule`` or ``trafilatura``; None when there is no text."""

    @property
    def text(self) -> str:
        """Plain text: blocks separated by a blank line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def markdown(self) -> str:
        """The same as Markdown."""
        return "\n\n".join(block.markdown for block in self.blocks)


def read_body(
    document: Document,
    layout: Layout | None,
    comment_parts: tuple[Node, ...],
    titles: tuple[str, ...],
) -> Body:
    """The text of the page. ``comment_parts`` are cut out of it first; a repetition of one of
    ``titles`` at its head is dropped."""
    tree, parts = _copy_with(document.tree, comment_parts)
    if layout is not None:
        for selector in layout.remove:
            for node in select(tree, selector):
                if not isinstance(node, str) and node.getparent() is not None:
                    node.drop_tree()
    cut_lookalikes(tree, parts)
    resolve = partial(_resolve, document.base_url)
    for selector in layout.body if layout is not None else ():
        nodes = [node for node in select(tree, selector) if not isinstance(node, str)]
        found = [blocks_of(node, resolve) for node in _outermost(nodes)]
        blocks = tuple(block for blocks, _ in found for block in blocks)
        if blocks:
            links = tuple(dict.fromkeys(link for _, links in found for link in links))
            return Body(_without_title(blocks, titles), links, "rule")
    body = _trafilatura_body(tree, document)
    if body is None:
        return Body()
    blocks, links = blocks_of(body, resolve, _Vocabulary(document.tree).__contains__)
    blocks = _without_title(blocks, titles)
    return Body(blocks, links, "trafilatura" if blocks else None)


def _trafilatura_body(tree: Node, document: Document) -> Node:
    options = Extractor(
        output_format="xml",
        comments=False,
        formatting=True,
        links=True,
        tables=True,
        url=document.url,
        date_params={"max_date": document.captured_at.strftime("%Y-%m-%d")},
    )
    result = bare_extraction(tree, options=options)
    return result.body if isinstance(result, Extracted) else None


class _Vocabulary:
    """The words of a page, gathered when the first is asked for: few pages need them."""

    def __init__(self, tree: Node) -> None:
        self._tree = tree
        self._words: frozenset[str] | None = None

    def __contains__(self, word: str) -> bool:
        if self._words is None:
            self._words = frozenset(re.findall(r"\w+", "".join(self._tree.itertext())))
        return word in self._words


def _copy_with(tree: Node, parts: tuple[Node, ...]) -> tuple[Node, tuple[Node, ...]]:
    """A copy of ``tree`` and, in it, the elements that ``parts`` are in the original."""
    copied = deepcopy(tree)
    if not parts:
        return copied, ()
    wanted = set(parts)
    pairs = zip(tree.iter(), copied.iter(), strict=True)
    return copied, tuple(twin for node, twin in pairs if node in wanted)


def _outermost(nodes: list[Node]) -> list[Node]:
    chosen = set(nodes)
    return [node for node in nodes if not any(above in chosen for above in node.iterancestors())]


def _resolve(base: str, address: str) -> str | None:
    return None if not address or address.startswith("#") else join(base, address)


def fold_title(text: str) -> str:
    """``text`` as titles are compared: NFKC, case, quotes, dashes and white space folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return fold_space(re.sub(r"[^\w]+", " ", folded))


def without_byline(body: Body, names: Iterable[str]) -> Body:
    """``body`` without a byline among its first blocks: a short one that holds one of ``names``
    and, but for it and a date, next to nothing."""
    folded = [fold_title(name).split() for name in names]
    kept = [b for b in body.blocks[:3] if not _is_byline(fold_title(b.text).split(), folded)]
    return replace(body, blocks=(*kept, *body.blocks[3:]))


def _is_byline(words: list[str], names: list[list[str]]) -> bool:
    if len(words) > _BYLINE_WORDS:
        return False
    left = " ".join(words)
    for name in names:
        left = f" {left} ".replace(f" {' '.join(name)} ", " ").strip()
    if left == " ".join(words):
        return False
    rest = left.split()
    numbers = {at for at, word in enumerate(rest) if any(sign.isdigit() for sign in word)}
    # A date: its numbers and the month between or beside them.
    undated = [w for at, w in enumerate(rest) if not {at - 1, at, at + 1} & numbers]
    return len(undated) <= _BYLINE_REST


def _without_title(blocks: tuple[Block, ...], titles: tuple[str, ...]) -> tuple[Block, ...]:
    """``blocks`` without a repetition of the headline among the first three."""
    folded = {fold_title(title) for title in titles} - {""}
    kept = [b for b in blocks[:3] if fold_title(b.text) not in folded]
    return (*kept, *blocks[3:])
