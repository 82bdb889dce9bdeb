"""Hyvor Talk: comments by website and page, through its Data API.

Knows the ``hyvor-talk-comments`` element and the older ``HYVOR_TALK_WEBSITE``. The API answers
those who come from the publisher's own domain (so the page is named as the referrer, which it is)
where the publisher allowed that; elsewhere it wants the publisher's key, and the outcome says so.
A page is looked up by its identifier first, its comments by the number found.

Shapes: talk.hyvor.com/docs/api-data (addresses, limits, access) and the types of a public client of
it (fields of comments and pages, filters). Checked against its published shape only, no server was
asked.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from archiver.comments.embeds import scripts_with, setting
from archiver.comments.locations import address_of, query_of, with_query
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import (
    at,
    epoch,
    flag,
    json_of,
    line_in,
    tables,
    text_in,
    whole,
    word,
)
from archiver.dom import Document, Node, finder
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME: Final = "hyvor"
_API: Final = "/api/data/v1/"
_HOME: Final = "https://talk.hyvor.com"
_PAGE: Final = 50
"""The most that the API gives at once."""
_ELEMENTS = finder("//hyvor-talk-comments")
_WEBSITE = re.compile(r"HYVOR_TALK_WEBSITE\s*=\s*[\"']?(\d{1,12})")
_INSTANCE = re.compile(r"https://(?:[a-z0-9-]+\.){0,3}hyvor\.[a-z]{2,10}(?=/|$)", re.IGNORECASE)
_NUMBER = re.compile(r"\bid[\"']?\s*:\s*(\d{1,15})\b")
_PAGE_ID = re.compile(r"^page_id\s*=\s*(\d{1,15})$")
_KEY = re.compile(r"api[ _-]?key|referer|referrer|domain|public access|not allowed", re.IGNORECASE)
_LOGIN = re.compile(r"log.?in|unauthenticated|unauthorized|authenticat", re.IGNORECASE)
_MISSING = re.compile(r"not found|no such|does not exist", re.IGNORECASE)


def find(document: Document) -> Finding | None:
    """Website and page, as ``<website>/<identifier>``, and the ask for the page's number."""
    if "hyvor" not in document.hints:
        return None
    elements = list(_ELEMENTS(document.tree))
    source = "\n".join(scripts_with(document, "hyvor_talk"))
    website, identifier = _of_elements(elements) if elements else _of_script(source)
    if website is None:
        return Finding() if elements else None
    home = _home_of(elements)
    identifier = identifier or address_of(document)
    pairs = [
        ("website_id", website),
        ("limit", "1"),
        ("filter", _is_page(identifier)),
    ]
    ask = Ask(with_query(f"{home}{_API}pages", pairs), headers=_headers(document.url))
    return Finding(f"{website}/{identifier}", (ask,))


def owns(url: str) -> bool:
    """True for one page, and for the comments of one page, of the Data API."""
    parts = urlsplit(url)
    if not parts.path.startswith(_API) or "hyvor" not in (parts.hostname or ""):
        return False
    kind = parts.path.removeprefix(_API).rstrip("/")
    return kind in ("pages", "comments") and bool(query_of(url).get("filter"))


def read(document: Document) -> Found | None:  # noqa: ARG001 - the protocol's form
    """``None``: no page shows Hyvor's comments itself."""
    return None


def read_answer(answer: Answer) -> Batch | None:
    """A page's number, with the ask for its comments; or comments, with the ask for the next of
    them. Raises ``PlatformError`` for what is neither, nor a refusal."""
    said = json_of(answer)
    if isinstance(said, dict):
        return _refusal(said, answer)
    if not isinstance(said, list):
        raise PlatformError("no list", place=Place(answer.url))
    kind = urlsplit(answer.url).path.rstrip("/").rpartition("/")[2]
    return _from_pages(said, answer) if kind == "pages" else _from_comments(said, answer)


def _is_page(identifier: str) -> str:
    """The API's filter for one page."""
    escaped = identifier.replace("\\", "\\\\").replace("'", "\\'")
    return f"identifier='{escaped}'"


def _of_elements(elements: list[Node]) -> tuple[str | None, str | None]:
    website = next((w for e in elements if (w := (e.get("website-id") or "").strip())), None)
    page = next((p for e in elements if (p := (e.get("page-id") or "").strip())), None)
    url = next((u for e in elements if (u := (e.get("page-url") or "").strip())), None)
    return (website if website and website.isdecimal() else None), page or url


def _of_script(source: str) -> tuple[str | None, str | None]:
    website = _WEBSITE.search(source)
    config = source.partition("HYVOR_TALK_CONFIG")[2][:2000]
    number = _NUMBER.search(config)
    identifier = number[1] if number else setting(config, "id")
    return (website[1] if website else None), identifier or setting(config, "url")


def _home_of(elements: list[Node]) -> str:
    """Where the API is: the publisher's own instance, where an element names one of Hyvor."""
    said = ((element.get("instance") or "").strip() for element in elements)
    named = (_INSTANCE.match(address) for address in said)
    return next((match[0].lower() for match in named if match), _HOME)


def _refusal(said: dict[str, Any], answer: Answer) -> Batch:
    message = word(said.get("message")) or word(said.get("error")) or ""
    if _KEY.search(message):
        outcome = ThreadOutcome.KEY_NEEDED
    elif _LOGIN.search(message):
        outcome = ThreadOutcome.LOGIN_NEEDED
    elif _MISSING.search(message):
        outcome = ThreadOutcome.NOT_FOUND
    else:
        raise PlatformError(f"no list of the Data API: {message}"[:200], place=Place(answer.url))
    return Batch(Thread(NAME, thread_ref=answer.thread_ref, outcome=outcome))


def _from_pages(pages: list[Any], answer: Answer) -> Batch:
    query = query_of(answer.url)
    page = next(tables(pages), None)
    number = whole(at(page, "id"))
    if page is None or number is None:
        outcome = ThreadOutcome.NOT_FOUND
        return Batch(Thread(NAME, thread_ref=answer.thread_ref, outcome=outcome))
    identifier = word(page.get("identifier"))
    if identifier is not None and query.get("filter") != _is_page(identifier):
        raise PlatformError("another page than was asked for", place=Place(answer.url))
    declared, website = whole(page.get("comments_count")), query.get("website_id")
    thread = Thread(NAME, (), declared, answer.thread_ref)
    url = _address(page.get("url"))
    if not website or declared == 0:
        return Batch(thread, article_url=url)
    return Batch(thread, (_comments_ask(answer, website, number, url, 0),), url)


def _from_comments(entries: list[Any], answer: Answer) -> Batch:
    query = query_of(answer.url)
    offset, limit = whole(query.get("offset")) or 0, whole(query.get("limit")) or 10
    number = _PAGE_ID.match(query.get("filter", ""))
    if number is None:
        raise PlatformError("comments of no one page", place=Place(answer.url))
    own = [e for e in tables(entries) if word(at(e, "page", "id")) in (None, number[1])]
    comments = tuple(c for entry in own if (c := _comment(entry)))
    page = at(own, 0, "page")
    url = _address(at(page, "url"))
    asks: tuple[Ask, ...] = ()
    if query.get("website_id") and comments and len(entries) >= limit:
        website = query["website_id"]
        asks = (_comments_ask(answer, website, int(number[1]), url, offset + len(entries)),)
    declared = whole(at(page, "comments_count")) if offset == 0 else None
    return Batch(Thread(NAME, comments, declared, answer.thread_ref), asks, url)


def _headers(page_url: str | None) -> tuple[tuple[str, str], ...]:
    """With the page as the referrer, without its fragment, as a browser has it."""
    referrer = ((("Referer", page_url.partition("#")[0]),)) if page_url else ()
    return (("Accept", "application/json"), *referrer)


def _comments_ask(answer: Answer, website: str, page: int, url: str | None, offset: int) -> Ask:
    """Comments of a page, oldest first, from ``offset`` on."""
    parts = urlsplit(answer.url)
    pairs = [
        ("website_id", website),
        ("limit", str(_PAGE)),
        ("offset", str(offset)),
        ("filter", f"page_id={page}"),
        ("sort", "created_at ASC"),
    ]
    home = f"{parts.scheme}://{parts.netloc}"
    return Ask(
        with_query(f"{home}{_API}comments", pairs), headers=_headers(answer.article_url or url)
    )


def _address(said: Any) -> str | None:
    url = word(said)
    return url if url and url.startswith(("http://", "https://")) else None


def _comment(entry: dict[str, Any]) -> Comment | None:
    """The comment that an entry is; ``None`` for one without an id, or without anything to read."""
    comment_id = word(entry.get("id"))
    if comment_id is None:
        return None
    text = text_in(entry.get("body_html"))
    status = _status(entry)
    shown = status is CommentStatus.VISIBLE
    if shown and not text:
        return None
    above = entry.get("parent_ids")
    parent = word(above[0]) if isinstance(above, list) and above else word(entry.get("parent_id"))
    user, written = entry.get("user"), entry.get("created_at")
    published = epoch(written)
    return Comment(
        comment_id=comment_id,
        text=text if shown else "",
        parent_id=parent,
        parent_source=ParentSource.ATTRIBUTE if parent else None,
        author=line_in(at(user, "name")) if shown else None,
        author_id=word(at(user, "htid")) or word(at(user, "id")) if shown else None,
        is_pinned=flag(entry.get("is_featured")) if shown else None,
        published_at=published,
        published_raw=word(written),
        published_precision=Precision.SECOND if published else None,
        html=word(entry.get("body_html")) if shown else None,
        likes=whole(entry.get("upvotes")) if shown else None,
        dislikes=whole(entry.get("downvotes")) if shown else None,
        status=status,
        permalink=word(entry.get("url")),
    )


def _status(entry: dict[str, Any]) -> CommentStatus:
    said = word(entry.get("status"))
    if said == "deleted" or flag(entry.get("is_deleted")):
        return CommentStatus.DELETED
    return CommentStatus.VISIBLE if said in (None, "published") else CommentStatus.HIDDEN
