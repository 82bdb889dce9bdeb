"""Digests as WARC headers carry them: ``algorithm:value``, base 32 or hex.

Knows the spellings of the tools that write them and how to compare them; ours are SHA-1, base 32.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Protocol

ALGORITHMS = {"md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
"""Names with the bytes of their digest."""


class Hasher(Protocol):
    """What this room uses of a ``hashlib`` object."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


def hasher(algorithm: str) -> Hasher:
    """A fresh hasher; these digests name content, they guard no secret."""
    return hashlib.new(algorithm, usedforsecurity=False)


def sha1_label(*pieces: bytes) -> str:
    """``sha1:`` and base 32 of ``pieces`` one after another, as in ``WARC-Payload-Digest``."""
    sha1 = hasher("sha1")
    for piece in pieces:
        sha1.update(piece)
    return label("sha1", sha1.digest())


def label(algorithm: str, digest: bytes) -> str:
    """``algorithm:`` and base 32 of ``digest``."""
    return f"{algorithm}:{base64.b32encode(digest).decode('ascii')}"


def parse_label(text: str) -> tuple[str, bytes] | None:
    """Algorithm and digest of a header value; None when it is of no known kind.

    ``SHA-1``, ``sha_256`` and a bare base 32 SHA-1 (Alexa's files) are known too.
    """
    name, colon, value = text.strip().partition(":")
    if not colon:
        name, value = "sha1", name
    algorithm = name.lower().replace("-", "").replace("_", "")
    size = ALGORITHMS.get(algorithm)
    if size is None:
        return None
    value = value.strip()
    try:
        if len(value) == 2 * size:
            return algorithm, bytes.fromhex(value)
        if len(value.rstrip("=")) == (8 * size + 4) // 5:
            padded = value.rstrip("=").upper()
            digest = base64.b32decode(padded + "=" * (-len(padded) % 8))
        else:
            digest = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return None
    return (algorithm, digest) if len(digest) == size else None
