"""Who wrote it: names out of structured data, meta tags and bylines, cleaned and told apart.

Knows how names are written and joined, and which names are agencies' or desks'; the page's own
order of trust is kept: the first source that names anybody speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archiver.dom import Document, Node, classes_of, finder, fold_space, join, text_of
from archiver.extract.structured import Said
from archiver.model import Author

AUTHOR_META: Final = (
    "author", "article:author", "article:author_name",
    "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "citation_author", "dcsext.author", "cxenseparse:author", "authors",
    "article.author", "rbauthors", "og:article:author", "mediator_author", "twitter:data1",
)  # fmt: skip
_AGENCIES: Final = frozenset([
    "reuters", "ap", "associated press", "the associated press", "afp", "agence france presse",
    "agence france-presse", "dpa", "deutsche presse-agentur", "apa", "sda", "keystone-sda",
    "efe", "ansa", "pti", "press trust of india", "ani", "ians", "upi", "tass", "xinhua",
    "kyodo", "kyodo news", "yonhap", "bloomberg", "bloomberg news", "pa media", "pa",
    "press association", "pa news agency", "aap", "epd", "kna", "sid", "reuters staff", "lusa",
    "belga", "anp", "ritzau", "ntb", "tt", "stt", "pap", "čtk", "ctk", "mti", "tanjug",
    "ukrinform", "interfax", "ria novosti", "cna", "bernama", "antara", "canadian press",
    "the canadian press", "cp", "newsis", "jiji press", "wire", "wire services", "news agencies",
    "agencies", "agenturen", "ots", "pressetext", "globenewswire", "pr newswire",
    "business wire", "prnewswire",
])  # fmt: skip
_DESK: Final = re.compile(
    r"\b(?:editors?|editorial|redaktion|redaction|redacción|redacao|redação|redazione|rédaction|redactie|staff|"
    r"team|newsroom|desk|admin(?:istrator)?|webmaster|guest|contributors?|press release|"
    r"news service|magazine|"
    r"office|department|group|inc\.?|llc|ltd\.?|gmbh|media|newspaper|correspondents?|reporters?|bureau)\b",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^\W*(?:(?:written|posted|published|words?|story|text|article|reported|reviewed|created|authored|submitted|"
    r"geschrieben|verfasst|veröffentlicht|erstellt|escrito|publicado|écrit|publié|scritto|door|autor(?:in|es|a)?|"
    r"authors?|auteurs?|autori|contributor|text)\b\s*:?\s*)*(?:by|von|par|por|di|de|del|door|av|af|od|przez|le|"
    r"oleh|автор|от)?(?:\s*:|\b)\s*(?=\S)",
    re.IGNORECASE,
)
_ROLE: Final = re.compile(
    r"^(?:the )?(?:(?:senior|chief|managing|deputy|associate|assistant|contributing|executive|"
    r"lead|staff|special|"
    r"guest|freelance|political|business|sports?|technology|science|health|foreign|national|local|news|web|online|"
    r"digital|content|copy|founding|former|general|us|uk|eu|world|city|features?|opinion|culture|education|"
    r"environment|economics?|energy|crime|data|investigations?|travel|food|music|film|tv|art|arts)\b[\s,/&-]*)*"
    r"(?:editor(?:-in-chief|ial)?(?: at large)?|writers?|reporters?|correspondents?|"
    r"journalists?|columnists?|author|"
    r"producer|contributors?|intern|redakteur(?:in)?|chefredakteur(?:in)?|journalist(?:in|e)?|korrespondent(?:in)?|"
    r"director|manager|ceo|founder|co-founder|president|professor|fellow|analyst|strategist|specialist|marketer|"
    r"ph\.?d\.?|m\.?d\.?|rn|rd|mba|jd|esq\.?|jr\.?|sr\.?|ii|iii)\b.*$",
    re.IGNORECASE,
)
_JOIN: Final = re.compile(
    r"\s*(?:[;|•·/]|,?\s+(?:and|und|et|y|e|ed|og|och|en|i|a|und von|with|mit|&)\s+|,\s*&\s*|"
    r"\s+&\s+|\n)\s*",
    re.IGNORECASE,
)
_JUNK: Final = re.compile(
    r"https?://|www\.|@|\d{2,}|\b(?:comments?|share|min(?:ute)?s? read|updated?|published|"
    r"posted|facebook|twitter|"
    r"instagram|linkedin|follow|subscribe|email|read more|view all|more posts|all posts|see all|"
    r"bio|profile|"
    r"share this|copy link|photo|image|getty|unknown|anonymous|null|undefined|none|n/a|admin)\b",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"\s*(?:[,|–—(\-]\s*(?:for|of|at|für|from|in)\b.*|\s+(?:for|für)\s+[A-Z].*|\(.*|[-–—|]\s.*|\s+(?:am|on|at)\s+"
    r"(?:\d|mon|tue|wed|thu|fri|sat|sun).*|[•·|].*)$",
    re.IGNORECASE,
)
_HEAD_NAME: Final = re.compile(r"^[^\W\d_][\w.'’`\- ]*$")
_WRITTEN_BY: Final = re.compile(
    r"(?:written by|author|verfasst von|geschrieben von|escrito por|écrit par|geschreven door|"
    r"scritto da)$",
    re.IGNORECASE,
)
_BYLINE: Final = finder(
    "//*[@rel='author' or contains(concat(' ', @rel, ' '), ' author ')"
    " or @itemprop='author' or @itemprop='creator'"
    " or contains(@class, 'author') or contains(@class, 'Author') or contains(@class, 'byline')"
    " or contains(@class, 'Byline') or contains(@class, 'byl') or contains(@id, 'author')"
    " or contains(@class, 'posted-by') or contains(@class, 'writer')"
    " or contains(@class, 'contributor')"
    " or contains(@class, 'autor') or contains(@data-testid, 'uthor')"
    " or contains(@data-testid, 'yline')]"
)
_ELSEWHERE: Final = re.compile(
    r"comment|sidebar|related|footer|widget|teaser|recommend|popular|recent|latest|promo|carousel|card-|"
    r"testimonial|review-|quote|more-|next-|prev|navigation|menu|share|caption|credit",
    re.IGNORECASE,
)
_NAME_CLASS: Final = re.compile(r"name|^fn$|author$|author-link|byline|url", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Byline:
    """People and agencies that sign an article, and who says so."""

    authors: tuple[Author, ...] = ()
    agencies: tuple[str, ...] = ()
    source: str | None = None


def read_byline(
    document: Document, said: Said, by_rule: tuple[str, ...], site_name: str | None
) -> Byline:
    """The signatures of the first source that names a person; agencies of all sources before it."""
    own = {fold_space(name).casefold() for name in (site_name, said.article.publisher) if name}
    agencies: dict[str, None] = {}
    for source, named in _sources(document, said, by_rule):
        people: dict[str, Author] = {}
        for text, url, kind in named:
            if _is_agency(text):
                agencies.setdefault(text)
                continue
            for name in split_names(text):
                folded = name.casefold()
                if folded in own:
                    continue
                if _is_agency(name) or kind in {"organization", "newsmediaorganization"}:
                    agencies.setdefault(name)
                elif folded not in people:
                    people[folded] = Author(name, join(document.base_url, url) if url else None)
        if people:
            return Byline(tuple(people.values()), tuple(agencies), source)
    return Byline((), tuple(agencies), "markup" if agencies else None)


Named = Iterator[tuple[str, str | None, str]]
"""Texts that name somebody: (text, address, schema.org type in lower case)."""


def _sources(
    document: Document, said: Said, by_rule: tuple[str, ...]
) -> Iterator[tuple[str, Named]]:
    yield "rule", ((text, None, "") for text in by_rule)
    yield "json-ld", iter(said.article.authors)
    yield "meta", _from_meta(said)
    yield "markup", _from_markup(document)


def _from_meta(said: Said) -> Named:
    for name in AUTHOR_META:
        if name == "twitter:data1":
            label = said.first("twitter:label1") or ""
            if not _WRITTEN_BY.match(label):
                continue
        contents = said.meta.get(name, ())
        found = [(content, None, "") for content in contents if split_names(content)]
        if found:
            yield from found
            return


def _from_markup(document: Document) -> Named:
    """The best placed byline of the page, with what it links."""
    best: tuple[int, list[tuple[str, str | None, str]]] | None = None
    for order, node in enumerate(_BYLINE(document.tree)):
        text = text_of(node)
        if not 3 <= len(text) <= 160:
            continue
        trust = _trust(node)
        if trust <= -100:
            continue
        links = [a for a in (node if node.tag == "a" else None, *node.iter("a")) if a is not None]
        named = [
            (text_of(a), a.get("href"), "")
            for a in links
            if a.get("href") and split_names(text_of(a))
        ]
        if node.tag == "a" or not named:
            named = named or ([(text, None, "")] if split_names(text) else [])
        if not named:
            continue
        rank = trust * 1000 - order
        if best is None or rank > best[0]:
            best = (rank, named)
    return iter(best[1] if best else ())


def _trust(node: Node) -> int:
    trust = 0
    if node.get("rel") == "author" or "author" in (node.get("rel") or "").split():
        trust += 2
    if node.get("itemprop") in ("author", "creator"):
        trust += 2
    if any(_NAME_CLASS.search(name) for name in classes_of(node)):
        trust += 1
    for place in (node, *node.iterancestors()):
        named = f"{place.get('class') or ''} {place.get('id') or ''}"
        if place.tag in ("html", "body"):
            break
        if place.tag in ("aside", "nav", "footer", "figcaption", "figure") or _ELSEWHERE.search(
            named
        ):
            trust -= 3
        elif place.tag in ("article", "header", "main"):
            trust += 1
    return trust


def _is_agency(text: str) -> bool:
    return fold_space(text).casefold().strip(" .()") in _AGENCIES


def split_names(text: str) -> list[str]:
    """The names in a byline: ``By Ann Lee, Staff Writer, and Bob Ray`` → Ann Lee, Bob Ray.

    Empty when nothing in it can be a person's name.
    """
    text = re.sub(r"\S+@\S+\.\w+|https?://\S+", " ", text)
    stripped = _LEAD.sub("", fold_space(text), count=1).strip()
    names: list[str] = []
    for part in _JOIN.split(stripped):
        pieces = [piece.strip() for piece in part.split(",")]
        if not names and _is_inverted(pieces):
            pieces = [f"{pieces[1]} {pieces[0]}"]
        for piece in pieces:
            name = _clean_name(piece)
            if name and name not in names:
                names.append(name)
    return names


def _is_inverted(pieces: list[str]) -> bool:
    """True for ``Lee, Ann``: two capitalised words, the second no role."""
    return (
        len(pieces) == 2
        and all(re.fullmatch(r"[A-ZÀ-Þ][\w'’-]+", piece) for piece in pieces)
        and not _ROLE.match(pieces[1])
    )


def _clean_name(piece: str) -> str | None:
    name = _TAIL.sub("", piece).strip(' \t.:;,|–—-*"“”()[]')
    name = _LEAD.sub("", name, count=1).strip()
    if not 2 <= len(name) <= 60 or _JUNK.search(name) or _ROLE.match(name):
        return None
    if len(name.split()) > 6 or not any(sign.isalpha() for sign in name):
        return None
    return name
