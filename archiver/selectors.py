"""CSS and XPath: what a selector of an operator finds in a page, and what is wrong with one.

Knows the two languages and how they are told apart; not what a selector is meant to find.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

_XPATH = ("/", ".//", "./", "(", "string(", "normalize-space(", "concat(", "substring")
_NO_ELEMENT = re.compile(r"(?:/|::)(?:@[\w:*-]+|text\(\))\s*$")
"""The end of an XPath that finds attributes or texts."""

_NAME = r"-?[A-Za-z_][\w-]*"
_MARK = rf"[.#]{_NAME}|\[{_NAME}(?:[~|^$*]?=(?:{_NAME}|\"[^\"\\\n]*\"))?\]"
_COMPOUND = rf"(?:(?:{_NAME}|\*)(?:{_MARK})*|(?:{_MARK})+)"
_PLAIN_CSS = re.compile(rf"{_COMPOUND}(?:(?:\s*[>+~,]\s*|\s+){_COMPOUND})*", re.ASCII)
"""CSS of names, classes, ids and attributes: nothing can be wrong with it. cssselect takes half of
the time in which 10,000 rules files are read."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"([\w:.-]+)\s*\(")
# XPath 1.0, 4 ("Core Function Library"), 2.3 (node tests) and 3.3, 3.4, 3.5 (operators).
_CALLABLE = frozenset({
    "last", "position", "count", "id", "local-name", "namespace-uri", "name", "string", "concat",
    "starts-with", "contains", "substring-before", "substring-after", "substring", "string-length",
    "normalize-space", "translate", "boolean", "not", "true", "false", "lang", "number", "sum",
    "floor", "ceiling", "round", "node", "text", "comment", "processing-instruction", "and", "or",
    "div", "mod",
})  # fmt: skip


def is_xpath(selector: str) -> bool:
    """True when ``selector`` is read as XPath, by its beginning; all others are CSS."""
    return selector.startswith(_XPATH)


def select(node: Any, selector: str) -> list[Any]:
    """What ``selector`` (CSS, or XPath) finds below ``node``: elements, or texts for an XPath that
    ends in an attribute or ``text()``."""
    found = _compiled(selector)(node)
    return found if isinstance(found, list) else [found]


def fault_of_selector(selector: str, *, of_elements: bool = False) -> str | None:
    """What is wrong with ``selector``, in words; None when it can be used. ``of_elements``: it must
    find elements, not their attributes or texts."""
    if _PLAIN_CSS.fullmatch(selector):
        return None
    try:
        # Asked once, because a prefix that stands for nothing shows only then.
        found = _compiled(selector)(etree.Element("html"))
    except (SelectorError, etree.XPathError, ValueError) as error:  # ValueError: a NUL in it
        language = "XPath" if is_xpath(selector) else "CSS"
        return f"{selector!r} is no {language} selector: {error}"
    if is_xpath(selector):
        # One that no element is tested with is not missed when it is asked.
        called = _CALL.findall(_QUOTED.sub("''", selector))
        strange = [name for name in called if name not in _CALLABLE]
        if strange:
            return f"{selector!r} is no XPath selector: XPath 1.0 has no function {strange[0]}"
    if not isinstance(found, list | str):
        return f"{selector!r} gives a number or a truth, and no part of the page"
    if of_elements and (isinstance(found, str) or _NO_ELEMENT.search(selector)):
        return f"{selector!r} gives a text, and elements are needed here"
    return None


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(selector) if is_xpath(selector) else CSSSelector(selector, translator="html")
