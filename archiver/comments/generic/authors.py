"""Who wrote a record: the name, by ever weaker evidence, and what a line with a name also says.

Knows how names stand beside dates and buttons; which element is a record is ``mining``'s.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from archiver.comments.generic.mining import DATE_SHAPE
from archiver.comments.generic.places import names_of, short_text, traits
from archiver.comments.generic.words import SAYS, is_action
from archiver.comments.shapes import line_in
from archiver.dom import Document, Node, join, paragraphs_of

LONGEST_NAME: Final = 60
MOST_NAME_WORDS: Final = 6
"""Of an author: of 1,148 in the corpus 3 have more, and none has more than 60 signs."""
_EMPHASIS = frozenset(
    {"strong", "b", "h2", "h3", "h4", "h5", "h6", "a", "cite", "dt", "th", "span", "em"}
)
_LETTER = re.compile(r"[^\W\d_]")
_BEFORE = re.compile(
    r"^[\s|·•/,;:()\[\]–—#-]*(?:(?:(?:submitted|posted|written|comment(?:ed|aire)?|kommentar|beitrag|"
    r"geschrieben|gespeichert|verfasst|eingetragen|publié|posté|soumis|envoyé|enviado|publicado|"
    r"escrito|inviato|scritto|geplaatst|reply|antwort)\s+)?(?:by|von|de|par|por|av|af|door|da|от)\b[\s:]+)?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s|·•/,;:(\[–—-]*(?:\b(?:on|am|le|el|il|op|at|den|vom|um|em|dne|dnia|в|posted|added|"
    r"commented|hat|sagt|says?|said|wrote|schrieb)\b[\s:,]*){0,3}[\s|·•/,;:(\[–—-]*$",
    re.IGNORECASE,
)
_BEHIND_NAME = re.compile(r"\s+[—–|@·-]\s+\S*\d.*$")
_ASIDE_OF_NAME = re.compile(
    r"\s*[(\[]?(?:not verified|nicht überprüft|non vérifié|no verificado|author|autor|auteur|"
    r"post author|op)[)\]]?$",
    re.IGNORECASE,
)
_WEEKDAYS = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lunes|martes|mi[ée]rcoles|jueves|"
    "viernes|s[áa]bado|domingo|domenica|luned[ìi]|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|"
    "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
_WEEKDAY = re.compile(
    rf"(?:^|[\s,]+)(?:(?:le|el|am|on|il|op)\s+)?(?:{_WEEKDAYS})\b.*$|"
    r"^(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)[.,]$",
    re.IGNORECASE,
)
"""The day of the week, between a name and a date; alone it is no name."""
_PROFILE = re.compile(
    r"/(?:users?|u|profil[es]?|members?|mitglied(?:er)?|nutzer|benutzer|authors?|autor|membres?|"
    r"usuarios?)/|[?&](?:user|member|uid|profile)=|member\.php|profile\.php"
)
"""The address of a reader's own page."""
_CLOCK_FIRST = re.compile(
    r"^[\s,|]*(?:at|um|à|a las|kl)?\.?\s*\d\d?[:.h]\d\d(?::\d\d)?(?:\s?[ap]m|\s?uhr)?",
    re.IGNORECASE,
)


def author_in(own: list[Node], dated: list[Node], record: Node) -> tuple[Node, str | None]:
    """(the element that names the author, the name)."""
    for node in own:
        if (
            "author" in (node.get("itemprop") or "").split()
            or "author" in (node.get("rel") or "").split()
        ):
            named = next((n for n in node.iter() if n.get("itemprop") == "name"), node)
            if name := _name(named.get("content") or "") or _first_name(named, dated):
                return named, name
    called = [node for node in own if node is not record and traits(node).is_author]
    held = set(called)
    for node in called:
        inner = [n for n in node.iterdescendants() if n in held]
        for candidate in (*inner, node):
            if name := _first_name(candidate, dated):
                return candidate, name
    for node in own:
        is_signed = node.tag == "cite" or (
            node.tag == "a"
            and (
                ("external" in (node.get("rel") or "") and "url" in names_of(node))
                or _PROFILE.search(node.get("href") or "")
            )
        )
        if is_signed and node not in dated and (name := _first_name(node, dated)):
            return node, name
    for node in dated:
        own_line = short_text(node, 160)
        found = DATE_SHAPE.search(own_line) if own_line else None
        if found:
            before, after = own_line[: found.start()], own_line[found.end() :]
            for part in (
                before,
                _CLOCK_FIRST.sub("", after),
            ):
                name = _name(part)
                if (
                    name
                    and len(name.split()) <= 4
                    and not re.search(r"\d", part)
                    and not is_action(name)
                ):
                    return None, name
    for node in own:
        if node in dated and node.tag == "time":
            continue
        if node is not record and node.tag in _EMPHASIS:
            line = short_text(node, LONGEST_NAME)
            if not line or DATE_SHAPE.search(line) or is_action(line):
                continue
            name = _name(line)
            if name and len(name.split()) <= 4:
                return node, name
        elif node.tag == "p":
            break
    return None, None


def _first_name(node: Node, dated: list[Node]) -> str | None:
    """The name in an element: that of its first line, without dates and buttons in it."""
    apart = {d for d in dated if d is not node}
    text = paragraphs_of(node, lambda n: n in apart or n.tag in ("button", "time") or is_button(n))
    for line in text.split("\n")[:3]:
        if name := _name(line):
            return name
    return None


def _name(line: str) -> str | None:
    """The author's name in a line; None where it is not one."""
    if "<" in line:
        line = line_in(line) or ""
    if len(line) > 3 * LONGEST_NAME:
        return None
    said = SAYS.sub("", line)
    found = DATE_SHAPE.search(said)
    if found:
        said = said[: found.start()] or said[found.end() :]
    said = _WEEKDAY.sub("", _BEHIND_NAME.sub("", said))
    name = _ASIDE_OF_NAME.sub("", _AFTER.sub("", _BEFORE.sub("", said))).strip(" \u00a0|·•:,;–—/-")
    if (
        not 0 < len(name) <= LONGEST_NAME
        or len(name.split()) > MOST_NAME_WORDS
        or not (_LETTER.search(name) or len(name) > 2)
        or is_action(name)
    ):
        return None
    return name


def is_button(node: Node) -> bool:
    """True for a link or button to do something about a comment, and for what holds only it."""
    if node.tag not in ("a", "button", "span", "li", "div"):
        return False
    text = short_text(node, 60)
    return bool(text) and is_action(text)


def signed_in(text: str) -> tuple[str | None, str]:
    """(author, text) of a text that begins "Ann schrieb am 3.5.:"; the text as it is elsewhere."""
    first, _, rest = text.partition("\n\n")
    if rest and len(first) <= 120 and SAYS.search(first):
        name = _name(first)
        if name:
            return name, rest
    return None, text


def author_url_of(node: Node, document: Document) -> str | None:
    """The address that the element with the author's name, or a link around it, leads to."""
    if node is None:
        return None
    for link in (node, *node.iter("a"), *islice(node.iterancestors("a"), 1)):
        href = link.get("href") if link.tag == "a" else None
        if href and "#" not in href and not href.startswith("javascript"):
            return join(document.base_url, href)
    return None
