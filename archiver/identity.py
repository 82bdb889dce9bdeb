"""Readers under another name: stable within a site, meaningless outside it.

Knows the key and what in an article says who a reader is. Pure: it reads no file (``config`` keeps
the key) and does not know where an article goes. What happens in mode ``pseudonym``, and why:

* ``author`` becomes ``reader-`` and 12 hex digits, ``author_id`` 16 hex digits, each from its own
  value alone: HMAC-SHA-256 under the key over site, kind and value. One name is one reader-…
  throughout a site, whichever platform module read it; nothing joins readers across sites. (A
  plain hash of a name is undone by trying names: EDPB Guidelines 01/2025 ask for a secret.)
* ``author_url`` and ``html`` are null: they lead to a person's own site and profile.
* The names of all readers of the thread are replaced in all its texts (``archiver.mentions``).
* A ``comment_id`` that a platform module made from author, time and text is made again under the
  key: otherwise a guess at the name could be checked. References to it follow.
* A ``permalink`` that spells a reader's name or profile is null.
* The article's own author is a reader like the others when he comments, though the byline names
  him in ``articles``: one rule without exception cannot be wrong about who is who.
* E-mail addresses and other facts that readers write about themselves stay: they are the text.

In mode ``named`` nothing changes but avatar and e-mail hashes, which leave ``html`` in every mode:
they are addresses that can be looked up.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from urllib.parse import unquote

from archiver.errors import ConfigError
from archiver.mentions import NOBODY, Names, fold_name, names_of
from archiver.model import Article, Comment, Thread
from archiver.urls import site_of

SHORTEST_KEY = 16
"""Bytes: 128 bits cannot be tried out."""

# Gravatar, Libravatar and their mirrors: /avatar/ and the MD5 or SHA-256 of an e-mail address;
# Disqus and Isso: an attribute or value of that name.
_AVATAR_HASH = re.compile(r"(avatars?(?:/|%2F))(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-f])", re.I)
_EMAIL_HASH = re.compile(
    r"""((?:e-?mail|gravatar)[-_]?(?:hash|md5|id)?["']?\s*[=:]\s*["']?)[0-9a-f]{32,64}""", re.I
)


class Mode(StrEnum):
    """Under which name readers appear."""

    PSEUDONYM = "pseudonym"
    NAMED = "named"


@dataclass(frozen=True)
class Identity:
    """Under which names readers appear, and the key that makes them."""

    mode: str = Mode.PSEUDONYM
    key: bytes | None = field(default=None, repr=False)
    """Secret, at least 16 bytes; needed for pseudonyms, not used when named."""

    def __post_init__(self) -> None:
        if self.mode not in tuple(Mode):
            raise ConfigError(
                f"identity is {self.mode!r}", remedy="Set it to 'pseudonym' or to 'named'"
            )
        if self.mode == Mode.PSEUDONYM and len(self.key or b"") < SHORTEST_KEY:
            raise ConfigError(
                f"pseudonyms need a key of at least {SHORTEST_KEY} bytes",
                remedy="Load it with archiver.config.load_or_make_key",
            )

    @cached_property
    def fingerprint(self) -> str | None:
        """16 hex digits that tell two keys apart and give none away; None when named."""
        if self.mode == Mode.NAMED or self.key is None:
            return None
        return hashlib.sha256(b"archiver identity key fingerprint\0" + self.key).hexdigest()[:16]

    @property
    def label(self) -> str:
        """How a part's footer names this identity: ``pseudonym:<fingerprint>`` or ``named``."""
        return f"{self.mode}:{self.fingerprint}" if self.fingerprint else str(self.mode)

    def pseudonym(self, site: str, author: str) -> str:
        """``reader-`` and 12 hex digits for the reader who writes under the name ``author``."""
        return "reader-" + self._digest(site, "author", fold_name(author))[:12]

    def id_digest(self, site: str, author_id: str) -> str:
        """16 hex digits for the reader whom the platform knows as ``author_id``."""
        return self._digest(site, "author_id", author_id)[:16]

    def comment_id(self, site: str, comment_id: str) -> str:
        """``x-`` and 16 hex digits for an id that was made from author, time and text."""
        return "x-" + self._digest(site, "comment", comment_id)[:16]

    def _digest(self, site: str, kind: str, value: str) -> str:
        said = "\0".join((site, kind, value)).encode("utf-8", "surrogatepass")
        return hmac.new(self.key or b"", said, hashlib.sha256).hexdigest()


def disguise(article: Article, identity: Identity, *, site: str | None = None) -> Article:
    """``article`` with its thread as ``identity`` lets readers appear.

    ``site`` is that of the page commented on, which an answer of a comment platform's own host
    does not say by its URL; None for the site of ``article.url``.
    """
    thread = article.thread
    if thread is None:
        return article
    if identity.mode == Mode.NAMED:
        comments = tuple(_without_hashes(comment) for comment in thread.comments)
        return replace(article, thread=replace(thread, comments=comments))
    where = site or site_of(article.url)
    people = _people(thread, identity, where)
    names = names_of(people, prose=article.text)
    comments = tuple(
        _disguised(comment, identity, where, people, names) for comment in thread.comments
    )
    return replace(article, thread=replace(thread, comments=comments))


def _people(thread: Thread, identity: Identity, site: str) -> dict[str, str]:
    authors = sorted({comment.author for comment in thread.comments if comment.author})
    return {author: identity.pseudonym(site, author) for author in authors}


def _without_hashes(comment: Comment) -> Comment:
    html = comment.html
    if html is not None:
        html = _EMAIL_HASH.sub(r"\1", _AVATAR_HASH.sub(r"\1", html))
    url = comment.author_url
    if url is not None:
        url = _AVATAR_HASH.sub(r"\1", url)
    return replace(comment, html=html, author_url=url)


def _disguised(
    comment: Comment, identity: Identity, site: str, people: Mapping[str, str], names: Names
) -> Comment:
    return replace(
        comment,
        comment_id=_keyed(comment.comment_id, identity, site),
        parent_id=comment.parent_id and _keyed(comment.parent_id, identity, site),
        author=people[comment.author] if comment.author else None,
        author_id=identity.id_digest(site, comment.author_id) if comment.author_id else None,
        author_url=None,
        html=None,
        text=names.replace_in(comment.text),
        permalink=_impersonal(comment),
    )


def _keyed(comment_id: str, identity: Identity, site: str) -> str:
    return identity.comment_id(site, comment_id) if comment_id.startswith("x-") else comment_id


def _impersonal(comment: Comment) -> str | None:
    """The permalink, unless it spells who wrote: his name, his profile or his id (one with a
    letter in it: a number may well be the comment's own). None for a made id's permalink too."""
    link = comment.permalink
    if link is None:
        return None
    spelled = fold_name(unquote(link))
    if comment.comment_id.startswith("x-") and comment.comment_id in link:
        return None
    marks = {fold_name(name) for name in (comment.author,) if name} - NOBODY
    marks |= {mark.replace(" ", joint) for mark in tuple(marks) for joint in ("-", "_", "", "+")}
    if comment.author_id and not comment.author_id.isdigit():
        marks.add(fold_name(comment.author_id))
    found = any(re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", spelled) for mark in marks if mark)
    return None if found or (comment.author_url and comment.author_url in link) else link
