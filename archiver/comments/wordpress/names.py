"""Who wrote a comment: the element that names him, and his name without the words around it.

Knows how themes write a byline ("Ann says:", "Kommentar von Ann am 2. Mai 2026") and that the
reply link of core names the author ("Reply to Ann", in any language).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from archiver.comments.wordpress.roles import NO_RANK, Roles, roles_of
from archiver.dom import Node, fold_space, paragraphs_of

_LONGEST = 100
_SAYS = re.compile(
    r"\s*\b(?:says?|said|dijo|writes?|wrote|dit|a dit|sagt|sagte|schreibt|meint|dice|disse|"
    r"ha detto|escribió|zegt|schreef|säger|skriver|siger|sier|sanoo|mówi|pisze|пишет|says)\s*:?\s*$"
)
"""In lower case: names are not."""
_AT = re.compile(r"\s+(?:on|um|am|at|le|el|vom|den|op)\s*$")
"""What led to the time, where the time is gone; "Minh Le" is a name."""
_BY = re.compile(
    r"^\W*(?:(?:comments?|kommentar|commentaire|comentario|commento|reply|posted|written|submitted|"
    r"geschrieben|verfasst|verfaßt|gepostet|[ée]crit|publi[ée]|escrito|enviado|scritto|inviato|"
    r"geplaatst|skrevet|skrivet)\s+(?:by|von|de|par|por|da|door|av|af)|von|par|by)\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:\s+says\s*:)?\s*[-–—|·@,]?\s*(?:\b(?:on|am|le|at|vom|el|den|op|um)\s+)?"
    r"(?:(?<!\w)\d{1,2}\s?[./]\s?\d{1,2}\b|(?<!\w)\d{1,2}\.?\s+[^\W\d_]{3,12}\.?,?\s+\d{4}|"
    r"[^\W\d_]{3,9}\.?\s+\d{1,2},\s+\d{4}|(?<!\w)(?:19|20)\d\d-\d\d-\d\d|"
    r"(?<!\w)\d{1,3}\s+[^\W\d_]+\s+(?:ago|her)\b).*$",
    re.IGNORECASE,
)
"""A name's element may go on with the time: "Ann – 19. Juni 2018 um 15:28 Uhr - Antworten"."""
_EDGES = " \u00a0|·•,:–—-/#»«"
_SURE = 2
"""The last of the author's ranks that no other evidence overrules."""
_MOST_IN_NAME = 2
"""Elements in an element that is a name, and has no class that says so."""
_SAME = {**dict.fromkeys(map(ord, "‘’‛ʼ´`"), "'"), **dict.fromkeys(map(ord, "“”„«»"), '"')}
"""Core writes typographic signs in a name and leaves them as typed in the link's label."""


def author_of(
    nodes: Sequence[tuple[Node, Roles]], content: Collection[Node]
) -> tuple[Node, str | None]:
    """(The element that names the author, his name); None and None where none does. Of several
    that which the comment's reply link names."""
    outer = [(node, roles) for node, roles in nodes if node not in content]
    label = _label(outer)
    first: tuple[Node, str | None] = (None, None)
    for node in _candidates(outer):
        name = name_in(node)
        if name is not None and (not label or _is_named(name, label)):
            return node, name
        if name is not None and first[0] is None:
            first = node, name
    # A theme's own word for it counts for more than the link, where both speak.
    if label and (first[0] is None or roles_of(first[0]).author > _SURE):
        for node, roles in outer:
            if roles.is_aside_in_content or node.tag == "a" or len(node) > _MOST_IN_NAME:
                continue
            if (name := name_in(node)) is not None and _is_named(name, label):
                return node, name
    return first


def name_in(node: Node) -> str | None:
    """The name in the element of the author; None where there is none, or no name but a text."""
    text = paragraphs_of(node, lambda n: n is not node and (n.tag == "time" or _is_label(n)))
    line = next(filter(None, map(_plain, text.split("\n"))), "")
    return name_before(line)


def name_before(byline: str) -> str | None:
    """The name in a line that may go on with the time; None where nothing is left of it."""
    line, began = _BY.subn("", fold_space(byline))
    line, dated = _DATED.subn("", line)
    if began or dated:
        line = _AT.sub("", line)
    name = _plain(_SAYS.sub("", _plain(line)))
    return name if 0 < len(name) <= _LONGEST else None


def _candidates(outer: Sequence[tuple[Node, Roles]]) -> Iterator[Node]:
    """Elements that may name the author, the surest first."""
    for node, _ in outer:
        if "author" in (node.get("itemprop") or "").split():
            yield from node.xpath(".//*[@itemprop='name']") or [node]
    ranked = [(roles.author, n) for n, (_, roles) in enumerate(outer) if roles.author < NO_RANK]
    yield from (outer[n][0] for _, n in sorted(ranked))
    yield from (node for node, _ in outer if node.tag == "cite")
    yield from (node for node, roles in outer if _is_called_author(node, roles))
    yield from (node for node, _ in outer if node.tag == "a" and _is_authors_link(node))
    yield from (
        node
        for node, roles in outer
        if node.tag in ("strong", "b", "h4", "h5", "h6") and not roles.is_label
    )


def _is_called_author(node: Node, roles: Roles) -> bool:
    names = (name.lower() for name in _classes(node))
    # Core gives a whole comment the classes "comment-author-<name>" and "bypostauthor".
    said = any("author" in n and not n.startswith(("comment-author-", "bypost")) for n in names)
    return said and not roles.date < NO_RANK


def _label(outer: Sequence[tuple[Node, Roles]]) -> str:
    """What the reply link says of whom it answers: core's ``data-replyto`` and ``aria-label``."""
    for node, _ in outer:
        if node.tag == "a" and _is_reply(node):
            return fold_space(node.get("data-replyto") or node.get("aria-label") or "")
    return ""


def _is_reply(node: Node) -> bool:
    return "comment-reply-link" in (node.get("class") or "")


def _is_named(name: str, label: str) -> bool:
    label, name = (text.translate(_SAME).casefold() for text in (label, name))
    at = label.find(name)
    end = at + len(name)
    around = label[max(at - 1, 0) : at] + label[end : end + 1]
    return at >= 0 and not any(map(str.isalnum, around))


def _is_label(node: Node) -> bool:
    roles = roles_of(node)
    return roles.is_label and roles.author == NO_RANK


def _is_authors_link(node: Node) -> bool:
    return "external" in (node.get("rel") or "") and "url" in _classes(node)


def _classes(node: Node) -> list[str]:
    return (node.get("class") or "").split()


def _plain(text: str) -> str:
    return text.strip(_EDGES)
