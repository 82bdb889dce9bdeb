"""What the elements of a comment say, whoever printed them."""

from __future__ import annotations

import pytest

from archiver.comments.markup import (
    areas_of,
    calendar_of,
    digest_id,
    in_widget,
    name_in,
    number_in,
    path_of,
)
from tests.pages import PARAGRAPHS, document


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ann", "Ann"),
        ("Submitted by Ann Writer on Fri, 05/01/2026 - 12:00", "Ann Writer"),
        ("Eingetragen von Fritz am Sa, 02.05.2026 - 08:15.", "Fritz"),
        ("par JPA le 7 mai 2020 - 12:38.", "JPA"),
        ("Par Bruno Gobin, le mercredi 15 mai 2019 à 08h07", "Bruno Gobin"),
        ("Enviado por Luz el 3 de mayo", "Luz"),
        ("Heidemarie Heim | Di, 21. April 2020 - 16:40", "Heidemarie Heim"),
        ("Bo (not verified)", "Bo"),
        ("Anonymous said...", "Anonymous"),
        ("<span>Donald Elam</span>", "Donald Elam"),
        ("Byron", "Byron"),
        ("Vonnegut", "Vonnegut"),
        ("Am-Lee Onassis", "Am-Lee Onassis"),
        ("Jean-Pierre", "Jean-Pierre"),
        ("user 214", "user 214"),
        ("", None),
        (None, None),
        ("x" * 200, None),
    ],
)
def test_name_in_a_line(line: str | None, name: str | None) -> None:
    assert name_in(line) == name


@pytest.mark.parametrize(
    ("text", "number"),
    [("12 comments", 12), ("1,023 posts", 1023), ("1.023 Beiträge", 1023), ("none", None)],
)
def test_number_in_a_text(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_area_of_comments_never_holds_the_article() -> None:
    tree = document(
        f'<div class="post-with-comments">{PARAGRAPHS * 2}<div class="comments"><h2>2 comments</h2>'
        '<p id="a">One.</p><p id="b">Two.</p><form>Say something</form></div></div>'
    ).tree
    roots = [tree.get_element_by_id("a"), tree.get_element_by_id("b")]
    assert [area.get("class") for area in areas_of(roots)] == ["comments"]
    assert areas_of(roots, is_named=lambda _: False) == roots


def test_list_of_the_newest_comments_of_a_site_is_a_widget() -> None:
    tree = document('<ul id="block-recent-comments"><li id="x">Ann</li></ul><p id="y">No.</p>').tree
    assert in_widget(tree.get_element_by_id("x"))
    assert not in_widget(tree.get_element_by_id("y"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/a/b/#comment-5", "https://p.example/a/b"),
        ("/viewtopic.php?t=5&start=20", "https://p.example/viewtopic.php?t=5"),
        ("?utm_source=x", "https://p.example/"),
    ],
)
def test_path_tells_one_page_from_another(url: str, path: str) -> None:
    base = "https://p.example/"
    assert path_of(base, url) == path_of(base, path)


def test_calendar_reads_the_first_text_that_is_a_date() -> None:
    calendar = calendar_of(document("<p>x</p>"))
    moment = calendar.read(None, "soon", "May 1, 2026 at 10:00 am", "May 2, 2026")
    assert moment is not None
    assert moment.raw == "May 1, 2026 at 10:00 am"
    assert calendar.read("May 1, 2027") is None


def test_digest_is_of_all_three() -> None:
    ids = {digest_id("Ann", None, "x"), digest_id(None, "Ann", "x"), digest_id("Ann", "x", "")}
    assert len(ids) == 3
