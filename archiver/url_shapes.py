"""What an address alone says about the page behind it.

Knows the habits of news sites: dates, slugs and numbers in article addresses, the words of
sections, the suffixes of files. Says "looks like" and no more: what a page is, its reading decides.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|m?js|json|woff2?|ttf|eot|mp[34]|m4[av]|ogg"
    r"|oga|ogv|wav|webm|avi|mov|wmv|flv|m3u8?|zip|gz|bz2|xz|7z|rar|tar|exe|dmg|apk|iso|pdf|docx?"
    r"|xlsx?|pptx?|odt|epub|ics|vcf|xsl|swf)$",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"/(?:wp-json|wp-content|wp-includes|api|ajax|oembed)(?:/|$)|/amp/?$", re.IGNORECASE
)
_AMP = frozenset({("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp")})

_FEED = re.compile(
    r"(?:^|/)(?:feeds?|rss|atom|rdf|feed\.json|[\w-]*(?:rss|feed|atom)[\w-]*\.(?:xml|rss|rdf|json)"
    r"|[\w-]+\.(?:rss|rdf|atom))/?$",
    re.IGNORECASE,
)
# One word of a segment or a value, such as "comments" in "comments.xml" and "comments-rss2".
_COMMENTS = re.compile(r"(?:^|[-_.])comments(?:[-_.]|$)", re.IGNORECASE)
_FEED_WORD = re.compile(r"(?:^|[-_.])(?:feeds?|rss2?|atom|rdf|xml)(?:[-_.]|$)", re.IGNORECASE)
_COMMENT_FEED = re.compile(
    r"(?:^|[-_.])comments?[-_.]?(?:feeds?|rss2?|atom|rdf|xml)(?:[-_.]|$)|^crss$", re.IGNORECASE
)

_DATED = re.compile(r"/(?:19|20)\d\d[/-][01]?\d(?:[/-][0-3]?\d)?/(?:[^/]+/)*[^/]*[^/\d][^/]*/?$")
_SLUG = re.compile(r"[^\W_]+(?:[-_,]+[^\W_]+){3,}[-_]*")
"""Four words and more, joined: a headline. Sections have one to three (``arts-and-culture``)."""
_NUMBERED = re.compile(r"(?:^|[^\d])\d{5,}(?:[^\d]|$)")
_PAGE_FILE = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cms|ece)$", re.IGNORECASE)
_ARTICLE_PARAMETERS = frozenset(
    {
        "p", "id", "article", "articleid", "article_id", "artid", "aid", "story", "storyid",
        "story_id", "newsid", "news_id", "nid", "post", "postid",
    }
)  # fmt: skip

_SECTION_FOLDER = frozenset(
    {
        "category", "categories", "cat", "tag", "tags", "topic", "topics", "section", "sections",
        "author", "authors", "autor", "autoren", "auteur", "archive", "archives", "archiv",
        "thema", "themen", "tema", "temas", "rubrik", "kategorie", "categoria", "etiqueta",
        "schlagwort", "mot-cle", "dossier", "label", "search", "suche", "buscar", "page", "seite",
        "pagina", "people", "profile", "contributors", "columnists",
    }
)  # fmt: skip
_PAGE_NUMBER = re.compile(r"/(?:page|seite|pagina|p)/?-?\d+/?$", re.IGNORECASE)
_DATE_ARCHIVE = re.compile(r"^/(?:[\w-]+/)?(?:19|20)\d\d(?:[/-][0-3]?\d){0,2}/?$")
_SECTION_PARAMETERS = frozenset(
    {"paged", "cat", "category", "author", "tag", "page", "seite", "offset", "start"}
)


def is_file(url: str) -> bool:
    """True when ``url`` names a picture, a style sheet, a document, a machine's interface or the
    AMP edition of a page: nothing that a crawl for articles follows."""
    parts = urlsplit(url)
    if _FILE.search(parts.path) and not _FEED.search(parts.path):
        return True
    if _MACHINE.search(parts.path):
        return True
    return any((name.lower(), value.lower()) in _AMP for name, value in _parameters(parts.query))


def looks_like_feed(url: str) -> bool:
    """True when ``url`` looks like that of a feed of articles."""
    parts = urlsplit(url)
    if looks_like_comment_feed(url):
        return False
    # WordPress without pretty addresses: /?feed=rss2.
    return _FEED.search(parts.path) is not None or any(
        name == "feed" for name, _ in _parameters(parts.query)
    )


def looks_like_comment_feed(url: str) -> bool:
    """True when ``url`` looks like that of a feed of readers' comments.

    Singular and alone, "comment" is the opinion pages of a British newspaper: ``/comment/rss``.
    """
    parts = urlsplit(url)
    words = parts.path.split("/") + [value for _, value in _parameters(parts.query)]
    # An article about them has them in a headline: "no-comments-on-the-feed".
    words = [word for word in words if word and not _SLUG.fullmatch(word)]
    if any(_COMMENT_FEED.search(word) for word in words):
        return True
    return any(map(_COMMENTS.search, words)) and any(map(_FEED_WORD.search, words))


def looks_like_section(url: str) -> bool:
    """True when ``url`` looks like a front page, a list of articles or a later page of one."""
    parts = urlsplit(url)
    names = {name.lower() for name, _ in _parameters(parts.query)}
    if _PAGE_NUMBER.search(parts.path) or _DATE_ARCHIVE.search(parts.path):
        return True
    if parts.path == "/":
        return not names & _ARTICLE_PARAMETERS
    if names & _SECTION_PARAMETERS and not looks_like_article(url):
        return True
    folders = [segment.lower() for segment in parts.path.split("/") if segment]
    return any(folder in _SECTION_FOLDER for folder in folders[:2]) and not _DATED.search(
        parts.path
    )


def looks_like_article(url: str) -> bool:
    """True when ``url`` carries a date with something after it, a headline's words or a number
    long enough to count articles."""
    parts = urlsplit(url)
    if _DATED.search(parts.path):
        return True
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments:
        last = _PAGE_FILE.sub("", segments[-1])
        is_numbered = _NUMBERED.search(last) or any(
            segment.isdigit() and len(segment) >= 5 for segment in segments[:-1]
        )
        if is_numbered or _SLUG.fullmatch(last):
            return not any(folder.lower() in _SECTION_FOLDER for folder in segments[:-1][:2])
    return any(
        name.lower() in _ARTICLE_PARAMETERS and value.isdigit()
        for name, value in _parameters(parts.query)
    )


def continuation_number(url: str, article_url: str) -> int | None:
    """Number of the page when ``url`` is a later page of the article at ``article_url`` (both
    normalised); None when it is something else.

    WordPress writes ``<article>/2/`` or ``?p=7&page=2``, others ``?page=2`` or
    ``<article>/page/2``.
    """
    later, first = urlsplit(url), urlsplit(article_url)
    if (later.scheme, later.netloc) != (first.scheme, first.netloc):
        return None
    if later.query == first.query:
        stem = first.path.rstrip("/")
        rest = later.path.removeprefix(stem + "/") if stem else later.path
        number = re.fullmatch(r"(?:page[/-]?|seite[/-]?)?(\d{1,2})/?", rest, re.IGNORECASE)
        found = int(number[1]) if number and rest != later.path else 0
    elif later.path == first.path:
        before, after = _parameters(first.query), _parameters(later.query)
        pages = [pair for pair in after if pair[0].lower() in {"page", "seite", "pagina"}]
        others = [pair for pair in after if pair not in pages]
        base = [pair for pair in before if pair[0].lower() not in {"page", "seite", "pagina"}]
        plain = len(pages) == 1 and others == base and re.fullmatch(r"\d{1,2}", pages[0][1])
        found = int(pages[0][1]) if plain else 0
    else:
        found = 0
    return found if found >= 2 else None


def _parameters(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True) if query else []
