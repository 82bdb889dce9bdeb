"""``archiver learn``: a report first, a file only when it is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Archiver
from tests.stories import LETTER, RULES, THANKS, archived_stories

FILE = "news.example.furniture.toml"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("stories") / "output"
    archived_stories(output, 10)
    return output


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "news.toml").write_text(RULES)
    return tmp_path / "rules"


def test_the_report_says_what_texts_lose_and_nothing_is_written(
    archiver: Archiver, output: Path, rules: Path
) -> None:
    said = archiver("learn", "news.example", "-o", output, "--rules-dir", rules)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[:4] == [
        "news.example: 10 articles",
        "",
        "left out of texts: 200 words of 10 articles",
        f"  10 of 10  {LETTER}",
    ]
    assert lines[4].startswith("      … ")
    assert lines[4].endswith(" …  https://www.news.example/story-0")
    assert lines[7] == f"  10 of 10  {THANKS}"
    assert " [here] (the text ends) …" in lines[8]
    assert lines[11:] == [
        "",
        'around texts only: 3 blocks: "Politics", "River life", "The River Paper is an invented'
        ' newspaper"',
        "",
        f"{rules / FILE} is not written. --write writes it",
    ]
    assert not (rules / FILE).exists()


def test_write_writes_the_file_and_a_veto_in_it_stands(
    archiver: Archiver, output: Path, rules: Path
) -> None:
    command = ("learn", "news.example", "-o", output, "--rules-dir", rules, "--write")
    said = archiver(*command)
    assert said.out.endswith(
        f"\n{rules / FILE} is written. Review it, then: archiver derive --stale\n"
    )
    first = (rules / FILE).read_text()
    assert first.count("\n[[block]]\n") == 5
    (rules / FILE).write_text(first.replace(f'"{THANKS}"\n', f'"{THANKS}"\nkeep = true\n'))
    vetoed = (rules / FILE).read_text()
    said = archiver(*command)
    assert "left out of texts: 130 words of 10 articles\n" in said.out
    assert f"  10 of 10  {THANKS}  (kept by you)\n" in said.out
    assert "from the file as it is: 1 block, 1 of them kept in texts\n" in said.out
    assert (rules / FILE).read_text() == vetoed


def test_json_holds_the_lesson_and_the_file(archiver: Archiver, output: Path, rules: Path) -> None:
    said = archiver("learn", "news.example", "-o", output, "--rules-dir", rules, "--json")
    told = json.loads(said.out)
    assert (told["articles"], told["affected"], told["words"]) == (10, 10, 200)
    assert [block["inside"] for block in told["furniture"]["blocks"]] == [10, 10, 0, 0, 0]
    assert told["furniture"]["host"] == "news.example"


def test_without_a_folder_of_rules_it_says_how_to_write(archiver: Archiver, output: Path) -> None:
    said = archiver("learn", "NEWS.example.", "-o", output)
    assert said.out.endswith(
        "\nnothing is written: --rules-dir DIR --write writes it for you to review\n"
    )
    said = archiver("learn", "news.example", "-o", output, "--write")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("archiver: name the folder of your rules with --rules-dir")


@pytest.mark.parametrize(
    ("host", "code", "message"),
    [
        (
            "https://news.example/",
            2,
            "is no host. Write it in ASCII (xn--…), without https:// and path",
        ),
        ("other.example", 1, "no article of other.example is archived in"),
    ],
)
def test_a_host_that_is_none_or_unknown_is_told(
    archiver: Archiver, output: Path, host: str, code: int, message: str
) -> None:
    said = archiver("learn", host, "-o", output)
    assert (said.code, said.out) == (code, "")
    assert message in said.err


def test_a_folder_that_is_no_output_is_told(archiver: Archiver, tmp_path: Path) -> None:
    said = archiver("learn", "news.example", "-o", tmp_path)
    assert (said.code, said.out) == (2, "")
    assert "no WARC is here. Name the output directory of a crawl with --output" in said.err
