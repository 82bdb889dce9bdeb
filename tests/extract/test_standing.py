"""What the frames around a segment say of it: words of classes, tags, lists, paths."""

from __future__ import annotations

import pytest

from archiver.extract.segments import Frame, segments_of
from archiver.extract.standing import AROUND, Standing, Standings, Words, words_of_wording
from tests.pages import document

WORDS = Words({"story": 20, "-body": 8, "-advert": -24, "aside": -6}, {})


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("story", ("story", "-story")),
        ("Post-Body", ("post-body", "-post", "-body")),
        ("articleBody__text", ("articlebody__text", "-article", "-body", "-text")),
        ("HTMLText", ("htmltext", "-html", "-text")),
        ("post-1234", ("post-1234", "-post")),
        ("css-1x2y3z", ("css-1x2y3z",)),  # rolled by a build tool: no words
        ("a b", ("a", "b")),  # parts of one or two letters say nothing
        ("story  story", ("story", "-story")),
        ("x" * 41, ("-" + "x" * 41,)),
        ("", ()),
    ],
)
def test_a_wording_is_its_names_and_their_parts(wording: str, expected: tuple[str, ...]) -> None:
    assert words_of_wording(wording) == expected


def test_of_a_wording_without_end_the_first_names_count() -> None:
    names = [f"n{'abcdefghijklmnopqrstuvwxyz'[at]}x" for at in range(26)]
    assert len(words_of_wording(" ".join(names))) == 2 * 24


def test_words_speak_for_and_against() -> None:
    assert WORDS.of_wording("story advert-body") == (-24, 20)
    assert WORDS.of_wording("body") == (0, 8)
    assert WORDS.of_wording("unknown") == (0, 0)


def frame_of(markup: str, text: str = "here") -> Frame:
    """The innermost frame of the segment with this text."""
    (segment,) = (s for s in segments_of(document(markup)) if s.text == text)
    return segment.frame


def standing_of(markup: str) -> Standing:
    return Standings(WORDS).of(frame_of(markup))


def test_near_words_count_more_than_those_further_up() -> None:
    said = standing_of(
        "<div class=advert><div class=story><div><p class=body>here</p></div></div></div>"
    )
    assert (said.low, said.high) == (0, 8)
    assert (said.near_low, said.near_high) == (-3, 8)  # -24 three frames up; 20 two up is 5
    assert (said.all_low, said.all_sum) == (-24, 20 + 8 - 24)


def test_tags_around_are_handed_down() -> None:
    said = standing_of("<main><article><blockquote><p>here</p></blockquote></article></main>")
    assert said.around == AROUND["main"] | AROUND["article"] | AROUND["blockquote"]
    assert standing_of("<p>here</p>").around == 0


def test_the_nearest_list_is_known() -> None:
    said = standing_of("<table><tr><td>a<ul><li>b</li><li><p>here</p></li></ul></td></tr></table>")
    assert said.listed is not None
    assert (said.listed.tag, said.listed.last - said.listed.first) == ("ul", 2)
    assert standing_of("<div><p>here</p></div>").listed is None


def test_paths_are_equal_where_tags_and_wordings_are_all_the_way_up() -> None:
    standings = Standings(WORDS)
    markup = (
        "<div class=a><p>1</p><p>2</p><p class=x>3</p></div><div class=a><p>4</p></div>"
        "<div class=b><p>5</p></div>"
    )
    paths = [standings.of(segment.frame).path for segment in segments_of(document(markup))]
    assert [path == paths[0] for path in paths] == [True, True, False, True, False]


def test_a_standing_is_made_once() -> None:
    standings = Standings(WORDS)
    frame = frame_of("<div class=story><p>here</p></div>")
    assert standings.of(frame) is standings.of(frame)


def test_a_frame_may_stand_as_deep_as_the_parser_goes() -> None:
    depth = 1_900
    said = standing_of("<div class=story>" * depth + "<p>here</p>")
    assert (said.near_high, said.all_sum) == (10, 20 * depth)
