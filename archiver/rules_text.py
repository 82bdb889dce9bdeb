"""The text of a rules file becomes plain values, or a list of all that is wrong with it.

Knows the schema of rules files (``rules/schema.json``, JSON Schema 2020-12, the one editors use
too) and what no schema can say: whether selectors and regular expressions can be used, whether
layouts follow each other. What the values mean is ``sites``' affair. Reads no file of the
operator's (``config`` does).

The schema is applied by jsonschema-rs: 10,000 files take it 0.02 s, jsonschema 1.5 s; it names all
faults of a file, fastjsonschema only the first, and not by draft 2020-12.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from archiver.errors import Place, RulesError
from archiver.selectors import fault_of_selector
from archiver.toml_text import Path, lines_of, read_toml
from archiver.url_patterns import fault_of_patterns

if TYPE_CHECKING:
    import jsonschema_rs

SCHEMA = "schema.json"
"""Name of the schema in ``archiver/rules/``."""
PATTERNS = ("article_url", "exclude_url")
ELEMENTS = ("body", "remove")
"""Keys of a layout whose selectors must find elements."""
SELECTORS = (*ELEMENTS, "title", "author", "published")

_DIRECTIVE = re.compile(r"\{[^{}]*\}|[{}]")
_DIRECTIVES = frozenset({"{yyyy}", "{mm}", "{dd}", "{m}", "{d}"})
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what an operator says of a site."""

    place: Place
    key: str
    """The key it is about; empty for a fault of the whole file."""
    what: str
    remedy: str | None

    def __str__(self) -> str:
        return str(self.as_error())

    def as_error(self) -> RulesError:
        """The same, to be raised."""
        what = f"{self.key}: {self.what}" if self.key else self.what
        return RulesError(what, place=self.place, remedy=self.remedy)


class FaultyRules(RulesError):
    """Rules with all that is wrong with them, a line for each fault."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> FaultyRules:
        """The error about ``faults``, of which there is one at least."""
        known = tuple(faults)
        first = known[0].as_error()
        error = cls(first.what, place=first.place, remedy=first.remedy)
        error.faults = known
        return error

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def faults_of(error: RulesError) -> tuple[Fault, ...]:
    """All that ``error`` is about."""
    if isinstance(error, FaultyRules):
        return error.faults
    return (Fault(error.place or Place("rules"), "", error.what, error.remedy),)


def read_values(text: str, name: str) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """What the rules file ``text`` states, and all that is wrong with it in the order of its lines;
    ``name`` is the file's. What is stated can be relied on where there is no fault."""
    try:
        said = read_toml(text, name)
    except RulesError as error:
        return {}, faults_of(error)
    plain = _as_json(said)
    found = [] if _validator().is_valid(plain) else list(_by_schema(plain))
    bad = {one.path for one in found}
    found += [one for one in _beyond_schema(plain) if not _is_within(one.path, bad)]
    if not found:
        return said, ()
    lines = lines_of(text)
    faults = {
        Fault(
            Place(name, line=_line(lines, one.path)),
            next((str(step) for step in reversed(one.path) if isinstance(step, str)), ""),
            one.what,
            one.remedy,
        )
        for one in found
    }
    return said, tuple(sorted(faults, key=lambda f: (f.place.line or 0, f.key, f.what)))


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of a rules file. Each key says in ``x-must`` what its value must be, and in
    ``x-write`` how that is written."""
    text = resources.files("archiver").joinpath("rules", SCHEMA).read_bytes()
    return dict(json.loads(text))


class _Found(NamedTuple):
    path: Path
    what: str
    remedy: str


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs  # noqa: PLC0415 - workers are handed rules, and read none

    return jsonschema_rs.Draft202012Validator(dict(schema()), validate_formats=True)


def _as_json(value: Any) -> Any:
    """``value`` of TOML as a schema sees it: editors take days and times for texts too."""
    if isinstance(value, dict):
        return {key: _as_json(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_as_json(entry) for entry in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _by_schema(plain: Any) -> Iterator[_Found]:
    for error in _validator().iter_errors(plain):
        path = tuple(error.instance_path)
        keyword = error.schema_path[-1]
        if keyword == "additionalProperties":
            table = _at(plain, path)
            known = list(_described(path)["properties"])
            for key in table if isinstance(table, dict) else ():
                if key not in known:
                    yield _Found((*path, key), *_unknown(key, known, path))
        elif keyword == "required":
            yield _Found((*path, "host"), "is missing", f"Write {_described(('host',))['x-write']}")
        else:
            yield _Found(path, *_mistaken(plain, path))


def _unknown(key: str, known: list[str], path: Path) -> tuple[str, str]:
    table = "a layout" if path else "a rules file"
    elsewhere = _described(() if path else ("layout", 0))["properties"]
    if key in elsewhere:
        where = "above the first [[layout]]" if path else "below a line [[layout]]"
        return f"is no key of {table}", f"Put it {where}"
    near = difflib.get_close_matches(key.lower(), known, n=1)
    if near:
        return f"is no key of {table}", f"Did you mean {near[0]}?"
    return f"is no key of {table}", f"Take it out, or choose one of {', '.join(sorted(known))}"


def _mistaken(plain: Any, path: Path) -> tuple[str, str]:
    described = _described(path)
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "host")
    write = described["x-write"].replace("KEY", key)
    return f"must {described['x-must']}, not {_shown(_at(plain, path))}", f"Write {write}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _described(path: Path) -> Mapping[str, Any]:
    """The part of the schema that speaks of the key at ``path``: of an entry of a list, that of
    the list, which says what it must be."""
    part: Mapping[str, Any] = schema()
    for step in path:
        is_entry = isinstance(step, int)
        below = part.get("items", {}) if is_entry else part["properties"][step]
        if is_entry and "x-must" not in below:
            return part
        part = below
        if "$ref" in part:
            part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    return part


def _at(plain: Any, path: Path) -> Any:
    for step in path:
        plain = plain[step]
    return plain


def _is_within(path: Path, bad: set[Path]) -> bool:
    return any(path[:length] in bad for length in range(1, len(path) + 1))


def _line(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of the value at ``path``, else that of what holds it."""
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)


def _beyond_schema(plain: Mapping[str, Any]) -> Iterator[_Found]:
    for key in PATTERNS:
        yield from _patterns(key, plain.get(key))
    for path, template in _entries(("archives",), plain.get("archives")):
        wrong = _fault_of_template(template)
        if wrong is not None:
            yield _Found(path, wrong, "Write it like https://example.org/{yyyy}/{mm}/{dd}/")
    layouts = plain.get("layout")
    tables = [t for t in layouts if isinstance(t, dict)] if isinstance(layouts, list) else []
    for number, table in enumerate(tables):
        for key in SELECTORS:
            for path, selector in _entries(("layout", number, key), table.get(key)):
                wrong = fault_of_selector(selector, of_elements=key in ELEMENTS)
                if wrong is not None:
                    yield _Found(path, wrong, "Mend it")
    yield from _one_after_another(tables)


def _patterns(key: str, value: Any) -> Iterator[_Found]:
    entries = list(_entries((key,), value))
    wrong = fault_of_patterns(tuple(entry for _, entry in entries))
    while wrong is not None:
        number, what = wrong
        path, entry = entries.pop(number)
        remedy = (
            "Look-around and back references cannot be had: say what does match"
            if re.search(r"\(\?<?[=!]|\\[1-9]", entry)
            else "Mend it"
        )
        yield _Found(path, what, remedy)
        wrong = fault_of_patterns(tuple(entry for _, entry in entries))


def _entries(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """The texts of a list, each with its path; or the one text that stands for a list of one."""
    if isinstance(value, str) and value:
        yield path, value
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            if isinstance(entry, str) and entry:
                yield (*path, number), entry


def _fault_of_template(template: str) -> str | None:
    named = _DIRECTIVE.findall(template)
    strange = [one for one in named if one not in _DIRECTIVES]
    if strange:
        return f"{strange[0]} stands for nothing"
    if "{yyyy}" not in named or not {"{mm}", "{m}"} & set(named):
        return f"{template!r} names no year and month"
    return None


def _one_after_another(tables: list[dict[str, Any]]) -> Iterator[_Found]:
    """Of two layouts that stand at the same time the second would never be used."""
    seen: dict[Any, int] = {}
    for number, table in enumerate(tables):
        day = table.get("valid_until")
        if day not in seen:
            seen[day] = number
        elif day is None:
            what = "two layouts have no valid_until"
            yield _Found(("layout", number), what, "Give the older one its last day")
        else:
            what = f"two layouts are valid until {day}"
            yield _Found(("layout", number, "valid_until"), what, "Join them")
