"""What a Discourse post says ("cooked" HTML), and what it quotes.

Knows the markup that Discourse makes of a post's Markdown: ``aside.quote`` around what another
wrote, link previews, and the few sentences that stand in a post's place.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from lxml import etree

from archiver.dom import Node, classes_of, fold_space, paragraphs_of
from archiver.model import CommentStatus

_LEFT_OUT: Final = frozenset({"quote", "onebox-body", "onebox-metadata", "meta", "post-likes"})
_GONE: Final = (
    "(post deleted by author)",
    "(topic deleted by author)",
    "(post withdrawn by author",
    "(topic withdrawn by author",
)
_HIDDEN: Final = "This post was flagged by the community and is temporarily hidden"
"""English, as ``js.post.deleted_by_author`` … and ``flagging.user_must_edit`` print them where the
JSON, which has a flag for it in every language, is not at hand."""


def cooked_of(node: Node) -> tuple[str, str | None]:
    """(the post's own words, its markup without the pictures of those it quotes).

    A post that is but a quotation says its words; one that is but pictures their descriptions.
    """
    if node is None:
        return "", None
    text = paragraphs_of(node, _is_anothers) or paragraphs_of(node)
    if not text:
        text = fold_space(" ".join(image.get("alt") or "" for image in node.iter("img")))
    return text, _inner(node).strip() or None


def status_of(text: str) -> CommentStatus:
    """What a post is whose words these are: a sentence stands in the place of one that is gone."""
    if text.startswith(_GONE):
        return CommentStatus.DELETED
    return CommentStatus.HIDDEN if text.startswith(_HIDDEN) else CommentStatus.VISIBLE


def quoted_number(node: Node, topic: str, number: int) -> int | None:
    """The number of the earlier post of this topic that the post quotes first; None for post 1,
    and where none is quoted."""
    if node is None:
        return None
    for aside in node.iter("aside"):
        if "quote" in classes_of(aside) and aside.get("data-topic", topic) == topic:
            said = aside.get("data-post") or ""
            if said.isdecimal() and len(said) < 10:
                return int(said) if 1 < int(said) < number else None
    return None


def _is_anothers(node: Node) -> bool:
    """A quotation, a link's preview, a picture's file name."""
    return bool(classes_of(node) & _LEFT_OUT)


def _inner(node: Node) -> str:
    copy = deepcopy(node)
    copy.tail = None
    for image in [i for i in copy.iter("img") if "avatar" in classes_of(i)]:
        image.drop_tree()
    parts = [copy.text or ""]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in copy]
    return "".join(parts)
