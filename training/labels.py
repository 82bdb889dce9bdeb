"""Which segments of a page its gold says are text of the article.

The gold is a text (its words are aligned with the page's) or snippets that are wanted or unwanted;
segments that neither speaks of have no label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archiver.codings import decode_payload
from archiver.comments import find_thread
from archiver.config import ReadLimits
from archiver.dom import Document, parse_decoded
from archiver.errors import PageError, UrlError
from archiver.extract.article import clues_of
from archiver.extract.features import Clues
from archiver.extract.headline import read_headline
from archiver.extract.segments import Segment, segments_of
from archiver.extract.structured import read_said
from archiver.model import Page
from archiver.urls import normalise, registrable_domain

RUN = 3
"""Words that must match in a row: two are too often an accident."""
WIDEST_GAP = 400
"""Words between two matched runs that are compared one by one."""
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W_]+")
_SUPPORTED = 0.6
"""Share of the gold's words that must be on the page; else they are another page's, or a remark."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page of the corpus, read as far as the judge needs it."""

    id: str
    corpus_set: str
    site: str
    """Registrable domain: pages of one are never both learned from and tested on."""
    segments: list[Segment]
    clues: Clues
    labels: list[bool | None]
    """For each segment: text of the article or not; None where the gold does not say."""
    words: list[int]
    """For each segment: how many words it has."""
    gold: dict[str, Any]


def labelled(entry: dict[str, Any], pages: Path) -> Labelled | None:
    """One page with its labels; None where it cannot be read."""
    try:
        document = document_of(entry, (pages / entry["file"]).read_bytes())
    except PageError:
        return None
    said = read_said(document)
    title, _ = read_headline(document, said, None)
    segments = segments_of(document, frozenset(find_thread(document).regions))
    folded = [_words(segment.text) for segment in segments]
    gold = entry["gold"]
    told = _words(gold["text"] or "")
    labels = _aligned(folded, told) if told else _by_snippets(folded, gold)
    return Labelled(
        id=entry["id"],
        corpus_set=entry["set"],
        site=_site(entry["url"]) or entry["id"],
        segments=segments,
        clues=clues_of(document, said, title),
        labels=labels,
        words=[len(words) for words in folded],
        gold=gold,
    )


def document_of(entry: dict[str, Any], payload: bytes) -> Document:
    """The page of one line of the manifest as a tree."""
    day = datetime.fromisoformat(entry["captured"] or "2100-01-01")
    page = Page(
        url=_url(entry["url"]),
        captured_at=day.replace(tzinfo=UTC) + timedelta(days=1),
        headers=((b"Content-Type", b"text/html"),),
        payload=payload,
    )
    return parse_decoded(page, decode_payload(page, limit_bytes=ReadLimits().page_bytes))


def _url(said: str) -> str:
    try:
        return normalise(said)
    except UrlError:
        return "https://nowhere.invalid/"


def _site(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return registrable_domain(host) or host


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _by_snippets(folded: list[list[str]], gold: dict[str, Any]) -> list[bool | None]:
    labels: list[bool | None] = [None] * len(folded)
    lines = [f" {' '.join(words)} " for words in folded]
    for key, value in (("must_contain", True), ("must_not_contain", False)):
        for snippet in gold[key] or ():
            wanted = f" {' '.join(_words(snippet))} "
            if not wanted.strip():
                continue
            # A wanted snippet may end inside a word; an unwanted one may not.
            wanted = wanted.rstrip() if value else wanted
            for number, line in enumerate(lines):
                if wanted in line:
                    labels[number] = value
    return labels


def _aligned(folded: list[list[str]], gold: list[str]) -> list[bool | None]:
    """True for segments at least half of whose words are aligned with the gold's."""
    page = [word for words in folded for word in words]
    covered, told = bytearray(len(page)), bytearray(len(gold))
    after_page = after_gold = 0
    for at_page, at_gold, size in _blocks(_runs(page), _runs(gold)):
        if 0 < at_page - after_page <= WIDEST_GAP and 0 < at_gold - after_gold <= WIDEST_GAP:
            for one, other, length in _blocks(page[after_page:at_page], gold[after_gold:at_gold]):
                covered[after_page + one : after_page + one + length] = b"\1" * length
                told[after_gold + other : after_gold + other + length] = b"\1" * length
        if size:
            length = size + RUN - 1
            covered[at_page : at_page + length] = b"\1" * length
            told[at_gold : at_gold + length] = b"\1" * length
            after_page, after_gold = at_page + length, at_gold + length
    if sum(told) < _SUPPORTED * len(gold):
        return [None] * len(folded)
    labels: list[bool | None] = []
    start = 0
    for words in folded:
        end = start + len(words)
        labels.append(None if not words else 2 * sum(covered[start:end]) >= len(words))
        start = end
    return labels


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + RUN]) for at in range(max(0, len(words) - RUN + 1))]


def _blocks(one: Sequence[Any], other: Sequence[Any]) -> Iterator[tuple[int, int, int]]:
    for match in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        yield match.a, match.b, match.size
