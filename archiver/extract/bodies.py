"""Names that are no person's: agencies, desks, media, companies and other bodies.

Knows the news agencies by name and the rest by the words that such names have.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archiver.dom import fold_space

AGENCIES: Final = frozenset([
    "reuters", "ap", "associated press", "the associated press", "afp", "agence france presse",
    "agence france-presse", "dpa", "dpa-afx", "deutsche presse-agentur", "apa", "sda", "ats",
    "keystone-sda", "efe", "ansa", "adnkronos", "pti", "press trust of india", "ani", "ians", "upi",
    "tass", "тасс", "xinhua", "新华社", "新华网", "kyodo", "kyodo news", "共同通信", "共同", "時事",
    "yonhap", "연합뉴스", "bloomberg", "bloomberg news", "pa media", "pa", "press association",
    "pa news agency", "aap", "epd", "kna", "sid", "reuters staff", "lusa", "belga", "anp", "ritzau",
    "ntb", "tt", "stt", "pap", "čtk", "ctk", "mti", "tanjug", "ukrinform", "interfax", "интерфакс",
    "ria novosti", "риа новости", "cna", "bernama", "antara", "canadian press", "anadolu ajansı",
    "the canadian press", "cp", "newsis", "jiji press", "wire", "wire services", "news agencies",
    "agencies", "agencias", "agenturen", "agenzie", "ots", "pressetext", "globenewswire",
    "kathpress", "pr newswire", "business wire", "prnewswire", "aa", "dha", "iha",
    "europa press", "telam",
])  # fmt: skip

# Words that a body, a desk or a role account has in its name and hardly a person.
BODY_WORD: Final = re.compile(
    r"\b(?:editors?|editorial|redaktion\w*|redactie|redaction|redacción|redacao|redação|redazione|"
    r"rédaction|redakcja|redakce|redaksi|редакция|staff|team|newsroom|news|nachrichten|noticias|desk|"
    r"\w*admin(?:istrator)?|webmaster|guest|contributors?|press|presse|office|department|group|inc|llc|"
    r"ltd|gmbh|(?-i:AG|SE)|e\.\s?v|media|medien|newspaper|magazine?|magazin|online|correspondents?|reporters?|"
    r"bureau|cent(?:er|re)|institut\w*|university|universität|foundation|stiftung|association|"
    r"society|council|committee|ministry|ministerium|\w+verband|\w+anstalt|agency|agentur|agencia|"
    r"agence|store|shop|company|blog|tv|radio|times|post|tribune|herald|gazette|zeitung|journal|diario|"
    r"studio|partners?|solutions|services?|experts?|community|club|clinic|hospital|college|school)\b|"
    r"編集部|編集局|新聞|取材班|통신|뉴스|ajansı\b|\.(?:com|net|org|de|at|ch|tr|fr|it|es|uk|eu|ru|in|info|tv)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def is_organisation(name: str) -> bool:
    """True for agencies, desks, media and other bodies, by their words."""
    return is_agency(name) or bool(BODY_WORD.search(name))


def is_agency(name: str) -> bool:
    """True for a news agency by its whole name."""
    return fold_space(name).casefold().strip(" .()") in AGENCIES
