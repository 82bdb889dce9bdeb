"""``archiver extract``: a file, a WARC, a URL of the archive, and many pages at once."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.archives import ARTICLE, SITE, answer, archived, exchange
from tests.cli.conftest import Archiver, warc_of

BRIDGE = f"{SITE}/bridge"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(ARTICLE)
    return path


def test_a_file_is_read_with_its_address_and_names(archiver: Archiver, page: Path) -> None:
    said = archiver("extract", page, "--url", BRIDGE)
    assert (said.code, said.err) == (0, "")
    article = json.loads(said.out)
    assert article["outcome"] == "article"
    assert (article["title"], article["canonical_url"]) == ("Bridge opens", BRIDGE)
    assert article["published_at"] == "2026-11-20T08:00:00+00:00"
    told = [(one["author"], one["parent_id"]) for one in article["thread"]["comments"]]
    assert told == [("Ann Smith", None), ("Bob Ray", "11")]


def test_a_page_of_a_warc_and_of_the_archive_is_the_same_article(
    archiver: Archiver, derived: Path
) -> None:
    of_warc = archiver("extract", warc_of(derived), "--url", f"{BRIDGE}?utm_source=x")
    of_archive = archiver("extract", f"{BRIDGE}?utm_source=x", "-o", derived)
    assert (of_warc.code, of_warc.err) == (0, "")
    assert of_warc == of_archive
    assert json.loads(of_warc.out)["title"] == "Bridge opens"


def test_what_stands_before_a_tear_is_read(archiver: Archiver, tmp_path: Path) -> None:
    warc, _ = archived(tmp_path, [exchange("/bridge", answer()), exchange("/b", answer())])
    warc.write_bytes(warc.read_bytes()[:-50])
    assert archiver("extract", warc, "--url", BRIDGE).code == 0
    said = archiver("extract", warc, "--url", f"{SITE}/b")
    assert said.code == 2
    assert said.err.startswith(f"archiver: {warc} at offset ")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            ["page.html"],
            "the address of page.html is not known. Add it: --url https://example.org/story",
        ),
        (
            ["warc.warc.gz"],
            "the address of warc.warc.gz is not known. Add it: --url https://example.org/story",
        ),
        (
            ["nowhere.html", "--url", BRIDGE],
            "nowhere.html is neither a file nor a URL. "
            "Name an HTML file, a WARC file with --url, or a URL of the archive",
        ),
        ([], "name an HTML file, a WARC file or a URL of the archive (or --pages for many)"),
        (
            ["https://nowhere.example/", "-o", "output"],
            "output: no page of https://nowhere.example/ is archived here",
        ),
        (
            ["warc.warc.gz", "--url", "https://nowhere.example/"],
            "warc.warc.gz: no page of https://nowhere.example/ is archived here",
        ),
        (
            [BRIDGE, "-o", "empty"],
            "empty/cdxj: no replay index is here. "
            "Name the output directory of a crawl with --output",
        ),
        (["page.html", "--pages", "p"], "--pages goes with --out, and without a single page"),
        (["--pages", "p"], "--pages goes with --out, and without a single page"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_missing_is_named(
    archiver: Archiver,
    derived: Path,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    complaint: str,
) -> None:
    monkeypatch.chdir(page.parent)
    Path("warc.warc.gz").write_bytes(warc_of(derived).read_bytes())
    said = archiver("extract", *words)
    assert (said.code, said.out, said.err) == (2, "", f"archiver: {complaint}\n")


def test_a_page_that_cannot_be_read_says_what_became_of_it(
    archiver: Archiver, tmp_path: Path
) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.7 and so on")
    said = archiver("extract", pdf, "--url", f"{SITE}/report")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"archiver: {SITE}/report: other_content (")


def test_many_pages_come_back_in_their_order_from_one_worker_or_two(
    archiver: Archiver, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus" / "pages"
    folder.mkdir(parents=True)
    rows = []
    for number in range(12):
        file = folder / f"{number}.html"
        file.write_bytes(ARTICLE.replace(b"Bridge opens", f"Bridge {number}".encode()))
        rows.append({"id": f"p{number}", "file": file.name, "url": f"{SITE}/{number}"})
    pages = tmp_path / "pages.jsonl.gz"
    pages.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    told = []
    for jobs in (1, 2):
        out = tmp_path / f"out-{jobs}.jsonl"
        words = ("--pages", pages, "--root", folder.parent, "--out", out, "--jobs", jobs)
        said = archiver("extract", *words)
        assert (said.code, said.out, said.err) == (0, f"12 pages read into {out}\n", "")
        found = [json.loads(line) for line in out.read_text().splitlines()]
        assert all(one.pop("seconds") > 0 for one in found)
        told.append(found)
    assert [one["id"] for one in told[0]] == [row["id"] for row in rows]
    assert [one["title"] for one in told[0]] == [f"Bridge {number}" for number in range(12)]
    assert told[0] == told[1]
