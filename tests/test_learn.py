"""From a site's WARCs to its furniture, its file, and texts without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.config import DeriveConfig, ReadLimits, furniture_file, load_rulebook, write_furniture
from archiver.derive.learn import learn_site
from archiver.errors import ConfigError, RulesError
from archiver.extract import extract
from archiver.furniture import Block, Furniture, format_furniture
from archiver.identity import Identity
from archiver.learning import Lesson, Refusal
from archiver.model import Page
from archiver.outcomes import Outcome
from archiver.sites import DEFAULT_RULES, Routes, RuleBook, SiteRules, parse_rules
from tests.archives import answer, archived, exchange
from tests.newspaper.press import PAGES, path_of, print_page
from tests.newspaper.truth import ARTICLES
from tests.stories import LETTER, QUOTE, RULES, THANKS, address, archived_stories, story

HOST = "news.example"
COUNT = 30
NOW = datetime(2026, 12, 1, tzinfo=UTC)


BOOK = RuleBook({HOST: parse_rules(RULES, "news.toml")})


def config(output: Path, rules: RuleBook = BOOK) -> DeriveConfig:
    return DeriveConfig(output, Identity("named"), rules=rules, jobs=2)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archived_stories(tmp_path_factory.mktemp("stories") / "output", COUNT)


@pytest.fixture(scope="module")
def lesson(archive: Path) -> Lesson:
    schooling = learn_site(HOST, config(archive.parent.parent), [archive])
    assert (schooling.failures, schooling.faults) == ({}, ())
    return schooling.lesson


@pytest.fixture
def rules_dir(tmp_path: Path) -> Path:
    """A folder of rules, with those of the site."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "news.toml").write_text(RULES)
    return tmp_path / "rules"


def texts(rules: SiteRules) -> list[str]:
    pages = (Page(address(n), NOW, payload=story(n).encode()) for n in range(COUNT))
    return [extract(page, rules).text for page in pages]


def test_what_the_site_prints_is_learned_and_what_articles_say_is_not(lesson: Lesson) -> None:
    found = {b.text: (b.articles, b.of, b.before, b.inside, b.after)
             for b in lesson.furniture.blocks}  # fmt: skip
    assert found == {
        LETTER: (30, 30, 0, 30, 0),
        THANKS: (30, 30, 0, 30, 0),
        "Politics": (30, 30, 30, 0, 0),
        "River life": (30, 30, 30, 0, 0),
        "The River Paper is an invented newspaper": (30, 30, 0, 0, 30),
    }
    assert (lesson.articles, lesson.pages, lesson.affected) == (30, 30, 30)
    assert lesson.passages[THANKS][0].after == ""


def test_the_file_comes_out_the_same_from_any_cut_of_the_archive(
    archive: Path, lesson: Lesson, tmp_path: Path
) -> None:
    halves = [
        archived(
            tmp_path / name,
            [exchange(f"/story-{n}", answer(body=story(n).encode())) for n in numbers],
            prefix=name,
        )[0]
        for name, numbers in (("b", range(0, COUNT, 2)), ("a", range(COUNT - 1, 0, -2)))
    ]
    again = learn_site(HOST, config(tmp_path), halves).lesson
    assert format_furniture(again.furniture) == format_furniture(lesson.furniture)


def test_furniture_is_gone_and_nothing_else_changed(lesson: Lesson, rules_dir: Path) -> None:
    before = texts(BOOK.choose(HOST))
    write_furniture(furniture_file(rules_dir, HOST), lesson.furniture)
    rules = load_rulebook(rules_dir).choose("www.news.example")
    assert (rules_dir / "news.example.furniture.toml").exists()
    assert all(LETTER in text and THANKS in text for text in before)
    assert sum(QUOTE in text for text in before) == 3
    assert texts(rules) == [
        "\n\n".join(p for p in text.split("\n\n") if p not in (LETTER, THANKS)) for text in before
    ]


def test_a_vetoed_block_stays_in_texts_and_in_the_file(
    archive: Path, lesson: Lesson, rules_dir: Path
) -> None:
    blocks = tuple(replace(b, keep=b.text == THANKS) for b in lesson.furniture.blocks)
    write_furniture(furniture_file(rules_dir, HOST), Furniture(HOST, blocks))
    book = load_rulebook(rules_dir)
    kept = texts(book.choose("www.news.example"))
    assert all(THANKS in text and LETTER not in text for text in kept)
    again = learn_site(HOST, config(archive.parent.parent, book), [archive]).lesson
    assert THANKS not in [block.text for block in again.furniture.blocks]
    assert [(r.block.text, r.why) for r in again.refused] == [(THANKS, Refusal.VETO)]
    assert LETTER in [block.text for block in again.furniture.blocks], "texts as without furniture"


def test_pages_of_other_hosts_teach_nothing(archive: Path) -> None:
    for host in ("other.example", "s.example", "example.news.example"):
        lesson = learn_site(host, config(archive.parent.parent), [archive]).lesson
        assert (lesson.articles, lesson.furniture.blocks) == (0, ())


def test_of_a_torn_file_what_is_whole_is_learned_from(archive: Path, tmp_path: Path) -> None:
    torn = tmp_path / archive.name
    torn.write_bytes(archive.read_bytes()[:-2000])
    schooling = learn_site(HOST, config(tmp_path), [torn])
    assert len(schooling.faults) == 1
    assert 20 < schooling.lesson.articles < COUNT


def test_pages_that_cannot_be_read_are_counted(archive: Path) -> None:
    sparing = replace(config(archive.parent.parent), limits=ReadLimits(page_bytes=100))
    schooling = learn_site(HOST, sparing, [archive])
    assert schooling.failures == {Outcome.PAGE_TOO_LARGE: COUNT}
    assert schooling.lesson.articles == 0


def test_an_output_without_warcs_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no WARC is here"):
        learn_site(HOST, config(tmp_path), [])


def test_the_sample_newspaper_s_frame_is_learned_and_its_texts_stay(tmp_path: Path) -> None:
    base = "https://courier.example"
    names = {path_of(file.stem): file.stem for file in PAGES.glob("*.html")}
    pages = {a.path: print_page(names[a.path], base).encode() for a in ARTICLES}
    warc, _ = archived(
        tmp_path, [exchange(p, answer(body=body), url=f"{base}{p}") for p, body in pages.items()]
    )
    lesson = learn_site("courier.example", config(tmp_path), [warc]).lesson
    assert {block.text for block in lesson.furniture.blocks} >= {
        "About", "Culture", "News", "Posted", "Skip to content", "The Oldmere Courier",
        "An invented newspaper. Nothing in it ever happened.",
    }  # fmt: skip
    assert not [block for block in lesson.furniture.blocks if block.inside]
    assert (lesson.pages, lesson.articles) == (13, 13), "a second page is its first one's"
    rules = replace(DEFAULT_RULES, furniture=lesson.furniture)
    for path, body in pages.items():
        page = Page(f"{base}{path}", NOW, payload=body)
        assert extract(page, rules).text == extract(page, DEFAULT_RULES).text


def test_furniture_files_are_found_by_the_host_they_name(rules_dir: Path) -> None:
    (rules_dir / "news.toml").write_text('host = "news.example"\nthreads = false\n')
    (rules_dir / "any.furniture.toml").write_text(
        'host = "example"\n[[block]]\ntext = "Follow us"\n'
    )
    (rules_dir / "b.furniture.toml").write_text(
        'host = "blog.news.example"\n[[block]]\ntext = "Read more"\n'
    )
    book = load_rulebook(rules_dir)
    news, blog = book.choose("www.news.example"), book.choose("blog.news.example:8080")
    assert (news.threads, news.furniture.blocks) == (Routes.OFF, (Block("Follow us"),))
    assert (blog.threads, blog.furniture.blocks) == (Routes.OFF, (Block("Read more"),))
    assert book.choose("paper.invalid") == DEFAULT_RULES
    assert furniture_file(rules_dir, "blog.news.example").name == "b.furniture.toml"
    assert furniture_file(rules_dir, "a.example:81").name == "a.example_81.furniture.toml"


def test_two_files_of_one_host_and_a_broken_one_are_told(rules_dir: Path) -> None:
    for name in ("a", "b"):
        (rules_dir / f"{name}.furniture.toml").write_text('host = "news.example"\n')
    with pytest.raises(RulesError, match=r"already ruled by a\.furniture\.toml"):
        load_rulebook(rules_dir)
    (rules_dir / "b.furniture.toml").write_text('host = "b.example"\n[[block]]\nkeep = true\n')
    with pytest.raises(RulesError, match=r"b\.furniture\.toml, line 2: text: must be a text"):
        load_rulebook(rules_dir)


def test_digests_tell_rules_and_furniture_apart() -> None:
    furniture = {HOST: Furniture(HOST, (Block("Follow us"),))}
    bare, full = RuleBook(), RuleBook(furniture=furniture)
    hosts = ["www.news.example", "other.example"]
    assert full.digest_for(hosts) == bare.digest_for(hosts)
    assert bare.furniture_digest_for(hosts) == "none"
    assert full.furniture_digest_for(["other.example"]) == "none"
    assert full.furniture_digest_for(hosts) == full.furniture_digest_for(["news.example"])
    assert full.furniture_digest_for(hosts) not in ("none", furniture[HOST].digest)
    assert full.digest != bare.digest, "a memo's readings were made with other furniture"
