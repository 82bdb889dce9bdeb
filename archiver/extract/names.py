"""How the names of people and organisations are written, joined and decorated in a byline.

Knows the words that introduce a signature, join two or follow one in the languages that news is
read in here, and the form of a person's name in scripts with and without capitals. Knows nothing of
pages: a text in, names out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archiver.dom import fold_space
from archiver.extract.bodies import BODY_WORD, is_agency, is_organisation

_KINDS: Final = (
    r"article|story|text\w*|(?:blog\s?)?post|words|column|opinion|analysis|interview|\w*beitrag|"
    r"\w*artikel|\w*kolumne|\w*kommentar|\w*analyse|\w*bericht|\w*mitteilung|\w*gespräch|report|"
    r"reportage|protokoll|essay|alles|mehr|tekst|words and pictures|propos recueillis"
)
_VERBS: Final = (
    r"(?:re)?written|posted|published|reported|created|authored|submitted|compiled|"
    r"geschrieben|verfasst|veröffentlicht|erstellt|eingestellt|gepostet|escrito|publicado|écrit|"
    r"publié|rédigé|proposé|scritto|pubblicato|geschreven|skrevet|skriven|opracowa\w+|napisa\w+"
)
_OFFICES: Final = (
    r"autor(?:in|innen|en|es|as|a|e|i|zy)?|authors?|auteure?s?|autrice|contributors?|writers?|"
    r"penulis|yazar|szerző|írta|tác giả|автор|текст|teksti|redactora?"
)
_FOREIGN_BY: Final = r"от|بقلم|كتب|كتبت|מאת|द्वारा|γράφει(?: ο| η)?"
_BY: Final = rf"by|von|vom|par|por|di|de|door|av|af|przez|oleh|durch|{_FOREIGN_BY}"
_LEADS: Final = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        rf"\W*(?:(?:an?|the|eine?|une?|una|il|la|le)\s+)?(?:\w+\s+)?(?:{_KINDS}|{_VERBS})"
        rf"(?:\s*[:：]\s*|\s+(?=(?:{_BY})\s))",
        rf"\W*(?:{_OFFICES})\b\s*(?:[:：/]\s*|\s)(?=\S)",
        r"\W*(?:作者|记者|記者|文|撰文|责任编辑|編輯|编辑|来源|글|取材)\s*[:：/／|]?\s*(?=\S)",
        rf"\W*(?:{_BY})\s*[:：]\s*(?=\S)",
        # A preposition alone introduces a full name: "de Vries" is a name.
        rf"\W*(?:by|from|por|oleh|door|przez|durch|{_FOREIGN_BY})\s+(?=\S)",
        rf"\W*(?:{_BY})\s+(?=\S+\s+\S)",
        # "by" is in no English name: "Curated by Ann Lee".
        r"(?:[^\W\d]+\s+){1,5}by:?\s+(?=\S)",
        # "Posted on May 2, 2026 by Ann Lee", "02.05.2026 13:30 von Ann"
        r".{0,40}\d.{0,30}?\b(?:by|von|par|por|door|av|af|przez):?\s+(?=\S)",
    )
)
"""What introduces a signature: ``By``, ``Written by:``, ``Eine Kolumne von``, ``作者：``."""

_BEFORE_BODY: Final = re.compile(rf"(?:{_BY})\s+(?:der |dem |la |le )?(?=\S)", re.IGNORECASE)
_INTRODUCED: Final = re.compile(
    rf"\W*(?:(?:{_KINDS}|{_VERBS})\s*(?::|\s(?=(?:{_BY})\s))\s*)*(?:by|von|par|por|door|av|af|oleh|"
    r"przez|автор|text|autor(?:in|en)?|authors?|作者|記者|记者)\b\s*:?\s*(?=\S)",
    re.IGNORECASE,
)
_GLUED: Final = re.compile(r"(?:[Bb]y|BY|[Vv]on|[Pp]or|[Pp]ar)(?=[A-ZÀ-Þ][\w.]+\s)")
_DATED: Final = re.compile(
    r"^\W*(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|\d{1,2}[.\s]+\w{3,9}\.?\s+\d{4}|"
    r"\w{3,9}\.?\s+\d{1,2},?\s+\d{4})(?:\W+\d{1,2}:\d{2}(?::\d\d)?(?:\s*(?:uhr|h|am|pm))?)?\W*",
    re.IGNORECASE,
)
_OTHER_HANDS: Final = re.compile(
    r"\W*(?:\w+ly\s+)?(?:reviewed|edited|fact[- ]?checked|checked|verified|translated|"
    r"photograph\w*|photos?|images?|foto\w*|fotos?|illustrat\w+|übersetzt|redigiert|video|picture\w*|approved|"
    r"sponsored|presented|powered|design\w*|hosted)\s*(?:and\s+\w+\s+)?(?:by|von|par|por|:)",
    re.IGNORECASE,
)
"""Whoever checked, translated or illustrated it did not write it."""

_ROLE_WORDS: Final = (
    r"editors?|editor-in-chief|writers?|reporters?|correspondents?|journalists?|columnists?|author|"
    r"producer|contributors?|intern|redakteur(?:in)?|redaktorin|redaktor|journalist(?:in|e)|"
    r"korrespondent(?:in)?|reporterin|autorin|autor|director|manager|ceo|cto|cfo|founder|co-founder|"
    r"president|professor|fellow|analyst|strategist|specialist|marketer|coordinator|consultant|"
    r"copywriter|publisher|volontär(?:in)?|ressortleiter(?:in)?|redator(?:a)?|repórter|periodista|"
    r"giornalista|rédacteur|rédactrice|redacteur|muhabir|dietitian|experts?|experte|expertin"
)
_ROLE: Final = re.compile(
    rf"(?:\w[\w-]*[\s,/&-]+){{0,4}}?(?:{_ROLE_WORDS}|\w*redakteur(?:in)?|\w*korrespondent(?:in)?)\b.*|"
    r"(?:ph\.?\s?d|m\.?d|rn|rd|mba|jd|esq|jr|sr|ii|iii|cpa|cfp|cissp|msc|bsc|facs|[a-z]*®)\.?",
    re.IGNORECASE,
)
_ROLE_BEFORE: Final = re.compile(
    r"(?:[\w.-]+\s+){0,2}?[\w.-]*(?:experte|expertin|korrespondent(?:in)?|redakteur(?:in)?|"
    r"reporter(?:in)?|autor(?:in)?|editor|correspondent|writer|dietitian|berater(?:in)?)\s+"
    r"(?=[A-ZÀ-Þ]\S*\s+(?:\S+\s+)?[A-ZÀ-Þ])",
    re.IGNORECASE,
)
_ROLE_AFTER: Final = re.compile(
    rf"(?<=\w)\s+(?:(?:staff|senior|chief|managing|deputy|contributing|executive|lead|special|guest|"
    rf"freelance|political|content|marketing|news|sports?)\s+)*(?:{_ROLE_WORDS})$|"
    r"\s*(?:기자|특파원|記者|编辑|編集委員|さん|氏)(?:\s.*)?$|\s+tarafından$",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"\s+[-–—|•·@/>»]\s.*|\s*[|•·(\[{@<].*|"
    r"\s+(?:for|für|pour|at|am|on|im|in|à|from|aus|reports?|reporting|contributed|updated|published|"
    r"posted|wrote|schreibt|berichtet|vor)\s.*|\s*,?\s*\b\d{1,2}[.:/]\s?\d.*|\s+\d{1,2}\s.*|"
    r"\s+\w{3,9}\s+\d{1,2},?(?:\s.*|$)|\s+\d{4}\b.*",
    re.IGNORECASE | re.DOTALL,
)
_UNSPOKEN: Final = re.compile(r"[^\s@]+@[^\s@]+\.\w+|https?://\S+|[\u200b-\u200f\ufeff]")
_JOINS: Final = re.compile(
    r"\s*[;\n\u2028|•·]\s*|\s*[、，،]\s*|,?\s+(?:and|und|et|og|och|en|with|mit|sowie|и|та|ve|và|"
    r"dan|και|ja|és|und von|and by|&|\+)\s+|\s*,\s*&\s*",
    re.IGNORECASE,
)
_SHORT_JOINS: Final = re.compile(r"\s+(?:y|e|i|a|o|u|en)\s+|\s*/\s*")
_JUNK: Final = re.compile(
    r"[{}<>=?!…\"„“”«»*#_\\]|://|www\.|\b(?:\d{1,2}[:.]\d{2}|(?:19|20)\d{2})\b|"
    r"\b(?:comments?|kommentare?|share|teilen|min(?:ute)?s?|read|lesen|antworten|reply|updated?|"
    r"aktualisiert|published|posted|facebook|twitter|instagram|linkedin|whatsapp|follow|folgen|"
    r"subscribe|newsletter|e-?mail|bio|profile?|profil|copyright|kontakt|contact|login|anmelden|register|"
    r"photo|image|getty|unknown|unbekannt|anonymous|null|undefined|none|n/a|admin|wordpressadmin|"
    r"views?|posts?|articles?|more|mehr|alle|all|about|über|menu|home|startseite|search|suche|"
    r"zitieren|liken|gefällt|name|date|datum|the authors?|tags?|categor(?:y|ies)|kategorien?)\b",
    re.IGNORECASE,
)
_PARTICLES: Final = frozenset([
    "von", "van", "de", "da", "do", "dos", "das", "del", "della", "di", "der", "den", "la", "le",
    "lo", "los", "las", "el", "al", "bin", "ibn", "ben", "zu", "zum", "zur", "ten", "ter", "af",
    "av", "y", "e", "i", "du", "des", "st.", "dr", "prof", "dr.", "prof.",
])  # fmt: skip
_NAME_WORD: Final = re.compile(
    r"[^\W\d_](?:[^\W\d_]|[.'’‘`´\u2010-\u2012\u0300-\u036f\u0900-\u0d7f-])*"
)
_HAN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\s・·]{2,12}")
_DANGLING: Final = frozenset([
    "by", "von", "vom", "par", "por", "door", "av", "af", "przez", "oleh", "od", "от", "der", "die",
    "das",
])  # fmt: skip
_DAY: Final = re.compile(
    r"\d{1,2}(?:st|nd|rd|th|\.)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lunes|martes|viernes|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche",
)
_NAME_SHARE: Final = 4
"""A byline is at most so many times as long as its names: "Von Ann Lee, Redakteurin in Rom" is one;
"Author Ann Lee, from Kensington, said she started reading" is a sentence."""
_MOST_WORDS: Final = 8
_LONGEST: Final = 80
_LONGEST_LIST: Final = 2000
"""Letters of a text that is still a list of names: papers have 50 authors."""


def is_role(text: str) -> bool:
    """True for an office or a title: ``Senior Editor``, ``PhD``."""
    return _ROLE.fullmatch(text) is not None


def is_account(name: str) -> bool:
    """True for what looks like a login: ``ann.lee``, ``alee2``."""
    return " " not in name and (
        name.islower() or any(sign in "._" or sign.isdigit() for sign in name)
    )


@lru_cache(maxsize=512)
def is_personal(name: str) -> bool:
    """True when ``name`` has the form of a person's full name: two to five words with capitals
    (but for particles), or as short a word of a script without them; and no word of a body."""
    if is_organisation(name):
        return False
    if _HAN.fullmatch(name):
        return len(name) <= 6
    words = name.split()
    if not 2 <= len(words) <= 5:
        return False
    capitals = 0
    for word in words:
        if word.islower() and word in _PARTICLES:
            continue
        if not _NAME_WORD.fullmatch(word) or word[0].islower():
            return False
        capitals += word.casefold() not in _PARTICLES
    return capitals >= 2 and words[-1].casefold() not in _PARTICLES


def split_names(text: str) -> list[str]:
    """The names in a byline: ``By Ann Lee, Staff Writer, and Bob Ray`` → Ann Lee, Bob Ray.

    Empty when nothing in it can be a name, or when it names who checked or illustrated the text.
    """
    return list(_split(text)) if len(text) <= _LONGEST_LIST else []


# A page says the same name in JSON-LD, meta and markup, and a site on many pages.
@lru_cache(maxsize=512)
def _split(text: str) -> tuple[str, ...]:
    if "@" in text or "://" in text or not text.isascii():
        text = _UNSPOKEN.sub(" ", text)
    text = fold_space(text)
    if not text or _OTHER_HANDS.match(text):
        return ()
    names: dict[str, str] = {}
    for part in _parts(_undated(_without_lead(text))):
        for name in _names_between_commas(part):
            names.setdefault(name.casefold(), name)
    return tuple(names.values())


def is_introduced(text: str) -> bool:
    """True when ``text``, but for a date at its head, begins with ``By``, ``Von`` and the like and
    is made of little else than the names that follow."""
    undated = _undated(text)
    if not (_INTRODUCED.match(undated) or _LEADS[-1].match(text)):
        return False
    return sum(len(name) for name in split_names(text)) * _NAME_SHARE >= len(undated)


def _undated(text: str) -> str:
    return _DATED.sub("", text, count=1) if any(map(str.isdigit, text)) else text


def _without_lead(text: str) -> str:
    for _ in range(3):
        before = text
        glued = _GLUED.match(text)
        if glued:
            text = text[glued.end() :]
        for lead in _LEADS:
            found = lead.match(text)
            if found:
                text = text[found.end() :]
                break
        else:
            found = _BEFORE_BODY.match(text)
            if found and is_organisation(text[found.end() :]):
                text = text[found.end() :]
        if text == before:
            break
    return text


def _parts(text: str) -> list[str]:
    """``text`` split where a joining word stands between two names, and nowhere inside one."""
    parts = [part for part in _JOINS.split(text) if part and part.strip(" ,")]
    if len(parts) > 1 and not re.search(r"[;\n|•·、，،]", text):
        heads = [part.split(",")[0].split() for part in parts]
        # "Herz und Blut", "Department of Health and Research" are one name each.
        if (
            all(len(head) == 1 for head in heads)
            or (BODY_WORD.search(parts[0]) and not is_personal(parts[-1].split(",")[0].strip()))
            or parts[1].casefold().startswith("co.")
        ):
            return [text]
    split: list[str] = []
    for part in parts:
        pieces = [piece.strip() for piece in _SHORT_JOINS.split(part)]
        if "/" in part and is_personal(pieces[0]):  # "Ann Lee/dpa", "Ann Lee / The Paper"
            split.extend(piece for piece in pieces if is_personal(piece) or is_organisation(piece))
        elif len(pieces) > 1 and all(is_personal(piece) for piece in pieces):
            split.extend(pieces)
        else:
            split.append(part)  # "afp/The Local" is one signature
    return split


def _names_between_commas(part: str) -> list[str]:
    """The names in a text without other joining words. What follows a full name after a comma is a
    name only when it is a full one too; else it is an office, a place or a title."""
    pieces = [piece.strip() for piece in part.split(",")]
    if _is_inverted(pieces):
        pieces = [f"{pieces[1]} {pieces[0]}"]
    names: list[str] = []
    for piece in pieces:
        name = clean_name(piece)
        if name is None:
            continue
        is_second = is_agency(name) or (is_personal(name) and not is_role(name))
        if not names or " " not in names[0] or is_second:
            names.append(name)
    return names


def _is_inverted(pieces: list[str]) -> bool:
    """True for ``Lee, Ann`` and ``Lee, Ann M.``: a word, a comma, a given name that is no role."""
    return (
        len(pieces) == 2
        and re.fullmatch(r"[A-ZÀ-Þ][\w'’-]+", pieces[0]) is not None
        and re.fullmatch(r"[A-ZÀ-Þ][a-zà-ÿ'’-]+(?: [A-ZÀ-Þ]\.?)*", pieces[1]) is not None
        and not _ROLE.fullmatch(pieces[1])
        and not is_organisation(pieces[0])
    )


def clean_name(piece: str) -> str | None:
    """The name in ``piece`` without what introduces and what follows it; None when it is none."""
    name = _without_lead(piece.strip())
    tail = _TAIL.search(name)
    if tail and tail.start() > 1 and not BODY_WORD.search(name[: tail.start()]):
        name = name[: tail.start()]
    name = name.strip(" \t.:;,|–—-*\"“”„'’‘()[]/\u00a0")
    if len(name) > _LONGEST * 2:  # the patterns below would take their time
        return None
    office = _ROLE_BEFORE.match(name)
    name = name[office.end() :] if office else name
    shortened = _ROLE_AFTER.sub("", name)
    if shortened != name and (is_personal(shortened) or _HAN.fullmatch(shortened)):
        name = shortened
    if not 2 <= len(name) <= _LONGEST or len(name.split()) > _MOST_WORDS:
        return None
    if not any(sign.isalpha() for sign in name) or _JUNK.search(name):
        return None
    if _ROLE.fullmatch(name) and not is_personal(name):
        return None
    words = name.casefold().split()
    if words[-1] in _DANGLING or any(_DAY.fullmatch(word) for word in words):
        return None
    return name
