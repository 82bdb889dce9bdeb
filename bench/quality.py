"""``python -m bench.quality [--set NAME] [--worst N] [--jobs N] [--json FILE]``: how exact and how
fast reading is, beside Trafilatura with its defaults and with ``fast``, on the same pages in the
same run.

The judge of ``archiver.extract.judge`` was trained on these pages: what its body figures are worth
on pages of sites it has not seen stands in its file, measured while it was trained, and is printed
below the tables.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata, resources
from pathlib import Path
from types import ModuleType
from typing import Any

from archiver.cli.printing import with_progress
from archiver.extract.judge import WEIGHTS
from archiver.outcomes import Outcome
from archiver.predictions import read_manifest
from bench.corpus import (
    MANIFEST,
    digest_of,
    entries_of,
    is_corpus,
    row_of,
    scorer_of,
    unpack_pages,
)
from bench.misses import Judged, misses_of
from bench.rivals import READERS, Prediction, compare, warm_up
from bench.shared import SHARED

Table = dict[str, dict[str, float | None]]
"""Figures by reader and name."""
ARTICLES = "judged articles"
"""Share of pages taken for articles, which all of them are. Trafilatura does not say."""
RATIO = "seconds, median, of Trafilatura"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpora", metavar="DIR")
    parser.add_argument("--set", action="append", metavar="NAME", help="only this set; repeatable")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="show N misses a figure")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes that read")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it there as well")
    options = parser.parse_args()
    if not is_corpus(options.corpus):
        sys.exit(
            f"no corpus of pages with gold is in {options.corpus}: this measurement needs "
            f"{MANIFEST}, pages.tar.xz and score.py. Name their folder: "
            "make quality ARGS='--corpus DIR'"
        )
    scorer, entries = scorer_of(options.corpus), entries_of(options.corpus)
    sets = list(dict.fromkeys(entry["set"] for entry in entries.values()))
    unknown = set(options.set or ()) - set(sets)
    if unknown:
        sys.exit(f"no such set: {', '.join(sorted(unknown))}. There are {', '.join(sets)}")
    chosen = {i: e for i, e in entries.items() if not options.set or e["set"] in options.set}
    judged = [
        Judged(chosen[page_id], said, {n: row_of(scorer, chosen[page_id]["gold"], said[n])
                                       for n in said})
        for page_id, said in _said(options.corpus, chosen, options.jobs)
    ]  # fmt: skip
    tables = tables_of(judged, scorer)
    digest = digest_of(options.corpus)
    weights = json.loads((resources.files("archiver.extract") / WEIGHTS).read_text("utf-8"))
    misses = misses_of(judged, options.worst)
    versions = {name: metadata.version(name) for name in ("trafilatura", "htmldate", "lxml")}
    print(f"corpus {digest[:12]}, Trafilatura {versions['trafilatura']}")
    for name, table in tables.items():
        print("\n".join(["", *_table_lines(name, table)]))
    print("\n".join(["", *_held_out_lines(weights, digest)]))
    for figure, found in misses.items():
        print("\n".join(["", f"worst by {figure}", *(f"  {i}  {what}" for i, what in found)]))
    if options.json is not None:
        told = {"corpus": digest, "versions": versions, "sets": tables,
                "held_out": weights.get("held_out"), "worst": misses}  # fmt: skip
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _said(
    corpus: Path, chosen: dict[str, Any], jobs: int
) -> Iterator[tuple[str, dict[str, Prediction]]]:
    """(id, what each reader says) of the chosen pages."""
    with tempfile.TemporaryDirectory() as folder:
        unpack_pages(corpus, Path(folder))
        listed = read_manifest(corpus / MANIFEST, Path(folder))
        wanted = [entry for entry in listed if entry.id in chosen]
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, mp_context=fresh, initializer=warm_up) as pool:
            found = pool.map(compare, enumerate(wanted))
            yield from with_progress(found, "reading", total=len(wanted))


def tables_of(judged: Iterable[Judged], scorer: ModuleType) -> dict[str, Table]:
    """The scorer's figures by set, and over ``all``."""
    groups: dict[str, list[Judged]] = {}
    for page in judged:
        groups.setdefault(page.entry["set"], []).append(page)
    if len(groups) > 1:
        groups["all"] = [page for group in groups.values() for page in group]
    return {name: _table(group, scorer) for name, group in groups.items()}


def _table(group: list[Judged], scorer: ModuleType) -> Table:
    table: Table = {name: scorer.total([page.rows[name] for page in group]) for name in READERS}
    slow = table["Trafilatura"]["seconds, median"] or 0.0
    for name, figures in table.items():
        outcomes = [page.said[name].get("outcome") for page in group]
        articles = outcomes.count(Outcome.ARTICLE) / len(group)
        figures[ARTICLES] = None if set(outcomes) == {None} else articles
        figures[RATIO] = (figures["seconds, median"] or 0.0) / slow if slow else None
    return table


def _table_lines(title: str, table: Table) -> Iterator[str]:
    yield f"| {title} | {' | '.join(table)} |"
    yield "|---" + "|---:" * len(table) + "|"
    for figure in next(iter(table.values())):
        cells = [figures[figure] for figures in table.values()]
        if any(cells):
            yield f"| {figure} | {' | '.join(_printed(figure, cell) for cell in cells)} |"


_COUNTS = ("pages", "body pages", "comment pages", "no-comment pages")


def _printed(figure: str, value: float | None) -> str:
    if value is None:
        return ""
    if figure in _COUNTS:
        return f"{value:.0f}"
    is_time = figure.startswith("seconds") and figure != RATIO
    return f"{value:.4f}" if is_time else f"{value:.3f}"


def _held_out_lines(weights: dict[str, Any], digest: str) -> Iterator[str]:
    """What the judge's own file says of pages it had not seen."""
    held_out = weights.get("held_out")
    if not held_out:
        yield "NOT shown: the judge's file has no figures for sites it was not trained on."
        return
    if weights.get("corpus") == digest:
        yield "The judge was trained on the pages above: expect the body figures below, not above,"
        yield "on other sites. Each page here was read by a judge that had seen no page of its site"
    else:
        yield "The judge was trained on another corpus than the pages above. There, each page was"
        yield "read by a judge that had seen no page of its site"
    yield "(body only; no furniture, no site rules):"
    yield ""
    yield f"| held out | {' | '.join(held_out)} |"
    yield "|---" + "|---:" * len(held_out) + "|"
    for figure in dict.fromkeys(name for figures in held_out.values() for name in figures):
        cells = (_printed(figure, figures.get(figure)) for figures in held_out.values())
        yield f"| {figure} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
