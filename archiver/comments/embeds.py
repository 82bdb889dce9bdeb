"""What a page's embedding code says to the script that draws its comments: its tag, the settings
given to it, and what ``document`` would tell it.

Knows how pages write script tags, and how JavaScript and JSON write strings and remarks; nothing of
any platform. All of it takes time linear in the length of a script, whatever stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from archiver.dom import Document, Node, join, text_of

_REACH: Final = 1500
"""Signs before and after a word in a script within which what is set with it stands. On 42 pages
the farthest setting of Disqus or Coral stood 301 bytes from the name."""
_REMARKS = re.compile(
    r"^[ \t]*//[^\n]*"
    r"|^[ \t]*/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
    r"|(?<=[\s,;{}])//[^\n]{0,200}+$"
    r"|(?<=[\s,;{}(:=])/\*+[^*\n]{0,200}+\*+/",
    re.MULTILINE,
)
"""Remarks that begin a line, and short ones after code. Elsewhere ``//`` is mostly part of an
address and ``/*`` of a pattern, and behind them stands the rest of a line that is all there is."""
_GIVEN: Final = (
    r"(?:[\"'`]?\s*[:=]|[\"'`]\s*(?P<call>,))\s*"
    r"(?P<quote>[\"'`])(?P<text>(?:(?!(?P=quote))[^\\\n]|\\.){0,1000}+)(?P=quote)"
    r"(?(call)\s*\)|(?!\s*[+.\[]))"
)
"""What a name is given where that is one string: ``'post-' + id`` says nothing, and of the names in
a list each is not the value of the one before it."""
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_BLANKS = {"n": " ", "r": " ", "t": " ", "b": "", "f": "", "v": " ", "\n": ""}
_UNFILLED = ("{{", "}}", "<%", "%>", "${", "<?")
"""Marks of templates that nobody filled in."""


def scripts_under(document: Document, ending: str) -> Iterator[tuple[Node, str]]:
    """The ``script`` elements whose address has a path that ends in ``ending``, each with the
    address before it: ``https://x.example/js/a.js`` and ``/js/a.js`` give ``https://x.example``."""
    for node in document.tree.iter("script"):
        source = node.get("src") or ""
        if ending in source:
            parts = urlsplit(join(document.base_url, source) or "")
            if parts.path.endswith(ending):
                yield node, f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(ending)}"


def data_of(node: Node, name: str) -> str | None:
    """The attribute ``data-<name>`` without white space around it; None for an empty one."""
    return (node.get(f"data-{name}") or "").strip() or None


def title_of(document: Document) -> str:
    """``document.title``; empty where there is none."""
    return next((text_of(node) for node in document.tree.iter("title")), "")


def scripts_with(document: Document, *words: str) -> Iterator[str]:
    """Of each inline script that holds all of ``words``, in any case, what stands around them
    without remarks: copied settings keep the lines of the manual that were not needed. Only what
    stands around them: applications keep a megabyte of other things beside their settings."""
    wanted = [word.lower() for word in words]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    for script in document.inline_scripts():
        if _holds(script, wanted):
            plain = "\n".join(_REMARKS.sub("", part) for part in _around(script, pattern))
            if _holds(plain, wanted):
                yield plain


def object_of(script: str, name: str) -> str:
    """The part of ``script`` from ``name`` to the end of the object it is given, braces inside it
    counted; to the end of the script where it is given none."""
    start, depth = max(script.find(name), 0), 0
    for brace in re.finditer(r"[{}]", script[start:]):
        depth += 1 if brace[0] == "{" else -1
        if depth <= 0:
            return script[start : start + brace.end()]
    return script[start:]


def literals(source: str, names: str) -> Iterator[str]:
    """The strings given to any of ``names`` (a regular expression, linear itself) in JavaScript or
    JSON, in order, unescaped: ``name: "x"``, ``"name": 'x'``, ``.name = "x"``, ``f("name", "x")``.
    Empty ones and unfilled templates are left out."""
    pattern = re.compile(rf"(?:{names}){_GIVEN}")
    found = False
    for text in (source, source.replace('\\"', '"') if '\\"' in source else ""):
        for match in pattern.finditer(text):
            value = _unescaped(match["text"]).strip()
            if value and not any(mark in value for mark in _UNFILLED):
                found = True
                yield value
        if found:  # JSON inside a string is looked into only where nothing stands outside
            return


def setting(source: str, names: str) -> str | None:
    """The first of ``literals`` given to one of ``names`` that stands alone (``url`` is no end of
    ``data-url``); None where there is none."""
    return next(literals(source, rf"(?<![\w-])(?:{names})"), None)


def _holds(script: str, words: list[str]) -> bool:
    lowered = script.lower()
    return all(word in lowered for word in words)


def _around(script: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """The stretches of ``script`` that lie within ``_REACH`` of what ``pattern`` finds."""
    begin = end = -1
    for found in pattern.finditer(script):
        if end >= 0 and found.start() - _REACH > end:
            yield script[begin:end]
            end = -1
        if end < 0:
            begin = _line_begin(script, max(0, found.start() - _REACH))
        end = found.end() + _REACH
    if end >= 0:
        yield script[begin:end]


def _line_begin(script: str, at: int) -> int:
    """Where the line that ``at`` lies in begins, so that a remark is seen as one; ``at`` in a line
    as long as minified ones are."""
    farthest = max(0, at - _REACH)
    return script.rfind("\n", farthest, at) + 1 or (at if farthest else 0)


def _unescaped(written: str) -> str:
    r"""A JavaScript string's value: ``https:\/\/a.example`` is ``https://a.example``."""
    if "\\" not in written:
        return written
    plain = _ESCAPE.sub(_meant, written)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _meant(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    if code:
        return chr(int(code, 16))
    return _BLANKS.get(escape[3], escape[3])
