"""TOML text becomes values and the lines they stand on, or an error that names file and line.

Knows where the parser says that it stopped and where each key stands; what the values mean is told
by who asks. Reads no file (``config`` does).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from archiver.errors import Place, RulesError

Path = tuple[str | int, ...]
"""Where a value stands: names of keys, and numbers (from 0) of entries of a list."""

_IDLE = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)+")
"""What stands between statements and between the entries of a list."""
_BLANK = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*\'''', re.DOTALL
)
_PLAIN = re.compile(r"[^,\]}#\n]*")


def read_toml(text: str, name: str) -> dict[str, Any]:
    """What ``text`` states; ``name`` is the file's. RulesError when it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        last = text.count("\n") + 1  # "at end of document"
        place = Place(name, line=int(found[1]) if found else last)
        raise RulesError(f"no TOML: {error}", place=place, remedy="Mend the file") from error
    except RecursionError as error:
        raise RulesError(
            "no TOML: brackets in brackets without end", place=Place(name), remedy="Mend the file"
        ) from error


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of each key, table and entry of a list in ``text``, which ``read_toml``
    has read: ``("layout", 0, "body", 1)`` → 7. Of a key that is written more than once (tables)
    the first line.

    The parser of the standard library keeps no lines (CPython, issue 115516), nor does tomlkit.
    """
    return _Scan(text).run()


class _Scan:
    """A walk over TOML that is known to be well-formed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._seen = -1
        self._lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        """How many tables of each array of tables were begun."""

    def run(self) -> dict[Path, int]:
        here: Path = ()
        while not self._is_over(""):
            if self._takes("[["):
                here = self._next_table()
            elif self._takes("["):
                here = self._resolved(self._names(), self._at)
                self._takes("]")
            else:
                self._statement(here)
        return self._lines

    def _next_table(self) -> Path:
        at = self._at
        *outer, last = self._names()
        array = self._noted((*self._resolved(outer, at), last), at)
        number = self._tables.get(array, 0)
        self._tables[array] = number + 1
        self._takes("]]")
        return self._noted((*array, number), at)

    def _resolved(self, names: Iterable[str], at: int) -> Path:
        """The path of a table's name: of an array of tables the latest is meant."""
        path: Path = ()
        for name in names:
            path = self._noted((*path, name), at)
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        return path

    def _statement(self, here: Path) -> None:
        at = self._at
        path = here
        for name in self._names():
            path = self._noted((*path, name), at)
        self._skip(_BLANK)
        if self._takes("="):
            self._value(path)

    def _names(self) -> Iterator[str]:
        """The names of a dotted key."""
        while True:
            self._skip(_BLANK)
            found = _KEY.match(self._text, self._at)
            if found is None:
                return
            self._at = found.end()
            yield _unquoted(found[0])
            self._skip(_BLANK)
            if not self._takes("."):
                return

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        if self._takes("["):
            number = 0
            while not self._is_over("]"):
                self._value(self._noted((*path, number), self._at))
                number += 1
        elif self._takes("{"):
            while not self._is_over("}"):
                self._statement(path)
        elif not self._skip(_STRING):
            self._skip(_PLAIN)

    def _is_over(self, end: str) -> bool:
        """True behind ``end`` or the text's own; and where the last step led nowhere, so that a
        text which is no TOML ends the walk."""
        self._skip(_IDLE)
        if (end and self._takes(end)) or self._at >= len(self._text) or self._at == self._seen:
            return True
        self._seen = self._at
        return False

    def _noted(self, path: Path, at: int) -> Path:
        self._lines.setdefault(path, bisect_right(self._ends, at - 1) + 1)
        return path

    def _takes(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._at)
        self._at += len(sign) if found else 0
        return found

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self._text, self._at)
        if found is None:
            return False
        self._at = found.end()
        return bool(found[0])


def _unquoted(name: str) -> str:
    return next(iter(tomllib.loads(f"{name} = 0"))) if name[0] in "\"'" else name
