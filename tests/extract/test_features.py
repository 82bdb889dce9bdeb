"""What is seen of a segment: every figure by its number, on pages small enough to count on."""

from __future__ import annotations

import pytest

from archiver.extract import extract
from archiver.extract.features import (
    NAMES,
    SHARES,
    TAGS,
    Clues,
    core_of,
    ends_sentence,
    features_of,
    fold_words,
    is_good,
    worth_of,
)
from archiver.extract.segments import Segment, segments_of
from archiver.extract.standing import AROUND, Standings, Words
from archiver.sites import DEFAULT_RULES
from tests.pages import document, page

WORDS = Words({"story": 20, "menu": -24}, {"more": -30, "stories": -10})
CLUES = Clues(
    titles=("The Bridge returns",),
    descriptions=("The town has voted, it said, and more.",),
    is_news=True,
)
LEAD = "The town has voted, it said."
LONG = "The council of the small town voted on Tuesday to rebuild the old bridge over the river"
PAGE = (
    '<div class="menu"><ul><li><a href="/1">Home of all news</a></li>'
    '<li><a href="/2">Sport</a></li></ul></div>'
    "<h1>The bridge returns</h1>"
    f'<div class="story"><p>{LEAD}</p><img src="/1.jpg"><p>{LONG}.</p>'
    f'<p>{LONG} <a href="/x">again</a>.</p></div>'
    "<h3>More stories</h3>"
)
CHARS = 16 + 5 + 18 + 28 + 88 + 94 + 12
"""Of the segments of ``PAGE``, in their order."""


def rows_of(markup: str, clues: Clues = CLUES) -> list[dict[str, float] | None]:
    """The figures of each segment by their names."""
    rows = features_of(segments_of(document(markup)), clues, WORDS)
    return [None if row is None else dict(zip(NAMES, row, strict=True)) for row in rows]


def row_of(markup: str, text: str, clues: Clues = CLUES) -> dict[str, float]:
    """The figures of the first segment with this text."""
    segments = segments_of(document(markup))
    number = next(segment.number for segment in segments if segment.text == text)
    row = rows_of(markup, clues)[number]
    assert row is not None
    return row


def test_every_figure_of_a_paragraph() -> None:
    seen = row_of(PAGE, f"{LONG}.")
    assert list(seen) == list(NAMES)
    assert seen == {
        "tag": TAGS["p"],
        "chars": 88,
        "words": 17,
        "link_share": 0.0,
        "copies": 1,
        "is_title": 0.0,
        "title_share": 5 / 17,  # the, the, the, bridge, the
        "in_description": 0.0,
        "claims_news": 1.0,
        "text_words_low": 0,
        "text_words_sum": 0,
        "first_word": 0,
        "in_tag": 0,
        "list_size": 0,
        "list_link_share": 0.0,
        "images_before": 1,
        "outer_images": 1,
        "depth": 2,
        "frame_link_share": 0.0,
        "outer_chars": 28 + 88 + 94,
        "outer_link_share": 5 / (28 + 88 + 94),
        "outer_segments": 7,
        "twins": 3,
        "own_words_low": 0,
        "own_words_high": 0,
        "near_words_low": 0,
        "near_words_high": 10,
        "all_words_low": 0,
        "all_words_sum": 20,
        "place": 4 / 7,
        "chars_after": 88 + 94 + 12,
        "after_title": 2,
        "core_distance": 1,
        "core_height": 0,
        "core_side": 0,
        "core_share": (28 + 88 + 94) / CHARS,
        "core_start": 1,
        "core_end": 2,
        "good_before": 999,
        "good_after": 1,
        "same_path": 1.0,
        "path_chars": 1.0,
        "good_total": 88 + 94,
        "count": 7,
        "previous_tag": TAGS["p"],
        "previous_link_share": 0.0,
        "next_tag": TAGS["p"],
        "next_chars": 94,
        "next_link_share": 5 / 94,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The bridge returns",
            {
                "tag": TAGS["h1"],
                "is_title": 1.0,
                "title_share": 1.0,
                "in_tag": AROUND["h1"],
                "outer_chars": CHARS,
                "outer_link_share": (16 + 5 + 5) / CHARS,
                "twins": 1,
                "after_title": 0,
                "core_distance": 1,
                "core_height": 1,
                "core_side": -1,
                "core_start": -1,
                "core_end": 4,
                "good_before": 999,
                "good_after": 2,
                "same_path": 0.0,
                "path_chars": 0.0,
                "previous_tag": TAGS["li"],
                "previous_link_share": 1.0,
                "next_tag": TAGS["p"],
                "next_chars": 28,
            },
        ),
        (
            LEAD,
            {
                "in_description": len("the town has voted it said")
                / len("the town has voted it said and more"),
                "images_before": 0,
                "core_start": 0,
                "core_end": 3,
            },
        ),
        (
            f"{LONG} again.",
            {
                "link_share": 5 / 94,
                "frame_link_share": 5 / 94,
                "good_before": 1,
                "next_tag": TAGS["h3"],
                "next_chars": 12,
            },
        ),
        (
            "More stories",
            {
                "text_words_low": -30,
                "text_words_sum": -40,
                "first_word": -30,
                "core_side": 1,
                "core_start": 3,
                "core_end": 0,
                "next_tag": -1,
                "next_chars": 0,
                "next_link_share": 0.0,
            },
        ),
    ],
)
def test_figures_of_the_others(text: str, expected: dict[str, float]) -> None:
    seen = row_of(PAGE, text)
    assert {name: seen[name] for name in expected} == expected


@pytest.mark.parametrize("markup", [PAGE, "<p>Short.</p>", "<ul><li>a<li>b</ul>" * 500])
def test_figures_are_shares_or_whole_numbers(markup: str) -> None:
    # The judge is compiled for it: whole figures are compared with whole numbers.
    assert set(NAMES) > SHARES
    for row in rows_of(markup):
        for name, value in (row or {}).items():
            assert 0 <= value <= 1 if name in SHARES else isinstance(value, int), name


def test_lists_count_their_items_and_links() -> None:
    items = '<li>One thing</li><li>Two <a href="/">more</a></li>'
    seen = row_of(f"<p>{LONG}.</p><ul class='menu'>{items}</ul>", "One thing")
    figures = ("list_size", "list_link_share", "in_tag", "own_words_low", "near_words_low", "twins")
    assert [seen[name] for name in figures] == [2, 4 / 17, AROUND["ul"], 0, -12, 2]


def test_repeated_texts_are_counted() -> None:
    assert row_of(f"<p>Share</p><p>{LONG}.</p><p>Share</p>", "Share")["copies"] == 2


def test_what_is_nothing_but_link_outside_the_core_is_not_looked_at() -> None:
    links = '<ul><li><a href="/1">One</a></li><li><a href="/2">Two</a> more of it</li></ul>'
    story = f'<div>{"<p>" + LONG + ".</p>"}<p><a href="/3">Three</a></p></div>'
    rows = rows_of(f"{links}<section>{story}</section>")
    assert [row is None for row in rows] == [True, False, False, False]


def test_a_page_without_segments_has_no_figures() -> None:
    assert features_of([], CLUES, WORDS) == []


def test_a_page_without_running_text_has_no_core() -> None:
    seen = row_of("<p>Short.</p><p>Both.</p>", "Short.")
    figures = ("core_distance", "core_height", "core_side", "core_share", "good_total")
    assert [seen[name] for name in figures] == [99, 99, 0, 0.0, 0]


@pytest.mark.parametrize(
    ("clues", "expected"),
    [
        (Clues(), (0.0, 0.0, 0.0, 0.0)),
        (Clues(titles=("", "the COUNCIL!")), (0.0, 5 / 17, 0.0, 0.0)),
        (Clues(titles=(LONG,)), (1.0, 1.0, 0.0, 0.0)),
        (Clues(descriptions=(f"{LONG[:40]}…",)), (0.0, 0.0, 1.0, 0.0)),
        (Clues(descriptions=(f"{LONG}, it said",)), (0.0, 0.0, 87 / 95, 0.0)),
        (Clues(descriptions=("The council",)), (0.0, 0.0, 0.0, 0.0)),  # too short to tell
        (Clues(is_news=True), (0.0, 0.0, 0.0, 1.0)),
    ],
)
def test_agreement_with_what_the_page_says_of_itself(
    clues: Clues, expected: tuple[float, ...]
) -> None:
    seen = row_of(PAGE, f"{LONG}.", clues)
    figures = ("is_title", "title_share", "in_description", "claims_news")
    assert tuple(seen[name] for name in figures) == expected


def test_without_a_title_on_the_page_its_distance_is_far() -> None:
    assert row_of(PAGE, f"{LONG}.", Clues())["after_title"] == -999


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It said so.", True),
        ("It said “so.”", True),
        ("It said so (again!)", True),
        ("它说。", True),
        ("वह बोला।", True),
        ("قالت ذلك؟", True),
        ("It said so", False),
        ("It said “so”", False),
        (")", False),
        ("It said so:", False),
    ],
)
def test_ends_of_sentences(text: str, expected: bool) -> None:
    assert ends_sentence(text) is expected


CHINESE = "市议会星期二投票决定重建河上的旧桥，该桥自去年冬天的洪水以来一直对所有交通关闭。"


def segment_of(markup: str) -> Segment:
    (segment,) = segments_of(document(markup))
    return segment


def test_running_text_is_long_ends_a_sentence_and_is_hardly_link() -> None:
    assert is_good(segment_of(f"<p>{LONG}.</p>"))
    assert not is_good(segment_of(f"<p>{LONG}</p>"))
    assert not is_good(segment_of(f"<p>{LEAD}</p>"))
    assert not is_good(segment_of(f"<p><a href='/'>{LONG[:40]}</a>{LONG[40:]}.</p>"))
    assert not is_good(segment_of(f"<p>{CHINESE}</p>"))
    assert is_good(segment_of(f"<p>{CHINESE}</p>"), worth=3)
    # Thai ends a sentence with a blank: there, only length tells.
    assert is_good(segment_of(f"<p>{'สภาเมืองเล็กๆ ลงมติ' * 4}</p>"), worth=3)
    assert not is_good(segment_of(f"<p>{'สภาเมืองเล็กๆ ลงมติ' * 2}</p>"), worth=3)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([LONG], 1),
        ([LONG, "Привет, мир, и все остальные"], 1),
        ([CHINESE], 3),
        (["Home", CHINESE, "Menu"], 3),
        (["สภาเมืองเล็กๆ ลงมติเมื่อวันอังคาร"], 3),
        (["町議会は火曜日、橋の再建を決めた。"], 3),
        ([LONG, LONG, "中文"], 1),
        (["마을 의회는 화요일에 다리를 재건하기로 했다."], 1),
        ([], 1),
    ],
)
def test_a_sign_of_a_script_without_spaces_is_worth_three(texts: list[str], expected: int) -> None:
    assert worth_of(texts) == expected


def test_figures_of_scripts_without_spaces_are_those_of_a_text_three_times_as_long() -> None:
    seen = row_of(f"<div><p>{CHINESE}</p><p>{CHINESE[:20]}</p></div>", CHINESE)
    assert (seen["chars"], seen["words"], seen["good_total"], seen["next_chars"]) == (
        3 * len(CHINESE), 3 * len(CHINESE) // 6, 3 * len(CHINESE), 60,
    )  # fmt: skip


def test_words_are_folded() -> None:
    assert fold_words("The GROßE bridge: 3,5 m") == ["the", "grosse", "bridge", "3", "5", "m"]


@pytest.mark.parametrize(
    ("markup", "core"),
    [
        (f"<main>{f'<p>{LONG}.</p>' * 3}</main><div><p>{LONG}.</p></div>", "main"),
        (f"<main>{f'<p>{LONG}.</p>' * 2}</main><div><p>{LONG}.</p></div>", "body"),
        (f"<section><div>{LONG}.</div></section>", "div"),
        (f"<aside><p>{LONG}.</p></aside><main><p>{LONG}.</p></main>", "main"),
        (f"<div class=menu><p>{LONG}.</p></div><main><p>{LONG}.</p></main>", "main"),
    ],
    ids=[
        "nearly all",
        "more than a third elsewhere",
        "loose text of a div",
        "not in an aside",
        "not under words against it",
    ],
)
def test_core_is_where_running_text_stands(markup: str, core: str) -> None:
    segments = segments_of(document(markup))
    found = core_of(segments, [is_good(s) for s in segments], Standings(WORDS))
    assert found is not None
    assert found.tag == core


def test_a_page_of_two_thousand_paragraphs_keeps_them_all() -> None:
    paragraphs = [
        f"Number {at} of them. {LONG} and over the other river too." for at in range(2000)
    ]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    read = extract(page(f"<article><h1>T</h1>{body}</article>"), DEFAULT_RULES)
    assert read.text.split("\n\n") == paragraphs
