"""Candidate dates of a page become published and modified, with zone, precision and source.

Knows in what order a page's claims, its address and the dates it shows are to be trusted; where
dates are shown is known in ``datelines``, how one is written in ``moments``. The latest date that
counts is the capture's, so a page read in ten years dates itself the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, timezone
from typing import Final

from archiver.dom import Document, Node
from archiver.extract.dateclaims import (
    contents_named_published,
    contents_of_scripts,
    modified_claims,
    published_claims,
    times_for_machines,
)
from archiver.extract.datelines import (
    Dateline,
    best,
    far_datelines,
    is_named_published,
    loose_datelines,
    near_datelines,
)
from archiver.extract.headline_place import headline_node
from archiver.extract.structured import Said
from archiver.model import Precision
from archiver.moments import Moment, read_moment, writes_month_first, zone_said

_Found = tuple[Moment, str]
"""A date and its source."""
_VAGUE: Final = (Precision.DAY, Precision.MONTH)
_QUARTER: Final = timedelta(minutes=15)
_FARTHEST_ZONE: Final = timedelta(hours=14)
_TWO_DAYS: Final = timedelta(days=2)
"""Two days that differ by less may be one day in two zones."""
_LEAST_LOOSE: Final = -3
"""Below it a date stands among teasers or comments twice over."""
_LETTER = re.compile(r"[^\W\d_]")
_IN_URL = re.compile(
    r"[/_-](?P<y>(?:19|20)\d\d)[/_-]?(?P<m>0[1-9]|1[0-2])[/_-]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Dates:
    """When an article was published and changed, and who says so."""

    published: Moment | None = None
    """Its ``raw`` is the same instant as readers see it, where the page shows that."""
    published_source: str | None = None
    """rule, json-ld, og, meta (claims for machines), markup, text (shown to readers), url,
    modified (nothing but the date of a change is known), script."""
    modified: Moment | None = None
    modified_source: str | None = None


def read_dates(document: Document, said: Said, by_rule: str | None, language: str | None) -> Dates:
    """Published: the rule; JSON-LD; meta; what is shown around the headline, then elsewhere; the
    address; the date of a change when there is no other; scripts; the lead picture's address.
    Modified: JSON-LD, meta, shown; never before published.

    A claim for machines that no second source repeats gives way where the page shows its readers
    an earlier day and the claimed one nowhere: ten of thirteen such pages of a corpus of 1,031
    (systems that moved house claim the day of the move). A later day that is shown alone is that
    of the change. People who were asked for the date took it on 30 pages and the claimed one on
    21; what is kept here is the day of publication, and the other is ``modified``.
    """
    reader = _Reader(document, said, language)
    published = reader.published(by_rule)
    changed = reader.modified()
    if changed and published and changed[0].at < published[0].at - timedelta(days=1):
        changed = None
    if published is None and changed is not None:
        published = (changed[0], "modified")
    published = published or reader.in_scripts() or reader.in_picture_address()
    return Dates(*(published or (None, None)), *(changed or (None, None)))


def _is_local_form(other: Moment, moment: Moment) -> bool:
    """True when ``other`` is the instant of ``moment`` (UTC) in another zone, named or not: a
    clock that is off by whole quarters of an hour, as all zones are."""
    if other.precision in _VAGUE:
        return False
    if other.has_zone:
        away = other.at.utcoffset() or timedelta(0)
        return bool(away) and abs(other.at - moment.at) < timedelta(minutes=1)
    away = other.at.replace(tzinfo=UTC) - moment.at
    rest = away - round(away / _QUARTER) * _QUARTER
    return _QUARTER <= abs(away) <= _FARTHEST_ZONE and timedelta(minutes=-1) < rest <= timedelta(0)


class _Reader:
    """Reads dates as this page writes them. Lives for one page."""

    def __init__(self, document: Document, said: Said, language: str | None) -> None:
        self._document = document
        self._said = said
        self._month_first = writes_month_first(language)
        self._zone: timezone | None = None
        self._heading: list[Node] = []
        self._near: list[Dateline] | None = None
        self._far: list[Dateline] | None = None

    def published(self, by_rule: str | None) -> _Found | None:
        ruled = self._read(by_rule) if by_rule else None
        if ruled is not None:
            return ruled, "rule"
        claimed = self._first(published_claims(self._said)) or self._named_so()
        if claimed is None:
            return self._shown()
        moment, source = claimed
        filed = self._in_address(self._document.url)
        if filed is not None and moment.precision not in _VAGUE and _same_day(filed, moment):
            return claimed  # the day is beyond doubt, and nothing shown tells the hour better
        earlier = None if self._is_said_twice(claimed) else self._shown_before(moment)
        if earlier is not None:
            return earlier
        if moment.precision in _VAGUE:
            line = best(self._originals(self._everywhere()))
            if line is not None and _same_day(line.moment, moment):
                return line.moment, source
        elif moment.at.utcoffset() == timedelta(0):
            return self._in_local_time(moment), source
        return claimed

    def modified(self) -> _Found | None:
        claimed = self._first(modified_claims(self._said))
        if claimed is not None:
            return claimed
        lines = (*self._around(), *(self._far or ()))
        line = best(line for line in lines if line.is_update and line.trust > 0)
        return (line.moment, "markup") if line is not None else None

    def in_scripts(self) -> _Found | None:
        return self._first((text, "script") for text in contents_of_scripts(self._document))

    def in_picture_address(self) -> _Found | None:
        """The day under which the lead picture was filed: most systems sort uploads by day."""
        moment = self._in_address(self._said.first("og:image", "twitter:image") or "")
        return (moment, "url") if moment is not None else None

    def _read(self, text: str) -> Moment | None:
        latest = self._document.captured_at
        moment = read_moment(text, latest=latest, month_first=self._month_first)
        if moment is None or moment.has_zone or moment.precision in _VAGUE:
            return moment
        return replace(moment, at=moment.at.replace(tzinfo=self._zone_of_page()))

    def _zone_of_page(self) -> timezone:
        """The zone of a time without one: that of the page's other times."""
        if self._zone is None:
            self._zone = zone_said(times_for_machines(self._document, self._said))
        return self._zone

    def _first(self, claims: Iterator[tuple[str, str]]) -> _Found | None:
        for text, source in claims:
            moment = self._read(text)
            if moment is not None:
                return moment, source
        return None

    def _named_so(self) -> _Found | None:
        """The earliest of the ``meta`` dates whose name says that they tell of the publication."""
        read = (self._read(text) for text in contents_named_published(self._said))
        found = [moment for moment in read if moment is not None]
        return (min(found, key=lambda moment: moment.at), "meta") if found else None

    def _headline(self) -> Node:
        if not self._heading:
            self._heading.append(headline_node(self._document, self._said))
        return self._heading[0]

    def _around(self) -> list[Dateline]:
        if self._near is None:
            self._near = list(near_datelines(self._headline(), self._read))
        return self._near

    def _everywhere(self) -> list[Dateline]:
        if self._far is None:
            self._far = list(far_datelines(self._document, self._headline(), self._read))
        return [*self._around(), *self._far]

    @staticmethod
    def _originals(lines: Iterable[Dateline]) -> list[Dateline]:
        return [line for line in lines if not line.is_update]

    def _shown(self) -> _Found | None:
        """The best placed date that the page shows, or the day in its address."""
        in_address = self._in_address(self._document.url)
        line = best(line for line in self._originals(self._around()) if line.trust > 0)
        if line is not None and not line.is_marked:
            # A date told in the first lines of a text is not its own where the page marks one.
            line = self._to_the_minute(best(self._marked_published()) or line)
        if line is None:
            line = best(line for line in self._around() if line.is_hatom and line.trust > 0)
        if line is None:
            line = best(line for line in self._originals(self._everywhere()) if line.trust > 0)
        if in_address is not None and (
            line is None
            or (
                abs(line.moment.at - in_address.at) > _TWO_DAYS
                and not (line.is_near and line.is_marked)
            )
        ):
            return in_address, "url"
        if line is None:
            line = best(self._originals(self._around()))
        if line is None:
            loose = list(loose_datelines(self._document, self._headline(), self._read))
            line = best(line for line in self._originals(loose) if line.trust > _LEAST_LOOSE)
        return _told_by(line) if line is not None else None

    def _marked_published(self) -> list[Dateline]:
        """Dates in elements that are named for the publication, wherever they stand."""
        return [
            line
            for line in self._originals(self._everywhere())
            if line.is_marked and line.trust > 0 and is_named_published(line.wording)
        ]

    def _to_the_minute(self, line: Dateline) -> Dateline:
        """The same day where an element marked for it names the time as well."""
        exact = [
            other
            for other in self._originals(self._everywhere())
            if other.is_marked
            and other.moment.precision not in _VAGUE
            and _same_day(other.moment, line.moment)
        ]
        return line if line.moment.precision not in _VAGUE else best(exact) or line

    def _is_said_twice(self, claimed: _Found) -> bool:
        """True when a claim from another source names the same day."""
        return any(
            source != claimed[1] and (other := self._read(text)) and _same_day(other, claimed[0])
            for text, source in published_claims(self._said)
        )

    def _shown_before(self, moment: Moment) -> _Found | None:
        """The date around the headline, when it is earlier and the claimed day is not shown."""
        shown = [
            (moment.at.date() - line.moment.at.date()).days
            for line in self._originals(self._around())
        ]
        if not any(days > 1 for days in shown) or any(-1 <= days <= 1 for days in shown):
            return None
        line = best(self._originals(self._everywhere()))
        if (
            line is None
            or not line.is_near
            or line.moment.precision is Precision.MONTH
            or moment.at - line.moment.at < _TWO_DAYS
            # 1/1/2013 alone in a text may be anything.
            or not (line.is_marked or _LETTER.search(line.moment.raw))
        ):
            return None
        return _told_by(line)

    def _in_local_time(self, moment: Moment) -> Moment:
        """The same instant as the page writes it for its readers, where it does: content systems
        tell machines UTC, and near midnight that is another day."""
        for text, _ in published_claims(self._said):
            other = self._read(text)
            if other is not None and _is_local_form(other, moment):
                return replace(moment, raw=other.raw)
        for line in self._originals(self._around()):
            if _is_local_form(line.moment, moment):
                return replace(moment, raw=line.moment.raw)
        return moment

    def _in_address(self, url: str) -> Moment | None:
        found = _IN_URL.search(url)
        return self._read("-".join(found.groups())) if found else None


def _same_day(one: Moment, other: Moment) -> bool:
    return one.at.date() == other.at.date()


def _told_by(line: Dateline) -> _Found:
    return line.moment, "markup" if line.is_marked else "text"
