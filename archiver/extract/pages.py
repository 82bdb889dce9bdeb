"""Articles that go on: which page of one this is, which is the first, which comes next.

Knows how WordPress and others number pages in addresses (``/2/``, ``/page/2``, ``?page=2``); not
how pages are fetched or joined.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archiver.dom import Document, Node, classes_of, join
from archiver.model import Page

_BODY_CLASS: Final = re.compile(r"^(?:single|page)-paged-(\d{1,3})$")
_PATH: Final = re.compile(
    r"^(?P<head>.*?/[^/]*[^/\d][^/]*)/(?:page/|seite/|pagina/|p)?(?P<number>\d{1,3})/?$"
)
_COMMENT_PAGE: Final = re.compile(r"/comment-page-\d+/?(?=$|[?#])")
_KEYS: Final = ("page", "pg", "paged", "p", "seite", "pagina")
_PAGER: Final = re.compile(
    r"page-links|post-nav-links|post-page-numbers|pagelink|link-pages|article-pag|nextpage|multipage"
)


def page_number_of(document: Document, page: Page) -> int:
    """Which page of its article this is: 1 unless errand, body class or address say otherwise.

    A number in the address counts only when the page links its first page from a pager or names
    it as ``rel=prev`` or canonical: ``/apollo/11/`` is no eleventh page.
    """
    if page.errand.page_number > 1:
        return page.errand.page_number
    body = document.tree.find("body")
    for name in classes_of(body) if body is not None else ():
        found = _BODY_CLASS.match(name)
        if found:
            return int(found[1])
    head, number = _split(page.url)
    if number < 2:
        return 1
    linked = {_bare(url) for url in _pager_links(document)}
    return number if _bare(head) in linked else 1


def first_page_of(url: str, page_number: int) -> str:
    """``url`` without the number of a continuation page and without that of a page of comments,
    which WordPress names as canonical; ``url`` itself for page 1."""
    url = _COMMENT_PAGE.sub("/", url)
    if page_number < 2:
        return url
    head, number = _split(url)
    return head if number == page_number else url


def next_page_of(document: Document, page: Page) -> str | None:
    """Where the article goes on, absolute; None on the last page and on an article of one page."""
    wanted = page_number_of(document, page) + 1
    here = first_page_of(page.url, wanted - 1)
    for url in _pager_links(document):
        head, number = _split(url)
        if number == wanted and _bare(head) == _bare(here):
            return url
    return None


def _pager_links(document: Document) -> list[str]:
    nodes: list[Node] = [
        node
        for node in document.tree.iter("link", "a")
        if node.get("href") and {"next", "prev", "canonical"} & set((node.get("rel") or "").split())
    ]
    for node in document.tree.iter("div", "nav", "p", "ul", "a"):
        if _PAGER.search(node.get("class") or ""):
            nodes += [link for link in node.iter("a") if link.get("href")]
    joined = (join(document.base_url, node.get("href")) for node in nodes)
    return [url for url in joined if url is not None]


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.split("#", maxsplit=1)[0]).rstrip("/")


def _split(url: str) -> tuple[str, int]:
    """(address of page 1, page number) as ``url`` reads; (``url``, 1) when it has no number."""
    parts = urlsplit(url)
    found = _PATH.match(parts.path)
    if found and not re.fullmatch(r"(?:/\d{1,4})*", found["head"]):
        slash = "/" if parts.path.endswith("/") else ""
        return urlunsplit(parts._replace(path=found["head"] + slash, fragment="")), int(
            found["number"]
        )
    query = parse_qsl(parts.query, keep_blank_values=True)
    for key, value in query:
        if key in _KEYS[:3] + _KEYS[4:] and value.isdigit() and 1 < int(value) < 1000:
            rest = urlencode([(k, v) for k, v in query if k != key])
            return urlunsplit(parts._replace(query=rest, fragment="")), int(value)
    return url, 1
