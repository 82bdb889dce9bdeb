"""One page, as a person names it: a file of HTML, a WARC with a URL, or a URL of the archive."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from archiver.config import ReadLimits
from archiver.errors import ConfigError
from archiver.model import Page, Reading
from archiver.sites import RuleBook
from archiver.workers import Readers

_ARCHIVE = re.compile(r"\.w?arc(\.gz)?(\.open)?$", re.IGNORECASE)


def find_page(target: str, *, url: str | None, output_dir: Path, now: datetime) -> Page:
    """The page that ``target`` names; ConfigError says what is missing. A file of HTML is taken to
    be captured ``now``."""
    path = Path(target)
    if "://" in target and not path.exists():
        from archiver.derive.pages import page_in_output  # noqa: PLC0415 - needs the archive

        return page_in_output(output_dir, target)
    if not path.is_file():
        raise ConfigError(
            f"{target} is neither a file nor a URL",
            remedy="Name an HTML file, a WARC file with --url, or a URL of the archive",
        )
    if url is None:
        raise ConfigError(
            f"the address of {target} is not known",
            remedy="Add it: --url https://example.org/story",
        )
    if _ARCHIVE.search(path.name):
        from archiver.derive.pages import page_in_warc  # noqa: PLC0415

        return page_in_warc(path, url)
    return Page(url=url, captured_at=now, payload=path.read_bytes())


def read_one(page: Page, *, rules: RuleBook, limits: ReadLimits) -> Reading:
    """What ``page`` says, read in a worker within the limits."""
    with Readers(rules, limits) as readers:
        return readers.read(page).result()
