"""vBulletin 3 and 4: threads in the default styles and those after them. The first post is the
article.

Its templates are not public; the shapes are those that several independent readers of it agree on:
``post_message_N`` around what was written, inside ``li#post_N`` (4) or ``div#editN`` with
``table#postN`` (3), ``.username`` or ``.bigusername``, ``.postcounter`` or ``#postcountN`` for the
place in the thread, ``.bbcode_quote``. Checked against its published shape only, no server was
asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import urldefrag

from archiver.comments.markup import (
    Calendar,
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
from archiver.model import Ask, Comment, ParentSource, Thread
from archiver.outcomes import ThreadOutcome

NAME: Final = "vbulletin"

_MESSAGES = finder("//*[starts-with(@id, 'post_message_')]")
_ID = re.compile(r"post_message_(\d{1,12})")
_NAVS = finder(
    "//*[contains(concat(' ', @class, ' '), ' pagenav ')"
    " or contains(concat(' ', @class, ' '), ' pagination ')"
    " or contains(concat(' ', @class, ' '), ' pagination_top ')]"
)
_PAGE = re.compile(r"(?<=[?&]page=)\d+|(?<=/page)\d+(?=/?(?:\?|$))|(?<=-)\d+(?=\.html$)")
_QUOTED = re.compile(r"(?:#post|[?&]p=)(\d{1,12})")
_MEMBER = re.compile(r"[?&]u=(\d+)|member\.php\?(\d+)|/members/(\d+)")
_TOPIC = re.compile(r"[?&]t=(\d+)|showthread\.php[?/](\d+)|/threads/(\d+)|/(\d+)-[^/]*\.html$")
_DASHED = re.compile(r"(?<!\d)(\d\d)-(\d\d)-((?:19|20)\d\d)(?!\d)")
_MOST_PAGES: Final = 1000


def find(document: Document) -> Finding | None:
    """The other pages of the thread, except its first, which is the article."""
    if "post_message_" not in document.hints:
        return None
    if not _records(document):
        return None
    return Finding(_topic(document), tuple(Ask(url) for url in _other_pages(document)))


def owns(url: str) -> bool:  # noqa: ARG001
    """False: its answers are pages, and are read as such."""
    return False


def read(document: Document) -> Found | None:
    """The posts after the first, each with the post it quotes as its parent."""
    if "post_message_" not in document.hints:
        return None
    records = _records(document)
    if not records:
        return None
    calendar = _calendar(document, records)
    first = _first_post(document, records)
    starter = _author(first) if first is not None else None
    article = records[first][0] if first is not None else None
    replies = [node for node in records if node is not first]
    comments = tuple(
        comment
        for node in replies
        if (comment := _comment(node, records, document, calendar, (starter, article)))
    )
    outcome = None
    if _other_pages(document):
        outcome = ThreadOutcome.PARTIAL
    elif first is not None:
        outcome = ThreadOutcome.COMPLETE
    return Found(
        Thread(NAME, comments, None, _topic(document), outcome), tuple(_cut(replies, first))
    )


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001
    """None: the further pages of a thread are pages like its first."""
    return None


def _records(document: Document) -> dict[Node, tuple[str, Node]]:
    """The elements that are posts, with (number, the element of what was written)."""
    held: dict[Node, tuple[str, Node]] = {}
    for message in _MESSAGES(document.tree):
        found = _ID.fullmatch(message.get("id"))
        if found is None:
            continue
        names = {f"post_{found[1]}", f"edit{found[1]}", f"post{found[1]}"}
        around = [place for place in message.iterancestors() if place.get("id") in names]
        if around:
            held[around[-1]] = (found[1], message)
    return held


def _first_post(document: Document, records: dict[Node, tuple[str, Node]]) -> Node:
    """The post that is the article; None on a later page."""
    shown = {node: _number_shown(node) for node in records}
    first = next((node for node, number in shown.items() if number == 1), None)
    if first is not None or any(shown.values()):
        return first
    return next(iter(records)) if _page_number(document) == 1 else None


def _number_shown(node: Node) -> int | None:
    for link in node.iter("a"):
        if "postcounter" in classes_of(link) or (link.get("id") or "").startswith("postcount"):
            return number_in(text_of(link)) or number_in(link.get("name"))
    return None


def _page_number(document: Document) -> int:
    found = _PAGE.search(urldefrag(document.url)[0])
    return int(found[0]) if found and "page" in document.url else 1


def _other_pages(document: Document) -> list[str]:
    """Addresses of all pages from the second on, except this one."""
    numbered: dict[int, str] = {}
    for nav in _NAVS(document.tree):
        for link in nav.iter("a"):
            url = urldefrag(join(document.base_url, link.get("href") or "") or "")[0]
            found = _PAGE.search(url)
            if found and 1 < int(found[0]) <= _MOST_PAGES:
                numbered.setdefault(int(found[0]), url)
    if not numbered:
        return []
    pattern = numbered[max(numbered)]
    here = _page_number(document)
    return [
        _PAGE.sub(str(number), pattern, count=1)
        for number in range(2, max(numbered) + 1)
        if number != here
    ]


def _topic(document: Document) -> str | None:
    found = _TOPIC.search(document.url)
    return next(filter(None, found.groups()), None) if found else None


def _author(node: Node) -> str | None:
    named = first_with(node.iter(), "bigusername", "username")
    return text_of(named) or None if named is not None else None


def _comment(
    node: Node,
    records: dict[Node, tuple[str, Node]],
    document: Document,
    calendar: Calendar,
    article: tuple[str | None, str | None],
) -> Comment | None:
    number, message = records[node]
    body = first_with(message.iter(), "postcontent")
    body = body if body is not None else message
    text = paragraphs_of(body, _is_no_text)
    if not text:
        return None
    starter, first_number = article
    own = list(parts_of(node, records))
    written = set(message.iter())
    user = next(
        (n for n in own if n.tag == "a" and {"bigusername", "username"} & classes_of(n)), None
    )
    address = outward(document, user) if user is not None else None
    member = _MEMBER.search(address or "")
    author = _author(node)
    stamp = _bar(n for n in own if n not in written)
    moment = calendar.read(_dated(stamp))
    edited = first_with(own, "lastedited", "editedby")
    parent = _quoted(body)
    parent = None if parent == first_number else parent
    return Comment(
        comment_id=number,
        text=text,
        parent_id=parent,
        parent_source=ParentSource.REPLY_LINK if parent else None,
        author=author,
        author_id=next(filter(None, member.groups()), None) if member else None,
        author_url=address,
        is_article_author=author == starter if author and starter else None,
        published_at=in_utc(moment),
        published_raw=stamp if moment else None,
        published_precision=moment.precision if moment else None,
        edited_at=in_utc(calendar.read(_dated(text_of(edited)))) if edited is not None else None,
        html=markup_of(body),
        permalink=f"{urldefrag(document.url)[0]}#post{number}",
    )


def _calendar(document: Document, records: dict[Node, tuple[str, Node]]) -> Calendar:
    """How the board writes its times: ``05-13-2026``, unless one of its days comes first."""
    said = [_bar(parts_of(node, [message])) for node, (_, message) in records.items()]
    days = [found for text in said for found in _DASHED.findall(text)]
    calendar = calendar_of(document)
    if any(int(first) > 12 for first, _, _ in days):
        return replace(calendar, month_first=False)
    english = calendar.month_first or document.tree.get("lang") is None
    is_sure = any(int(second) > 12 for _, second, _ in days)
    return replace(calendar, month_first=is_sure or english)


def _bar(around: Iterable[Node]) -> str:
    """The text of the bar over a post; what its author's box says comes after it."""
    held = list(around)
    named = first_with(held, "postdate", "date")
    if named is not None:
        return text_of(named)
    heads = (text_of(n) for n in held if "thead" in classes_of(n) and n.tag in ("td", "div"))
    return next((text for text in heads if any(map(str.isdecimal, text))), "")


def _dated(text: str) -> str:
    return _DASHED.sub(r"\1/\2/\3", text)


def _is_quote(node: Node) -> bool:
    """True for a quote's box: named so in vBulletin 4, an inset cell below its label in 3."""
    if "bbcode_container" in classes_of(node):
        return first_with(node.iter(), "bbcode_quote", "quote_container") is not None
    if node.tag != "div" or "margin" not in (node.get("style") or ""):
        return False
    return any(n.tag in ("td", "div") and "alt2" in classes_of(n) for n in node.iter())


def _is_no_text(node: Node) -> bool:
    return is_control(node) or _is_quote(node) or bool({"signature"} & classes_of(node))


def _quoted(body: Node) -> str | None:
    """The number of the post that the first quote links."""
    for node in body.iter("div"):
        if _is_quote(node):
            for link in node.iter("a"):
                found = _QUOTED.search(link.get("href") or "")
                if found:
                    return found[1]
    return None


def _cut(replies: list[Node], first: Node) -> list[Node]:
    """The replies; and of the article's post what is about its author and not of the article."""
    about = {"userinfo", "postfoot", "signature"}
    if first is None:
        return replies
    return [*replies, *(node for node in first.iter() if about & classes_of(node))]
