"""Which elements of a page are Drupal's comments, and which answers which.

Knows what core adds whatever the theme: the anchor before each comment, the permalink, RDFa, and
``div.indented`` around the replies to the comment before it.
"""

from __future__ import annotations

import re

from archiver.comments.markup import in_widget, nearest, own_paths, path_of
from archiver.dom import Document, Node, classes_of, finder
from archiver.model import ParentSource

_CANDIDATES = finder(
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' comment ')"
    " or contains(concat(' ', normalize-space(@class), ' '), ' js-comment ')"
    " or @data-comment-user-id or contains(@about, '/comment/')]"
)
_PLAIN = ("drupal", "/core/misc/", "/core/assets/")
_SITES = re.compile(r"/sites/[^/\n]+/(?:files/(?:js|advagg_js)|modules|themes|libraries)/")
_NAMES = ("js-comment", "comment-by-", "by-anonymous", "comment-wrapper", "name-comment-body")
_SIGNS = finder(
    "(descendant::script[@data-drupal-selector]"
    "|descendant::meta[@name='Generator' or @name='generator'][contains(@content, 'Drupal')])[1]"
)
_NUMBER = re.compile(r"(?:^|/)comment[-/](\d{1,12})(?:#comment-\d+)?$")
PERMALINK = re.compile(r"/comment/(\d{1,12})(?:[?#]|$)|#comment-(\d{1,12})$")
_TYPE = re.compile(r"\bComment\b")


def is_here(document: Document) -> bool:
    """True on a page of Drupal with something of comments on it: other programs call theirs by the
    same classes and ids."""
    hints = document.hints
    if "comment" not in hints:
        return False
    if any(sign in hints for sign in _PLAIN) or ("/sites/" in hints and _SITES.search(hints)):
        return True
    return any(name in hints for name in _NAMES) and bool(_SIGNS(document.tree))


def records_of(document: Document) -> dict[Node, str]:
    """The elements that are comments, each with its number; ``""`` for one that shows none."""
    held: dict[Node, str] = {}
    paths: frozenset[str] | None = None
    for node in _CANDIDATES(document.tree):
        if node.tag in ("a", "body", "html", "form", "span"):
            continue
        number = _number(node)
        if number is None or in_widget(node):
            continue
        if any(number == held.get(place) for place in node.iterancestors()):
            continue  # a wrapper that has the id, and in it the element that has the class
        paths = own_paths(document) if paths is None else paths
        if _is_elsewhere(node, document, paths):
            continue
        held[node] = number
    return held


def _number(node: Node) -> str | None:
    """The number of the comment that ``node`` is; ``""`` where it is one without; None for an
    element that is none of Drupal's comments."""
    for said in (node.get("id"), node.get("about")):
        found = _NUMBER.search(said or "")
        if found:
            return found[1]
    said = node.get("data-comment-id") or ""
    if said.isdecimal():
        return str(said)
    before = _before(node)
    if before is not None and before.tag in ("a", "span"):
        found = _NUMBER.search(before.get("id") or before.get("name") or "")
        if found:
            return found[1]
    for inner in node.iter("a"):
        found = _NUMBER.search(inner.get("id") or inner.get("name") or "")
        if found:
            return found[1]
        found = PERMALINK.search(inner.get("href") or "")
        if found and not _is_hidden(inner):
            return found[1] or found[2]
    classes = classes_of(node)
    is_marked = "js-comment" in classes or _TYPE.search(node.get("typeof") or "")
    return "" if is_marked else None


def _before(node: Node) -> Node:
    """The element before ``node``; or before the wrappers that a theme put around it alone."""
    for place in (node, *node.iterancestors()):
        before = place.getprevious()
        if before is not None or place.tag == "body":
            return before
    return None


def _is_hidden(node: Node) -> bool:
    return any(
        {"visually-hidden", "element-invisible", "parent"} & classes_of(place)
        for place in (node, *node.iterancestors())
    )


def _is_elsewhere(node: Node, document: Document, paths: frozenset[str]) -> bool:
    """True when the comment says that it is about another page."""
    for inner in node.iter("span", "div", "a"):
        if "reply_of" in (inner.get("rel") or "") and inner.get("resource"):
            target = path_of(document.base_url, inner.get("resource"))
            if "/comment/" not in target and "#" not in inner.get("resource"):
                return bool(target) and target not in paths and "/node/" not in target
    return False


def parents_of(records: dict[Node, str]) -> dict[Node, tuple[str, ParentSource]]:
    """Each reply's parent: the comment it lies in, the one before the ``indented`` element it lies
    in, or the one that its hidden "In reply to" links."""
    found: dict[Node, tuple[str, ParentSource]] = {}
    last_at: dict[Node, Node] = {}
    for node, number in records.items():
        around = nearest(node, records)
        indent = next((p for p in node.iterancestors() if "indented" in classes_of(p)), None)
        if around:
            found[node] = (around, ParentSource.NESTING)
        elif indent is not None:
            level = next((p for p in indent.iterancestors() if "indented" in classes_of(p)), None)
            before = last_at.get(level if level is not None else _root_of(node))
            if before is not None and records[before]:
                found[node] = (records[before], ParentSource.NESTING)
        else:
            linked = _linked_parent(node, number)
            if linked:
                found[node] = (linked, ParentSource.REPLY_LINK)
        last_at[indent if indent is not None else _root_of(node)] = node
    return found


def _root_of(node: Node) -> Node:
    """The root of the tree: the level of comments that answer none."""
    return node.getroottree().getroot()


def _linked_parent(node: Node, own: str) -> str | None:
    for link in node.iter("a"):
        found = PERMALINK.search(link.get("href") or "")
        number = found[1] or found[2] if found else None
        if number and number != own and _is_hidden(link):
            return number
    return None
