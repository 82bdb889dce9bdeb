"""Disqus: the embed page that its script loads, the API, and the copies that old plugins printed.

Knows how pages name a forum (embed.js addresses, ``disqus_shortname``, the WordPress plugin's
``embedVars``, data attributes) and a thread in it: an identifier, else a URL. Without a key of the
operator a thread is capped at the first page that the embed page holds (about 50 comments); with
one the API gives all of it.

Shapes: disqus.com/api/docs (``threads/listPosts``); the embed page as a dozen independent public
clients read it (``disqus-threadData``: no documentation of Disqus names it); the in-page copy from
``dsq_comment`` of the plugin disqus-comment-system 2.x. Checked against its published shape only,
no server was asked.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from archiver.comments.disqus.answers import HOSTS, NAME, read_answer
from archiver.comments.disqus.forum import Embed, embed_of
from archiver.comments.disqus.markup import read, shows_comments
from archiver.comments.locations import query_of, with_query
from archiver.comments.platform import Finding
from archiver.dom import Document
from archiver.model import Ask

__all__ = ["NAME", "find", "owns", "read", "read_answer"]

_EMBED = "https://disqus.com/embed/comments/"
_API = "https://disqus.com/api/3.0/threads/listPosts.json"
_KEY = "DISQUS_API_KEY"
_LISTS = ("/threads/listPosts.json", "/threads/listPostsThreaded.json", "/posts/list.json")


def find(document: Document) -> Finding | None:
    """Forum and thread, and what to ask: the API where the operator has a key, else the embed page,
    by identifier first and by URL where the identifier is unknown to Disqus.

    Nothing is asked where the page prints the thread itself; a page that only counts the comments
    of other pages is not one of Disqus.
    """
    if "disqus" not in document.hints:
        return None
    embed = embed_of(document)
    if embed is None:
        return None
    if embed.forum is None or shows_comments(document):
        return Finding(embed.thread_ref)
    return Finding(embed.thread_ref, (_first_ask(embed, embed.forum),))


def owns(url: str) -> bool:
    """True for the embed page, and for the API's lists of one thread's comments."""
    parts = urlsplit(url)
    if parts.hostname not in HOSTS:
        return False
    if parts.path.rstrip("/") == "/embed/comments":
        return True
    names = query_of(url)
    return (
        parts.path.startswith("/api/3.0/")
        and parts.path.endswith(_LISTS)
        and any(name.split(":")[0] == "thread" for name in names)
    )


def _first_ask(embed: Embed, forum: str) -> Ask:
    """What to ask first; all others stand in its ``instead``, one behind the other."""
    steps: list[tuple[str, str | None]] = []
    if embed.identifier:
        steps.append((with_query(_API, _api_pairs(forum, "ident", embed.identifier)), _KEY))
    steps.append((with_query(_API, _api_pairs(forum, "link", embed.urls[0])), _KEY))
    if embed.identifier:
        pairs = _embed_pairs(forum, embed.urls[0], embed.identifier)
        steps.append((with_query(_EMBED, pairs), None))
    steps += [(with_query(_EMBED, _embed_pairs(forum, url)), None) for url in embed.urls]
    later: tuple[Ask, ...] = ()
    for url, needs in reversed(steps):
        later = (Ask(url, needs=needs, instead=later),)
    return later[0]


def _api_pairs(forum: str, kind: str, value: str) -> list[tuple[str, str]]:
    return [
        ("api_key", _KEY),
        ("forum", forum),
        (f"thread:{kind}", value),
        ("limit", "100"),
        ("order", "asc"),
        ("related", "thread"),
    ]


def _embed_pairs(forum: str, url: str, identifier: str | None = None) -> list[tuple[str, str]]:
    named = [("t_i", identifier)] if identifier else []
    return [("base", "default"), ("f", forum), *named, ("t_u", url), ("s_o", "default")]
