"""Readers under another name: stable within a site, meaningless outside it.

Knows the key and what in an article says who a reader is. Pure: it reads no file (``config`` keeps
the key) and does not know where an article goes. What happens in mode ``pseudonym``, and why:

* ``author`` becomes ``reader-`` and 12 hex digits, ``author_id`` 16 hex digits, each from its own
  value alone: HMAC-SHA-256 under the key over site, kind and value. One name is one reader-…
  throughout a site, whichever platform module read it; nothing joins readers across sites. (A
  plain hash of a name is undone by trying names: EDPB Guidelines 01/2025 ask for a secret.)
* ``author_url`` and ``html`` are null: they lead to a person's own site and profile.
* The names of all readers of the thread are replaced in all its texts (``archiver.mentions``),
  those whom only other records of the thread show too, as far as the caller knows them.
* A ``comment_id`` that a platform module made from author, time and text is made again under the
  key: otherwise a guess at the name could be checked. So is one that is an address on another
  site: an answer from a reader's own site (webmention) has that as its id. References follow.
* A ``permalink`` that spells a reader's name or profile, or leads to his own site, is null.
* The article's own author is a reader like the others when he comments, though the byline names
  him in ``articles``: one rule without exception cannot be wrong about who is who.
* E-mail addresses and other facts that readers write about themselves stay: they are the text.

In mode ``named`` nothing changes but avatar and e-mail hashes, which leave in every mode: they are
addresses that can be looked up.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from urllib.parse import unquote

from archiver.errors import ConfigError, UrlError
from archiver.mentions import NOBODY, Names, fold_name, names_of
from archiver.model import Article, Comment
from archiver.urls import site_of

SHORTEST_KEY = 16
"""Bytes: 128 bits cannot be tried out."""

# Gravatar, Libravatar and their mirrors: /avatar/ and the MD5 or SHA-256 of an e-mail address;
# Disqus and Isso: an attribute or value of that name.
_AVATAR_HASH = re.compile(r"(avatars?(?:/|%2F))(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-f])", re.I)
_EMAIL_HASH = re.compile(
    r"""((?:e-?mail|gravatar)[-_]?(?:hash|md5|id)?["']?\s*[=:]\s*["']?)[0-9a-f]{32,64}""", re.I
)
# Remark42 knows a reader who signed in by e-mail as email_ and the SHA-1 of his address.
_EMAIL_ID = re.compile(r"e?mail[_:-]", re.I)


class Mode(StrEnum):
    """Under which name readers appear."""

    PSEUDONYM = "pseudonym"
    NAMED = "named"


@dataclass(frozen=True)
class Identity:
    """Under which names readers appear, and the key that makes them."""

    mode: str = Mode.PSEUDONYM
    key: bytes | None = field(default=None, repr=False)
    """Secret, at least 16 bytes; needed for pseudonyms. When named, only who is forgotten is told
    by it (``archiver.tombstones``)."""

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
        """That of the key that makes the readers' names; None when named."""
        return None if self.mode == Mode.NAMED else self.key_fingerprint

    @cached_property
    def key_fingerprint(self) -> str | None:
        """16 hex digits that tell two keys apart and give none away; None without a key."""
        return None if self.key is None else fingerprint_of(self.key)

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
        return hmac.digest(self.key or b"", said, "sha256").hex()


def fingerprint_of(key: bytes) -> str:
    """16 hex digits that tell ``key`` from others and give it not away."""
    return hashlib.sha256(b"archiver identity key fingerprint\0" + key).hexdigest()[:16]


def disguise(
    article: Article,
    identity: Identity,
    *,
    site: str | None = None,
    others: frozenset[str] = frozenset(),
) -> Article:
    """``article`` with its thread as ``identity`` lets readers appear.

    ``site`` is that of the page commented on, which an answer of a comment platform's own host
    does not say by its URL; None for the site of ``article.url``. ``others`` are readers whom
    other records of the same thread show, as published: they may be named in texts of this one.
    """
    thread = article.thread
    if thread is None:
        return article
    if identity.mode == Mode.NAMED:
        comments = tuple(_without_hashes(comment) for comment in thread.comments)
        return replace(article, thread=replace(thread, comments=comments))
    where = site or site_of(article.url)
    authors = frozenset(comment.author for comment in thread.comments if comment.author)
    people, names = _known(authors | others, identity, where, article.text)
    comments = tuple(
        _disguised(comment, identity, where, people, names) for comment in thread.comments
    )
    return replace(article, thread=replace(thread, comments=comments))


@lru_cache(maxsize=4)
def _known(
    authors: frozenset[str], identity: Identity, site: str, prose: str
) -> tuple[Mapping[str, str], Names]:
    """Pseudonyms by name, and the names to look for. Of a thread of 200 answers each is disguised
    with the names of all."""
    people = {author: identity.pseudonym(site, author) for author in sorted(authors)}
    return people, names_of(people, prose=prose)


def _without_hashes(comment: Comment) -> Comment:
    html = comment.html
    if html is not None:
        html = _EMAIL_HASH.sub(r"\1", _AVATAR_HASH.sub(r"\1", html))
    url = comment.author_url
    if url is not None:
        url = _EMAIL_HASH.sub(r"\1", _AVATAR_HASH.sub(r"\1", url))
    author_id = comment.author_id
    if author_id is not None and _EMAIL_ID.match(author_id):
        author_id = None
    return replace(comment, html=html, author_url=url, author_id=author_id)


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
        published_raw=None if _spells_writer(comment) else comment.published_raw,
        permalink=_impersonal(comment, site),
    )


def _keyed(comment_id: str, identity: Identity, site: str) -> str:
    """By the id alone, so that a comment keeps it in whichever record it is named."""
    is_told = comment_id.startswith("x-") or _is_elsewhere(comment_id, site)
    return identity.comment_id(site, comment_id) if is_told else comment_id


def _spells_writer(comment: Comment) -> bool:
    """Whether the time as it stands there names who wrote ("Ann Smith on May 2")."""
    name = fold_name(comment.author or "")
    if not name or name in NOBODY or not comment.published_raw:
        return False
    return _stands_in(name, fold_name(comment.published_raw))


def _stands_in(word: str, text: str) -> bool:
    """Whether ``word`` stands in ``text`` as a word. (A regex for each of 20,000 readers took half
    of the time of a derivation, to be compiled.)"""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_is_word(text[max(0, at - 1) : at]) or _is_word(text[end : end + 1])):
            return True
        at = text.find(word, at + 1)
    return False


def _is_word(sign: str) -> bool:
    return sign == "_" or sign.isalnum()


def _is_elsewhere(url: str, site: str) -> bool:
    """An address, and of another site."""
    if "://" not in url:
        return False
    try:
        return site_of(url) != site
    except UrlError:
        return True


def _impersonal(comment: Comment, site: str) -> str | None:
    """The permalink, unless it spells who wrote: his name, his profile or his id (one with a
    letter in it: a number may well be the comment's own). None for a made id's permalink too."""
    link = comment.permalink
    if link is None:
        return None
    if comment.author_url and _is_elsewhere(link, site) and _share_site(link, comment.author_url):
        return None
    spelled = fold_name(unquote(link))
    if comment.comment_id.startswith("x-") and comment.comment_id in link:
        return None
    marks = {fold_name(name) for name in (comment.author,) if name} - NOBODY
    marks |= {mark.replace(" ", joint) for mark in tuple(marks) for joint in ("-", "_", "", "+")}
    if comment.author_id and not comment.author_id.isdigit():
        marks.add(fold_name(comment.author_id))
    found = any(_stands_in(mark, spelled) for mark in marks if mark)
    return None if found or (comment.author_url and comment.author_url in link) else link


def _share_site(one: str, other: str) -> bool:
    try:
        return site_of(one) == site_of(other)
    except UrlError:
        return False
