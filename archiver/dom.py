"""Bytes and headers become a decoded tree, and a tree becomes text.

Knows charsets and the HTML parser; content codings are undone in ``codings``. Knows nothing of
articles, comments or links.
The order of trust for a charset is: byte order mark, HTTP header, ``meta``, guess (WHATWG
Encoding, 'decode'; HTML, 13.2.3.2), with two corrections taken from real pages (``decode_text``).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
_NO_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|fffe|ffff)|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45]))(?![0-9a-f]);?",
    re.IGNORECASE,
)
_END_TAGS = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
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
    if _is_utf8_beyond_ascii(data):
        return "utf-8", data.decode("utf-8", "replace")
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


def _is_utf8_beyond_ascii(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        # Not final: a page that was cut short may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


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
    # Control characters stand for nothing in HTML; lxml takes them from the parser, but raises when
    # the text they are in is moved. NUL would end the string in C.
    source = _NO_XML.sub("", text).encode("utf-8", "replace")
    # libxml2 ends at the first </html>, where HTML goes on (13.2.6.4.22, 'after after body'): pages
    # glued together from two lose their second half.
    source = _END_TAGS.sub(b"", source)
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
    try:
        tree = lxml_html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotHtml(f"the HTML parser found nothing: {error}", place=place) from error
    return Document(page.url, tree, encoding, _base_url(tree, page.url), page.captured_at)


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
    for event, child in etree.iterwalk(node, events=("start", "end")):
        if stop is not None:
            if child is not stop or event != "end":
                continue
            stop = None
        elif event == "start":
            silent = not isinstance(child.tag, str) or child.tag in SILENT
            if child is not node and (silent or leave_out(child)):
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
