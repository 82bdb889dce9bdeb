"""The documents say what is there: links, settings, outcomes, exit codes, fields, commands.

What ``docs/dataset.md`` says of columns is compared in ``tests/dataset/test_docs.py``.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main
from scrapy.settings import default_settings
from typer.core import TyperGroup

from archiver.cli import app
from archiver.comments import PLATFORMS
from archiver.config import identity_key_path
from archiver.crawl import settings
from archiver.crawl.commands.crawl import ExitCode
from archiver.outcomes import Outcome, ThreadOutcome
from archiver.warc.notes import NOTE_FIELDS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
COMMENTS = (DOCS / "comments.md").read_text("utf-8")
OPERATING = (DOCS / "operating.md").read_text("utf-8")
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        ROOT / "output" / "README.md",
        ROOT / "archiver" / "rules" / "README.md",
        *DOCS.rglob("*.md"),
    ]
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def section(text: str, title: str) -> str:
    """What stands below the heading ``title``, up to the next heading of its level."""
    found = re.search(
        rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found is not None, title
    return found[2]


def table(text: str) -> list[list[str]]:
    """The cells of the first table in ``text``, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def anchors(path: Path) -> set[str]:
    """Names that a link into ``path`` can end in, as GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, anchor = unquote(link).partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_file_of_ours_that_is_named_exists(document: Path) -> None:
    folders = "archiver|bench|docs|spiders|tests"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_what_can_be_pasted_is_shell(document: Path) -> None:
    for block in re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL):
        read = subprocess.run(
            ["sh", "-n"], input=block, text=True, capture_output=True, check=False
        )
        assert (read.returncode, read.stderr) == (0, ""), block
        assert not re.search(r"[^\\]\n +\S", block), "a line goes on without a backslash"


def test_the_indexes_list_every_document() -> None:
    for index in (DOCS / "index.md", DOCS / "decisions" / "README.md"):
        links = re.findall(r"\]\(([^)\s#]+)", index.read_text("utf-8"))
        there = [entry.name for entry in index.parent.iterdir() if entry != index]
        assert sorted(links) == sorted(there)


def spelled(value: object) -> str:
    """A default as the table writes it."""
    if value is None or value == "":
        return "–"
    if value == 1024**3:
        return "1 GiB"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return f"`{value}`"


def test_every_setting_of_ours_is_documented_with_its_default() -> None:
    ours = {
        name: spelled(getattr(settings, name))
        for name in dir(settings)
        if name.isupper() and not hasattr(default_settings, name)
    }
    key_file = identity_key_path({}).relative_to(Path.home())
    ours["IDENTITY_KEY_FILE"] = f"`~/{key_file}`"
    told = {quoted(name)[0]: default for name, default, _ in table(section(OPERATING, "Settings"))}
    assert told == ours


def test_every_outcome_is_named_once() -> None:
    rows = table(section(OPERATING, "What happens to every URL"))
    named = [name for outcomes, _ in rows for name in quoted(outcomes)]
    assert sorted(named) == sorted(Outcome)


def test_every_thread_outcome_is_named_once() -> None:
    rows = table(section(COMMENTS, "How whole a thread is"))
    assert sorted(name for cell, _ in rows for name in quoted(cell)) == sorted(ThreadOutcome)


def test_every_platform_has_its_row_in_the_order_of_trial() -> None:
    rows = table(section(COMMENTS, "Platforms"))
    assert [quoted(name) for name, *_ in rows] == [[platform.NAME] for platform in PLATFORMS]
    assert [row for row in rows if len(row) != 4 or not all(row)] == []


def test_every_exit_code_is_named() -> None:
    rows = table(section(OPERATING, "Exit codes of `scrapy crawl`"))
    assert [int(code) for code, *_ in rows] == sorted(ExitCode)


def test_every_field_of_our_metadata_records_is_named_once() -> None:
    text = section((DOCS / "archive.md").read_text("utf-8"), "What a WARC holds")
    named = [name for fields, _ in table(text) for name in quoted(fields)]
    assert sorted(named) == sorted(NOTE_FIELDS)


def commands_in(document: Path) -> list[str]:
    """Every ``archiver …`` that a document tells to type, in a block or in a line."""
    text = document.read_text("utf-8").replace("\\\n", " ")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    lines += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    lines = [line.removeprefix(".venv/bin/") for line in lines]
    return [line for line in lines if line.startswith("archiver ")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_command_and_option_exists(document: Path) -> None:
    program = typer.main.get_group(app)
    for line in commands_in(document):
        _, name, *words = shlex.split(line.replace("…", ""))
        if name == "--help":
            continue
        assert name in program.commands, line
        command = program.commands[name]
        if isinstance(command, TyperGroup):
            command = command.commands[words[0]]
        known = {option for one in command.params for option in one.opts}
        options = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert options <= known, line


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_make_target_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE)
    assert set(named) <= targets


def test_every_command_is_shown_in_the_readme() -> None:
    shown = {line.split()[1] for line in commands_in(ROOT / "README.md")}
    needed = {command for command in typer.main.get_group(app).commands if command != "recover"}
    assert shown - {"--help"} == needed


def test_every_room_is_in_the_picture() -> None:
    text = section((DOCS / "architecture.md").read_text("utf-8"), "Rooms")
    named = {name.rstrip("/") for name in quoted(text)}
    package = ROOT / "archiver"
    rooms = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
    rooms |= {path.parent.name for path in package.glob("*/__init__.py")}
    rooms |= {path.stem for path in (package / "crawl").glob("*.py") if path.stem != "__init__"}
    assert rooms - named == set()


FOLDERS_OF_A_MACHINE = re.compile(r"(?<![\w.~…])/(?:work|tmp|root|home|mnt|opt|srv|var)/")
HOSTS = re.compile(r"https?://([^/\s)'\"`]+)")
ALLOWED_HOSTS = re.compile(r"([a-z-]+\.)*example(\.org|\.com)?|…")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_machine_and_no_foreign_host_is_named(document: Path) -> None:
    text = document.read_text("utf-8")
    assert not FOLDERS_OF_A_MACHINE.search(text)
    assert [host for host in HOSTS.findall(text) if not ALLOWED_HOSTS.fullmatch(host)] == []
