"""WARC and ARC files of other tools, good and broken: captures, or one error by name."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from archiver.errors import WarcError
from archiver.warc.reader import read_capture, read_captures, scan
from archiver.warc.verify import verify_file
from tests.shared import shared_path

# Captures of each file, and what its reading ends with.
EXPECTED = {
    "bad.arc": (0, "is no Content-Length"),
    "dupes.warc.gz": (12, None),
    "example-bad-non-chunked.warc.gz": (2, None),
    "example-bad.warc.gz.bad": (3, None),
    "example-digest.warc": (0, None),
    "example-extra.warc": (4, None),
    "example-iana.org-chunked.warc": (1, None),
    "example-resource.warc.gz": (1, None),
    "example-space-in-target-uri.warc.gz": (1, None),
    "example-space-in-url.arc": (0, "the file ends 12 bytes before the record does"),
    "example-trunc.warc": (1, "no record begins here"),
    "example-url-agnostic-orig.warc.gz": (1, None),
    "example-url-agnostic-revisit.warc.gz": (1, None),
    "example-wget-1-14.warc.gz": (4, None),
    "example-wget-bad-target-uri.warc.gz": (3, None),
    "example-wpull.warc.gz": (2, None),
    "example-wrong-chunks.warc.gz": (1, None),
    "example.arc": (1, None),
    "example.arc.gz": (1, None),
    "example2.warc.gz": (1, None),
    "httpbin-resource.warc.gz": (1, None),
    "iana.warc.gz": (171, None),
    "missing-status-text.warc": (1, None),
    "post-test.warc.gz": (3, None),
    "pywb/example.warc": (2, "no record begins here"),
    "pywb/example.warc.gz": (3, None),
    "warcio/example.warc": (2, None),
    "warcio/example.warc.gz": (2, None),
}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    archive = shared_path("corpora") / "warcs.tar.xz"
    folder = tmp_path_factory.mktemp("foreign")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and (".warc" in path.name or ".arc" in path.name)
    )


def test_every_foreign_file_ends_in_captures_or_one_named_error(foreign: list[Path]) -> None:
    found: set[str] = set()
    for path in foreign:
        count, error, place = 0, None, None
        try:
            for capture in read_captures(path):
                count += 1
                again = read_capture(path, capture.ref.offset)
                assert (again.ref, again.payload) == (capture.ref, capture.payload)
                assert capture.payload is None or len(capture.payload) == capture.payload_size
        except WarcError as fault:
            place, error = fault.place, fault.what
        assert error is None or (place is not None and place.name == str(path))
        collection = path.relative_to(foreign_folder(path)).parts[0]
        key = next(key for key in (f"{collection}/{path.name}", path.name) if key in EXPECTED)
        expected, what = EXPECTED[key]
        assert count == expected, path
        assert (what is None) == (error is None), (path, error)
        assert what is None or what in (error or "")
        found.add(key)
    assert found == set(EXPECTED)


def foreign_folder(path: Path) -> Path:
    """The folder that the collections of samples were unpacked into."""
    return next(parent for parent in path.parents if parent.name.startswith("foreign"))


def test_quirks_of_named_tools_are_read(foreign: list[Path]) -> None:
    urls = {
        path.name: [entry.url for entry in scan(path).entries]
        for path in foreign
        if path.name.startswith(("example-wget-bad", "example-space-in-target"))
    }
    assert urls["example-wget-bad-target-uri.warc.gz"][0] == "http://example.com/"
    assert urls["example-space-in-target-uri.warc.gz"] == ["file:///example%20with%20spaces.png"]


def test_foreign_files_are_verified_without_false_alarm(foreign: list[Path]) -> None:
    sound = {"iana.warc.gz", "dupes.warc.gz", "example-wpull.warc.gz", "example.arc.gz"}
    for path in foreign:
        report = verify_file(path)
        if path.name in sound:
            assert report.faults == (), path
    broken = [path for path in foreign if path.name in ("bad.arc", "example-trunc.warc")]
    assert all(verify_file(path).faults for path in broken)
