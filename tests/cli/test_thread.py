"""``archiver thread``: the tree at a time, its changes, JSON, and what is not there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archiver.dataset.measures import article_id
from archiver.model import Comment, CommentStatus, ParentSource
from archiver.outcomes import ThreadOutcome
from tests.cli.conftest import ESCAPE, Archiver
from tests.dataset import answers
from tests.dataset.answers import Taken, answer, dataset, page, refused
from tests.dataset.samples import CANONICAL, MORNING, URL

ID = article_id(CANONICAL)
DAY = 24 * 60 * 60


def comment(number: int, text: str = "", parent: int | None = None, **more: Any) -> Comment:
    """Written so many minutes after six."""
    return answers.comment(
        number,
        text,
        parent_id=None if parent is None else str(parent),
        parent_source=None if parent is None else ParentSource.ATTRIBUTE,
        published_at=MORNING - timedelta(minutes=90 - number),
        **more,
    )


FIRST = [
    comment(1, "A bridge at last.\n\nAnd such a bridge.", likes=3, dislikes=1),
    comment(2, "Ten years!", 1),
    comment(3, "Spam."),
    comment(4, "Who paid?", is_staff=True),
]
SECOND = [
    comment(1, "A bridge at last.\n\nAnd what a bridge.", likes=9, dislikes=1),
    comment(2, " ", 1, status=CommentStatus.DELETED),
    comment(5, "I did.", 2),
    comment(4, "Who paid?", is_staff=True, likes=1),
    comment(600, "New \x1b[2J here.", 9),
]


def output(folder: Path, *taken: Taken) -> Path:
    dataset(folder / "dataset", *taken)
    return folder


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    return output(
        tmp_path,
        page(0, FIRST, 4),
        page(DAY, SECOND, 4),
        refused(DAY + 60),
    )


def test_the_tree_is_marked_and_followed_by_its_changes(archiver: Archiver, grown: Path) -> None:
    said = archiver("thread", URL, "-o", grown)
    assert (said.code, said.err) == (0, "")
    both = "seen 2026-11-23 07:30:00 to 2026-11-24 07:30:00"
    assert said.out == (
        f"{CANONICAL}  article {ID}\n"
        "2026-11-24 07:31:00  coral gave no comments: login_needed\n"
        "\n"
        "wordpress  4 comments, 4 declared, whole in the last visit\n"
        "2 visits, 2 captures, 2026-11-23 07:30:00 to 2026-11-24 07:30:00\n"
        "as it stood 2026-11-24 07:30:00; changes since 2026-11-23 07:30:00\n"
        "\n"
        f"~ reader-1  2026-11-23 06:01:00  +9 -1  #1  {both}\n"
        "      A bridge at last.\n"
        "\n"
        "      And what a bridge.\n"
        f"~   reader-2  2026-11-23 06:02:00  [deleted]  #2  {both}\n"
        "\n"
        "+     reader-5  2026-11-23 06:05:00  #5  seen 2026-11-24 07:30:00\n"
        "          I did.\n"
        f"~ reader-4  2026-11-23 06:04:00  +1  [staff]  #4  {both}\n"
        "      Who paid?\n"
        "+ reader-600  2026-11-23 16:00:00  [answers #9, which was not captured]  #600"
        "  seen 2026-11-24 07:30:00\n"
        "      New \ufffd[2J here.\n"
        "\n"
        "changes since 2026-11-23 07:30:00\n"
        "  added        1, marked +\n"
        "  found        1, marked +; written before, and first captured since\n"
        "  edited       #1  reader-1\n"
        "  text         1 word removed, 1 word added\n"
        "\n"
        "    (1 paragraph unchanged)\n"
        "\n"
        "    And [-such-]{+what+} a bridge.\n"
        "  likes        3 -> 9\n"
        "  edited       #2  reader-2\n"
        "  text         2 words removed, 0 words added\n"
        "\n"
        "    [-Ten years!-]\n"
        "  status       visible -> deleted\n"
        "  voted        #4  reader-4\n"
        "  likes        none -> 1\n"
        "  removed      #3  reader-3  after 2026-11-23 07:30:00, by 2026-11-24 07:30:00: "
        "a visit shows the whole thread without it\n"
        "    Spam.\n"
    )


def test_an_earlier_state_knows_nothing_of_what_came_later(archiver: Archiver, grown: Path) -> None:
    said = archiver("thread", ID, "-o", grown, "--at", "2026-11-23")
    assert said.out == (
        f"{CANONICAL}  article {ID}\n"
        "\n"
        "wordpress  4 comments, 4 declared, whole in the last visit\n"
        "1 visit, 1 capture, 2026-11-23 07:30:00 to 2026-11-23 07:30:00\n"
        "as it stood 2026-11-23 23:59:59; changes since 2026-11-23 07:30:00\n"
        "\n"
        "  reader-1  2026-11-23 06:01:00  +3 -1  #1  seen 2026-11-23 07:30:00\n"
        "      A bridge at last.\n"
        "\n"
        "      And such a bridge.\n"
        "    reader-2  2026-11-23 06:02:00  #2  seen 2026-11-23 07:30:00\n"
        "        Ten years!\n"
        "  reader-3  2026-11-23 06:03:00  #3  seen 2026-11-23 07:30:00\n"
        "      Spam.\n"
        "  reader-4  2026-11-23 06:04:00  [staff]  #4  seen 2026-11-23 07:30:00\n"
        "      Who paid?\n"
        "\n"
        "changes since 2026-11-23 07:30:00\n"
        "  none\n"
    )


def test_what_is_not_proved_gone_is_kept_and_said(archiver: Archiver, tmp_path: Path) -> None:
    made = output(tmp_path, page(0, FIRST, 4), page(DAY, SECOND[-1:], 40))
    said = archiver("thread", URL, "-o", made)
    assert "wordpress  5 comments, 40 declared, not known to be whole" in said.out
    assert "?   reader-2  2026-11-23 06:02:00  [unseen]  #2  seen 2026-11-23 07:30:00" in said.out
    assert said.out.endswith(
        "  added        1, marked +\n"
        "  unseen       4, marked ?: not in the last visit, which does not prove them removed\n"
    )


def test_a_removed_comment_with_answers_stands_in_the_tree(
    archiver: Archiver, tmp_path: Path
) -> None:
    left = [comment(2, "Ten years!", 1), *FIRST[2:]]
    made = output(tmp_path, page(0, FIRST, 4), page(DAY, left, 3))
    said = archiver("thread", URL, "-o", made, "--since", "2026-11-23T12:00")
    lines = said.out.splitlines()
    assert lines[2] == "wordpress  3 comments, 3 declared, whole in the last visit"
    assert (
        "- reader-1  2026-11-23 06:01:00  +3 -1  [removed]  #1  seen 2026-11-23 07:30:00" in lines
    )
    assert (
        "    reader-2  2026-11-23 06:02:00  #2  seen 2026-11-23 07:30:00 to 2026-11-24 07:30:00"
        in lines
    )


def test_each_platform_has_its_tree(archiver: Archiver, tmp_path: Path) -> None:
    made = output(
        tmp_path,
        page(0, FIRST[:1]),
        answer(60, FIRST[:1], platform="disqus"),
    )
    said = archiver("thread", URL, "-o", made)
    heads = [line.split("  ")[0] for line in said.out.splitlines() if "none declared" in line]
    assert heads == ["disqus", "wordpress"]


def test_json_has_the_same_facts(archiver: Archiver, grown: Path) -> None:
    told = json.loads(archiver("thread", URL, "-o", grown, "--json").out)
    (thread,) = told.pop("threads")
    assert told == {
        "article_id": ID,
        "canonical_url": CANONICAL,
        "refusals": [
            {
                "captured_at": "2026-11-24T07:31:00+00:00",
                "platform": "coral",
                "outcome": ThreadOutcome.LOGIN_NEEDED,
            }
        ],
    }
    nodes, changes, (removed,) = (thread.pop(name) for name in ("comments", "changes", "removed"))
    assert thread == {
        "platform": "wordpress",
        "at": "2026-11-24T07:30:00+00:00",
        "since": "2026-11-23T07:30:00+00:00",
        "captures": 2,
        "visits": 2,
        "first_captured_at": "2026-11-23T07:30:00+00:00",
        "last_captured_at": "2026-11-24T07:30:00+00:00",
        "declared": 4,
        "collected": 4,
        "is_whole": True,
    }
    assert [(node["comment_id"], node["depth"], node["presence"]) for node in nodes] == [
        ("1", 0, "shown"),
        ("2", 1, "shown"),
        ("5", 2, "shown"),
        ("4", 0, "shown"),
        ("600", 0, "shown"),
    ]
    assert [(change["comment_id"], change["kind"]) for change in changes] == [
        ("1", "edited"),
        ("2", "edited"),
        ("5", "found"),
        ("4", "voted"),
        ("600", "added"),
        ("3", "removed"),
    ]
    assert changes[3]["fields"] == {"likes": {"before": None, "after": 1}}
    assert removed["removal"] == {
        "after": "2026-11-23T07:30:00+00:00",
        "by": "2026-11-24T07:30:00+00:00",
        "evidence": "whole",
    }


def test_other_programs_are_named_as_what_may_differ(archiver: Archiver, tmp_path: Path) -> None:
    dataset(tmp_path / "dataset", page(0, FIRST), extractor="e1")
    dataset(tmp_path / "dataset", page(60, SECOND), extractor="e2")
    assert "  note         read by different programs" in archiver("thread", ID, "-o", tmp_path).out


def test_a_terminal_gets_colours_and_a_file_none(
    archiver: Archiver, grown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = archiver("thread", ID, "-o", grown).out
    assert not ESCAPE.search(plain)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert ESCAPE.sub("", archiver("thread", ID, "-o", grown).out) == plain


def test_an_article_without_comments_says_so(archiver: Archiver, tmp_path: Path) -> None:
    said = archiver("thread", ID, "-o", output(tmp_path, page(0)))
    assert (said.code, said.out) == (
        0,
        f"{CANONICAL}  article {ID}\nno comment on it was captured\n",
    )


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (
            [ID, "--at", "soon"],
            2,
            "--at: 'soon' is no time. Write it like 2026-11-23 or 2026-11-23T12:00",
        ),
        (
            [ID, "--since", "31.12.2026"],
            2,
            "--since: '31.12.2026' is no time. Write it like 2026-11-23 or 2026-11-23T12:00",
        ),
        (
            [ID, "--since", "2026-12-01", "--at", "2026-11-30"],
            2,
            "--since 2026-12-01 is not before --at 2026-11-30",
        ),
        (
            [ID, "--at", "20261123072959"],
            2,
            "--at 20261123072959: the thread was not captured before 2026-11-23 07:30:00",
        ),
        (
            ["nothing"],
            1,
            "no article in {} has the URL or article id 'nothing'. "
            "Some that it has: archiver report --rows -o {}",
        ),
    ],
)
def test_what_cannot_be_shown_is_told(
    archiver: Archiver, grown: Path, words: list[str], code: int, complaint: str
) -> None:
    said = archiver("thread", *words, "-o", grown)
    expected = f"archiver: {complaint.format(grown, grown)}\n"
    assert (said.code, said.out, said.err) == (code, "", expected)


def test_a_folder_without_a_dataset_is_told(archiver: Archiver, tmp_path: Path) -> None:
    said = archiver("thread", ID, "-o", tmp_path)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"archiver: {tmp_path} holds no dataset. Name the output directory")


def test_a_thread_whose_article_was_not_read_is_shown_too(
    archiver: Archiver, tmp_path: Path
) -> None:
    made = output(tmp_path, answer(0, FIRST))
    assert archiver("thread", CANONICAL, "-o", made).out.startswith(f"{CANONICAL}  article {ID}\n")
