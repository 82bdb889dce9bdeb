"""Trafilatura chooses among the segments of a page, and leaves nothing behind."""

from __future__ import annotations

from lxml import etree

from archiver.dom import Document, Node
from archiver.extract.second_opinion import second_opinion
from archiver.extract.segments import segments_of
from tests.pages import PARAGRAPHS, document

MENU = '<div class="menu"><a href="/">Home</a> <a href="/sport">Sport</a></div>'
PAGE = f"{MENU}<article><h2>What happens now</h2>{PARAGRAPHS}</article><div>© The Paper</div>"


def chosen(made: Document, without: frozenset[Node] = frozenset()) -> list[str]:
    segments = segments_of(made, without)
    return [segment.text[:16] for segment in second_opinion(made, without, segments)]


def test_what_trafilatura_keeps_is_chosen() -> None:
    assert chosen(document(PAGE)) == [
        "What happens now", "The council of t", "Work is to begin", "Until then a fer",
    ]  # fmt: skip


def test_what_was_left_out_is_not_asked_about() -> None:
    made = document(PAGE)
    _, second, _ = made.tree.iter("p")
    assert chosen(made, frozenset([second])) == [
        "What happens now", "The council of t", "Until then a fer",
    ]  # fmt: skip


def test_text_after_what_was_left_out_stays() -> None:
    made = document(PAGE.replace("<p>Work is", "<p><b>Advert</b>Work is"))
    bold = next(made.tree.iter("b"))
    assert "Work is to begin" in chosen(made, frozenset([bold]))


def test_the_tree_stays_as_it_is() -> None:
    made = document(PAGE)
    before = etree.tostring(made.tree)
    chosen(made, frozenset([next(made.tree.iter("p"))]))
    assert etree.tostring(made.tree) == before


def test_pages_do_not_know_of_each_other() -> None:
    assert [chosen(document(PAGE)) for _ in range(4)] == [chosen(document(PAGE))] * 4


def test_a_page_without_text_has_none() -> None:
    assert chosen(document("<script>no text</script>")) == []


def test_a_page_too_large_is_not_asked_about() -> None:
    assert chosen(document(PAGE + "<i></i>" * 20_000)) == []
