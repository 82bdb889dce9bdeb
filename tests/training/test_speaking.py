"""Words learn what they speak for from sites, not from pages."""

from __future__ import annotations

import math

from archiver.extract.standing import Words
from tests.training.pages import labelled_page
from training.labels import Labelled
from training.speaking import words_from


def pages(sites: int, markup: str, labels: list[bool | None]) -> list[Labelled]:
    return [labelled_page(f"site{number}.example", markup, labels) for number in range(sites)]


STORY = '<div class="story"><p>One.</p><p>Two.</p></div><div class="menu">Home</div>'
LABELS: list[bool | None] = [True, True, False]


def learned(found: Words) -> tuple[dict[str, int], dict[str, int]]:
    return dict(found.of_classes), dict(found.of_texts)


def weight(shares: list[float]) -> int:
    """Sixteenths of log-odds against the usual three segments in ten, which count as two sites."""
    share = (sum(shares) + 2 * 0.3) / (len(shares) + 2)
    return round(16 * (math.log(share / (1 - share)) - math.log(0.3 / 0.7)))


def test_words_speak_for_what_stands_under_them() -> None:
    for_text, against = weight([2.3 / 3] * 4), weight([0.3 / 2] * 4)
    assert learned(words_from(pages(4, STORY, LABELS))) == (
        {"story": for_text, "-story": for_text, "menu": against, "-menu": against}, {},
    )  # fmt: skip


def test_words_of_few_sites_say_nothing() -> None:
    assert learned(words_from(pages(3, STORY, LABELS))) == ({}, {})


def test_a_site_counts_once_however_many_pages_it_has() -> None:
    few = words_from(pages(4, '<p class="x-note">One.</p>', [True]))
    many = words_from([*pages(4, '<p class="x-note">One.</p>', [True])] * 50)
    once = [labelled_page("one.example", '<p class="x-note">One.</p>', [True])] * 200
    assert few.of_classes["-note"] < many.of_classes["-note"] <= weight([1.0] * 4)
    assert learned(words_from(once)) == ({}, {})


def test_words_that_speak_neither_way_are_left_out() -> None:
    markup = '<div class="item"><p>One.</p><p>One.</p><p>One.</p></div>'
    assert learned(words_from(pages(9, markup, [True, False, False]))) == ({}, {})


def test_segments_of_which_the_gold_says_nothing_teach_nothing() -> None:
    unsaid: list[bool | None] = [None, None, None]
    assert learned(words_from(pages(9, STORY, unsaid))) == ({}, {})


def test_short_texts_teach_their_words_and_long_ones_do_not() -> None:
    markup = f"<p>Read more</p><p>{'more ' * 41}</p>"
    found = words_from(pages(8, markup, [False, True]))
    assert learned(found) == ({}, {"read": weight([0.3 / 2] * 8), "more": weight([0.3 / 2] * 8)})
    assert learned(words_from(pages(7, markup, [False, True]))) == ({}, {})


def test_the_order_of_pages_changes_nothing() -> None:
    some = pages(6, STORY, LABELS) + pages(9, "<p>Read more</p>", [False])
    assert learned(words_from(some)) == learned(words_from(reversed(some)))
    assert list(words_from(some).of_classes) == sorted(words_from(some).of_classes)
