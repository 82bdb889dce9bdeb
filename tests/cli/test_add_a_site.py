"""``docs/add-a-site.md``: what it tells to write and to type, done as it tells to."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archiver.config import DeriveConfig
from archiver.derive import derive_warc
from archiver.identity import Identity
from archiver.rules_text import schema
from tests.archives import answer, archived, exchange
from tests.cli.conftest import KEY, Archiver
from tests.servers.certificates import make_server_context

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "add-a-site.md"
TEXT = DOCUMENT.read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
SHOWN = {kind: [block for found, block in BLOCKS if found == kind] for kind, _ in BLOCKS}
PAGE, SCRIPTED = (block for block in SHOWN["html"] if block.startswith("<!doctype"))
(RULES,) = SHOWN["toml"]
(HOOK,) = SHOWN["python"]
URL = "https://paper.example/2026/11/18/ferry"
LATER = "https://paper.example/2026/11/23/ferry"


def shown_runs() -> Iterator[tuple[list[str], str]]:
    """(words, output) of each command of ``archiver site`` that stands with what it prints."""
    for (kind, command), (after, output) in pairwise(BLOCKS):
        if kind == "sh" and after == "text" and command.startswith("archiver site"):
            yield shlex.split(command.replace("\\\n", " "))[1:], output


def is_shown(printed: str, shown: str) -> bool:
    """Whether ``shown`` is what was printed; lines of three dots stand for any lines. A file is
    captured on the day on which it is read."""
    printed = re.sub(r"captured \d{4}-\d\d-\d\d", "captured 2026-11-23", printed)
    pattern = r"\n(?:.*\n)*?".join(map(re.escape, shown.split("\n…\n")))
    return re.fullmatch(pattern, printed) is not None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of rules and the pages of the document, in the present folder."""
    monkeypatch.chdir(tmp_path)
    rules = tmp_path / "my-rules"
    rules.mkdir()
    (rules / "paper.example.toml").write_text(RULES)
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "script.html").write_text(SCRIPTED)
    return rules


@pytest.mark.parametrize(
    ("words", "shown"), list(shown_runs()), ids=lambda value: " ".join(value)[:60]
)
def test_a_command_prints_what_the_document_shows(
    archiver: Archiver, folder: Path, words: list[str], shown: str
) -> None:
    said = archiver(*words)
    assert (said.code, said.err) == (0, "")
    assert is_shown(said.out, shown), said.out


def test_the_document_shows_all_steps_before_the_crawl() -> None:
    assert [words[:2] for words, _ in shown_runs()] == [
        ["site", "try"],
        ["site", "try"],
        ["site", "check"],
    ]


def test_a_misspelled_key_is_told_as_the_document_shows(archiver: Archiver, folder: Path) -> None:
    (folder / "paper.example.toml").write_text(RULES.replace("title =", "titel ="))
    said = archiver("site", "check", "paper.example", "--rules-dir", "my-rules")
    assert said.code == 1
    assert said.err in SHOWN["text"]


def test_the_warning_that_is_quoted_is_given(archiver: Archiver, folder: Path) -> None:
    (quoted,) = re.findall(r"`! (title: .*?)`", TEXT)
    selector = quoted.split("'")[1]
    (folder / "paper.example.toml").write_text(RULES.replace("h1.head", selector))
    said = archiver("site", "try", "page.html", "--url", URL, "--rules-dir", "my-rules", "--json")
    assert json.loads(said.out)["warnings"] == [quoted]


def test_what_was_read_without_the_rules_is_read_again_with_them(
    archiver: Archiver, folder: Path
) -> None:
    output = folder.parent / "output"
    one = exchange("", answer(body=PAGE.encode()), url=URL)
    warc, _ = archived(output, [one])
    derive_warc(warc, DeriveConfig(output, Identity("pseudonym", bytes.fromhex(KEY))))
    assert read_of(output) == [("The Paper", [])]
    shown = next(
        shlex.split(line.partition("#")[0])[1:]
        for block in SHOWN["sh"]
        for line in block.splitlines()
        if line.startswith("archiver derive --stale")
    )
    said = archiver(*shown)
    assert said.code == 0
    assert read_of(output) == [("Ferry sinks at its pier", ["Ann Lee"])]


class _Paper(BaseHTTPRequestHandler):
    """The Paper: a front page, and the page of the document."""

    def do_GET(self) -> None:
        front = '<html><body><h1>News</h1><a href="/2026/11/18/ferry">Ferry sinks</a></body></html>'
        page = {"/": front, "/2026/11/18/ferry": PAGE}.get(self.path)
        body = (page or "not here").encode()
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[int]:
    """The port on which The Paper is served over TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Paper)
    context, _ = make_server_context(tmp_path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_crawl_reads_by_the_rules(archiver: Archiver, folder: Path, paper: int) -> None:
    (words,) = (
        shlex.split(line)
        for block in SHOWN["sh"]
        for line in block.splitlines()
        if line.startswith("scrapy crawl")
    )
    for setting in (
        f'CONNECT_TO={{"paper.example:443": "127.0.0.1:{paper}"}}',
        "DOWNLOAD_VERIFY_CERTIFICATES=False",
        "DOWNLOAD_DELAY=0",
        "AUTOTHROTTLE_ENABLED=False",
    ):
        words += ["-s", setting]
    root = Path(__file__).parent.parent.parent
    crawl = subprocess.run(
        [sys.executable, "-m", *words],
        env={
            **os.environ,
            "PYTHONPATH": str(root),
            "SCRAPY_SETTINGS_MODULE": "archiver.crawl.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert crawl.returncode == 0, crawl.stderr
    assert read_of(folder.parent / "output") == [("Ferry sinks at its pier", ["Ann Lee"])]
    (tried,) = re.findall(r"`archiver (site try https.*?)`", TEXT)
    said = archiver(*shlex.split(tried), "--rules-dir", "my-rules")
    assert "  → rule        h1.head (1)                  Ferry sinks at its pier" in said.out


def read_of(output: Path) -> list[tuple[str, list[str]]]:
    (part,) = (output / "dataset" / "articles").rglob("*.parquet")
    rows = pq.read_table(part, columns=["title", "authors"]).to_pylist()
    return [(row["title"], [one["name"] for one in row["authors"]]) for row in rows]


def test_the_page_with_a_hook_is_read_as_the_document_says(
    archiver: Archiver, folder: Path
) -> None:
    (folder / "paper.example.py").write_text(HOOK)
    said = archiver("extract", "script.html", "--url", LATER, "--rules-dir", "my-rules")
    assert (said.code, said.err) == (0, "")
    article = json.loads(said.out)
    told = ("outcome", "title", "text", "markdown", "authors")
    assert {name: article[name] for name in told} == {
        "outcome": "article",
        "title": "Ferry sinks at its pier",
        "text": "The ferry sank at its pier on Sunday night.\n\nNobody was on board.",
        "markdown": "The ferry sank at its pier on Sunday night.\n\nNobody was on board.",
        "authors": [{"name": "Ann Lee", "url": None}],
    }
    sources = article["field_sources"]
    assert {name: sources[name] for name in ("title", "text", "authors")} == {
        "title": "rule",
        "text": "hook",
        "authors": "hook",
    }


def test_without_the_hook_there_is_no_story(archiver: Archiver, folder: Path) -> None:
    said = archiver("extract", "script.html", "--url", LATER, "--rules-dir", "my-rules")
    article = json.loads(said.out)
    assert article["title"] == "Ferry sinks at its pier"
    assert "The ferry sank" not in article["text"]


def test_a_hook_that_fails_is_named_with_its_line(archiver: Archiver, folder: Path) -> None:
    hook = folder / "paper.example.py"
    hook.write_text(HOOK.replace('["body"]', '["text"]'))
    line = 1 + HOOK.partition('["body"]')[0].count("\n")
    said = archiver("extract", "script.html", "--url", LATER, "--rules-dir", "my-rules")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"archiver: {LATER}: extract_failed "
        f"(paper.example.py, line {line}: KeyError: 'text'. Mend the hook)\n"
    )


def test_a_hook_that_does_not_hold_together_is_refused(archiver: Archiver, folder: Path) -> None:
    (folder / "paper.example.py").write_text("def read_page(article):\n    return article\n")
    said = archiver("extract", "script.html", "--url", LATER, "--rules-dir", "my-rules")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "archiver: my-rules/paper.example.py, line 1: read_page cannot be called with 3 arguments."
        " Write def read_page(document, page, article)\n"
    )


def test_every_key_of_the_schema_has_its_row_in_the_table() -> None:
    table = TEXT.partition("## Every key")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|")[0] for line in table.splitlines() if line.startswith("| `")]
    told = [row.strip().strip("`").strip("[]") for row in rows]
    properties = schema()["properties"]
    known = [*properties, *properties["layout"]["items"]["properties"]]
    assert sorted(told) == sorted(known)
    assert all(len(line.split("|")) == 5 for line in table.splitlines() if line.startswith("|"))
