"""One page out of an archive: by its URL, from a WARC or from an output directory.

Knows where captures are; reading the page is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from archiver.errors import ConfigError, Place, UrlError, WarcError
from archiver.model import Capture, Page
from archiver.reading import page_of
from archiver.urls import canonical_key
from archiver.warc.cdxj import lookup
from archiver.warc.reader import read_capture, read_captures


def page_in_warc(warc: Path, url: str) -> Page:
    """The last capture with a payload of ``url`` in ``warc``; ConfigError where there is none."""
    captures = (capture for capture in read_captures(warc) if _is_of(capture, url))
    return _last(captures, url, Place(str(warc)))


def page_in_output(output_dir: Path, url: str) -> Page:
    """The last capture with a payload of ``url`` below ``output_dir``, by its replay indexes;
    ConfigError where there is none."""
    indexes = sorted((output_dir / "cdxj").glob("*.cdxj"))
    if not indexes:
        raise ConfigError(
            "no replay index is here",
            place=Place(str(output_dir / "cdxj")),
            remedy="Name the output directory of a crawl with --output",
        )
    return _last(_indexed(output_dir, indexes, url), url, Place(str(output_dir)))


def _indexed(output_dir: Path, indexes: Iterable[Path], url: str) -> Iterator[Capture]:
    for line in sorted(lookup(indexes, url), key=lambda line: line.timestamp):
        warc = output_dir / "warc" / line.filename
        if warc.exists():
            yield read_capture(warc, line.offset)


def _is_of(capture: Capture, url: str) -> bool:
    try:
        return capture.url == url or canonical_key(capture.url) == canonical_key(url)
    except UrlError:
        return False


def _last(captures: Iterable[Capture], url: str, place: Place) -> Page:
    page = None
    try:
        for capture in captures:
            if capture.payload:
                page = page_of(capture)
    except WarcError:
        if page is None:
            raise  # else what stands before a tear is whole
    if page is None:
        raise ConfigError(f"no page of {url} is archived here", place=place)
    return page
