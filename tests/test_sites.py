"""Rules: parsed, checked with file, line and key, chosen by host and capture date."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from archiver.config import load_rulebook
from archiver.errors import ConfigError, RulesError
from archiver.hooks import PageHook
from archiver.sites import (
    DEFAULT_RULES,
    Layout,
    Routes,
    RuleBook,
    SiteRules,
    Strategy,
    days_of_archive,
    parse_rules,
    select,
)
from tests.pages import document

FULL = """
host = "paper.example"
seeds = ["https://paper.example/"]
feeds = "https://paper.example/feed/"
article_url = ["/\\\\d{4}/"]
exclude_url = ["/shop/"]
delay_seconds = 2
threads = "page"
listings = ["https://paper.example/wp-json/"]
archives = "https://paper.example/{yyyy}/{m}/"
discover = ["links", "feeds"]
revisits = false

[[layout]]
body = ["div.story", "//div[@id='text']"]

[[layout]]
valid_until = 2020-12-31
body = ["td.main"]
published = ["//time/@datetime"]
"""


def test_rules_are_read_whole_and_layouts_put_in_order() -> None:
    assert parse_rules(FULL, "paper.toml") == SiteRules(
        host="paper.example",
        seeds=("https://paper.example/",),
        feeds=("https://paper.example/feed/",),
        article_url=(r"/\d{4}/",),
        exclude_url=("/shop/",),
        delay_seconds=2.0,
        threads=Routes.PAGE,
        listings=("https://paper.example/wp-json/",),
        archives=("https://paper.example/{yyyy}/{m}/",),
        discover=(Strategy.FEEDS, Strategy.LINKS),
        revisits=False,
        layouts=(
            Layout(("td.main",), published=("//time/@datetime",), valid_until=date(2020, 12, 31)),
            Layout(("div.story", "//div[@id='text']")),
        ),
    )


@pytest.mark.parametrize(
    ("day", "body"),
    [
        (date(2010, 1, 1), "td.main"),
        (date(2020, 12, 31), "td.main"),
        (date(2021, 1, 1), "div.story"),
    ],
)
def test_layout_is_the_one_that_stood_on_the_day(day: date, body: str) -> None:
    layout = parse_rules(FULL, "paper.toml").layout_at(day)
    assert layout is not None
    assert layout.body[0] == body


def test_no_layout_when_none_stood_on_the_day() -> None:
    rules = SiteRules("a.example", layouts=(Layout(valid_until=date(2020, 1, 1)),))
    assert rules.layout_at(date(2020, 1, 2)) is None
    assert DEFAULT_RULES.layout_at(date(2020, 1, 2)) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seeds = []", 'paper.toml: host: is missing. Write host = "example.org"'),
        ('host = "https://a.example"', "paper.toml, line 1: host: must be a host name in lower case"),
        ('host = "a.example"\nhost = "b.example"\n', "paper.toml, line 2: no TOML"),
        ('host = "a.example"\nsedes = []', "paper.toml, line 2: sedes: is no key of a rules file"),
        ('host = "a.example"\nseeds = ["a.example"]', "paper.toml, line 2: seeds: must be addresses that begin with https:// or http://, not \"a.example\". Write seeds ="),
        ('host = "a.example"\narticle_url = ["("]', "paper.toml, line 2: article_url: '(' is no regular"),
        ('host = "a.example"\ndelay_seconds = -1', "paper.toml, line 2: delay_seconds: must be a num"),
        ('host = "a.example"\nthreads = "no"', "paper.toml, line 2: threads: must be one of \"off\", \"page\", \"site\", \"all\""),
        ('host = "a.example"\n[[layout]]\nbody = ["div["]', "paper.toml, line 3: body: 'div[' is no CSS"),
        ('host = "a.example"\n[[layout]]\nbody = ["//div["]', "paper.toml, line 3: body: '//div[' is no XPath"),
        ('host = "a.example"\n[[layout]]\nvalid_until = "soon"', "paper.toml, line 3: valid_until: must"),
        ('host = "a.example"\n[[layout]]\n[[layout]]', "paper.toml, line 3: layout: two layouts have no valid"),
    ],
)  # fmt: skip
def test_error_names_file_line_and_key(text: str, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        parse_rules(text, "paper.toml")
    assert str(caught.value).startswith(message)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("host", "chosen"),
    [
        ("paper.example", "paper.example"),
        ("www.paper.example", "paper.example"),
        ("Blog.Paper.Example.", "blog.paper.example"),
        ("notpaper.example", "*"),
        ("example", "*"),
        ("127.0.0.1:8101", "127.0.0.1:8101"),
        ("127.0.0.1:8102", "127.0.0.1"),
        ("paper.example:8080", "paper.example"),
    ],
)
def test_host_is_served_by_its_longest_suffix(host: str, chosen: str) -> None:
    names = ("paper.example", "blog.paper.example", "127.0.0.1", "127.0.0.1:8101")
    book = RuleBook({name: SiteRules(name) for name in names})
    assert book.choose(host).host == chosen


def test_digest_changes_with_what_rules_say_and_with_nothing_else() -> None:
    shuffled = 'threads = "page"\n' + FULL.replace('threads = "page"\n', "")
    one, same = parse_rules(FULL, "a.toml"), parse_rules(shuffled, "b.toml")
    other = parse_rules(FULL.replace("div.story", "div.tale"), "a.toml")
    assert one.digest == same.digest != other.digest


def test_digest_leaves_out_where_a_crawl_looks_for_pages() -> None:
    other = FULL.replace("revisits = false", "").replace('"links", "feeds"', '"links"')
    assert parse_rules(FULL, "a.toml").digest == parse_rules(other, "a.toml").digest
    # Of no rules at all, as it lies in archives since the first version.
    assert (
        DEFAULT_RULES.digest == "c534107d7109348d5c9d4e7b4fe9dde739d132c4ca417f28c7c806edc9a7778b"
    )


def test_a_day_may_stand_in_quotes_as_editors_take_it() -> None:
    quoted = FULL.replace("2020-12-31", '"2020-12-31"')
    assert parse_rules(quoted, "a.toml") == parse_rules(FULL, "a.toml")


def test_archives_are_addressed_by_day_or_by_month_the_latest_first() -> None:
    daily, monthly = "https://a.example/{yyyy}/{mm}/{dd}/", "https://a.example/{yyyy}-{m}"
    days = days_of_archive(daily, date(2024, 2, 28), date(2024, 3, 1))
    assert list(days) == [
        ("https://a.example/2024/03/01/", date(2024, 3, 1)),
        ("https://a.example/2024/02/29/", date(2024, 2, 29)),
        ("https://a.example/2024/02/28/", date(2024, 2, 28)),
    ]
    months = days_of_archive(monthly, date(2023, 12, 31), date(2024, 2, 1))
    assert [url for url, _ in months] == [
        "https://a.example/2024-2",
        "https://a.example/2024-1",
        "https://a.example/2023-12",
    ]
    assert list(days_of_archive(daily, date(2024, 2, 2), date(2024, 2, 1))) == []


def test_digest_for_hosts_ignores_rules_that_do_not_apply() -> None:
    one = RuleBook({"a.example": SiteRules("a.example")})
    more = RuleBook({**one.by_host, "b.example": SiteRules("b.example")})
    hosts = ["www.a.example", "c.example"]
    assert one.digest_for(hosts) == more.digest_for(reversed(hosts))
    assert one.digest_for(["b.example"]) != more.digest_for(["b.example"])


def test_operators_file_replaces_the_packaged_one(tmp_path: Path) -> None:
    (tmp_path / "paper.toml").write_text('host = "paper.example"\ndelay_seconds = 9\n')
    assert load_rulebook(tmp_path).choose("www.paper.example").delay_seconds == 9
    assert load_rulebook(None).choose("www.paper.example") == DEFAULT_RULES


def test_two_files_for_one_host_and_a_missing_folder_are_errors(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('host = "paper.example"\n')
    (tmp_path / "b.toml").write_text('host = "paper.example"\n')
    with pytest.raises(RulesError, match=r"already ruled by a\.toml"):
        load_rulebook(tmp_path)
    with pytest.raises(ConfigError, match="no folder of rules"):
        load_rulebook(tmp_path / "nowhere")


def test_all_files_that_are_wrong_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('host = "a.example"\nsedes = []\n')
    (tmp_path / "b.toml").write_text("host = 3")
    (tmp_path / "c.example.py").write_text("def read_page():\n    pass\n")
    (tmp_path / "d.furniture.toml").write_text("host = 3")
    with pytest.raises(RulesError) as caught:
        load_rulebook(tmp_path)
    named = [
        line.split(":")[0].removeprefix(f"{tmp_path}/") for line in str(caught.value).split("\n")
    ]
    assert named == [
        "a.toml, line 2",
        "b.toml, line 1",
        "c.example.py, line 1",
        "d.furniture.toml, line 1",
    ]


HOOK = "def read_page(document, page, article):\n    return article\n"
HOOKED = PageHook("paper.example", HOOK)


def test_a_hook_joins_the_rules_of_its_host(tmp_path: Path) -> None:
    (tmp_path / "paper.toml").write_text('host = "paper.example"\ndelay_seconds = 9\n')
    (tmp_path / "paper.example.py").write_text(HOOK)
    assert load_rulebook(tmp_path).by_host["paper.example"] == SiteRules(
        "paper.example", delay_seconds=9, hook=HOOKED
    )


def test_a_hook_for_a_host_without_rules_leaves_it_those_it_was_served_by(tmp_path: Path) -> None:
    (tmp_path / "paper.example.toml").write_text('host = "paper.example"\ndelay_seconds = 9\n')
    (tmp_path / "blog.paper.example.py").write_text(HOOK)
    (tmp_path / "other.example.py").write_text(HOOK)
    book = load_rulebook(tmp_path)
    hook = PageHook("blog.paper.example", HOOK)
    assert book.choose("blog.paper.example") == SiteRules(
        "blog.paper.example", delay_seconds=9, hook=hook
    )
    assert book.choose("www.paper.example").hook is None
    assert book.choose("www.other.example") == SiteRules(
        "other.example", hook=PageHook("other.example", HOOK)
    )


def test_a_hook_counts_in_the_digest_of_its_host_wherever_its_folder_lies(tmp_path: Path) -> None:
    digests = []
    for folder, source in (("a", HOOK), ("b", HOOK), ("c", f"{HOOK}# another\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "paper.example.py").write_text(source)
        book = load_rulebook(tmp_path / folder)
        digests.append(book.choose("paper.example").digest)
        assert book.digest_for(["else.example"]) == RuleBook().digest_for(["else.example"])
    assert digests[0] == digests[1] != digests[2]
    assert SiteRules("paper.example").digest not in digests


def test_rules_with_a_hook_can_be_sent_to_a_worker() -> None:
    rules = SiteRules("paper.example", hook=HOOKED)
    assert pickle.loads(pickle.dumps(rules)) == rules


def test_python_s_and_an_editor_s_own_files_are_left_alone(tmp_path: Path) -> None:
    for name in ("__init__.py", "_shared.py", ".#paper.example.py", "paper.example.py~"):
        (tmp_path / name).write_text("")
    assert load_rulebook(tmp_path) == load_rulebook(None)


def test_a_hook_that_does_not_hold_together_is_named(tmp_path: Path) -> None:
    path = tmp_path / "paper.example.py"
    path.write_text("def read_page(document, page, article):\n    return (\n")
    with pytest.raises(RulesError) as caught:
        load_rulebook(tmp_path)
    assert str(caught.value) == f"{path}, line 2: no Python: '(' was never closed. Mend the file"
    path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(RulesError, match="not UTF-8"):
        load_rulebook(tmp_path)


def test_selectors_are_css_or_xpath() -> None:
    tree = document('<div class="x"><time datetime="2026">a</time></div>').tree
    assert [node.tag for node in select(tree, "div.x > time")] == ["time"]
    assert [str(text) for text in select(tree, "//time/@datetime")] == ["2026"]
    assert [str(text) for text in select(tree, "string(//time)")] == ["a"]
