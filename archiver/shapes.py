"""The shape of an address: what addresses of one kind on one site have in common.

Knows how news sites build addresses and nothing of what they lead to. ``/politics/2024/05/17/
a-long-headline-here/`` and its sisters share ``/w/9999/99/99/slug/``; what a site does with a shape
is learned by whoever counts. Pure, and deterministic: shapes are kept for years.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from archiver.model import Link, LinkKind

LONGEST_SHAPE = 120
"""Signs; what is longer is cut, and so are hosts and paths that grow."""
_MOST_SEGMENTS = 8
_MOST_PARAMETERS = 6

# Folders that say on every site what is below them. Words that a site chooses for its own
# sections are not kept: a section that nobody has read yet should profit from the others.
_KEPT = frozenset(
    {
        "a", "about", "amp", "archiv", "archive", "archives", "art", "article", "articles",
        "articulo", "artikel", "artigo", "asset", "auteur", "author", "authors", "autor",
        "autoren", "autores", "b", "blog", "blogs", "c", "cat", "categoria", "categories",
        "category", "comment", "comments", "company", "contact", "contributors", "d", "detail",
        "dossier", "en", "etiqueta", "f", "forum", "gallery", "galerie", "galleries", "help",
        "id", "index", "info", "interaktiv", "interactive", "jobs", "kategorie", "label", "legal",
        "live", "location", "login", "media", "mediathek", "news", "newsletter", "newsletters",
        "node", "noticia", "noticias", "opinion", "p", "page", "people", "photos", "podcast",
        "podcasts", "post", "posts", "press", "privacy", "product", "products", "profile", "q",
        "rubrik", "s", "schlagwort", "search", "section", "sections", "seite", "series", "shop",
        "stories", "story", "suche", "t", "tag", "tags", "tema", "temas", "thema", "themen",
        "topic", "topics", "user", "users", "v", "video", "videos", "watch",
    }
)  # fmt: skip
_HEADLINE = 4
"""Words; sections have one to three (as in ``url_shapes``)."""
_LONG_HEADLINE = 7
_LONG_WORD = 12
"""Signs of a headline where nobody writes gaps (Chinese, Japanese, Thai)."""
_LONG_NUMBER = 5
"""Digits: ids grow, so that all longer ones are one kind; a year has four."""
_IDS = frozenset({"9999", "99999", "code"})
"""Kinds of numbers that name a page where they stand before or after words."""
_ENDING = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_HEX = re.compile(
    r"[0-9a-f]{16,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
_GAPS = re.compile(r"[-_,+.~: ]+")
_DIGIT = re.compile(r"\d")


def shape_of(url: str) -> str:
    """The shape of ``url`` (normalised): its host without ``www.``, then each folder by what kind
    of thing it is, the ending, and the names of the parameters.

    A number is as many nines as it has digits, up to five; words are ``w`` to ``w-w-w``, ``slug``
    from four and ``slug+`` from seven, with a number or code before or after them
    (``slug-99999``); long hexadecimal is ``hex``, letters and digits mixed are ``code``. Whether
    it closes with a slash is part of it.
    """
    rest = url.partition("://")[2]
    before, mark, query = rest.partition("?")
    host, _, path = before.partition("/")
    segments = path.split("/")
    shown = [_segment(part) for part in segments[:_MOST_SEGMENTS]]
    if len(segments) > _MOST_SEGMENTS:
        shown.append("+")
    shape = f"{host.removeprefix('www.')}/{'/'.join(shown)}"
    if mark:
        names = sorted({part.partition("=")[0].lower() for part in query.split("&")})
        shape += "?" + "&".join(names[:_MOST_PARAMETERS])
    return shape[:LONGEST_SHAPE]


def _segment(text: str) -> str:
    if not text:
        return ""
    if text.lower() in _KEPT:
        return text.lower()
    ending = _ENDING.search(text)
    stem = text[: ending.start()] if ending else text
    return _stem(stem) + (ending[0].lower() if ending else "")


def _stem(stem: str) -> str:
    if stem.isdigit():
        return _number(stem)
    if _HEX.fullmatch(stem):
        return "hex"
    if "%" in stem:
        stem = unquote(stem)
    parts = [_part(part) for part in _GAPS.split(stem) if part]
    words = parts.count("w")
    if not words:
        return parts[0] if parts else "-"
    if words < _HEADLINE and len(stem) >= _LONG_WORD and not stem.isascii():
        words = _HEADLINE
    shown = "slug+" if words >= _LONG_HEADLINE else "slug"
    text = shown if words >= _HEADLINE else "-".join("w" * words)
    before = f"{parts[0]}-" if parts[0] in _IDS else ""
    after = f"-{parts[-1]}" if parts[-1] in _IDS else ""
    return f"{before}{text}{after}"


def _part(text: str) -> str:
    if text.isdigit():
        return _number(text)
    return "code" if _DIGIT.search(text) else "w"


def _number(digits: str) -> str:
    return "9" * min(len(digits), _LONG_NUMBER)


def kind_of(link: Link, opinion: bool | None) -> LinkKind:
    """What a link is taken for before it is read, by what was learned about addresses of its shape
    on its site. Only an ordinary link changes: what a list, the site's rules or a plain address
    say is not overruled by its neighbours."""
    if link.kind is not LinkKind.PAGE or opinion is None:
        return link.kind
    return LinkKind.ARTICLE if opinion else LinkKind.SECTION
