"""phpBB 3: topics in the style prosilver and its descendants. The first post is the article.

Shapes: one version of ``phpBB/styles/prosilver/template/viewtopic_body.html`` (phpbb/phpbb), and
the quote as a page prints it (``data-post-id``, else ``cite="…#p7"``). Checked against its
published shape only, no server was asked.
"""

from __future__ import annotations

import re
from dataclasses import replace
from math import gcd
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urldefrag, urlencode, urlsplit, urlunsplit

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
from archiver.moments import Moment
from archiver.outcomes import ThreadOutcome

NAME: Final = "phpbb"

_RECORDS = finder(
    "//*[starts-with(@id, 'p') and contains(concat(' ', normalize-space(@class), ' '), ' post ')]"
)
_ID = re.compile(r"p(\d{1,12})")
_PAGINATION = finder("//*[contains(concat(' ', normalize-space(@class), ' '), ' pagination ')]")
_CANONICAL = finder("//link[@rel='canonical']/@href")
_QUOTES = finder(".//blockquote")
_FRAGMENT = re.compile(r"(?:#p|[?&]p=)(\d{1,12})")
_USER = re.compile(r"[?&]u=(\d{1,12})")
_TOPIC = re.compile(r"[?&]t=(\d{1,12})|-t(\d{1,12})(?:-\d+)?\.html$")
_SESSION = re.compile(r"(?<=[?&])sid=[0-9a-f]+&?|[?&]sid=[0-9a-f]+$")
_MOST_PAGES: Final = 1000


def find(document: Document) -> Finding | None:
    """The other pages of the topic, except its first, which is the article."""
    if not _is_here(document) or not _records(document):
        return None
    asks = tuple(Ask(url) for url in _other_pages(document))
    return Finding(_topic(document), asks, _declared(document))


def owns(url: str) -> bool:  # noqa: ARG001
    """False: its answers are pages, and are read as such."""
    return False


def read(document: Document) -> Found | None:
    """The posts after the first, each with the post it quotes as its parent."""
    if not _is_here(document):
        return None
    records = _records(document)
    if not records:
        return None
    calendar = calendar_of(document)
    first = next(iter(records)) if _start(document) == 0 else None
    starter = _author(first)[0] if first is not None else None
    replies = [node for node in records if node is not first]
    comments = tuple(
        comment
        for node in replies
        if (comment := _comment(node, records, document, calendar)) is not None
    )
    article = records[first] if first is not None else None
    comments = tuple(_placed(comment, article, starter) for comment in comments)
    declared = _declared(document)
    outcome = ThreadOutcome.PARTIAL if _other_pages(document) else None
    thread = Thread(NAME, comments, declared, _topic(document), outcome)
    return Found(thread, tuple(_cut(replies, first)))


def read_answer(answer: Answer) -> Batch | None:  # noqa: ARG001
    """None: the further pages of a topic are pages like its first."""
    return None


def _is_here(document: Document) -> bool:
    return "postbody" in document.hints and "postprofile" in document.hints


def _records(document: Document) -> dict[Node, str]:
    held: dict[str, Node] = {}
    for node in _RECORDS(document.tree):
        found = _ID.fullmatch(node.get("id"))
        if found is not None:
            held.setdefault(found[1], node)
    return {node: number for number, node in held.items()}


def _start(document: Document) -> int:
    """How many posts stand on earlier pages. An address that names a post (``p=7``) hides it, but
    the canonical one tells, and the number of the page that is not linked."""
    for url in (document.url, *(str(href) for href in _CANONICAL(document.tree))):
        said = parse_qs(urlsplit(url).query).get("start", [""])[0]
        if said.isdecimal():
            return int(said)
    for bar in _PAGINATION(document.tree):
        for node in bar.iter("li", "strong"):
            if node.tag == "strong" or "active" in classes_of(node):
                number = number_in(text_of(node))
                if number is not None:
                    return number - 1
    return 0


def _other_pages(document: Document) -> list[str]:
    """Addresses of all pages from the second on, except this one; steps as the links show them."""
    starts: dict[int, str] = {}
    for bar in _PAGINATION(document.tree):
        for link in bar.iter("a"):
            url = urldefrag(join(document.base_url, link.get("href") or "") or "")[0]
            said = parse_qs(urlsplit(url).query).get("start", [""])[0]
            if said.isdecimal() and int(said) > 0:
                starts.setdefault(int(said), url)
    if not starts:
        return []
    step, last = gcd(*starts), max(starts)
    if last // step > _MOST_PAGES:
        return []
    here = _start(document)
    pattern = starts[last]
    return [_at_start(pattern, start) for start in range(step, last + 1, step) if start != here]


def _at_start(url: str, start: int) -> str:
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("start", "sid")]
    return urlunsplit(parts._replace(query=urlencode([*pairs, ("start", str(start))])))


def _topic(document: Document) -> str | None:
    for url in (document.url, *(str(href) for href in _CANONICAL(document.tree))):
        found = _TOPIC.search(url)
        if found:
            return found[1] or found[2]
    return None


def _declared(document: Document) -> int | None:
    """ "21 posts • Page 1 of 2": the article's post is not counted."""
    for bar in _PAGINATION(document.tree):
        number = number_in(paragraphs_of(bar, lambda node: node.tag in ("a", "ul", "strong")))
        if number:
            return number - 1
    return None


def _author(node: Node) -> tuple[str | None, Node]:
    """(name, the element that has it): beside the text first, in the profile else."""
    for around in ("author", "postprofile"):
        place = first_with(node.iter("p", "dl", "div"), around)
        if place is None:
            continue
        named = first_with(place.iter(), "username", "username-coloured")
        if named is None:
            named = place.find(".//strong")
        if named is not None and text_of(named):
            return text_of(named), named
    return None, None


def _comment(
    node: Node, records: dict[Node, str], document: Document, calendar: Calendar
) -> Comment | None:
    own = list(parts_of(node, records))
    body = first_with([n for n in own if n.tag == "div"], "content")
    is_deleted = "deleted" in classes_of(node)
    text = "" if is_deleted or body is None else paragraphs_of(body, _is_no_text)
    if not text and not is_deleted:
        return None
    author, named = _author(node)
    line = first_with(own, "author")
    moment = _moment(line, calendar)
    address = _SESSION.sub("", outward(document, named) or "") or None
    user = _USER.search(address or "")
    notice = first_with(own, "notice")
    return Comment(
        comment_id=records[node],
        text=text,
        parent_id=_quoted(body) if body is not None and not is_deleted else None,
        author=author,
        author_id=user[1] if user else None,
        author_url=address,
        published_at=in_utc(moment),
        published_raw=moment.raw if moment else None,
        published_precision=moment.precision if moment else None,
        edited_at=in_utc(calendar.of(notice.iter())) if notice is not None else None,
        html=markup_of(body) if body is not None and not is_deleted else None,
        status=CommentStatus.DELETED if is_deleted else CommentStatus.VISIBLE,
        permalink=f"{urldefrag(document.url)[0]}#p{records[node]}",
    )


def _placed(comment: Comment, article: str | None, starter: str | None) -> Comment:
    """The comment with its parent's evidence; a quote of the article's post has no parent."""
    parent = None if comment.parent_id == article else comment.parent_id
    return replace(
        comment,
        parent_id=parent,
        parent_source=ParentSource.REPLY_LINK if parent else None,
        is_article_author=comment.author == starter if comment.author and starter else None,
    )


def _moment(line: Node, calendar: Calendar) -> Moment | None:
    if line is None:
        return None
    found = calendar.of(line.iter("time"))
    # "by Ann » 3 May 2026, 10:00": a name may hold digits, the date is behind the mark.
    return found or calendar.read(text_of(line).rpartition("»")[2])


def _is_no_text(node: Node) -> bool:
    return (
        node.tag == "blockquote"
        or is_control(node)
        or bool(
            {"attachbox", "inline-attachment", "signature", "codebox-select"} & classes_of(node)
        )
    )


def _quoted(body: Node) -> str | None:
    """The number of the post that the first quote names."""
    for quote in _QUOTES(body):
        for link in quote.iter("a"):
            said = link.get("data-post-id") or ""
            if said.isdecimal():
                return str(said)
        places = (quote.get("cite") or "", *(a.get("href") or "" for a in quote.iter("a")))
        for place in places:
            found = _FRAGMENT.search(place)
            if found:
                return found[1]
    return None


def _cut(replies: list[Node], first: Node) -> list[Node]:
    cut = replies if first is not None else areas_of(replies, is_named=lambda _: False)
    about = {"postprofile", "signature", "notice", "back2top"}
    if first is not None:
        cut = [*cut, *(node for node in first.iter() if about & classes_of(node))]
    return cut
