"""Discourse, as the comments of an article elsewhere and as a forum whose topics are articles.

An article's page embeds a topic (``#discourse-comments`` and ``DiscourseEmbed`` of
``public/javascripts/embed.js``, or the area of the WordPress plugin wp-discourse). Which topic it
is says ``topicId``, or a link to it from the comment area. ``/embed/comments?embed_url=`` is never
asked: for an address that the forum does not know it makes a topic. Where an archive holds such an
answer, ``embedded`` reads it. ``topic`` knows the JSON, ``pages`` a topic's own page, ``words``
what a post says.

Shapes: ``discourse/discourse`` ``app/serializers/post_serializer.rb``,
``app/views/topics/show.html.erb`` (of 2014 and 2017), ``app/views/embed/comments.html.erb``,
``public/javascripts/embed.js``; a page of 2019 and one of 2026 for the later markup; clients that
page by ``post_ids[]``; excerpts of wp-discourse's templates. ``isMegaTopic``, the numbers of post
types and the names of errors were not looked up. Checked against its published shape and two saved
pages only, no server was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import parse_qs, urlsplit

from archiver.comments.discourse.embedded import read_embedded
from archiver.comments.discourse.pages import find_rest, is_topic, read_page
from archiver.comments.discourse.topic import NAME, TOPIC_JSON, read_topic, ref_of, topic_ask
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.dom import Document, Node, join, text_of
from archiver.errors import Place, PlatformError

__all__ = ["NAME", "find", "owns", "read", "read_answer"]

_MARK: Final = "discourse-comments"
"""Id of the embedding container, and part of the class of wp-discourse's comment area."""
_SETTING = r"""['"]?\s*[:=]\s*['"]?"""
_FORUM = re.compile(rf"discourseUrl{_SETTING}(?P<url>(?:https?:)?(?:\\?/){{2}}[^'\"\s<>]+)")
_TOPIC_ID = re.compile(rf"topicId{_SETTING}(?P<id>\d{{1,12}})")
_TOPIC_LINK = re.compile(
    r"^(?P<base>https?://[^?#]*?)/t/(?:[^/?#]+/)?(?P<topic>\d{1,12})(?:[/?#]|$)"
)
_LEADS_ON = re.compile(r"discuss|comment|repl(?:y|ies)|forum|conversation|join|continue", re.I)
_LEVELS_UP: Final = 3
_LONGEST_NOTE: Final = 200
"""How far around the container a link may stand to be its link, and how many signs the heading or
the note has in which it stands."""


def find(document: Document) -> Finding | None:
    """The topic embedded, where the page says which; or what a topic's page leaves to be asked."""
    if is_topic(document):
        found = find_rest(document)
        if found is not None:
            return found
    if _MARK not in document.hints:
        return None
    forum, topic_id = _settings(document)
    if forum and topic_id:
        return Finding(ref_of(forum, topic_id), (topic_ask(forum, topic_id),))
    linked = _linked_topic(document, forum)
    if linked is None:
        return Finding()
    return Finding(ref_of(*linked), (topic_ask(*linked),))


def owns(url: str) -> bool:
    """True for a topic's JSON, a slice of its posts, and the page that is embedded."""
    parts = urlsplit(url)
    return TOPIC_JSON.search(parts.path) is not None or _is_embedded(url)


def read(document: Document) -> Found | None:
    """The posts that a topic's page shows after the first; of an embedding page the area only."""
    found = read_page(document) if is_topic(document) else None
    if found is None and _MARK in document.hints:
        # Some of the topic's posts, as wp-discourse prints them without their numbers.
        return Found(regions=tuple(_containers(document)))
    return found


def read_answer(answer: Answer) -> Batch | None:
    """The comments of a topic; None for a topic's page, which is read as one."""
    if answer.payload.lstrip()[:1] == b"<":
        return read_embedded(answer) if _is_embedded(answer.url) else None
    parts = urlsplit(answer.url)
    found = TOPIC_JSON.match(parts.path)
    if found is None:
        raise PlatformError("no address of a topic", place=Place(answer.url))
    base = f"{parts.scheme}://{parts.netloc}{found['base']}"
    return read_topic(answer, base, found["id"] or found["of"])


def _is_embedded(url: str) -> bool:
    parts = urlsplit(url)
    if not parts.path.endswith("/embed/comments"):
        return False
    return bool({"embed_url", "topic_id"} & parse_qs(parts.query).keys())


def _settings(document: Document) -> tuple[str | None, str | None]:
    """(the forum's address, the topic's id) as an inline script sets them."""
    for script in document.inline_scripts():
        if "discourseUrl" in script:
            forum = _FORUM.search(script)
            topic = _TOPIC_ID.search(script)
            address = join(document.base_url, forum["url"].replace("\\", "")) if forum else None
            return address and address.rstrip("/"), topic["id"] if topic else None
    return None, None


def _linked_topic(document: Document, forum: str | None) -> tuple[str, str] | None:
    """The topic that the comment area, or a line beside it, links to; a link in the article's text
    is none of its own, and of two topics neither is believed."""
    for node in _containers(document):
        for place, is_area in _places(node):
            topics = dict.fromkeys(_topics_in(place, document, forum, is_area=is_area))
            if topics:
                return next(iter(topics)) if len(topics) == 1 else None
    return None


def _containers(document: Document) -> list[Node]:
    return [node for name, held in document.named.items() if _MARK in name for node in held]


def _places(node: Node) -> Iterator[tuple[list[Node], bool]]:
    """The container, then the short elements beside it and beside what it lies in."""
    yield [node], True
    place = node
    for _ in range(_LEVELS_UP):
        if place is None or place.tag in ("body", "html", "main", "article"):
            return
        beside = [*islice(place.itersiblings(preceding=True), 2), *islice(place.itersiblings(), 2)]
        yield [n for n in beside if n.tag != "article" and len(text_of(n)) <= _LONGEST_NOTE], False
        place = place.getparent()


def _topics_in(
    places: list[Node], document: Document, forum: str | None, *, is_area: bool
) -> Iterator[tuple[str, str]]:
    for link in (link for place in places for link in place.iter("a")):
        found = _TOPIC_LINK.match(join(document.base_url, link.get("href") or "") or "")
        if found is None or (forum and _bare(found["base"]) != _bare(forum)):
            continue
        said = f"{link.get('class') or ''} {text_of(link)}"
        if is_area or _LEADS_ON.search(said):
            yield found["base"], found["topic"]


def _bare(address: str) -> str:
    return address.split("://", 1)[-1].rstrip("/").lower()
