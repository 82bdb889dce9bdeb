"""Letters, marks and words in any script.

Knows which signs make up words and which scripts set no spaces between them; knows no language.
"""

from __future__ import annotations

import re

# Python's \w leaves out combining marks, without which no Hindi word is whole: the combining
# diacritics, Hebrew points, Arabic vowels, the joiners; of the Indic blocks all but the danda.
MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    "\u200c\u200d"
)
# Thai, Lao, Myanmar, Khmer, kana, ideographs.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
HANGUL = "\uac00-\ud7af"

_JOINTS = "['’.,·\\-‐‑]"
_LETTERS = rf"(?:(?![_{UNSPACED}])[\w{MARKS}])"
_WORD = re.compile(rf"[{UNSPACED}]|{_LETTERS}+(?:{_JOINTS}{_LETTERS}+)*")
# The same where no sign of the two tables occurs, at four times the speed.
_PLAIN_WORD = re.compile(rf"[^\W_]+(?:{_JOINTS}[^\W_]+)*")
_SPECIAL = re.compile(f"[{MARKS}{UNSPACED}]")


def words_of(text: str) -> list[str]:
    """The words of ``text`` in their order. "don't", "well-known" and "3,000.50" are one word
    each; in scripts without spaces every letter is one, as word processors count Chinese."""
    if _SPECIAL.search(text) is None:
        return _PLAIN_WORD.findall(text)
    return [word for word in _WORD.findall(text) if any(map(str.isalnum, word))]
