"""Limits and settings as typed, frozen values, read once at the door and passed down.

Knows where settings come from (Scrapy's settings, the command line, the environment) and nothing
of what is done with them. No other room reads the environment.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from archiver.errors import ConfigError, Place, RulesError
from archiver.furniture import SUFFIX, Furniture, format_furniture, parse_furniture
from archiver.hooks import PageHook, parse_hook
from archiver.identity import Identity
from archiver.rules_text import Fault, FaultyRules, faults_of
from archiver.sites import RuleBook, SiteRules, parse_rules
from archiver.tombstones import Tombstones

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What reading one page may cost before its worker is killed or refuses."""

    seconds: float = 20.0
    """Wall clock. The slowest of 1,354 real pages took 1.2 s; a bomb took 53 s and more."""
    memory_bytes: int = 1024 * MEBIBYTE
    """Address space a worker may add while it reads (7 MB of ``<i></i>`` took 448 MB)."""
    page_bytes: int = 16 * MEBIBYTE
    """Decoded HTML; the largest of 1,354 real pages has 1.8 MB."""
    listing_bytes: int = 50 * MEBIBYTE
    """Decoded feed or sitemap (50 MB is the sitemap protocol's own limit)."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file that says something of a site."""

    path: str
    kind: Literal["rules", "hook", "furniture"]
    host: str
    """The host it serves, with those below it."""
    is_packaged: bool
    """False for the operator's own."""


def load_rulebook(rules_dir: Path | None) -> RuleBook:
    """The packaged rules (``archiver/rules/*.toml``), hooks (``<host>.py``) and furniture
    (``<host>.furniture.toml``) and, over them, the operator's own folder.

    A file of the operator replaces the packaged one of its kind for the same host. Raises
    ``FaultyRules``, which names all that is wrong: files that do not hold together, and two of one
    folder that speak of the same host; and ``ConfigError`` for a folder that is not there. No hook
    is run.
    """
    book, _, faults = read_rule_files(rules_dir)
    if faults:
        raise FaultyRules.of(faults)
    return book


def read_rule_files(
    rules_dir: Path | None,
) -> tuple[RuleBook, tuple[RuleFile, ...], tuple[Fault, ...]]:
    """What ``load_rulebook`` loads, the files it is from (not those that others replace), and what
    is wrong with any of them: of such a file nothing is in the book."""
    folders = [resources.files("archiver").joinpath("rules")]
    if rules_dir is not None:
        if not rules_dir.is_dir():
            raise ConfigError(
                f"no folder of rules at {rules_dir}", remedy="Make it or correct the path"
            )
        folders.append(rules_dir)
    faults: list[Fault] = []
    rules: _Stated[SiteRules] = {}
    hooks: _Stated[PageHook] = {}
    furniture: _Stated[Furniture] = {}
    for folder in folders:
        files = sorted(folder.iterdir(), key=lambda entry: entry.name)
        rules |= _read_all(parse_rules, filter(_states_rules, files), faults)
        hooks |= _read_all(parse_hook, filter(_is_hook, files), faults)
        furniture |= _read_all(parse_furniture, filter(_states_furniture, files), faults)
    book = RuleBook({host: one for host, (one, _) in rules.items()})
    book = book.with_hooks({host: one for host, (one, _) in hooks.items()})
    book = replace(book, furniture={host: one for host, (one, _) in furniture.items()})
    read = (
        *(_rule_file("rules", host, file) for host, (_, file) in rules.items()),
        *(_rule_file("hook", host, file) for host, (_, file) in hooks.items()),
        *(_rule_file("furniture", host, file) for host, (_, file) in furniture.items()),
    )
    return book, read, tuple(faults)


def _rule_file(
    kind: Literal["rules", "hook", "furniture"], host: str, file: Traversable
) -> RuleFile:
    packaged = resources.files("archiver").joinpath("rules")
    is_packaged = str(file) == str(packaged.joinpath(file.name))
    return RuleFile(str(file), kind, host, is_packaged)


def furniture_file(rules_dir: Path, host: str) -> Path:
    """Where the furniture of ``host`` is kept: in the file of ``rules_dir`` that speaks of it, else
    in one of its name."""
    for path in sorted(filter(_states_furniture, rules_dir.iterdir())):
        if parse_furniture(_text_of(path), str(path)).host == host:
            return path
    return rules_dir / f"{host.replace(':', '_')}{SUFFIX}"


def write_furniture(path: Path, furniture: Furniture) -> None:
    """The file at ``path`` states ``furniture``; a reader sees the old one or the new one whole."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(format_furniture(furniture), encoding="utf-8")
    new.replace(path)


def _states_furniture(file: Traversable) -> bool:
    return file.name.endswith(SUFFIX) and not file.name.startswith(".")


def _states_rules(file: Traversable) -> bool:
    return file.name.endswith(".toml") and not file.name.endswith(SUFFIX)


def _is_hook(file: Traversable) -> bool:
    """What begins with ``_`` or ``.`` belongs to Python or to an editor."""
    return file.name.endswith(".py") and file.name[0] not in "_."


OfHost = TypeVar("OfHost", SiteRules, PageHook, Furniture)
_Stated: TypeAlias = dict[str, tuple[OfHost, Traversable]]
"""What files state, by host, each with its file."""


def _read_all(
    parse: Callable[[str, str], OfHost], files: Iterable[Traversable], faults: list[Fault]
) -> _Stated[OfHost]:
    """What these files of one folder state; what is wrong with them joins ``faults``."""
    stated: _Stated[OfHost] = {}
    for file in files:
        try:
            one = parse(_text_of(file), str(file))
        except RulesError as error:
            faults += faults_of(error)
            continue
        if one.host in stated:
            other = stated[one.host][1].name
            what = f"{one.host!r} is already ruled by {other}"
            faults.append(Fault(Place(str(file)), "host", what, "Join the two files"))
        else:
            stated[one.host] = (one, file)
    return stated


def _text_of(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RulesError("not UTF-8", place=Place(str(file)), remedy="Save it as UTF-8") from error


@dataclass(frozen=True, slots=True)
class DeriveConfig:
    """What deriving a WARC depends on, beside the WARC."""

    output_dir: Path
    identity: Identity
    rules: RuleBook = field(default_factory=RuleBook)
    limits: ReadLimits = field(default_factory=ReadLimits)
    tombstones: Tombstones = field(default_factory=Tombstones)
    """What is forgotten in ``output_dir`` (``archiver.privacy`` reads them)."""
    jobs: int = 1
    """Worker processes that read pages."""
    retry_verdicts: bool = False
    """Read pages again of which the archive itself says that reading them came to nothing
    (``extract_timeout`` ...). Off, so that a dataset comes out the same on a faster machine."""


def identity_key_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the identity key lies: ``ARCHIVER_IDENTITY_KEY_FILE``, else
    ``$XDG_CONFIG_HOME/archiver/identity.key``, else ``~/.config/archiver/identity.key``.

    It is the operator's, not the archive's: one key serves all his archives, so that a reader
    keeps his pseudonym, and whoever is given an archive is not given the key with it.
    """
    named = environ.get("ARCHIVER_IDENTITY_KEY_FILE")
    if named:
        return Path(named).expanduser()
    # "If $XDG_CONFIG_HOME is either not set or empty, a default equal to $HOME/.config should be
    # used"; relative paths are to be ignored (XDG Base Directory Specification).
    base = Path(environ.get("XDG_CONFIG_HOME") or "~/.config")
    folder = base if base.is_absolute() else Path("~/.config").expanduser()
    return folder / "archiver" / "identity.key"


def load_or_make_key(path: Path | None = None, *, output_dir: Path | None = None) -> bytes:
    """The identity key at ``path`` (None: where ``identity_key_path`` says), made on first use.

    A new key is 32 random bytes, written as hex into a file only its owner may read, whole or not
    at all; of two processes that make it at once both get the same. ConfigError when the file
    holds something else, or lies inside ``output_dir``, which is what gets copied and shared.
    """
    file = path or identity_key_path()
    if output_dir is not None and file.resolve().is_relative_to(output_dir.resolve()):
        raise ConfigError(
            f"the identity key would lie inside the archive {output_dir}",
            place=Place(str(file)),
            remedy="Keep it elsewhere: set ARCHIVER_IDENTITY_KEY_FILE",
        )
    try:
        if not file.exists():
            _make_key(file)
        return _read_key(file)
    except OSError as error:
        raise ConfigError(
            f"the identity key can be neither read nor made ({error.strerror})",
            place=Place(str(file)),
            remedy="Name a file in a folder of yours: IDENTITY_KEY_FILE of a crawl, --key-file of "
            "archiver, or ARCHIVER_IDENTITY_KEY_FILE of both",
        ) from error


def _read_key(file: Path) -> bytes:
    text = file.read_text("ascii", errors="replace").strip()
    if re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
        raise ConfigError(
            "no identity key: it should be 64 hex digits",
            place=Place(str(file)),
            remedy="Restore it from its backup; with another key every reader gets another name",
        )
    return bytes.fromhex(text)


def _make_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(32) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        file.hardlink_to(new)
    except FileExistsError:
        pass  # another process was first: its key holds
    finally:
        new.unlink()
