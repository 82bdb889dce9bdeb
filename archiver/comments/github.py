"""What comments that are kept on GitHub have in common, whichever widget shows them.

Knows how GitHub renders a comment, who counts as staff of a repository, how its servers refuse,
and how a page is named by its path; nothing of any widget.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from archiver.comments.locations import pathname_of
from archiver.comments.shapes import fragment, word
from archiver.dom import Document, Node, classes_of, finder, paragraphs_of
from archiver.outcomes import ThreadOutcome

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_ENDING = re.compile(r"\.\w+\Z", re.ASCII)
_STAFF = frozenset({"OWNER", "MEMBER"})
_TITLES = finder("//meta[@property='og:title' or @name='og:title' or @name='title']")
_ASIDE = frozenset({"email-hidden-toggle", "email-hidden-reply", "email-signature-reply"})
"""Answers sent by e-mail: GitHub folds the quoted mail and the signature away."""


def repository(name: str | None) -> str | None:
    """``owner/name`` of a repository; None for what is none."""
    return name if name and _REPOSITORY.fullmatch(name) else None


def path_term(url: str) -> str:
    """The path as both widgets make a title of it: no slash before it, no ending; ``index`` for
    the front page."""
    path = pathname_of(url)
    return _ENDING.sub("", path[1:]) if len(path) > 1 else "index"


def shared_title(document: Document, names: frozenset[str]) -> str:
    """Content of the first ``meta`` that is an ``og:title`` by property or has one of ``names``."""
    for node in _TITLES(document.tree):
        if node.get("property") == "og:title" or node.get("name") in names:
            return (node.get("content") or "").strip()
    return ""


def body_text(markup: Any) -> str:
    """The text of a rendered comment without what a mail program quoted."""
    node = fragment(markup)
    return "" if node is None else paragraphs_of(node, _is_aside)


def is_staff(association: Any) -> bool | None:
    """True for the owner of the repository and members of the organisation that owns it."""
    said = word(association)
    return None if said is None else said.upper() in _STAFF


def refusal(message: str) -> ThreadOutcome | None:
    """What an error's message comes to; None for one that is not known."""
    said = message.lower()
    if "rate limit" in said:  # 60 an hour for all who have no account
        return ThreadOutcome.CAPPED
    if "not found" in said or "not installed" in said:
        return ThreadOutcome.NOT_FOUND
    if "credentials" in said or "authentication" in said:
        return ThreadOutcome.LOGIN_NEEDED
    return None


def is_api(url: str) -> bool:
    """True for an address of GitHub's REST API."""
    return urlsplit(url).netloc == "api.github.com"


def _is_aside(node: Node) -> bool:
    return bool(classes_of(node) & _ASIDE)
