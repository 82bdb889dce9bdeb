"""A tree of text becomes plain text and Markdown, block by block, in one walk.

Knows two vocabularies for the same things: HTML (what a site's selector finds) and the TEI-like
tags of Trafilatura's result. Knows nothing of where the tree came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from archiver.dom import SILENT, Node, fold_space
from archiver.model import TextLink

_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LISTS: Final = frozenset({"list", "ul", "ol", "dl"})
_ITEMS: Final = frozenset({"item", "li", "dt", "dd"})
_QUOTES: Final = frozenset({"quote", "blockquote"})
_CODES: Final = frozenset({"pre"})
_ROWS: Final = frozenset({"row", "tr"})
_CELLS: Final = frozenset({"cell", "td", "th"})
_BLOCKS: Final = frozenset([
    "p", "div", "section", "article", "main", "body", "figure", "center", "header", "footer",
    "aside", "address", "details", "summary", "fieldset", "form", "html", "figcaption", "ab",
])  # fmt: skip
_SILENT: Final = SILENT - {"head"} | {"graphic", "img", "button", "input", "select"}
"""``head`` is a heading in TEI."""
_EMPHASIS: Final = {"#b": "**", "b": "**", "strong": "**", "#i": "*", "i": "*", "em": "*"}
_SPACE = re.compile(r"[ \t\r\f\v\u00a0]*\n[ \t\r\f\v\u00a0]*|[ \t\r\f\v\u00a0]+")
_SPECIAL = re.compile(r"([\\`*_\[\]])")
_LAST_WORD = re.compile(r"\w+$")
_FIRST_WORD = re.compile(r"\w+")
_LINE_START = re.compile(r"^(#{1,6}\s|[-+]\s|>|\d+[.)]\s)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list, quote or table."""

    text: str
    markdown: str
    is_heading: bool = False
    link_chars: int = 0
    """Signs of ``text`` that are link."""


@dataclass(slots=True)
class _Line:
    """Inline text in the making, plain and as Markdown."""

    text: list[str] = field(default_factory=list)
    markdown: list[str] = field(default_factory=list)
    link_chars: int = 0

    def add(self, text: str, is_word: Callable[[str], bool]) -> None:
        """Append ``text``, with the blank that Trafilatura drops between inline elements: where
        two words touch that the page never writes as one."""
        before = self.text[-1] if self.text else ""
        if before[-1:].isalnum() and text[:1].isalnum():
            left, right = _LAST_WORD.search(before), _FIRST_WORD.match(text)
            if left and right and not is_word(left[0] + right[0]) and is_word(right[0]):
                text = f" {text}"
        self.text.append(text)
        self.markdown.append(_SPECIAL.sub(r"\\\1", text))


def blocks_of(
    tree: Node,
    resolve: Callable[[str], str | None],
    is_word: Callable[[str], bool] = lambda _: True,
) -> tuple[tuple[Block, ...], tuple[TextLink, ...]]:
    """(blocks, links) of a tree, in its order. ``resolve`` makes a link's address absolute, or
    None when it leads nowhere; ``is_word`` says whether the page writes such a word anywhere."""
    writer = _Writer(resolve, is_word)
    writer.children(tree)
    writer.flush()
    return tuple(writer.blocks), tuple(dict.fromkeys(writer.links))


class _Writer:
    """Collects blocks. A nested list, quote or cell has a writer of its own."""

    def __init__(
        self, resolve: Callable[[str], str | None], is_word: Callable[[str], bool]
    ) -> None:
        self.blocks: list[Block] = []
        self.links: list[TextLink] = []
        self._line = _Line()
        self._resolve = resolve
        self._is_word = is_word

    def flush(self, level: int = 0) -> None:
        """End the paragraph; ``level`` makes it a heading."""
        text = _tidy("".join(self._line.text))
        markdown = _tidy("".join(self._line.markdown)).replace("\n", "  \n")
        if text:
            if level:
                markdown = f"{'#' * level} {fold_space(markdown)}"
            elif _LINE_START.match(markdown):
                markdown = f"\\{markdown}"
            self.blocks.append(Block(text, markdown, level > 0, self._line.link_chars))
        self._line = _Line()

    def children(self, node: Node) -> None:
        """Write what ``node`` holds."""
        if node.text:
            self._line.add(node.text.replace("\n", " "), self._is_word)
        for child in node:
            self.write(child)
            if child.tail:
                self._line.add(child.tail.replace("\n", " "), self._is_word)

    def write(self, node: Node) -> None:
        """Write ``node`` without its tail."""
        tag = node.tag if isinstance(node.tag, str) else ""
        if not tag or tag in _SILENT:
            return
        if tag in ("br", "lb"):
            self._line.text.append("\n")
            self._line.markdown.append("\n")
        elif tag in _HEADINGS or tag == "head":
            self.flush()
            self.children(node)
            self.flush(_HEADINGS.get(tag) or _HEADINGS.get(node.get("rend") or "", 2))
        elif tag in _LISTS:
            self._list(node)
        elif tag in _QUOTES:
            self._quote(node)
        elif tag in _CODES or (tag == "code" and "\n" in "".join(node.itertext())):
            self._code(node)
        elif tag == "table":
            self._table(node)
        elif tag in ("a", "ref"):
            self._link(node)
        elif tag in ("hi", "b", "strong", "i", "em"):
            self._emphasis(node)
        elif tag in _BLOCKS or tag in _ITEMS or tag in _ROWS or tag in _CELLS:
            self.flush()
            self.children(node)
            self.flush()
        else:
            self.children(node)

    def _inner(self, node: Node) -> _Writer:
        inner = _Writer(self._resolve, self._is_word)
        inner.children(node)
        inner.flush()
        self.links += inner.links
        return inner

    def _list(self, node: Node) -> None:
        self.flush()
        is_numbered = node.tag == "ol" or node.get("rend") == "ol"
        texts: list[str] = []
        lines: list[str] = []
        linked = 0
        for child in node:
            if not isinstance(child.tag, str):
                continue
            blocks = self._inner(child).blocks
            if blocks:
                mark = f"{len(texts) + 1}. " if is_numbered else "- "
                texts.append("\n".join(block.text for block in blocks))
                inside = "\n".join(block.markdown for block in blocks)
                lines.append(mark + inside.replace("\n", "\n" + " " * len(mark)))
                linked += sum(block.link_chars for block in blocks)
        if texts:
            self.blocks.append(Block("\n".join(texts), "\n".join(lines), link_chars=linked))

    def _quote(self, node: Node) -> None:
        self.flush()
        for block in self._inner(node).blocks:
            quoted = "\n".join(f"> {line}" for line in block.markdown.split("\n"))
            self.blocks.append(Block(block.text, quoted, link_chars=block.link_chars))

    def _code(self, node: Node) -> None:
        self.flush()
        text = "".join(node.itertext()).strip("\n")
        if text.strip():
            fence = "```"
            while fence in text:
                fence += "`"
            self.blocks.append(Block(text, f"{fence}\n{text}\n{fence}"))

    def _table(self, node: Node) -> None:
        self.flush()
        rows: list[list[Block]] = []
        for row in node.iter(*_ROWS):
            if next(row.iterancestors("table"), None) is not node:
                continue  # of a table in one of our cells
            cells = []
            for cell in row:
                if isinstance(cell.tag, str) and cell.tag in _CELLS:
                    inner = self._inner(cell).blocks
                    text = fold_space(" ".join(block.text for block in inner))
                    markdown = fold_space(" ".join(block.markdown for block in inner))
                    cells.append(
                        Block(
                            text,
                            markdown.replace("|", "\\|"),
                            link_chars=sum(b.link_chars for b in inner),
                        )
                    )
            if any(cell.text for cell in cells):
                rows.append(cells)
        if not rows:
            return
        width = max(map(len, rows))
        text = "\n".join(" | ".join(cell.text for cell in row if cell.text) for row in rows)
        lines = [
            "| " + " | ".join([c.markdown for c in row] + [""] * (width - len(row))) + " |"
            for row in rows
        ]
        lines.insert(1, "|" + " --- |" * width)
        linked = sum(cell.link_chars for row in rows for cell in row)
        self.blocks.append(Block(text, "\n".join(lines), link_chars=linked))

    def _link(self, node: Node) -> None:
        start, start_text = len(self._line.markdown), len(self._line.text)
        count = len(self.blocks)
        self.children(node)
        if len(self.blocks) != count:  # a link around whole blocks
            return
        text = fold_space("".join(self._line.text[start_text:]))
        target = self._resolve(node.get("href") or node.get("target") or "")
        if text and target:
            inside = "".join(self._line.markdown[start:])
            before = " " if inside[:1].isspace() else ""
            after = " " if inside[-1:].isspace() else ""
            address = target.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
            self._line.markdown[start:] = [f"{before}[{fold_space(inside)}]({address}){after}"]
            self._line.link_chars += len(text)
            self.links.append(TextLink(target, text))

    def _emphasis(self, node: Node) -> None:
        mark = _EMPHASIS.get(node.get("rend") or node.tag, "")
        start, count = len(self._line.markdown), len(self.blocks)
        self.children(node)
        inside = "".join(self._line.markdown[start:])
        if (
            not mark
            or len(self.blocks) != count
            or not inside.strip()
            or "\n" in inside
            or "*" in inside
        ):
            return
        before = inside[: len(inside) - len(inside.lstrip())]
        after = inside[len(inside.rstrip()) :]
        self._line.markdown[start:] = [f"{before}{mark}{inside.strip()}{mark}{after}"]


def _tidy(text: str) -> str:
    """White space folded, line breaks (``br``) kept, two of them at most one."""
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
