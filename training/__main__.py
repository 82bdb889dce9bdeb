"""``python -m training``: grow the judge, and say what it is worth on unseen sites."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from archiver.extract.features import NAMES
from archiver.extract.judge import WEIGHTS
from bench.corpus import digest_of, entries_of, is_corpus, scorer_of, unpack_pages
from training import growing
from training.labels import Labelled, labelled
from training.rows import Rows, held_out_rows
from training.speaking import words_from

FILE = Path(__file__).resolve().parent.parent / "archiver" / "extract" / WEIGHTS
FIGURES = (
    "body token F1", "shingle P", "shingle R", "shingle F1", "exact text", "snippet recall",
    "snippet leak",
)  # fmt: skip


def main() -> int:
    """0 when the file was written, 2 when there is no corpus."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpora"))
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    if not is_corpus(options.corpus):
        print(f"no corpus in {options.corpus}: name its folder with --corpus", file=sys.stderr)
        return 2
    pages = _pages(options.corpus)
    print(f"{len(pages)} pages, {sum(len(page.segments) for page in pages)} segments", flush=True)
    rows = held_out_rows(pages)
    figures = _figures(scorer_of(options.corpus), pages, growing.held_out_texts(rows))
    for name, values in figures.items():
        print(name, " ".join(f"{key} {value:.3f}" for key, value in values.items()), flush=True)
    _write(options.out, pages, rows, {"corpus": digest_of(options.corpus), "held_out": figures})
    print(f"{options.out}: {options.out.stat().st_size} bytes")
    return 0


def _pages(corpus: Path) -> list[Labelled]:
    """All pages with their labels."""
    with tempfile.TemporaryDirectory() as folder:
        unpack_pages(corpus, Path(folder))
        pages = (labelled(entry, Path(folder)) for entry in entries_of(corpus).values())
        return [page for page in pages if page is not None]


def _figures(
    score: ModuleType, pages: list[Labelled], texts: dict[str, str]
) -> dict[str, dict[str, float]]:
    """Set → figure → value of texts that were chosen by trees which had not seen their sites."""
    by_set: dict[str, list[dict[str, float]]] = {"all": []}
    for page in pages:
        row: dict[str, float] = {}
        score.score_body(page.gold, {"text": texts[page.id]}, row)
        by_set.setdefault(page.corpus_set, []).append(row)
        by_set["all"].append(row)
    return {
        name: {
            key: round(value, 4)
            for key, value in score.total(rows).items()
            if key in FIGURES and value is not None
        }
        for name, rows in by_set.items()
    }


def _write(path: Path, pages: list[Labelled], rows: list[Rows], told: dict[str, Any]) -> None:
    words = words_from(pages)
    weights = {
        "names": list(NAMES),
        "class_words": words.of_classes,
        "text_words": words.of_texts,
        "trees": growing.flat_trees(growing.grow(rows)),
        "bail_after": growing.BAIL_AFTER,
        "bail_below": growing.BAIL_BELOW,
        "sure_above": growing.SURE_ABOVE,
        "threshold": growing.THRESHOLD,
        **told,
    }
    path.write_text(_lines(weights), encoding="utf-8")


def _lines(weights: dict[str, Any]) -> str:
    """JSON with a line for each tree and for each word, so that a change can be read."""

    def inside(value: Any) -> str:
        if isinstance(value, dict):
            parts = [f"{json.dumps(key)}:{_short(value[key])}" for key in sorted(value)]
            return "{\n" + ",\n".join(parts) + "\n}"
        if isinstance(value, list):
            return "[\n" + ",\n".join(_short(entry) for entry in value) + "\n]"
        return _short(value)

    parts = [f"{json.dumps(key)}:{inside(weights[key])}" for key in sorted(weights)]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _short(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
