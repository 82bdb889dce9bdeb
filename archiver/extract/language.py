"""The language a page is in: declared, else seen in its script and smallest words.

Knows codes and frequent words; nothing of pages.
"""

from __future__ import annotations

import re
from typing import Final

_TAG = re.compile(
    r"^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_.@].*)?$"
)
_WORDS: Final = {
    "en": "the and of to in is that for it with was on are this",
    "de": "der die und in den von zu das mit sich des auf für ist im nicht",
    "fr": "le la les des et en du une que est dans pour qui pas sur",
    "es": "el la los de que y en las del se por con una para es",
    "pt": "o de que e do da em um para não uma os no se na",
    "it": "il di che la e per un del non sono della una con i gli",
    "nl": "de het een van en in dat is op te zijn voor met niet",
    "sv": "och att det som en på är av för med den till inte har",
    "da": "og at det som en på er af for med den til ikke har",
    "no": "og at det som en på er av for med den til ikke har",
    "fi": "ja on ei se että oli joka myös kun mutta ovat hän",
    "pl": "i w nie na z się do to że jest jak po co ale",
    "cs": "a se v na je že s z do to o by jsem ale",
    "hu": "a az és hogy nem is egy ez meg van de ha",
    "ro": "și de în la cu a o nu pe din care este mai",
    "tr": "ve bir bu da de için ile çok daha olarak gibi ne",
    "id": "yang dan di untuk dengan ini dari pada tidak itu dalam adalah",
    "vi": "và của là có không cho được các một những trong",
}
_STOPWORDS: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SCRIPTS: Final = (
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
    (re.compile(r"[\u0980-\u09ff]"), "bn"),
    (re.compile(r"[\u0b80-\u0bff]"), "ta"),
    (re.compile(r"[\u0600-\u06ff]"), "ar"),
    (re.compile(r"[іїєґ]"), "uk"),
    (re.compile(r"[\u0400-\u04ff]"), "ru"),
)


def tidy_tag(declared: str | None) -> str | None:
    """``declared`` as BCP 47 writes it (``pt_br`` → ``pt-BR``); None when it is no language tag."""
    found = _TAG.match((declared or "").strip())
    if found is None or found[1].lower() in ("und", "mul", "xx", "zxx"):
        return None
    parts = [found[1].lower()]
    if found[2]:
        parts.append(found[2].title())
    if found[3]:
        parts.append(found[3].upper())
    return "-".join(parts)


def detect(text: str) -> str | None:
    """The language ``text`` is most likely in; None when too little speaks for any.

    A script that is one language's decides; else the share of the language's most frequent words.
    """
    sample = text[:6000].lower()
    letters = sum(sign.isalpha() for sign in sample)
    if letters < 40:
        return None
    for script, language in _SCRIPTS:
        if len(script.findall(sample)) > letters * (0.02 if language in ("ja", "uk") else 0.3):
            return language
    words = re.findall(r"[^\W\d_]+", sample)
    shares = {
        language: sum(word in frequent for word in words) / max(len(words), 1)
        for language, frequent in _STOPWORDS.items()
    }
    best = max(shares, key=lambda language: shares[language])
    # Running text has a share of 0.15 and more in its own language; lists of names have none.
    return best if shares[best] >= 0.1 else None
