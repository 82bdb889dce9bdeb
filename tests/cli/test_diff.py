"""``archiver diff``: every change, two chosen captures, JSON, colours, and what is not there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.dataset.measures import article_id
from archiver.model import Article
from tests.archives import ARTICLE as ARCHIVED
from tests.archives import NOON, SITE, answer, archived, exchange
from tests.cli.conftest import ESCAPE, Archiver
from tests.dataset.samples import ARTICLE, CANONICAL, URL
from tests.dataset.test_versions import dataset

ID = article_id(CANONICAL)
FIRST = replace(
    ARTICLE,
    text="The bridge is open.\n\nIt took ten years.\n\nThe mayor came.\n\nA ferry went.",
)
EDITED = replace(
    FIRST,
    title="Bridge closes",
    authors=(),
    text="The bridge is closed again.\n\nIt took ten years.\n\nThe mayor came.\n\n"
    "Nobody knows why.",
)
RENAMED = replace(EDITED, title="Bridge closes\x1b[2J")
FILE = "news-20261123073000-{:05d}-r1.warc.gz@1234"


def output(folder: Path, *captured: tuple[Article, int]) -> Path:
    dataset(folder / "dataset", *captured)
    return folder


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    return output(tmp_path, (FIRST, 0), (FIRST, 60), (EDITED, 120), (RENAMED, 180))


def test_every_change_in_turn_with_what_was_kept_folded(archiver: Archiver, edited: Path) -> None:
    said = archiver("diff", URL, "-o", edited)
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"{CANONICAL}  article {ID}\n"
        "4 captures, 2026-11-23 07:30:00 to 2026-11-23 07:33:00: 2 changes\n"
        "\n"
        "2026-11-23 07:31:00 -> 2026-11-23 07:32:00  capture 2 -> 3\n"
        f"  before       {FILE.format(60)}\n"
        f"  after        {FILE.format(120)}\n"
        "  changed      title, authors, text\n"
        "  title        Bridge opens -> Bridge closes\n"
        "  authors      Ann Smith, Bob -> none\n"
        "  text         4 words removed, 5 words added\n"
        "\n"
        "    The bridge is [-open-]{+closed again+}.\n"
        "\n"
        "    (2 paragraphs unchanged)\n"
        "\n"
        "    [-A ferry went-]{+Nobody knows why+}.\n"
        "\n"
        "2026-11-23 07:32:00 -> 2026-11-23 07:33:00  capture 3 -> 4\n"
        f"  before       {FILE.format(120)}\n"
        f"  after        {FILE.format(180)}\n"
        "  changed      title\n"
        "  title        Bridge closes -> Bridge closes\ufffd[2J\n"
    )


def test_two_crawls_of_a_page_are_compared_down_to_their_records(
    archiver: Archiver, derived: Path
) -> None:
    page = ARCHIVED.replace(
        b"took so many years until the 3th pillar", b"took until the 3rd pillar"
    )
    later = exchange("/bridge", answer("200 OK", page), started_at=NOON + timedelta(days=1))
    warc, (capture,) = archived(derived, [later], prefix="later")
    assert archiver("derive", warc, "-o", derived).code == 0
    said = archiver("diff", f"{SITE}/bridge", "-o", derived)
    assert (said.code, said.err) == (0, "")
    heading, before, after, changed, *lines = said.out.splitlines()[3:]
    assert heading == "2026-11-23 12:00:00 -> 2026-11-24 12:00:00  capture 1 -> 2"
    assert before.startswith("  before       news-20261123120000-")
    assert after == f"  after        {warc.name}@{capture.ref.offset}"
    assert changed == "  changed      text"
    assert [line for line in lines if line] == [
        "  text         4 words removed, 1 word added",
        "    (3 paragraphs unchanged)",
        "    Paragraph 3 tells at some length how the bridge over the river was built, who paid"
        " for it, and why it took [-so many years-] until the [-3th-]{+3rd+} pillar stood in the"
        " water at last.",
        "    (4 paragraphs unchanged)",
    ]


def test_an_article_goes_by_its_id_and_both_addresses(archiver: Archiver, edited: Path) -> None:
    shown = {archiver("diff", key, "-o", edited).out for key in (URL, CANONICAL, ID)}
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        (["--from", "1", "--to", "4"], "07:30:00 -> 2026-11-23 07:33:00  capture 1 -> 4"),
        (["--from", "2"], "07:31:00 -> 2026-11-23 07:33:00  capture 2 -> 4"),
        (["--to", "3"], "07:30:00 -> 2026-11-23 07:32:00  capture 1 -> 3"),
        (["--from", "2020-01-01", "--to", "2026-11-23"], "capture 1 -> 4"),
        (["--to", "2026-11-23T07:32:59"], "capture 1 -> 3"),
        (["--from", "20261123073100", "--to", "2026-11-23T08:32:00+01:00"], "capture 2 -> 3"),
    ],
    ids=" ".join,
)
def test_two_captures_are_chosen_by_number_or_by_time(
    archiver: Archiver, edited: Path, words: list[str], heading: str
) -> None:
    said = archiver("diff", ID, "-o", edited, *words)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[1].endswith(": 1 change")
    assert said.out.splitlines()[3].endswith(heading)


def test_captures_that_say_the_same_have_no_change(archiver: Archiver, edited: Path) -> None:
    told = "4 captures, 2026-11-23 07:30:00 to 2026-11-23 07:33:00: no change\n"
    for words in (["--to", "2"], ["--from", "2027-01-01"]):
        said = archiver("diff", ID, "-o", edited, *words)
        assert (said.code, said.out) == (0, f"{CANONICAL}  article {ID}\n{told}")


def test_an_article_captured_once_says_so(archiver: Archiver, tmp_path: Path) -> None:
    second = replace(ARTICLE, page_number=2)
    once = output(tmp_path, (ARTICLE, 0), (second, 1))
    said = archiver("diff", ID, "-o", once)
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"{CANONICAL}  article {ID}\n"
        "captured once, 2026-11-23 07:30:00: there is nothing to compare\n"
    )
    assert json.loads(archiver("diff", ID, "-o", once, "--json").out) == []


def test_pages_are_compared_each_with_itself(archiver: Archiver, tmp_path: Path) -> None:
    second = replace(ARTICLE, page_number=2, text="Page two.")
    pages = output(
        tmp_path,
        (ARTICLE, 0),
        (second, 1),
        (ARTICLE, 60),
        (replace(second, text="Page two, corrected."), 61),
    )
    lines = archiver("diff", ID, "-o", pages).out.splitlines()
    assert lines[1].startswith("4 captures, ")
    assert lines[3] == "2026-11-23 07:30:01 -> 2026-11-23 07:31:01  capture 1 -> 2, page 2"
    assert lines[-1] == "    Page two{+, corrected+}."


def test_what_another_program_read_is_noted(archiver: Archiver, tmp_path: Path) -> None:
    dataset(tmp_path / "dataset", (FIRST, 0), extractor="old")
    part = next((tmp_path / "dataset").glob("articles/*/*.parquet"))
    part.rename(part.with_name("old.parquet"))
    dataset(tmp_path / "dataset", (EDITED, 60), extractor="new")
    said = archiver("diff", ID, "-o", tmp_path).out
    assert "  note         read by different programs or rules, which may be what differs." in said


def test_many_words_kept_in_one_paragraph_are_left_out(archiver: Archiver, tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(300)]
    before = replace(ARTICLE, text=" ".join(words))
    after = replace(ARTICLE, text=" ".join([*words[:150], "new", *words[150:299], "last"]))
    made = output(tmp_path, (before, 0), (after, 60))
    assert archiver("diff", ID, "-o", made).out.splitlines()[-1] == (
        "    … 130 words … "
        + " ".join(words[130:150])
        + " {+new+} "
        + " ".join(words[150:170])
        + " … 109 words … "
        + " ".join(words[279:299])
        + " [-w299-]{+last+}"
    )


def test_a_terminal_gets_colours_and_a_file_none(
    archiver: Archiver, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = archiver("diff", ID, "-o", edited).out
    assert not ESCAPE.search(plain)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = archiver("diff", ID, "-o", edited).out
    assert "\x1b[31m[-open-]\x1b[0m\x1b[32m{+closed again+}\x1b[0m" in coloured
    assert ESCAPE.sub("", coloured) == plain


def test_json_has_an_object_for_each_change(archiver: Archiver, edited: Path) -> None:
    first, second = json.loads(archiver("diff", ID, "-o", edited, "--json").out)
    runs = first["text"].pop("runs")
    assert runs[:3] == [
        {"fate": "kept", "text": "The bridge is "},
        {"fate": "removed", "text": "open"},
        {"fate": "added", "text": "closed again"},
    ]
    after = (run["text"] for run in runs if run["fate"] != "removed")
    assert "".join(after) == EDITED.text
    assert first == {
        "article_id": ID,
        "canonical_url": CANONICAL,
        "page_number": 1,
        "before": {
            "capture_number": 2,
            "captured_at": "2026-11-23T07:31:00+00:00",
            "url": URL,
            "warc_filename": "news-20261123073000-00060-r1.warc.gz",
            "warc_record_offset": 1234,
            "warc_record_id": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        },
        "after": {
            "capture_number": 3,
            "captured_at": "2026-11-23T07:32:00+00:00",
            "url": URL,
            "warc_filename": "news-20261123073000-00120-r1.warc.gz",
            "warc_record_offset": 1234,
            "warc_record_id": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        },
        "is_read_alike": True,
        "fields": {
            "title": {"before": "Bridge opens", "after": "Bridge closes"},
            "authors": {"before": ["Ann Smith", "Bob"], "after": []},
        },
        "text": {"words_removed": 4, "words_added": 5},
    }
    assert (second["text"], list(second["fields"])) == (None, ["title"])


def test_what_is_not_there_is_told_with_what_to_try(
    archiver: Archiver, derived: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere"
    cases = {
        (2, f"{nowhere} holds no dataset. Name the output directory of a crawl with --output, or "
         f"derive one: archiver derive FILE -o {nowhere}"): [URL, "-o", nowhere],
        (1, f"no article in {derived} has the URL or article id 'nothing'. Some that it has: "
         f"archiver report --rows -o {derived}"): ["nothing", "-o", derived],
        (1, "https://www.news.example/gone was captured, but as no article (not_found). "
         f"See: archiver trace https://www.news.example/gone -o {derived}"):
         ["https://www.news.example/gone", "-o", derived],
    }  # fmt: skip
    for (code, complaint), words in cases.items():
        said = archiver("diff", *words)
        assert (said.code, said.out, said.err) == (code, "", f"archiver: {complaint}\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            ["--from", "soon"],
            "--from: 'soon' is neither the number of a capture nor a time. "
            "Write it like 2, 2026-11-23 or 2026-11-23T12:00",
        ),
        (["--from", "3", "--to", "2"], "--from 3 is not before --to 2"),
        (
            ["--to", "9"],
            "there is no such capture: "
            "page 1 has 4 captures, 2026-11-23 07:30:00 to 2026-11-23 07:33:00",
        ),
        (
            ["--to", "2026-11-22"],
            "there is no such capture: "
            "page 1 has 4 captures, 2026-11-23 07:30:00 to 2026-11-23 07:33:00",
        ),
    ],
)
def test_a_choice_that_cannot_be_made_is_told(
    archiver: Archiver, edited: Path, words: list[str], complaint: str
) -> None:
    said = archiver("diff", ID, "-o", edited, *words)
    assert (said.code, said.out, said.err) == (2, "", f"archiver: {complaint}\n")


def test_an_address_that_names_two_articles_asks_for_one(
    archiver: Archiver, tmp_path: Path
) -> None:
    moved = replace(ARTICLE, canonical_url="https://www.news.example/bridge")
    said = archiver("diff", URL, "-o", output(tmp_path, (ARTICLE, 0), (moved, 60)))
    other = article_id(moved.canonical_url)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"archiver: {URL} names 2 articles here. Name one by its id: ")
    assert f"{other} (https://www.news.example/bridge)" in said.err
