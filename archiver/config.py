"""Limits and settings as typed, frozen values, read once at the door and passed down.

Knows where settings come from (Scrapy's settings, the command line, the environment) and nothing
of what is done with them. No other room reads the environment.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from archiver.errors import ConfigError, Place, RulesError
from archiver.identity import Identity
from archiver.sites import RuleBook, SiteRules, parse_rules

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


def load_rulebook(rules_dir: Path | None) -> RuleBook:
    """The packaged rules (``archiver/rules/*.toml``) and, over them, the operator's own folder.

    A file of the operator replaces the packaged one for the same host. Raises ``RulesError`` for a
    file that does not hold together, for two files of one folder that speak of the same host, and
    ``ConfigError`` for a folder that is not there.
    """
    packaged = resources.files("archiver").joinpath("rules")
    by_host = _rules_in([entry for entry in packaged.iterdir() if entry.name.endswith(".toml")])
    if rules_dir is not None:
        if not rules_dir.is_dir():
            raise ConfigError(
                f"no folder of rules at {rules_dir}", remedy="Make it or correct the path"
            )
        by_host |= _rules_in(list(rules_dir.glob("*.toml")))
    return RuleBook(by_host)


def _rules_in(files: Iterable[Traversable | Path]) -> dict[str, SiteRules]:
    """Rules by host of these files, read in the order of their names."""
    by_host: dict[str, SiteRules] = {}
    named: dict[str, str] = {}
    for file in sorted(files, key=lambda entry: entry.name):
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise RulesError(
                "not UTF-8", place=Place(str(file)), remedy="Save it as UTF-8"
            ) from error
        rules = parse_rules(text, str(file))
        if rules.host in by_host:
            raise RulesError(
                f"host: {rules.host!r} is already ruled by {named[rules.host]}",
                place=Place(str(file)),
                remedy="Join the two files",
            )
        by_host[rules.host] = rules
        named[rules.host] = file.name
    return by_host


@dataclass(frozen=True, slots=True)
class DeriveConfig:
    """What deriving a WARC depends on, beside the WARC."""

    output_dir: Path
    identity: Identity
    rules: RuleBook = field(default_factory=RuleBook)
    limits: ReadLimits = field(default_factory=ReadLimits)
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
