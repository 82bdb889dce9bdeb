"""utterances: the comments of a GitHub issue under an article, by GitHub's REST API.

Knows the client's settings, how they name an issue, the search for it and the list of its comments
(no levels: GitHub's issues have none). Who has no account may ask 60 times an hour, and search ten
times a minute: a refusal is an outcome of the thread.

Shapes: utterance/utterances, ``src/client.ts``, ``src/page-attributes.ts``, ``src/github.ts``;
docs.github.com, REST API, 'Search issues and pull requests' and 'List issue comments'. Checked
against its published shape only, no server was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from archiver.comments.embeds import data_of, scripts_under, scripts_with, setting, title_of
from archiver.comments.github import (
    body_text,
    is_api,
    is_staff,
    path_term,
    refusal,
    repository,
    shared_title,
)
from archiver.comments.locations import address_of, page_fields, query_of, with_query
from archiver.comments.platform import Answer, Batch, Finding, Found
from archiver.comments.shapes import at, instant, json_of, tables, whole, word
from archiver.dom import Document
from archiver.errors import Place, PlatformError
from archiver.model import Ask, Comment, Precision, Thread
from archiver.outcomes import ThreadOutcome

NAME = "utterances"

_API = "https://api.github.com"
_SEARCH = "/search/issues"
_LIST = re.compile(r"/repos/([\w.-]+/[\w.-]+)/issues/(\d{1,12})/comments", re.ASCII)
_QUERY = re.compile(r'"(.*)" type:issue in:title repo:([\w.-]+/[\w.-]+)', re.ASCII | re.DOTALL)
_PER_PAGE: Final = "100"
"""The most that the REST API gives at once."""
_HEADERS = (("Accept", "application/vnd.github.html+json"),)
"""``body_html``: the comment as rendered, which leaves no Markdown to be read here."""
_SETTINGS = ("repo", "issue-term", "issue-number")


def find(document: Document) -> Finding | None:
    """The search for the issue that the settings name, or the first page of its comments."""
    if "utteranc" not in document.hints:
        return None
    for settings in _widgets(document):
        repo = repository(settings.get("repo"))
        number = settings.get("issue-number", "")
        term = _term(settings.get("issue-term"), document)
        if repo is None:
            continue
        if term:
            query = f'"{term}" type:issue in:title repo:{repo}'
            fields = {"q": query, "sort": "created", "order": "asc"}
            ask = Ask(with_query(_API + _SEARCH, fields), headers=_HEADERS)
            return Finding(f"{repo} {term}", (ask,))
        if number.isdecimal():
            return Finding(f"{repo}#{number}", (_first_page(repo, number),))
    return None


def owns(url: str) -> bool:
    """True for GitHub's search for an issue by its title, and its list of an issue's comments."""
    if not is_api(url):
        return False
    path = urlsplit(url).path
    is_search = path == _SEARCH and _QUERY.match(query_of(url).get("q", "")) is not None
    return is_search or _LIST.fullmatch(path) is not None


def read(document: Document) -> Found | None:  # noqa: ARG001
    """None: a script draws the comments."""
    return None


def read_answer(answer: Answer) -> Batch:
    """The issue that was searched for, or a page of its comments."""
    said = json_of(answer)
    if isinstance(said, list):
        return _page(said, answer)
    if at(said, "items") is not None and isinstance(at(said, "items"), list):
        return _issue(said, answer)
    outcome = refusal(word(at(said, "message")) or "")
    if outcome is None:
        raise PlatformError("neither issues nor comments", place=Place(answer.url))
    return Batch(Thread(NAME, (), None, _reference(answer), outcome))


def _widgets(document: Document) -> Iterator[Mapping[str, str]]:
    """The settings of each widget: of script tags, and of scripts that make one."""
    for node, base in scripts_under(document, "/client.js"):
        if base.endswith("//utteranc.es"):
            given = ((name, node.get(name) or data_of(node, name)) for name in _SETTINGS)
            yield {name: value.strip() for name, value in given if value}
    for script in scripts_with(document, "utteranc.es/client.js"):
        yield {name: value for name in _SETTINGS if (value := setting(script, name))}


def _term(named: str | None, document: Document) -> str | None:
    """What the issue's title holds, as the client makes it of the page."""
    if named == "pathname":
        return path_term(document.url)
    if named == "url":
        return address_of(document)
    if named == "title":
        return title_of(document)
    if named == "og:title":
        return shared_title(document, frozenset({"og:title"}))
    return named


def _first_page(repo: str, number: str) -> Ask:
    address = f"{_API}/repos/{repo}/issues/{number}/comments"
    return Ask(with_query(address, {"page": "1", "per_page": _PER_PAGE}), headers=_HEADERS)


def _issue(said: dict[str, Any], answer: Answer) -> Batch:
    """The first issue whose title holds the term, else the first: as the client chooses."""
    asked = _QUERY.match(query_of(answer.url).get("q", ""))
    term, repo = (asked[1].lower(), asked[2]) if asked else ("", "")
    issues = [issue for issue in tables(said["items"]) if whole(issue.get("number"))]
    titled = [issue for issue in issues if term in (word(issue.get("title")) or "").lower()]
    issue = next(iter(titled or issues), None)
    reference = _reference(answer)
    if issue is None or not repo:
        return Batch(Thread(NAME, (), None, reference, ThreadOutcome.NOT_FOUND))
    declared = whole(issue.get("comments"))
    asks = () if declared == 0 else (_first_page(repo, str(whole(issue["number"]))),)
    return Batch(Thread(NAME, (), declared, reference), asks)


def _page(said: list[Any], answer: Answer) -> Batch:
    comments = tuple(comment for entry in tables(said) for comment in _comment(entry))
    if said and not any("created_at" in entry for entry in tables(said)):
        raise PlatformError("no comments of an issue", place=Place(answer.url))
    query = query_of(answer.url)
    page, size = whole(query.get("page", "1")), whole(query.get("per_page", "30"))
    thread = Thread(NAME, comments, None, _reference(answer))
    if not comments or not page or not size or len(said) < size:
        return Batch(thread)
    return Batch(thread, (Ask(page_fields(answer.url, {"page": str(page + 1)}), headers=_HEADERS),))


def _reference(answer: Answer) -> str | None:
    if answer.thread_ref:
        return answer.thread_ref
    listed = _LIST.fullmatch(urlsplit(answer.url).path)
    if listed:
        return f"{listed[1]}#{listed[2]}"
    asked = _QUERY.match(query_of(answer.url).get("q", ""))
    return f"{asked[2]} {asked[1]}" if asked else None


def _comment(entry: dict[str, Any]) -> Iterator[Comment]:
    comment_id = word(entry.get("id"))
    text = body_text(entry.get("body_html")) or word(entry.get("body")) or ""
    if comment_id is None or not text:
        return
    created, updated = (instant(entry.get(name)) for name in ("created_at", "updated_at"))
    yield Comment(
        comment_id=comment_id,
        text=text,
        author=word(at(entry, "user", "login")),
        author_id=word(at(entry, "user", "id")),
        author_url=word(at(entry, "user", "html_url")),
        is_staff=is_staff(entry.get("author_association")),
        published_at=created,
        edited_at=updated if updated != created else None,
        published_raw=word(entry.get("created_at")),
        published_precision=Precision.SECOND if created else None,
        html=word(entry.get("body_html")),
        likes=whole(at(entry, "reactions", "+1")),
        dislikes=whole(at(entry, "reactions", "-1")),
        permalink=word(entry.get("html_url")),
    )
