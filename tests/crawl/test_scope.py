from __future__ import annotations

import pytest

from archiver.crawl.scope import Reach, Scope
from archiver.model import Link, LinkKind, Purpose

HOME = "https://www.paper.example/"


@pytest.mark.parametrize(
    ("reach", "target", "kind", "is_listed", "follows"),
    [
        (Reach.SITE, "https://www.paper.example/a", LinkKind.PAGE, False, True),
        (Reach.SITE, "https://blogs.paper.example/a", LinkKind.PAGE, False, True),
        (Reach.SITE, "https://elsewhere.example/a", LinkKind.PAGE, True, False),
        (Reach.HOST, "https://www.paper.example/a", LinkKind.PAGE, False, True),
        (Reach.HOST, "https://blogs.paper.example/a", LinkKind.PAGE, True, False),
        (Reach.LISTED, "https://elsewhere.example/a", LinkKind.ARTICLE, True, True),
        (Reach.LISTED, "https://elsewhere.example/a", LinkKind.PAGE, False, False),
        (Reach.LISTED, "https://elsewhere.example/feed", LinkKind.FEED, True, False),
    ],
)
def test_a_link_is_followed_as_far_as_the_scope_reaches(
    reach: Reach, target: str, kind: LinkKind, is_listed: bool, follows: bool
) -> None:
    scope = Scope(reach, [HOME])
    assert scope.follows(Link(target, kind, listed=is_listed), HOME) is follows


def test_links_of_a_listed_page_elsewhere_are_never_followed() -> None:
    scope = Scope(Reach.LISTED, [HOME])
    link = Link("https://elsewhere.example/b", LinkKind.ARTICLE, listed=True)
    assert not scope.follows(link, "https://elsewhere.example/a")


def test_a_seed_that_moved_takes_the_crawl_with_it() -> None:
    scope = Scope(Reach.SITE, [HOME])
    moved = "https://newpaper.example/"
    assert scope.follows_redirect(HOME, moved, purpose=Purpose.SEED, is_listed=False)
    assert scope.holds("https://newpaper.example/a")


@pytest.mark.parametrize(
    ("reach", "is_listed", "follows"),
    [(Reach.SITE, True, False), (Reach.LISTED, True, True), (Reach.LISTED, False, False)],
)
def test_an_article_that_moved_elsewhere_is_followed_only_where_it_was_listed(
    reach: Reach, is_listed: bool, follows: bool
) -> None:
    scope = Scope(reach, [HOME])
    target = "https://elsewhere.example/a"
    source = "https://www.paper.example/a"
    assert (
        scope.follows_redirect(source, target, purpose=Purpose.ARTICLE, is_listed=is_listed)
        is follows
    )
    assert not scope.holds(target)
