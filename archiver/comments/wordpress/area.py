"""The part of a page that is for comments: its form, its heading with the count, its extent.

Knows what themes call it and how little else stands in it. Not what is in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qs

from archiver.comments.wordpress.addresses import head_links, own_keys, page_key, split
from archiver.comments.wordpress.records import Record
from archiver.dom import SILENT, Document, Node, finder, join, text_of

_NUMBER = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f' ]\d{3})+(?!\d)|\d+")
_ONE = re.compile(r"^\W*(?:one|ein|eine|une?|uno?|una|um|uma|een|en|ett|jeden)\b", re.IGNORECASE)
_NONE = re.compile(r"^\W*(?:no|keine|aucun|ning[uú]n|nenhum|nessun|geen|inga?)\b", re.IGNORECASE)
_TITLE = re.compile(r"[“\"«„‘]")
_HEADING = re.compile(
    r"(?:^|\s)(?:comments-title|wp-block-comments-title|wpd-thread-info)(?:\s|$)"
    r"|\s(?:comments|comments-title|comment-wrap|comments-wrapper)$"
)
"""A wording of the heading over the comments, or of what it heads."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_FORM = finder(
    "//form[contains(@action, 'wp-comments-post.php')]|//*[@id='commentform']"
    "|//*[@id='respond'][.//form]"
)
_COUNTED = re.compile(r"#(?:comments|respond|comment-wrap)$")
_POST_CLASS = re.compile(r"(?:postid|page-id)-(\d{1,19})")
_POST_ROUTE = re.compile(r"/wp/v2/[\w-]+/(\d{1,19})/?$")

_AREA = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|commentarea|commentwrap|commentbox|respond|wpdcom|"
    r"wpcomm|discussion|kommentare?|commentaires?|comentarios?|commenti|reacties)(?:$|[\s_-])"
)
_NO_AREA = re.compile(
    r"comments?-(?:open|closed|enabled|disabled|on|off|link|count|number)|(?:no|has|with)-comments?"
)
"""Said of an article or a page, not of the place of its comments."""
_PIECE = re.compile(
    r"(?:^|\s)(?:comments-title|comment-respond|comment-reply-title|respond-must-login|"
    r"must-log-in|no-comments|comments?-navigation|comments-pagination|wp-block-comments-\S+|"
    r"wp-block-post-comments-form|akismet_comment_form_privacy_notice|"
    r"jp-carousel-comments?-\S+|comment-trackbacks)(?:\s|$)|\s(?:comments|comments-title|respond)$"
)
"""What belongs to comments wherever it stands, if it is no longer than its kind."""
_PIECE_WORDS = ("comment", "respond", "log-in")
_MOST_BESIDE = 600
"""Characters that may stand in the place of comments beside them and the form: heading, ways to
further pages, rules of the house. An article of that length there would be cut out with them, so
only elements named for comments are taken."""
_MOST_UNNAMED = 3
"""Elements without such a name that may lie between two that have one."""


def forms_of(document: Document) -> list[Node]:
    """The forms to write a comment with. Most pages have none, and tell so without an XPath."""
    hints = document.hints
    if "comment" not in hints and "respond" not in hints:
        return []
    if any(wording.endswith((" commentform", " respond")) for wording in document.named) or any(
        "wp-comments-post.php" in (form.get("action") or "") for form in document.tree.iter("form")
    ):
        return _outermost(_FORM(document.tree))
    return []


def regions_of(
    document: Document, records: Sequence[Record], forms: Sequence[Node]
) -> tuple[Node, ...]:
    """Elements that hold the comments, their form and what belongs to them: headings, ways to
    further pages; and nothing of the article."""
    spots = (spot for record in records for spot in (*record.parts, *record.spots))
    seeds = _outermost([*dict.fromkeys(spots), *forms])
    if not seeds:
        return ()
    areas: dict[Node, None] = {}
    taken: set[Node] = set()
    held = _Held(frozenset(seeds))
    for seed in seeds:
        if taken.isdisjoint((seed, *seed.iterancestors())):
            area = _area_around(seed, held)
            areas[area] = None
            taken.add(area)
    return tuple(_outermost([*areas, *_pieces(document, held)]))


def _pieces(document: Document, held: _Held) -> Iterator[Node]:
    for wording, nodes in document.named.items():
        if any(map(wording.__contains__, _PIECE_WORDS)) and _PIECE.search(wording):
            yield from (n for n in nodes if held.little_beside(n))


def _area_around(seed: Node, held: _Held) -> Node:
    """The widest element around ``seed`` that is named for comments and holds little else."""
    best = seed
    unnamed = 0
    for place in seed.iterancestors():
        if place.tag in ("body", "html", "main") or unnamed > _MOST_UNNAMED:
            break
        if not _is_named(place):
            unnamed += 1
            continue
        unnamed = 0
        if not held.little_beside(place):
            break
        best = place
    return best


def _is_named(node: Node) -> bool:
    return _is_area(f"{node.get('class') or ''} {node.get('id') or ''}")


@lru_cache(maxsize=4096)
def _is_area(wording: str) -> bool:
    words = (word for word in wording.lower().replace("_", "-").split())
    return any(_AREA.search(word) and not _NO_AREA.search(word) for word in words)


@dataclass(frozen=True, slots=True)
class _Held:
    """Comments and forms, and whether elements hold much beside them: each is looked at once."""

    seeds: frozenset[Node]
    _known: dict[Node, bool] = field(default_factory=dict)

    def little_beside(self, place: Node) -> bool:
        """True when the element holds little text that is in no comment and no form."""
        if place not in self._known:
            self._known[place] = self._chars_beside(place) <= _MOST_BESIDE
        return self._known[place]

    def _chars_beside(self, place: Node) -> int:
        """Characters; counting ends at the bound."""
        count = 0
        waiting = [place]
        while waiting and count <= _MOST_BESIDE:
            node = waiting.pop()
            if node is not place:
                count += len((node.tail or "").strip())
            if node in self.seeds or node.tag in SILENT or node.tag == "form":
                continue
            if isinstance(node.tag, str):
                count += len((node.text or "").strip())
                waiting.extend(node)
        return count


def _outermost(nodes: Iterable[Node]) -> list[Node]:
    """Those of ``nodes`` that stand in no other of them."""
    kept = dict.fromkeys(nodes)
    known: dict[Node, bool] = {}
    return [node for node in kept if not _stands_in(node.getparent(), kept, known)]


def _stands_in(place: Node, nodes: dict[Node, None], known: dict[Node, bool]) -> bool:
    """True when ``place`` is or stands in one of ``nodes``; every element is looked at once."""
    path: list[Node] = []
    while place is not None and place not in known:
        path.append(place)
        if place in nodes:
            break
        place = place.getparent()
    inside = place is not None and (place in nodes or known.get(place, False))
    known.update(dict.fromkeys(path, inside))
    return inside


def post_id_of(document: Document) -> str | None:
    """The number of the post on which the page lets its readers comment."""
    for hidden in document.tree.iter("input"):
        if hidden.get("name") == "comment_post_ID" and (value := hidden.get("value") or ""):
            return value if value.isdecimal() else None
    links = [(link.get("rel") or "", link.get("href") or "") for link in head_links(document)]
    for rel, href in links:
        if rel == "alternate" and (found := _POST_ROUTE.search(split(href).path)):
            return found[1]
    body = document.tree.find("body")
    if body is not None and (found := _POST_CLASS.search(body.get("class") or "")):
        return found[1]
    for rel, href in links:
        said = parse_qs(split(href).query).get("p", [""])[0] if rel == "shortlink" else ""
        if said.isdecimal():
            return said
    return None


def declared_by(document: Document) -> int | None:
    """How many comments the page says there are: in the heading over them, else in a link that
    leads to them. Pingbacks may be counted among them."""
    for heading in _headings(document):
        # The article's title, which may stand in the heading too, may hold other numbers.
        count = _count_in(_TITLE.split(text_of(heading), maxsplit=1)[0])
        if count is not None:
            return count
    own: frozenset[str] | None = None
    for link in document.tree.iter("a"):
        href = link.get("href") or ""
        if "#" not in href or not _COUNTED.search(href):
            continue
        number = _NUMBER.search(text_of(link)[:60])
        if number is None or len(number[0]) > 9:
            continue
        own = own_keys(document) if own is None else own
        target = (join(document.base_url, href) or "").partition("#")[0]
        if page_key(target, target) in own:
            return _whole(number[0])
    return None


def _headings(document: Document) -> Iterator[Node]:
    for wording, nodes in document.named.items():
        if ("comment" not in wording and "wpd" not in wording) or not _HEADING.search(wording):
            continue
        for node in nodes:
            if node.tag in _HEADINGS or not wording.endswith(("comments", "-wrap", "-wrapper")):
                yield node
            elif (first := next(node.iter(*_HEADINGS), None)) is not None:
                yield first


def _count_in(text: str) -> int | None:
    number = _NUMBER.search(text)
    if number and len(number[0]) < 10:
        return _whole(number[0])
    if _NONE.match(text):
        return 0
    return 1 if _ONE.match(text) else None


def _whole(number: str) -> int:
    return int(re.sub(r"\D", "", number))
