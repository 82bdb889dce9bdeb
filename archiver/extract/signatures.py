"""The elements of a page that are marked as naming its author, and who they name, best first.

Knows how content systems mark an author: microdata, hCard, rel, class wordings, addresses of
profiles. Where none is marked, ``byline_words`` is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from archiver.dom import Document, Node, finder
from archiver.extract.bodies import is_agency, is_organisation
from archiver.extract.byline_words import INTRODUCTION, Signed, read_worded
from archiver.extract.names import is_personal, is_role, split_names
from archiver.extract.places import Places, headline_of, link_of, pieces_of
from archiver.extract.profiles import is_profile, leads_elsewhere
from archiver.extract.structured import Said

_WITH_ITEMPROP: Final = finder("//*[@itemprop]")
_WITH_REL: Final = finder("//a[@rel]")
_NO_BYLINE: Final = frozenset(
    ["body", "html", "article", "main", "input", "form", "img", "script", "meta", "link", "style"]
)
_JOINT: Final = re.compile(
    r"\W*(?:and|und|et|y|e|&|og|och|en|with|mit|sowie|i|и|та|ve|και)\W*|[,;/&]", re.IGNORECASE
)
_WORDS: Final = (
    "author", "byline", "by-line", "by_line", "autor", "auteur", "writer", "contribut", "redakteur",
    "journalist", "reporter", "fn", "posted", "creator", "signature", "firma", "verfasser",
    "forfatter", "skribent", "penulis", "yazar",
)  # fmt: skip
"""What a wording must hold to be looked at; searching for plain words is faster than a pattern."""
_MARK: Final = re.compile(
    r"author|by[-_]?line|autor|auteur|writer|contribut|redakteur|journalist|reporter|creator|"
    r"(?<![a-z])fn(?![a-z])|posted-?by|signature|firma(?![a-z])|verfasser|forfatter|skribent|penulis|yazar"
)
_NAME_MARK: Final = re.compile(
    r"(?:^|[\s_-])(?:(?:author|autor|writer|by-?line|contributor|reporter)s?"
    r"(?:[\s_-]*(?:names?|links?|title))?|fn)(?=$|[\s_-])|(?:author|autor)[-_]?name"
)
_NO_MARK: Final = re.compile(
    r"authori|author-?(?:image|img|avatar|photo|pic|thumb|social|bio|desc|twitter|follow|email|role|title|"
    r"job|position)|bio(?:graphy)?(?![a-z])|avatar"
)
_LONGEST: Final = 200
"""Letters of a byline; what is longer is a box that presents the author."""
_MOST_PIECES: Final = 14
_HEAD: Final = 3
"""Pieces of such a box among which the name is."""
_MOST_AUTHORS: Final = 3
"""Names under one wording before it belongs to the cards of other articles."""
_MOST_OF_A_WORDING: Final = 12
_MOST_MARKED: Final = 200
_MOST_LINKS: Final = 60
# What a mark is worth; the place adds from -5 to 6, a full name 1. On 366 pages whose JSON-LD names
# the authors in full, the markup so ranked named the same on 306, some of them on 16, others on 12.
_BY_NAME: Final = 5
_BY_WORDING: Final = 3
_TRUSTED: Final = 7
"""Trust at which links to profiles need not be looked through."""
_ENOUGH: Final = 3
_ENOUGH_TO_BE_SURE: Final = 4


@dataclass(slots=True)
class _Candidate:
    """An element that may be the byline."""

    node: Node
    trust: int
    signed: Signed
    wording: str
    is_card: bool = False


def read_signatures(document: Document, said: Said, *, sure: bool) -> Signed:
    """The signatures of the best placed byline; empty when the page shows none. With ``sure`` only
    full names and bodies in a place that is hard to mistake count."""
    headline = headline_of(document, said)
    places = Places(headline)
    candidates = _candidates(_marked(document), places, sure=sure)
    top = max(candidates, key=_trust, default=None)
    if top is None or top.trust < _TRUSTED:
        candidates += _candidates(_profile_links(document), places, sure=sure)
        top = max(candidates, key=_trust, default=None)
    if top is None or top.trust < (_ENOUGH_TO_BE_SURE if sure else _ENOUGH):
        return read_worded(document, headline, places, sure=sure)
    found: dict[str, tuple[str, str | None]] = {}
    for candidate in candidates:
        if candidate is top or _is_beside(candidate, top):
            for text, url in candidate.signed:
                found.setdefault(text.casefold(), (text, url))
    return list(found.values())


def _trust(candidate: _Candidate) -> int:
    return candidate.trust


def _is_beside(candidate: _Candidate, top: _Candidate) -> bool:
    """True for the second author of a byline: the same mark, at most two elements away."""
    if top.is_card or (candidate.wording, candidate.trust) != (top.wording, top.trust):
        return False
    near = set(islice(top.node.iterancestors(), 2))
    return any(above in near for above in islice(candidate.node.iterancestors(), 2))


def _marked(document: Document) -> Iterator[tuple[Node, int, str]]:
    """Elements that are marked as naming an author: (element, trust, how)."""
    for node in _WITH_ITEMPROP(document.tree):
        if node.get("itemprop") in ("author", "creator"):
            yield node, _BY_NAME, "itemprop"
    for node in _WITH_REL(document.tree):
        if "author" in node.get("rel").split():
            yield node, _BY_NAME, "rel"
    named = document.named
    joined = "\n".join(named)
    words = [word for word in _WORDS if word in joined]
    for wording, nodes in named.items() if words else ():
        if (
            any(word in wording for word in words)
            and _MARK.search(wording)
            and not _NO_MARK.search(wording)
        ):
            trust = _BY_NAME if _NAME_MARK.search(wording) else _BY_WORDING
            if len(nodes) > _MOST_OF_A_WORDING:
                trust -= 3
            for node in nodes[:_MOST_OF_A_WORDING]:
                if node.tag not in _NO_BYLINE:
                    yield node, trust, wording


def _profile_links(document: Document) -> Iterator[tuple[Node, int, str]]:
    links = (node for node in document.tree.iter("a") if is_profile(node.get("href") or ""))
    for node in islice(links, _MOST_LINKS):
        yield node, _BY_WORDING, "profile"


def _candidates(
    marked: Iterator[tuple[Node, int, str]], places: Places, *, sure: bool
) -> list[_Candidate]:
    candidates: list[_Candidate] = []
    seen: set[Node] = set()
    for node, trust, wording in islice(marked, _MOST_MARKED):
        if node in seen:
            continue
        seen.add(node)
        place = places.trust(node)
        if place is None or trust + place < 0:
            continue
        signed = _signed(node)
        names = [name for text, _ in signed for name in split_names(text)]
        is_full = any(map(is_personal, names))
        if not names or not (
            is_full or (wording != "profile" and (not sure or any(map(is_organisation, names))))
        ):
            continue
        if trust < _BY_NAME and all(name.lower() == name.upper() for name in names):
            continue  # a script without capitals: any short word has the form of a name
        candidates.append(_Candidate(node, trust + place + is_full, signed, wording))
    _mistrust_cards(candidates)
    return candidates


def _mistrust_cards(candidates: list[_Candidate]) -> None:
    """Lower the trust of wordings that name many: they belong to the cards of other articles."""
    names: dict[str, set[str]] = {}
    for candidate in candidates:
        names.setdefault(candidate.wording, set()).add(candidate.signed[0][0])
    for candidate in candidates:
        if len(names[candidate.wording]) > _MOST_AUTHORS:
            candidate.trust -= 4
            candidate.is_card = True


def _signed(node: Node) -> Signed:
    """The names in an element that is marked as naming an author.

    The first that can be one, and what is joined to it: by a word or a comma between them, or by
    standing in the same kind of element with the form of a full name.
    """
    pieces = _head_of(node)
    is_alone = sum(not INTRODUCTION.fullmatch(text) for text, _ in pieces) == 1
    found: Signed = []
    first: tuple[str, ...] = ()
    kind: object = None
    is_joined = False
    for text, element in pieces:
        if _JOINT.fullmatch(text):
            is_joined = True
            continue
        if INTRODUCTION.fullmatch(text):
            if found:
                break
            continue
        link = link_of(element, node)
        if link is not None and _is_no_person(link):
            continue
        names = [
            name
            for name in split_names(text)
            if _is_shown_name(name) or (is_alone and name.count(" ") < 2)
        ]
        if not names:
            is_joined = False
            continue
        is_full = any(map(is_personal, names))
        if found and is_full and not any(is_personal(n) or is_organisation(n) for n in first):
            found = []  # what stood before it was a word of the template
        own_kind = (element.tag, element.get("class"), link is not None)
        if found:
            is_joined |= text[0] in ",;&" or found[-1][0][-1] in ",;&"
            if not (is_joined or (own_kind == kind and is_full)):
                break
            if not all(_is_second_name(name, first) for name in names):
                continue
        else:
            first, kind = tuple(names), own_kind
        found.append((text, link.get("href") if link is not None else None))
        is_joined = False
    return found


def _head_of(node: Node) -> list[tuple[str, Node]]:
    """The pieces of text of a byline; of a box that holds more, the first, where the name is."""
    pieces: list[tuple[str, Node]] = []
    length = 0
    for piece in pieces_of(node):
        pieces.append(piece)
        length += len(piece[0])
        if length > _LONGEST or len(pieces) > _MOST_PIECES:
            return pieces[:_HEAD]
    return pieces


def _is_second_name(name: str, first: tuple[str, ...]) -> bool:
    """True for what can follow ``first``: full names follow full names; offices follow none."""
    if is_personal(name):
        return not is_role(name)
    return is_agency(name) or all(" " not in other for other in first)


def _is_no_person(link: Node) -> bool:
    rel = (link.get("rel") or "").split()
    return "tag" in rel or "category" in rel or leads_elsewhere(link.get("href") or "")


def _is_shown_name(name: str) -> bool:
    """False for the words of a template that stand where a name may stand."""
    return (
        " " not in name
        or is_personal(name)
        or is_organisation(name)
        or all(word[0].isupper() for word in name.split())
    )
