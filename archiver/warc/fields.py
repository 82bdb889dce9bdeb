"""Named fields: the ``name: value`` lines of record headers and of ``application/warc-fields``.

Knows how such lines are written so that no value can add a line of its own, how they are read
from files of any tool, and how raw bytes travel in them. Knows nothing of what a field means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote_from_bytes, unquote_to_bytes

Field = tuple[str, str]
"""A field as written: name and value."""

# Every printable ASCII character but the percent sign, which begins an escape.
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "%")
# C0 and C1 controls, and the two line separators that str.splitlines() would break at.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def quote_bytes(raw: bytes, *, also: str = "") -> str:
    """``raw`` as printable ASCII without white space: all other bytes, ``%`` and the signs in
    ``also`` are percent-encoded. ``unquote_bytes`` gives the same bytes back."""
    return quote_from_bytes(raw, safe=_PRINTABLE.translate({ord(sign): None for sign in also}))


def unquote_bytes(text: str) -> bytes:
    """The bytes that ``quote_bytes`` was given."""
    return unquote_to_bytes(text)


def safe_value(value: str) -> str:
    """``value`` on one line: control characters percent-encoded, surrounding blanks removed.

    A CR LF in a target URI came back as headers and records of the page's choosing (warcio 1.8.1).
    """
    return _CONTROL.sub(lambda match: quote_bytes(match.group().encode()), value.strip(" \t"))


def safe_uri(uri: str) -> str:
    """``uri`` in printable ASCII without white space; escapes that it holds are left alone."""
    return quote_from_bytes(uri.encode("utf-8", "surrogateescape"), safe=_PRINTABLE + "%")


def field_lines(fields: Iterable[Field]) -> bytes:
    """``fields`` as lines ending in CR LF, UTF-8."""
    lines = "".join(f"{name}: {safe_value(value)}\r\n" for name, value in fields)
    return lines.encode("utf-8", "replace")


def parse_fields(block: bytes) -> list[Field]:
    """The fields of ``block``, in order; folded lines joined, lines without a colon left out.

    Text is UTF-8, else Latin-1 (old tools wrote URIs as they stood in the page).
    """
    fields: list[tuple[str, list[str]]] = []
    for raw in block.split(b"\n"):
        line = decode(raw.rstrip(b"\r"))  # files that went through a text editor end in CR CR LF
        if line[:1] in (" ", "\t"):
            if fields and line.strip():
                fields[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(":")
        if colon and name.strip():
            fields.append((name.strip(), [value.strip()]))
    return [(name, " ".join(values).strip()) for name, values in fields]


def decode(raw: bytes) -> str:
    """``raw`` as UTF-8, else as Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def first(fields: Iterable[Field], name: str) -> str | None:
    """Value of the first field called ``name``, in any case; None when there is none."""
    wanted = name.lower()
    return next((value for key, value in fields if key.lower() == wanted), None)


def every(fields: Iterable[Field], name: str) -> tuple[str, ...]:
    """Values of all fields called ``name``, in any case, in order."""
    wanted = name.lower()
    return tuple(value for key, value in fields if key.lower() == wanted)
