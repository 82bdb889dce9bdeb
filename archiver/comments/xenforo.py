"""XenForo 2 and 1: threads, whose first post is the article, and comments on its add-ons' pages.

XenForo's templates are not public; the shapes are those that several independent readers of it
agree on (gallery-dl's extractor for its forums, browser extensions, forum scrapers):
``data-content="post-N"`` and ``data-author`` at each message, ``.bbWrapper`` for what was written,
``data-source`` at quotes, ``#1`` at the first post, ``.pageNav`` (in XenForo 1 ``.PageNav`` with
its ``data-`` attributes). Checked against its published shape and a saved page of XenForo
2 only, no server was asked.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from archiver.comments.markup import (
    Calendar,
    areas_of,
    calendar_of,
    first_with,
    in_utc,
    is_control,
    markup_of,
    number_in,
    outward,
    parts_of,
)
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.dom import Document, Node, classes_of, finder, join, paragraphs_of, text_of
from archiver.model import Ask, Comment, CommentStatus, ParentSource, Thread
from archiver.outcomes import ThreadOutcome

NAME: Final = "xenforo"

_RECORDS = finder(
    "//*[@data-content and contains(concat(' ', normalize-space(@class), ' '), ' message ')]"
    "|//*[@id='messageList']//li[starts-with(@id, 'post-') and @data-author]"
)
_CONTENT = re.compile(r"(?P<kind>post|(?!profile)[a-z_-]*comment)-(?P<number>\d+)")
_QUOTES = finder(".//*[self::blockquote or self::div][@data-source or @data-quote]")
_SOURCE = re.compile(r"\s*post:\s*(\d+)")
_SOURCE_LINK = re.compile(r"(?:#post-|/posts/|goto/post\?id=)(\d+)")
_PAGE = re.compile(r"/page-(\d+)/?$")
_PAGES = finder("//*[contains(@class, 'pageNav')]//a[contains(@href, 'page-')]/@href")
_OLD_NAV = finder("//*[contains(@class, 'PageNav') and @data-last and @data-baseurl]")
_CURRENT = finder("//*[contains(@class, 'pageNav-page--current')]")
_THREAD = re.compile(r"/(?:threads|t)/(?:[^/]*\.)?(\d+)(?:/|$)")
_STARTER = finder("//*[contains(@class, 'p-description')]//*[contains(@class, 'username')]")
_QUICK_REPLY = finder(
    "//form[contains(@class, 'js-quickReply') or contains(@class, 'quickReply')"
    " or @id='QuickReply']"
)
_NOT_TEXT = frozenset(
    {
        "bbCodeBlock--quote",
        "bbCodeQuote",
        "bbCodeBlock-expandLink",
        "js-selectToQuoteEnd",
        "message-lastEdit",
        "messageTextEndMarker",
        "attachedFiles",
        "message-signature",
    }
)
_MOST_PAGES: Final = 1000


def find(document: Document) -> Finding | None:
    """The other pages of the thread; from page 1, which is the article, never page 1 itself."""
    if not _is_here(document) or not _records(document):
        return None
    asks = tuple(Ask(url) for url in _other_pages(document))
    return Finding(_thread_ref(document), asks)


def owns(url: str) -> bool:  # noqa: ARG001
    """False: its answers are pages, and are read as such."""
    return False


def read(document: Document) -> Found | None:
    """The posts after the first, or the comments, each with the post it quotes as its parent."""
    if not _is_here(document):
        return None
    records = _records(document)
    if not records:
        return None
    calendar = calendar_of(document)
    first = _first_post(document, records)
    starter = _starter(document, first)
    first_number = records[first][1] if first is not None else None
    replies = [node for node in records if node is not first]
    comments = tuple(
        comment
        for node in replies
        if (comment := _comment(node, records, document, calendar, starter, first_number))
    )
    outcome = None
    if _other_pages(document):
        outcome = ThreadOutcome.PARTIAL
    elif first is not None:
        outcome = ThreadOutcome.COMPLETE
    thread = Thread(NAME, comments, None, _thread_ref(document), outcome)
    return Found(thread, (*_cut(replies, first), *_QUICK_REPLY(document.tree)))


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001
    """None: the further pages of a thread are pages like its first."""
    return None


def _is_here(document: Document) -> bool:
    return "message" in document.hints and (
        "bbwrapper" in document.hints or "messagelist" in document.hints
    )


def _records(document: Document) -> dict[Node, tuple[str, str]]:
    """The messages on the page, with (kind, number): a solution that is shown above its thread, and
    again in it, is one."""
    held: dict[Node, tuple[str, str]] = {}
    seen: set[tuple[str, str]] = set()
    for node in _RECORDS(document.tree):
        found = _CONTENT.fullmatch(node.get("data-content") or node.get("id") or "")
        if found is None or (found["kind"], found["number"]) in seen:
            continue
        seen.add((found["kind"], found["number"]))
        held[node] = (found["kind"], found["number"])
    return held


def _first_post(document: Document, records: dict[Node, tuple[str, str]]) -> Node:
    """The post that is the article; None on a later page, and where only comments are shown."""
    posts = [node for node, (kind, _) in records.items() if kind == "post"]
    for node in posts:
        if _number_shown(node) == 1:
            return node
    if not posts or any(_number_shown(node) for node in posts):
        return None
    return posts[0] if _page_number(document) == 1 else None


def _number_shown(node: Node) -> int | None:
    """``#21`` at a post: its place in the thread."""
    for part in node.iter("a", "span", "li"):
        text = (part.text or "").strip()
        if text.startswith("#") and text[1:].replace(",", "").replace(".", "").isdecimal():
            return number_in(text)
    return None


def _page_number(document: Document) -> int:
    found = _PAGE.search(urlsplit(document.url).path)
    if found:
        return int(found[1])
    current = [number_in(text_of(node)) for node in _CURRENT(document.tree)]
    return next((number for number in current if number), 1)


def _other_pages(document: Document) -> list[str]:
    """Addresses of all pages from the second on, except this one."""
    numbered: dict[int, str] = {}
    for href in _PAGES(document.tree):
        url = join(document.base_url, str(href).split("#")[0])
        found = _PAGE.search(urlsplit(url).path) if url else None
        if url and found:
            numbered[int(found[1])] = url
    for nav in _OLD_NAV(document.tree):
        last = number_in(nav.get("data-last")) or 1
        sentinel = nav.get("data-sentinel") or "{{sentinel}}"
        url = join(document.base_url, nav.get("data-baseurl").replace(sentinel, str(last)))
        if url and last > 1 and _PAGE.search(urlsplit(url).path):
            numbered[last] = url
    if not numbered:
        return []
    last = min(max(numbered), _MOST_PAGES)
    pattern = numbered[max(numbered)]
    here = _page_number(document)
    stem = pattern[: pattern.rindex("page-")]
    return [f"{stem}page-{number}" for number in range(2, last + 1) if number != here]


def _thread_ref(document: Document) -> str | None:
    key = (document.tree.get("data-content-key") or "").removeprefix("thread-")
    if key.isdecimal():
        return str(key)
    found = _THREAD.search(urlsplit(document.url).path)
    return found[1] if found else None


def _starter(document: Document, first: Node) -> str | None:
    """The name of who wrote the first post, which other pages of the thread name too."""
    if first is not None:
        return _author(first)
    return next((text_of(node) or None for node in _STARTER(document.tree)), None)


def _author(node: Node) -> str | None:
    said = (node.get("data-author") or "").strip()
    if said:
        return said
    named = first_with(node.iter(), "message-name", "username")
    return text_of(named) or None if named is not None else None


def _comment(
    node: Node,
    records: dict[Node, tuple[str, str]],
    document: Document,
    calendar: Calendar,
    starter: str | None,
    first_number: str | None,
) -> Comment | None:
    own = list(parts_of(node, records))
    body = _body(own)
    is_deleted = bool({"message--deleted", "deleted"} & classes_of(node))
    text = "" if is_deleted or body is None else paragraphs_of(body, _is_no_text)
    if not text and not is_deleted:
        return None
    user = next(
        (n for n in own if "username" in classes_of(n) and n.tag == "a" and n.get("href")), None
    )
    moment = calendar.of(_stamps(own, body))
    edited = first_with(own, "message-lastEdit", "editDate")
    parent = _quoted(body) if body is not None and not is_deleted else None
    author = _author(node)
    return Comment(
        comment_id=records[node][1],
        text=text,
        parent_id=None if parent == first_number else parent,
        parent_source=ParentSource.REPLY_LINK if parent and parent != first_number else None,
        author=author,
        author_id=_user_id(own),
        author_url=outward(document, user),
        is_article_author=author == starter if author and starter else None,
        is_staff=any("userBanner--staff" in classes_of(n) for n in own) or None,
        published_at=in_utc(moment),
        published_raw=moment.raw if moment else None,
        published_precision=moment.precision if moment else None,
        edited_at=in_utc(calendar.of(edited.iter())) if edited is not None else None,
        html=markup_of(body) if body is not None and not is_deleted else None,
        likes=_reactions(own),
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
        permalink=_permalink(own, records[node], document),
    )


def _body(own: list[Node]) -> Node:
    """What was written. A signature has a ``bbWrapper`` of its own, after it."""
    around = first_with(own, "message-userContent", "message-body", "messageContent")
    inner = around.iter() if around is not None else own
    return first_with(inner, "bbWrapper", "messageText")


def _is_no_text(node: Node) -> bool:
    return is_control(node) or bool(_NOT_TEXT & classes_of(node))


def _stamps(own: list[Node], body: Node) -> list[Node]:
    """The elements that may hold the time of posting: never one that was written in the post."""
    written = set(body.iter()) if body is not None else set()
    return [
        node
        for node in own
        if node not in written and (node.tag == "time" or "DateTime" in classes_of(node))
    ]


def _quoted(body: Node) -> str | None:
    """The number of the post that the first quote is from."""
    for quote in _QUOTES(body):
        found = _SOURCE.match(quote.get("data-source") or "")
        if found:
            return found[1]
        for link in quote.iter("a"):
            found = _SOURCE_LINK.search(link.get("href") or "")
            if found:
                return found[1]
    return None


def _user_id(own: list[Node]) -> str | None:
    said = (node.get("data-user-id") for node in own)
    return next((user for user in said if user and user.isdecimal() and user != "0"), None)


def _reactions(own: list[Node]) -> int | None:
    """ "Ann, Bob and 3 others": the names in ``bdi`` and the number beside them."""
    bar = first_with(own, "reactionsBar-link")
    if bar is None:
        return None
    names = list(bar.iter("bdi"))
    beside = paragraphs_of(bar, lambda node: node.tag == "bdi")
    return len(names) + (number_in(beside) or 0) or None


def _permalink(own: list[Node], record: tuple[str, str], document: Document) -> str | None:
    kind, number = record
    for node in own:
        href = node.get("href") if node.tag == "a" else None
        if href and kind == "post" and re.search(rf"(?:#post-|/post-|/posts/){number}/?$", href):
            return join(document.base_url, href)
    return urljoin(document.url, f"#{kind}-{number}")


def _cut(replies: list[Node], first: Node) -> list[Node]:
    """The replies; and of the article's post what is about its author and not of the article."""
    cut = replies if first is not None else areas_of(replies, is_named=_holds_messages)
    about = {"message-cell--user", "messageUserInfo", "message-signature", "message-lastEdit"}
    if first is not None:
        cut = [*cut, *(node for node in first.iter() if about & classes_of(node))]
    return cut


def _holds_messages(node: Node) -> bool:
    return bool({"block-body", "js-replyNewMessageContainer"} & classes_of(node))
