"""``python -m bench.check_archive OUTPUT``: does every row lead to its bytes?

An independent eye on an output directory: it uses zlib, hashlib, json and pyarrow and none of
this project's code. Prints what it counted and every fault; exit code 1 where there is one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

_STEP = 64 * 1024


@dataclass
class Check:
    """What was looked at and what was wrong."""

    files: int = 0
    records: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    responses: Counter[str] = field(default_factory=Counter)
    """How many response or revisit records each URL has."""


def check(output: Path) -> Check:
    """Every sealed file, record, manifest line and row of ``output``."""
    result = Check()
    known: dict[tuple[str, int], dict[str, Any]] = {}
    for path in sorted((output / "warc").glob("*.warc.gz")):
        result.files += 1
        for record in _members(path, result):
            known[(path.name, record["offset"])] = record
            if record["type"] in ("response", "revisit"):
                result.responses[record["uri"]] += 1
    _check_manifest(output, result)
    for table in ("captures", "articles", "comments"):
        _check_rows(output, table, known, result)
    return result


def _members(path: Path, result: Check) -> list[dict[str, Any]]:
    data = path.read_bytes()
    records: list[dict[str, Any]] = []
    offset = 0
    while offset < len(data):
        inflate = zlib.decompressobj(31)
        pieces: list[bytes] = []
        end = offset
        try:
            while not inflate.eof and end < len(data):
                pieces.append(inflate.decompress(data[end : end + _STEP]))
                end = min(end + _STEP, len(data))
        except zlib.error as error:
            result.faults.append(f"{path.name}@{offset}: {error}")
            return records
        if not inflate.eof:
            result.faults.append(f"{path.name}@{offset}: torn member")
            return records
        raw = b"".join(pieces)
        length = end - offset - len(inflate.unused_data)
        records.append(_record(path, offset, length, raw, result))
        result.records += 1
        offset += length
    return records


def _record(path: Path, offset: int, length: int, raw: bytes, result: Check) -> dict[str, Any]:
    head, _, rest = raw.partition(b"\r\n\r\n")
    fields: dict[str, str] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        fields.setdefault(name.decode().lower(), value.strip().decode())
    size = int(fields["content-length"])
    block, tail = rest[:size], rest[size:]
    if len(block) != size or tail != b"\r\n\r\n":
        result.faults.append(f"{path.name}@{offset}: Content-Length {size}, block {len(block)}")
    payload = block
    if fields["warc-type"] in ("response", "request"):
        separator = block.find(b"\r\n\r\n")
        bare = block.find(b"\n\n")
        cut = separator + 4 if separator >= 0 and (bare < 0 or separator <= bare) else bare + 2
        payload = block[cut:]
    for field_name, part in (("warc-block-digest", block), ("warc-payload-digest", payload)):
        said = fields.get(field_name)
        is_of_another = fields["warc-type"] == "revisit" and field_name == "warc-payload-digest"
        if said is None or is_of_another:
            continue
        digest = "sha1:" + base64.b32encode(hashlib.sha1(part).digest()).decode()
        if said != digest:
            result.faults.append(f"{path.name}@{offset}: {field_name} {said} is {digest}")
    return {
        "offset": offset,
        "length": length,
        "id": fields["warc-record-id"],
        "type": fields["warc-type"],
        "uri": fields.get("warc-target-uri", ""),
        "payload_digest": fields.get("warc-payload-digest"),
        "payload": payload,
    }


def _check_manifest(output: Path, result: Check) -> None:
    manifest = output / "manifest.jsonl"
    before = "0" * 64
    latest: dict[str, str] = {}
    for line in manifest.read_bytes().splitlines() if manifest.exists() else []:
        entry = json.loads(line)
        latest[entry["path"]] = entry["sha256"]
        if entry["previous"] != before:
            result.faults.append(f"manifest: the chain breaks at {entry['path']}")
        before = hashlib.sha256(line).hexdigest()
    for name, digest in latest.items():
        file = output / name
        if not file.exists():
            result.faults.append(f"manifest: {name} is not there")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            result.faults.append(f"manifest: {name} has another sha256")
    named = {Path(name).name for name in latest}
    for path in (output / "warc").glob("*.warc.gz"):
        if path.name not in named:
            result.faults.append(f"manifest: {path.name} is not in it")


def _check_rows(
    output: Path, table: str, known: dict[tuple[str, int], dict[str, Any]], result: Check
) -> None:
    seen: set[tuple[Any, ...]] = set()
    columns = ["warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id"]
    extra = {"captures": "content_digest", "articles": "payload_digest", "comments": "comment_id"}
    for part in sorted((output / "dataset" / table).glob("crawl_date=*/*.parquet")):
        rows = pq.ParquetFile(part).read(columns=[*columns, extra[table]]).to_pylist()
        result.rows[table] += len(rows)
        for row in rows:
            record = known.get((row["warc_filename"], row["warc_record_offset"]))
            where = f"{table}: {row['warc_filename']}@{row['warc_record_offset']}"
            if record is None or record["id"] != row["warc_record_id"]:
                result.faults.append(f"{where} leads to no such record")
                continue
            if record["length"] != row["warc_record_length"]:
                result.faults.append(f"{where} has another length")
            said = row[extra[table]]
            if (
                table != "comments"
                and said is not None
                and record["payload_digest"]
                not in (
                    None,
                    said,
                    f"sha1:{said}",
                )
            ):
                result.faults.append(f"{where} has another digest: {said}")
            key = (row["warc_record_id"], said) if table == "comments" else (row["warc_record_id"],)
            if key in seen:
                result.faults.append(f"{where} stands twice")
            seen.add(key)


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    print(f"{found.files} files, {found.records} records, rows {dict(found.rows)}")
    for fault in found.faults:
        print(fault)
    sys.exit(bool(found.faults))
