"""Small pages with labels, as the corpus would give them."""

from __future__ import annotations

from archiver.extract.features import Clues
from archiver.extract.segments import segments_of
from tests.pages import document
from training.labels import Labelled


def labelled_page(site: str, markup: str, labels: list[bool | None]) -> Labelled:
    """A page of ``site`` whose segments have these labels."""
    segments = segments_of(document(markup))
    assert len(segments) == len(labels)
    return Labelled(
        id=f"page-of-{site}",
        corpus_set="fundus",
        site=site,
        segments=segments,
        clues=Clues(),
        labels=labels,
        words=[len(segment.text.split()) for segment in segments],
        gold={"text": "", "must_contain": [], "must_not_contain": []},
    )
