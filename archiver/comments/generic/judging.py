"""Whether a group of records is the comments of this page: what speaks for it, what forbids it.

Knows what comments and their look-alikes have in common as a group (lists of articles, the site's
newest comments, reviews, authors' boxes); how the group was found is ``mining``'s, what one record
shows ``looks``'.

Weights and thresholds were chosen on one half of a corpus of 1,354 pages (99 with known comments,
847 known to have none), by the parity of CRC-32 of the page's name. No module of a platform helped:
on the other half, before anything of it was looked at, F1 was 0.957 and 98 % of what was found a
comment; about five rules, and one after a page that had been cut, were mended after looking at that
half.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from math import sqrt
from statistics import median
from typing import Final

from archiver.comments.generic.looks import look_at
from archiver.comments.generic.mining import Group
from archiver.comments.generic.places import Places, traits
from archiver.dom import Document, Node

FIRES_AT: Final = 6.0
"""Least score of a group that is taken for comments. From 4 to 10 nothing changes on either half
(F1 0.995 and 0.978; of 847 pages without comments none fires), at 12 both lose."""
UNNAMED_SHARE: Final = 0.7
"""Of a group that no name and no heading calls comments: so many of its records must each have a
button to answer it, a date and what may be a name. With class, id and itemprop taken from all
pages this finds 0.64 and 0.77 of the comments of the two halves with a precision of 0.97 and 0.94;
of 847 pages without comments none fires."""
MOST_LOOKED_AT: Final = 16
"""Records of one group, evenly spread, that are looked at to judge it."""
_INLINE = frozenset(["span", "a", "time", "em", "b", "i", "small", "strong", "abbr", "button",
                     "input", "img", "label", "font", "sup", "cite", "option"])  # fmt: skip
_ASIDES = frozenset({"nav", "footer"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A group with what speaks for it."""

    group: Group
    score: float

    @property
    def fires(self) -> bool:
        """True when the group is taken for the comments of the page."""
        return self.score >= FIRES_AT


def judge(
    group: Group, document: Document, places: Places, paths: frozenset[str]
) -> Verdict | None:
    """What speaks for a group; ``None`` where something forbids it."""
    if group.region.tag == "html" or _is_shut(group.region, places):
        return None
    if not group.behind and all(map(_is_no_record, group.records)):
        return None
    roots = frozenset(group.records)
    looks = [look_at(group.parts(node), roots, document, paths) for node in _sample(group.records)]
    count = len(looks)

    def share(name: str) -> float:
        return sum(bool(getattr(look, name)) for look in looks) / count

    words = [look.words for look in looks]
    all_words = sum(words) or 1
    named = share("is_named")
    area = area_of(group.region, places)
    is_headed = _is_headed(group.region, places)
    is_named = named > 0.5 or area is not None or is_headed
    away = [look.leads_to for look in looks if look.leads_to and not look.leads_here]
    if (
        sum(look.words > 0 for look in looks) < 0.7 * count
        or median(look.free_words for look in looks) < 1
        or len({look.digest for look in looks}) < 0.7 * count
        or (len(away) > 0.3 * count and len(set(away)) > 1)
        # A comment's heading may lead to its author or to itself; no article is answered in a list.
        or (share("is_teaser") > 0.3 and not (is_named and share("has_reply") >= 0.7))
        or share("is_review") > 0.5
        or _holds_headings(group, places) > 0.3 * len(group.records)
        or share("is_cut") > 0.6
        or max(share("has_date"), share("has_author"), share("has_action"), share("leads_here"))
        < 0.5
    ):
        return None
    links = sum(look.link_words for look in looks) / all_words
    score = (
        min(sqrt(len(group.records)), 7.0)
        + min(median(words), 60) / 20
        + 2 * share("has_action")
        + 2 * share("has_date")
        + 2 * share("has_author")
        + 3 * share("leads_here")
        + 3 * named
        + 2 * (area is not None or is_headed)
        - 6 * max(0.0, links - 0.1)
        - 2 * share("has_heading")
        - 4 * _is_aside(group.region)
    )
    signed = max(share("has_author"), share("is_signed"))
    if not is_named and min(share("has_reply"), share("has_date"), signed) < UNNAMED_SHARE:
        return None
    return Verdict(group, score)


def _holds_headings(group: Group, places: Places) -> int:
    """How many headings over comments lie in the records: such a record is a place for comments,
    not one of them."""
    held = frozenset(group.records)
    return sum(not held.isdisjoint(heading.iterancestors()) for heading in places.headings)


def _is_no_record(node: Node) -> bool:
    """True for a mere part of a line, and for what is named for a part other than the text."""
    return node.tag in _INLINE or traits(node).is_meta


def _sample(records: tuple[Node, ...]) -> tuple[Node, ...]:
    step = -(-len(records) // MOST_LOOKED_AT)
    return records[::step]


def _is_shut(region: Node, places: Places) -> bool:
    return any(place in places.shut for place in (region, *region.iterancestors()))


def _is_aside(region: Node) -> bool:
    return any(place.tag in _ASIDES for place in (region, *region.iterancestors()))


def area_of(region: Node, places: Places) -> Node:
    """The closest element at or around the region that is named for holding comments."""
    for place in islice((region, *region.iterancestors()), 6):
        if place in places.areas:
            return place
        if place in places.above:
            return None
    return None


def _is_headed(region: Node, places: Places) -> bool:
    """True where a heading over comments stands in the region or right before it."""
    for heading in places.headings:
        place = heading
        for place in (heading, *islice(heading.iterancestors(), 3)):
            if place in places.above and place is not heading:
                break
            follows = [place, *islice(place.itersiblings(), 6)]
            if any(region is other or other in region.iterancestors() for other in follows):
                return True
    return False
