"""What a page may make a crawl ask for, whatever it says about its platform."""

from __future__ import annotations

import pytest

from archiver import comments
from archiver.comments import MOST_ABROAD, asks_of
from archiver.comments.platform import Finding
from archiver.dom import Document
from archiver.model import Ask
from tests.pages import URL, document

HOME = f"{URL}comment-page-{{}}/"
ABROAD = "https://victim.example/api/{}"


@pytest.mark.parametrize(
    ("platform", "abroad"),
    [("wordpress", 0), ("xenforo", 0), ("drupal", 0), ("isso", MOST_ABROAD)],
)
def test_a_page_does_not_send_a_crawl_where_it_likes(
    monkeypatch: pytest.MonkeyPatch, platform: str, abroad: int
) -> None:
    asks = [Ask(HOME.format(n)) for n in range(9)] + [Ask(ABROAD.format(n)) for n in range(900)]

    def findings(_: Document) -> tuple[tuple[str, Finding], ...]:
        return ((platform, Finding("t1", tuple(asks))),)

    monkeypatch.setattr(comments, "findings", findings)
    found = asks_of(document("<p>A page.</p>"))
    assert sum(ask.url.startswith(URL) for ask in found) == 9
    assert sum(ask.url.startswith("https://victim") for ask in found) == abroad
    assert {(ask.platform, ask.thread_ref) for ask in found} == {(platform, "t1")}


@pytest.mark.parametrize("url", ["http://[::1/x", "http://[", "http://a b/"])
def test_a_broken_address_is_no_platform_s(url: str) -> None:
    assert not comments.is_answer(url)
