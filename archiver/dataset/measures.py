"""Numbers about a text: how long it is, whether it is the same as another, or nearly.

Knows text only. Each number is a function of the text alone, the same on every machine.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter

from archiver.words import words_of

SHINGLE = 3
"""Words that make one feature of a simhash: single words forget the order, longer runs change
altogether with every edit."""


def article_id(canonical_url: str) -> str:
    """The first 16 hex digits of SHA-256 of ``canonical_url``."""
    return hashlib.sha256(canonical_url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def word_count(text: str) -> int:
    """Words in any script (``archiver.words``)."""
    return len(words_of(text))


def text_digest(text: str) -> str:
    """SHA-256, in hex, of ``text`` in NFC with every run of white space made one space: two
    renderings of one text have the same."""
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def simhash(text: str) -> int:
    """64 bits of which few differ between nearly equal texts (Charikar 2002; Manku et al. 2007
    take 3 of 64 for near-duplicates of web pages). 0 for a text without words.

    Features are runs of three words (NFKC, case folded), each counted once, hashed with the
    first 8 bytes of BLAKE2b; a bit is set when more than half of the features set it.
    """
    words = words_of(unicodedata.normalize("NFKC", text).casefold())
    if not words:
        return 0
    runs = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}
    digests = b"".join(
        hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for run in runs
    )
    bits = 0
    for place in range(8):
        counts = Counter(digests[place::8])
        lanes = sum(_SPREAD[byte] * count for byte, count in counts.items())
        for lane in range(8):
            ones = lanes >> (lane * 32) & 0xFFFFFFFF
            bits = bits << 1 | (2 * ones > len(runs))
    return bits


# Each bit of a byte in a lane of 32 bits, so that one addition counts eight of them.
_SPREAD = tuple(
    sum((byte >> (7 - bit) & 1) << (bit * 32) for bit in range(8)) for byte in range(256)
)
