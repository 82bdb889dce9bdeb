"""One page, as a person names it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.errors import ConfigError, WarcError
from archiver.model import Page
from archiver.single import find_page
from tests.archives import ARTICLE, SITE, answer, archived, exchange
from tests.archives import NOON as CAPTURED

NOW = datetime(2026, 12, 1, tzinfo=UTC)
URL = f"{SITE}/bridge"


def found(target: object, url: str | None = URL, output: Path = Path("output")) -> Page:
    return find_page(str(target), url=url, output_dir=output, now=NOW)


def test_a_file_is_captured_now_under_the_address_given(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(ARTICLE)
    assert found(file) == Page(url=URL, captured_at=NOW, payload=ARTICLE)


@pytest.mark.parametrize("name", ["a.warc.gz", "a.WARC.GZ", "a.warc.gz.open"])
def test_a_warc_gives_the_page_as_it_was_captured(tmp_path: Path, name: str) -> None:
    warc, _ = archived(tmp_path, [exchange("/bridge", answer())])
    page = found(warc.rename(tmp_path / name), f"{URL}?utm_source=x")
    assert (page.url, page.captured_at, page.payload) == (URL, CAPTURED, ARTICLE)
    assert (b"Content-Type", b"text/html; charset=utf-8") in page.headers


@pytest.mark.parametrize("name", ["a.warc", "a.arc", "a.arc.gz"])
def test_a_broken_archive_is_not_taken_for_a_page(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not an archive")
    with pytest.raises((WarcError, ConfigError), match=name):
        found(tmp_path / name)


def test_a_file_whose_name_looks_like_an_address_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("https:").mkdir()
    Path("https://saved.html").write_bytes(ARTICLE)
    assert found("https://saved.html").payload == ARTICLE


def test_a_folder_is_neither(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="neither a file nor a URL"):
        found(tmp_path)
