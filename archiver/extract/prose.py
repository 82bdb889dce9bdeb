"""Segments become plain text and Markdown: paragraphs, headings, lists, quotes, code, tables.

Knows how blocks are printed and how segments that belong together (the items of a list, the cells
of a row) become one block. Knows nothing of why a segment was kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from archiver.dom import fold_space
from archiver.extract.segments import Frame, Segment
from archiver.model import TextLink

_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LISTS: Final = frozenset({"ul", "ol", "dl", "menu"})
_CELLS: Final = frozenset({"td", "th"})
_ITEMS: Final = _CELLS | {"li", "dt", "dd"}
_EMPHASIS: Final = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_SPACE = re.compile(r"[^\S\n]+")
_SPECIAL = re.compile(r"([\\`*_\[\]])")
_LINE_START = re.compile(r"^(?:(\d+)(?=[.)]\s)|(?=#{1,6}\s|[-+]\s|>))", re.MULTILINE)

Resolve = Callable[[str], str | None]
"""Makes a link's address absolute; None when it leads nowhere."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list, quote or table."""

    text: str
    markdown: str
    is_heading: bool = False
    link_chars: int = 0
    """Signs of ``text`` that are link."""


def blocks_of(
    segments: Iterable[Segment], resolve: Resolve
) -> tuple[tuple[Block, ...], tuple[TextLink, ...]]:
    """(blocks, links) of the segments, which are given in page order."""
    links: dict[TextLink, None] = {}
    blocks: list[Block] = []
    segments = list(segments)
    for holder, group in groupby(segments, key=partial(_holder, _laid_out(segments))):
        members = list(group)
        if holder is None:
            blocks += [_plain(segment, resolve, links) for segment in members]
        elif holder.tag == "table":
            blocks += _table(holder, members, resolve, links)
        elif holder.tag == "pre":
            blocks.append(_code(members))
        else:
            blocks.append(_list(holder, members, resolve, links))
    return tuple(block for block in blocks if block.text), tuple(links)


def _laid_out(segments: list[Segment]) -> set[Frame]:
    """Lists and tables that lay out a page, and are printed as its parts: those with an item or a
    cell that holds a heading and what comes under it. In tables of data a heading stands alone."""
    found: set[Frame] = set()
    for segment in segments:
        is_heading = False
        for place in segment.frame.above():
            is_heading = is_heading or place.tag in _HEADINGS
            if is_heading and place.tag in _ITEMS and place.last - place.first > 1:
                found.update(place.above())
    return found


def _holder(laid_out: set[Frame], segment: Segment) -> Frame | None:
    """What a segment is printed as a part of: a table, code or a list, the outermost that lays out
    no page; None when it stands alone. A list inside a table belongs to its cell."""
    found: Frame | None = None
    for place in segment.frame.above():
        if place.tag in _HEADINGS and found is None:
            return None
        is_holder = place.tag in _LISTS or place.tag in ("table", "pre")
        if is_holder and place not in laid_out:
            found = place
    return found


def _plain(segment: Segment, resolve: Resolve, links: dict[TextLink, None]) -> Block:
    text, markdown = _inline(segment, resolve, links)
    level = 0
    is_quote = False
    for place in segment.frame.above():
        level = level or _HEADINGS.get(place.tag, 0)
        is_quote = is_quote or place.tag == "blockquote"
    if level:
        markdown = f"{'#' * level} {fold_space(markdown)}"
    else:
        markdown = _LINE_START.sub(r"\1\\", markdown)
    markdown = markdown.replace("\n", "  \n")
    if is_quote:
        markdown = "\n".join(f"> {line}" for line in markdown.split("\n"))
    return Block(text, markdown, level > 0, segment.link_chars)


def _list(
    holder: Frame, members: list[Segment], resolve: Resolve, links: dict[TextLink, None]
) -> Block:
    texts: list[str] = []
    lines: list[str] = []
    numbers: dict[Frame, int] = {}
    seen: set[Frame] = set()
    for segment in members:
        text, markdown = _inline(segment, resolve, links)
        inner = _item(segment, holder)
        texts.append(text)
        if inner is None:
            lines.append(markdown)
            continue
        item, around, depth = inner
        if item in seen:
            mark = "  "
        else:
            seen.add(item)
            numbers[around] = numbers.get(around, 0) + 1
            mark = f"{numbers[around]}. " if around.tag == "ol" else "- "
        pad = "  " * depth
        inside = markdown.replace("\n", "\n" + pad + " " * len(mark))
        lines.append(f"{pad}{mark}{inside}")
    linked = sum(segment.link_chars for segment in members)
    return Block("\n".join(texts), "\n".join(lines), link_chars=linked)


def _item(segment: Segment, holder: Frame) -> tuple[Frame, Frame, int] | None:
    """(item, its list, how many lists are around that one) of a segment in a list."""
    item: Frame | None = None
    around: Frame | None = None
    depth = 0
    for place in segment.frame.above():
        if around is None and place.tag in ("li", "dt", "dd"):
            item = place
        if place.tag in _LISTS:
            if around is None:
                around = place
            else:
                depth += 1
        if place is holder:
            break
    return (item, around, depth) if item is not None and around is not None else None


def _table(
    holder: Frame, members: list[Segment], resolve: Resolve, links: dict[TextLink, None]
) -> list[Block]:
    """A table of data as one block; what lays out a page is as many blocks as it has segments."""
    rows: dict[Frame | None, dict[Frame | None, list[tuple[str, str]]]] = {}
    for segment in members:
        row = cell = None
        for place in segment.frame.above():
            if place is holder:
                break
            if place.tag in _CELLS:
                cell = place
            elif place.tag == "tr":
                row = place
        text, markdown = _inline(segment, resolve, links)
        printed = (fold_space(text), fold_space(markdown).replace("|", "\\|"))
        rows.setdefault(row, {}).setdefault(cell, []).append(printed)
    if sum(len(cells) > 1 for cells in rows.values()) < 2:
        return [_plain(segment, resolve, links) for segment in members]
    width = max(map(len, rows.values()))
    printed_rows = [
        [(" ".join(t for t, _ in parts), " ".join(m for _, m in parts)) for parts in cells.values()]
        for cells in rows.values()
    ]
    text = "\n".join(" | ".join(t for t, _ in row) for row in printed_rows)
    lines = [
        "| " + " | ".join([m for _, m in row] + [""] * (width - len(row))) + " |"
        for row in printed_rows
    ]
    lines.insert(1, "|" + " --- |" * width)
    linked = sum(segment.link_chars for segment in members)
    return [Block(text, "\n".join(lines), link_chars=linked)]


def _code(members: list[Segment]) -> Block:
    text = "\n\n".join(
        "".join([p for p in segment.pieces if isinstance(p, str)]).strip("\n")
        for segment in members
    )
    fence = "```"
    while fence in text:
        fence += "`"
    return Block(text, f"{fence}\n{text}\n{fence}")


def _inline(segment: Segment, resolve: Resolve, links: dict[TextLink, None]) -> tuple[str, str]:
    """(text, Markdown) of one segment; its links are added to ``links``."""
    pieces = segment.pieces
    if len(pieces) == 1:
        return segment.text, _SPECIAL.sub(r"\\\1", segment.text)
    texts: list[str] = []
    marks: list[str] = []
    opened: list[tuple[object, int, int]] = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append("\n" if piece == "\n" else piece.replace("\n", " "))
            marks.append(_SPECIAL.sub(r"\\\1", texts[-1]))
        elif isinstance(piece, tuple):
            if opened and opened[-1][0] is piece[0]:
                _, at_text, at_mark = opened.pop()
                _close(piece[0], (texts, at_text), (marks, at_mark), resolve, links)
        else:
            opened.append((piece, len(texts), len(marks)))
    return _tidy("".join(texts)), _tidy("".join(marks))


def _close(
    node: object,
    texts: tuple[list[str], int],
    marks: tuple[list[str], int],
    resolve: Resolve,
    links: dict[TextLink, None],
) -> None:
    """Print an inline element around what was written since it began."""
    text = fold_space("".join(texts[0][texts[1] :]))
    inside = "".join(marks[0][marks[1] :])
    if not text:
        return
    before, after = (" " if inside[0].isspace() else ""), (" " if inside[-1].isspace() else "")
    tag = node.tag  # type: ignore[attr-defined]  # an element of the tree, whose type has no stub
    if tag == "a":
        target = resolve(node.get("href") or "")  # type: ignore[attr-defined]
        if target:
            address = target.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
            marks[0][marks[1] :] = [f"{before}[{fold_space(inside)}]({address}){after}"]
            links.setdefault(TextLink(target, text))
    elif tag == "code" and "`" not in text:
        marks[0][marks[1] :] = [f"{before}`{text}`{after}"]  # a backslash in code is itself
    elif tag in _EMPHASIS and "\n" not in inside and "*" not in inside and "`" not in inside:
        mark = _EMPHASIS[tag]
        marks[0][marks[1] :] = [f"{before}{mark}{inside.strip()}{mark}{after}"]


def _tidy(text: str) -> str:
    """White space folded, line breaks (``br``) kept, two of them at most one."""
    if "\n" not in text:
        return _SPACE.sub(" ", text).strip()
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        folded = _SPACE.sub(" ", line).strip()
        if folded:
            yield folded
