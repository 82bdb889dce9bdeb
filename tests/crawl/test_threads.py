"""Threads of a crawl: asked for on their platform's own host, followed to their end, visited again.

One crawl of a newspaper whose threads behave and misbehave; whatever they do, every URL has one
outcome and the rest of the crawl is whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.crawl.running import captures, derive_again, derived_files, outcomes, rows, run_scrapy
from tests.servers.talk import PAPER, TALK, Reply, TalkServer, Thread, comment, served, talk_server

Query = Mapping[str, list[str]]
SEED = f"http://{PAPER}/"


def always_the_same(server: TalkServer, path: str, query: Query) -> Reply:
    """The first page, whatever is asked for, and the word that there is more."""
    first = {name: values for name, values in query.items() if name in ("limit", "nested_limit")}
    status, headers, body = served(list(server.threads[path].rows), first)
    return status, headers, json.dumps({**json.loads(body), "hidden_replies": 500}).encode()


def says_no(status: int) -> Any:
    return lambda server, path, query: (status, {"Content-Type": "text/plain"}, b"No.")


def html(server: TalkServer, path: str, query: Query) -> Reply:
    return 200, {"Content-Type": "text/html"}, b"<html><body><h1>Down for repair</h1></body></html>"


def busy_once(server: TalkServer, path: str, query: Query) -> Reply:
    times = sum(f"uri={path.replace('/', '%2F')}" in target for target in server.asked.targets)
    if times == 1:
        return 429, {"Retry-After": "1"}, b""
    return served(list(server.threads[path].rows), query)


def hollow(server: TalkServer, path: str, query: Query) -> Reply:
    said: dict[str, Any] = {"id": None, "total_replies": 40, "hidden_replies": 0, "replies": []}
    return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


def odd(server: TalkServer, path: str, query: Query) -> Reply:
    """Ids that are not unique, parents in a ring, one not there, a script, a deleted one."""
    replies = [
        comment(1), comment(1, text="<p>Twice.</p>"), comment(2, 3), comment(3, 2),
        comment(4, 99), comment(5, text="<p>Clean</p><script>steal()</script><style>p{}</style>"),
        comment(6, mode=4, text="", author=None), {"id": None}, "junk", {"text": "no id"},
    ]  # fmt: skip
    said: dict[str, Any] = {"id": None, "total_replies": 6, "hidden_replies": 0, "replies": replies}
    return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


def elsewhere(server: TalkServer, path: str, query: Query) -> Reply:
    return 302, {"Location": "http://far.example/"}, b""


MANY = tuple(comment(n, None if n % 5 else n - 1) for n in range(1, 1201))
THREADS = {
    "/small/": Thread((comment(1), comment(2, 1), comment(3))),
    "/many/": Thread(MANY),
    "/silent/": Thread(),
    "/endless/": Thread(MANY, always_the_same),
    "/html/": Thread(behaves=html),
    "/login/": Thread(behaves=says_no(401)),
    "/gone/": Thread(behaves=says_no(404)),
    "/broken/": Thread(behaves=says_no(500)),
    "/busy/": Thread((comment(1),), busy_once),
    "/hollow/": Thread(behaves=hollow),
    "/odd/": Thread(behaves=odd),
    "/elsewhere/": Thread(behaves=elsewhere),
}


@dataclass(frozen=True)
class Crawled:
    output: Path
    server: TalkServer
    code: int
    log: str
    items: list[dict[str, Any]]


def crawled(server: TalkServer, output: Path, **settings: str) -> Crawled:
    """One run; its items in a file of their own."""
    feed = output.with_suffix(".jsonl")
    feed.unlink(missing_ok=True)
    settings = {"CONNECT_TO": server.connect_to, **settings}
    command = ("crawl", "news", "-a", f"seeds={SEED}", "-O", str(feed))
    done = run_scrapy(*command, output=output, settings=settings)
    items = [json.loads(line) for line in feed.read_text("utf-8").splitlines()]
    return Crawled(output, server, done.returncode, done.stderr, items)


@pytest.fixture(scope="module")
def site() -> Iterator[TalkServer]:
    with talk_server(THREADS) as server:
        yield server


@pytest.fixture(scope="module")
def run(site: TalkServer, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    return crawled(site, tmp_path_factory.mktemp("threads") / "output", RETRY_TIMES="1")


def of_article(table: list[dict[str, Any]], path: str, key: str = "article_url") -> list[Any]:
    return [row for row in table if row[key] == f"http://{PAPER}{path}"]


def asked_for(run: Crawled, path: str) -> dict[str, str]:
    """The outcome of each request for the thread of the article at ``path``."""
    return {
        url: outcome
        for url, outcome in outcomes(run.output).items()
        if urlsplit(url).netloc == TALK and parse_qs(urlsplit(url).query).get("uri") == [path]
    }


def test_every_url_has_an_outcome_and_every_article_its_row(run: Crawled) -> None:
    assert all(outcomes(run.output).values())
    articles = {urlsplit(row["url"]).path for row in rows(run.output, "articles")}
    assert articles == set(THREADS)


@pytest.mark.parametrize("path", ["/small/", "/many/", "/busy/"])
def test_a_thread_is_collected_to_its_end(run: Crawled, path: str) -> None:
    found = of_article(rows(run.output, "comments"), path)
    expected = {str(row["id"]): row["parent"] for row in THREADS[path].rows}
    assert {row["comment_id"]: row["parent_id"] for row in found} == {
        name: None if parent is None else str(parent) for name, parent in expected.items()
    }
    assert set(asked_for(run, path).values()) == {"thread"}


def test_the_capture_of_a_thread_says_whose_it_is(run: Crawled) -> None:
    (capture,) = (
        capture
        for _, capture in captures(run.output)
        if capture.notes.get("purpose") == "thread" and "small" in capture.url
    )
    article = f"http://{PAPER}/small/"
    assert {
        "via": article, "articleUrl": article, "articleCanonicalUrl": article,
        "threadPlatform": "isso", "threadRef": "/small/",
    }.items() <= capture.notes.items()  # fmt: skip
    (row,) = of_article(rows(run.output, "captures"), "/small/")
    assert (row["comments_declared"], row["comments_collected"]) == (3, 3)
    assert (row["thread_outcome"], row["outcome"]) == ("complete", "thread")
    links = {row["permalink"] for row in of_article(rows(run.output, "comments"), "/small/")}
    assert links == {f"{article}#isso-{number}" for number in (1, 2, 3)}


@pytest.mark.parametrize(
    ("path", "outcome", "whole", "comments"),
    [
        ("/silent/", {"thread"}, "complete", 0),
        ("/hollow/", {"thread"}, "short", 0),
        ("/html/", {"other_content"}, None, 0),
        ("/login/", {"client_error"}, "login_needed", 0),
        ("/gone/", {"not_found"}, "not_found", 0),
        ("/broken/", {"server_error"}, None, 0),
        ("/elsewhere/", {"redirect"}, None, 0),
        ("/odd/", {"thread"}, "complete", 6),
    ],
)
def test_a_thread_that_misbehaves_ends_in_a_named_outcome(
    run: Crawled, path: str, outcome: set[str], whole: str | None, comments: int
) -> None:
    assert set(asked_for(run, path).values()) == outcome
    last = of_article(rows(run.output, "captures"), path)[-1]
    assert last["thread_outcome"] == whole
    assert len(of_article(rows(run.output, "comments"), path)) == comments


def test_an_endless_thread_ends(run: Crawled) -> None:
    found = of_article(rows(run.output, "comments"), "/endless/")
    assert len({row["comment_id"] for row in found}) < len(MANY)
    assert 1 < len(asked_for(run, "/endless/")) < 10


def test_odd_comments_are_put_right(run: Crawled) -> None:
    found = {row["comment_id"]: row for row in of_article(rows(run.output, "comments"), "/odd/")}
    assert found["5"]["text"] == "Clean"
    assert (found["6"]["status"], found["6"]["text"], found["6"]["author"]) == ("deleted", "", None)
    assert found["4"]["is_orphan"]
    assert sorted(found[name]["depth"] for name in "23") == [0, 1]


def test_no_digest_of_an_address_leaves_the_archive(run: Crawled) -> None:
    said = json.dumps(rows(run.output, "comments"), default=str) + json.dumps(run.items)
    assert "d41d8cd98f" not in said
    assert "0123456789ab" not in said


def test_deriving_again_gives_the_same_bytes(run: Crawled) -> None:
    before = derived_files(run.output)
    assert derive_again(run.output, "--identity", "named") == before


def test_items_hold_the_comments_of_their_threads(run: Crawled) -> None:
    threads = [item for item in run.items if item.get("kind") == "thread"]
    ids = {
        comment["comment_id"]
        for item in threads
        if item["article_url"] == f"http://{PAPER}/many/"
        for comment in item["comments"]
    }
    assert ids == {str(row["id"]) for row in MANY}


def test_a_thread_that_is_due_is_visited_again_and_its_page_is_not(tmp_path: Path) -> None:
    first = (comment(1), comment(2, 1))
    with talk_server({"/grows/": Thread(first)}) as server:
        output = tmp_path / "output"
        crawled(server, output)
        crawled(server, output)
        calm = [target for target in server.asked.targets if target.startswith(TALK + "/?")]
        assert len(calm) == 1, "nothing is due yet"
        ledger = sqlite3.connect(output / "state" / "frontier.sqlite")
        assert ledger.execute("UPDATE threads SET due_at = 1").rowcount == 1
        ledger.commit()
        ledger.close()
        server.threads["/grows/"] = Thread((*first, comment(3)))
        server.asked.targets.clear()
        crawled(server, output)
        assert f"{PAPER}/grows/" not in server.asked.targets
    found = rows(output, "comments")
    assert [row["comment_id"] for row in found] == ["1", "2", "1", "2", "3"]
    assert len({row["captured_at"] for row in found}) == 2


@pytest.mark.parametrize("threads", ["page", "site"])
def test_threads_elsewhere_are_not_asked_for_where_the_operator_says_so(
    tmp_path: Path, threads: str
) -> None:
    with talk_server({"/small/": THREADS["/small/"]}) as server:
        crawled(server, tmp_path / "output", THREADS=threads)
        assert not [target for target in server.asked.targets if target.startswith(TALK)]


def test_a_site_may_be_left_without_threads(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "paper.toml").write_text(f'host = "{PAPER}"\nthreads = "page"\n')
    with talk_server({"/small/": THREADS["/small/"]}) as server:
        crawled(server, tmp_path / "output", RULES_DIR=str(tmp_path / "rules"))
        assert not [target for target in server.asked.targets if target.startswith(TALK)]
