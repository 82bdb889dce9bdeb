"""Tombstones: readers, comments and articles that are to be forgotten, without saying who.

Knows what a tombstone is, how a file of them is written, and what is left of an article whose
readers are disguised already (``archiver.identity``) once what they name is taken away. Pure: the
same function serves a derivation, an item of a crawl and a row that stands in a part.

A tombstone holds a keyed digest or an id, and the site where it counts. A reader is the pseudonym
``reader-…`` that the key gives his name, in mode ``named`` too: who has the dataset and the
tombstones cannot tell whom they forget. What goes, and what stays:

* A forgotten article goes with all its comments.
* A forgotten comment goes; one with answers stays as a deleted node, empty and without writer,
  because its answers hang on it. A chain of forgotten answers goes as a whole.
* Where other texts of the site name a forgotten reader, ``reader-forgotten`` stands: instead of his
  pseudonym, and instead of his name wherever a run of words has his digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from archiver.errors import ConfigError, Place, UrlError
from archiver.identity import Identity, Mode
from archiver.mentions import Names, fold_name, names_of, runs_of
from archiver.model import Article, Comment, CommentStatus
from archiver.urls import site_of

FORGOTTEN = "reader-forgotten"
"""Stands in texts where a forgotten reader was named."""
NOTHING = "none"
"""The digest of no tombstones, in the footer of a part."""

_PSEUDONYM = re.compile(r"(?<!\w)reader-[0-9a-f]{12}(?!\w)")


class Kind(StrEnum):
    """What a tombstone forgets."""

    AUTHOR = "author"
    COMMENT = "comment"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True, order=True)
class Tombstone:
    """One thing that is to be forgotten."""

    site: str
    kind: Kind
    value: str
    """Of an author his pseudonym, of a comment its id as a dataset with pseudonyms has it, of an
    article its ``article_id``."""
    key: str | None = None
    """Fingerprint of the key that made ``value``; None for an id that no key made."""


@dataclass(frozen=True)
class Tombstones:
    """All tombstones of an output directory."""

    stones: frozenset[Tombstone] = frozenset()

    @cached_property
    def _by_site(self) -> Mapping[str, frozenset[Tombstone]]:
        found: dict[str, set[Tombstone]] = {}
        for stone in self.stones:
            found.setdefault(stone.site, set()).add(stone)
        return {site: frozenset(some) for site, some in found.items()}

    @property
    def keys(self) -> frozenset[str]:
        """Fingerprints of the keys that are needed to read them."""
        return frozenset(stone.key for stone in self.stones if stone.key is not None)

    def digest_for(self, sites: Iterable[str]) -> str:
        """SHA-256 (hex) of what counts on ``sites``; ``none`` where nothing does."""
        here = sorted(stone for site in set(sites) for stone in self._by_site.get(site, ()))
        if not here:
            return NOTHING
        told = json.dumps([[stone.site, stone.kind, stone.value] for stone in here])
        return hashlib.sha256(told.encode()).hexdigest()

    def on(self, site: str, identity: Identity) -> Forgotten | None:
        """What is forgotten on ``site``; None where nothing is."""
        stones = self._by_site.get(site)
        return None if stones is None else Forgotten(site, identity, stones)


@dataclass(frozen=True)
class Forgotten:
    """What is forgotten on one site, and the identity under which its readers appear."""

    site: str
    identity: Identity
    stones: frozenset[Tombstone] = field(repr=False)

    def _values(self, kind: Kind) -> frozenset[str]:
        return frozenset(stone.value for stone in self.stones if stone.kind is kind)

    @cached_property
    def readers(self) -> frozenset[str]:
        """Pseudonyms."""
        return self._values(Kind.AUTHOR)

    @cached_property
    def comments(self) -> frozenset[str]:
        """Ids of comments."""
        return self._values(Kind.COMMENT)

    @cached_property
    def articles(self) -> frozenset[str]:
        """Ids of articles."""
        return self._values(Kind.ARTICLE)

    def is_reader(self, author: str | None) -> bool:
        """Whether ``author``, as rows name him, is forgotten."""
        if author is None or not self.readers:
            return False
        if self.identity.mode == Mode.NAMED:
            author = self.identity.pseudonym(self.site, author)
        return author in self.readers

    def is_comment(self, comment: Comment) -> bool:
        """Whether ``comment`` is forgotten, by its id or with its writer."""
        return bool(
            self.comments & {comment.comment_id, keyed_id(comment.comment_id, self)}
        ) or self.is_reader(comment.author)

    def is_article(self, *urls: str) -> bool:
        """Whether the article that has one of these ``urls`` is forgotten."""
        return bool(self.articles & {article_id(url) for url in urls})


def keyed_id(comment_id: str, forgotten: Forgotten) -> str:
    """The id of a comment as a dataset with pseudonyms has it."""
    is_plain = forgotten.identity.mode == Mode.NAMED and comment_id.startswith("x-")
    return forgotten.identity.comment_id(forgotten.site, comment_id) if is_plain else comment_id


def article_id(url: str) -> str:
    """As the dataset has it (``archiver.dataset.measures``, which no pure room imports)."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def bury(
    article: Article,
    tombstones: Tombstones,
    identity: Identity,
    *,
    others: frozenset[str] = frozenset(),
    answered: frozenset[str] = frozenset(),
) -> Article | None:
    """What is left of ``article``, whose readers are disguised; None when it is forgotten itself.

    ``others`` are readers whom other records of the thread show (they matter in mode ``named``),
    ``answered`` ids of comments that have their answers in another record.
    """
    forgotten = tombstones.on(_site_of(article.url), identity)
    if forgotten is None:
        return article
    if forgotten.is_article(article.canonical_url, article.url):
        return None
    thread = article.thread
    if thread is None:
        return article
    comments = bury_comments(
        thread.comments, forgotten, prose=article.text, others=others, answered=answered
    )
    return replace(article, thread=replace(thread, comments=comments))


def _site_of(url: str) -> str:
    try:
        return site_of(url)
    except UrlError:
        return ""


def bury_comments(
    comments: tuple[Comment, ...],
    forgotten: Forgotten,
    *,
    prose: str = "",
    others: Collection[str] = (),
    answered: Collection[str] = (),
) -> tuple[Comment, ...]:
    """What is left of the ``comments`` of one record. ``prose`` is the article's text, where the
    record shows it."""
    gone, needed = _gone_and_needed(comments, forgotten, answered)
    ids = {one: keyed_id(one, forgotten) for one in needed}
    unsaid = _unsaying(comments, forgotten, prose, others)
    kept = [
        _emptied(one) if one.comment_id in gone else unsaid(one)
        for one in comments
        if one.comment_id not in gone or one.comment_id in needed
    ]
    return tuple(
        replace(
            one,
            position=position,
            comment_id=ids.get(one.comment_id, one.comment_id),
            parent_id=one.parent_id and ids.get(one.parent_id, one.parent_id),
        )
        for position, one in enumerate(kept)
    )


def _gone_and_needed(
    comments: Iterable[Comment], forgotten: Forgotten, answered: Collection[str]
) -> tuple[set[str], set[str]]:
    """Ids of forgotten comments, and of those among them on which an answer hangs that stays."""
    comments = tuple(comments)
    gone = {one.comment_id: one.parent_id for one in comments if forgotten.is_comment(one)}
    needed: set[str] = set()
    hanging = [one.parent_id for one in comments if one.comment_id not in gone]
    for start in [*hanging, *answered]:
        node = start
        while node in gone and node not in needed:
            needed.add(node)
            node = gone[node]
    return set(gone), needed


def answered_elsewhere(comments: Iterable[Comment], forgotten: Forgotten) -> set[str]:
    """Ids of comments of other records that have an answer among these which stays."""
    comments = tuple(comments)
    gone, needed = _gone_and_needed(comments, forgotten, ())
    return {
        one.parent_id
        for one in comments
        if one.is_orphan and one.parent_id and one.comment_id not in gone - needed
    }


def _emptied(comment: Comment) -> Comment:
    """The node without all that was said, and by whom."""
    return Comment(
        comment_id=comment.comment_id,
        text="",
        parent_id=comment.parent_id,
        parent_source=comment.parent_source,
        depth=comment.depth,
        status=CommentStatus.DELETED,
        is_orphan=comment.is_orphan,
    )


def _unsaying(
    comments: Iterable[Comment], forgotten: Forgotten, prose: str, others: Collection[str]
) -> Callable[[Comment], Comment]:
    """The function that takes forgotten readers out of what another one wrote."""
    if not forgotten.readers:
        return lambda comment: comment
    names = _forgotten_names(comments, forgotten, prose, others)

    def unsaid(comment: Comment) -> Comment:
        text = _PSEUDONYM.sub(
            lambda found: FORGOTTEN if found[0] in forgotten.readers else found[0], comment.text
        )
        text = names.replace_in(text)
        html = comment.html
        if html is not None and names.replace_in(html) != html:
            html = None  # markup can name him in more ways than its text
        return replace(comment, text=text, html=html)

    return unsaid


def _forgotten_names(
    comments: Iterable[Comment], forgotten: Forgotten, prose: str, others: Collection[str]
) -> Names:
    """The names of forgotten readers that these comments show or spell."""
    identity, site = forgotten.identity, forgotten.site
    people: dict[str, str] = {}
    known: dict[str, bool] = {}
    for comment in comments:
        if identity.mode == Mode.NAMED and comment.author and forgotten.is_reader(comment.author):
            people[comment.author] = FORGOTTEN
        for run in runs_of(comment.text):
            folded = fold_name(run)
            if folded not in known:
                known[folded] = identity.pseudonym(site, folded) in forgotten.readers
            if known[folded]:
                # A word in lower case may be an ordinary one: it counts where it has a capital.
                people[run.capitalize() if run.isalpha() and run.islower() else run] = FORGOTTEN
    if identity.mode == Mode.NAMED:
        people |= {name: FORGOTTEN for name in others if forgotten.is_reader(name)}
    return names_of(people, prose=prose)


def parse_tombstones(text: str, name: str) -> Tombstones:
    """What the lines of a file of tombstones say. ConfigError names the first that says nothing:
    what cannot be read might be somebody who asked to be forgotten."""
    stones = set()
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            stones.add(_stone_of(line, Place(name, line=number)))
    return Tombstones(frozenset(stones))


def _stone_of(line: str, place: Place) -> Tombstone:
    try:
        told: Any = json.loads(line)
        kind = Kind(told["forget"])
        site, value, key = told["site"], told[_FIELDS[kind]], told.get("key")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError("no tombstone", place=place, remedy=_MEND) from error
    is_whole = all(isinstance(one, str) and one for one in (site, value))
    if not is_whole or not (key is None or isinstance(key, str)):
        raise ConfigError("no whole tombstone", place=place, remedy=_MEND)
    return Tombstone(site, kind, value, key)


_MEND = "Restore the line from a backup, or take it out if nothing is to be forgotten by it"
_FIELDS = {Kind.AUTHOR: "reader", Kind.COMMENT: "comment_id", Kind.ARTICLE: "article_id"}


def line_of(stone: Tombstone, *, day: str) -> str:
    """``stone`` as a line of the file, with the ``day`` (ISO 8601) on which it was set."""
    told = {"forget": stone.kind.value, "site": stone.site, _FIELDS[stone.kind]: stone.value}
    if stone.key is not None:
        told["key"] = stone.key
    return json.dumps({**told, "since": day}, ensure_ascii=False)
