"""Two texts become runs of words: nothing is lost, nothing is invented, and it reads well."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from archiver.changes import Fate, Run, compare, paragraphs_of, units_of, word_count

BRACKETS = {Fate.KEPT: ("", ""), Fate.REMOVED: ("[-", "-]"), Fate.ADDED: ("{+", "+}")}


def marked(before: str, after: str) -> str:
    """The runs on one line, and a bar between paragraphs."""
    shown = []
    for paragraph in paragraphs_of(compare(before, after)):
        pieces = []
        for run in paragraph:
            begin, end = BRACKETS[run.fate]
            pieces.append(f"{begin}{run.text}{end}")
        shown.append("".join(pieces))
    return " | ".join(shown)


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def signs(text: str) -> str:
    return folded(text).replace(" ", "")


def test_runs_are_shown_whole() -> None:
    before = "The bridge is open.\n\nIt took ten years."
    after = "The bridge is closed again.\n\nIt took ten years."
    assert compare(before, after) == (
        Run(Fate.KEPT, "The bridge is "),
        Run(Fate.REMOVED, "open"),
        Run(Fate.ADDED, "closed again"),
        Run(Fate.KEPT, ".\n\nIt took ten years."),
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("", "New text.", "{+New text.+}"),
        ("Old text.", "", "[-Old text.-]"),
        ("One two three.", "One two three.", "One two three."),
        ("One two three.", "One 2 three.", "One [-two -]{+2 +}three."),
        ("Cost 3,000.50 then.", "Cost 3,000.60 then.", "Cost [-3,000.50 -]{+3,000.60 +}then."),
        ("He didn't say.", "He did say.", "He [-didn't -]{+did +}say."),
        ("It opens.", "It opens, he said.", "It opens{+, he said+}."),
        ("“Yes”, he said.", "Yes, he said.", "[-“-]Yes[-”-], he said."),
        ("He said.", "He said yes.", "He said {+yes+}."),
        ("It is, they say, open.", "It is open.", "It is [-, they say, -]open."),
        ("One two", "One", "One [-two-]"),
        ("One.\n\nTwo.", "One.", "One. | [-Two.-]"),
        ("One. Three.", "One. Two. Three.", "One. {+Two. +}Three."),
        ("It ends.", "It ends. It went on.", "It ends. {+It went on.+}"),
        ("One.\n\nThree.", "One.\n\nTwo.\n\nThree.", "One. | {+Two.+} | Three."),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", "One. | [-Two.-] | Three."),
        ("One.", "One.\n\nTwo.", "One. | {+Two.+}"),
        ("One a.\n\nTwo.", "One b!\n\nTwo.", "One [-a.-]{+b!+} | Two."),
        ("A b c d.\n\nTwo.", "X y z w!\n\nTwo.", "[-A b c d.-]{+X y z w!+} | Two."),
        ("One two.", "One\n\ntwo.", "One | two."),
        ("One  two.\n", " One two.", "One two."),
        ("It can not be.", "It cannot be.", "It [-can not -]{+cannot +}be."),
        ("大 桥。", "大桥。", "大桥。"),
        ("Caf\u00e9 one", "Cafe\u0301 two", "Caf\u00e9 [-one-]{+two+}"),
        ("大桥今天开放了。", "大桥昨天关闭了。", "大桥[-今-]{+昨+}天[-开放-]{+关闭+}了。"),
        ("橋がひらいた。", "橋はひらいた。", "橋[-が-]{+は+}ひらいた。"),
        ("สะพานเปิด", "สะพานปิด", "สะพาน[-เ-]ปิด"),
        ("น้ำมัน", "น้ำมั่น", "น้ำ[-มั-]{+มั่+}น"),
        ("पुल खुला है।", "पुल बंद है।", "पुल [-खुला -]{+बंद +}है।"),
    ],
)  # fmt: skip
def test_changes_read_as_a_person_would_mark_them(before: str, after: str, expected: str) -> None:
    assert marked(before, after) == expected


def test_words_that_two_sentences_share_by_chance_are_not_kept() -> None:
    before = "Nobody had expected the council of this small town to vote for it."
    after = "Work will begin in autumn; by then the county pays a third share as well."
    assert [run.fate for run in compare(before, after)] == [Fate.REMOVED, Fate.ADDED, Fate.KEPT]


def test_a_short_paragraph_between_two_new_ones_is_kept() -> None:
    def long(word: str) -> str:
        return f"{word} " * 40 + "end."

    before = f"{long('a')}\n\nThe whole of a paragraph stays.\n\n{long('b')}"
    after = f"{long('c')}\n\nThe whole of a paragraph stays.\n\n{long('d')}"
    kept = [run.text for run in compare(before, after) if run.fate is Fate.KEPT]
    assert any("The whole of a paragraph stays." in text for text in kept)


def test_words_are_counted_as_everywhere() -> None:
    runs = compare("It is, they say, open.", "It is – we know – not yet open. 大桥。")
    assert (word_count(runs, Fate.REMOVED), word_count(runs, Fate.ADDED)) == (2, 6)


def test_units_are_the_text() -> None:
    assert units_of("Ja, 3,5 km.\n\nกำ大桥") == [
        "Ja",
        ", ",
        "3,5 ",
        "km",
        ".\n\n",
        "กำ",
        "大",
        "桥",
    ]


SIGNS = some.sampled_from(list("ab. \n,'é大のกัำ\u0301\u200d🌉"))
TEXTS = some.lists(SIGNS, max_size=60).map("".join) | some.text(max_size=40)


def side(runs: tuple[Run, ...], fate: Fate) -> str:
    return "".join(run.text for run in runs if run.fate in (Fate.KEPT, fate))


@given(TEXTS, TEXTS)
@example("a\n\nb", "a b")
@example("can not", "cannot")
def test_kept_and_removed_are_the_text_before_kept_and_added_the_one_after(
    before: str, after: str
) -> None:
    runs = compare(before, after)
    assert signs(side(runs, Fate.REMOVED)) == signs(before)
    assert folded(side(runs, Fate.ADDED)) == folded(after)
    assert all(run.text for run in runs)


@given(TEXTS, TEXTS)
def test_paragraphs_hold_every_run(before: str, after: str) -> None:
    runs = compare(before, after)
    cut = [run for paragraph in paragraphs_of(runs) for run in paragraph]
    for fate in Fate:
        cut_up = (run.text for run in cut if run.fate is fate)
        assert signs("".join(cut_up)) == signs("".join(r.text for r in runs if r.fate is fate))


@given(TEXTS)
def test_a_text_and_itself_with_other_white_space_is_kept_whole(text: str) -> None:
    assert {run.fate for run in compare(text, folded(text))} <= {Fate.KEPT}


MEGABYTE = 1_000_000


def edited(words: list[str], *, every: int) -> list[str]:
    return ["changed" if place % every == 0 else word for place, word in enumerate(words)]


@pytest.mark.parametrize(
    ("spaced", "paragraph"),
    [(" ", 60), (" ", 10**9), ("", 200)],
    ids=["paragraphs", "one paragraph", "no spaces"],
)
def test_a_megabyte_takes_seconds(spaced: str, paragraph: int) -> None:
    """About 1.5 seconds on one core; ``difflib`` takes minutes."""
    chance = random.Random(1)
    ranks = (int(chance.paretovariate(1.0)) for _ in range(MEGABYTE // 3))
    words = [f"w{rank}" if spaced else chr(0x4E00 + rank % 6000) for rank in ranks]

    def text(words: list[str]) -> str:
        cut = range(0, len(words), paragraph)
        return "\n\n".join(spaced.join(words[at : at + paragraph]) for at in cut)

    before, after = text(words), text(edited(words, every=70))
    assert len(before.encode()) > 0.9 * MEGABYTE
    began = time.perf_counter()
    runs = compare(before, after)
    assert time.perf_counter() - began < 20
    assert folded(side(runs, Fate.ADDED)) == folded(after)
    assert len(runs) > len(words) // 70
