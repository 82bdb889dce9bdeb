"""What the class names of themes and plugins say about a part of a comment.

Knows names only. They are compared as words (``c-comment__content``, ``wpd-comment-text`` and
``mtbCommentText`` all end in those of a comment's text), because of 2,702 comments on 201 pages of
many themes only 44 % have core's ``comment-content`` and 30 % its ``fn``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from archiver.dom import Node

_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+")
_OF = r"(?:^|-)comments?-?"

_CONTENT = tuple(map(re.compile, (
    _OF + r"(?:author-)?(?:content|text|txt|message|copy)$|" + _OF + r"body-text$",
    _OF + r"(?:entry|description|main-content|inner-content)(?:-text)?$",
)))  # fmt: skip
_AUTHOR = tuple(map(re.compile, (
    r"^fn$",
    _OF + r"author-(?:name|link|nick(?:name)?)$|^commenter-?name$",
    _OF + r"author$|^commenter$|" + _OF + r"(?:user(?:-?name)?|nickname|by)$",
    r"(?:^|-)author-name$|^author$",
    r"(?:^|-)(?:user-?name|nick-?name|display-name)$|^(?:name|user)$",
)))  # fmt: skip
_DATE = tuple(map(re.compile, (
    _OF + r"(?:date|time|posted|published|metadata)(?:-?time)?$|" + _OF + r"meta-(?:date|time)$",
    _OF + r"(?:meta|header|head|info|post-?info|author-time)$",
    r"^(?:date|time|published|timestamp|post-?date|date-?time)$|(?:^|-)(?:date|time)$",
    r"^meta(?:data)?$|(?:^|-)meta$",
)))  # fmt: skip
_BODY = re.compile(_OF + r"(?:body|inner|wrap(?:per)?)$")
_TEXTUAL = re.compile(r"-(?:content|text|txt|message|body|main|inner|entry|paragraph)$")
_ASIDE = re.compile(
    r"(?:^|-)(?:reply|replies|meta|metadata|commentmetadata|author|avatar|gravatar|vcard|date|time|"
    r"says|edit|edited|awaiting|moderation|rating|karma|respond|permalink|actions?|votes?|voting|"
    r"likes?|dislike|share|sharing|sharedaddy|tools?|toolbar|buttons?|footer|header|badges?|"
    r"children|submitted|screen-reader-text)(?:-|$)"
)
_IN_CONTENT = re.compile(
    r"(?:^|-)(?:reply|respond|edit-link|last-edited|awaiting|moderation|votes?|voting|likes?|"
    r"dislike|sharedaddy|share-?buttons?|toolbar|actions?|screen-reader-text)(?:-|$)"
)
"""Less of it: what stands in the element of the text is text, unless a plugin put it there."""
_LABEL = re.compile(
    r"(?:^|-)(?:says|badges?|label|role|rank|tag|title|date|time|metadata|reply|avatar|"
    r"screen-reader-text)(?:-|$)|p3-comment-author$"
)
_AWAITING = re.compile(r"(?:^|-)awaiting-moderation$|^(?:wpd|wc)-unapproved-comment$")
_COUNTS = (
    ("dislikes", re.compile(r"^cld-dislike-count-wrap$|^wpd-vote-result-dislike$")),
    ("likes", re.compile(r"^cld-like-count-wrap$|^wpd-vote-result-like$|^comment-like-feedback$")),
    ("score", re.compile(r"^(?:wpd|wc)-vote-result$")),
)
"""Comments Like Dislike, wpDiscuz and Jetpack, as their templates print them."""
NO_RANK = 99


@dataclass(frozen=True, slots=True)
class Roles:
    """What an element is by its classes. Ranks: the lower, the surer."""

    content: int = NO_RANK
    author: int = NO_RANK
    date: int = NO_RANK
    is_body: bool = False
    is_aside: bool = False
    """Not the text, outside of the element that is the text."""
    is_aside_in_content: bool = False
    is_label: bool = False
    """Stands beside a name and is none: a badge, "says"."""
    is_awaiting: bool = False
    counts: tuple[str, ...] = ()
    """Fields of ``Comment`` whose number the element shows."""


NONE = Roles()


def roles_of(node: Node) -> Roles:
    """What the element's classes say."""
    said = node.get("class")
    return _read(said) if said else NONE


@lru_cache(maxsize=8192)
def _read(said: str) -> Roles:
    words = [_JOINT.sub("-", token).lower().strip("-") for token in said.split()]
    counts = tuple(name for name, form in _COUNTS if any(map(form.search, words)))
    if len(counts) > 1:  # the plainer name stands beside the exact one
        counts = counts[:1]
    if counts == ("score",) and (side := {"positive", "negative"}.intersection(words)):
        counts = ("likes",) if side == {"positive"} else ("dislikes",)
    author = _rank(_AUTHOR, words)
    if author < NO_RANK and any("avatar" in word for word in words):
        author = len(_AUTHOR)
    return Roles(
        _rank(_CONTENT, words),
        author,
        _rank(_DATE, words),
        any(map(_BODY.search, words)),
        any(_ASIDE.search(word) and not _TEXTUAL.search(word) for word in words),
        any(map(_IN_CONTENT.search, words)),
        any(map(_LABEL.search, words)),
        any(map(_AWAITING.search, words)),
        counts,
    )


def _rank(forms: tuple[re.Pattern[str], ...], words: list[str]) -> int:
    return next((n for n, form in enumerate(forms) if any(map(form.search, words))), NO_RANK)
