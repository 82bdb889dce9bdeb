"""Is what stands in the archive what was written? Every member, length, digest and manifest line.

Knows how to find a fault and name its place; mends nothing. A file cut exactly between two
exchanges is a whole, shorter WARC: only its manifest line can tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import WarcError
from archiver.warc.chunks import Dechunker
from archiver.warc.content import read_head
from archiver.warc.digests import Hasher, hasher, parse_label
from archiver.warc.durable import OPEN_SUFFIX, sha256_of
from archiver.warc.exchanges import Unanswered
from archiver.warc.fields import first, parse_fields
from archiver.warc.manifest import FIRST, Entry, Manifest
from archiver.warc.manifest import read as read_manifest
from archiver.warc.message import is_chunked, parse_head
from archiver.warc.parse import OpenRecord, records
from archiver.warc.stream import PlainStream

MANIFEST = "manifest.jsonl"
WARC_ENDINGS = (".warc.gz", ".warc", ".arc.gz", ".arc")
_TERMINATOR = b"\r\n\r\n"
_OWN_SOFTWARE = "archiver/"
INFO_LIMIT = 1024 * 1024


DERIVED_ENDING = ".clean.warc.gz"
"""Of files that can be derived again: their digests are checked, but the manifest need not name
them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written."""

    path: Path
    offset: int | None
    """Of the record, or of the member around it; None when the whole file is meant."""
    what: str

    def __str__(self) -> str:
        place = str(self.path) if self.offset is None else f"{self.path} at offset {self.offset}"
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in one WARC file."""

    path: Path
    faults: tuple[Fault, ...]
    records: int
    bytes: int
    """Of the file as it stands."""
    plain_bytes: int
    """Of its records, unpacked."""
    sha256: str
    has_member_per_record: bool
    """Whether each record can be reached by its offset in the file."""


@dataclass(frozen=True, slots=True)
class DirectoryReport:
    """What was found in a folder and in the manifest that speaks of it."""

    files: tuple[FileReport, ...]
    faults: tuple[Fault, ...]
    """Of the files and of the manifest."""
    open_files: tuple[Path, ...]
    """Still written to, or left by a process that died: recovery seals them."""
    manifest_lines: int
    bytes: int


def verify_file(path: Path) -> FileReport:
    """Every fault of ``path`` that can be found without its manifest line; structure that is
    broken ends the search, a wrong digest does not."""
    checker = _Checker(path)
    sha256 = hashlib.sha256()
    plain = 0
    with path.open("rb") as file:
        try:
            stream = PlainStream(file, str(path), sha256=sha256)
            for record in records(stream, str(path)):
                checker.check(record)
                plain = stream.position
        except WarcError as error:
            offset = error.place.offset if error.place else None
            checker.fault(offset, error.what)
        else:
            checker.finish()
        while piece := file.read(1024 * 1024):
            sha256.update(piece)
        size = file.tell()
    return FileReport(
        path=path,
        faults=tuple(checker.faults),
        records=checker.count,
        bytes=size,
        plain_bytes=plain,
        sha256=sha256.hexdigest(),
        has_member_per_record=checker.has_member_per_record,
    )


def verify_directory(folder: Path) -> DirectoryReport:
    """Every fault of the WARC files under ``folder``, and of every file that the manifest in it
    (or in the folder above it) names there."""
    manifest_path = next(
        (place / MANIFEST for place in (folder, folder.parent) if (place / MANIFEST).exists()),
        None,
    )
    faults: list[Fault] = []
    manifest = Manifest((), (), ())
    if manifest_path is not None:
        manifest = read_manifest(manifest_path)
        faults += [Fault(manifest_path, None, f"line {n} {what}") for n, what in manifest.flaws]
        faults += _lost_heads(manifest_path, manifest)
    roof = (manifest_path.parent if manifest_path else folder).resolve()
    named = {(roof / entry.path).resolve(): entry for entry in manifest.latest.values()}
    reports: list[FileReport] = []
    size = 0
    for path in _warcs_under(folder):
        report = verify_file(path)
        reports.append(report)
        size += report.bytes
        faults += report.faults
        entry = named.pop(path.resolve(), None)
        if entry is not None:
            faults += _compare(path, report.bytes, report.sha256, entry)
        elif manifest_path is not None and not path.name.endswith(DERIVED_ENDING):
            faults.append(Fault(path, None, "the manifest does not name this file"))
    for path, entry in named.items():
        if not path.is_relative_to(folder.resolve()):
            continue
        if not path.is_file():
            faults.append(Fault(path, None, "the manifest names this file, but it is not there"))
            continue
        found = path.stat().st_size
        size += found
        faults += _compare(path, found, sha256_of(path), entry)
    return DirectoryReport(
        files=tuple(reports),
        faults=tuple(faults),
        open_files=tuple(sorted(folder.rglob(f"*{OPEN_SUFFIX}"))),
        manifest_lines=len(manifest.entries),
        bytes=size,
    )


def _warcs_under(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.name.endswith(WARC_ENDINGS) and path.is_file()
    )


def _lost_heads(manifest_path: Path, manifest: Manifest) -> list[Fault]:
    """The last line is vouched for by no other: what the runs noted of it has to be there."""
    faults = []
    for run_record in sorted(manifest_path.parent.glob("runs/*/run.json")):
        try:
            told = json.loads(run_record.read_bytes())
        except ValueError:
            faults.append(Fault(run_record, None, "is no JSON"))
            continue
        head = told.get("manifest_head") if isinstance(told, dict) else None
        if head is not None and head not in (FIRST, *manifest.heads):
            what = f"no line has the digest that {run_record.parent.name} noted as its last"
            faults.append(Fault(manifest_path, None, what))
    return faults


def _compare(path: Path, size: int, sha256: str, entry: Entry) -> list[Fault]:
    if size != entry.size:
        return [Fault(path, None, f"has {size} bytes, the manifest says {entry.size}")]
    if sha256 != entry.sha256:
        return [Fault(path, None, "has another SHA-256 than the manifest says")]
    return []


class _Checker:
    """Checks the records of one file as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.faults: list[Fault] = []
        self.count = 0
        self.has_member_per_record = True
        self._ids: set[str] = set()
        self._unanswered = Unanswered()
        self._is_own = False

    def fault(self, offset: int | None, what: str) -> None:
        """Note a fault of this file."""
        self.faults.append(Fault(self._path, offset, what))

    def check(self, record: OpenRecord) -> None:
        """Read ``record`` to its end and note its faults."""
        offset = record.place.offset
        flaws = [] if record.is_arc else self._header_flaws(record)
        flaws += _digest_flaws(record, self._note_software)
        record.close()
        if not record.is_arc and record.terminator != _TERMINATOR:
            flaws.append("is not ended by two CR LF")
        self.has_member_per_record &= record.has_own_member
        self._unanswered.see(record)
        self.count += 1
        for flaw in flaws:
            self.fault(offset, f"the {record.record_type or 'nameless'} record {flaw}")

    def finish(self) -> None:
        """Note what is missing at the end of a file of ours."""
        if self._is_own and not self._unanswered.is_whole:
            self.fault(None, "the last exchange is not whole: a record that it names is missing")

    def _note_software(self, block: bytes) -> None:
        software = first(parse_fields(block), "software") or ""
        self._is_own = software.startswith(_OWN_SOFTWARE)

    def _header_flaws(self, record: OpenRecord) -> list[str]:
        flaws = [
            f"has no {name}"
            for name in ("WARC-Type", "WARC-Record-ID", "WARC-Date")
            if not record.get(name)
        ]
        if record.record_id in self._ids:
            flaws.append("has the id of an earlier record")
        self._ids.add(record.record_id)
        if record.get("WARC-Date"):
            try:
                record.date  # noqa: B018
            except WarcError as error:
                flaws.append(f"has a bad date: {error.what}")
        return flaws


def _digest_flaws(record: OpenRecord, take_info: Callable[[bytes], None]) -> list[str]:
    """Read the block of ``record``; what is wrong with its digests."""
    block = _Claim.of(record, "WARC-Block-Digest")
    payload = _Claim.of(record, "WARC-Payload-Digest")
    if record.record_type == "revisit" or record.get("WARC-Segment-Number"):
        payload = _Claim(None)  # it is of another record's payload, or of more than this one
    head, rest = read_head(record)
    dechunker = None
    if head and record.record_type == "response" and is_chunked(parse_head(head)[1]):
        dechunker = Dechunker(keep_framing=False)
    block.update(head)
    info = b""
    piece = rest or record.read()
    while piece:
        block.update(piece)
        payload.update(piece)
        if dechunker is not None:
            payload.update_other(dechunker.feed(piece))
        if record.record_type == "warcinfo" and len(info) < INFO_LIMIT:
            info += piece
        piece = record.read()
    if dechunker is not None:
        payload.update_other(dechunker.finish())
    if record.record_type == "warcinfo":
        take_info(info)
    flaws = [f"block {block.flaw}"] if block.flaw else []
    return flaws + ([f"payload {payload.flaw}"] if payload.flaw else [])


class _Claim:
    """A digest that a record claims, and what is found. Of a chunked payload two digests are
    right: with its framing (wget, warcio) and without (WARC/1.1, 5.9; warcprox)."""

    def __init__(self, told: str | None) -> None:
        self._told = told
        self._claimed = parse_label(told) if told else None
        algorithm = self._claimed[0] if self._claimed else None
        self._found: Hasher | None = hasher(algorithm) if algorithm else None
        self._other: Hasher | None = None

    @classmethod
    def of(cls, record: OpenRecord, name: str) -> _Claim:
        return cls(record.get(name))

    def update(self, piece: bytes) -> None:
        if self._found is not None:
            self._found.update(piece)

    def update_other(self, piece: bytes) -> None:
        if self._claimed is not None:
            self._other = self._other or hasher(self._claimed[0])
            self._other.update(piece)

    @property
    def flaw(self) -> str | None:
        if self._told and self._claimed is None:
            return f"has a digest of no known kind ({self._told[:40]!r})"
        if self._claimed is None:
            return None
        found = [one.digest() for one in (self._found, self._other) if one is not None]
        return None if self._claimed[1] in found else "does not have the digest that it claims"
