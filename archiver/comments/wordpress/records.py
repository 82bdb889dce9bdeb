"""Which elements of a page are which comment, and which comment answers which.

Knows the ids that WordPress and its plugins give to comments (``comment-7``, ``li-comment-7``,
``div-comment-7``, ``wpd-comm-7_0``), and that a permalink to another page unmasks a widget. What is
inside a comment is ``parts``' affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urldefrag, urlsplit

from archiver.dom import Document, Node, classes_of, finder, join, text_of
from archiver.model import ParentSource

_MARKED = finder(
    "//*[contains(@id, 'comment-') or contains(@id, 'wpd-comm-')]|//a[contains(@name, 'comment-')]"
)
ID = re.compile(r"^(?:li-|div-|dsq-|comment-)?comment-(\d{1,19})$")
_WPDISCUZ_ID = re.compile(r"^wpd-comm-(\d{1,19})_(\d{1,19})$")
_NUMBERED = re.compile(r"comment-\d+$|wpd-comm-\d+_\d+$")
"""At the end of a wording, where the id stands."""
_DEPTH = re.compile(r"^depth-(\d{1,3})$")
_WIDGET = re.compile(r"(?:recent|latest)[-_]?comments?|widget_comments", re.IGNORECASE)
COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")
_SAID_ADDRESSES = finder(
    "//link[@rel='canonical']/@href|//meta[@property='og:url']/@content|//link[@rel='shortlink']/@href"
)


@dataclass(slots=True)
class Record:
    """The elements that are one comment on the page."""

    number: str
    parts: list[Node]
    parent: str | None = None
    source: ParentSource | None = None
    classes: frozenset[str] = field(default_factory=frozenset)


def records_of(document: Document) -> list[Record]:
    """The page's own comments in their order, parents named."""
    marked: dict[str, list[Node]] = {}
    parents: dict[str, str] = {}
    for node in _MARKED(document.tree) if _is_marked(document) else ():
        name = node.get("id") or node.get("name") or ""
        found = ID.match(name) or _WPDISCUZ_ID.match(name)
        if found is None or _in_widget(node):
            continue
        marked.setdefault(found[1], []).append(node)
        if found.re is _WPDISCUZ_ID and found[2] != "0":
            parents[found[1]] = found[2]
    if not marked:
        return []
    all_nodes = {node: number for number, nodes in marked.items() for node in nodes}
    paths = own_paths(document)
    records = []
    for number, nodes in marked.items():
        parts = _parts(number, nodes, all_nodes)
        if parts and _is_own(number, parts, document, paths):
            own = frozenset().union(*(classes_of(n) for n in (*nodes, parts[0])))
            records.append(Record(number, parts, parents.get(number), classes=own))
    for record in records:
        if record.parent is not None:
            record.source = ParentSource.ATTRIBUTE
    _name_parents(records)
    return records


def _is_marked(document: Document) -> bool:
    """False when no id and no anchor's name on the page can be a comment's."""
    return any(
        _NUMBERED.search(wording)
        for wording in document.named
        if "comment-" in wording or "wpd-comm-" in wording
    ) or any("comment-" in (anchor.get("name") or "") for anchor in document.tree.iter("a"))


def _in_widget(node: Node) -> bool:
    return any(
        _WIDGET.search(f"{place.get('id') or ''} {place.get('class') or ''}")
        for place in (node, *node.iterancestors())
        if place.tag not in ("html", "body")
    )


def _parts(number: str, nodes: list[Node], all_nodes: dict[Node, str]) -> list[Node]:
    """The elements that make up the comment: mostly one; an anchor brings its neighbours along."""
    inside = {id(node) for node in nodes}
    outer = [n for n in nodes if not any(id(a) in inside for a in n.iterancestors())]
    full = [node for node in outer if node.tag not in ("a", "span") and len(text_of(node)) > 1]
    if full:
        root = full[0]
        if root.tag == "dt":
            return [root, *_until_next(root, all_nodes)]
        return [root]
    anchor = outer[0]
    # A bare anchor: the widest element around it that holds no other comment's mark …
    around: Node = None
    for place in anchor.iterancestors():
        if place.tag in ("body", "html", "ol", "ul", "main"):
            break
        if any(all_nodes.get(other, number) != number for other in place.iterdescendants()):
            break
        around = place
    if around is not None and len(text_of(around)) > 1 and around.tag != "article":
        siblings = (around.getprevious(), around.getnext())
        if any(s is not None and s.tag == around.tag for s in siblings) or around.tag == "li":
            return [around]
    # … or what stands between it and the next one.
    return [anchor, *_until_next(anchor, all_nodes)]


def _until_next(node: Node, all_nodes: dict[Node, str]) -> list[Node]:
    parts: list[Node] = []
    for sibling in node.itersiblings():
        if sibling in all_nodes or any(child in all_nodes for child in sibling.iterdescendants()):
            break
        if sibling.tag in ("form", "h1", "h2", "dt") or len(parts) >= 12:
            break
        parts.append(sibling)
    return parts


def own_paths(document: Document) -> frozenset[str]:
    """The paths under which this page is known."""
    said = _SAID_ADDRESSES(document.tree)
    return frozenset(page_key(document.base_url, str(url)) for url in (document.url, *said))


def page_key(base: str, url: str) -> str:
    """What tells one post's page from another's: the path, and ``p`` where posts have no paths."""
    parts = urlsplit(join(base, url) or "")
    path = COMMENT_PAGE.sub("", parts.path).rstrip("/")
    post = parse_qs(parts.query).get("p", [""])[0]
    return f"{path}?p={post}" if post else path


def _is_own(number: str, parts: list[Node], document: Document, paths: frozenset[str]) -> bool:
    """False when the comment's permalink leads to another page: it is shown here as news of it."""
    for link in links_in(parts):
        target, fragment = urldefrag(link.get("href"))
        if target and ID.match(fragment) and fragment.endswith(f"comment-{number}"):
            return page_key(document.base_url, target) in paths
    return True


def links_in(parts: list[Node]) -> Iterator[Node]:
    """The links of a comment, in order."""
    for part in parts:
        for link in part.iter("a"):
            if link.get("href"):
                yield link


def _name_parents(records: list[Record]) -> None:
    """Parents by nesting, else by the depth class of the comments before."""
    by_root = {part: record for record in records for part in record.parts}
    last_at: dict[int, str] = {}
    for record in records:
        if record.parent is None:
            for place in record.parts[0].iterancestors():
                if place in by_root and by_root[place] is not record:
                    record.parent = by_root[place].number
                    record.source = ParentSource.NESTING
                    break
        depth = next((int(m[1]) for c in record.classes if (m := _DEPTH.match(c))), 0)
        if depth > 1 and record.parent is None and depth - 1 in last_at:
            record.parent = last_at[depth - 1]
            record.source = ParentSource.DEPTH_CLASS
        if depth:
            last_at[depth] = record.number
            for deeper in [d for d in last_at if d > depth]:
                del last_at[deeper]
