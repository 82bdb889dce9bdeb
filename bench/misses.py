"""The pages on which reading went wrong, figure by figure, each with what was wrong.

Knows gold and predictions. Where all misses of a figure are alike, those that Trafilatura gets
right come first: these can be had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.rivals import Prediction

_SHOWN = 90


@dataclass(frozen=True, slots=True)
class Judged:
    """One page: its line of the manifest, what each reader says, and how that was scored."""

    entry: dict[str, Any]
    said: dict[str, Prediction]
    rows: dict[str, dict[str, float]]

    @property
    def own(self) -> dict[str, float]:
        """The scores of archiver."""
        return self.rows["archiver"]

    @property
    def rival(self) -> dict[str, float]:
        """Those of Trafilatura with its defaults."""
        return self.rows["Trafilatura"]


Miss = tuple[tuple[float, ...], str]
"""(rank, what was wrong): the lowest rank is the worst."""


def misses_of(judged: list[Judged], most: int) -> dict[str, list[tuple[str, str]]]:
    """(id, what was wrong) of the ``most`` worst pages, by figure; figures without any left out."""
    worst: dict[str, list[tuple[str, str]]] = {}
    for figure, miss_of in _FIGURES.items():
        told = ((miss_of(page), page.entry["id"]) for page in judged)
        found = [(*miss, page_id) for miss, page_id in told if miss is not None]
        shown = sorted(found, key=lambda miss: (miss[0], miss[2]))[:most]
        if shown:
            worst[figure] = [(page_id, what) for _, what, page_id in shown]
    return worst


def _body(page: Judged) -> Miss | None:
    if "body_f1" not in page.own or page.own["body_f1"] == 1.0:
        return None
    parts = (f"{name} {page.own.get(key, 0):.2f}"
             for name, key in (("shingle P", "shingle_p"), ("R", "shingle_r")))  # fmt: skip
    own, rival = page.own["body_f1"], page.rival["body_f1"]
    return (own,), f"{own:.3f} (Trafilatura {rival:.3f}): {', '.join(parts)}"


def _leaks(page: Judged) -> Miss | None:
    count = page.own.get("without_hit", 0) + page.own.get("leak_hit", 0)
    if not count:
        return None
    text = _folded(page.said["archiver"].get("text"))
    unwanted = page.entry["gold"]["must_not_contain"] or ()
    found = [snippet for snippet in unwanted if _folded(snippet) in text]
    comments = int(page.own.get("leak_hit", 0))
    told = [_quoted(snippet) for snippet in found]
    return (-count,), ", ".join([*told, *([f"{comments} comments"] if comments else [])])


def _title(page: Judged) -> Miss | None:
    return _field(page, "title_exact", "title")


def _day(page: Judged) -> Miss | None:
    return _field(page, "day", "published")


def _authors(page: Judged) -> Miss | None:
    return _field(page, "authors_exact", "authors") or _named_where_none_is(page)


def _field(page: Judged, figure: str, field: str) -> Miss | None:
    if page.own.get(figure, 1.0) == 1.0:
        return None
    others = [name for name, row in page.rows.items() if row[figure] == 1.0]
    read, gold = page.said["archiver"].get(field), page.entry["gold"][field]
    right = f" ({', '.join(others)}: right)" if others else ""
    return (-len(others),), f"read {_quoted(read)}, gold {_quoted(gold)}{right}"


def _named_where_none_is(page: Judged) -> Miss | None:
    if not page.own.get("authors_false"):
        return None
    return (1.0,), f"read {_quoted(page.said['archiver'].get('authors'))}, gold has none"


def _slow(page: Judged) -> Miss | None:
    own, rival = page.own["seconds"], page.rival["seconds"]
    return (-own,), f"{own * 1000:.0f} ms (Trafilatura {rival * 1000:.0f} ms)"


_FIGURES: dict[str, Callable[[Judged], Miss | None]] = {
    "body token F1": _body,
    "leaks": _leaks,
    "title": _title,
    "day": _day,
    "authors": _authors,
    "seconds": _slow,
}


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _quoted(value: object) -> str:
    if not value:
        return "nothing"
    text = " | ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = " ".join("".join(_visible(text)).split())
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[: _SHOWN - 1].rstrip()}…"'


def _visible(text: str) -> Iterator[str]:
    """What a page says, without what would steer the terminal."""
    for sign in text:
        yield sign if sign.isprintable() or sign == "\n" else " "
