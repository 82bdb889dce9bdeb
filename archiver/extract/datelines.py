"""Where a page shows a date to its readers, and which of those dates is the article's.

Knows the places (after the headline, in ``time``, in elements named for it) and the labels
(published, updated) in the languages of the press. How a date is written is ``moments``' affair;
whether a claim for machines goes before what is shown is decided in ``dates``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from lxml import etree

from archiver.dom import SILENT, Document, Node, classes_of, finder, fold_space, text_of
from archiver.extract.headline_place import following, preceding
from archiver.model import Precision
from archiver.moments import Moment, may_hold_date

Read = Callable[[str], Moment | None]

_UPDATED = re.compile(
    r"updat|modif|edited|revised|reviewed|stand:|aktualisier|geändert|überarbeitet|mis à jour|"
    r"actualiz|atualiz|aggiorna|bijgewerkt|gewijzigd|обновл|изменен|päivitetty|uppdaterad|opdateret|"
    r"maj le|oppdatert|zaktualiz|güncelle|diperbarui|aktualizov|frissít|更新|수정",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publi(?:sh|é|ca|ziert)|pubdate|posted|created|entry-date|dateline|post-date|veröffentlicht|erstellt|"
    r"pubblicat|geplaatst|опубликован|julkaistu|publicerad|publisert|udgivet|opublikowan|yayın|入力|"
    r"입력|发布|公開|掲載",
    re.IGNORECASE,
)
_NAMED_AS_DATE = re.compile(
    r"(?:^|[-_ ])(?:date|datum|fecha|pubdate|published|posted-on|timestamp|dateline|post-time|"
    r"byline-date|updated(?:$| ))"
    r"|date(?:$|[-_ ])|datetime|publish-?date",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"comment|sidebar|related|footer|widget|teaser|recommend|popular|recent|latest|archive|promo|"
    r"carousel|swiper|more-|next-|prev|event|calendar|ticker|breaking",
    re.IGNORECASE,
)
_MACHINE = finder("//*[@itemprop='datePublished' or @itemprop='dateModified']|//abbr[@title]")
_HOLDERS: Final = frozenset(
    ["span", "div", "p", "li", "a", "em", "small", "dd", "td", "b", "strong", "font", "i",
     "h4", "h5", "h6"]
)  # fmt: skip
_AFTER: Final = 70
"""How many elements after the headline may hold the date: bylines, share buttons, a picture."""
_BEFORE: Final = 25
_LONGEST: Final = 120
_MOST_TIMES: Final = 30
_MOST_SIGNS: Final = 400
_CARD: Final = 60
_MOST_ALIKE: Final = 4
"""Elements of one wording from which they are a list of other articles."""
_BIG: Final = 30
"""Elements inside one named for a date from which it is no dateline ("update-feed")."""
_SENTENCE: Final = 150
"""Signs from which a paragraph is prose: a date in it is told, not the article's."""


@dataclass(frozen=True, slots=True)
class Dateline:
    """A date as the page shows it."""

    moment: Moment
    trust: int
    """Higher is better placed; below 0 it most likely stands with another article."""
    is_near: bool
    """True when it stands around the headline."""
    is_update: bool
    """True when its label or its class says that it is the date of a change."""
    is_marked: bool
    """True when an element named for it holds it; else it is mere text."""
    wording: str
    """Class and id of the element that holds it."""
    is_hatom: bool = False
    """True when nothing but its class "updated" makes it an update. hAtom 0.1: an entry without
    "published" was published when "updated" says; magazine themes mark their only date so."""


def near_datelines(heading: Node, read: Read) -> Iterator[Dateline]:
    """The dates around the headline, from it downwards, then from it upwards."""
    if heading is None:
        return
    around = frozenset(heading.iterancestors())
    lines = [
        *_in_texts(following(heading, _AFTER), around, read, near=True),
        *_in_texts(preceding(heading, _BEFORE), around, read, near=True),
    ]
    alike = Counter(line.wording for line in lines)
    for line in lines:
        is_listed = line.wording.strip() and alike[line.wording] >= _MOST_ALIKE
        yield replace(line, trust=line.trust - 4) if is_listed else line


def _in_texts(
    nodes: Iterable[Node], around: frozenset[Node], read: Read, *, near: bool
) -> Iterator[Dateline]:
    label = ""
    for node in nodes:
        if node.tag == "time" or (node.get("itemprop") or "").startswith("date"):
            machine = node.get("datetime") or node.get("content") or ""
            yield from _of_node(node, [machine, text_of(node)], around, read, near=near)
        for text, is_tail in ((node.text, False), (node.tail, True)):
            if text is None or text.isspace():
                continue
            if len(text) < _MOST_SIGNS and may_hold_date(text):
                folded = fold_space(text)
                holder = node.getparent() if is_tail else node
                if holder is not None and len(folded) <= _LONGEST:
                    yield from _of_text(holder, folded, label[-60:], around, read, near=near)
            label = text


def loose_datelines(document: Document, heading: Node, read: Read) -> Iterator[Dateline]:
    """The dates in short texts anywhere in the page."""
    around = frozenset() if heading is None else frozenset(heading.iterancestors())
    body = document.tree.find("body")
    label = ""
    for node in () if body is None else body.iter(etree.Element):
        for text, is_tail in ((node.text, False), (node.tail, True)):
            if text is None or text.isspace():
                continue
            if len(text) < _MOST_SIGNS and may_hold_date(text):
                folded = fold_space(text)
                holder = node.getparent() if is_tail else node
                if len(folded) <= _LONGEST and holder.tag not in SILENT:
                    yield from _of_text(holder, folded, label[-60:], around, read, near=False)
            label = text


def far_datelines(document: Document, heading: Node, read: Read) -> Iterator[Dateline]:
    """The dates in ``time`` and in elements named for a date, wherever they stand."""
    around = frozenset() if heading is None else frozenset(heading.iterancestors())
    for node in islice(document.tree.iter("time"), _MOST_TIMES):
        yield from _of_node(node, [node.get("datetime") or "", text_of(node)], around, read)
    for node in _MACHINE(document.tree):
        machine = node.get("content") or node.get("title") or ""
        yield from _of_node(node, [machine, text_of(node)], around, read)
    for wording, nodes in document.named.items():
        if not _NAMED_AS_DATE.search(wording):
            continue
        for node in nodes[:_MOST_ALIKE]:
            if node.tag in _HOLDERS and len(list(islice(node.iter(), _BIG))) < _BIG:
                text = text_of(node)
                if len(text) <= _LONGEST and may_hold_date(text):
                    yield from _of_node(node, [text], around, read, alike=len(nodes))


def best(datelines: Iterable[Dateline]) -> Dateline | None:
    """The one to be trusted most; of equals the first."""
    return max(datelines, key=lambda line: line.trust, default=None)


def told_in(text: str, read: Read) -> tuple[Moment | None, Moment | None]:
    """(published, updated) as the labels in one text tell them apart."""
    updated = _UPDATED.search(text)
    if updated is None:
        return read(text), None
    published = _PUBLISHED.search(text)
    if published is not None and published.start() > updated.start():
        return read(text[published.start() :]), read(text[updated.start() : published.start()])
    return read(text[: updated.start()]), read(text[updated.start() :])


def _of_text(
    node: Node, text: str, label: str, around: frozenset[Node], read: Read, *, near: bool
) -> Iterator[Dateline]:
    named = _wording(node)
    is_marked = bool(_NAMED_AS_DATE.search(named))
    says_published = bool(_PUBLISHED.search(f"{label} {text}"))
    if len(text) > 60 and not (is_marked or says_published or _UPDATED.search(text)):
        return
    published, updated = told_in(text, read)
    moment = published or updated
    if moment is None or _is_in_prose(node):
        return
    is_update = published is None or (
        not says_published and (bool(_UPDATED.search(label)) or _is_named_update(node))
    )
    trust = _trust(node, 3 if is_marked else 1, around, moment) + 5 * near + 2 * says_published
    is_hatom = is_update and published is not None and "updated" in classes_of(node)
    yield Dateline(moment, trust, near, is_update, is_marked or is_hatom, named, is_hatom)


def _of_node(
    node: Node,
    texts: list[str],
    around: frozenset[Node],
    read: Read,
    *,
    near: bool = False,
    alike: int = 1,
) -> Iterator[Dateline]:
    shown = texts[-1]
    moment = next((m for text in texts if text and (m := read(text)) is not None), None)
    if moment is None:
        return
    published, updated = told_in(shown, read)
    is_update = published is None and updated is not None
    is_hatom = False
    if not is_update and not _PUBLISHED.search(shown):
        is_update = _is_named_update(node)
        is_hatom = is_update and "updated" in classes_of(node)
    if published is not None and updated is not None and len(texts) == 1:
        moment = published
    trust = _trust(node, 4 if len(texts) > 1 else 2, around, moment) + 5 * near
    if alike >= _MOST_ALIKE:
        trust -= 3
    yield Dateline(moment, trust, near, is_update, True, _wording(node), is_hatom)


def _trust(node: Node, base: int, around: frozenset[Node], moment: Moment) -> int:
    trust = base
    if node.get("itemprop") in ("datePublished", "dateModified"):
        trust += 3
    if node.get("pubdate") is not None or _PUBLISHED.search(node.get("class") or ""):
        trust += 1
    if moment.precision in (Precision.DAY, Precision.MONTH):
        trust -= 1
    for place in node.iterancestors():
        if place in around:
            # A class such as "with_sidebar" speaks of the page's layout where the headline
            # stands inside it too.
            trust += sum(1 for p in (place, *place.iterancestors()) if p.tag in _TOLD)
            break
        if place.tag == "a" and len("".join(place.itertext()).strip()) > _CARD:
            trust -= 4
        if place.tag in ("aside", "nav", "footer", "li") or _ELSEWHERE.search(_wording(place)):
            if place.tag not in ("html", "body", "main"):
                trust -= 3
        elif place.tag in _TOLD:
            trust += 1
    return trust


_TOLD: Final = frozenset({"article", "header", "main"})


def _is_named_update(node: Node) -> bool:
    """WordPress marks a post never changed "entry-date published updated"."""
    named = f"{_wording(node)} {node.get('itemprop') or ''}"
    return bool(_UPDATED.search(named)) and not _PUBLISHED.search(named)


def is_named_published(wording: str) -> bool:
    """True for class and id of an element that holds the date of publication."""
    return _PUBLISHED.search(wording) is not None


def _is_in_prose(node: Node) -> bool:
    block = node if node.tag == "p" else next(node.iterancestors("p"), None)
    return block is not None and len("".join(block.itertext())) > _SENTENCE


def _wording(node: Node) -> str:
    return f"{node.get('class') or ''} {node.get('id') or ''}"
