"""The shared corpus of real pages with gold: its manifest, its digest, its scorer, its files.

Knows how the corpus lies in its folder (``pages.jsonl.gz``, ``pages.tar.xz``, ``score.py``);
nothing of extractors.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

MANIFEST = "pages.jsonl.gz"
PARTS = ("body", "title", "published", "authors", "comments")
"""What the scorer compares, each by a function of its own."""


def is_corpus(folder: Path) -> bool:
    """True when ``folder`` has all that a measurement needs."""
    return all((folder / name).is_file() for name in (MANIFEST, "pages.tar.xz", "score.py"))


def digest_of(folder: Path) -> str:
    """SHA-256, in hex, of the manifest with its gold."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def entries_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The lines of the manifest by the id of their page."""
    with gzip.open(folder / MANIFEST, "rt", encoding="utf-8") as lines:
        return {entry["id"]: entry for entry in map(json.loads, lines)}


def unpack_pages(folder: Path, target: Path) -> None:
    """The pages lie below ``target``."""
    with tarfile.open(folder / "pages.tar.xz") as archive:
        archive.extractall(target, filter="data")


def scorer_of(folder: Path) -> ModuleType:
    """The corpus' own scorer."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row_of(scorer: ModuleType, gold: dict[str, Any], guess: dict[str, Any]) -> dict[str, float]:
    """The figures of one page, as the scorer names them; ``scorer.total`` sums up such rows."""
    row: dict[str, float] = {}
    for part in PARTS:
        getattr(scorer, f"score_{part}")(gold, guess, row)
    if "seconds" in guess:
        row["seconds"] = guess["seconds"]
    return row
