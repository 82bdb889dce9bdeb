"""Is this page an article? Judged from its structure, not from its subject.

Knows the marks that content systems leave on articles and on pages that list, ask, sell or refuse,
and how these differ in text, headings and links. Where a page claims nothing of itself its form
decides; words ("not found", in many languages) only add weight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from archiver.dom import Document, Node, classes_of
from archiver.extract.structured import ARTICLE_TYPES, LISTING_TYPES, Said
from archiver.outcomes import Outcome
from archiver.words import UNSPACED

_LISTING_BODY: Final = frozenset([
    "archive", "category", "tag", "author", "search", "search-results", "search-no-results",
    "error404", "date", "post-type-archive", "tax-post_tag", "paged", "is-archive",
])  # fmt: skip
"""Body classes of WordPress (``get_body_class``) on pages that are no single post."""
_FRONT_BODY: Final = frozenset({"home", "blog", "front-page", "is-home"})
"""The same of a front page; themes misuse them, so they do not count deep in a site."""
_SINGLE_BODY: Final = re.compile(
    r"^(?:single(?:-post|-format-\w+)?|postid-\d+|post-template-default|node-type-article|page-article|article-page)$"
)
_LISTING_PATH: Final = re.compile(
    r"^/?(?:[a-z]{2}(?:-[a-z]{2})?/)?$|/(?:category|categories|tag|tags|topic|topics|author|authors|archives?|search|"
    r"label|schlagwort|kategorie|rubrik|autor|etiqueta|categoria)/(?:[^/]+/?){0,3}$|/page/\d+/?$|^/(?:index|home)\.\w+$|"
    r"^/\d{4}(?:/\d{1,2}){0,2}/?$|"
    # One name and nothing behind it: magazines have sections of these names, too.
    r"/(?:autoren|autores|auteurs?|autori|redaktion|journalists?|contributors?|columnists?|profiles?|"
    r"temas?|thema|themen|tagi|tagg|keyword|mot-cle)/[^/]+/?$|"
    r"/(?:suche|buscar|busca|recherche|ricerca|zoeken|szukaj|s[oö]k|haku|pesquisa|arama)/?$",
    re.IGNORECASE,
)
_SEARCH_KEYS: Final = frozenset({"s", "q", "query", "search"})
_NO_ARTICLE_TYPES: Final = (LISTING_TYPES - {"website", "blog", "itemlist"}) | {
    "product", "productgroup", "imagegallery", "mediagallery", "videogallery", "contactpage",
    "checkoutpage",
}  # fmt: skip
_NO_ARTICLE_KINDS: Final = ("profile", "product", "books.author", "music.", "place", "restaurant")
ENOUGH_CHARS: Final = 250
"""A text shorter than this is an article only when the page says so (Trafilatura's own floor for
a main text that needs no rescue)."""
_UNSPACED_WORTH: Final = 3
"""Letters of an alphabet that one sign of a script without spaces stands for: the same news has
some 480 signs in English and 150 to 190 in Chinese and Japanese."""
_FEW_CHARS: Final = 1_000
"""Refusals (not found, log in, confirm) have less text than this; more is a text about them."""
_PROSE_CHARS: Final = 40
_CARD_PARAGRAPHS: Final = 2
"""What stands under a row of a listing; more is an article below a box of related ones."""
_SURE: Final = 6
"""Above this no form that follows could turn the judgement."""

_IS_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_REFUSED: Final = re.compile(
    r"\b404\b|\b(?:page|site|document|article|content) (?:\w+ )?(?:be )?(?:not|no longer) "
    r"(?:be )?(?:found|available|exist)|(?:page|article) (?:introuvable|non trouvée?)|"
    r"nicht gefunden|nicht (?:mehr )?verfügbar|no (?:se ha |fue )?encontrad[ao]|"
    r"n[ãa]o (?:foi )?encontrad[ao]|non (?:è stata )?trovat[ao]|niet gevonden|"
    r"ikke (?:funnet|fundet)|hittades inte|inte hitta|ei löy|"
    r"nie (?:została )?(?:od|z)nalezion[oa]|nenalezen|nem található|nu a fost găsit|"
    r"не найден|не знайден|δεν βρέθηκε|bulunamadı|tidak ditemukan|không tìm thấy|"
    r"見つかりません|找不到|不存在|찾을 수 없|غير موجود|לא נמצא|"
    r"are you (?:a )?(?:robot|human)|just a moment|attention required|access denied|"
    r"pardon our interruption|security check|bist du ein (?:roboter|mensch)|"
    r"êtes-vous un robot|checking your browser",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"consent|cookie|gdpr|dsgvo|privacy-?(?:wall|gate|manager)|captcha|challenge|bot-?(?:check|detect)"
)
_SELLS: Final = re.compile(
    r"add[-_]?to[-_]?(?:cart|basket|bag)|product[-_]?price|(?:^|\s)cart(?=\s|$)"
)


@dataclass(frozen=True, slots=True)
class Look:
    """What the other readers of the page have found, as far as its kind depends on it."""

    text_chars: int
    link_chars: int
    """Signs of the text that are links."""
    has_title: bool
    has_date: bool
    has_author: bool
    is_by_rule: bool = False
    """True when the site's rules name the URL an article's."""


def judge(document: Document, said: Said, look: Look) -> Outcome:
    """ARTICLE or NOT_AN_ARTICLE."""
    if look.is_by_rule:
        return Outcome.ARTICLE if look.text_chars else Outcome.NOT_AN_ARTICLE
    if not look.text_chars:
        return Outcome.NOT_AN_ARTICLE
    title = _title(document)
    worth = _UNSPACED_WORTH if 3 * len(_IS_UNSPACED.findall(title)) > len(title) else 1
    chars = worth * look.text_chars
    score = (
        _by_claims(said) + _by_address(document) + _by_body_class(document) + _by_text(look, chars)
    )
    if 0 < score < _SURE and not _claims_article(said):
        score += _by_form(document, said, title, look)
    return Outcome.ARTICLE if score > 0 else Outcome.NOT_AN_ARTICLE


def _claims_article(said: Said) -> bool:
    return (said.first("og:type") or "").lower() in ("article", "news", "blog") or bool(
        said.types & ARTICLE_TYPES
    )


def _by_claims(said: Said) -> int:
    score = 0
    kind = (said.first("og:type") or "").lower()
    is_typed = bool(said.types & ARTICLE_TYPES)
    if kind in ("article", "news", "news.article", "blog", "video.other"):
        score += 3
    elif kind == "video" or kind.startswith("video."):
        score += 2
    elif kind.startswith(_NO_ARTICLE_KINDS) and not is_typed:
        score -= 5
    if is_typed or "podcastepisode" in said.types:
        score += 2
    if said.first("article:published_time", "article:section", "article:author"):
        score += 1
    if said.types & _NO_ARTICLE_TYPES:
        # The test of a product describes the product as well.
        score -= 1 if is_typed else 5
    elif kind == "website" and not is_typed:
        score -= 1
    return score


def _by_address(document: Document) -> int:
    parts = urlsplit(document.url)
    query = parse_qs(parts.query)
    if not parts.path.strip("/"):
        return 0 if {"p", "id", "page_id"} & set(query) else -6
    if (_SEARCH_KEYS & set(query) and len(query) <= 2) or (query and _repeats(document, query)):
        return -4
    return -4 if _LISTING_PATH.search(parts.path) else 0


def _repeats(document: Document, query: dict[str, list[str]]) -> bool:
    """True when a form shows what the address asks for: the results of a search."""
    asked = {(name, unquote(values[0])) for name, values in query.items()}
    return any(
        (node.get("name"), node.get("value")) in asked
        for node in islice(document.tree.iter("input"), 200)
        if (node.get("type") or "text").lower() in ("text", "search")
    )


def _by_body_class(document: Document) -> int:
    body = document.tree.find("body")
    classes = classes_of(body) if body is not None else frozenset()
    if any(_SINGLE_BODY.match(name) for name in classes):
        return 3
    is_deep = urlsplit(document.url).path.strip("/").count("/") >= 2
    return -6 if classes & _LISTING_BODY or (classes & _FRONT_BODY and not is_deep) else 0


def _by_text(look: Look, chars: int) -> int:
    score = 0
    if chars >= ENOUGH_CHARS:
        score += 2
    if chars >= 4 * ENOUGH_CHARS:
        score += 1
    if look.link_chars > 0.5 * look.text_chars:
        score -= 4
    score += look.has_date + look.has_author
    return score - (0 if look.has_title else 1)


def _by_form(document: Document, said: Said, title: str, look: Look) -> int:
    """What the form of a page takes away that does not claim to be an article."""
    rows = _rows(document)
    score = 0
    if (
        rows.cards >= 3
        and rows.run < 3
        and rows.under_cards >= max(rows.plain, 0.4 * look.text_chars)
    ):
        score -= 5 if rows.run < 2 else 3
    if not rows.plain + rows.under_cards and _is_mostly_links(document):
        score -= 4
    if "noindex" in (said.first("robots") or "").lower():
        score -= 1
    if look.text_chars >= _FEW_CHARS:
        return score
    together = "\n".join(document.named)
    if ("cart" in together or "price" in together) and any(map(_SELLS.search, document.named)):
        score -= 3
    heading = next(document.tree.iter("h1"), None)
    if _REFUSED.search(f"{title} {_text(heading)[:200] if heading is not None else ''}"):
        # Three paragraphs in a row are a text about refusals.
        score -= 3 if rows.run < 3 else 1
    return score - 4 if _asks_before(document, heading, together) else score


def _is_mostly_links(document: Document) -> bool:
    """True for a page of links (videos, pictures) without any paragraph of prose."""
    body = document.tree.find("body")
    if body is None:
        return False
    whole = sum(
        len(text.strip()) for text in body.xpath(".//text()[not(parent::script or parent::style)]")
    )
    linked = sum(len(_text(link)) for link in islice(body.iter("a"), 2_000))
    return linked > 0.6 * whole


def _asks_before(document: Document, heading: Node, together: str) -> bool:
    """True when the headline stands in a box that asks for consent or a password, or the page has
    no headline and asks whether its reader is human."""
    if heading is None:
        return "captcha" in together or "challenge" in together
    for place in heading.iterancestors():
        named = f"{place.get('class') or ''} {place.get('id') or ''}".lower()
        if place.tag not in ("html", "body") and _ASKS.search(named):
            return True
    for field in islice(document.tree.iter("input"), 200):
        if (field.get("type") or "").lower() == "password":
            around = [place for place in field.iterancestors() if place.tag not in ("html", "body")]
            return any(place in around for place in heading.iterancestors())
    return any("captcha" in name and "comment" not in name for name in document.named) and (
        _text(heading).rstrip().endswith("?")
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """How the paragraphs of a page stand to its headings."""

    cards: int
    """Headings that lead elsewhere: the rows of a listing."""
    under_cards: int
    """Signs of the paragraphs right below them."""
    plain: int
    """Signs of the other paragraphs."""
    run: int
    """The most of those one after the other."""


def _rows(document: Document) -> _Rows:
    """Paragraphs of a listing stand under headings that lead elsewhere; those of an article under
    its own headline, one after the other."""
    cards = under_cards = plain = run = longest = below = 0
    is_card = False
    parent: Node = None
    for node in islice(document.tree.iter("h1", "h2", "h3", "h4", "p"), 2_000):
        if node.tag != "p":
            is_card = _leads_away(node, document.url)
            cards += is_card
            below = 0
            continue
        chars = len(_text(node))
        if chars < _PROSE_CHARS:
            continue
        below += 1
        if is_card and below <= _CARD_PARAGRAPHS:
            under_cards += chars
            continue
        plain += chars
        run = run + 1 if node.getparent() is parent else 1
        parent = node.getparent()
        longest = max(longest, run)
    return _Rows(cards, under_cards, plain, longest)


def _leads_away(heading: Node, url: str) -> bool:
    """True for a heading that is a link and little else, and not to this page."""
    links = list(heading.iter("a")) or list(islice(heading.iterancestors("a"), 1))
    linked = sum(len(_text(link)) for link in links if link.get("href"))
    if not linked or linked < 0.9 * len(_text(heading)):
        return False
    target = (links[0].get("href") or "").split("#")[0].rstrip("/")
    return bool(target) and not url.rstrip("/").endswith(target)


def _text(node: Node) -> str:
    return " ".join("".join(node.itertext()).split())


def _title(document: Document) -> str:
    node = next(document.tree.iter("title"), None)
    return _text(node)[:300] if node is not None else ""
