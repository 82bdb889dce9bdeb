"""Whatever shape a thread has: what is shown to others names no reader, and no hash leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.comments import PLATFORMS, read_answer, read_thread
from archiver.comments.platform import Answer
from archiver.comments.thread import arrange
from archiver.crawl.items import item_of
from archiver.dataset.rows import article_row, comment_rows
from archiver.dom import parse_decoded
from archiver.errors import ArchiverError
from archiver.identity import Identity, disguise
from archiver.mentions import NOBODY, fold_name
from archiver.model import Article, Capture, Comment, CommentStatus, RecordRef, Thread
from archiver.outcomes import Outcome
from archiver.warc.conversion import json_ld
from tests.pages import raw_page

PSEUDONYM = Identity("pseudonym", bytes(range(32)))
NAMED = Identity("named")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROSE = "Nobody knows what they will do with the old bridge in may, or who is to paint it."
URL = "https://news.example/bridge"
REF = RecordRef("news-20261123120000-00000-r.warc.gz", 1, 2, "<urn:uuid:0>")
CAPTURE = Capture(REF, "response", URL, NOON, notes={"purpose": "thread"})


def shown(thread: Thread, identity: Identity, *, others: frozenset[str] = frozenset()) -> str:
    """All that is shown of a thread: its rows, its clean record and its item, as one text."""
    article = Article(URL, URL, Outcome.ARTICLE, text=PROSE, title="Bridge", thread=thread)
    left = disguise(article, identity, others=others)
    assert left.thread is not None
    rows = [article_row(left, CAPTURE, rules_digest="", extractor=""), *comment_rows(left, CAPTURE)]
    said = json_ld(left, identifier="0")
    apart = replace(article, outcome=Outcome.THREAD)
    items = [item_of(CAPTURE, one, identity, others=others) for one in (article, apart)]
    return json.dumps([rows, said, items], default=str, ensure_ascii=False)


# --- threads of many shapes --------------------------------------------------------------------

LETTERS = {
    "latin": "abcdefghijklmnopqrstuvwxyzäöüßéñøł",
    "cyrillic": "абвгдежзиклмнопрстухцчшщыэюя",
    "greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "hangul": "가나다라마바사아자차카타파하",
    "han": "张王李赵陈杨黄周吴徐孙胡朱高林何郭马罗",
}


@st.composite
def names(draw: st.DrawFn) -> str:
    """A name that is nobody's and no word: long enough that chance does not write it."""
    script = draw(st.sampled_from(sorted(LETTERS)))
    words = draw(st.integers(1, 3))
    least = 4 if script in ("han", "hangul") else 7
    word = st.text(LETTERS[script], min_size=least, max_size=least + 4)
    parts = [draw(word) for _ in range(words)]
    if draw(st.booleans()):
        parts = [part.capitalize() for part in parts]
    glue = "" if script == "han" else draw(st.sampled_from([" ", " ", "_", "-"]))
    tail = draw(st.sampled_from(["", "", "99", " 🦊", " (Bonn)"]))
    return glue.join(parts) + tail


HASHES = st.text("0123456789abcdef", min_size=32, max_size=32)


@dataclass(frozen=True)
class Written:
    thread: Thread
    secrets: tuple[str, ...]
    """What no output may hold."""
    hashes: tuple[str, ...]


def mentions(name: str) -> st.SearchStrategy[str]:
    joined = re.sub(r"[^\w]+", "", name.partition(" (")[0].removesuffix(" 🦊"))
    return st.sampled_from(
        [
            f"I agree with {name}, mostly.",
            f"@{name} no",
            f"@{joined}: no",
            f"{name}: what?",
            f"as {name.upper()} says",
            f"({name}) wrote",
            f"Quoth\n\n{name}, long ago.",
            "nothing to see",
        ]
    )


@st.composite
def threads(draw: st.DrawFn) -> Written:
    people = draw(st.lists(names(), min_size=1, max_size=6, unique_by=fold_name))
    comments: list[Comment] = []
    secrets: list[str] = []
    hashes: list[str] = []
    for number in range(draw(st.integers(1, 8))):
        author = draw(st.one_of(st.none(), st.sampled_from(people)))
        profile = f"https://reader{number}secret.example/about"
        hidden = draw(HASHES)
        hashes.append(hidden)
        secrets.append(f"reader{number}secret")
        own_id = draw(
            st.sampled_from(
                [f"{number + 1}", f"x-{number:024x}", f"{profile}/reply", f"{URL}#c{number}"]
            )
        )
        if own_id.startswith("x-"):
            secrets.append(own_id)
        slug = re.sub(r"\s+", "-", (author or "none").casefold())
        comments.append(
            Comment(
                comment_id=own_id,
                text=draw(mentions(draw(st.sampled_from(people)))),
                parent_id=draw(st.sampled_from([None, *(one.comment_id for one in comments)])),
                author=author,
                author_id=draw(st.sampled_from([None, f"id{number}secretly", f"email_{hidden}"])),
                author_url=draw(st.sampled_from([None, profile, f"{profile}?d=avatar/{hidden}"])),
                published_raw=draw(st.sampled_from([None, "May 2", f"{author} on May 2"])),
                html=f'<img src="//g.example/avatar/{hidden}?s=1" data-email-hash="{hidden}">',
                status=draw(st.sampled_from(list(CommentStatus))),
                permalink=draw(
                    st.sampled_from(
                        [None, f"{URL}#c{number}", f"{URL}/u/{slug}/{number}"]
                        + ([own_id] if "://" in own_id else [])
                    )
                ),
            )
        )
        secrets += [f"id{number}secretly", *([author] if author else [])]
    # An author's own site may be named only where it is his: without author_url no module has it.
    comments = [
        replace(one, author_url=one.author_url or one.comment_id)
        if one.comment_id.startswith("https://reader") else one
        for one in comments
    ]  # fmt: skip
    return Written(Thread("platform", arrange(comments), len(comments)), tuple(secrets),
                   tuple(hashes))  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(threads())
def test_with_pseudonyms_nothing_tells_who_wrote(written: Written) -> None:
    told = shown(written.thread, PSEUDONYM)
    folded = fold_name(json.loads(json.dumps(told)))
    assert [one for one in written.secrets if fold_name(one) in folded] == []
    assert [one for one in written.hashes if one in told] == []


@settings(max_examples=300, deadline=None)
@given(threads())
def test_answers_hang_where_they_hung(written: Written) -> None:
    article = Article(URL, URL, Outcome.ARTICLE, text=PROSE, thread=written.thread)
    left = disguise(article, PSEUDONYM).thread
    assert left is not None
    places = {one.comment_id: i for i, one in enumerate(written.thread.comments)}
    found = {one.comment_id: i for i, one in enumerate(left.comments)}
    assert len(found) == len(left.comments) == len(written.thread.comments)
    for before, after in zip(written.thread.comments, left.comments, strict=True):
        assert places.get(before.parent_id or "") == found.get(after.parent_id or "")
        assert (before.parent_id is None) == (after.parent_id is None)


@settings(max_examples=200, deadline=None)
@given(threads())
def test_named_keeps_names_and_no_hash(written: Written) -> None:
    told = shown(written.thread, NAMED)
    assert [one for one in written.hashes if one in told] == []
    for comment in written.thread.comments:
        if comment.author:
            assert json.dumps(comment.author, ensure_ascii=False)[1:-1] in told


@settings(max_examples=100, deadline=None)
@given(threads(), st.data())
def test_readers_of_other_records_are_named_in_none(written: Written, data: st.DataObject) -> None:
    """A thread in two answers, the second with all the names of the first."""
    comments = written.thread.comments
    cut = data.draw(st.integers(0, len(comments)))
    everybody = frozenset(one.author for one in comments if one.author)
    for some in (comments[:cut], comments[cut:]):
        thread = replace(written.thread, comments=arrange(some))
        told = fold_name(shown(thread, PSEUDONYM, others=everybody))
        known = [one for one in written.secrets if one in everybody]
        assert [one for one in known if fold_name(one) in told] == []


# --- what platforms really answer --------------------------------------------------------------

GOLDEN = Path(__file__).parent / "comments" / "golden"
_HASH = re.compile(
    r"(?:avatar|gravatar|email|hash)[^\s\"']{0,40}?[\"':=/ ]+([0-9a-f]{32,64})\b", re.I
)


@cache
def golden_threads() -> tuple[tuple[str, Thread, str], ...]:
    """Every thread that a platform's module reads out of a golden file, with the file's text."""
    return tuple(_golden_threads())


def _golden_threads() -> Iterator[tuple[str, Thread, str]]:
    for path in sorted(GOLDEN.rglob("*")):
        if not path.is_file() or path.name == "expected.json":
            continue
        payload = path.read_bytes()
        name = path.relative_to(GOLDEN).as_posix()
        told = payload.decode("utf-8", "replace")
        for thread in _read(payload):
            if thread.comments:
                yield f"{name} as {thread.platform}", thread, told


def _read(payload: bytes) -> Iterator[Thread]:
    for platform in PLATFORMS:
        try:
            batch = read_answer(Answer(f"{URL}?page=1", payload, NOON, "1"), platform.NAME)
        except ArchiverError:
            continue
        if batch is not None:
            yield batch.thread
    try:
        thread = read_thread(parse_decoded(raw_page(payload, url=URL), payload))
    except ArchiverError:
        return
    if thread is not None:
        yield thread


def _names_of(thread: Thread) -> set[str]:
    authors = {one.author for one in thread.comments if one.author}
    return {name for name in authors if fold_name(name) not in NOBODY and len(name) > 2}


@pytest.mark.parametrize("number", range(len(golden_threads())))
def test_no_golden_thread_tells_a_name(number: int) -> None:
    name, thread, told = golden_threads()[number]
    seen = shown(thread, PSEUDONYM)
    texts = " ".join(json.dumps(row, default=str, ensure_ascii=False) for row in [seen])
    for author in _names_of(thread):
        assert not re.search(rf"(?<!\w){re.escape(author)}(?!\w)", texts), name
    for comment in thread.comments:
        if comment.author_url:
            assert comment.author_url not in texts, name
        if comment.author_id and not comment.author_id.isdigit() and len(comment.author_id) > 3:
            assert json.dumps(comment.author_id, ensure_ascii=False) not in texts, name
    for identity in (PSEUDONYM, NAMED):
        told_by_it = shown(thread, identity)
        assert [one for one in _HASH.findall(told) if one in told_by_it] == [], name


def test_goldens_are_read() -> None:
    assert len(golden_threads()) >= 5
