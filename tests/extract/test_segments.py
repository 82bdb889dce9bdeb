"""A page becomes its segments: where a run of text begins and ends, and what holds it."""

# ruff: noqa: E501 - markup and what becomes of it are shown whole, a case to a line

from __future__ import annotations

from time import process_time

import pytest

from archiver.dom import Document
from archiver.extract.segments import INLINE, SILENT, Frame, segments_below, segments_of
from tests.pages import document


def texts(markup: str, *, is_whole: bool = False) -> list[str]:
    return [segment.text for segment in segments_of(document(markup), is_whole=is_whole)]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<p>a\n  b</p><p>c</p>", ["a b", "c"], id="white space is folded"),
        pytest.param("<div>a<p>b</p>c</div>d", ["a", "b", "c", "d"], id="text around a block"),
        pytest.param("<p>a <b>b</b><i>c</i> <a href='/'>d</a></p>", ["a bc d"], id="inline elements part nothing"),
        pytest.param("<x-card>a</x-card><x-card>b</x-card>", ["a", "b"], id="an unknown element is a block"),
        pytest.param("<p>a<br>b</p>", ["a b"], id="one line end parts nothing"),
        pytest.param("<p>a<br><br>b<br/> \n <br/>c</p>", ["a", "b", "c"], id="two line ends part"),
        pytest.param("<p><br><br>a<br><br><br>b<br><br></p>", ["a", "b"], id="line ends at the ends"),
        pytest.param("<p><b>a<br></b><br>b</p>", ["a", "b"], id="line ends in and after an inline element"),
        pytest.param("<p>a<br><img src='/i'><br>b</p>", ["a", "b"], id="line ends around a picture"),
        pytest.param("<a href='/'><h2>a</h2><p>b</p></a>c", ["a", "b", "c"], id="blocks in a link"),
        pytest.param("<p> </p><div><span>\n</span></div>", [], id="nothing but blanks"),
        pytest.param("", [], id="empty page"),
        pytest.param("<p>a<script>b</script>c<style>d</style></p><noscript><p>e</p></noscript>f", ["ac", "f"],
                     id="silent elements"),
        pytest.param("<p>a</p><button>Share <b>this</b></button><select><option>b</select>c", ["a", "c"], id="controls"),
        pytest.param("<p>a</p><button>Share<p>b</p><p>c</p>", ["a", "Share", "b", "c"], id="a button never closed"),
        pytest.param("<div>a<title>b</title>c</div>", ["ac"], id="a title lost in the body"),
    ],
)  # fmt: skip
def test_runs_of_text(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


@pytest.mark.parametrize("tag", ["span", "small", "time", "font", "sup", "abbr"])
def test_inline_elements_stay_in_the_line(tag: str) -> None:
    assert tag in INLINE
    assert texts(f"<p>a<{tag}>b</{tag}>c</p>") == ["abc"]


@pytest.mark.parametrize("tag", sorted(SILENT - {"head", "title", "input", "embed", "button"}))
def test_what_no_reader_sees_is_no_text(tag: str) -> None:
    # The last div is there because libxml2 knows the end of some of these elements only.
    assert "hidden" not in " ".join(texts(f"<p>a</p><{tag}>hidden</{tag}><div>b</div>"))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<nav><ul><li><a href='/'>Home</a></li></ul></nav><p>a</p>", ["a"], id="menu"),
        pytest.param("<p>a</p><footer><div>Imprint</div></footer>", ["a"], id="footer of the page"),
        pytest.param("a<nav>Home</nav>b", ["a", "b"], id="a menu parts what is around it"),
        pytest.param("<nav><a href='/'>Home</a><p>a</p><p>b</p>", ["Home", "a", "b"], id="menu never closed"),
        pytest.param("<footer>Imprint<h1>T</h1><p>a</p>", ["Imprint", "T", "a"], id="footer never closed"),
        pytest.param("<article><p>a</p><footer>By Ann Lee</footer></article>", ["a", "By Ann Lee"], id="footer of the article"),
        pytest.param("<main><p>a</p><footer>By Ann Lee</footer></main>", ["a", "By Ann Lee"], id="footer of main"),
    ],
)  # fmt: skip
def test_menus_and_the_footer_of_the_page_are_left_out(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


def test_the_whole_page_has_its_menus_and_footer_too() -> None:
    markup = "<nav>Home</nav><p>a</p><footer>Imprint</footer>"
    assert texts(markup, is_whole=True) == ["Home", "a", "Imprint"]


def node_of(made: Document, css: str) -> object:
    (found,) = made.tree.cssselect(css)
    return found


def test_elements_are_left_out_with_all_below_them() -> None:
    made = document("<p>a</p>b<div id='x'>c<p>d</p></div>e<p>f <span id='y'>g</span>h</p>")
    without = frozenset([node_of(made, "#x"), node_of(made, "#y")])
    assert [s.text for s in segments_of(made, without)] == ["a", "b", "e", "f h"]


def test_segments_of_one_element_are_those_below_it() -> None:
    made = document("a<section>b<nav>c</nav><p id='x'>d</p></section>e")
    section = node_of(made, "section")
    assert [s.text for s in segments_below(section)] == ["b", "c", "d"]
    assert [s.text for s in segments_below(section, frozenset([node_of(made, "#x")]))] == ["b", "c"]
    assert segments_below(section, frozenset([section])) == []


def test_an_inline_element_may_be_the_one_that_is_read() -> None:
    made = document("<div>a<span>b<br><br>c<i>d</i></span>e</div>")
    assert [s.text for s in segments_below(node_of(made, "span"))] == ["b", "cd"]


PAGE = (
    "<h1>Head</h1>"
    "<div id='story' class='Post Body'><img src='/1.jpg'><p>a word <a href='/'>link</a></p>"
    "<ul><li>one</li><li><img src='/2.jpg'><img src='/3.jpg'>two</li></ul><div></div></div>"
    "<p>end</p>"
)


def test_frames_count_what_they_hold() -> None:
    segments = segments_of(document(PAGE))
    assert [(s.number, s.text, s.frame.tag, s.link_chars, s.images_before) for s in segments] == [
        (0, "Head", "h1", 0, 0),
        (1, "a word link", "p", 4, 1),
        (2, "one", "li", 0, 0),
        (3, "two", "li", 0, 2),
        (4, "end", "p", 0, 0),
    ]

    def told(frame: Frame) -> tuple[object, ...]:
        return (
            frame.tag, frame.wording, frame.depth, frame.first, frame.last, frame.chars,
            frame.link_chars, frame.images,
        )  # fmt: skip

    assert [told(frame) for frame in segments[3].frame.above()] == [
        ("li", "", 3, 3, 4, 3, 0, 2),
        ("ul", "", 2, 2, 4, 6, 0, 2),
        ("div", "Post Body story", 1, 1, 4, 17, 4, 3),
        ("body", "", 0, 0, 5, 24, 4, 3),
    ]


def test_a_frame_that_holds_no_segment_is_empty() -> None:
    made = document("<p>a</p><div id='x'> <p></p></div>")
    assert segments_below(node_of(made, "#x")) == []


def test_pictures_count_for_the_segment_after_them() -> None:
    segments = segments_of(
        document("<p>a<img src='/1'>b</p><figure><img src='/2'></figure><p>c</p>")
    )
    assert [(s.text, s.images_before) for s in segments] == [("ab", 1), ("c", 1)]


def test_pieces_tell_marks_and_line_ends() -> None:
    made = document("<p>a <b>b</b><br><span>c</span></p>")
    (segment,) = segments_of(made)
    bold = node_of(made, "b")
    assert segment.pieces == ["a ", bold, "b", (bold,), "\n", "c"]


def test_link_signs_of_a_run_that_is_split_are_no_more_than_the_run() -> None:
    segments = segments_of(document("<p>ab<br><br><a href='/'>cdef</a></p>"))
    assert sum(s.link_chars for s in segments) == 4
    assert all(s.link_chars <= len(s.text) for s in segments)


def test_a_page_nested_as_deep_as_the_parser_goes_is_read() -> None:
    depth = 1_900  # libxml2 drops what is deeper than 2,048
    made = document("<div>" * depth + "<p>deep</p>" + "</div>" * depth + "<p>after</p>")
    segments = segments_of(made)
    assert [s.text for s in segments] == ["deep", "after"]
    assert segments[0].frame.depth == depth + 1


@pytest.mark.parametrize(
    "piece",
    [
        "<div><p>some text</p></div>",
        "text <b>and</b> <a href='/'>links</a> ",
        "<br>a<br>",
        "<p><nav>menu</nav></p>",
        "<button>Share</button>",
        "<footer>x</footer>",
        "<i></i>",
    ],
)
def test_time_grows_with_the_page_and_no_faster(piece: str) -> None:
    def seconds(times: int) -> float:
        made = document(piece * times)
        runs = []
        for _ in range(3):
            start = process_time()
            segments_of(made)
            runs.append(process_time() - start)
        return min(runs)

    # In the square, eight times the page would take 64 times as long.
    assert seconds(16_000) < 24 * seconds(2_000) + 0.02
