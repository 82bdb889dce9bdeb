from __future__ import annotations

import gzip
import http.client
import io
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from lxml import html

from archiver.model import CommentStatus
from archiver.outcomes import Outcome
from tests.newspaper import Newspaper, newspaper, watched_newspaper
from tests.newspaper.truth import ARTICLES, NEVER_ASKED, OUTCOMES, ExpectedArticle

EXPECTED_STATUS = {
    Outcome.REDIRECT: (301, 302, 307),
    Outcome.NOT_FOUND: (404,),
    Outcome.SERVER_ERROR: (500,),
}


@pytest.fixture(scope="module")
def paper() -> Iterator[Newspaper]:
    with watched_newspaper() as made:
        yield made


class _Received:
    """Bytes that came off a socket, in the shape that http.client reads a response from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _exchange(base: str, path: str, method: str = "GET", *lines: str) -> bytes:
    """Everything that crosses the wire for one request on a connection of its own."""
    address = urlsplit(base)
    head = (f"{method} {path} HTTP/1.1", f"Host: {address.netloc}", "Connection: close", *lines)
    with socket.create_connection((address.hostname, address.port or 80), timeout=10) as connection:
        connection.sendall("\r\n".join((*head, "", "")).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _get(base: str, path: str, method: str = "GET", *lines: str) -> tuple[int, Message, bytes]:
    received = _exchange(base, path, method, *lines)
    while received.startswith(b"HTTP/1.1 1"):  # http.client of Python 3.11 stops at a 103
        received = received.partition(b"\r\n\r\n")[2]
    response = http.client.HTTPResponse(_Received(received), method=method)  # type: ignore[arg-type]
    response.begin()
    return response.status, response.headers, response.read()


def _decoded(headers: Message, body: bytes) -> bytes:
    if headers.get("Content-Encoding") == "br":
        return brotli.decompress(body)  # type: ignore[no-any-return]
    is_gzip = headers.get("Content-Encoding") == "gzip" or headers["Content-Type"].endswith("/gzip")
    return gzip.decompress(body) if is_gzip else body


def _page(paper: Newspaper, path: str) -> tuple[html.HtmlElement, str]:
    """The parsed page and its text with white space folded."""
    _, headers, body = _get(paper.base, path)
    body = _decoded(headers, body)
    charset = headers["Content-Type"].split("charset=")[1]
    tree = html.document_fromstring(body.decode(charset))
    return tree, _folded(str(tree.xpath("string(//body)")))


def _folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.path)
def test_every_promised_word_stands_on_the_served_page(
    paper: Newspaper, article: ExpectedArticle
) -> None:
    _, text = _page(paper, article.path)
    promised = (article.title, article.first_words, article.last_words, *article.must_contain)
    assert [words for words in promised if _folded(words) not in text] == []
    assert "{{" not in text


@pytest.mark.parametrize(
    "article",
    [article for article in ARTICLES if article.comments],
    ids=lambda article: article.path,
)
def test_threads_of_the_truth_are_the_threads_of_the_page(
    paper: Newspaper, article: ExpectedArticle
) -> None:
    tree, _ = _page(paper, article.path)
    records = tree.xpath("//li[starts-with(@id, 'comment-')]")
    shown = [
        (
            record.get("id").removeprefix("comment-"),
            next(iter(record.xpath("ancestor::li[1]/@id")), None),
            "bypostauthor" in record.get("class"),
            "pingback" in record.get("class"),
        )
        for record in records
    ]
    assert shown == [
        (
            comment.comment_id,
            None if comment.parent_id is None else f"comment-{comment.parent_id}",
            comment.is_article_author,
            comment.status is CommentStatus.PINGBACK,
        )
        for comment in article.comments
    ]
    for record, comment in zip(records, article.comments, strict=True):
        own = _folded(str(record.xpath("string(*[1])")))
        assert comment.author in own
        assert _folded(comment.text) in own
        assert f"depth-{comment.depth + 1}" in record.get("class").split()
    [heading] = tree.xpath("//*[@id='comments']/descendant-or-self::*[self::h1 or self::h2]")
    assert article.comments_declared == len(article.comments)
    assert str(heading.text_content()).startswith(f"{article.comments_declared} ")


def test_magazine_page_holds_all_the_furniture_it_is_there_for(paper: Newspaper) -> None:
    tree, text = _page(paper, "/2024/03/harbour-cranes-return/")
    [article] = [article for article in ARTICLES if article.path.endswith("cranes-return/")]
    assert [words for words in article.must_not_contain if words not in text] == [
        "An invented newspaper"  # the other theme's footer
    ]
    assert len(tree.xpath("//h1[@class='entry-title']")) == 2
    assert len(tree.xpath("//ul[@id='recentcomments']/li")) == 2
    assert len(tree.xpath("//ol[contains(@class, 'wp-block-latest-comments')]/li")) == 2


@pytest.mark.parametrize(("path", "outcome"), OUTCOMES.items(), ids=str)
def test_every_address_answers_as_its_outcome_says(
    paper: Newspaper, path: str, outcome: Outcome
) -> None:
    status, headers, body = _get(paper.base, path)
    assert status in EXPECTED_STATUS.get(outcome, (200,))
    assert b"{{" not in _decoded(headers, body)


def test_every_article_can_be_reached_from_front_page_and_robots(paper: Newspaper) -> None:
    found = {"/", "/robots.txt"}
    queue = sorted(found)
    while queue:
        _, headers, body = _get(paper.base, queue.pop())
        text = headers.get("Location", "") + _decoded(headers, body).decode("utf-8", "replace")
        for url in re.findall(re.escape(paper.base) + r"[^\"<\s#]*", text):
            target = urlsplit(url)
            path = target.path + (f"?{target.query}" if target.query else "")
            if path not in found and path in OUTCOMES and path != "/private/ledger/":
                found.add(path)
                queue.append(path)
    assert found == set(OUTCOMES) - {"/private/ledger/"}


def test_traps_stand_on_the_pages(paper: Newspaper) -> None:
    pages = b"".join(
        _get(paper.base, path)[2] for path in ("/", "/2024/03/harbour-cranes-return/")
    ).decode()
    assert [trap for trap in NEVER_ASKED if trap not in pages] == []
    _, _, month = _get(paper.base, "/calendar/2024/12/")
    assert b"/calendar/2025/01/" in month


def test_head_and_conditional_requests_are_answered_without_a_body(paper: Newspaper) -> None:
    path = "/news/bridge-survey/"
    _, headers, body = _get(paper.base, path)
    assert body
    assert _get(paper.base, path, "GET", f"If-None-Match: {headers['ETag']}")[::2] == (304, b"")
    head = _exchange(paper.base, path, "HEAD")
    assert head.endswith(f"Content-Length: {len(body)}\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("path", "begins", "holds"),
    [
        ("/culture/printers-proof/", b"HTTP/1.1 103 Early Hints\r\n", b"\r\n\r\nHTTP/1.1 200 OK"),
        ("/culture/choir-finds-a-hall/", b"HTTP/1.1 200 OK\r\n", b"0\r\nX-Verses: 6\r\n\r\n"),
        ("/fr/le-marche-couvert/", b"HTTP/1.1 200 OK\r\n", "marché".encode("latin-1")),
    ],
)
def test_odd_ways_of_delivery_cross_the_wire(
    paper: Newspaper, path: str, begins: bytes, holds: bytes
) -> None:
    received = _exchange(paper.base, path)
    assert received.startswith(begins)
    assert holds in received


def test_newspaper_remembers_what_was_asked() -> None:
    with watched_newspaper() as own:
        _get(own.base, "/about/?a=1")
        assert own.asked == (("GET", "/about/?a=1"),)


def test_newspaper_gives_its_base_url_and_closes_with_its_block() -> None:
    with newspaper() as base:
        assert _get(base, "/about/")[0] == 200
    with pytest.raises(ConnectionRefusedError):
        _get(base, "/about/")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_prints_its_address_and_ends_cleanly(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.newspaper"]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        status, _, _ = _get(address.rstrip("/"), "/")
        process.send_signal(number)
        assert (status, process.wait(timeout=10)) == (200, 0)
