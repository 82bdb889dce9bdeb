"""What the elements of a comment say, whoever printed them: its time, its author, its markup, the
comment it lies in, and whether it is this page's at all.

Knows HTML and notations; nothing of any platform. What is not there is None, never an exception.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timezone
from urllib.parse import parse_qs, urldefrag, urlsplit

from lxml import etree
from lxml import html as lxml_html

from archiver.comments.shapes import line_in
from archiver.dom import SILENT, Document, Node, classes_of, finder, fold_space, join, text_of
from archiver.moments import Moment, read_moment, writes_month_first, zone_said
from archiver.words import words_of

_SAID_ADDRESSES = finder(
    "//link[@rel='canonical']/@href|//meta[@property='og:url']/@content|//link[@rel='shortlink']/@href"
)
_TIMES = finder("//time/@datetime|//meta[contains(@property, '_time')]/@content")
_WIDGET = re.compile(
    r"(?:recent|latest|newest|last|neueste|derniers|ultimos)[-_]{0,2}comment|"
    r"comments?[-_]{0,2}(?:recent|latest|newest)|widget_comments",
    re.IGNORECASE,
)
_AREA = re.compile(r"comment|komment|coment|respon|discuss|diskuss|repl(?:y|ies)", re.IGNORECASE)
_BY = re.compile(
    r"^\W*(?:(?:submitted|posted|written|comment(?:ed|aire|ario)?|kommentar|geschrieben|gespeichert|"
    r"verfasst|eingetragen|publi[ée]|post[ée]|soumis|envoy[ée]|enviado|publicado|escrito|inviato|"
    r"scritto|ingediend|geplaatst|inskickat|skrevet)\s+(?:by|von|par|por|da|door|av|af)|"
    r"by|von|par|por|door)\b\s*:?\s*",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"\s*(?:[|·•»,;–—-]|\(not verified\)|\b(?:says?|said|wrote|writes|schrieb|schreibt|sagte|sagt|"
    r"meint|dit|a écrit|dice|dijo|escribió|disse|ha scritto|zegt|on|am|le|el|il|op|den)\b)[^\w]*"
    r"(?=$|[^\W\d_]{0,12}[.,]?\s*[\d(])",
    re.IGNORECASE,
)
_UNVERIFIED = re.compile(r"\s*\((?:not verified|nicht überprüft|non vérifié|no verificado)\)\s*$")
_MOST_WORDS_AROUND = 100
"""In a comment area beside its comments and forms: headings, rules, a pager, a note on privacy. On
11 pages of 11 sites there were 0 to 80; what holds more may hold the article."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a page writes its times."""

    latest: datetime
    """When it was captured: nothing on it is later."""
    zone: timezone
    month_first: bool

    def read(self, *texts: str | None) -> Moment | None:
        """The date in the first of ``texts`` that holds one."""
        for text in texts:
            if text and 6 <= len(text) <= 400:
                found = read_moment(
                    text, latest=self.latest, assumed=self.zone, month_first=self.month_first
                )
                if found is not None:
                    return found
        return None

    def of(self, nodes: Iterable[Node]) -> Moment | None:
        """The date that one of ``nodes`` says: for machines first, then in words."""
        held = list(nodes)
        for node in held:
            found = self.read(node.get("datetime"), node.get("content"))
            if found is not None:
                return found
        return next(
            (
                found
                for node in held
                if (found := self.read(node.get("title"), text_of(node))) is not None
            ),
            None,
        )


def calendar_of(document: Document) -> Calendar:
    """How this page writes its times."""
    return Calendar(
        document.captured_at,
        zone_said(str(time) for time in _TIMES(document.tree)),
        writes_month_first(document.tree.get("lang")),
    )


def in_utc(moment: Moment | None) -> datetime | None:
    """The instant, in UTC."""
    return None if moment is None else moment.at.astimezone(UTC)


def digest_id(author: str | None, time: str | None, text: str) -> str:
    """An id for a comment that has none: the same comment has it in every capture."""
    told = "\n".join((author or "", time or "", text))
    return "x-" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]


def markup_of(node: Node) -> str:
    """The element as HTML, without what follows it."""
    return str(lxml_html.tostring(node, encoding="unicode", with_tail=False)).strip()


def nearest(node: Node, roots: dict[Node, str]) -> str | None:
    """The id of the closest of ``roots`` around ``node``, which is not ``node`` itself."""
    return next((roots[place] for place in node.iterancestors() if place in roots), None)


def parts_of(root: Node, others: Container[Node]) -> Iterator[Node]:
    """``root`` and the elements in it, in page order, without those of ``others`` inside it, and
    without what no reader sees."""
    skip: Node = None
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if skip is not None:
            if node is skip and event == "end":
                skip = None
        elif event == "start":
            if (
                not isinstance(node.tag, str)
                or node.tag in SILENT
                or (node in others and node is not root)
            ):
                skip = node
            else:
                yield node


def is_control(node: Node) -> bool:
    """True for what a reader clicks and no one wrote: forms, buttons, links that run a script."""
    return node.tag in ("form", "button", "select", "textarea", "input") or (
        node.tag == "a" and (node.get("href") or "").lstrip().lower().startswith("javascript:")
    )


def first_with(nodes: Iterable[Node], *names: str) -> Node:
    """The first element that has the strongest (earliest named) of these classes, and a text."""
    held = [(node, classes_of(node)) for node in nodes]
    for name in names:
        for node, classes in held:
            if name in classes and text_of(node):
                return node
    return None


def name_in(text: str | None) -> str | None:
    """The author's name in a line such as "Submitted by Ann on 3 May 2026 - 10:00"."""
    if not text:
        return None
    said = fold_space((line_in(text) or "") if "<" in text else text)
    name = _BY.sub("", said)
    cut = _THEN.search(name)
    if cut is not None and cut.start() > 0:
        name = name[: cut.start()]
    name = _UNVERIFIED.sub("", name).strip(" \u00a0|·•,:-–—")
    return name if 0 < len(name) <= 120 else None


def outward(document: Document, *nodes: Node) -> str | None:
    """The address that the first link among ``nodes`` (or in or around them) leads to."""
    for node in nodes:
        if node is None:
            continue
        for link in (node, *node.iter("a"), *list(node.iterancestors("a"))[:1]):
            href = link.get("href") if link.tag == "a" else None
            if href and href.strip() and not href.strip().startswith("#"):
                found = join(document.base_url, href)
                if found is not None:
                    return found
    return None


def in_widget(node: Node) -> bool:
    """True in a list of the whole site's newest comments, by the names of the elements around."""
    return any(
        _WIDGET.search(f"{place.get('id') or ''} {place.get('class') or ''}")
        for place in (node, *node.iterancestors())
        if place.tag not in ("html", "body")
    )


def own_paths(document: Document) -> frozenset[str]:
    """The paths under which this page is known."""
    said = _SAID_ADDRESSES(document.tree)
    return frozenset(path_of(document.base_url, str(url)) for url in (document.url, *said))


def path_of(base: str, url: str) -> str:
    """What tells one article's page from another's: its path, and a number in its query."""
    parts = urlsplit(urldefrag(join(base, url) or "")[0])
    query = parse_qs(parts.query)
    number = next((f"?{name}={query[name][0]}" for name in ("p", "t", "id") if name in query), "")
    return parts.path.rstrip("/") + number


def number_in(text: str | None) -> int | None:
    """The first whole number in ``text``, thousands grouped or not; None for none."""
    found = re.search(r"\d{1,3}(?:[.,\u00a0\u202f' ]\d{3})+(?!\d)|\d+", text or "")
    return int(re.sub(r"\D", "", found[0])) if found and len(found[0]) <= 12 else None


def areas_of(
    roots: Iterable[Node], *, is_named: Callable[[Node], bool] | None = None
) -> list[Node]:
    """The widest elements named for comments around ``roots`` that hold little but them: the
    headings, counts and forms of the comment area lie in there. ``roots`` that lie in no such
    element come back themselves."""
    held = list(roots)
    named = is_named or _named_for_comments
    inside = set(held)
    areas: dict[Node, None] = {}
    words: dict[Node, int] = {}
    for root in held:
        if any(place in areas for place in root.iterancestors()):
            continue
        widest = root
        for place in root.iterancestors():
            if place.tag in ("body", "html", "main"):
                break
            if named(place):
                if place not in words:
                    words[place] = _words_around(place, inside)
                if words[place] > _MOST_WORDS_AROUND:
                    break
                widest = place
        areas[widest] = None
    return [a for a in areas if not any(other in areas for other in a.iterancestors())]


def _named_for_comments(node: Node) -> bool:
    return _AREA.search(f"{node.get('id') or ''} {node.get('class') or ''}") is not None


def _words_around(area: Node, inside: set[Node]) -> int:
    apart = inside | set(area.iter("form", "select", "button"))
    return sum(
        len(words_of(text))
        for node in parts_of(area, apart)
        for text in (node.text, *(child.tail for child in node))
        if text
    )
