"""``docs/add-a-site.md``: what it tells to write, run as it tells to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Archiver

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "add-a-site.md"
SHOWN = dict(re.findall(r"```(html|toml|python)\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL))
URL = "https://paper.example/ferry"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder and the page of the document, in the present folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my-rules"
    folder.mkdir()
    (folder / "paper.example.toml").write_text(SHOWN["toml"])
    (folder / "paper.example.py").write_text(SHOWN["python"])
    (tmp_path / "page.html").write_text(SHOWN["html"])
    return folder


def test_the_page_is_read_as_the_document_says(archiver: Archiver, rules: Path) -> None:
    said = archiver("extract", "page.html", "--url", URL, "--rules-dir", "my-rules")
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


def test_without_the_hook_there_is_no_story(archiver: Archiver, rules: Path) -> None:
    (rules / "paper.example.py").unlink()
    said = archiver("extract", "page.html", "--url", URL, "--rules-dir", "my-rules")
    article = json.loads(said.out)
    assert (article["title"], article["authors"]) == ("Ferry sinks at its pier", [])
    assert "The ferry sank" not in article["text"]


def test_a_hook_that_fails_is_named_with_its_line(archiver: Archiver, rules: Path) -> None:
    hook = rules / "paper.example.py"
    hook.write_text(SHOWN["python"].replace('["body"]', '["text"]'))
    line = 1 + SHOWN["python"].partition('["body"]')[0].count("\n")
    said = archiver("extract", "page.html", "--url", URL, "--rules-dir", "my-rules")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"archiver: {URL}: extract_failed "
        f"(paper.example.py, line {line}: KeyError: 'text'. Mend the hook)\n"
    )


def test_a_hook_that_does_not_hold_together_is_refused(archiver: Archiver, rules: Path) -> None:
    (rules / "paper.example.py").write_text("def read_page(article):\n    return article\n")
    said = archiver("extract", "page.html", "--url", URL, "--rules-dir", "my-rules")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "archiver: my-rules/paper.example.py, line 1: read_page cannot be called with 3 arguments."
        " Write def read_page(document, page, article)\n"
    )
