"""What the gold of a page says of its segments: text, none, or nothing."""

# ruff: noqa: E501 - pages and their labels are shown whole, a case to a line

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.comments.test_wordpress import HTML5
from tests.pages import PARAGRAPHS
from training.labels import Labelled, labelled

COUNCIL, WORK, FERRY = (
    part.removesuffix("</p>") for part in PARAGRAPHS.removeprefix("<p>").split("<p>")
)


def read(folder: Path, body: str, **gold: Any) -> Labelled | None:
    """The page of a manifest's line."""
    markup = f'<html lang="en"><head><title>T</title></head><body>{body}</body></html>'
    (folder / "a.html").write_text(markup, encoding="utf-8")
    entry = {
        "id": "a",
        "set": "fundus",
        "url": "https://www.news.paper.co.uk/a-story",
        "file": "a.html",
        "captured": "2026-05-01",
        "gold": {"text": None, "must_contain": None, "must_not_contain": None} | gold,
    }
    return labelled(entry, folder)


def labels_of(folder: Path, body: str, **gold: Any) -> list[bool | None]:
    page = read(folder, body, **gold)
    assert page is not None
    return page.labels


@pytest.mark.parametrize(
    ("body", "gold", "expected"),
    [
        pytest.param(f"<div>Home</div>{PARAGRAPHS}<div>Imprint</div>", f"{COUNCIL}\n{WORK}\n{FERRY}",
                     [False, True, True, True, False], id="whole paragraphs"),
        pytest.param(PARAGRAPHS, f"{COUNCIL}\n{FERRY}", [True, False, True], id="one is left out"),
        pytest.param(PARAGRAPHS, f"{COUNCIL} {WORK[:100]} {FERRY}", [True, True, True], id="more than half of one"),
        pytest.param(PARAGRAPHS, f"{COUNCIL} {WORK[:40]} {FERRY}", [True, False, True], id="less than half of one"),
        pytest.param(f"{PARAGRAPHS}<h3>So, it ends</h3><p>{COUNCIL}</p>", f"{COUNCIL}\n{WORK}\n{FERRY}\nSO IT ENDS!\n{COUNCIL}",
                     [True] * 5, id="case and signs are folded"),
        pytest.param(f"<p>{COUNCIL}</p><p>Yes, we</p><p>{WORK}</p>", f"{COUNCIL} Yes, we {WORK}", [True] * 3,
                     id="two words between"),
        pytest.param(f"{PARAGRAPHS}<p>the mayor said</p>", f"{COUNCIL}\n{WORK}\n{FERRY}", [True, True, True, False],
                     id="words of the text elsewhere"),
        pytest.param(f"{PARAGRAPHS}<p>* * *</p>", f"{COUNCIL}\n{WORK}\n{FERRY}", [True, True, True, None], id="no words"),
        pytest.param("<p>市议会星期二投票决定。</p><p>重建河上的旧桥。</p>", "市议会星期二投票决定。", [True, False], id="no spaces"),
        pytest.param(f"<p>{COUNCIL}</p>", f"{WORK} {FERRY}", [None], id="another page's gold says nothing"),
    ],
)  # fmt: skip
def test_segments_are_aligned_with_a_text(
    tmp_path: Path, body: str, gold: str, expected: list[bool | None]
) -> None:
    assert labels_of(tmp_path, body, text=gold) == expected


@pytest.mark.parametrize(
    ("wanted", "unwanted", "expected"),
    [
        (["council of the small"], ["ferry carries"], [True, None, False]),
        (["Council, of the SMA"], [], [True, None, None]),  # a wanted snippet may end in a word
        ([], ["council of the sma"], [None, None, None]),  # an unwanted one may not
        (["ouncil of the small"], [], [None, None, None]),
        (["…", ""], ["!"], [None, None, None]),
        (None, None, [None, None, None]),
    ],
)
def test_snippets_label_what_holds_them(
    tmp_path: Path,
    wanted: list[str] | None,
    unwanted: list[str] | None,
    expected: list[bool | None],
) -> None:
    found = labels_of(tmp_path, PARAGRAPHS, must_contain=wanted, must_not_contain=unwanted)
    assert found == expected


def test_a_page_is_read_as_the_extractor_reads_it(tmp_path: Path) -> None:
    comments = HTML5.replace("https://paper.example/2026/05/a-story/", "")
    page = read(tmp_path, f"<h1>The bridge</h1>{PARAGRAPHS}{comments}", text=COUNCIL)
    assert page is not None
    assert (page.id, page.corpus_set, page.site) == ("a", "fundus", "paper.co.uk")
    assert [s.text for s in page.segments[:4]] == ["The bridge", COUNCIL, WORK, FERRY]
    assert "Three." not in " ".join(s.text for s in page.segments)  # a reader's comment
    assert "The bridge" in page.clues.titles
    assert page.words[:2] == [2, len(COUNCIL.split())]


def test_what_is_no_page_has_no_labels(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 ...")
    entry = {"id": "a", "set": "fundus", "url": "no address", "file": "a.pdf", "captured": None,
             "gold": {"text": COUNCIL, "must_contain": None, "must_not_contain": None}}  # fmt: skip
    assert labelled(entry, tmp_path) is None
