"""Records of one kind, found by what each of them has: a date, a button to answer it, a name.

Every comment shows one, so a text need not be like another's for both to be found. The elements
that have it (the marks) climb in lock-step: each is replaced by its parent as long as no two become
one and none has reached a child of the region that holds them all. Since all climb the same number
of steps, a reply nested in another comment stops at its own element, as the other does at its.
(Were each to climb on its own, a reply would climb to the list that holds it, and of 152 real pages
0.60 of the comments were found instead of 0.84.)

Knows trees; what a record says, and whether it is a comment, is told elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from lxml import etree

from archiver.comments.generic.places import Places, names_of, short_text
from archiver.comments.generic.words import is_action, is_place
from archiver.dom import SILENT, Node
from archiver.months import fold

MOST_KINDS: Final = 16
MOST_REGIONS: Final = 4
"""Of each kind of mark, the largest first."""
MOST_STEPS: Final = 14
"""From a mark up to its comment: 5 at most in the corpus."""
DISTINCT: Final = 0.95
"""Share of the marks that must stay apart in a step: one comment in twenty may show two dates."""
_MOST_MARKS_IN_ONE: Final = 4
_META_WORDS: Final = 12
"""What holds two marks of one comment ("3 h" for phones, the date for others) says no more."""
_LONGEST_DATE: Final = 160
_LONGEST_BUTTON: Final = 60
DATED_ATTRIBUTES = ("title", "data-time", "data-timestamp", "data-date", "data-datetime",
                     "data-created", "data-comment-timestamp", "data-utime")  # fmt: skip
_ABSOLUTE = (
    r"(?<!\d)(?:19|20)\d\d[-/.]\s?[01]?\d[-/.]\s?[0-3]?\d(?!\d)|"
    r"(?<![\d.])[0-3]?\d\s?[./-]\s?[01]?\d\s?[./-]\s?(?:(?:19|20)\d\d|\d\d)(?![\d.]\d)|"
    r"(?<!\d)[01]?\d/[0-3]?\d/(?:(?:19|20)\d\d|\d\d)(?!\d)|"
    r"(?:19|20)\d\d\s?[年년]|"
    r"(?<!\d)[0-3]?\d(?:st|nd|rd|th|er|º|ª)?[.,]?\s?(?:de |of |den |d['’])?[^\W\d_]{3,12}[.,]*\s"
    r"(?:de |del )?'?(?:19|20)?\d\d(?!\d)|"
    r"[^\W\d_]{3,12}\.?\s[0-3]?\d(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d(?!\d)|"
    r"[^\W\d_]{3,12}\.?\s[0-3]?\d(?:st|nd|rd|th)?,?\s(?:at\s)?[0-2]?\d[:.][0-5]\d|"
    r"(?<!\d)[0-3]?\d\.?\s[^\W\d_]{3,12}\.?,?\s(?:um |at |à |kl )?[0-2]?\d[:.h][0-5]\d"
)
_DAYS = (
    "yesterday|today|gestern|heute|hier|aujourd['’]hui|ayer|hoy|ontem|hoje|ieri|oggi|gisteren|vandaag|"
    "ig[aå]r|idag|i g[aå]r|i dag|wczoraj|dzi[sś]\\w*|včera|dnes|вчера|сегодня|вчора|сьогодні|"
    "d[uü]n|bug[uü]n"
)
_RELATIVE = (
    r"\b(?:\d{1,4}|an?|one|eine?[mnr]?|une?|un[ao]|um|uma|en|ett|et|bir|één)?['’\s]?\s?"
    r"[^\W\d_]{1,12}\.?\s(?:ago|fa|geleden|sedan|siden|temu|назад|тому|[oö]nce|sitten|"
    r"ezel[oő]tt|(?:yang )?lalu|tr[uư][oớ]c|atr[aá]s)\b|"
    r"(?<![^\W\d_])(?:vor|il y a|hace|h[aá]|faz|před|pred|acum|πριν|prije|לפני|منذ|قبل|fa)\s"
    r"(?:[^\W\d_]{1,9}\s){0,2}(?:\d{1,4}\b|eine[mnr]?\s|une?\s|un[ao]?\s|uma?\s|שעה|ساعة)|"
    r"\b\d{1,4}\s?(?:[smhdwyj]|min|mins|hrs?|std|mo|yrs?)\b\.?$|"
    r"\d\s?\S{1,5}\s?[前전]$|"
    rf"(?:(?<!\w)(?:{_DAYS})|昨日|今日|昨天|今天|어제|오늘)\W{{0,3}}(?:\S{{1,6}}\s){{0,2}}"
    r"[0-2]?\d(?:[:.h]|\s?uhr)|"
    r"^(?:yesterday|today|gestern|heute|vorgestern|ayer|ontem|ieri|gisteren|ig[aå]r|i g[aå]r|"
    r"wczoraj|včera|вчера|вчора|d[uü]n|昨日|昨天|어제|just now|gerade eben|à l['’]instant|刚刚|"
    r"방금)$"
)
DATE_SHAPE = re.compile(f"{_ABSOLUTE}|{_RELATIVE}", re.IGNORECASE)
"""What a text looks like in which a date or a time from now stands."""
_MAY_BE = re.compile(
    r"(?:19|20)\d\d|\d\s?[./-]\s?\d|\d[:.h]\d\d|\d\s?[a-z]{1,4}\.?\s*$|\d\D{1,16}[前전]|"
    r"\b(?:ago|vor|fa|y a|hace|h[aá]|faz|geleden|sedan|siden|temu|назад|тому|[oö]nce|sitten|"
    r"ezel[oő]tt|lalu|tr[uư][oớ]c|atr[aá]s|před|pred|acum|πριν|prije|לפני|منذ|قبل)\b|"
    r"^\W*[^\W\d_]{3,9}(?: [^\W\d_]{1,7})?\W*$",
    re.IGNORECASE,
)
"""Every date has one of these, and most texts have none: ``DATE_SHAPE`` is ten times as dear."""
_NUMBERED = re.compile(r"\d.*\d.*\d")
"""A name that says which of many an element is: ``t1_c95cjs5``, ``comment-1234``."""
_PLAIN = re.compile(
    r"\d+|(?:^|[-_])(?:odd|even|alt|first|last|parent|depth|level|byuser|bypost\w*|thread|active|new|"
    r"collapsed|hidden|open|expanded)(?=[-_]|$)"
)
"""What tells two records of one kind apart in their names."""


_ENDS = frozenset({"form", "h1", "h2", "footer", "nav", "aside", "section"})
_MOST_BEHIND: Final = 12


class Mark(StrEnum):
    """What is common to the records of a group."""

    DATE = "date"
    ACTION = "action"
    NAME = "name"


Kind = tuple[Mark, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Elements of one region that are records of one kind."""

    mark: Mark
    region: Node
    marks: tuple[Node, ...]
    """What each record was found by, in page order."""
    records: tuple[Node, ...]
    """In page order; a reply may lie in another record."""
    behind: Mapping[Node, tuple[Node, ...]] = field(default_factory=dict)
    """Of a record that is not one element: what else it consists of (``dd`` after ``dt``)."""

    def parts(self, record: Node) -> tuple[Node, ...]:
        """All elements that one record consists of."""
        return (record, *self.behind.get(record, ()))


def groups_of(places: Places) -> Iterator[Group]:
    """Every group of two records and more that climbing finds, of all kinds of marks."""
    kinds = marks_in(places)
    largest = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    seen: set[tuple[Node, Node, int]] = set()
    for (mark, _), marks in largest[:MOST_KINDS]:
        if len(marks) < 2:
            break
        for region, inside in _regions(marks):
            records = climb(inside, region)
            told = (records[0], records[-1], len(records))
            if len(records) > 1 and told not in seen:
                seen.add(told)
                yield _widened(Group(mark, region, tuple(inside), records))


def _widened(group: Group) -> Group:
    """The group with what stands between its records, where they are mere headings of it: lists of
    ``dt`` and ``dd``, a line with name and date before each text."""
    held = frozenset(group.records)
    if any(record.getparent() is not group.region for record in group.records):
        return group
    if not all(map(_has_few_words, group.records[:20])):
        return group
    behind: dict[Node, tuple[Node, ...]] = {}
    for record in group.records:
        following: list[Node] = []
        for sibling in record.itersiblings():
            if sibling in held or sibling.tag in _ENDS or len(following) >= _MOST_BEHIND:
                break
            following.append(sibling)
        behind[record] = tuple(following)
    told = sum(any(short_text(n, 1) == "" for n in nodes) for nodes in behind.values())
    if told < 0.7 * len(behind):
        return group
    return replace(group, behind=behind)


def marks_in(places: Places) -> dict[Kind, list[Node]]:
    """The marks in all places, by kind, in page order."""
    kinds: dict[Kind, list[Node]] = {}
    for root in places.roots:
        for node in seen_in(root, places.shut):
            for mark in _marks_of(node, places):
                kinds.setdefault((mark, _likeness(mark, node)), []).append(node)
    return kinds


def seen_in(root: Node, shut: frozenset[Node]) -> Iterator[Node]:
    """``root`` and the elements in it, in page order, without what no reader sees."""
    walk = etree.iterwalk(root, events=("start",))
    for _, node in walk:
        if not isinstance(node.tag, str) or node.tag in SILENT or node in shut:
            walk.skip_subtree()
        else:
            yield node


def is_dated(node: Node) -> bool:
    """True when an element tells a time: in an attribute, or in its own text."""
    if node.tag == "time" or node.get("datetime"):
        return True
    for name in DATED_ATTRIBUTES:
        value = node.get(name)
        if value and len(value) <= 60 and (value.isdecimal() or DATE_SHAPE.search(value)):
            return True
    own = own_text(node)
    return bool(own) and len(own) <= _LONGEST_DATE and DATE_SHAPE.search(own) is not None


def own_text(node: Node) -> str:
    """What stands in an element itself, not in those inside it, white space folded; empty for a
    text that is longer than a date's and for one that can hold none."""
    pieces = [node.text or ""]
    for child in node:
        if child.tail:
            pieces.append(child.tail)
    joined = " ".join(pieces) if len(pieces) > 1 else pieces[0]
    if len(joined) < 2 or len(joined) > 6 * _LONGEST_DATE or not _MAY_BE.search(joined):
        return ""
    return " ".join(joined.split())


def _marks_of(node: Node, places: Places) -> Iterator[Mark]:
    if is_dated(node):
        yield Mark.DATE
    if node.tag in ("a", "button", "span", "input") and _is_button(node):
        yield Mark.ACTION
    if node in places.named and node not in places.areas:
        yield Mark.NAME


def _is_button(node: Node) -> bool:
    if node.tag == "span" and not any(
        "repl" in name or "ntwort" in name for name in names_of(node)
    ):
        return False
    text = short_text(node, _LONGEST_BUTTON)
    return bool(text) and is_action(text)


def _likeness(mark: Mark, node: Node) -> str:
    """What marks of one kind have in common: tags and names of the element and those around."""
    parent = node.getparent()
    own = plain_names(node)
    if mark is Mark.NAME:
        places = sorted({_PLAIN.sub("", name) for name in names_of(node) if is_place(name)})
        return " ".join((node.tag, *places))
    if mark is Mark.ACTION:
        return f"{node.tag} {own or fold(short_text(node, _LONGEST_BUTTON))[:12]}"
    if parent is None:
        return f"{node.tag} {own}"
    above = parent.getparent()
    around = above.tag if above is not None else ""
    return f"{node.tag} {own}<{parent.tag} {plain_names(parent)}<{around}"


def plain_names(node: Node) -> str:
    """The classes and id of an element without numbers and what says which of many it is."""
    return " ".join(
        sorted(
            {
                plain
                for name in names_of(node)
                if not _NUMBERED.search(name) and (plain := _PLAIN.sub("", name).strip("-_"))
            }
        )
    )


def _regions(marks: list[Node]) -> Iterator[tuple[Node, list[Node]]]:
    """Elements that hold two marks or more, not all in one child, the largest first, each with
    its marks."""
    weights: Counter[Node] = Counter()
    depth: dict[Node, int] = {}
    for mark in marks:
        path: list[Node] = []
        for place in mark.iterancestors():
            if place in depth:
                break
            path.append(place)
        base = depth[path[-1].getparent()] if path and path[-1].getparent() is not None else 0
        for index, place in enumerate(reversed(path), base + 1):
            depth[place] = index
        weights[mark.getparent()] += 1
    heaviest: dict[Node, int] = {}
    for place in sorted(depth, key=depth.__getitem__, reverse=True):
        above = place.getparent()
        if above is not None:
            weights[above] += weights[place]
            heaviest[above] = max(heaviest.get(above, 0), weights[place])
    forks = [p for p in depth if weights[p] > 1 and heaviest.get(p, 0) < weights[p]]
    forks.sort(key=lambda place: (-weights[place], depth[place]))
    for region in forks[:MOST_REGIONS]:
        if weights[region] == len(marks):
            yield region, marks
        else:
            inside = set(region.iterdescendants())
            yield region, [mark for mark in marks if mark in inside]


def climb(marks: Iterable[Node], region: Node) -> tuple[Node, ...]:
    """The records of ``marks``: their ancestors in ``region``, as high as all climb together."""
    level = list(marks)
    for step in range(MOST_STEPS):
        higher = [node.getparent() for node in level]
        if any(place is region for place in higher):
            break
        distinct = list(dict.fromkeys(higher))
        if len(distinct) < DISTINCT * len(higher) and not (
            step < _MOST_MARKS_IN_ONE and _are_meta(distinct, higher)
        ):
            break
        level = distinct
    return tuple(dict.fromkeys(level))


def _are_meta(distinct: list[Node], higher: list[Node]) -> bool:
    """True when each of ``distinct`` holds the same few marks and nothing else to speak of: one
    comment told its time twice."""
    held = Counter(higher)
    usual, often = Counter(held.values()).most_common(1)[0]
    if not (
        2 <= usual <= _MOST_MARKS_IN_ONE and often >= 0.8 * len(distinct) and len(distinct) > 1
    ):
        return False
    return all(_has_few_words(place) for place in distinct[:20])


def _has_few_words(place: Node) -> bool:
    text = short_text(place, 40 * _META_WORDS)
    return bool(text) and len(text.split()) <= _META_WORDS
