"""``sites.toml``: the sites, how often each is crawled, and with what; read and checked.

Knows the keys of the file and what each must hold. All that is wrong is named at once, with file,
line and key. When a site is due is told by ``schedule``. ::

    [defaults]                     # what holds for every site that says nothing else
    cadence = "1h"
    settings = { CONTACT = "you@example.org" }

    [[site]]
    host = "example.org"

    [[site]]
    name = "harbour"
    seeds = ["https://harbour.example/news", "https://harbour.example/politics"]
    cadence = "07:30 daily"
    zone = "Europe/Berlin"
    output = "harbour"             # relative to the folder of this file
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, time, timedelta, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from archiver import toml_text
from archiver.errors import ConfigError, Place, RulesError
from archiver.schedule import AtTime, Cadence, Every, Setup, Site

SITE_KEYS: Final = (
    "name", "host", "seeds", "cadence", "zone", "jitter", "scope", "settings", "arguments",
    "output", "enabled",
)  # fmt: skip
"""Keys of a ``[[site]]``."""
DEFAULT_KEYS: Final = SITE_KEYS[3:]
"""Keys of ``[defaults]``: those of a site but what only one site can have."""
TOP_KEYS: Final = ("defaults", "jobs", "site")
JOB_KEYS: Final = ("max_sites",)

CADENCE: Final = "1h"
"""Where nothing else is said. A run over a site that has not changed costs its feeds and sitemaps,
and a newspaper's feed holds the articles of some hours."""
OUTPUT: Final = "output"
MAX_SITES: Final = 1000
"""Sites of one job: a crawl of 64 requests at once is busy with far fewer, and a job that is
stopped leaves no more than these due again."""

_MOST_TOLD: Final = 20
"""Faults shown of a file: a schedule that a script wrote has its one mistake in each site."""
_SCOPES: Final = ("site", "host", "listed")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})([mhdw])")
_AT: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9]) (daily|[a-z,]+)")
_LONGEST: Final = timedelta(weeks=53)
_HOST: Final = re.compile(r"[^\s/?#@:,%]+(:[0-9]{1,5})?")
_SEED: Final = re.compile(r"https?://[^\s/?#@]+\S*", re.IGNORECASE)
_SETTING: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_ARGUMENT: Final = re.compile(r"[a-z_][a-z0-9_]*")
_ELSEWHERE: Final = {
    "OUTPUT_DIR": "output", "seeds": "seeds", "site": "host", "sites": "host", "scope": "scope",
}  # fmt: skip
"""Settings and arguments that a key of their own stands for."""
_HOW_CADENCE: Final = (
    'Write "30m", "1h", "1d" or "1w" (a number with its unit), or a time of day with its days: '
    '"07:30 daily", "18:00 mon,thu"'
)
_HOW_PLACE: Final = 'Write host = "example.org", or seeds = ["https://example.org/news"]'


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a schedule file says."""

    path: Path
    """Absolute."""
    sites: tuple[Site, ...]
    max_sites: int = MAX_SITES
    """Sites that one job crawls at most."""

    @property
    def folder(self) -> Path:
        """Where relative paths of the file begin, and where its jobs run."""
        return self.path.parent


class FaultySchedule(ConfigError):
    """A schedule with all that is wrong with it, a line for each fault."""

    faults: tuple[ConfigError, ...] = ()

    @classmethod
    def of(cls, faults: Iterable[ConfigError]) -> FaultySchedule:
        """The error about ``faults``, of which there is one at least."""
        known = tuple(faults)
        error = cls(known[0].what, place=known[0].place, remedy=known[0].remedy)
        error.faults = known
        return error

    def __str__(self) -> str:
        told = [str(fault) for fault in self.faults[:_MOST_TOLD]]
        if len(self.faults) > _MOST_TOLD:
            told.append(f"… and {len(self.faults) - _MOST_TOLD} more")
        return "\n".join(told)


def read_schedule(path: Path) -> Schedule:
    """The schedule in the file ``path``; ConfigError when it cannot be read or is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(
            "there is no such file",
            place=Place(str(path)),
            remedy="Name your schedule with --sites FILE; docs/scheduling.md shows one",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(
            f"the schedule cannot be read ({why})",
            place=Place(str(path)),
            remedy="Give a TOML file that you may read, saved as UTF-8",
        ) from error
    return parse_schedule(text, path)


def parse_schedule(text: str, path: Path) -> Schedule:
    """The schedule that ``text`` states; ``path`` is its file, for errors and relative paths.
    ConfigError with everything that is wrong."""
    try:
        said = toml_text.read_toml(text, str(path))
    except RulesError as error:
        raise ConfigError(error.what, place=error.place, remedy=error.remedy) from error
    reading = _Reading(path.absolute())
    schedule = reading.schedule(said)
    if reading.faults:
        lines = toml_text.lines_of(text)
        faults = [
            ConfigError(
                fault.what.format(*(_line(lines, other) for other in fault.others)),
                place=Place(str(path), line=_line(lines, fault.path)),
                remedy=fault.remedy,
            )
            for fault in reading.faults
        ]
        faults.sort(key=lambda fault: (fault.place.line if fault.place else None) or 0)
        raise FaultySchedule.of(faults)
    return schedule


def _line(lines: Mapping[toml_text.Path, int], path: toml_text.Path) -> int | None:
    """The line of what stands at ``path``, or of the table that it is missing from."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


@dataclass(frozen=True, slots=True)
class _Fault:
    path: toml_text.Path
    what: str
    """With ``{}`` for the lines of ``others``."""
    remedy: str
    others: tuple[toml_text.Path, ...] = ()


class _Wrong(Exception):
    """A value is not what its key asks for."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True, slots=True)
class _Defaults:
    cadence: str = CADENCE
    zone: tzinfo = UTC
    jitter: timedelta = timedelta()
    scope: str = _SCOPES[0]
    settings: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    output: str = OUTPUT
    enabled: bool = True


Value = TypeVar("Value")


class _Reading:
    """One pass over a file: sites as they come, faults aside."""

    def __init__(self, path: Path) -> None:
        self.faults: dict[_Fault, None] = {}
        """Each once, in the order in which they were found."""
        self._path = path
        self._setups: dict[str, Setup] = {}
        """By output, of sites that say nothing else of their setup: most of a long file."""
        self._outputs: dict[str, str] = {}
        self._cadences: dict[tuple[str, tzinfo], Cadence] = {}
        self._where: dict[tuple[str, str], int] = {}
        """Number of the site that has a name, or a seed."""

    def schedule(self, said: Mapping[str, Any]) -> Schedule:
        self._check_keys(said, TOP_KEYS, ())
        jobs = self._table(said, "jobs", ())
        self._check_keys(jobs, JOB_KEYS, ("jobs",))
        max_sites = self._get(jobs, "max_sites", ("jobs",), _count, MAX_SITES)
        defaults = self._defaults(self._table(said, "defaults", ()))
        tables = said.get("site", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._fault(("site",), "site: is no list of tables", "Begin each site with [[site]]")
            tables = []
        elif not tables and not self.faults:  # else it may have been misspelt
            self._fault((), "no site is named", f"Add [[site]]. {_HOW_PLACE}")
        sites = [self._site(table, number, defaults) for number, table in enumerate(tables)]
        self._check_outputs(sites)
        found = tuple(site for site in sites if site is not None)
        return Schedule(self._path, found, max_sites)

    def _defaults(self, said: Mapping[str, Any]) -> _Defaults:
        at: toml_text.Path = ("defaults",)
        self._check_keys(said, DEFAULT_KEYS, at)
        plain = _Defaults()
        zone = self._get(said, "zone", at, _zone, plain.zone)
        before = len(self.faults)
        cadence = self._get(said, "cadence", at, _text, CADENCE)
        self._get({"cadence": cadence}, "cadence", at, lambda text: self._cadence(text, zone), None)
        return _Defaults(
            cadence=cadence if len(self.faults) == before else CADENCE,
            zone=zone,
            jitter=self._get(said, "jitter", at, _span, plain.jitter),
            scope=self._get(said, "scope", at, _scope, plain.scope),
            settings=self._words(said, "settings", at, _SETTING),
            arguments=self._words(said, "arguments", at, _ARGUMENT),
            output=self._get(said, "output", at, _text, plain.output),
            enabled=self._get(said, "enabled", at, _claim, plain.enabled),
        )

    def _site(self, said: Mapping[str, Any], number: int, defaults: _Defaults) -> Site | None:
        at: toml_text.Path = ("site", number)
        before = len(self.faults)
        self._check_keys(said, SITE_KEYS, at)
        seeds = self._seeds(said, at)
        name = self._get(said, "name", at, _text, _host_of(seeds[0]) if seeds else "")
        cadence_text = self._get(said, "cadence", at, _text, defaults.cadence)
        zone = self._get(said, "zone", at, _zone, defaults.zone)
        cadence = self._get(
            {"cadence": cadence_text}, "cadence", at, lambda _: self._cadence(cadence_text, zone),
            None,
        )  # fmt: skip
        jitter = self._get(said, "jitter", at, _span, defaults.jitter)
        if isinstance(cadence, Every) and jitter >= cadence.step:
            self._fault(
                (*at, "jitter"),
                f"jitter: is not shorter than the cadence {cadence_text!r}",
                "Give at most half the cadence",
            )
        setup = self._setup(said, at, defaults)
        is_enabled = self._get(said, "enabled", at, _claim, defaults.enabled)
        if len(self.faults) > before or cadence is None:
            return None
        self._check_once(name, seeds, number)
        return Site(
            name=name,
            seeds=seeds,
            cadence=cadence,
            cadence_text=cadence_text,
            setup=setup,
            jitter=jitter,
            is_enabled=is_enabled,
        )

    def _seeds(self, said: Mapping[str, Any], at: toml_text.Path) -> tuple[str, ...]:
        if ("host" in said) == ("seeds" in said):
            what = "host: is given and seeds too" if "host" in said else "host: is missing"
            self._fault((*at, "host"), what, _HOW_PLACE)
            return ()
        if "host" in said:
            return self._get(said, "host", at, lambda value: (_host(value),), ())
        return self._get(said, "seeds", at, _urls, ())

    def _setup(self, said: Mapping[str, Any], at: toml_text.Path, defaults: _Defaults) -> Setup:
        key = said.get("output", defaults.output) if _SETUP.isdisjoint(said) else None
        if isinstance(key, str) and key in self._setups:
            return self._setups[key]
        setup = Setup(
            output=self._output(self._get(said, "output", at, _text, defaults.output)),
            scope=self._get(said, "scope", at, _scope, defaults.scope),
            settings=_joined(defaults.settings, self._words(said, "settings", at, _SETTING)),
            arguments=_joined(defaults.arguments, self._words(said, "arguments", at, _ARGUMENT)),
        )
        if isinstance(key, str):
            self._setups[key] = setup
        return setup

    def _cadence(self, text: str, zone: tzinfo) -> Cadence:
        key = (text, zone)
        if key not in self._cadences:
            self._cadences[key] = _cadence(text, zone)
        return self._cadences[key]

    def _output(self, text: str) -> str:
        if text not in self._outputs:
            # Resolved, so that a link and what it leads to are one directory.
            self._outputs[text] = str((self._path.parent / Path(text).expanduser()).resolve())
        return self._outputs[text]

    def _words(
        self, said: Mapping[str, Any], key: str, at: toml_text.Path, names: re.Pattern[str]
    ) -> Mapping[str, str]:
        """A table of settings or arguments, each value as the command line takes it."""
        words: dict[str, str] = {}
        for name, value in self._table(said, key, at).items():
            path = (*at, key, name)
            if name in _ELSEWHERE:
                self._fault(
                    path,
                    f"{key}: {name} is told elsewhere",
                    f"Use the key {_ELSEWHERE[name]} of the site",
                )
            elif not names.fullmatch(name):
                case = "upper" if names is _SETTING else "lower"
                self._fault(
                    path,
                    f"{key}: {name!r} is no {key.removesuffix('s')} name",
                    f"Write it in {case} case, with digits and underscores",
                )
            else:
                words[name] = self._get({name: value}, name, (*at, key), _plain, "")
        return words

    # --- what must hold between sites ---------------------------------------------------------

    def _check_once(self, name: str, seeds: Iterable[str], number: int) -> None:
        """Neither the name nor a seed is another site's."""
        other = self._where.setdefault(("name", name), number)
        if other != number:
            self._fault(
                ("site", number),
                f"{name} is in the schedule twice, first in line {{}}",
                "Take one of them out, or give each a name of its own and seeds that differ",
                (("site", other),),
            )
            return
        for seed in seeds:
            other = self._where.setdefault(("seed", _bare(seed)), number)
            if other != number:
                self._fault(
                    ("site", number),
                    f"{seed} is in the schedule twice, first in line {{}}",
                    "Take it out of one of the two sites",
                    (("site", other),),
                )

    def _check_outputs(self, sites: Iterable[Site | None]) -> None:
        """No output directory lies within another: the inner one would be taken for a part of the
        outer."""
        named: dict[str, int] = {}
        for number, site in enumerate(sites):
            if site is not None:
                named.setdefault(site.setup.output, number)
        first = {Path(output): number for output, number in named.items()}
        for inner, number in first.items():
            outer = next((parent for parent in inner.parents if parent in first), None)
            if outer is not None:
                self._fault(
                    ("site", number, "output"),
                    f"output: {inner} lies within {outer}, the output of the site in line {{}}",
                    "Give the two groups folders side by side",
                    (("site", first[outer]),),
                )

    # --- values -------------------------------------------------------------------------------

    def _table(self, said: Mapping[str, Any], key: str, at: toml_text.Path) -> Mapping[str, Any]:
        return self._get(said, key, at, _mapping, {})

    def _get(
        self,
        said: Mapping[str, Any],
        key: str,
        at: toml_text.Path,
        read: Callable[[Any], Value],
        default: Value,
    ) -> Value:
        if key not in said:
            return default
        try:
            return read(said[key])
        except _Wrong as wrong:
            self._fault((*at, key), f"{key}: {wrong.what}", wrong.remedy)
            return default

    def _check_keys(
        self, said: Mapping[str, Any], known: tuple[str, ...], at: toml_text.Path
    ) -> None:
        for key in said:
            if key in known:
                continue
            near = get_close_matches(key.lower(), known, n=1)
            self._fault(
                (*at, key),
                f"{key}: is no key of {_NAMES[str(at[0])] if at else 'a schedule'}",
                f"Did you mean {near[0]}?"
                if near
                else f"Take it out, or choose one of {', '.join(sorted(known))}",
            )

    def _fault(
        self,
        path: toml_text.Path,
        what: str,
        remedy: str,
        others: tuple[toml_text.Path, ...] = (),
    ) -> None:
        said = what if others else what.replace("{", "{{").replace("}", "}}")
        self.faults[_Fault(path, said, remedy, others)] = None


_SETUP: Final = frozenset(("scope", "settings", "arguments"))
"""With ``output``, the keys that make a setup."""
_NAMES: Final = {"defaults": "[defaults]", "site": "a [[site]]", "jobs": "[jobs]"}


def _cadence(text: str, zone: tzinfo) -> Cadence:
    """The grid that ``text`` names; times of day are those of ``zone``."""
    found = _AT.fullmatch(text)
    if found is None:
        return Every(_span(text))
    days = _WEEKDAYS if found[3] == "daily" else tuple(found[3].split(","))
    unknown = next((day for day in days if day not in _WEEKDAYS), None)
    if unknown is not None:
        raise _Wrong(f"{unknown!r} is no day of the week", f"Write {', '.join(_WEEKDAYS)} or daily")
    weekdays = frozenset(_WEEKDAYS.index(day) for day in days)
    return AtTime(time(int(found[1]), int(found[2])), weekdays, zone)


def _span(value: Any) -> timedelta:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _Wrong(f"{_shown(value)} cannot be understood", _HOW_CADENCE)
    span = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if span > _LONGEST:
        raise _Wrong(f"{value!r} is longer than a year", "Give at most 53w")
    return span


def _zone(value: Any) -> tzinfo:
    name = _text(value)
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:  # its own "not found" is a KeyError
        raise _Wrong(
            f"{name!r} is no time zone of this system", 'Write it like "Europe/Berlin"'
        ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise _Wrong(f"{_shown(value)} is no text of one line", "Write it in quotes")
    return value.strip()


def _claim(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"{_shown(value)} is neither true nor false", "Write true or false")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _Wrong(f"{_shown(value)} is no number above zero", f"Write it like {MAX_SITES}")
    return value


def _scope(value: Any) -> str:
    if value not in _SCOPES:
        raise _Wrong(f"{_shown(value)} is no scope", f"Choose one of {', '.join(_SCOPES)}")
    return str(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong("is no table", "Write it like { DOWNLOAD_DELAY = 2 }")
    return value


def _host(value: Any) -> str:
    host = _text(value)
    if not _HOST.fullmatch(host):
        raise _Wrong(f"{host!r} is no host name", 'Write it like "example.org"; URLs go to seeds')
    return host.lower()


def _urls(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _Wrong(
            f"{_shown(value)} is no list of URLs", 'Write it like ["https://example.org/"]'
        )
    for url in value:
        if not isinstance(url, str) or not _SEED.fullmatch(url):
            raise _Wrong(f"{_shown(url)} is no URL", "Write it with its scheme: https://…")
        if "#" in url:  # begins a comment in the list that a crawl is given
            raise _Wrong(f"{_shown(url)} names a part of a page", "Leave out what follows the #")
    return tuple(dict.fromkeys(value))


def _plain(value: Any) -> str:
    """``value`` as ``-s`` and ``-a`` take it."""
    if isinstance(value, str | bool | int | float):
        text = str(value)
    elif isinstance(value, dict | list):
        try:
            text = json.dumps(value, ensure_ascii=False)
        except TypeError as error:
            raise _Wrong("holds a date, which no setting takes", "Write it in quotes") from error
    else:
        raise _Wrong(f"{_shown(value)} is a date, which no setting takes", "Write it in quotes")
    if "\0" in text:
        raise _Wrong("holds a NUL, which no command can be given", "Take it out")
    return text


def _joined(*tables: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    words: dict[str, str] = {}
    for table in tables:
        words.update(table)
    return tuple(sorted(words.items()))


def _host_of(seed: str) -> str:
    """The host that ``seed`` begins with: what its site is called."""
    rest = seed.partition("://")[2] or seed
    return re.split(r"[/?#]", rest, maxsplit=1)[0].lower()


def _bare(seed: str) -> str:
    """``seed`` without what makes no other place of it: scheme, ``www.``, case of the host, a slash
    at the end."""
    rest = seed.partition("://")[2] or seed
    host = _host_of(seed)
    return host.removeprefix("www.") + rest[len(host) :].rstrip("/")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
