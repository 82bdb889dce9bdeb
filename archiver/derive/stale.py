"""Which outputs are out of date: made from other bytes, by other code, rules or identity.

Knows what a footer says and what it would say today; derives nothing. Bytes are compared by the
manifest's digests where it has them (whether a file still has them, ``verify`` tells).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archiver.config import DeriveConfig
from archiver.dataset.lookup import column_of, parts_of
from archiver.dataset.parts import read_footer
from archiver.dataset.schema import TABLES
from archiver.derive.outputs import OUTPUTS, footer_of
from archiver.errors import PartError
from archiver.warc.durable import sha256_of
from archiver.warc.manifest import read as read_manifest
from archiver.warc.reader import stem_of

_REASONS = {
    "archiver.source_sha256": "the WARC has other bytes",
    "archiver.schema_version": "another schema",
    "archiver.version": "another version of archiver",
    "archiver.extractor": "another version of a parser",
    "archiver.rules_digest": "other rules for its sites",
    "archiver.furniture_digest": "other furniture",
    "archiver.identity": "another identity",
    "archiver.tombstones_digest": "other tombstones",
}


@dataclass(frozen=True, slots=True)
class Stale:
    """Outputs of one WARC that should be derived again."""

    stem: str
    source: Path | None
    """The WARC; None when it is not below the output folder (derived from elsewhere)."""
    reasons: tuple[str, ...]
    """In words, for a person; each once."""


def find_stale(output_dir: Path, config: DeriveConfig) -> tuple[Stale, ...]:
    """The WARCs whose outputs are missing or not what deriving would give today, by stem."""
    sources = {stem_of(path): path for path in sorted((output_dir / "warc").glob("*.warc.gz"))}
    digests = _digests(output_dir, sources)
    parts: dict[str, dict[str, Path]] = {}
    for table in TABLES:
        for part in parts_of(output_dir / "dataset", table):
            parts.setdefault(part.stem, {})[table] = part
    found = []
    for stem in sorted(sources.keys() | parts.keys()):
        reasons = dict.fromkeys(
            _reasons(output_dir, stem, parts.get(stem, {}), digests.get(stem), config)
        )
        if reasons:
            found.append(Stale(stem, sources.get(stem), tuple(reasons)))
    return tuple(found)


def _digests(output_dir: Path, sources: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of each WARC, from the manifest where it tells of a file of this size."""
    known = read_manifest(output_dir / "manifest.jsonl").latest
    digests = {}
    for stem, path in sources.items():
        entry = known.get(f"warc/{path.name}")
        is_known = entry is not None and entry.size == path.stat().st_size
        digests[stem] = entry.sha256 if entry is not None and is_known else sha256_of(path)
    return digests


def _reasons(
    output_dir: Path,
    stem: str,
    parts: Mapping[str, Path],
    sha256: str | None,
    config: DeriveConfig,
) -> Iterator[str]:
    for table in TABLES:
        if table not in parts:
            yield f"no part in {table}"
    for output in OUTPUTS:
        # Only tables lie in a partition; where the others lie, the day says nothing.
        if output.name not in TABLES and not (output_dir / output.path(stem, date.min)).exists():
            yield f"no {output.name} file"
    if len(parts) < len(TABLES):
        return
    try:
        expected = _expected(parts["captures"], sha256, config)
        for part in parts.values():
            footer = read_footer(part)
            for key, value in expected.items():
                if footer.get(key) != value:
                    yield _REASONS[key]
    except PartError:
        yield "a broken part"


def _expected(captures: Path, sha256: str | None, config: DeriveConfig) -> dict[str, str]:
    footer = read_footer(captures)
    # Of a WARC that lies elsewhere only the parts tell the digest.
    source_sha256 = sha256 or footer.get("archiver.source_sha256", "")
    urls, commented = addresses_of(captures)
    return footer_of(urls, source_sha256, config, commented=commented)


def addresses_of(captures: Path) -> tuple[list[str], list[str]]:
    """The URLs of the captures in a part, and of the articles whose threads some of them are; as a
    derivation knows them. Not of mere failures, which ask no site's rules."""
    rows = column_of(captures, "url", "record_type", "article_url")
    whole = [(url, article) for url, kind, article in rows if kind != "metadata"]
    return [url for url, _ in whole], [article for _, article in whole if article]
