"""Comments as microformats: cited replies and hAtom's entries, not likes, not the article."""

from __future__ import annotations

import pytest

from archiver.comments import microformats
from archiver.comments.platform import Answer
from tests.comments.page_goldens import check_golden
from tests.comments.widget_goldens import check_absent
from tests.pages import PARAGRAPHS, URL


@pytest.mark.parametrize("name", ["mentions", "hatom"])
def test_golden_page(name: str) -> None:
    check_golden(microformats, "microformats", name)


def test_absent() -> None:
    card = '<a class="p-author h-card" href="https://a.example/">Ann</a>'
    check_absent(
        microformats,
        f'<div class="h-entry"><div class="e-content">{PARAGRAPHS}</div></div>',
        f'<div class="u-like h-cite">{card}<p class="p-name">liked this</p></div>',
        f'<div class="h-cite">{card}<p class="e-content">A bare mention.</p></div>',
        '<div class="p-comment"><div class="squarespace-comments"></div></div>',
        '<div class="u-comment h-cite"><p class="e-content">No one, never.</p></div>',
        f'<div class="recent-comments"><div class="u-comment h-cite">{card}'
        '<p class="e-content">Elsewhere.</p></div></div>',
    )


def test_nothing_is_asked() -> None:
    assert microformats.read_answer(Answer(URL, b"{}")) is None
    assert not microformats.owns(URL)
