"""A page becomes its segments: every run of text that a reader sees as one block, in page order.

One walk over the tree, shared by all who ask what on a page is article, furniture or comment. Knows
which elements begin a block and what a frame is (an element that holds blocks); not which segments
are worth keeping, and nothing of how they are printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from archiver.dom import Document, Node

INLINE: Final = frozenset([
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "q", "rb", "ruby", "rp", "rt", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "nobr",
    "img", "picture", "source", "blink", "center-inline", "o:p", "math", "slot",
])  # fmt: skip
"""Elements that stay within the line; every other element begins a block and ends one."""

SILENT: Final = frozenset([
    "script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select",
    "button", "textarea", "input", "audio", "video", "canvas", "map", "embed", "dialog-polyfill",
    "datalist", "progress", "meter", "noframes", "optgroup", "option", "applet", "title",
])  # fmt: skip
"""Elements whose content is no text of the page; a head or a title lost in the body is none."""


class Frame:
    """An element that holds blocks, with what it holds in all, counted when it ends."""

    __slots__ = (
        "chars", "depth", "first", "images", "last", "link_chars", "node", "parent", "tag",
        "wording",
    )  # fmt: skip

    def __init__(self, node: Node, tag: str, parent: Frame | None, first: int) -> None:
        self.node = node
        self.tag = tag
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent is not None else 0
        classes, own_id = node.get("class"), node.get("id")
        self.wording: str = f"{classes or ''} {own_id or ''}" if classes or own_id else ""
        """Class and id as the page writes them; empty when it has neither."""
        self.first = first
        """Number of the first segment inside; no segment is inside when ``last`` is not above."""
        self.last = first
        """Number after the last segment inside."""
        self.chars = 0
        """Signs of all segments inside."""
        self.link_chars = 0
        """Those of them that are link."""
        self.images = 0
        """Pictures inside."""

    def above(self) -> Iterator[Frame]:
        """This frame and those around it, innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent


class Segment:
    """A run of text between two block boundaries."""

    __slots__ = ("frame", "images_before", "link_chars", "number", "pieces", "text")

    def __init__(self, number: int, frame: Frame, text: str, pieces: list[object]) -> None:
        self.number = number
        """Its place on the page, from 0."""
        self.frame = frame
        """The innermost element that holds it as a block."""
        self.text = text
        """White space folded, a single ``br`` too: what the page has of those is in ``pieces``."""
        self.pieces = pieces
        """What it is made of: texts, and for each inline element that a text can show (link, bold,
        italic, code) the element itself where it begins and a 1-tuple of it where it ends."""
        self.link_chars = 0
        """Signs of it that are link."""
        self.images_before = 0
        """Pictures between the segment before and the end of this one."""


_CHROME: Final = frozenset({"nav", "footer"})
_SHOWN: Final = frozenset({"a", "b", "strong", "i", "em", "code"})


def segments_of(
    document: Document, without: frozenset[Node] = frozenset(), *, is_whole: bool = False
) -> list[Segment]:
    """All segments of a page, in its order, but for those below the elements ``without`` and, if
    not ``is_whole``, those of menus and of the page's footer.

    Cost is linear in the number of elements.
    """
    body = document.tree.find("body")
    root = document.tree if body is None else body
    return _Walk(without, is_whole=is_whole).over(root)


def segments_below(node: Node, without: frozenset[Node] = frozenset()) -> list[Segment]:
    """The segments of one element, whole."""
    return [] if node in without else _Walk(without, is_whole=True).over(node)


class _Walk:
    """One walk: the run of text in the making, and what it holds of links and pictures."""

    __slots__ = ("_images", "_is_whole", "_link_chars", "_pieces", "_segments", "_without")

    def __init__(self, without: frozenset[Node], *, is_whole: bool) -> None:
        self._without = without
        self._is_whole = is_whole
        self._segments: list[Segment] = []
        self._pieces: list[object] = []
        self._link_chars = self._images = 0

    def over(self, root: Node) -> list[Segment]:  # noqa: PLR0915 - see below
        """The segments below ``root``. One long function, because it runs for every element of
        every page: each call put into it costs a millisecond a page."""
        segments, pieces, without = self._segments, self._pieces, self._without
        frame = Frame(root, root.tag, None, 0)
        link = 0
        skipped: Node = None
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, node in walker:
            tag = node.tag
            if event == "start":
                if tag in SILENT and not (tag == "button" and _holds_blocks(node)):
                    walker.skip_subtree()
                    continue
                if (without and node in without) or (
                    tag in _CHROME and not self._is_whole and _is_chrome(node)
                ):
                    if pieces and tag not in INLINE:
                        self._flush(frame)
                    skipped = node
                    walker.skip_subtree()
                    continue
                if tag in INLINE:
                    if tag in _SHOWN:
                        pieces.append(node)
                        if tag == "a":
                            link += 1
                    elif tag == "img":
                        self._images += 1
                        frame.images += 1
                elif tag == "br":
                    pieces.append("\n")
                elif node is not root:
                    if pieces:
                        self._flush(frame)
                    frame = Frame(node, tag, frame, len(segments))
                text = node.text
            else:
                if node is skipped:
                    skipped = None
                elif tag in INLINE and node is not root:
                    if tag in _SHOWN:
                        pieces.append((node,))
                        if tag == "a":
                            link -= 1
                elif tag != "br" and (tag not in SILENT or node is frame.node):
                    if pieces:
                        self._flush(frame)
                    frame.last = len(segments)
                    parent = frame.parent
                    if parent is None:
                        break
                    parent.chars += frame.chars
                    parent.link_chars += frame.link_chars
                    parent.images += frame.images
                    frame = parent
                text = node.tail
            if text:
                if text.isspace():
                    if pieces:
                        # In coloured code every word is an element: its line ends stand alone.
                        pieces.append(text if frame.tag == "pre" else " ")
                else:
                    pieces.append(text)
                    if link:
                        self._link_chars += len(text.strip())
        return segments

    def _flush(self, frame: Frame) -> None:
        """End the run: two line ends in a row make two segments of it."""
        run = self._pieces[:]
        self._pieces.clear()
        link_chars, self._link_chars = self._link_chars, 0
        for part in _parts(run) if "\n" in run else (run,):
            text = " ".join("".join([piece for piece in part if type(piece) is str]).split())
            if not text:
                continue
            segment = Segment(len(self._segments), frame, text, part)
            # Shared out where a run is split; exact where it is not.
            segment.link_chars = min(link_chars, len(text))
            segment.images_before, self._images = self._images, 0
            link_chars -= segment.link_chars
            self._segments.append(segment)
            frame.chars += len(text)
            frame.link_chars += segment.link_chars


def _is_chrome(node: Node) -> bool:
    """True for a menu, and for the footer of a page: no text of an article, says HTML itself
    (4.3.4, 4.3.8), but for those that were never closed or that stand inside the article."""
    if node.tag == "nav":
        return next(node.iter("p", "h1", "article"), None) is None
    if next(node.iter("h1", "article", "main"), None) is not None:
        return False
    return next(node.iterancestors("article", "main"), None) is None


def _holds_blocks(button: Node) -> bool:
    """True for a button that was never closed: libxml2 puts the rest of the page into it."""
    return next(button.iter("p", "h1", "article"), None) is not None


def _parts(pieces: list[object]) -> Iterator[list[object]]:
    """The run, cut where two line ends follow each other with nothing but blanks between."""
    part: list[object] = []
    waiting: list[object] = []
    for piece in pieces:
        if piece == "\n" and "\n" in waiting:
            yield part
            part, waiting = [], []
        elif piece == "\n" or (waiting and (type(piece) is not str or piece.isspace())):
            waiting.append(piece)
        else:
            part += waiting
            waiting = []
            part.append(piece)
    yield part + waiting
