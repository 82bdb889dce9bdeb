"""Coral (once Talk, of the Coral Project and Vox Media): GraphQL of version 5 and later, and of
version 4.

Knows how pages name a Coral server (``Coral.createStreamEmbed``, ``Coral.Talk.render``, embed
scripts and frames, settings that name a host) and a story there. Most installations answer only
queries that their own scripts sent before; there the outcome is that the query was refused, and at
least the count is asked for. ``stream()`` and, in version 4, ``asset(url)`` create what they do not
find: neither is ever asked, so a page of version 4 that names no asset id gives no asks.

Shapes: coralproject/talk, of 9.x under ``server/src/core/server`` (``graph/schema/schema.graphql``,
``graph/resolvers``, ``app/middleware/error.ts`` and ``graphql/persistedQuery.ts``,
``app/handlers/api/story/count.ts``) and ``client/src/core/client/embed/Coral.ts``; of 4.x
``graph/typeDefs.graphql`` and ``graph/loaders/assets.js``. Checked against its published shape
only, no server was asked.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archiver.comments.coral.answers import COUNT, NAME, TALK, V5, read_answer
from archiver.comments.coral.places import place_of
from archiver.comments.coral.queries import asset_ask, story_ask
from archiver.comments.platform import Finding, Found
from archiver.dom import Document

__all__ = ["NAME", "find", "owns", "read", "read_answer"]

_NAMED = re.compile(r"coral|talk|comment|kommentar|discuss|diskus|forum")
"""What hosts and paths of Coral servers are called; ``/api/graphql`` alone is everybody's."""


def find(document: Document) -> Finding | None:
    """Server and story of the page; no asks where the page names no server, or where asking would
    create the story."""
    if "coral" not in document.hints:
        return None
    place = place_of(document)
    if place is None:
        return None
    ref = place.story_id or place.story_url
    if place.root is None:
        return Finding(ref)
    if not place.is_talk:
        return Finding(ref, (story_ask(place.root, place.story_id, place.story_url),))
    asks = (asset_ask(place.root, place.story_id),) if place.story_id else ()
    return Finding(ref, asks)


def owns(url: str) -> bool:
    """True for a Coral server's GraphQL and count addresses."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if path.endswith(TALK):
        return True
    named = _NAMED.search(f"{parts.hostname or ''}{path}")
    return path.endswith((V5, COUNT)) and named is not None


def read(document: Document) -> Found | None:  # noqa: ARG001 - the protocol's form
    """``None``: no page shows Coral's comments itself."""
    return None
