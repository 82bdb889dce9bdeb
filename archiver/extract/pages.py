"""Articles that go on: which page of one this is, which is the first, which comes next.

Knows how content systems number pages in addresses (``/2/``, ``page-2.html``, ``,2.html``,
``?page=2``, from 1 or from 0) and that a number alone proves nothing: a link to the next *article*,
to the next picture or to older comments may carry one as well. Not how pages are fetched or joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archiver.dom import Document, Node, classes_of, join
from archiver.model import Page

_BODY_CLASS: Final = re.compile(r"^(?:single|page)-paged-(\d{1,3})$")
_NUMBERED: Final = re.compile(r"(?<!\d)(?P<number>\d{1,3})(?P<end>\.\w{2,5})?/?$")
_WORD: Final = re.compile(
    r"[/_,.-](?:page|seite|pagina|p[aá]g|strona|side|sida|sivu|sayfa|oldal|halaman|trang|p)[-_/,.]?$",
    re.IGNORECASE,
)
_LONGEST_WORD: Final = 9
_LONGEST_NUMBER: Final = 11
"""``/123.shtml/`` and a digit more."""
_DAY: Final = re.compile(r"(?:/\d{1,4})*")
_KEYS: Final = frozenset([
    "page", "pg", "paged", "seite", "pagina", "strona", "side", "sida", "sayfa", "pageno",
    "pagenum", "pagenumber", "page_no", "currentpage", "p",
])  # fmt: skip
_COMMENT_PAGE: Final = re.compile(r"/comment-page-\d+/?(?=$|[?#])")
_PAGER: Final = re.compile(
    r"page-links|post-nav-links|post-page-numbers|page-?link|link-pages|(?:article|post|page|story)-?_*pag|"
    r"next-?page|multi-?page|pagination|paginator|paging|pager|paginacion|paginazione|paginierung"
)
_ELSEWHERE: Final = re.compile(
    r"comment|kommentar|comentari|commenti|gallery|galerie|galler[iy]a|slide|carousel|photo|related|teaser|sidebar|"
    r"widget|aside|recirc|infinite|video|(?:article|post|news|stor(?:y|ie)|result|alternative)s?[-_]?(?:list|grid|feed)"
)
_LABEL: Final = re.compile(r"^\W{0,3}(\d{1,2})\W{0,3}$")
_MOST_PAGES: Final = 50
"""Pages of one article; what counts beyond is a trap. The longest here has 12."""
_MOST_LINKS: Final = 5_000
"""Links of a page that are looked at; the busiest of 1,354 real pages has 1,500."""


@dataclass(frozen=True, slots=True)
class _Spelled:
    """An address as one of several pages: what they share, and the number of this one."""

    key: str
    first: str
    """The address without its number."""
    number: int | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """A link that may lead to another page of the article."""

    url: str
    whole: str
    """``url`` as addresses are compared."""
    spelled: _Spelled
    rel: frozenset[str]
    label: int | None
    """The number that the link shows."""


def page_number_of(document: Document, page: Page) -> int:
    """Which page of its article this is: 1 unless errand, body class or address say otherwise.

    A number in the address counts only when the page links its first page from a pager or names
    it as ``rel=prev`` or canonical: ``/apollo/11/`` is no eleventh page.
    """
    is_plain = page.errand.page_number <= 1 and _spell(page.url).number is None
    return _number_of_body(document) or 1 if is_plain else _place(document, page)[0]


def next_page_of(document: Document, page: Page) -> str | None:
    """Where the article goes on, absolute; None on the last page and on an article of one page.

    The address is this one's with the next number in it. ``rel=next`` alone is not believed: in
    WordPress it is the next article.
    """
    number, first_number, steps = _place(document, page)
    own = _spell(page.url)
    keys = {own.key} if number > 1 or own.number == first_number else {_whole(page.url)}
    for step in steps:
        there = step.spelled
        if there.key not in keys or there.number is None or number >= _MOST_PAGES:
            continue
        if there.number - first_number == number and _is_believed(step, own, number):
            return step.url
    return None


def _is_believed(step: _Step, own: _Spelled, number: int) -> bool:
    """True for a link that shows its number, and for one that shows none ("Continue") where its
    form is that of the address we are at, or one that no headline ends in."""
    if step.label is not None:
        return step.label == number + 1
    form = step.spelled.form
    if number > 1:
        return form == own.form
    return form in ("word", "query") or (form == "folder" and own.number is None)


def first_page_of(url: str, page_number: int) -> str:
    """``url`` without the number of a continuation page and without that of a page of comments,
    which WordPress names as canonical; ``url`` itself for page 1."""
    url = _COMMENT_PAGE.sub("/", url)
    if page_number < 2:
        return url
    spelled = _spell(url)
    # Numbers that begin with 0 are one behind.
    return spelled.first if spelled.number in (page_number, page_number - 1) else url


def _place(document: Document, page: Page) -> tuple[int, int, list[_Step]]:
    """(page number, number that the first page has in addresses, links to other pages)."""
    own = _spell(page.url)
    whole = _whole(page.url)
    steps = list(_steps(document, (own.key, whole)))
    first_number = _first_number(own, steps, page.errand.page_number)
    if page.errand.page_number > 1:
        return page.errand.page_number, first_number, steps
    number = _number_of_body(document)
    if number is not None:
        return number, first_number, steps
    if own.number is None or own.number <= first_number or own.number > _MOST_PAGES:
        return 1, first_number, steps
    is_shown = any(
        step.whole == own.key
        or (step.spelled.key == own.key and step.spelled.number == first_number)
        for step in steps
        if own.form != "tail" or step.label == 1
    )
    return own.number - first_number + 1 if is_shown else 1, first_number, steps


def _number_of_body(document: Document) -> int | None:
    """The page number in the classes of ``body``, as WordPress writes it there."""
    body = document.tree.find("body")
    for name in classes_of(body) if body is not None else ():
        found = _BODY_CLASS.match(name)
        if found:
            return int(found[1])
    return None


def _first_number(own: _Spelled, steps: list[_Step], number: int) -> int:
    """1, or 0 where a pager shows one more than its addresses say."""
    labelled = [s for s in steps if s.label is not None and s.spelled.number is not None]
    if labelled:
        return 0 if all(s.label == (s.spelled.number or 0) + 1 for s in labelled) else 1
    if number > 1 and own.number is not None:
        return 0 if own.number == number - 1 else 1
    for step in steps:
        if "next" in step.rel and own.number is None and step.spelled.number == 1:
            return 0
        if "prev" in step.rel and own.number == 1 and step.whole == own.key:
            return 0
    return 1


def _steps(document: Document, keys: tuple[str, str]) -> Iterator[_Step]:
    """Links of the article to addresses that ``keys`` share: by ``rel``, showing a number, or in a
    pager; not those of comments, galleries and lists."""
    in_pager = {
        link
        for wording, nodes in document.named.items()
        if "pag" in wording and _PAGER.search(wording)
        for node in nodes[:20]
        for link in islice(node.iter("a"), 100)
    }
    stem = _stem(keys)
    for node in islice(document.tree.iter("a", "link"), _MOST_LINKS):
        href = node.get("href") or ""
        # Most links of a page lead elsewhere, which their addresses show at once.
        if not href or ("/" in href and stem not in href):
            continue
        rel = node.get("rel")
        words = frozenset(rel.lower().split()) & _RELS if rel else _NONE
        label = _label(node)
        if not words and label is None and node not in in_pager:
            continue
        url = join(document.base_url, href)
        if url is None or "comment" in href.rpartition("#")[2]:
            continue
        url = url.partition("#")[0]
        step = _Step(url, _whole(url), _spell(url), words, label)
        is_ours = step.spelled.key in keys or step.whole in keys
        if is_ours and not (node.tag == "a" and _is_elsewhere(node)):
            yield step


def _stem(keys: tuple[str, str]) -> str:
    """What the addresses that share one of ``keys`` all have in them; empty where that cannot be
    told, because letters can be written in several ways."""
    paths = (key.partition("?")[0].partition("/")[2] for key in keys)
    names = {path.rpartition("/")[2] for path in paths}
    shortest = min(names, key=len)
    is_plain = shortest.isascii() and not set(shortest) & set("%+&;")
    return shortest if is_plain and all(shortest in name for name in names) else ""


_RELS: Final = frozenset({"next", "prev", "canonical"})
_NONE: Final[frozenset[str]] = frozenset()


def _label(node: Node) -> int | None:
    if node.tag != "a":
        return None
    text = node.text
    if len(node) == 1 and not (text or "").strip():
        text = node[0].text if isinstance(node[0].tag, str) else None
    found = _LABEL.match(text.strip()) if text and len(text) <= 40 else None
    return int(found[1]) if found else None


def _is_elsewhere(node: Node) -> bool:
    return any(
        _ELSEWHERE.search(f"{place.get('class') or ''} {place.get('id') or ''} {place.tag}".lower())
        for place in islice(node.iterancestors(), 6)
        if place.tag not in ("body", "html", "article", "main")
    )


def _whole(url: str) -> str:
    """``url`` as addresses are compared: without scheme, ``www.``, suffix and last slash."""
    parts = urlsplit(url)
    path = re.sub(r"(?:/index)?\.\w{2,5}$|/index$", "", parts.path.rstrip("/")).rstrip("/")
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.netloc.lower().removeprefix('www.')}{path}?{query}"


def _spell(url: str) -> _Spelled:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in query:
        # /?p=7 is WordPress' article 7.
        if name.lower() not in _KEYS or (name.lower() == "p" and parts.path.strip("/") == ""):
            continue
        if value.isascii() and value.isdigit() and len(value) <= 3:
            rest = urlencode([pair for pair in query if pair != (name, value)])
            first = urlunsplit(parts._replace(query=rest, fragment=""))
            return _Spelled(_whole(first), first, int(value), "query")
    found = _NUMBERED.search(parts.path, max(0, len(parts.path) - _LONGEST_NUMBER))
    form, stem = _form_before(parts.path[: found.start()]) if found else ("", "")
    if not found or not stem.strip("/"):  # of a front page a second is older news
        return _Spelled(_whole(url), url)
    path = _first_path(stem, parts.path, form, found["end"] or "")
    key = _whole(urlunsplit(parts._replace(path=stem, fragment="")))
    first = urlunsplit(parts._replace(path=path, fragment=""))
    return _Spelled(key, first, int(found["number"]), form)


def _form_before(before: str) -> tuple[str, str]:
    """(how the number that follows ``before`` is written, what stands before it); form ``""`` when
    it is no page's number."""
    word = _WORD.search(before, max(0, len(before) - _LONGEST_WORD))
    if word:  # story/page/2, story/page-2.html, story-seite-2, story_p2.html
        return "word", before[: word.start()]
    stem = before[:-1]
    if before.endswith("/") and not _DAY.fullmatch(stem) and not stem.rpartition("/")[2].isdigit():
        return "folder", stem  # story/2/, story/2.html; not 2026/05/2/, which is a day
    if before.endswith(","):
        return "comma", stem  # story,2.html
    if before.endswith(("-", "_")) and stem[-1:].isalpha():
        # story-2.html: as often another article (WordPress tells equal slugs apart so)
        return "tail", stem
    return "", ""


def _first_path(stem: str, path: str, form: str, end: str) -> str:
    """The path without its number: ``story-2.html`` → ``story.html``, ``story/2/`` → ``story/``."""
    if form == "folder" or path[len(stem)] == "/":
        return f"{stem}/" if end or path.endswith("/") else stem
    return f"{stem}{end}" + ("/" if path.endswith("/") else "")
