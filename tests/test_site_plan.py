"""What a crawl would do with a site and with an address of it."""

# ruff: noqa: E501 - markup, messages and tables are shown whole

from __future__ import annotations

from datetime import date

import pytest

from archiver.discover import links_of_html
from archiver.site_plan import SETTINGS, Fate, fate_of, front_page_of, plan_for
from archiver.sites import DEFAULT_RULES, Layout, SiteRules, Strategy
from tests.pages import document

HOST = "paper.example"
TODAY = date(2026, 11, 23)
RULES = SiteRules(
    HOST,
    seeds=("https://paper.example/news/",),
    feeds=("https://paper.example/feed/",),
    article_url=(r"/\d{4}/",),
    exclude_url=("/shop/",),
    layouts=(
        Layout(body=("td",), valid_until=date(2020, 12, 31)),
        Layout(body=("div.text",)),
    ),
)


def test_a_site_without_rules_is_crawled_from_its_front_page_by_what_holds_for_all() -> None:
    plan = plan_for(HOST, DEFAULT_RULES, day=TODAY)
    assert (plan.served_by, plan.layouts, plan.layout, plan.remarks) == ("*", (), None, ())
    settings = {one.name: one.value for one in plan.settings}
    assert settings["seeds"] == ("https://paper.example/",)
    assert settings["discover"] == tuple(Strategy)
    assert not any(one.is_stated for one in plan.settings)


def test_what_the_rules_state_is_marked_and_the_layout_of_the_day_is_named() -> None:
    plan = plan_for(HOST, RULES, day=TODAY)
    assert [one.name for one in plan.settings] == list(SETTINGS)
    stated = [one.name for one in plan.settings if one.is_stated]
    assert stated == ["seeds", "feeds", "article_url", "exclude_url"]
    assert plan.layout == 1
    assert plan_for(HOST, RULES, day=date(2020, 12, 31)).layout == 0
    assert plan.remarks == ()


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"host": "example"}, "the rules are those of example: they serve every host below it"),
        (
            {"discover": (Strategy.LINKS,)},
            "feeds are named, but discover leaves them out",
        ),
        ({"discover": ()}, "discover is empty: nothing but the seeds is fetched"),
        (
            {"layouts": RULES.layouts[:1]},
            "no layout holds on 2026-11-23: the last was valid until 2020-12-31",
        ),
        ({"layouts": (Layout(),)}, "layout 1 has no selector: its pages are read without rules"),
        (
            {"exclude_url": ("/feed",)},
            "exclude_url /feed matches https://paper.example/feed/, which is asked for all the same",
        ),
        (
            {"exclude_url": ("/news",)},
            "exclude_url /news matches https://paper.example/news/, which is asked for all the same",
        ),
        (
            {"article_url": ("/news",)},
            "article_url /news matches the seed https://paper.example/news/",
        ),
        (
            {"seeds": ("https://other.example/",)},
            "https://other.example/ is on other.example: a crawl of this host goes there too",
        ),
    ],
)
def test_what_is_perhaps_not_meant_is_remarked(changes: dict[str, object], remark: str) -> None:
    fields = {name: getattr(RULES, name) for name in RULES.__dataclass_fields__}
    rules = SiteRules(**{**fields, **changes})
    assert remark in plan_for(HOST, rules, day=TODAY).remarks


FATES = [
    Fate("https://paper.example/2024/x", True, "article", r"article_url /\d{4}/ matches"),
    Fate("https://paper.example/shop/mug", False, None, "exclude_url /shop/ matches"),
    Fate("https://paper.example/feed/", True, "feed", "by its shape"),
    Fate("https://paper.example/tag/ferry", True, "section", "by its shape"),
    Fate("https://paper.example/x", True, "page", "its shape says nothing: reading it decides what it is"),
    Fate("https://paper.example/the-ferry-sinks-at-its-pier", True, "page", "looks like an article's, but no article_url matches: reading it decides what it is"),
    Fate("https://paper.example/?replytocom=7", False, None, "a trap by its shape: a button, a calendar, a session, a path that grows, or too long"),
    Fate("https://paper.example/a/comment-page-2", False, None, "a further page of an article's comments"),
    Fate("https://paper.example/2024/05/ferry/comments/feed/", False, None, "a feed of comments, and not of those on the whole site"),
    Fate("https://paper.example/a.pdf", False, None, "a file, an interface for programs, or the AMP edition of a page"),
    Fate("https://other.example/2024/x", False, None, "not on paper.example: with -a scope=listed only, where a seed or feed lists it"),
]  # fmt: skip


@pytest.mark.parametrize("fate", FATES, ids=lambda fate: fate.url)
def test_the_fate_of_an_address_is_told_with_its_reason(fate: Fate) -> None:
    assert fate_of(fate.url, HOST, RULES) == fate


def test_without_rules_the_shape_of_an_address_decides() -> None:
    fate = fate_of("/2024/05/a-story", HOST, DEFAULT_RULES)
    why = "by its shape: a date, a headline's words, or a number"
    assert fate == Fate("https://paper.example/2024/05/a-story", True, "article", why)


def test_what_is_no_address_is_told() -> None:
    fate = fate_of("mailto:a@paper.example", HOST, RULES)
    assert (fate.is_followed, fate.taken_as) == (False, None)
    assert fate.why.startswith("no address that can be asked for: ")


@pytest.mark.parametrize("fate", FATES, ids=lambda fate: fate.url)
def test_a_page_of_the_site_says_the_same(fate: Fate) -> None:
    """The crawl's own reading of links has the last word; other sites are its scope's affair."""
    page = document(f'<a href="{fate.url}">a</a>', url=f"{front_page_of(HOST)}about")
    links = links_of_html(page, is_seed=False, rules=RULES)
    if "other.example" not in fate.url:
        assert [link.kind for link in links] == ([fate.taken_as] if fate.is_followed else [])
