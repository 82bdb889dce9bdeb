"""Which elements of a page are which comment, and which comment answers which.

Knows the ids that WordPress and its plugins give to comments (``comment-7``, ``li-comment-7``,
``div-comment-7``, ``wpd-comm-7_0``), and that a permalink to another page unmasks a widget. What is
inside a comment is ``parts``' affair.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from archiver.comments.wordpress.addresses import MARK, own_keys, page_key, permalinks
from archiver.dom import Document, Node, classes_of
from archiver.model import ParentSource

_IDS = re.compile(
    r"(?:^| )(?:(?:li-|div-|dsq-|comment-)?comment-(\d{1,19})"
    r"|w(?:pd|c)-comm-(\d{1,19})_(\d{1,19}))$"
)
"""At the end of a wording, where the id stands; wpDiscuz names the parent in it."""
_DEPTH = re.compile(r"depth-(\d{1,3})")
_WIDGET = re.compile(r"(?:recent|latest)[-_]?comments?|widget_comments", re.IGNORECASE)
_PINGS = re.compile(r"(?:^|[\s_-])(?:ping(?:list|backs?)|trackbacks?)(?:$|[\s_-])", re.IGNORECASE)
_PING = frozenset({"pingback", "trackback"})
_MOST_NEIGHBOURS = 12
"""Elements after a bare anchor that are taken for its comment."""


@dataclass(slots=True)
class Record:
    """One comment on the page."""

    number: str
    parts: list[Node]
    """The elements of the page that are the comment, those nested in it included."""
    spots: list[Node]
    """All outermost elements that carry its id: a theme may show a picked comment twice."""
    classes: frozenset[str]
    own: list[Node] = field(default_factory=list)
    """Copies of ``parts`` without the comments nested in them; made by ``with_copies``."""
    parent: str | None = None
    source: ParentSource | None = None
    depth: int = 0
    """As its class says it, from 1; 0 where it says none."""
    is_ping: bool = False
    permalink: str | None = None
    """As the page writes it, without the fragment; empty where that is all of it."""


@dataclass(frozen=True, slots=True)
class _Inside:
    """What stands inside an element stands in this."""

    mark: Node = None
    """The nearest element, itself or around it, that carries a comment's id."""
    in_widget: bool = False
    in_pings: bool = False


def records_of(document: Document, *, is_page: bool = True) -> list[Record]:
    """The page's own comments in their order, parents named. Most pages have none, and tell so by
    their wordings alone. ``is_page``: False for a fragment, which has no address of its own."""
    marks, parents = _marks(document)
    if not marks:
        return []
    inside = _insides(marks)
    links: dict[str, list[str]] = {}
    for number, target in permalinks(document):
        links.setdefault(number, []).append(target)
    own = own_keys(document) if is_page else frozenset()
    keys: dict[str, str] = {"": next(iter(own), "")}
    grouped: dict[str, list[Node]] = {}
    classes: dict[str, set[str]] = {}
    for node, number in marks.items():
        if inside[node].in_widget:
            continue
        classes.setdefault(number, set()).update(classes_of(node))
        around = inside.get(node.getparent(), _Inside()).mark
        if around is None or marks[around] != number:
            grouped.setdefault(number, []).append(node)
    records = []
    widened = _widened(grouped, inside)
    for number, nodes in grouped.items():
        targets = links.get(number, [])
        for target in targets:
            if target not in keys:
                keys[target] = page_key(document.base_url, target)
        if is_page and targets and not any(keys[target] in own for target in targets):
            continue  # shown here as news of another page
        parts = [widened[nodes[0]]] if nodes[0] in widened else _parts(number, nodes, marks)
        said = frozenset(classes[number]).union(*map(classes_of, parts[:1]))
        record = Record(number, parts, nodes, said, parent=parents.get(number))
        record.source = ParentSource.ATTRIBUTE if record.parent else None
        record.depth = next((int(m[1]) for c in said if (m := _DEPTH.fullmatch(c))), 0)
        record.is_ping = bool(said & _PING) or inside[nodes[0]].in_pings
        record.permalink = targets[0] if targets else None
        if record.parent is None:
            around = inside.get(nodes[0].getparent(), _Inside()).mark
            if around is not None and marks[around] in grouped:
                record.parent, record.source = marks[around], ParentSource.NESTING
        records.append(record)
    _name_parents_by_depth(records)
    return records


def with_copies(records: list[Record]) -> list[Record]:
    """The same, each with its own elements. A copy without the comments nested in it costs the
    length of the comment; a walk around them at each look would cost that of the thread."""
    starts = {part for record in records for part in record.parts}
    copies: dict[Node, Node] = {}
    nested: list[Node] = []
    for record in records:
        for part in record.parts:
            if part in copies:
                continue
            twin = deepcopy(part)
            twin.tail = None
            copies[part] = twin
            if len(starts) == 1:
                continue
            for original, copied in zip(part.iter(), twin.iter(), strict=True):
                if original in starts and original is not part:
                    copies[original] = copied
                    nested.append(copied)
    # The innermost first: what is moved is walked through, and must hold no others any more.
    for copied in reversed(nested):
        around = copied.getparent()
        if around is not None:
            around.remove(copied)
            copied.tail = None
    for record in records:
        record.own = [copies[part] for part in record.parts]
    return records


def _marks(document: Document) -> tuple[dict[Node, str], dict[str, str]]:
    """(The elements that carry a comment's id, with its number; parents that ids name.)"""
    marks: dict[Node, str] = {}
    parents: dict[str, str] = {}
    hints = document.hints
    if "comment-" in hints or "-comm-" in hints:
        for wording, nodes in document.named.items():
            if "comm" not in wording or not (found := _IDS.search(wording)):
                continue
            number = found[1] or found[2]
            marks.update(dict.fromkeys(nodes, number))
            if found[3] and found[3] != "0":
                parents[number] = found[3]
    if "comment" in hints:
        known = set(marks.values())
        anchors = {
            anchor: mark[1]
            for anchor in document.tree.iter("a")
            if (mark := MARK.fullmatch(anchor.get("name") or "")) and mark[1] not in known
        }
        if anchors:
            marks |= anchors
            marks = {node: marks[node] for node in document.tree.iter() if node in marks}
    return marks, parents


def _insides(marks: Mapping[Node, str]) -> dict[Node, _Inside]:
    """What stands inside each mark and inside all around it; every element is looked at once."""
    inside: dict[Node, _Inside] = {}
    for node in marks:
        path: list[Node] = []
        place = node
        while place is not None and place not in inside:
            path.append(place)
            place = place.getparent()
        here = inside[place] if place is not None else _Inside()
        for step in reversed(path):
            # The page as a whole may say that it has such a widget.
            is_box = step.tag not in ("html", "body")
            wording = f"{step.get('class') or ''} {step.get('id') or ''}" if is_box else ""
            here = _Inside(
                step if step in marks else here.mark,
                here.in_widget or _WIDGET.search(wording) is not None,
                here.in_pings or _PINGS.search(wording) is not None,
            )
            inside[step] = here
    return inside


def _widened(grouped: Mapping[str, list[Node]], inside: Mapping[Node, _Inside]) -> dict[Node, Node]:
    """List items around elements that are less than their comment: a theme may put the id on the
    text and the author beside it. Only where items side by side hold one comment each."""
    items: dict[Node, Node] = {}
    for nodes in grouped.values():
        root = nodes[0]
        if root.tag in ("div", "section", "p") and inside[root].mark is root:
            item = next((a for a in root.iterancestors() if a.tag in ("li", "tr", "body")), None)
            outer = inside.get(root.getparent(), _Inside()).mark
            if item is not None and item.tag != "body" and outer is None:
                items[root] = item
    holds = Counter(items.values())
    beside = Counter(item.getparent() for item in holds)
    return {
        root: item
        for root, item in items.items()
        if holds[item] == 1 and beside[item.getparent()] > 1 and inside[item].mark is None
    }


def _parts(number: str, nodes: list[Node], marks: Mapping[Node, str]) -> list[Node]:
    """The elements that make up the comment: mostly one; an anchor brings its neighbours along."""
    full = next((n for n in nodes if n.tag not in ("a", "span") and has_text(n)), None)
    if full is not None:
        return [full, *_until_next(full, marks)] if full.tag == "dt" else [full]
    anchor = nodes[0]
    # A bare anchor: the widest element around it that holds no other comment's mark …
    around: Node = None
    for place in anchor.iterancestors():
        if place.tag in ("body", "html", "ol", "ul", "main"):
            break
        if any(marks.get(other, number) != number for other in place.iterdescendants()):
            break
        around = place
    if around is not None and has_text(around) and around.tag != "article":
        siblings = (around.getprevious(), around.getnext())
        if any(s is not None and s.tag == around.tag for s in siblings) or around.tag == "li":
            return [around]
    # … or what stands between it and the next one.
    return [anchor, *_until_next(anchor, marks)]


def has_text(node: Node) -> bool:
    """True when any text stands in the element."""
    return any(not text.isspace() for text in node.itertext() if text)


def _until_next(node: Node, marks: Mapping[Node, str]) -> list[Node]:
    parts: list[Node] = []
    for sibling in node.itersiblings():
        if sibling in marks or any(child in marks for child in sibling.iterdescendants()):
            break
        if sibling.tag in ("form", "h1", "h2", "dt") or len(parts) >= _MOST_NEIGHBOURS:
            break
        parts.append(sibling)
    return parts


def _name_parents_by_depth(records: list[Record]) -> None:
    """Parents of comments that are not nested, by the depth class of the comments before."""
    last_at: dict[int, str] = {}
    for record in records:
        if record.depth > 1 and record.parent is None and record.depth - 1 in last_at:
            record.parent = last_at[record.depth - 1]
            record.source = ParentSource.DEPTH_CLASS
        if record.depth:
            last_at[record.depth] = record.number
            for deeper in [depth for depth in last_at if depth > record.depth]:
                del last_at[deeper]
