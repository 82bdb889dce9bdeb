"""What is inside one comment: author, time, text, votes; each by a chain of evidence.

Knows the markup of the core walker, of block themes, of wpDiscuz and of the themes that were copied
most, and how to do without their class names (``roles``): a comment's link to itself stands beside
its time, its reply link names its author ("Reply to Ann").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC

from lxml import etree
from lxml import html as lxml_html

from archiver.comments.wordpress.addresses import MARK
from archiver.comments.wordpress.bylines import (
    Manner,
    Parts,
    byline_of,
    edited_at,
    is_long,
    is_permalink,
    is_reply,
    moment_of,
)
from archiver.comments.wordpress.names import author_of, name_before
from archiver.comments.wordpress.records import Record, has_text
from archiver.comments.wordpress.roles import Roles, roles_of
from archiver.dom import Node, join, paragraphs_of, text_of
from archiver.model import Comment, CommentStatus, ParentSource

_DROPPED = ("script", "style", "noscript", "template", "svg", "form", "button", "select")
_TEXT_BLOCKS = ("p", "blockquote", "ul", "ol", "pre")
_MOST_OF_IT = 0.6
_STAFF = re.compile(r"w(?:pd|c)-blog-(?:administrator|editor|moderator)(?:\s|$)")
_POST_AUTHOR = re.compile(r"w(?:pd|c)-blog-post_author(?:\s|$)")
_DIGITS = re.compile(r"[+-]?\d{1,9}(?!\d)")
_STICKY = frozenset({"wpd-sticky-comment", "sticky-comment"})
_PING = re.compile(r"^\s*(?:pingback|trackback|ping)\b[^:]{0,20}:\s*", re.IGNORECASE)


def comment_of(record: Record, manner: Manner) -> Comment | None:
    """The comment; None for one that awaits moderation, and for an element with nothing in it."""
    for root in record.own:
        etree.strip_elements(root, *_DROPPED, with_tail=False)
    parts = Parts(
        record.own, [(n, roles_of(n)) for root in record.own for n in root.iter(etree.Element)]
    )
    if any(roles.is_awaiting for _, roles in parts.nodes):
        return None
    contents, bodies = _contents(parts)
    inside = {node for content in contents for node in content.iter()}
    byline = byline_of(record, parts, inside)
    named, author = author_of(parts.nodes, inside)
    moment = moment_of(record, parts, inside | {named}, byline, manner)
    if author is None and byline is not None:
        author = name_before(paragraphs_of(byline, lambda n: is_permalink(n, record)))
    text, blocks = _text(contents, bodies, {named, byline} - {None})
    author_url = _author_url(named, manner)
    if record.is_ping:
        link = next((n for n, _ in parts.nodes if n.tag == "a" and _is_outward(n)), None)
        if link is not None:
            author, author_url = text_of(link) or author, link.get("href")
        text = _PING.sub("", text).lstrip("-–— ")
    if not text and author is None:
        return None
    parent, source = record.parent, record.source
    if parent is None and record.depth <= 1:
        parent = _answered(record, parts, inside, manner)
        source = ParentSource.REPLY_LINK if parent else None
    numbers = dict(_numbers(parts))
    return Comment(
        comment_id=record.number,
        text=text,
        parent_id=parent,
        parent_source=source,
        author=author,
        author_id=_author_id(record.classes),
        author_url=author_url,
        is_article_author=_is_article_author(record, parts, manner),
        is_staff=True if manner.is_wpdiscuz and _says(_STAFF, parts) else None,
        is_pinned=True if record.classes & _STICKY else None,
        published_at=moment.at.astimezone(UTC) if moment else None,
        edited_at=edited_at(parts, manner),
        published_raw=moment.raw if moment else None,
        published_precision=moment.precision if moment else None,
        html="".join(map(_markup, blocks)) or None,
        likes=numbers.get("likes"),
        dislikes=numbers.get("dislikes"),
        score=numbers.get("score"),
        status=CommentStatus.PINGBACK if record.is_ping else CommentStatus.VISIBLE,
        permalink=_permalink(record, manner),
    )


def _contents(parts: Parts) -> tuple[list[Node], list[Node]]:
    """(The element that is the text, several where each paragraph is one; the elements in which it
    stands among other parts.) One of both is empty."""
    for node, _ in parts.nodes:
        if (node.get("itemprop") or "") in ("text", "commentText", "description"):
            return [node], []
    found = [node for node in parts.ranked("content") if has_text(node)]
    if not found:
        bodies = [node for node, roles in parts.nodes if roles.is_body and text_of(node)][:1]
        return [], bodies or [root for root in parts.roots if root.tag != "dt"]
    chosen = found[0]
    for other in found[1:]:
        if chosen in other.iterancestors():
            whole = paragraphs_of(chosen, lambda n: roles_of(n).is_aside)
            if len(_seen(other)) >= _MOST_OF_IT * len(whole):
                chosen = other
    if any(_is_part(roles_of(node)) for node in chosen.iterdescendants(etree.Element)):
        return [], [chosen]
    around = chosen.getparent()
    beside = (n for n in found if n is chosen or (n.getparent() is around and n.tag == chosen.tag))
    return list(beside), []


def _is_part(roles: Roles) -> bool:
    """True for what a theme marks as author or time: readers' texts hold no such classes."""
    return roles.author <= 2 or roles.date <= 1


def _seen(node: Node) -> str:
    return paragraphs_of(node, lambda n: roles_of(n).is_aside_in_content)


def _text(contents: list[Node], bodies: list[Node], dropped: set[Node]) -> tuple[str, list[Node]]:
    """(The text; the elements that it is the text of.)"""
    text = "\n\n".join(filter(None, map(_seen, contents)))
    if text:
        return text, contents

    def is_aside(node: Node) -> bool:
        return node in dropped or node.tag == "time" or is_reply(node) or roles_of(node).is_aside

    # html4 walker: the paragraphs are children of the body, among author, meta and reply link.
    blocks = [block for body in bodies for block in _blocks(body, is_aside)]
    of_blocks = "\n\n".join(filter(None, (paragraphs_of(b, is_aside) for b in blocks)))
    whole = "\n\n".join(filter(None, (paragraphs_of(b, is_aside) for b in bodies)))
    if of_blocks and len(of_blocks) >= _MOST_OF_IT * len(whole):
        return of_blocks, blocks
    if whole:
        return whole, bodies
    # All of it stands in an element that is named for something else: "vcard", "meta".
    left_out = {node for node in dropped if not is_long(node)}
    sparing = (paragraphs_of(b, lambda n: n in left_out or is_reply(n)) for b in bodies)
    return "\n\n".join(filter(None, sparing)), bodies


def _blocks(body: Node, is_aside: Callable[[Node], bool]) -> Iterator[Node]:
    """The outermost elements of text in ``body``."""
    walk = etree.iterwalk(body, events=("start",))
    for _, node in walk:
        if node is not body and is_aside(node):
            walk.skip_subtree()
        elif node.tag in _TEXT_BLOCKS:
            walk.skip_subtree()
            yield node


def _answered(record: Record, parts: Parts, inside: set[Node], manner: Manner) -> str | None:
    """The comment that a link names beside the text, or as its first word ("@Ann: …")."""
    for node, _ in parts.nodes:
        if node.tag != "a" or "#" not in (node.get("href") or "") or is_reply(node):
            continue
        found = MARK.fullmatch(node.get("href").rpartition("#")[2])
        if not found or found[1] == record.number or found[1] not in manner.numbers:
            continue
        before = node.getparent()
        is_first = node.getprevious() is None and not (before.text or "").strip(" @")
        if node not in inside or (is_first and before.getprevious() is None):
            return found[1]
    return None


def _author_url(named: Node, manner: Manner) -> str | None:
    if named is None:
        return None
    links = (named, *named.iter("a"), *list(named.iterancestors("a"))[:1])
    link = next((node for node in links if node.tag == "a" and _is_outward(node)), None)
    return join(manner.document.base_url, link.get("href")) if link is not None else None


def _is_outward(link: Node) -> bool:
    href = link.get("href") or ""
    return href.startswith(("http://", "https://")) and "#" not in href


def _author_id(classes: frozenset[str]) -> str | None:
    """A registered user's name in addresses, from the class ``comment-author-<nicename>``."""
    names = sorted(
        c.removeprefix("comment-author-") for c in classes if c.startswith("comment-author-")
    )
    return names[0] if names and "byuser" in classes else None


def _is_article_author(record: Record, parts: Parts, manner: Manner) -> bool | None:
    if "bypostauthor" in record.classes:
        return True
    if manner.is_wpdiscuz and _says(_POST_AUTHOR, parts):
        return True
    return False if manner.known_classes else None


def _says(form: re.Pattern[str], parts: Parts) -> bool:
    return any(form.search(node.get("class") or "") for node, _ in parts.nodes)


def _numbers(parts: Parts) -> Iterator[tuple[str, int]]:
    """Votes, as the plugins that are known print them; the first of each kind last."""
    for node, roles in reversed(parts.nodes):
        for name in roles.counts:
            if found := _DIGITS.search(text_of(node)):
                yield name, int(found[0])


def _markup(node: Node) -> str:
    return str(lxml_html.tostring(node, encoding="unicode", with_tail=False)).strip()


def _permalink(record: Record, manner: Manner) -> str | None:
    """As the comment's link to itself has it, else its mark on the page."""
    if not record.permalink and not manner.is_page:
        return None
    document = manner.document
    page = join(document.base_url, record.permalink) if record.permalink else document.url
    return f"{page}#comment-{record.number}" if page else None
