"""What reads like an article and is none: boxes known by their names, and lines that lead away."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract.lookalikes import is_read_also, lookalikes_among
from archiver.extract.segments import segments_of
from tests.pages import PARAGRAPHS, document

SAYS = "<p>Ann Lee covers bridges, and has done so since there were bridges to cover here.</p>"


def dropped(markup: str) -> list[str]:
    segments = segments_of(document(markup))
    numbers = lookalikes_among(segments)
    return [segment.text for segment in segments if segment.number in numbers]


@pytest.mark.parametrize(
    "name",
    [
        "author-box", "post-module author-box vcard", "wp-block-post-author-biography", "AuthorBio",
        "about-the-author", "comment-respond", "comments-area", "wp-block-latest-comments",
        "sidebar_recent_comments", "et_mobile_nav_menu", "breadcrumbs", "related-posts", "page-links",
        "yarpp yarpp-related", "screen-reader-text", "addtoany_content",
    ],
)  # fmt: skip
@pytest.mark.parametrize("attribute", ["class", "id"])
def test_boxes_with_such_a_name_are_dropped(name: str, attribute: str) -> None:
    box = f'<div {attribute}="{name}"><h3>Box</h3><div>{SAYS}</div></div>'
    assert dropped(PARAGRAPHS + box) == ["Box", SAYS[3:-4]]


@pytest.mark.parametrize(
    "name",
    ["author", "entry-content", "commentary", "comment-free", "mobile", "page", "post-content", "authority-box"],
)  # fmt: skip
def test_other_names_say_nothing(name: str) -> None:
    assert dropped(f'{PARAGRAPHS}<div class="{name}">{SAYS}</div>') == []


@pytest.mark.parametrize("role", ["navigation", "search", "menu", "dialog", "Navigation"])
def test_boxes_with_such_a_role_are_dropped(role: str) -> None:
    assert dropped(f'{PARAGRAPHS}<div role="{role}">{SAYS}</div>') == [SAYS[3:-4]]
    assert dropped(f'{PARAGRAPHS}<div role="main">{SAYS}</div>') == []


def test_a_wrapper_that_holds_most_of_the_text_is_no_box() -> None:
    assert dropped(f'<div class="comments">{PARAGRAPHS}</div>{SAYS}') == []


@pytest.mark.parametrize("tag", ["body", "main", "article"])
def test_the_page_itself_is_no_box(tag: str) -> None:
    # Themes write related-posts or comments into the classes of the whole page.
    made = document("<p>No text.</p>")
    assert made.tree.find("body") is not None
    assert dropped(f'<{tag} class="comments">{SAYS}</{tag}>') == []


@pytest.mark.parametrize(
    ("line", "leads_away"),
    [
        pytest.param("Read also: <a href='/o'>Another story</a>", True, id="English"),
        pytest.param("<strong>Lesen Sie auch:</strong> <a href='/o'>Noch eine Geschichte</a>", True, id="German"),
        pytest.param("» <a href='/o'>Lire aussi : une autre histoire</a>", True, id="all of it link"),
        pytest.param("Читайте также: <a href='/o'>другую историю</a>", True, id="Russian"),
        pytest.param("READ MORE: <a href='/o'>One other story</a> | <a href='/p'>and another</a>", True, id="two links"),
        pytest.param("Read also what the mayor wrote of the bridge before the flood.", False, id="no link"),
        pytest.param("Read also what the mayor wrote about it in <a href='/o'>his diary</a> before the flood came.", False,
                     id="link in a sentence"),
        pytest.param("<a href='/o'>Another story</a>", False, id="no such words"),
        pytest.param("We read also <a href='/o'>another story</a>", False, id="not at its beginning"),
        pytest.param(f"Read also: <a href='/o'>{'another story ' * 30}</a>", False, id="too long for a line"),
    ],
)  # fmt: skip
def test_lines_that_lead_away(line: str, leads_away: bool) -> None:
    (segment,) = segments_of(document(f"<p>{line}</p>"))
    assert is_read_also(segment) is leads_away
    assert dropped(f"{PARAGRAPHS}<p>{line}</p>") == ([segment.text] if leads_away else [])
