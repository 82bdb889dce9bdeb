"""Quality floors over the shared corpus of real pages, set by set; figures move up freely.

All pages are read, by two workers, and scored by the corpus' own scorer. The tables below are
printed, to be pasted here, by ``python -m tests.extract.test_quality``. How the same figures
compare with Trafilatura's, and what they are on sites that the judge of text was not trained on,
is told by ``make quality``.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from archiver.config import ReadLimits
from archiver.extract.judge import WEIGHTS
from archiver.predictions import predict, read_manifest
from archiver.sites import RuleBook
from bench.corpus import MANIFEST, digest_of, entries_of, row_of, scorer_of, unpack_pages
from tests.shared import shared_path

Figures = dict[str, dict[str, float | None]]
"""By figure and set."""

CORPUS = "425bad7d4cbb7c27bbe509e2f508b86a3f6aa64949769cecb23e8e177e593ca5"
"""SHA-256 of the manifest that the figures were measured with."""
SETS = ("fundus", "wcxb", "trafilatura", "newspaper", "all")
# fmt: off
FLOORS: dict[str, tuple[float | None, ...]] = {
    #                              fundus  wcxb  trafilatura  newspaper  all
    "body token F1":               (0.973, 0.970, None, 0.795, 0.944),
    "shingle F1":                  (0.976, 0.964, None, 0.803, 0.941),
    "exact text":                  (0.426, 0.253, None, 0.323, 0.285),
    "snippet recall":              (None, 0.965, 0.942, None, 0.958),
    "title exact":                 (0.917, 0.887, 0.893, None, 0.892),
    "same day":                    (0.986, 0.874, 0.870, None, 0.885),
    "same instant":                (0.977, None, None, None, 0.977),
    "authors exact":               (0.889, 0.835, 0.719, None, 0.799),
    "unit F1":                     (0.995, None, 0.994, 0.995, 0.994),
    "comment author":              (0.995, None, 0.994, 0.995, 0.994),
    "comment snippets":            (None, None, 0.644, None, 0.644),
    "judged articles":             (0.986, 0.989, 0.985, 0.974, 0.986),
}
CEILINGS: dict[str, tuple[float | None, ...]] = {
    #                              fundus  wcxb  trafilatura  newspaper  all
    "snippet leak":                (None, 0.026, 0.059, None, 0.036),
    "leaked comments":             (0.005, None, 0.018, 0.005, 0.018),
    "output on no-comment pages":  (0.005, 0.005, 0.005, 0.005, 0.005),
}
# fmt: on
MARGIN = 0.005
"""How far the tables stand from what was measured."""
ARTICLES = "judged articles"
"""Share of pages taken for articles, which all of them are."""


@pytest.fixture(scope="module")
def measured() -> Figures:
    """What is measured now."""
    folder = shared_path("corpora")
    if digest_of(folder) != CORPUS:
        pytest.fail(
            "this is another corpus than the floors were measured on: measure again "
            "(python -m tests.extract.test_quality) and paste digest and tables here"
        )
    return figures_over(folder)


def figures_over(folder: Path) -> Figures:
    """The scorer's figures over all pages."""
    entries, scorer = entries_of(folder), scorer_of(folder)
    groups: dict[str, list[dict[str, float]]] = {name: [] for name in SETS}
    with tempfile.TemporaryDirectory() as pages:
        unpack_pages(folder, Path(pages))
        listed = read_manifest(folder / MANIFEST, Path(pages))
        limits = ReadLimits(seconds=60)  # a busy machine is no fault of a page
        for said in predict(listed, rules=RuleBook(), limits=limits, jobs=2):
            entry = entries[said["id"]]
            row = row_of(scorer, entry["gold"], said)
            row[ARTICLES] = float(said["outcome"] == "article")
            groups.setdefault(entry["set"], []).append(row)
            groups["all"].append(row)
    totals = {name: scorer.total(groups[name]) for name in SETS}
    for name, total in totals.items():
        total[ARTICLES] = scorer.mean(groups[name], ARTICLES)
    return {figure: {name: totals[name][figure] for name in SETS} for figure in totals["all"]}


@pytest.mark.parametrize("figure", FLOORS)
def test_no_set_is_below_its_floor(measured: Figures, figure: str) -> None:
    floors = dict(zip(SETS, FLOORS[figure], strict=True))
    assert {
        name: value
        for name, value in measured[figure].items()
        if (value or 0.0) < (floors[name] or 0.0)
    } == {}


@pytest.mark.parametrize("figure", CEILINGS)
def test_no_set_is_above_its_ceiling(measured: Figures, figure: str) -> None:
    ceilings = dict(zip(SETS, CEILINGS[figure], strict=True))
    assert {
        name: value
        for name, value in measured[figure].items()
        if value is not None and value > (ceilings[name] or 0.0)
    } == {}


def test_the_judge_holds_on_sites_it_has_not_seen() -> None:
    """Its training wrote down what trees gave that had not seen a page's site."""
    told = json.loads((resources.files("archiver.extract") / WEIGHTS).read_text("utf-8"))
    assert told["corpus"] == CORPUS
    held_out = told["held_out"]
    assert held_out["fundus"]["shingle F1"] >= 0.955
    assert held_out["wcxb"]["body token F1"] >= 0.945
    assert held_out["all"]["snippet recall"] >= 0.945
    assert held_out["all"]["snippet leak"] <= 0.042


def lines_to_paste(folder: Path) -> Iterator[str]:
    """Digest and tables as they should stand above after this measurement."""
    yield f'CORPUS = "{digest_of(folder)}"'
    found = figures_over(folder)
    for table, keys, margin, rounded in (
        ("FLOORS", FLOORS, -MARGIN, math.floor),
        ("CEILINGS", CEILINGS, MARGIN, math.ceil),
    ):
        yield f"{table}: dict[str, tuple[float | None, ...]] = {{"
        yield f"    # {'':<29}{'  '.join(SETS)}"
        for figure in keys:
            cells = (
                "None"
                if value is None
                else f"{max(0, rounded((value + margin) * 1000)) / 1000:.3f}"
                for value in found[figure].values()
            )
            yield f"    {json.dumps(figure) + ':':<30} ({', '.join(cells)}),"
        yield "}"


if __name__ == "__main__":
    print("\n".join(lines_to_paste(shared_path("corpora"))))
