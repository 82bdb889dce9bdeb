"""What is furniture, and what recurs and is not: verdicts on sites of a few lines."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from archiver.evidence import Kind, Observation, Sighting, Where
from archiver.furniture import Block
from archiver.learning import Lesson, Passage, Refusal, learn

FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)
LETTER = "Sign up for our letter and never miss a story"
BEFORE, INSIDE, AFTER = Where.BEFORE, Where.INSIDE, Where.AFTER


def shown(text: str, where: Where = INSIDE, kind: Kind = Kind.PLAIN) -> Sighting:
    return Sighting(text, where, kind)


def article(number: int, *extra: Sighting, at: int = 2) -> Observation:
    """Article ``number``: a headline, four paragraphs of its own, and ``extra`` after ``at`` of
    them; a new day with each."""
    own = [f"{word} {'x' * (number + 1)} of this" for word in ("One", "Two", "Three", "Four")]
    blocks = [shown(text) for text in own]
    return Observation(
        page=f"<urn:uuid:{number:03}>",
        url=f"https://paper.example/{number}",
        article_id=f"{number:016x}",
        fingerprint=0,
        captured_at=FIRST + timedelta(days=number),
        published=(FIRST + timedelta(days=number)).date(),
        title=f"Headline {'x' * (number + 1)}",
        sightings=(
            shown(f"Headline {'x' * (number + 1)}", BEFORE, Kind.HEADING),
            *(s for s in extra if s.where is BEFORE),
            *blocks[:at],
            *(s for s in extra if s.where is INSIDE),
            *blocks[at:],
            *(s for s in extra if s.where is AFTER),
        ),
    )


def site(
    count: int, extra: Callable[[int], Iterable[Sighting]] = lambda _: (), at: int = 2
) -> list[Observation]:
    return [article(number, *extra(number), at=at) for number in range(count)]


def learned(pages: list[Observation], vetoes: Collection[str] = ()) -> Lesson:
    def again(names: Collection[str]) -> list[Observation]:
        return [page for page in pages if page.page in names]

    return learn("paper.example", pages, again, vetoes=vetoes)


def texts(lesson: Lesson) -> list[str]:
    return [block.text for block in lesson.furniture.blocks]


def refusals(lesson: Lesson) -> list[tuple[str, Refusal]]:
    return [(refused.block.text, refused.why) for refused in lesson.refused]


def test_a_block_has_its_evidence_and_shows_where_it_stood() -> None:
    def extra(number: int) -> list[Sighting]:
        where = INSIDE if number in (4, 6, 7, 9) else AFTER
        return [shown(LETTER, where)] if number else []

    lesson = learned(site(10, extra))
    assert lesson.furniture.blocks == (
        Block(
            text=LETTER,
            articles=9,
            of=10,
            inside=4,
            after=5,
            first_seen=date(2026, 11, 2),
            last_seen=date(2026, 11, 10),
            examples=tuple(f"https://paper.example/{n}" for n in (4, 6, 7)),
        ),
    )
    assert lesson.passages[LETTER][0] == Passage(
        "https://paper.example/4", "Two xxxxx of this", "Three xxxxx of this"
    )
    assert (lesson.articles, lesson.pages, lesson.affected, lesson.words) == (10, 10, 4, 40)


def test_the_order_of_pages_changes_nothing() -> None:
    pages = site(12, lambda n: [shown(f"{n} Comments" if n % 2 else f"{n} comments", AFTER)])
    expected = learned(pages)
    assert texts(expected) == ["0 comments"]
    for seed in range(5):
        random.Random(seed).shuffle(pages)
        assert learned(pages) == expected


@pytest.mark.parametrize(
    ("count", "showing", "where", "is_learned"),
    [
        pytest.param(200, 3, INSIDE, False, id="three of 200"),
        pytest.param(200, 39, INSIDE, False, id="inside fewer than a fifth"),
        pytest.param(200, 60, INSIDE, True, id="amid three tenths"),
        pytest.param(200, 59, INSIDE, False, id="amid fewer"),
        pytest.param(200, 19, AFTER, False, id="around fewer than a tenth"),
        pytest.param(200, 20, AFTER, True, id="around a tenth"),
        pytest.param(4, 4, AFTER, False, id="all of four"),
        pytest.param(5, 5, AFTER, True, id="all of five"),
    ],
)
def test_enough_different_articles_have_it(
    count: int, showing: int, where: Where, is_learned: bool
) -> None:
    lesson = learned(site(count, lambda n: [shown(LETTER, where)] if n < showing else []))
    assert texts(lesson) == ([LETTER] if is_learned else [])


def test_repeating_inside_one_page_is_no_evidence() -> None:
    assert texts(learned(site(10, lambda n: [shown(LETTER)] * 50 if n < 2 else []))) == []


def test_versions_and_addresses_of_one_article_count_once() -> None:
    pages = site(20, lambda n: [shown(LETTER)] if n < 10 else [])
    by_id = [replace(page, article_id="same") if n < 10 else page for n, page in enumerate(pages)]
    nearly = [
        replace(page, fingerprint=0b1011 << 60 | 1 << n % 3) if n < 10 else page
        for n, page in enumerate(pages)
    ]
    assert texts(learned(pages)) == [LETTER]
    for one_article in (by_id, nearly):
        lesson = learned(one_article)
        assert (lesson.articles, lesson.pages, texts(lesson)) == (11, 20, [])


def test_what_is_on_one_day_only_may_be_its_matter() -> None:
    one_day = [
        replace(page, published=FIRST.date()) if n < 10 else page
        for n, page in enumerate(site(20, lambda n: [shown(LETTER)] if n < 10 else []))
    ]
    lesson = learned(one_day)
    assert (texts(lesson), refusals(lesson)) == ([], [(LETTER, Refusal.ONE_DAY)])
    same_day = [replace(page, published=FIRST.date()) for page in one_day]
    assert texts(learned(same_day)) == [LETTER], "a site of one day tells no more"


def test_teasers_of_articles_are_no_furniture() -> None:
    teasers = (
        "Headline xxx",
        "Headline with four words",
        "Headline with four words November 22, 2026",
        "Read also: Headline with four words",
        "Headline with four…",
    )
    pages = site(10, lambda _: [shown(teaser, AFTER) for teaser in (*teasers, LETTER)])
    pages[7] = replace(pages[7], title="Headline with four words")
    assert texts(learned(pages)) == [LETTER]


def test_readers_and_what_they_wrote_are_no_furniture() -> None:
    excerpt = "I have waited ten years for this bridge and…"
    latest = ("Ann R.", "Ann R. on bridges", excerpt, "Latest comments")
    pages = site(10, lambda _: [shown(text, AFTER) for text in latest])
    pages[3] = replace(pages[3], readers=("Ann R.",), openings=("i have waited ten years for",))
    assert texts(learned(pages)) == ["Latest comments"]


def test_a_heading_over_an_article_s_own_words_is_its_part() -> None:
    lesson = learned(site(10, lambda _: [shown("Ingredients", INSIDE, Kind.HEADING)]))
    assert (texts(lesson), refusals(lesson)) == ([], [("Ingredients", Refusal.PART)])


def test_a_heading_over_a_box_is_the_box_s() -> None:
    box = [shown("The letter", INSIDE, Kind.HEADING), shown(LETTER)]
    assert sorted(texts(learned(site(10, lambda _: box)))) == [LETTER, "The letter"]


def items(*texts: str) -> list[Sighting]:
    return [shown(text, INSIDE, Kind.ITEM) for text in texts]


@pytest.mark.parametrize(("at", "showing"), [(2, 10), (4, 8)])
def test_an_item_is_its_text_s_amid_it_and_where_few_texts_end_with_it(
    at: int, showing: int
) -> None:
    pages = site(20, lambda n: items(f"{n} g of salt", "Oil") if n < showing else [], at=at)
    lesson = learned(pages)
    assert (texts(lesson), refusals(lesson)) == (
        [],
        [("0 g of salt", Refusal.PART), ("Oil", Refusal.PART)],
    )


def test_items_that_most_texts_end_with_are_the_site_s() -> None:
    assert texts(learned(site(20, lambda _: items("Share", "Tweet"), at=4))) == ["Share", "Tweet"]


@pytest.mark.parametrize("at", [2, 4])
def test_a_menu_s_label_may_be_a_word_of_a_text(at: int) -> None:
    def extra(number: int) -> list[Sighting]:
        return [shown("Berlin", BEFORE), *([shown("Berlin")] if number < 6 else [])]

    lesson = learned(site(40, extra, at=at))
    assert (texts(lesson), refusals(lesson)) == ([], [("Berlin", Refusal.FEW_TEXTS)])


@pytest.mark.parametrize(("at", "found"), [(4, ["About the author"]), (2, [])])
def test_a_label_that_got_into_the_ends_of_a_few_texts_is_furniture(
    at: int, found: list[str]
) -> None:
    def extra(number: int) -> list[Sighting]:
        where = INSIDE if number < 6 else AFTER
        return [shown("About the author", where, Kind.HEADING)]

    assert texts(learned(site(40, extra, at=at))) == found


def test_an_item_that_is_often_left_out_stays_amid_texts() -> None:
    oil = "Two spoons of the best olive oil"
    lesson = learned(site(40, lambda n: [shown(oil, INSIDE if n < 20 else AFTER, Kind.ITEM)]))
    assert (texts(lesson), refusals(lesson)) == ([], [(oil, Refusal.PART)])


def test_a_phrase_of_the_frame_is_furniture_wherever_it_gets_to() -> None:
    lesson = learned(site(20, lambda n: [shown(LETTER, INSIDE if n == 3 else AFTER)]))
    assert (texts(lesson), lesson.affected) == ([LETTER], 1)


CORRECTION = "Editor's note: an earlier version of this story had a figure wrong, and was mended"


def test_running_text_at_the_end_of_some_articles_stays() -> None:
    pages = site(100, lambda n: [shown(CORRECTION)] if n < 25 else [], at=4)
    lesson = learned(pages)
    assert (texts(lesson), refusals(lesson)) == ([], [(CORRECTION, Refusal.LONG)])
    short = site(100, lambda n: [shown("All rights reserved")] if n < 25 else [], at=4)
    assert texts(learned(short)) == ["All rights reserved"]


@pytest.mark.parametrize("text", ["* * *", "—", "4", "12:30", "Q"])
def test_signs_and_numbers_are_never_furniture(text: str) -> None:
    assert texts(learned(site(20, lambda _: [shown(text), shown(text, AFTER)]))) == []


def test_a_veto_is_no_loss() -> None:
    lesson = learned(site(10, lambda _: [shown(LETTER)]), vetoes={LETTER.casefold()})
    assert (texts(lesson), lesson.affected) == ([], 0)
    assert refusals(lesson) == [(LETTER, Refusal.VETO)]


def test_nothing_teaches_nothing() -> None:
    lesson = learned([])
    assert (lesson.articles, lesson.furniture.blocks) == (0, ())
