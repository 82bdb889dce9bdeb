"""Lists of captures that others made, as addresses for a crawl.

Knows the forms in which web archives hand out their indexes: CDX with its legend and without (IIPC,
CDX 2006 and 2015), CDXJ (pywb, OpenWayback 3), the JSON lines of Common Crawl's index, the answers
of the Wayback CDX server as text and as JSON, with the fields that ``fl=`` chose, and a plain list
of addresses. What form a line has the line itself says, so that files may be joined. Which of the
captures a crawl for articles can use is known in ``cdx_lists``.

Takes chunks of bytes and holds one of them: a list may have any length.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

from archiver.errors import ConfigError, Place
from archiver.gunzip import unpacked

LONGEST_LINE = 128 * 1024
"""Bytes. An address has at most 16 KiB here, and the longest index lines repeat it (key, URL,
redirect); what is longer is no line of an index."""
_MOST_SKIPPED = 64 * 1024 * 1024
MOST_IN_VAIN = 1_000
"""Lines without an address at the beginning of a file, after which it is no list of captures."""

_REMEDY = (
    "Give an index of captures (CDX, CDXJ, Common Crawl's JSON lines, the answer of a Wayback CDX "
    "server) or a text file with one URL a line; gzip is undone, other packings are not"
)
_URL = ("url", "original")
_TIME = ("timestamp", "fetch_time")
# What was found in the body says more than what the server claimed, where the list has both.
_MIME = ("mime-detected", "content_mime_detected", "mime", "mimetype", "content_mime_type")
_STATUS = ("status", "statuscode", "fetch_status")
_DIGEST = ("digest", "content_digest")
_NAMES = frozenset({*_URL, *_TIME, *_MIME, *_STATUS, *_DIGEST, "urlkey", "length", "offset"})

_LEGEND = re.compile(r"\s*CDX((?:\s[A-Za-z])+)\s*")
_LETTERS = {"b": "time", "m": "mime", "s": "status", "k": "digest"}
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MOMENT = re.compile(r"\d{14}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+*-]+;?|unk", re.IGNORECASE)
_RESPONSE = re.compile(r"[1-5]\d\d")
_CHECKSUM = re.compile(r"(?:sha1:)?[A-Z2-7]{32}")

_BARE = re.compile(r"[\w.-]+(?::\d+)?(?:/|$)")
"""An address without its scheme, as the oldest indexes write it: ``example.org:80/page``."""

_BEGIN = re.compile(r"\s*\[\s*")
_BETWEEN = re.compile(r"[\s,\]]*(?:\[\s*(?=[\[{]))?")
"""What stands before an element; a bracket before a bracket begins another array."""


class Row(NamedTuple):
    """A line of a list as it says it; an empty string where it says nothing."""

    line: int
    """From 1."""
    url: str
    """Not normalised. Empty where the line cannot be read."""
    time: str = ""
    mime: str = ""
    status: str = ""
    digest: str = ""


class _Columns(NamedTuple):
    """Where the fields of a line stand that is split at its spaces; None for what it lacks."""

    url: int
    time: int | None = None
    mime: int | None = None
    status: int | None = None
    digest: int | None = None

    def row(self, line: int, fields: Sequence[str]) -> Row:
        def field(place: int | None) -> str:
            value = fields[place] if place is not None and place < len(fields) else ""
            return "" if value == "-" else value

        return Row(
            line,
            field(self.url),
            field(self.time),
            field(self.mime),
            field(self.status),
            field(self.digest),
        )


_COMMON = _Columns(url=2, time=1, mime=3, status=4, digest=5)
"""``N b a m s k …``: the beginning of every layout in use, of 6, 7, 9, 10, 11 and more columns."""


def read_rows(chunks: Iterable[bytes], name: str) -> Iterator[Row]:
    """The lines of the list ``name``, each as it stands; a line that cannot be read has no URL.

    ``chunks`` are its bytes, in pieces of any size, gzipped once, twice or not at all.
    Legends, comments (``#``, ``!``) and empty lines are no rows. ConfigError where nothing of the
    list can be read.
    """
    read = in_vain = 0
    for row in _rows(unpacked(unpacked(chunks))):
        yield row
        if row.url:
            read += 1
        else:
            in_vain += 1
        if not read and in_vain >= MOST_IN_VAIN:
            break
    if not read:
        what = f"none of the first {in_vain:,} lines is a capture or a URL" if in_vain else "empty"
        raise ConfigError(f"no list of captures: {what}", place=Place(name), remedy=_REMEDY)


def moment_of(time: str) -> datetime | None:
    """The instant of a timestamp: 14 digits, the first 4 and more of them, or ISO 8601, UTC where
    it has no offset. None for anything else."""
    text = time
    if time.isascii() and time.isdigit() and len(time) <= 14:
        digits = time + "00000101000000"[len(time) :]
        text = f"{digits[:8]}T{digits[8:]}" if len(time) >= 4 else ""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _rows(chunks: Iterable[bytes]) -> Iterator[Row]:
    """A JSON array begins with a bracket; every other form is one of lines."""
    source = iter(chunks)
    for chunk in source:
        begin = chunk.lstrip()
        if begin:
            whole = chain((chunk,), source)
            yield from _rows_of_array(whole) if begin[:1] == b"[" else _rows_of_lines(whole)
            return


# --- forms of lines ------------------------------------------------------------------------------


def _rows_of_lines(chunks: Iterable[bytes]) -> Iterator[Row]:
    legend: _Columns | None = None
    for number, raw in enumerate(_lines(chunks), 1):
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            yield Row(number, "")
            continue
        if not text or text.isspace() or text[0] in "#!":
            continue
        brace = text.find("{")
        if brace >= 0 and (brace == 0 or text[brace - 1] in " \t"):
            yield _of_json(number, text, brace)
        elif (found := _LEGEND.fullmatch(text)) is not None:
            legend = _columns_of_legend(found[1])
        else:
            yield _of_columns(number, text, legend)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines without their ends. One that is too long gives one line that cannot be read, and
    one without any end ends the list: it is a disk's image or a video."""
    rest = b""
    skipped = 0
    for chunk in chunks:
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        yield from lines
        skipped = 0 if lines else skipped + len(chunk)
        if len(rest) > LONGEST_LINE:
            rest = b"\xff"
        if skipped > _MOST_SKIPPED:
            break
    if rest:
        yield rest


def _of_json(number: int, text: str, brace: int) -> Row:
    """``{…}`` (Common Crawl) or ``urlkey timestamp {…}`` (CDXJ)."""
    try:
        told = json.loads(text[brace:] if brace else text)
    except (ValueError, RecursionError):
        return Row(number, "")
    before = text[:brace].split() if brace else ()
    return _of_mapping(number, told, before[1] if len(before) == 2 else "")


def _of_mapping(number: int, told: Mapping[str, Any], time: str = "") -> Row:
    def field(names: tuple[str, ...]) -> str:
        for name in names:
            value = told.get(name)
            if isinstance(value, str | int) and value not in ("-", ""):
                return str(value)
        return ""

    return Row(
        number,
        field(_URL),
        field(_TIME) or time,
        field(_MIME),
        field(_STATUS),
        field(_DIGEST),
    )


def _columns_of_legend(letters: str) -> _Columns | None:
    """Where the legend says the fields stand. ``a`` is the address as it was asked for; ``N`` and
    ``A`` are keys, from which it cannot be had."""
    order = [sign for sign in letters if sign.isalpha()]
    places = {_LETTERS[sign]: order.index(sign) for sign in _LETTERS if sign in order}
    return _Columns(order.index("a"), **places) if "a" in order else None


def _of_columns(number: int, text: str, legend: _Columns | None) -> Row:
    fields = text.split()
    if legend is None:
        return _of_fields(number, fields)
    row = legend.row(number, fields)
    return row._replace(url=f"http://{row.url}") if _BARE.match(row.url) else row


def _of_fields(number: int, fields: Sequence[str]) -> Row:
    if len(fields) >= 6 and fields[1].isdigit() and ":" in fields[2]:
        return _COMMON.row(number, fields)
    columns = _columns_by_look(fields)
    return columns.row(number, fields) if columns else Row(number, "")


def _columns_by_look(fields: Sequence[str]) -> _Columns | None:
    """The columns of a line whose fields somebody chose (``fl=timestamp,original``). The first
    that looks like a status is taken for it: servers give it before the length."""

    def place(look: re.Pattern[str]) -> int | None:
        return next((at for at, field in enumerate(fields) if look.fullmatch(field)), None)

    url = next((at for at, field in enumerate(fields) if _ADDRESS.match(field)), None)
    if url is None:
        return None
    if len(fields) == 1:
        return _Columns(url)
    return _Columns(url, place(_MOMENT), place(_MEDIA_TYPE), place(_RESPONSE), place(_CHECKSUM))


# --- the JSON array ------------------------------------------------------------------------------


def _rows_of_array(chunks: Iterable[bytes]) -> Iterator[Row]:
    """The rows of ``[["urlkey", …], [row], …]``, or of an array of objects or of addresses, one at
    a time, however it is broken into lines."""
    names: list[str] | None = None
    for line, value in _elements(chunks):
        if isinstance(value, dict):
            yield _of_mapping(line, value)
        elif isinstance(value, str):
            yield Row(line, value)
        elif not isinstance(value, list):
            yield Row(line, "")
        elif value:  # an empty row precedes the key to resume with
            fields = [str(field) for field in value]
            if _NAMES.issuperset(fields):
                names = fields
            elif names is not None and len(fields) == len(names):
                yield _of_mapping(line, dict(zip(names, fields, strict=True)))
            else:
                yield _of_fields(line, fields)


def _elements(chunks: Iterable[bytes]) -> Iterator[tuple[int, object]]:
    """(line, value) of each element of an array; None for a line that is none."""
    decode = json.JSONDecoder().raw_decode
    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    text, place, line = "", 0, 1
    gap = _BEGIN
    for chunk in chain(chunks, (None,)):
        text = text[place:] + utf8.decode(chunk or b"", final=chunk is None)
        place = 0
        while True:
            found = gap.match(text, place)
            begin = found.end() if found else place
            if begin == len(text):
                break
            try:
                value, end = decode(text, begin)
            except (ValueError, RecursionError):
                if chunk is not None and len(text) - begin < LONGEST_LINE:
                    break  # the rest of it is still to come
                value, end = None, text.find("\n", begin) + 1 or len(text)
            line += text.count("\n", place, begin)
            yield line, value
            line += text.count("\n", begin, end)
            place, gap = end, _BETWEEN
