"""Under which names readers appear in an output directory, and who is forgotten there.

Knows the key, the tombstones and the directory together: what was made under one key is not gone
on with under another, and what is forgotten stays so. What either does to an article is
``identity``'s and ``tombstones``' affair.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archiver.config import identity_key_path, load_or_make_key
from archiver.errors import ConfigError, Place
from archiver.identity import Identity, Mode
from archiver.tombstones import Tombstone, Tombstones, line_of, parse_tombstones

TOMBSTONES = "tombstones.jsonl"
"""Name of the file in the output directory."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """How readers appear in one output directory."""

    identity: Identity
    tombstones: Tombstones = Tombstones()  # noqa: RUF009 - a frozen value


def privacy_of(
    output_dir: Path,
    *,
    mode: str = Mode.PSEUDONYM,
    key_file: Path | None = None,
    change: bool = False,
    needs_key: bool = False,
) -> Privacy:
    """How readers appear in ``output_dir``; the key is made where there is none yet. In mode
    ``named`` there is one where tombstones were made under it, or who asks ``needs_key``.

    ConfigError, before anything is made, when parts of the directory were made under another key
    or in the other mode (unless that is to ``change``), or when its tombstones were.
    """
    file = key_file or identity_key_path()
    tombstones = read_tombstones(output_dir)
    made_under = () if change else _made_under(output_dir)
    if mode == Mode.NAMED and not (tombstones.keys or needs_key):
        identity = Identity(Mode.NAMED)
    else:
        expects = _fingerprints(made_under) | tombstones.keys
        if expects and not file.exists():
            raise ConfigError(
                f"no identity key is here, and {output_dir} was made under {_keys(expects)}",
                place=Place(str(file)),
                remedy="Restore that key from its backup" + _OR_CHANGE,
            )
        identity = Identity(mode, load_or_make_key(file, output_dir=output_dir))
    _refuse_mixture(output_dir, made_under, identity, file)
    _refuse_unreadable(output_dir, tombstones, identity, file)
    return Privacy(identity, tombstones)


def read_tombstones(output_dir: Path) -> Tombstones:
    """The tombstones of ``output_dir``; none where there is no file of them."""
    path = output_dir / TOMBSTONES
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Tombstones()
    except UnicodeDecodeError as error:
        remedy = "Restore it from a backup"
        raise ConfigError("not UTF-8", place=Place(str(path)), remedy=remedy) from error
    return parse_tombstones(text, str(path))


def set_tombstones(output_dir: Path, stones: Iterable[Tombstone], *, day: date) -> Tombstones:
    """The file of ``output_dir`` holds ``stones`` beside those it held, on its disk; a line is only
    ever added. All of them."""
    output_dir.mkdir(parents=True, exist_ok=True)
    path = output_dir / TOMBSTONES
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        there = file.read()
        known = parse_tombstones(there, str(path)).stones
        new = sorted(set(stones) - known)
        lines = "".join(line_of(stone, day=day.isoformat()) + "\n" for stone in new)
        if there and not there.endswith("\n"):
            lines = "\n" + lines
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    return Tombstones(known | set(new))


def _made_under(output_dir: Path) -> tuple[str, ...]:
    """The identities of the parts that are here."""
    dataset = output_dir / "dataset"
    if not dataset.is_dir():
        return ()
    # A crawl into a new directory does not wait for pyarrow.
    from archiver.dataset.identities import identities_at_a_glance  # noqa: PLC0415

    return identities_at_a_glance(dataset)


def _fingerprints(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(key for _, _, key in (label.partition(":") for label in labels) if key)


def _refuse_mixture(
    output_dir: Path, made_under: tuple[str, ...], identity: Identity, file: Path
) -> None:
    others = [label for label in made_under if label != identity.label]
    if not others:
        return
    raise ConfigError(
        f"parts of the dataset here were made {' and '.join(map(_in_words, others))}, and this run "
        f"would go on {_in_words(identity.label)}: one reader would have two names",
        place=Place(str(output_dir)),
        remedy=_way_back(others, identity, file) + _OR_CHANGE,
    )


def _way_back(others: list[str], identity: Identity, file: Path) -> str:
    if len(others) > 1:
        return "Finish what was begun"
    if others[0] == Mode.NAMED:
        return "Choose the mode named (-s IDENTITY=named of a crawl, --identity named of archiver)"
    if identity.mode == Mode.NAMED:
        return "Leave IDENTITY=named (--identity named) away"
    return f"Restore that key ({file} holds another one) or name its file"


_OR_CHANGE = (
    ", give another output directory, or give all readers here other names: "
    "archiver derive --stale --change-identity"
)


def _refuse_unreadable(
    output_dir: Path, tombstones: Tombstones, identity: Identity, file: Path
) -> None:
    """A digest cannot be carried over to another key: who was forgotten would come back."""
    others = tombstones.keys - {identity.key_fingerprint}
    if others:
        raise ConfigError(
            f"who is forgotten here is written under {_keys(others)}, and {file} holds the key "
            f"{identity.key_fingerprint}",
            place=Place(str(output_dir / TOMBSTONES)),
            remedy="Restore that key; or, if it is lost, take its lines out of the file and forget "
            "the same readers again by name, under the new key",
        )


def _keys(fingerprints: Iterable[str]) -> str:
    told = sorted(fingerprints)
    return f"the key {told[0]}" if len(told) == 1 else f"the keys {', '.join(told)}"


def _in_words(label: str) -> str:
    mode, _, key = label.partition(":")
    return f"under the key {key}" if key else f"in the mode {mode}"
