"""Komento: a flat list in which each comment names its parent."""

from __future__ import annotations

from archiver.comments import komento
from archiver.comments.platform import Answer
from tests.comments.page_goldens import check_golden
from tests.comments.widget_goldens import check_absent
from tests.pages import PARAGRAPHS, URL


def test_golden_page() -> None:
    check_golden(komento, "komento", "page")


def test_absent() -> None:
    check_absent(
        komento,
        PARAGRAPHS,
        '<li id="kmt-x" class="kmt-item"><div class="kmt-text">No number.</div></li>',
    )


def test_nothing_is_asked() -> None:
    assert komento.read_answer(Answer(URL, b"{}")) is None
    assert not komento.owns(URL)
