"""Feeds of readers' comments: told from feeds of articles, and of which articles they speak.

Knows how the software of news sites addresses and titles them (WordPress, Blogger, Movable Type
and TypePad, Dotclear, Serendipity, Drupal's ``crss``), and what a comment's own address looks
like. Reads no feed; the comments themselves are the platforms' (``archiver.comments``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from archiver.errors import UrlError
from archiver.url_parts import parse_url, with_parameters
from archiver.url_shapes import looks_like_article, looks_like_comment_feed
from archiver.urls import is_comment_page, normalise

# How platforms begin the title, in their languages. "Comment" or "Kommentare" alone is as often a
# newspaper's opinion pages.
_TITLE = re.compile(
    r"\s*(?:comments (?:for|on)|kommentare? (?:zu|für|auf)|commentaires (?:pour|sur)"
    r"|comentarios (?:en|sobre|de|para)|comentários (?:em|sobre|para)|commenti (?:per|su|a)\b"
    r"|reacties (?:op|voor)|kommentarer (?:till|på|til)|komentarze do|комментарии (?:к|на))[ :]",
    re.IGNORECASE,
)
_COMMENT_FRAGMENT = re.compile(r".*comment.*|c-?\d+|respond|reply-?\d+", re.IGNORECASE)
_COMMENT_PAGE = re.compile(r"/comment-page-\d+(/?)$")
_COMMENT_PARAMETERS = ("cpage", "showcomment", "replytocom", "unapproved", "moderation-hash")
_FEED_SEGMENT = re.compile(
    r"(?:\w{1,12}[-_.])?(?:comments?(?:feeds?|rss2?)?|feeds?|rss2?|atom|rdf|crss|default|index)"
    r"(?:[-_.]\w{1,12})?",
    re.IGNORECASE,
)
_PAGING = frozenset(
    {"paged", "page", "max-results", "start-index", "limit", "version", "v", "redirect"}
)
"""Parameters that may hold a number without naming one article."""


def is_comment_feed(url: str, title: str, permalinks: Sequence[str]) -> bool:
    """True when the feed at ``url`` lists comments: by its address, by its ``title``, or because
    most of ``permalinks`` (the addresses of its first entries, as written) are those of comments.
    """
    if looks_like_comment_feed(url) or _TITLE.match(title):
        return True
    return 2 * sum(map(_is_of_comment, permalinks)) > len(permalinks)


def is_site_wide(url: str, page_url: str | None) -> bool:
    """True when ``url``, named on the page at ``page_url`` (both normalised), is by its shape the
    feed of all comments of a site: not that of one article, nor of this page alone."""
    if not looks_like_comment_feed(url):
        return False
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if any(segment.isdigit() for segment in segments):
        return False
    if any(
        value.isdigit() and name.lower() not in _PAGING for name, value in parse_qsl(parts.query)
    ):
        return False
    while segments and _FEED_SEGMENT.fullmatch(segments[-1]):
        segments.pop()
    of = "/" + "/".join(segments)
    if segments and page_url is not None and urlsplit(page_url).path.rstrip("/") == of:
        return False
    return not looks_like_article(f"{parts.scheme}://{parts.netloc}{of}/")


def article_of(permalink: str, base: str) -> str | None:
    """The address of the article that the comment at ``permalink`` (as written in a list at
    ``base``) belongs to: normalised, without what names the comment or its page of comments. None
    where it is no address."""
    try:
        url = normalise(permalink, base)
    except UrlError:
        return None
    named = {name.lower() for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    if named.intersection(_COMMENT_PARAMETERS):
        url = with_parameters(url, dict.fromkeys(_COMMENT_PARAMETERS))
    parts = parse_url(url)
    # "/a/comment-page-2/" is "/a/" and "/a/comment-page-2" is "/a": the site's own slash stays.
    return str(parts._replace(path=_COMMENT_PAGE.sub(r"\1", parts.path) or "/"))


def _is_of_comment(permalink: str) -> bool:
    address, _, fragment = permalink.partition("#")
    if _COMMENT_FRAGMENT.fullmatch(fragment):
        return True
    try:
        return is_comment_page(address)
    except ValueError:  # no address at all
        return False
