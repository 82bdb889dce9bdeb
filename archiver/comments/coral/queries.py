"""The questions put to a Coral server, in GraphQL.

Knows which fields every release since 5.0 (or 4.0) has: a server refuses a query whole for one
field that it has not heard of.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from archiver.comments.locations import with_query
from archiver.model import Ask

V5: Final = "/api/graphql"
TALK: Final = "/api/v1/graph/ql"
COUNT: Final = "/api/story/count"
_PAGE: Final = 50
"""Comments an answer, and direct replies to each: early releases of 5 refuse more."""
_TALK_PAGE: Final = 100
_HEADERS = (("Content-Type", "application/json"), ("Accept", "application/json"))
_FIELDS = (
    "id body createdAt status replyCount author { id username } parent { id } "
    "editing { edited } actionCounts { reaction { total } } tags { code }"
)
_TALK_FIELDS = (
    "id body created_at status replyCount user { id username } parent { id } "
    "editing { edited } tags { tag { name } } action_summaries { __typename count }"
)


def _connection(name: str, levels: int) -> str:
    """A page of comments with so many levels of replies below them."""
    below = f" {_connection('replies', levels - 1)}" if levels else ""
    after = "" if name == "replies" else ", after: $after"
    return (
        f"{name}(first: {_PAGE}, orderBy: CREATED_AT_ASC{after}) "
        f"{{ edges {{ node {{ {_FIELDS}{below} }} }} pageInfo {{ hasNextPage endCursor }} }}"
    )


_STORY = (
    "query Thread($id: ID, $url: String, $after: Cursor) { story(id: $id, url: $url) "
    f"{{ id url commentCounts {{ totalPublished }} {_connection('comments', 3)} }} }}"
)
_REPLIES = (
    "query Replies($id: ID!, $after: Cursor) { comment(id: $id) { id story { id url } "
    + _connection("replies", 2).replace("CREATED_AT_ASC)", "CREATED_AT_ASC, after: $after)", 1)
    + " } }"
)
_ASSET = (
    "query Thread($id: ID!, $cursor: Cursor) { asset(id: $id) { id url totalCommentCount "
    f"comments(deep: true, query: {{limit: {_TALK_PAGE}, cursor: $cursor, sortBy: CREATED_AT, "
    f"sortOrder: ASC}}) {{ hasNextPage endCursor nodes {{ {_TALK_FIELDS} }} }} }} }}"
)


def story_ask(
    root: str, story_id: str | None, story_url: str | None, after: str | None = None
) -> Ask:
    """The comments of a story with three levels of replies, from ``after`` on; of the first page
    the count instead, where the query is refused."""
    key, value = ("id", story_id) if story_id else ("url", story_url or "")
    count = Ask(with_query(root + COUNT, [(key, value)]))
    variables = {key: value, **({"after": after} if after else {})}
    return _post(root + V5, _STORY, variables, () if after else (count,))


def replies_ask(root: str, comment_id: str, after: str | None) -> Ask:
    """The replies to a comment that an answer left out, with two levels of replies to them."""
    return _post(root + V5, _REPLIES, {"id": comment_id, **({"after": after} if after else {})})


def asset_ask(root: str, asset_id: str, cursor: str | None = None) -> Ask:
    """Version 4: the comments of an asset at all depths, oldest first, from ``cursor`` on."""
    return _post(root + TALK, _ASSET, {"id": asset_id, **({"cursor": cursor} if cursor else {})})


def root_of(url: str) -> str:
    """The server's address, from that of its GraphQL."""
    plain = urlsplit(url)._replace(query="", fragment="").geturl().rstrip("/")
    return plain.removesuffix(TALK).removesuffix(V5)


def _post(url: str, query: str, variables: dict[str, str], instead: tuple[Ask, ...] = ()) -> Ask:
    body = json.dumps({"query": query, "variables": variables}, separators=(",", ":"))
    return Ask(url, "POST", _HEADERS, body, instead=instead)
