"""The language a page is in: declared, else seen in its script and smallest words.

Knows codes and frequent words; nothing of pages.
"""

from __future__ import annotations

import re
from collections import Counter
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
    "ca": "el la els de que i en les del per amb una és dels al",
    "nl": "de het een van en in dat is op te zijn voor met niet",
    "sv": "och att det som en på är av för med den till inte har",
    "da": "og at det som en på er af for med den til ikke har",
    "no": "og at det som en på er av for med den til ikke har",
    "fi": "ja on ei se että oli joka myös kun mutta ovat hän",
    "et": "ja on ei et see oli mis ka kui aga oma tema",
    "pl": "i w nie na z się do to że jest jak po co ale",
    "cs": "a se v na je že s z ve o jako pro jsem ale také",
    "sk": "a sa v na je že s z vo o ako pre som ale tiež",
    "sl": "in je v na se da za so z pa ki tudi bi ne",
    "hr": "i je u na se da za su od koji nije te bi što",
    "lt": "ir į kad iš su yra tai kaip jo buvo bet dėl",
    "lv": "un ir ka no ar par uz bet arī kas tas nav",
    "hu": "a az és hogy nem is egy ez meg van de ha",
    "ro": "și de în la cu a o nu pe din care este mai",
    "tr": "ve bir bu da de için ile çok daha olarak gibi ne",
    "id": "yang dan di untuk dengan ini dari pada tidak itu dalam adalah",
    "vi": "và của là có không cho được các một những trong",
}
_LANGUAGES_OF: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(language for language, frequent in _WORDS.items() if word in frequent.split())
    for words in _WORDS.values()
    for word in words.split()
}
_SCRIPTS: Final = (
    (re.compile(r"[\u3040-\u30ff]"), "ja", 0.02),
    (re.compile(r"[\uac00-\ud7af]"), "ko", 0.3),
    (re.compile(r"[\u4e00-\u9fff]"), "zh", 0.3),
    (re.compile(r"[\u0e00-\u0e7f]"), "th", 0.3),
    (re.compile(r"[\u0590-\u05ff]"), "he", 0.3),
    (re.compile(r"[\u0370-\u03ff]"), "el", 0.3),
    (re.compile(r"[\u0900-\u097f]"), "hi", 0.3),
    (re.compile(r"[\u0980-\u09ff]"), "bn", 0.3),
    (re.compile(r"[\u0a80-\u0aff]"), "gu", 0.3),
    (re.compile(r"[\u0b80-\u0bff]"), "ta", 0.3),
    (re.compile(r"[\u0c00-\u0c7f]"), "te", 0.3),
    (re.compile(r"[\u0d00-\u0d7f]"), "ml", 0.3),
    (re.compile(r"[\u10a0-\u10ff]"), "ka", 0.3),
    (re.compile(r"[\u0530-\u058f]"), "hy", 0.3),
    (re.compile(r"[\u0679\u0688\u0691\u06d2]"), "ur", 0.02),
    (re.compile(r"[\u067e\u0686\u0698\u06af]"), "fa", 0.02),
    (re.compile(r"[\u0600-\u06ff]"), "ar", 0.3),
    (re.compile(r"[іїєґ]"), "uk", 0.02),
    (re.compile(r"[јљњћђџ]"), "sr", 0.02),
    (re.compile(r"[ыэё]"), "ru", 0.005),
    (re.compile(r"[ъ]"), "bg", 0.01),
    (re.compile(r"[\u0400-\u04ff]"), "ru", 0.3),
)
"""(signs, language, share of the letters from which they decide), special before general: Japanese
is written with kana among Chinese signs, Ukrainian with letters that Russian lacks, and in
Bulgarian ъ is a vowel (one letter in fifty) while ы and э are no letters."""
_BEYOND_LATIN = re.compile(r"[\u0370-\uffff]")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE: Final = 2500
"""Signs that are looked at: 400 words, of which 100 are among the most frequent."""


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
    sample = text[:_SAMPLE].lower()
    words = _WORD.findall(sample)
    letters = sum(map(len, words))
    if letters < 40:
        return None
    if len(_BEYOND_LATIN.findall(sample)) > letters * 0.02:
        for script, language, share in _SCRIPTS:
            if len(script.findall(sample)) > letters * share:
                return language
    counts: Counter[str] = Counter()
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] += 1
    if not counts:
        return None
    best = max(counts, key=lambda language: counts[language])
    # Running text has a share of 0.15 and more in its own language; lists of names have none.
    return best if counts[best] >= len(words) * 0.1 else None
