"""The posts of a live blog: where each stands on the page, when it was posted, by whom.

Knows how live blogs are told from other pages: by what they say of themselves (schema.org
``LiveBlogPosting`` with its ``liveBlogUpdate``, as JSON-LD or microdata), else by repeated elements
that each hold a time of day and text, in a part of the page that is named for being live. Does not
know what of a post is its text; the text before the first post is not looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from archiver.dom import BLOCKS, SILENT, Document, Node, finder, fold_space, text_of
from archiver.extract.live_updates import Update, updates_of
from archiver.extract.structured import Said

_HINTS: Final = ("live", "ticker", "minut")
"""One of these is in every name that ``_LIVE`` finds. Three searches in one text take 30 µs on an
ordinary page, the expression over each of its wordings ten times that."""
_LIVE: Final = re.compile(
    r"(?:^|[\s_-])(?:live|live[-_]?(?:blog|ticker|feed|update|post|entr|event|cover|report|text|"
    r"cent|stor|page|article|content|module|news|rapport|uppdatering)\w*|\w*ticker\w*|"
    r"minuto[-_]?a[-_]?minuto|minute[-_]?by[-_]?minute)(?=$|[\s_-])"
)
_LONGEST_WORDING: Final = 500
"""Signs. ``_LIVE`` takes time in the square of a name of words joined by ``_``."""
_LIVE_PATH: Final = re.compile(
    r"[-/_](?:live|live-?blog|(?:live|news)?-?ticker|minuto-a-minuto|minute-by-minute|en-direct|"
    r"directo|(?:in-)?diretta|ao-vivo|en-vivo|na-zywo|relacja)(?=$|[-/_.,])",
    re.IGNORECASE,
)
"""Class names are English in most of the world's content systems; addresses are not."""
_NOT_POSTS: Final = re.compile(
    r"comment|kommentar|comentari|commenti|livefyre|respond|replies|sidebar|related|teaser|recommend|most-?read|"
    r"newsletter|footer|breaking|carousel|slider|widget|tweet|twitter|instagram"
)
# 14:05, 14.05, 14h05, 2:05 pm; of a match its minute: 45', 90.+2', 45. Minute.
_CLOCK: Final = re.compile(r"(?<![\d.:])(?:[01]?\d|2[0-3])(?:[:.]|\s?[hH]\s?)[0-5]\d(?![\d.:]\d)")
_MATCH_MINUTE: Final = re.compile(
    r"^\d{1,3}\.?(?:\s?\+\s?\d{1,2})?\s?(?:['’′]|\.?\s?[Mm]in\w*\.?)$"
)
_STAMP_CHARS: Final = 60
"""``Thursday, September 18, 2026 at 10:05 a.m. Eastern Time`` has 53 signs."""
_FEWEST: Final = 3
"""Elements alike that make a live blog where the page does not call itself one."""
_REGIONS: Final = frozenset(["html", "body", "main", "article", "section", "div", "ol", "ul", "dl"])
_POST_CHARS: Final = 40
"""A post without its time is at least a short sentence; shorter rows are a list of results."""
_MOST: Final = 2_000
"""Posts and times looked at. Tickers of a whole week run to some 300."""
_MOST_FORMS: Final = 12
_KEY_CHARS: Final = 60

_MICRODATA: Final = finder("//*[contains(@itemprop, 'liveBlogUpdate')]")
_AUTHOR: Final = re.compile(r"(?:^|[\s_-])(?:author|byline|autor|auteur|autore)s?(?:$|[\s_-])")


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a live blog."""

    node: Node
    """The element of the tree that holds the whole post: its time, heading and text."""
    published: str | None = None
    """As the page writes it, ``2026-05-01T14:05:00+02:00`` or ``14:05``."""
    headline: str | None = None
    author: str | None = None


def posts_of(document: Document, said: Said) -> tuple[Post, ...]:
    """The posts of a live blog in page order; empty for a page that is none, or whose posts do not
    stand in elements of their own."""
    is_said = "liveblogposting" in said.types
    if is_said and (posts := _by_json_ld(document)):
        return posts
    if is_said or _LIVE_PATH.search(urlsplit(document.url).path):
        regions = [document.tree]
    else:
        regions = _named_live(document)
    if not regions:
        return ()
    marked = [node for node in _MICRODATA(document.tree) if node.tag in BLOCKS][:_MOST]
    return _read(_outermost(marked), {}) if len(marked) >= 2 else _by_structure(regions, document)


def _named_live(document: Document) -> list[Node]:
    """The elements whose class or id says that they are live."""
    together = "\n".join(document.named)
    if not any(hint in together for hint in _HINTS):
        return []
    return [
        node
        for wording, nodes in document.named.items()
        if any(hint in wording for hint in _HINTS)
        and len(wording) <= _LONGEST_WORDING
        and _LIVE.search(wording)
        and not _NOT_POSTS.search(wording)
        for node in nodes
        if node.tag in _REGIONS and next(islice(node.iter(), 3 * _FEWEST, None), None) is not None
    ]


# What the page says: JSON-LD names each post; the element with its id or its words is found, and
# with it those like it (a page may list its last ten posts and show forty).


def _by_json_ld(document: Document) -> tuple[Post, ...]:
    updates = list(updates_of(document.tree))[:_MOST]
    if len(updates) < 2:
        return ()
    by_id = {
        own: node
        for nodes in document.named.values()
        for node in nodes
        if (own := node.get("id")) and not _is_silent(node)
    }
    by_words: dict[str, Node] = {}
    found: dict[Node, Update] = {}
    for update in updates:
        node = by_id.get(update.fragment) if update.fragment else None
        if node is None:
            if not by_words:
                by_words = _by_words(document.tree)
            keys = (_key(update.headline or ""), _key(update.text))
            node = next((by_words[key] for key in keys if key in by_words), None)
        if node is not None:
            found.setdefault(node, update)
    if len(found) < 2:
        return ()
    holders = _holders(found)
    posts = _alike(holders)
    known = {holder: found[node] for node, holder in holders.items()}
    told = [node for node in posts if len(text_of(node)) >= _POST_CHARS]
    return _read(posts, known) if 2 * len(told) >= len(posts) else ()


def _by_words(tree: Node) -> dict[str, Node]:
    """Headings and paragraphs by their first words."""
    found: dict[str, Node] = {}
    for node in tree.iter("h2", "h3", "h4", "h5", "h6", "p", "strong"):
        key = _key("".join(node.itertext())[:1000]) if not _is_silent(node) else ""
        if key:
            found.setdefault(key, node)
    return found


def _key(text: str) -> str:
    key = re.sub(r"\W+", "", text[:1000]).casefold()[:_KEY_CHARS]
    return key if len(key) >= 12 else ""


def _is_silent(node: Node) -> bool:
    return node.tag in SILENT or node.tag in ("meta", "link", "input")


def _holders(found: Iterable[Node]) -> dict[Node, Node]:
    """For each element the one around it that holds the whole post: the outermost that holds no
    other post's. One that stands apart (behind a "load more") takes the form of the others."""
    found = list(found)
    below = Counter(above for node in found for above in node.iterancestors())
    holders: dict[Node, Node] = {}
    for node in found:
        chain = [node, *node.iterancestors()]
        holders[node] = [above for above in chain if above is node or below[above] == 1][-1]
    usual = Counter(_form(holder) for holder in holders.values()).most_common(1)[0][0]
    for node, holder in holders.items():
        if _form(holder) != usual:
            alike = (above for above in (node, *node.iterancestors()) if _form(above) == usual)
            holders[node] = next(alike, node)
    return holders


def _form(node: Node) -> tuple[str, str]:
    """What posts of one page have in common: tag and first class."""
    classes = (node.get("class") or "").split()
    return str(node.tag), classes[0] if classes else ""


def _alike(holders: dict[Node, Node]) -> list[Node]:
    """The holders and their siblings of the same form, in page order."""
    known = dict.fromkeys(holders.values())  # in page order, which decides between equals
    usual = Counter(map(_form, known)).most_common(1)[0][0]
    # Siblings without a class are alike in nothing but their tag.
    parents = {node.getparent() for node in known if _form(node) == usual} if usual[1] else set()
    root = next(iter(known)).getroottree().getroot()
    return [
        node
        for node in root.iter(*{node.tag for node in known})
        if node in known or (_form(node) == usual and node.getparent() in parents)
    ][:_MOST]


# What the page shows: a time of day, and again, and again, each in an element of one form with
# text beside it.


def _by_structure(regions: list[Node], document: Document) -> tuple[Post, ...]:
    """Of the forms that repeat around times of day, the one with most elements that hold text;
    they must hold most of what the page says, or they are a box beside an article."""
    around = _around_stamps(_outermost(regions))
    forms: dict[tuple[str, str], list[Node]] = {}
    for node in around:
        forms.setdefault(_form(node), []).append(node)
    best: list[Node] = []
    for nodes in sorted(forms.values(), key=len, reverse=True)[:_MOST_FORMS]:
        outer = _outermost(nodes)
        if len(outer) < max(_FEWEST, len(best)) or not _are_posts(outer):
            continue
        if len(outer) > len(best) or not set(outer).isdisjoint(best[0].iterancestors()):
            best = outer  # as many, and around them: the whole post rather than its core
    if not best:
        return ()
    held = sum(len("".join(p.itertext())) for node in best for p in node.iter("p", "li"))
    whole = sum(len("".join(p.itertext())) for p in document.tree.iter("p", "li"))
    return _read(best, {}) if 2 * held >= whole else ()


def _around_stamps(regions: list[Node]) -> list[Node]:
    """The elements around each time of day in ``regions``, each once."""
    seen: dict[Node, None] = {}
    stamps = 0
    for region in regions:
        for node in region.iter():
            if not _is_stamp(node):
                continue
            stamps += 1
            if stamps > _MOST:
                return list(seen)
            for above in node.iterancestors():
                if above in seen or above is region or above.tag in ("body", "html", "blockquote"):
                    break
                seen[above] = None
    return list(seen)


def _is_stamp(node: Node) -> bool:
    if not isinstance(node.tag, str) or node.tag in SILENT or node.tag in ("option", "input"):
        return False
    if node.tag == "time" and node.get("datetime"):
        return True
    text = (node.text or "").strip()
    if node.tag == "time" and not text and len(node):
        text = text_of(node)
    if not 3 <= len(text) <= _STAMP_CHARS:
        return False
    return bool(_CLOCK.search(text) or _MATCH_MINUTE.match(text))


def _are_posts(nodes: list[Node]) -> bool:
    """True for elements that hold text of their own, not links to other pages and not readers'
    comments."""
    named = (f"{place.get('class') or ''} {place.get('id') or ''}" for place in _chain(nodes[0]))
    if any(_NOT_POSTS.search(name.lower()) for name in named):
        return False
    told = words = linked = 0
    for node in nodes:
        text = len(fold_space("".join(node.itertext())))
        links = sum(len("".join(a.itertext())) for a in node.iter("a") if _leads_away(a))
        told += text - links >= _POST_CHARS
        words += text
        linked += links
    return 2 * told > len(nodes) and 2 * linked < words


def _chain(node: Node) -> Iterator[Node]:
    """``node`` and what it stands in, without the page itself."""
    for place in (node, *node.iterancestors()):
        if place.tag not in ("body", "html"):
            yield place


def _leads_away(link: Node) -> bool:
    return not (link.get("href") or "#").startswith("#")


def _outermost(nodes: list[Node]) -> list[Node]:
    """Those of ``nodes`` (in page order) that stand in none of the others."""
    chosen: list[Node] = []
    within = set(nodes)
    for node in nodes:
        if not any(above in within for above in node.iterancestors()):
            chosen.append(node)
    return chosen


# A post as its element tells it; where JSON-LD told it, that speaks first.


def _read(nodes: list[Node], known: dict[Node, Update]) -> tuple[Post, ...]:
    return tuple(_post(node, known.get(node)) for node in nodes)


def _post(node: Node, update: Update | None) -> Post:
    heading = next(node.iter("h2", "h3", "h4", "h5", "h6"), None)
    return Post(
        node=node,
        published=(update.published if update else None) or _published(node),
        headline=(text_of(heading) if heading is not None else None)
        or (update.headline if update else None),
        author=(update.author if update else None) or _author(node),
    )


def _published(node: Node) -> str | None:
    for inner in node.iter():
        if isinstance(inner.tag, str) and "datePublished" in (inner.get("itemprop") or ""):
            said = inner.get("content") or inner.get("datetime") or text_of(inner)
            return fold_space(said) or None
        if _is_stamp(inner):
            return fold_space(inner.get("datetime") or text_of(inner)) or None
    return None


def _author(node: Node) -> str | None:
    for inner in node.iter():
        if not isinstance(inner.tag, str):
            continue
        named = f"{inner.get('itemprop') or ''} {inner.get('rel') or ''} {inner.get('class') or ''}"
        if _AUTHOR.search(named.lower()):
            name = text_of(inner)
            if 2 <= len(name) <= 80:
                return name
    return None
