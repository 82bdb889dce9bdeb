"""Many saved pages: the manifest read, a line for each page written."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from archiver.config import ReadLimits
from archiver.errors import ConfigError
from archiver.predictions import UNDATED, Listed, predict, read_manifest, write
from archiver.sites import RuleBook
from tests.archives import ARTICLE, PARAGRAPHS, SITE

PAGE = {"id": "p1", "file": "a.html", "url": f"{SITE}/bridge"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_bytes(ARTICLE)
    (tmp_path / "b.html").write_bytes(b"%PDF-1.7 and so on")
    return tmp_path


def manifest(root: Path, *rows: object) -> Path:
    path = root / "pages.jsonl"
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return path


def test_pages_lie_below_the_root_or_its_folder_pages(root: Path) -> None:
    other = {**PAGE, "id": "p2", "file": "b.html", "note": "a line break:\u2028"}
    path = manifest(root, PAGE, other)
    expected = [
        Listed("p1", root / "pages" / "a.html", f"{SITE}/bridge", UNDATED),
        Listed("p2", root / "b.html", f"{SITE}/bridge", UNDATED),
    ]
    assert read_manifest(path, root) == expected
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_manifest(path, root) == expected


@pytest.mark.parametrize(
    ("captured", "moment"),
    [
        (None, UNDATED),
        ("", UNDATED),
        ("2024-04-28", datetime(2024, 4, 28, 23, 59, 59, tzinfo=UTC)),
        ("2024-04-28T10:00:00", datetime(2024, 4, 28, 10, tzinfo=UTC)),
        ("2024-04-28T10:00:00Z", datetime(2024, 4, 28, 10, tzinfo=UTC)),
        (
            "2024-04-28T10:00:00+02:00",
            datetime(2024, 4, 28, 10, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_the_day_of_capture_ends_a_page_s_future(
    root: Path, captured: str | None, moment: datetime
) -> None:
    (listed,) = read_manifest(manifest(root, {**PAGE, "captured": captured}), root)
    assert listed.captured_at == moment


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({**PAGE, "file": "gone.html"}, "no file gone.html below {root}"),
        ({"id": "p1", "file": "a.html"}, "not a page (KeyError('url'))"),
        ({**PAGE, "url": None}, "not a page (id, file and url are strings)"),
        ({**PAGE, "captured": "yesterday"}, "not a page (ValueError("),
        ({**PAGE, "captured": 2024}, "not a page (TypeError("),
        (["p1"], "not a page (TypeError("),
    ],
)
def test_a_bad_line_is_named(root: Path, row: object, complaint: str) -> None:
    path = manifest(root, PAGE, row)
    with pytest.raises(ConfigError) as told:
        read_manifest(path, root)
    assert str(told.value).startswith(f"{path}, line 2: {complaint.format(root=root)}")


@pytest.mark.parametrize("content", [None, b"\x1f\x8bno gzip", b"\xff\xfe"])
def test_a_manifest_that_cannot_be_read_is_named(root: Path, content: bytes | None) -> None:
    path = root / "pages.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match="the list of pages cannot be read") as told:
        read_manifest(path, root)
    assert str(told.value).startswith(str(path))


def predicted(root: Path, *rows: dict[str, Any], **limits: Any) -> list[dict[str, Any]]:
    listed = read_manifest(manifest(root, *rows), root)
    return list(predict(listed, rules=RuleBook(), limits=ReadLimits(**limits), jobs=1))


def test_a_prediction_is_these_fields_and_a_page_unread_has_its_outcome(root: Path) -> None:
    nowhere = {**PAGE, "id": "p3", "url": "hard::a.html"}
    article, other, found = predicted(root, PAGE, {**PAGE, "id": "p2", "file": "b.html"}, nowhere)
    assert 0 < article.pop("seconds") < 20
    assert article == {
        "id": "p1",
        "outcome": "article",
        "text": PARAGRAPHS.removeprefix("<p>").removesuffix("</p>").replace("</p><p>", "\n\n"),
        "title": "Bridge opens",
        "authors": ["Carla Writer"],
        "published": "2026-11-20T08:00:00+00:00",
        "comments": [
            {
                "id": "11",
                "author": "Ann Smith",
                "text": "At last! I waited ten years for this bridge.",
                "published": "2026-11-21T10:00:00+00:00",
                "parent": None,
            },
            {
                "id": "12",
                "author": "Bob Ray",
                "text": "Ann Smith, so did we all.",
                "published": "2026-11-21T11:00:00+00:00",
                "parent": "11",
            },
        ],
    }
    assert list(other) == ["id", "outcome", "detail", "seconds"]
    assert (other["id"], other["outcome"]) == ("p2", "other_content")
    assert (found["id"], found["text"]) == ("p3", article["text"])


def test_a_day_is_predicted_as_a_day(root: Path) -> None:
    page = root / "pages" / "a.html"
    page.write_bytes(ARTICLE.replace(b"2026-11-20T08:00:00Z", b"2026-11-20"))
    (told,) = predicted(root, PAGE)
    assert told["published"] == "2026-11-20"


def test_a_page_that_was_given_up_took_its_whole_time(root: Path) -> None:
    (told,) = predicted(root, PAGE, seconds=0.000001)
    assert (told["outcome"], told["seconds"]) == ("extract_timeout", 0.000001)


def test_each_prediction_is_a_line_whatever_it_holds(tmp_path: Path) -> None:
    def made() -> Iterator[dict[str, Any]]:
        yield {"id": "p1", "text": "é\u2028\n"}
        yield {"id": "p2", "text": "half a pair: \ud83d"}

    assert write(made(), tmp_path / "out.jsonl") == 2
    lines = (tmp_path / "out.jsonl").read_text("utf-8").split("\n")
    assert [json.loads(line)["text"] for line in lines[:-1]] == ["é\u2028\n", "half a pair: ?"]
