"""Bytes and headers become a decoded tree, and a tree becomes text.

Knows charsets and the HTML parser; content codings are undone in ``codings``. Knows nothing of
articles, comments or links.
The order of trust for a charset is: byte order mark, HTTP header, ``meta``, guess (WHATWG
Encoding, 'decode'; HTML, 13.2.3.2), with two corrections taken from real pages (``decode_text``).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

from archiver.codings import decode_payload, header_value
from archiver.errors import NotHtml, Place
from archiver.model import Page

__all__ = [
    "BLOCKS",
    "SILENT",
    "Document",
    "Node",
    "classes_of",
    "decode_payload",
    "decode_text",
    "finder",
    "fold_space",
    "header_value",
    "join",
    "looks_like_html",
    "media_type",
    "paragraphs_of",
    "parse",
    "parse_decoded",
    "text_of",
]

Node = Any
"""An element of the parsed tree (``lxml.html.HtmlElement``; its stubs lag behind lxml 6)."""

SILENT = frozenset({"script", "style", "noscript", "template", "head", "iframe", "object", "svg"})
"""Elements whose content a reader does not see as text."""

BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
])  # fmt: skip
"""Elements that begin and end a paragraph when their content is read as plain text."""

_FOREIGN_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"Rar!",
    b"ID3",
    b"OggS",
    b"\x00\x00\x01\x00",
    b"\x7fELF",
    b"wOFF",
    b"wOF2",
)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml", ""})
_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|title|meta|div|p|h1|article)\b", re.I)
_JSON = re.compile(rb"[\[{]\s*[\[{\"\]}]|\[\s*-?\d")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_REFERENCE = re.compile(
    rb"&(?:#(?:x0*(?:[0-8bcef]|1[0-9a-f]|ad|200b|2060|feff|fffe|ffff)|0*(?:[0-8]|1[124-9]|2[0-9]"
    rb"|3[01]|173|8203|8288|65279|6553[45]))(?![0-9a-f]);?|shy;|ZeroWidthSpace;|NoBreak;)",
    re.IGNORECASE,
)
_UNSEEN = "\xad\u200b\u2060\ufeff\ufffe\uffff"
"""Signs that only say where a line may or may not break (soft hyphen, zero width space, word
joiner), which would split a word for who searches it, and two code points that XML forbids. The
joiners of Persian and Indic spelling (U+200C, U+200D) and marks of direction stay."""
_LONG_TAG = re.compile(rb"<([a-zA-Z][\w-]{0,30}+)[^<>]{65536,}+>")
_LARGE_BYTES = 500_000
_MOST_ATTRIBUTES = 2_000
"""Of one element. libxml2 compares each attribute with all before it: 200,000 of them in one tag of
1.9 MB held it for 53 s, where as many in tags of their own take 0.2 s."""
_END_TAGS = re.compile(rb"</(?:[hH][tT][mM][lL]|[bB][oO][dD][yY])\s*>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Document:
    """A page as a tree. Who wants to change the tree makes a copy first."""

    url: str
    tree: Node
    """The ``html`` element."""
    encoding: str
    """Name of the charset the bytes were read in, as Python writes it."""
    base_url: str
    """What relative links are resolved against: ``base href`` where there is one."""
    captured_at: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    """When the page was captured: a later date on it is none. Far off where nobody knows."""
    _named: dict[str, list[Node]] = field(default_factory=dict, repr=False, compare=False)
    _hints: list[str] = field(default_factory=list, repr=False, compare=False)

    @property
    def named(self) -> Mapping[str, list[Node]]:
        """The elements that have a class or an id, in page order, by ``class id`` in lower case.

        A page has ten times as many elements as wordings: who looks for a name asks the wordings.
        Gathered when first asked for, in one walk that all readers of the page share.
        """
        if not self._named:
            for node in self.tree.iter(etree.Element):
                classes, own_id = node.get("class"), node.get("id")
                if classes or own_id:
                    wording = f"{classes or ''} {own_id or ''}".lower()
                    self._named.setdefault(wording, []).append(node)
            self._named.setdefault("", [])  # gathered, though no element may have a name
        return self._named

    @property
    def hints(self) -> str:
        """The wordings of ``named`` and the addresses of scripts and frames, in lower case, one a
        line: to ask whether a word stands there costs some microseconds, a walk milliseconds."""
        if not self._hints:
            sources = (node.get("src") for node in self.tree.iter("script", "iframe"))
            self._hints.append("\n".join([*self.named, *filter(None, sources)]).lower())
        return self._hints[0]

    def inline_scripts(self) -> Iterator[str]:
        """The texts of the scripts that stand in the page. Long: ask ``hints`` first."""
        for node in self.tree.iter("script"):
            if node.text and not node.get("src"):
                yield node.text


def media_type(page: Page) -> str:
    """The declared media type in lower case without its parameters; empty when none is declared."""
    return header_value(page, b"content-type").split(";")[0].split(",")[0].strip().lower()


def decode_text(page: Page, data: bytes) -> tuple[str, str]:
    """(charset, text) of a decoded payload. Never fails: what cannot be read becomes U+FFFD.

    Two corrections to the declared charset, because publishers' declarations are often stale:
    bytes that are valid UTF-8 beyond ASCII are UTF-8 whatever was declared (an accident is next to
    impossible), and a declared UTF-8 in which more bytes fail than hold is not UTF-8.
    """
    bom, mark = read_bom(data)
    if bom is not None and mark is not None:
        return bom, data[len(mark) :].decode(bom, "replace")
    declared = http_content_type_encoding(header_value(page, b"content-type"))
    in_page = html_body_declared_encoding(data[:4096])
    told = _utf8_beyond_ascii(data)
    if told is not None:
        return "utf-8", told
    for name in (declared, in_page):
        if name is None or (name := resolve_encoding(name)) is None:
            continue
        try:
            text = data.decode(name, "replace")
        except (LookupError, UnicodeError):  # a Python codec that is no charset: base64, idna …
            continue
        if name == "utf-8" and text.count("\ufffd") > _multibyte(text):
            continue
        return name, text
    return "cp1252", data.decode("cp1252", "replace")


def _utf8_beyond_ascii(data: bytes) -> str | None:
    """The text, where it is UTF-8 and more than ASCII; None where it is not."""
    if data.isascii():
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        # Not final at first: a page that was cut short may end inside a character.
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return None
    return text + "\ufffd" if decoder.getstate()[0] else text


def _multibyte(text: str) -> int:
    return sum(1 for sign in text if sign > "\x7f" and sign != "\ufffd")


def parse(page: Page, *, limit_bytes: int) -> Document:
    """The page as a tree. Raises ``NotHtml``, ``Undecodable`` or ``PageTooLarge``."""
    return parse_decoded(page, decode_payload(page, limit_bytes=limit_bytes))


def parse_decoded(page: Page, data: bytes) -> Document:
    """The page whose decoded payload is ``data`` as a tree; raises ``NotHtml``."""
    place = Place(page.url)
    if not looks_like_html(page, data):
        raise NotHtml("the payload is no HTML page", place=place)
    encoding, text = decode_text(page, data)
    for sign in _UNSEEN:
        if sign in text:  # thirty times as fast as replacing what is not there
            text = text.replace(sign, "")
    source = _well_formed(text.encode("utf-8", "replace"))
    # huge_tree: without it libxml2 drops all that follows 256 open elements, and old forum and
    # newspaper pages with unclosed <font> reach that; with it the bound is 2,048.
    parser = lxml_html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=True,
        default_doctype=False,  # type: ignore[call-arg]  # lxml-stubs 0.5 lack it
    )
    # One class for every element: lxml.html asks a Python function for each it hands out.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement))
    try:
        tree = lxml_html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotHtml(f"the HTML parser found nothing: {error}", place=place) from error
    return Document(page.url, tree, encoding, _base_url(tree, page.url), page.captured_at)


def _well_formed(source: bytes) -> bytes:
    """``source`` without what stops libxml2 or spoils its tree.

    Control characters stand for nothing in HTML; lxml takes them from the parser, but raises when
    the text they are in is moved, and NUL would end the string in C. libxml2 ends at the first
    ``</html>``, where HTML goes on (13.2.6.4.22, 'after after body'): pages glued together from two
    would lose their second half.
    """
    # Each cut is made only where a quick search finds something to cut: most pages are clean.
    source = source.translate(None, _CONTROLS)
    if b"&#" in source or b"&shy;" in source:
        source = _REFERENCE.sub(b"", source)
    if len(source) >= _LARGE_BYTES:
        source = _LONG_TAG.sub(_without_attributes, source)
    return _END_TAGS.sub(b"", source)


def _without_attributes(tag: re.Match[bytes]) -> bytes:
    return tag[0] if tag[0].count(b"=") <= _MOST_ATTRIBUTES else b"<" + tag[1] + b">"


def looks_like_html(page: Page, data: bytes) -> bool:
    """True when the payload is a page: by its content first, by its declared type second."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not head or head.startswith(_FOREIGN_MAGIC) or _JSON.match(head):
        return False
    if _MARKUP.search(data[:65536]):
        # A script that writes markup is no page.
        return media_type(page) in _HTML_TYPES or head[:1] == b"<"
    if media_type(page) in ("text/html", "application/xhtml+xml"):
        return True
    # UTF-16 hides its markup from the search above.
    return data[:2] in (b"\xff\xfe", b"\xfe\xff") and media_type(page) in _HTML_TYPES


def _base_url(tree: Node, url: str) -> str:
    for node in tree.iter("base"):
        href = (node.get("href") or "").strip()
        if href:
            joined = join(url, href)
            return joined if joined else url
    return url


def join(base: str, reference: str) -> str | None:
    """``reference`` resolved against ``base``; ``None`` when it is no http or https address."""
    try:
        joined = urljoin(base, reference.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.netloc else None


def fold_space(text: str) -> str:
    """``text`` with each run of white space as one blank and none at its ends."""
    return _SPACE.sub(" ", text).strip()


def text_of(node: Node) -> str:
    """The text a reader sees in ``node``, on one line."""
    return fold_space("".join(_texts(node)))


def _texts(node: Node) -> Iterator[str]:
    if not isinstance(node.tag, str) or node.tag in SILENT:
        return
    stop: Node = None
    for event, child in etree.iterwalk(node, events=("start", "end")):
        if stop is not None:
            if child is stop and event == "end":
                stop = None
                if child is not node and child.tail:
                    yield child.tail
            continue
        if event == "start":
            if not isinstance(child.tag, str) or child.tag in SILENT:
                stop = child
                continue
            if child.tag == "br" or child.tag in BLOCKS:
                yield " "
            if child.text:
                yield child.text
        else:
            if child.tag in BLOCKS:
                yield " "
            if child is not node and child.tail:
                yield child.tail


def paragraphs_of(node: Node, leave_out: Callable[[Node], bool] = lambda _: False) -> str:
    """The text of ``node`` as plain text: paragraphs separated by a blank line, ``br`` a line end.

    Elements for which ``leave_out`` holds are passed over with all they contain (not their tail).
    """
    blocks: list[list[str]] = [[]]
    stop: Node = None
    walk = etree.iterwalk(node, events=("start", "end"))
    for event, child in walk:
        if stop is not None:  # the end of what was skipped
            stop = None
        elif event == "start":
            silent = not isinstance(child.tag, str) or child.tag in SILENT
            if child is not node and (silent or leave_out(child)):
                walk.skip_subtree()
                stop = child
                if not silent and child.tag in BLOCKS:
                    blocks.append([])
                continue
            if child.tag in BLOCKS:
                blocks.append([])
            elif child.tag == "br":
                blocks[-1].append("\n")
            if child.text:
                blocks[-1].append(_SPACE.sub(" ", child.text))
            continue
        if isinstance(child.tag, str) and child.tag in BLOCKS:
            blocks.append([])
        if child is not node and child.tail:
            blocks[-1].append(_SPACE.sub(" ", child.tail))
    lines = ("".join(pieces) for pieces in blocks)
    return "\n\n".join(paragraph for line in lines for paragraph in _split_breaks(line))


def _split_breaks(block: str) -> Iterator[str]:
    """Paragraphs of one block: two line ends in a row separate them."""
    lines = [fold_space(line) for line in block.split("\n")]
    for paragraph in "\n".join(lines).split("\n\n"):
        stripped = paragraph.strip("\n")
        if stripped:
            yield stripped


def finder(expression: str) -> Callable[[Node], list[Any]]:
    """An XPath expression, compiled: a function from an element to the list of what it finds."""
    return cast("Callable[[Node], list[Any]]", etree.XPath(expression))


def classes_of(node: Node) -> frozenset[str]:
    """The class names of an element."""
    return frozenset((node.get("class") or "").split())
