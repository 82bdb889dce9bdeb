"""What each rule and each source gives for the fields of one page, and which of them won.

Asks the readers of each field again, one source at a time, and compares with the article that was
made of the page. Decides nothing itself: for a person who writes rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice

from archiver.dom import Document, Node, fold_space, text_of
from archiver.extract.article import Grounds, grounds_of
from archiver.extract.body import Body, read_body
from archiver.extract.byline import AUTHOR_META, read_byline
from archiver.extract.dateclaims import MODIFIED_META, PUBLISHED_META
from archiver.extract.dates import Dates, read_dates
from archiver.extract.explain import ToldThread, explain
from archiver.extract.headline import read_headline
from archiver.extract.second_opinion import second_opinion
from archiver.extract.segments import segments_of
from archiver.extract.signatures import read_signatures
from archiver.model import Article, Page
from archiver.sites import Layout, SiteRules, select

DEFAULT = "default"
"""Source of what would be read if the layout said nothing of the field."""
_TITLE_META = ("og:title", "twitter:title", "parsely-title", "dc.title", "sailthru.title", "title")
_MOST_HEADINGS = 4
_MOST_TIMES = 4
_MUCH = 0.5
"""Share of a text from which ``remove`` is said to cut away most of it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one source gives for one field."""

    field: str
    """As in ``Article``; ``remove`` for what a layout cuts out."""
    source: str
    """``rule``, ``json-ld``, ``og``, ``meta``, ``markup``, ``title``, ``judge``, ``trafilatura``,
    ``hook`` …; ``default`` for what would be read without the layout's selectors of this field."""
    where: str
    """The selector, the name of the ``meta``, the element; of a default the source behind it."""
    value: str | None
    """White space folded; None where it gives nothing. Dates of a default are UTC."""
    matches: int | None = None
    """Elements that a selector finds."""
    is_chosen: bool = False
    """True for the one that the article has."""


@dataclass(frozen=True, slots=True)
class Trial:
    """All that the sources give for one page."""

    layout: Layout | None
    """The layout that stood on the day of capture."""
    values: Mapping[str, str | None]
    """What the article has in each field, in words."""
    candidates: tuple[Candidate, ...]
    """Field by field, in the order of trust."""
    warnings: tuple[str, ...]
    threads: tuple[ToldThread, ...]


def try_rules(document: Document, page: Page, rules: SiteRules, article: Article) -> Trial:
    """What each source gives for ``page``, of which ``article`` was made by the same ``rules``. The
    tree stays as it is."""
    attempt = _Attempt(document, page, rules, article)
    return Trial(
        layout=attempt.layout,
        values=attempt.values,
        candidates=tuple(attempt.candidates()),
        warnings=tuple(attempt.warnings()),
        threads=explain(document, page, rules).threads,
    )


@dataclass(frozen=True)
class _Attempt:
    """One page with its rules. Lives for one trial."""

    document: Document
    page: Page
    rules: SiteRules
    article: Article

    @cached_property
    def grounds(self) -> Grounds:
        return grounds_of(self.document, self.page, self.rules)

    @property
    def layout(self) -> Layout | None:
        return self.grounds.layout

    def candidates(self) -> Iterator[Candidate]:
        told = {
            "title": self._titles(),
            "authors": self._authors(),
            "published_at": self._published(),
            "modified_at": self._modified(),
            "text": self._texts(),
        }
        for name, found in told.items():
            source = self.article.field_sources.get(name)
            yield from _with_winner(list(found), name, source, self.values[name])
            if name == "text":
                yield from self._removed()
        for name, source in self.article.field_sources.items():
            if name not in told:
                yield Candidate(name, source, "", self.values[name], is_chosen=True)

    @cached_property
    def values(self) -> dict[str, str | None]:
        """What the article has in the fields that were asked for, and in all that are set."""
        article = self.article
        told = {
            name: fold_space(_in_words(getattr(article, name))) for name in article.field_sources
        }
        signed = "; ".join((*(author.name for author in article.authors), *article.agencies))
        return {
            **told,
            "title": article.title,
            "authors": signed or None,
            "published_at": _iso(article.published_at),
            "modified_at": _iso(article.modified_at),
            "text": fold_space(article.text) or None,
        }

    def _titles(self) -> Iterator[Candidate]:
        said = self.grounds.said
        yield from self._ruled("title", "title")
        yield from _told("title", "json-ld", "headline", [said.article.headline])
        for name in _TITLE_META:
            source = "og" if name.startswith("og:") else "meta"
            yield from _told("title", source, name, said.meta.get(name, ()))
        for tag, source, most in (("title", "title", 1), ("h1", "markup", _MOST_HEADINGS)):
            nodes = islice(self.document.tree.iter(tag), most)
            yield from _told("title", source, tag, [text_of(node) for node in nodes])
        title, by = read_headline(self.document, said, None)
        yield Candidate("title", DEFAULT, by or "", title)

    def _authors(self) -> Iterator[Candidate]:
        said = self.grounds.said
        yield from self._ruled("authors", "author")
        names = [name for name, _, _ in said.article.authors]
        yield from _told("authors", "json-ld", "author", ["; ".join(names)])
        for name in AUTHOR_META:
            yield from _told("authors", "meta", name, said.meta.get(name, ()))
        shown = [text for text, _ in read_signatures(self.document, said, sure=False)]
        yield from _told("authors", "markup", "", ["; ".join(shown)])
        site_name = said.first("og:site_name", "application-name")
        byline = read_byline(self.document, said, (), site_name)
        signed = "; ".join((*(author.name for author in byline.authors), *byline.agencies))
        yield Candidate("authors", DEFAULT, byline.source or "", signed or None)

    def _published(self) -> Iterator[Candidate]:
        said = self.grounds.said
        yield from self._ruled("published_at", "published")
        yield from _told("published_at", "json-ld", "datePublished", [said.article.published])
        for name in PUBLISHED_META:
            yield from _told("published_at", _kind(name), name, said.meta.get(name, ()))
        for node in islice(self.document.tree.iter("time"), _MOST_TIMES):
            shown = [node.get("datetime") or text_of(node)]
            yield from _told("published_at", "markup", "time", shown)
        dates = self._dates(None)
        moment = dates.published
        value = _iso(moment.at.astimezone(UTC) if moment is not None else None)
        yield Candidate("published_at", DEFAULT, dates.published_source or "", value)

    def _modified(self) -> Iterator[Candidate]:
        said = self.grounds.said
        yield from _told("modified_at", "json-ld", "dateModified", [said.article.modified])
        for name in MODIFIED_META:
            yield from _told("modified_at", _kind(name), name, said.meta.get(name, ()))

    def _texts(self) -> Iterator[Candidate]:
        yield from self._ruled("text", "body")
        grounds = self.grounds
        judged = self._body(None)
        if judged.source == "judge":
            yield from _told("text", "judge", "", [judged.text])
        regions = frozenset(grounds.comments.regions)
        found = second_opinion(self.document, regions, list(segments_of(self.document, regions)))
        yield from _told("text", "trafilatura", "", [" ".join(segment.text for segment in found)])
        yield from _told("text", "json-ld", "articleBody", [grounds.clues.claimed_body])
        yield Candidate("text", DEFAULT, judged.source or "", fold_space(judged.text) or None)

    def _ruled(self, field: str, key: str) -> Iterator[Candidate]:
        """A row for each selector of the layout, with all that it finds."""
        for selector in getattr(self.layout, key) if self.layout is not None else ():
            found = select(self.document.tree, selector)
            texts = [text for text in map(_text_found, found) if text]
            between = {"body": " ", "author": "; "}.get(key)
            value = texts[0] if between is None and texts else (between or "").join(texts)
            yield Candidate(field, "rule", selector, value or None, len(found))

    def _removed(self) -> Iterator[Candidate]:
        for selector in self.layout.remove if self.layout is not None else ():
            nodes = select(self.document.tree, selector)
            value = " ".join(map(_text_found, nodes))
            yield Candidate("remove", "rule", selector, value or None, len(nodes))

    def _body(self, layout: Layout | None) -> Body:
        grounds = self.grounds
        return read_body(
            self.document,
            layout,
            grounds.comments.regions,
            grounds.clues,
            self.rules.furniture,
            grounds.posts,
        )

    def _dates(self, by_rule: str | None) -> Dates:
        return read_dates(self.document, self.grounds.said, by_rule, self.article.language)

    def warnings(self) -> Iterator[str]:
        day = self.page.captured_at.astimezone(UTC).date()
        layout = self.layout
        if layout is None:
            if self.rules.layouts:
                last = self.rules.layouts[-1].valid_until
                yield (
                    f"no layout holds on {day}, when the page was captured: the last was valid "
                    f"until {last}. Give the present design a [[layout]] without valid_until"
                )
        else:
            yield from self._warnings_on_selectors(layout)
            yield from self._warnings_on_removal(layout)
        yield from self._warnings_on_address()

    def _warnings_on_selectors(self, layout: Layout) -> Iterator[str]:
        for key in ("body", "title", "author", "published"):
            rows = list(self._ruled(key, key))
            working = next((row for row in rows if row.value), None)
            for row in rows if working is None else rows[: rows.index(working)]:
                if not row.matches:
                    yield f"{key}: {row.where!r} finds nothing on this page"
                elif not row.value:
                    yield f"{key}: {row.where!r} finds elements without text"
            if working is None:
                continue
            if key in ("title", "published") and (working.matches or 0) > 1:
                yield f"{key}: {working.where!r} finds {working.matches} elements: the first counts"
            if key == "published" and self._dates(working.value).published_source != "rule":
                yield f"published: {working.value!r} cannot be read as a date, so others are asked"
            if key == "author" and self.grounds.byline.source != "rule":
                yield f"author: {working.value!r} names nobody, so others are asked"
        for selector in layout.remove:
            if not select(self.document.tree, selector):
                yield f"remove: {selector!r} finds nothing on this page"

    def _warnings_on_removal(self, layout: Layout) -> Iterator[str]:
        if not layout.remove:
            return
        whole = len(self._body(replace(layout, remove=())).text)
        left = len(self._body(layout).text)
        if whole and left < (1 - _MUCH) * whole:
            yield (
                f"remove cuts away most of the text: {whole - left:,} of {whole:,} signs. "
                "Are its selectors too wide?"
            )

    def _warnings_on_address(self) -> Iterator[str]:
        url = self.page.url
        if self.rules.excludes(url):
            yield "exclude_url matches this address: no link to it is followed"
        elif self.rules.article_url and not self.rules.is_article_url(url):
            yield "no article_url matches this address: links to it are not taken for an article's"


def _with_winner(
    found: list[Candidate], field: str, source: str | None, value: str | None
) -> Iterator[Candidate]:
    """The candidates with a mark on the one that the article has: of those of its source the one
    with its value, else the first that gives any. A source that is none of them has a row."""
    of_source = [row for row in found if row.source == source and row.value]
    equal = [row for row in of_source if row.value == value]
    default = [row for row in found if row.source == DEFAULT and row.where == source]
    winner = next(iter(equal or of_source or default), None)
    for row in found:
        yield replace(row, is_chosen=True) if row is winner else row
    if winner is None and source is not None:
        yield Candidate(field, source, "", value, is_chosen=True)


def _told(field: str, source: str, where: str, values: Iterable[str | None]) -> Iterator[Candidate]:
    for value in values:
        if value:
            yield Candidate(field, source, where, fold_space(value))


def _text_found(found: Node | str) -> str:
    """The text of what a selector finds, as a rule reads it."""
    if isinstance(found, str):
        return fold_space(found)
    return found.get("datetime") or text_of(found)


def _kind(name: str) -> str:
    return "og" if name.startswith(("article:", "og:")) else "meta"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _in_words(value: object) -> str:
    """A field's value on one line."""
    if isinstance(value, tuple):
        return "; ".join(_in_words(entry) for entry in value)
    for name in ("name", "url", "platform"):
        if hasattr(value, name):
            return str(getattr(value, name))
    if is_dataclass(value):
        said = ((one.name, getattr(value, one.name)) for one in fields(value))
        return "; ".join(
            f"{name} {_in_words(told)}" for name, told in said if told not in (None, ())
        )
    return str(value)
