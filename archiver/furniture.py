"""What a site prints around its articles, as data: blocks with their evidence, in a file to review.

Knows how two printings of a block are told to be one, what a furniture file looks like, and that a
person's word in it stands. How blocks are learned is ``learning``'s affair; what leaving one out
means is the extractor's. Reads no file (``config`` does).

A furniture file, ``<host>.furniture.toml``::

    host = "example.com"        # serves example.com and every host below it

    [[block]]
    text = "Sign up for our newsletter"
    keep = true                 # a person's veto: it stays in the texts, whatever is learned later
    articles = 398              # on how many articles it was seen ...
    of = 412                    # ... of how many
    before = 0                  # on how many of them before the text, inside it and after it
    inside = 12
    after = 386
    first_seen = 2026-11-01
    last_seen = 2026-11-23
    examples = ["https://example.com/a-story"]

Only ``text`` is needed: a block without evidence is furniture because a person says so.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, NoReturn

from archiver.errors import Place, RulesError
from archiver.toml_text import read_toml

NO_DIGEST = "none"
"""Digest of furniture that takes nothing away."""
SUFFIX = ".furniture.toml"
"""How the name of a furniture file ends; a host stands before it."""

_DIGITS = re.compile(r"\d+")
_BLOCK = re.compile(r"\s*\[\[\s*block\s*\]\]")
_COUNTS = ("articles", "of", "before", "inside", "after")
_DAYS = ("first_seen", "last_seen")
_KNOWN = frozenset({"text", "keep", "examples", *_COUNTS, *_DAYS})
_HEAD = """\
# What the pages of {host} print again and again: it is left out of texts.
# Learned by `archiver learn {host}`; you have the last word. Write
#   keep = true     below a text, and the block stays in the texts, whatever is learned later;
#   [[block]]       with nothing but a text, and that is furniture because you say so.
"""


def key_of(text: str) -> str:
    """``text`` as blocks are compared: NFKC, case folded, every number 0, white space folded.

    Numbers, because "12 comments" and "3 comments" are one block.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_DIGITS.sub("0", folded).split())


@dataclass(frozen=True, slots=True)
class Block:
    """A text that recurs on the pages of a site, and the evidence for it."""

    text: str
    """As one of the pages writes it, white space folded."""
    keep: bool = False
    """A person's veto."""
    articles: int = 0
    """On how many articles it was seen, versions of one counted once; 0 for a person's own."""
    of: int = 0
    """How many articles were looked at."""
    before: int = 0
    inside: int = 0
    """On how many articles it stood inside the text, as that is read without furniture."""
    after: int = 0
    first_seen: date | None = None
    """Day of the first capture that showed it; None for a person's own."""
    last_seen: date | None = None
    examples: tuple[str, ...] = ()
    """URLs of pages that show it."""

    @property
    def is_learned(self) -> bool:
        """False for a block that a person wrote into the file."""
        return self.articles > 0


@dataclass(frozen=True)
class Furniture:
    """The furniture of one site."""

    host: str
    """Lower case; serves the hosts below it too."""
    blocks: tuple[Block, ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of the blocks that are left out of texts."""
        kept = {key_of(block.text) for block in self.blocks if block.keep}
        return frozenset(key_of(block.text) for block in self.blocks) - kept - {""}

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, over what is left out, so that new counts for old blocks change
        nothing; ``none`` when nothing is."""
        if not self.keys:
            return NO_DIGEST
        said = "\n".join(sorted(self.keys))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    def holds(self, text: str) -> bool:
        """True when ``text``, a whole block of a page, is furniture."""
        return bool(self.keys) and key_of(text) in self.keys


NO_FURNITURE = Furniture(host="*")
"""What holds for a site of which none was learned."""


def merge(known: Furniture, learned: Furniture) -> Furniture:
    """``learned`` with what ``known`` holds beside it: vetoes stay, and so do blocks that were not
    seen again, since old pages still show them. Only a person takes one out, by his veto."""
    before = {key_of(block.text): block for block in known.blocks}
    blocks = []
    for block in learned.blocks:
        old = before.pop(key_of(block.text), None)
        blocks.append(_renewed(old, block) if old is not None else block)
    return Furniture(learned.host, in_order([*blocks, *before.values()]))


def _renewed(old: Block, new: Block) -> Block:
    """``new`` evidence for ``old``, with its text and veto."""
    first = min(day for day in (old.first_seen, new.first_seen) if day) if new.first_seen else None
    last = max(day for day in (old.last_seen, new.last_seen) if day) if new.last_seen else None
    return replace(new, text=old.text, keep=old.keep, first_seen=first, last_seen=last)


def in_order(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks as a person reviews them: a person's own, then by how many texts they stand in."""
    return tuple(
        sorted(blocks, key=lambda b: (b.is_learned, -b.inside, -b.articles, key_of(b.text), b.text))
    )


def format_furniture(furniture: Furniture) -> str:
    """The file that states ``furniture``; the same value gives the same text."""
    lines = [_HEAD.format(host=furniture.host), f"host = {_quoted(furniture.host)}"]
    for block in in_order(furniture.blocks):
        lines += ["", "[[block]]", *_lines(block)]
    return "\n".join(lines) + "\n"


def _lines(block: Block) -> Iterator[str]:
    yield f"text = {_quoted(block.text)}"
    if block.keep:
        yield "keep = true"
    if block.is_learned:
        for name in _COUNTS:
            yield f"{name} = {getattr(block, name)}"
    for name in _DAYS:
        if getattr(block, name) is not None:
            yield f"{name} = {getattr(block, name).isoformat()}"
    if block.examples:
        yield "examples = ["
        yield from (f"    {_quoted(url)}," for url in block.examples)
        yield "]"


def _quoted(text: str) -> str:
    """A basic string of TOML (1.0, 'String'): JSON's escapes hold there, but DEL needs one too."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def parse_furniture(text: str, name: str) -> Furniture:
    """The furniture that TOML ``text`` states; ``name`` is the file's, for errors.

    Raises ``RulesError`` with file, line where it is known, and key.
    """
    said = read_toml(text, name)
    lines = text.splitlines()
    top = _Checked(said, name, lines[: _start(lines, 0) - 1], 1)
    for key in sorted(said.keys() - {"host", "block"}):
        top.fail(key, "is no key of a furniture file", "Take it out or correct its spelling")
    host = said.get("host")
    if not isinstance(host, str) or not re.fullmatch(r"[a-z0-9.\-]+(:\d+)?", host):
        top.fail("host", f"{host!r} is no host name in lower case", 'Write host = "example.com"')
    tables = said.get("block", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        top.fail("block", "must be tables", "Begin each with [[block]]")
    blocks = []
    for number, table in enumerate(tables):
        start, end = _start(lines, number), _start(lines, number + 1)
        blocks.append(_block(_Checked(table, name, lines[start - 1 : end - 1], start)))
    return Furniture(host, tuple(blocks))


def _start(lines: list[str], number: int) -> int:
    """The line, from 1, on which block ``number`` begins; after the last line where none does."""
    starts = [at for at, line in enumerate(lines, 1) if _BLOCK.match(line)]
    return starts[number] if number < len(starts) else len(lines) + 1


def _block(table: _Checked) -> Block:
    for key in sorted(table.said.keys() - _KNOWN):
        table.fail(key, "is no key of a block", "Take it out or correct its spelling")
    text = table.take("text", str, "")
    if not key_of(text):
        table.fail("text", "must be a text", 'Write text = "…"')
    counts = {key: table.take(key, int, 0) for key in _COUNTS}
    for key, count in counts.items():
        if count < 0 or isinstance(count, bool):
            table.fail(key, "must be a number of articles", "Correct it or take it out")
    days = {key: table.take(key, date, None) for key in _DAYS}
    for key, day in days.items():
        if isinstance(day, datetime):
            table.fail(key, "must be a day", "Write it as 2026-11-23, without quotes")
    examples = table.take("examples", list, [])
    if not all(isinstance(url, str) for url in examples):
        table.fail("examples", "must be a list of texts", "Take it out")
    return Block(
        text=" ".join(text.split()),
        keep=table.take("keep", bool, False),
        examples=tuple(examples),
        **counts,
        **days,
    )


@dataclass(frozen=True, slots=True)
class _Checked:
    """A TOML table, its lines in the file, and how a fault in it is told."""

    said: dict[str, Any]
    name: str
    lines: list[str]
    first: int

    def take(self, key: str, kind: type, default: Any) -> Any:
        value = self.said.get(key, default)
        if value is not default and not isinstance(value, kind):
            self.fail(key, f"{value!r} is no {_SPELLED[kind]}", "Correct it or take it out")
        return value

    def fail(self, key: str, what: str, remedy: str) -> NoReturn:
        """Raise the error about ``key`` with its line, or that on which its table begins."""
        within = (
            at
            for at, line in enumerate(self.lines, self.first)
            if re.match(rf"\s*[\"']?{re.escape(key)}\b", line)
        )
        place = Place(self.name, line=next(within, self.first))
        raise RulesError(f"{key}: {what}", place=place, remedy=remedy)


_SPELLED = {str: "text", int: "number", date: "day", list: "list", bool: "true or false"}
