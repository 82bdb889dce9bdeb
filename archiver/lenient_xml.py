"""Bytes that should be XML become elements, one after the other; never a fault, never a trap.

Knows how feeds and sitemaps are written in practice: wrong charsets, HTML entities, bare
ampersands, control characters, a broken end. No document type survives, so that no entity is ever
defined: the billion laughs are silent, and nothing outside the payload is opened.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from io import BytesIO
from itertools import chain, islice, pairwise
from typing import Any

from lxml import etree

Element = Any
"""``lxml.etree._Element``; its stubs lag behind lxml 6."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# XML 1.0, appendix F.1: what "<?" looks like in each family of charsets.
_FAMILIES = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARED = re.compile(
    r"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_FORBIDDEN = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]
)
# XML's own entities are left out, so that a large and clean feed is copied in few pieces.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos);)(?:(#?\w{1,31});)?", re.DOTALL
)
_CAREFUL: Any = {
    "recover": True,
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "encoding": "utf-8",
}
_HEAD = 4096
_END_OF_SUBSET = re.compile(r"\]\s*>")
_ROOT_TAG = re.compile(r"<[^<>]{1,4000}>")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")


def decode_xml(payload: bytes) -> str:
    """``payload`` as text: byte order mark, family, declaration, UTF-8, Windows-1252, in that
    order. Never fails: what cannot be read becomes U+FFFD."""
    for mark, name in _BOMS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(name, "replace")
    family = next((name for start, name in _FAMILIES if payload.startswith(start)), None)
    head = payload[:1024].decode(family or "latin-1", "replace")
    declared = _DECLARED.search(head)
    name = declared[1] if declared else "utf-8"
    if family and family.startswith("utf"):
        name = family
    try:
        return payload.decode(name)
    except (LookupError, UnicodeError, ValueError):
        pass
    try:
        return payload.decode(family or "utf-8")
    except UnicodeError:
        return payload.decode("cp1252" if family is None else family, "replace")


def root_name(payload: bytes) -> str:
    """Local name of the first element in lower case, empty when there is none near the start."""
    head = decode_xml(payload[:_HEAD])
    root = _ROOT.match(head, _end_of_prologue(head))
    return root[1].lower() if root else ""


def elements(
    payload: bytes, names: frozenset[str], *, entries: frozenset[str] = frozenset()
) -> Iterator[Element]:
    """The outermost elements whose local name (in lower case) is in ``names`` or ``entries``, each
    whole at its end and gone when the next one is asked for.

    libxml2 gives up at a tag that closes nothing (its recovery since 2.14): where the markup is
    broken, ``entries`` are gathered once more, each for itself, so that some come twice. Of
    ``names``, what follows a break may be missing.

    Of what stands outside them only the ancestors are kept: 50 MB of ``<a/>`` must not become a
    tree (it was one of 1.6 GB).
    """
    source = _defused(decode_xml(payload))
    walk = etree.iterparse(
        BytesIO(source.encode("utf-8", "replace")), events=("start", "end"), **_CAREFUL
    )
    outermost: Element = None
    wanted = names | entries
    try:
        for event, element in walk:
            if event == "start":
                if outermost is None and local_name(element) in wanted:
                    outermost = element
            elif outermost is None or element is outermost:
                if outermost is not None:
                    yield element
                    outermost = None
                while (before := element.getprevious()) is not None:
                    element.getparent().remove(before)
    except etree.XMLSyntaxError:
        pass  # nothing, or no more, that recovery can make sense of
    # An undeclared prefix (NS_ERR…) breaks nothing.
    if entries and any(fault.type_name.startswith("ERR_") for fault in walk.error_log):
        yield from _one_by_one(source, entries)


def _one_by_one(source: str, entries: frozenset[str]) -> Iterator[Element]:
    """The elements that begin as one of ``entries`` does, each parsed up to where the next one
    begins: a broken entry spoils no other."""
    root = _ROOT_TAG.match(source)
    around = root[0] if root else "<root>"  # it declares the prefixes
    beginning = re.compile(
        rf"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
        rf"|(<(?:[\w.-]{{1,40}}:)?(?:{'|'.join(sorted(entries))})(?=[\s>/]))",
        re.DOTALL | re.IGNORECASE,
    )
    starts = (match.start() for match in beginning.finditer(source) if match[1])
    for start, end in pairwise(chain(starts, [len(source)])):
        parser = etree.XMLParser(**_CAREFUL)
        try:
            tree = etree.fromstring((around + source[start:end]).encode("utf-8", "replace"), parser)
        except etree.XMLSyntaxError:
            continue
        if tree is not None:
            yield from islice((node for node in tree.iter() if local_name(node) in entries), 1)


def local_name(element: Element) -> str:
    """Name without namespace or (undeclared) prefix, in lower case; empty for no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _defused(text: str) -> str:
    return _AMPERSAND.sub(_spell_entity, text[_end_of_prologue(text) :].translate(_FORBIDDEN))


def _end_of_prologue(text: str) -> int:
    """Where the root element begins: after declaration, instructions, comments and document type
    (which may stand nowhere else; XML 1.0, 2.8). One pass, whatever the text."""
    position = 0
    while True:
        position = _end_of_space(text, position)
        if text.startswith("<?", position):
            end = _after(text, "?>", position)
        elif text.startswith("<!--", position):
            end = _after(text, "-->", position + 4)
        elif text[position : position + 9].upper() == "<!DOCTYPE":
            end = _end_of_doctype(text, position)
        else:
            return position
        if end is None:
            return len(text)
        position = end


_NOT_SPACE = re.compile(r"[^\s\x00\ufeff]")


def _end_of_space(text: str, position: int) -> int:
    found = _NOT_SPACE.search(text, position)
    return found.start() if found else len(text)


def _after(text: str, mark: str, position: int) -> int | None:
    found = text.find(mark, position)
    return None if found < 0 else found + len(mark)


def _end_of_doctype(text: str, position: int) -> int | None:
    close = text.find(">", position)
    subset = text.find("[", position, close if close >= 0 else len(text))
    if subset < 0:
        return None if close < 0 else close + 1
    end = _END_OF_SUBSET.search(text, subset)
    return end.end() if end else None


def _spell_entity(match: re.Match[str]) -> str:
    """CDATA stays, HTML's entities become their sign, a bare ampersand is spelled out."""
    whole, name = match[0], match[1]
    if whole.startswith("<"):
        return whole
    if name is None:
        return "&amp;"
    sign = html.unescape(whole)
    if sign == whole:
        return "&amp;" + whole[1:]
    return html.escape(sign.translate(_FORBIDDEN))
