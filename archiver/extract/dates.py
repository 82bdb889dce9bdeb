"""Candidate dates of a page become published and modified, with zone, precision and source.

Knows where pages put dates and in what order they are to be trusted; how a date is written is
``moments``' affair. The latest date that counts is the capture's, so a page read in ten years
dates itself the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from typing import Final

import htmldate

from archiver.dom import SILENT, Document, Node, classes_of, finder, text_of
from archiver.extract.structured import Said
from archiver.model import Precision
from archiver.moments import EARLIEST, Moment, read_moment, writes_month_first, zone_said

PUBLISHED_META: Final = (
    "article:published_time", "og:article:published_time", "datepublished", "date.published",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "publish-date", "publishdate",
    "pubdate", "published_time", "publication_date",
    "article.published", "datecreated", "date_published", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "og:published_time", "bt:pubdate", "article:published", "published",
    "rnews:datepublished", "shareaholic:article_published_time", "vr:published_time", "dc.date",
    "dcterms.date", "originalpublicationdate", "timestamp", "date", "mediator_published_time",
    "citation_publication_date", "citation_date", "dc.created", "created", "article_date_original",
    "gentime", "displaydate",
)  # fmt: skip
MODIFIED_META: Final = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "lastmod",
    "last-modified", "modified_time", "updated_time",
    "revision_date", "article:updated_time", "date.modified", "article.updated",
)  # fmt: skip

_IN_URL = re.compile(
    r"[/_-](?P<y>(?:19|20)\d\d)[/_-]?(?P<m>0[1-9]|1[0-2])[/_-]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
)
_UPDATED = re.compile(
    r"updat|modif|edited|aktualisier|geändert|mis à jour|actualiz|aggiorna|bijgewerkt|обновл",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publish|pubdate|posted|entry-date|dateline|post-date|datepublished", re.IGNORECASE
)
_DATE_NAME = re.compile(
    r"(?:^|[-_ ])(?:date|datum|fecha|pubdate|published|posted-on|timestamp|dateline|post-time|"
    r"byline-date|updated(?:$| ))"
    r"|date(?:$|[-_ ])|datetime|publish-?date",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"comment|sidebar|related|footer|widget|teaser|recommend|popular|recent|latest|archive|promo|"
    r"carousel|more-|next-|prev|event|calendar|ticker|breaking",
    re.IGNORECASE,
)
_NEAR: Final = 60
"""How many elements after the headline may hold the date: bylines, share buttons, a picture."""
_TIMES = finder("//time|//*[@itemprop='datePublished' or @itemprop='dateModified']|//abbr[@title]")
_NAMED = finder(
    "//*[self::span or self::div or self::p or self::li or self::a or self::em or self::small or "
    "self::dd or self::td or self::b or self::strong or self::font or "
    "self::h4 or self::h5 or self::h6]"
    "[@class or @id]"
)


@dataclass(frozen=True, slots=True)
class Dates:
    """When an article was published and changed, and who says so."""

    published: Moment | None = None
    published_source: str | None = None
    modified: Moment | None = None
    modified_source: str | None = None


def read_dates(document: Document, said: Said, by_rule: str | None, language: str | None) -> Dates:
    """Published: rule, JSON-LD, meta, ``time`` near the headline, a named element, the URL, and
    last what htmldate finds. Modified: JSON-LD, meta, ``time``; never before published."""
    reader = _Reader(document, said, language)
    published, source = None, None
    for name, text in _published_texts(said, by_rule):
        found = reader.read(text)
        if found is not None:
            published, source = found, name
            break
    if published is None or published.precision in (Precision.DAY, Precision.MONTH):
        marked = reader.marked(_is_published)
        is_placed = published is not None or reader.is_well_placed(_is_published)
        if not is_placed and reader.is_well_placed(_is_hatom):
            marked = reader.marked(_is_hatom)
        if marked is not None and (published is None or _same_day(marked, published)):
            published, source = marked, source or "markup"
    if published is None:
        published, source = reader.in_url(), "url"
    if published is None:
        published, source = reader.near_headline(), "text"
    if published is None:
        published, source = reader.guessed(), "htmldate"
    modified, modified_source = None, None
    for name, text in _modified_texts(said):
        found = reader.read(text)
        if found is not None:
            modified, modified_source = found, name
            break
    if modified is None:
        modified, modified_source = reader.marked(_is_modified), "markup"
    if modified and published and modified.at < published.at - timedelta(days=1):
        modified = None
    return Dates(
        published,
        source if published else None,
        modified,
        modified_source if modified else None,
    )


def _published_texts(said: Said, by_rule: str | None) -> Iterator[tuple[str, str]]:
    if by_rule:
        yield "rule", by_rule
    if said.article.published:
        yield "json-ld", said.article.published
    for name in PUBLISHED_META:
        for content in said.meta.get(name, ()):
            yield ("og" if name.startswith(("article:", "og:")) else "meta"), content


def _modified_texts(said: Said) -> Iterator[tuple[str, str]]:
    if said.article.modified:
        yield "json-ld", said.article.modified
    for name in MODIFIED_META:
        for content in said.meta.get(name, ()):
            yield ("og" if name.startswith(("article:", "og:")) else "meta"), content


def _same_day(one: Moment, other: Moment) -> bool:
    return one.at.date() == other.at.date()


def _is_modified(node: Node, text: str) -> bool:
    words = f"{' '.join(classes_of(node))} {node.get('itemprop') or ''} {text[:80]}"
    # WordPress marks a post never changed "entry-date published updated".
    return bool(_UPDATED.search(words)) and not _PUBLISHED.search(words)


def _is_published(node: Node, text: str) -> bool:
    return not _is_modified(node, text)


def _is_hatom(node: Node, text: str) -> bool:
    """hAtom 0.1: an entry without "published" was published when "updated" says. Magazine themes
    mark their only date so. Not where the words speak of an update."""
    return "updated" in classes_of(node) and not _UPDATED.search(text)


class _Reader:
    """Reads dates as this page writes them. Lives for one page."""

    def __init__(self, document: Document, said: Said, language: str | None) -> None:
        self._document = document
        self._latest = document.captured_at
        self._month_first = writes_month_first(language)
        self._zone = self._zone_of_page(said)
        self._found: list[tuple[int, Node, list[str]]] | None = None
        heading = next(document.tree.iter("h1"), None)
        self._around = frozenset(() if heading is None else heading.iterancestors())

    def _zone_of_page(self, said: Said) -> timezone:
        texts = [said.article.published or "", said.article.modified or ""]
        texts += [
            c for name in (*PUBLISHED_META[:3], *MODIFIED_META[:3]) for c in said.meta.get(name, ())
        ]
        texts += [n.get("datetime") or "" for n in self._document.tree.iter("time")]
        return zone_said(texts)

    def read(self, text: str) -> Moment | None:
        return read_moment(
            text, latest=self._latest, assumed=self._zone, month_first=self._month_first
        )

    def marked(self, is_wanted: Callable[[Node, str], bool]) -> Moment | None:
        """The date that the article's own markup shows: the best placed of its candidates."""
        best = self._best(is_wanted)
        return best[1] if best else None

    def is_well_placed(self, is_wanted: Callable[[Node, str], bool]) -> bool:
        """False where the best such date stands among other articles', or there is none."""
        best = self._best(is_wanted)
        return best is not None and best[0] > -1000

    def _best(self, is_wanted: Callable[[Node, str], bool]) -> tuple[int, Moment] | None:
        best: tuple[int, Moment] | None = None
        if self._found is None:
            self._found = list(self._candidates())
        for order, (score, node, texts) in enumerate(self._found):
            if not is_wanted(node, texts[-1]):
                continue
            for text in texts:
                moment = self.read(text) if text else None
                if moment is not None:
                    vague = moment.precision in (Precision.DAY, Precision.MONTH)
                    rank = (score - 2 * vague) * 1000 - order
                    if best is None or rank > best[0]:
                        best = (rank, moment)
                    break
        return best

    def _candidates(self) -> Iterator[tuple[int, Node, list[str]]]:
        """(trust, element, its texts) of whatever could hold the article's date."""
        for node in _TIMES(self._document.tree):
            text = text_of(node)
            machine = node.get("datetime") or node.get("content") or node.get("title") or ""
            if not machine and not any(sign.isdigit() for sign in text):
                continue
            yield self._trust(node, 4), node, [machine, text]
        for node in _NAMED(self._document.tree):
            named = f"{node.get('class') or ''} {node.get('id') or ''}"
            if not _DATE_NAME.search(named):
                continue
            text = text_of(node)
            if 6 <= len(text) <= 120 and any(sign.isdigit() for sign in text):
                yield self._trust(node, 2), node, [text]

    def _trust(self, node: Node, base: int) -> int:
        trust = base
        if node.get("itemprop") in ("datePublished", "dateModified"):
            trust += 3
        if node.get("pubdate") is not None or _PUBLISHED.search(node.get("class") or ""):
            trust += 1
        for place in node.iterancestors():
            named = f"{place.get('class') or ''} {place.get('id') or ''}"
            if place.tag in ("aside", "nav", "footer", "li") or _ELSEWHERE.search(named):
                # A class such as "with_sidebar" speaks of the page's layout where the headline
                # stands inside it too.
                if place.tag not in ("html", "body", "main") and place not in self._around:
                    trust -= 3
            elif place.tag in ("article", "header", "main"):
                trust += 1
        return trust

    def near_headline(self) -> Moment | None:
        """The first date in the short texts that follow the headline, else before it."""
        heading = next(self._document.tree.iter("h1"), None)
        body = self._document.tree.find("body")
        if heading is None or body is None:
            return None
        nodes = [
            node for node in body.iter() if isinstance(node.tag, str) and node.tag not in SILENT
        ]
        at = nodes.index(heading) if heading in nodes else 0
        for node in (*nodes[at : at + _NEAR], *reversed(nodes[max(0, at - _NEAR // 3) : at])):
            for text in (node.text, node.tail):
                if text and 6 <= len(text.strip()) <= 120 and any(sign.isdigit() for sign in text):
                    moment = self.read(text)
                    if moment is not None and not _UPDATED.search(text):
                        return moment
        return None

    def in_url(self) -> Moment | None:
        found = _IN_URL.search(self._document.url)
        return self.read(f"{found['y']}-{found['m']}-{found['d']}") if found else None

    def guessed(self) -> Moment | None:
        """What htmldate makes of the text. Without its ``extensive_search``: that asks dateparser,
        which completes dates from the clock."""
        day = htmldate.find_date(
            self._document.tree,
            extensive_search=False,
            original_date=True,
            url=self._document.url,
            min_date=EARLIEST.replace(tzinfo=None),
            max_date=self._latest.astimezone(UTC).replace(tzinfo=None),
        )
        return self.read(day) if day else None
