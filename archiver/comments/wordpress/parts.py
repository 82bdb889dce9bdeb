"""What is inside one comment: author, time, text, permalink; each by a chain of evidence.

Knows class names of the core walker, of block themes and of the themes that were copied most;
and how to do without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timezone
from urllib.parse import urldefrag

from lxml import etree
from lxml import html as lxml_html

from archiver.comments.wordpress.records import ID, Record, links_in
from archiver.dom import BLOCKS, Document, Node, classes_of, join, paragraphs_of, text_of
from archiver.model import Comment, CommentStatus
from archiver.moments import Moment, read_moment

_CONTENT = [
    "wp-block-comment-content", "comment-content", "comment_content", "comment__content",
    "wpd-comment-text", "comment-text", "comment_text", "comment__text", "commenttext",
    "comment-entry", "comment-body-text", "comment-message", "comment-txt",
    "comment-main-content", "comment-description", "comment-inner-content",
]  # fmt: skip
_AUTHOR = [
    "fn", "wp-block-comment-author-name", "comment-author-name", "comment_author_name",
    "wpd-comment-author", "comment_author", "comment-author-link", "comment__author-name",
    "comment__author", "commentauthor", "comment-author", "author-name", "author", "username",
    "user-name", "name",
]  # fmt: skip
_DATE = [
    "wp-block-comment-date", "wpd-comment-date", "comment-date", "comment_date", "comment__date",
    "commentdate", "comment-time", "comment_time", "comment-metadata", "commentmetadata",
    "comment-meta-date", "comment-meta", "comment_meta", "comment-header", "date", "time",
    "published", "timestamp", "meta",
]  # fmt: skip
_ASIDE = re.compile(
    r"(?:^|[-_])(?:reply|replies|meta|metadata|commentmetadata|author|avatar|gravatar|vcard|date|time|"
    r"says|edit|awaiting|moderation|rating|karma|respond|permalink|actions?|votes?|likes?|share|"
    r"toolbar|buttons?|tools|footer|header|badge|children)(?:$|[-_])",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\s*(?:\b(?:says?|said|writes?|wrote|dit|a dit|sagt|sagte|schreibt|meint|dice|dijo|disse|"
    r"ha detto|"
    r"zegt|schreef|säger|siger|sier|sanoo|mówi|pisze|on|um|am|at|le|el)\b)?\s*[:,|–—-]?\s*$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^\s*(?:(?:comment|kommentar|commentaire|comentario|reply|posted|written)\s+(?:by|von|de|par|por)|"
    r"par|by)\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:\s+says\s*:)?\s*[-–—|·@,]?\s*(?:\b(?:on|am|le|at|vom|el)\s+)?(?:(?<!\w)\d{1,2}\s?[./]\s?\d{1,2}\b|"
    r"(?<!\w)\d{1,2}\.?\s+[^\W\d_]{3,12}\.?,?\s+\d{4}|[^\W\d_]{3,9}\.?\s+\d{1,2},\s+\d{4}|"
    r"(?<!\w)(?:19|20)\d\d-\d\d-\d\d).*$",
    re.IGNORECASE,
)
"""A name's element may go on with the time: "Ann – 19. Juni 2018 um 15:28 Uhr - Antworten"."""
_PING = re.compile(r"^\s*(?:pingback|trackback|ping)\b[^:]{0,20}:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Manner:
    """How this page writes: what reading each of its comments needs to know."""

    document: Document
    zone: timezone
    month_first: bool
    roots: frozenset[Node]
    known_classes: bool
    """True when the theme prints ``get_comment_class``, so that a missing class says something."""


def comment_of(record: Record, manner: Manner) -> Comment | None:
    """The comment; None for one that awaits moderation, and for an element with nothing in it."""
    own = list(_own_nodes(record, manner))
    if any("comment-awaiting-moderation" in classes_of(node) for node in own):
        return None
    is_ping = bool(record.classes & {"pingback", "trackback"})
    author_node = _author_node(own)
    moment = _moment(own, author_node, manner)
    content, blocks = _content(own, record, manner, author_node)
    text = "\n\n".join(
        found
        for block in blocks
        if (found := paragraphs_of(block, lambda n: _is_aside(n, manner, content, author_node)))
    )
    author = _author_name(author_node)
    author_url = _author_url(author_node, own, manner)
    if is_ping:
        link = next((n for n in own if n.tag == "a" and _is_outward(n.get("href"))), None)
        if link is not None:
            author, author_url = text_of(link) or author, link.get("href")
        text = _PING.sub("", text)
    if not text and author is None:
        return None
    return Comment(
        comment_id=record.number,
        text=text,
        parent_id=record.parent,
        parent_source=record.source,
        author=author,
        author_id=_author_id(record.classes),
        author_url=author_url,
        is_article_author=(
            True if "bypostauthor" in record.classes else (False if manner.known_classes else None)
        ),
        published_at=moment.at.astimezone(UTC) if moment else None,
        published_raw=moment.raw if moment else None,
        html="".join(_markup(block) for block in blocks) or None,
        status=CommentStatus.PINGBACK if is_ping else CommentStatus.VISIBLE,
        permalink=_permalink(record, manner.document),
    )


def _own_nodes(record: Record, manner: Manner) -> Iterator[Node]:
    """The elements of this comment without those of replies nested in it."""
    mine = set(record.parts)
    for part in record.parts:
        skip: Node = None
        for event, node in etree.iterwalk(part, events=("start", "end")):
            if skip is not None:
                if node is skip and event == "end":
                    skip = None
            elif event == "start":
                if not isinstance(node.tag, str):
                    continue
                if node in manner.roots and node not in mine:
                    skip = node
                else:
                    yield node


def _first(own: list[Node], names: list[str]) -> Node:
    """The first element that has the strongest of these class names."""
    for name in names:
        for node in own:
            # A theme may leave its author element to the avatar alone.
            if name in classes_of(node) and text_of(node):
                return node
    return None


def _author_node(own: list[Node]) -> Node:
    inner = own[1:]
    for node in inner:
        if "author" in (node.get("itemprop") or "").split():
            named = node.xpath(".//*[@itemprop='name']")
            return named[0] if named else node
    found = _first(inner, _AUTHOR)
    if found is not None:
        return found
    for node in inner:
        if node.tag == "cite":
            return node
    for node in inner:
        if any("author" in c.lower() for c in classes_of(node)) and len(text_of(node)) <= 100:
            return node
    for node in inner:
        if node.tag == "a" and "external" in (node.get("rel") or "") and "url" in classes_of(node):
            return node
    for node in inner:
        if node.tag in ("strong", "b", "h4", "h5", "h6") and 0 < len(text_of(node)) <= 60:
            return node
    return None


def _author_name(node: Node) -> str | None:
    if node is None:
        return None
    text = paragraphs_of(node, lambda n: bool(classes_of(n) & {"says", "comment-metadata", "date"}))
    name = _BY.sub("", _DATED.sub("", text.replace("\n", " ")))
    name = _SAYS.sub("", name).strip(" \u00a0|·•")
    return name if 0 < len(name) <= 120 else None


def _author_url(node: Node, own: list[Node], manner: Manner) -> str | None:
    if node is None:
        return None
    around = [node, *node.iter("a"), *list(node.iterancestors("a"))[:1]]
    for link in around:
        if link.tag == "a" and link in own and _is_outward(link.get("href")):
            return join(manner.document.base_url, link.get("href"))
    return None


def _is_outward(href: str | None) -> bool:
    return href is not None and href.startswith(("http://", "https://")) and "#" not in href


def _author_id(classes: frozenset[str]) -> str | None:
    """A registered user's name in addresses, from the class ``comment-author-<nicename>``."""
    names = sorted(
        c.removeprefix("comment-author-") for c in classes if c.startswith("comment-author-")
    )
    return names[0] if names and "byuser" in classes else None


def _moment(own: list[Node], author_node: Node, manner: Manner) -> Moment | None:
    latest = manner.document.captured_at
    machine = [n for n in own if n.get("datetime")]
    for node in machine:
        moment = read_moment(node.get("datetime"), latest=latest, assumed=manner.zone)
        if moment is not None:
            return moment
    spoken = [n for name in _DATE for n in own if name in classes_of(n)]
    spoken += [n for n in own if n.tag == "time"]
    spoken += [n for n in own if n.tag == "a" and "#" in (n.get("href") or "")]
    spoken += [n for n in own if n.tag in ("abbr", "small", "em", "span") and n is not author_node]
    for node in spoken:
        for text in (node.get("title") or "", text_of(node)):
            if 6 <= len(text) <= 200:
                moment = read_moment(
                    text, latest=latest, assumed=manner.zone, month_first=manner.month_first
                )
                if moment is not None:
                    return moment
    return None


def _content(
    own: list[Node], record: Record, manner: Manner, author_node: Node
) -> tuple[Node, list[Node]]:
    """(the element that is the text, if one is; the elements whose texts make it up)."""
    for node in own:
        if (node.get("itemprop") or "") in ("text", "commentText", "description"):
            return node, [node]
    found = _first(own, _CONTENT)
    if found is not None and text_of(found):
        return found, [found]
    body = _first(own, ["comment-body", "comment_body", "commentbody", "comment-inner"])
    roots = [body] if body is not None else record.parts
    # html4 walker: the paragraphs are children of the body, among author, meta and reply link.
    blocks = [
        node
        for node in own
        if node.tag in ("p", "blockquote", "ul", "ol", "pre")
        and any(root is node or root in node.iterancestors() for root in roots)
        and not any(_is_aside(a, manner, None, author_node) for a in _up_to(node, roots))
    ]
    kept = set(blocks)
    outer = [b for b in blocks if not any(a in kept for a in b.iterancestors())]
    return None, outer or roots


def _up_to(node: Node, roots: list[Node]) -> Iterator[Node]:
    """``node`` and its ancestors below any of ``roots``."""
    for place in (node, *node.iterancestors()):
        if place in roots:
            return
        yield place


def _is_aside(node: Node, manner: Manner, content: Node, author_node: Node) -> bool:
    """True for what stands in a comment and is not its text: reply link, meta, avatar …"""
    if node is content:
        return False
    if node in manner.roots or node is author_node or node.tag in ("form", "button", "time"):
        return True
    if content is not None and node.tag in BLOCKS and node.tag not in ("div", "p"):
        return False
    return any(_ASIDE.search(name) for name in classes_of(node))


def _markup(node: Node) -> str:
    return str(lxml_html.tostring(node, encoding="unicode", with_tail=False)).strip()


def _permalink(record: Record, document: Document) -> str | None:
    for link in links_in(record.parts):
        target, fragment = urldefrag(link.get("href"))
        if ID.match(fragment) and fragment.endswith(f"comment-{record.number}"):
            return (
                join(document.base_url, link.get("href"))
                if target
                else f"{document.url}#{fragment}"
            )
    return None
