"""Language tags, and languages seen in a text."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract.language import detect, tidy_tag


@pytest.mark.parametrize(
    ("declared", "tag"),
    [("en_us", "en-US"), ("DE", "de"), ("zh-hant-tw", "zh-Hant-TW"), ("pt-BR.UTF-8", "pt-BR"),
     ("english", None), ("", None), (None, None), ("und", None)],
)  # fmt: skip
def test_language_tag_is_tidied(declared: str | None, tag: str | None) -> None:
    assert tidy_tag(declared) == tag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The council of the town voted to rebuild the old bridge over the river in the autumn.",
            "en",
        ),
        (
            "Der Rat der Stadt hat für den Bau der alten Brücke gestimmt, die nicht mehr sicher ist.",
            "de",
        ),
        (
            "Le conseil de la ville a voté pour la reconstruction du pont dans les mois qui viennent.",
            "fr",
        ),
        (
            "El consejo de la ciudad votó que se reconstruya el puente para los vecinos del río.",
            "es",
        ),
        (
            "Рада міста проголосувала за відбудову старого мосту, її рішення підтримали мешканці.",
            "uk",
        ),
        (
            "市議会は古い橋の再建に賛成した。工事は秋に始まり、二年かかる見込みである。費用は基金から出る。",
            "ja",
        ),
        (
            "Градът гласува за новия мост, който ще бъде открит през есента според съвета на общината.",
            "bg",
        ),
        ("17 4 22", None),
    ],
)
def test_language_is_seen_in_script_and_small_words(text: str, language: str | None) -> None:
    assert detect(text) == language
