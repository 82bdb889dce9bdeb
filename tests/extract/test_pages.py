"""Articles of several pages: numbers in addresses, and the links that only look like a next page."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import duckdb
import pytest

from archiver.config import ReadLimits
from archiver.dataset import TABLES, write_part
from archiver.dataset.rows import article_row
from archiver.dataset.views import create_views
from archiver.extract.pages import first_page_of, next_page_of, page_number_of
from archiver.model import Article, Capture, Errand, Purpose, RecordRef
from archiver.outcomes import Outcome
from archiver.reading import read as read_payload
from archiver.sites import DEFAULT_RULES
from tests.pages import CAPTURED_AT, PARAGRAPHS, document, page

SITE = "https://paper.example"


def pager(*addresses: str, name: str = "pagination", first: int = 1) -> str:
    links = "".join(f'<a href="{a}">{n}</a>' for n, a in enumerate(addresses, first))
    return f'<div class="{name}">{links}</div>'


def read(url: str, body: str, *, head: str = "", number: int = 1) -> tuple[int, str | None]:
    """(page number, where it goes on) of the page at ``url``."""
    errand = Errand(Purpose.ARTICLE, page_number=number)
    body = f"<article><h1>T</h1>{PARAGRAPHS}{body}</article>"
    made, parsed = (
        page(body, head=head, url=SITE + url, errand=errand),
        document(body, head=head, url=SITE + url),
    )
    following = next_page_of(parsed, made)
    return page_number_of(parsed, made), following.removeprefix(SITE) if following else None


SHAPES = [
    pytest.param("/2026/05/story/", "/2026/05/story/2/", "/2026/05/story/3/", id="folder"),
    pytest.param(
        "/2026/05/story", "/2026/05/story/2", "/2026/05/story/3", id="folder without slash"
    ),
    pytest.param("/story/", "/story/page/2/", "/story/page/3/", id="page/2"),
    pytest.param("/story/index.html", "/story/page-2.html", "/story/page-3.html", id="page-2.html"),
    pytest.param(
        "/news/story.html", "/news/story-page-2.html", "/news/story-page-3.html", id="-page-2.html"
    ),
    pytest.param(
        "/news/article.html", "/news/article_2.html", "/news/article_3.html", id="_2.html"
    ),
    pytest.param(
        "/news/article.html", "/news/article-2.html", "/news/article-3.html", id="-2.html"
    ),
    pytest.param("/story,123456.html", "/story,123456,2.html", "/story,123456,3.html", id="comma"),
    pytest.param(
        "/politik/2026-05/rede",
        "/politik/2026-05/rede/seite-2",
        "/politik/2026-05/rede/seite-3",
        id="seite-2",
    ),
    pytest.param(
        "/story.php?id=7",
        "/story.php?id=7&page=2",
        "/story.php?id=7&page=3",
        id="page=2 after an id",
    ),
    pytest.param("/story?p=1", "/story?p=2", "/story?p=3", id="p=1"),
    pytest.param(
        "/?p=77", "/?p=77&page=2", "/?p=77&page=3", id="WordPress without pretty addresses"
    ),
    pytest.param("/story", "/story?pg=2", "/story?pg=3", id="pg=2"),
    pytest.param(
        "/artykul/most?strona=1", "/artykul/most?strona=2", "/artykul/most?strona=3", id="strona"
    ),
    pytest.param("/story/1.html", "/story/2.html", "/story/3.html", id="2.html"),
]


@pytest.mark.parametrize(("first", "second", "third"), SHAPES)
def test_pages_of_an_article_lead_to_each_other(first: str, second: str, third: str) -> None:
    shown = pager(first, second, third)
    assert read(first, shown) == (1, second)
    assert read(second, shown) == (2, third)
    assert read(third, shown) == (3, None)
    # Relative, in the words of a reader, and without a class that tells a pager.
    hashed = pager(*(urljoin(first, a) for a in (first, second, third)), name="x7f")
    assert read(first, hashed) == (1, second)
    assert read(second, hashed, number=2) == (2, third)


@pytest.mark.parametrize(("first", "second", "third"), SHAPES)
def test_only_the_next_page_is_linked_from_a_page_that_came_as_a_continuation(
    first: str, second: str, third: str
) -> None:
    link = f'<p class="pager"><a href="{third}">Continue reading</a></p>'
    assert read(second, link, number=2) == (2, third)


def test_numbers_that_begin_with_zero() -> None:
    addresses = ("/story?page=0", "/story?page=1", "/story?page=2")
    for own, expected in zip(
        addresses, [(1, addresses[1]), (2, addresses[2]), (3, None)], strict=True
    ):
        assert read(own, pager(*addresses)) == expected
    assert read("/story", pager("/story", *addresses[1:])) == (1, addresses[1])
    # Without numbers: the first page knows its next, the second where it came from.
    assert read("/story", '<a rel="next" href="?page=1">weiter</a>') == (1, addresses[1])
    both = '<a rel="prev" href="/story">zurück</a><a rel="next" href="?page=2">weiter</a>'
    assert read("/story?page=1", both) == (2, addresses[2])


def test_continuation_by_rel_next_in_the_head() -> None:
    assert read("/story/", "", head='<link rel="next" href="/story/2/">') == (1, "/story/2/")
    both = '<link rel="prev" href="/story/"><link rel="next" href="/story/3/">'
    assert read("/story/2/", "", head=both) == (2, "/story/3/")


def test_first_page_that_is_numbered_is_the_first() -> None:
    assert read("/story/page/1/", pager("/story/page/1/", "/story/page/2/")) == (
        1,
        "/story/page/2/",
    )


def test_page_two_that_leads_to_page_one_ends_the_article() -> None:
    loop = '<a rel="next" href="/story/">next</a>' + pager("/story/", "/story/2/")
    assert read("/story/2/", loop) == (2, None)
    assert read("/story/2/", loop, number=2) == (2, None)


def test_an_article_has_at_most_fifty_pages() -> None:
    assert read("/story/49/", '<a rel="next" href="/story/50/">x</a>', number=49)[1] == "/story/50/"
    assert read("/story/50/", '<a rel="next" href="/story/51/">x</a>', number=50)[1] is None


NAVIGATION = '<nav class="post-navigation"><a rel="prev" href="{0}">Older</a> <a rel="next" href="{1}">Newer</a></nav>'


@pytest.mark.parametrize(
    ("url", "body"),
    [
        pytest.param("/2026/05/bridge/", NAVIGATION.format("/2026/05/ferry/", "/2026/05/tunnel/"), id="next article"),
        pytest.param("/2026/05/bridge/", NAVIGATION.format("/2026/05/ferry/", "/2026/05/bridge-2/"), id="next article with the same slug"),
        pytest.param("/tour/day-1/", NAVIGATION.format("/tour/", "/tour/day-2/"), id="series, one article a day"),
        pytest.param("/gallery/11/", NAVIGATION.format("/gallery/10/", "/gallery/12/"), id="numbered galleries"),
        pytest.param("/apollo/11/", NAVIGATION.format("/apollo/10/", "/apollo/12/"), id="a number that is a name"),
        pytest.param("/bridge/", pager("/bridge/", "/bridge/2/", name="gallery-pagination"), id="gallery in the article"),
        pytest.param("/bridge/", f"<div class='photos slider'>{pager('/bridge/', '/bridge/2/')}</div>", id="pager in a slider"),
        pytest.param("/bridge/", pager("/bridge/#comments", "/bridge/comment-page-2/#comments", name="comment-pagination"), id="comments of WordPress"),
        pytest.param("/bridge/", f"<section id='comments'>{pager('?page=1', '?page=2')}</section>", id="comments by query"),
        pytest.param("/bridge/", pager("?page=1#comments", "?page=2#comments"), id="comments by fragment"),
        pytest.param("/bridge/", f"<aside>{pager('?page=1', '?page=2')}</aside>", id="box beside the article"),
        pytest.param("/bridge/", pager("/news/", "/news/page/2/", "/news/page/3/"), id="pager of the section"),
        pytest.param("/bridge/", '<div class="pagination"><a href="/bridge/komplettansicht">Auf einer Seite</a></div>', id="on a single page"),
        pytest.param("/bridge/", '<div class="pagination"><a href="?page=all">View all</a><a href="?print=1">Print</a></div>', id="view all"),
        pytest.param("/bridge/", '<link rel="amphtml" href="/bridge/amp/"><a href="/bridge/amp/2/">AMP</a>', id="AMP"),
        pytest.param("/bridge/", '<p>As <a href="/bridge/3/">3</a> others did.</p>', id="number in the text that is not the next"),
        pytest.param("/bridge/", '<div class="pagination"><a href="//[">2</a><a href="javascript:next(2)">2</a></div>', id="addresses that are none"),
        pytest.param("/bridge/", '<a href="https://other.example/bridge/2/">2</a>', id="other host"),
        pytest.param("/", pager("/", "/page/2/"), id="front page"),
        pytest.param("/2026/05/", pager("/2026/05/", "/2026/05/2/"), id="day of a month"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_next_page_is_none(url: str, body: str) -> None:
    assert read(url, body) == (1, None)


@pytest.mark.parametrize(
    ("url", "number", "first"),
    [
        ("/story/2/", 2, "/story/"),
        ("/story/2", 2, "/story"),
        ("/story/page/2/", 2, "/story/"),
        ("/story/page-2.html", 2, "/story/"),
        ("/story-page-2.html", 2, "/story.html"),
        ("/story_3.html", 3, "/story.html"),
        ("/story,123,2.html", 2, "/story,123.html"),
        ("/rede/seite-2", 2, "/rede"),
        ("/story.php?id=7&page=2", 2, "/story.php?id=7"),
        ("/?p=77&page=2", 2, "/?p=77"),
        ("/story?page=1", 2, "/story"),
        ("/story/3/", 2, "/story/3/"),
        ("/story/2/", 1, "/story/2/"),
        ("/story/comment-page-2/", 1, "/story/"),
    ],
)
def test_first_page_is_the_address_without_its_number(url: str, number: int, first: str) -> None:
    assert first_page_of(SITE + url, number) == SITE + first


@pytest.mark.parametrize("name", ["pagination", "x"])
def test_pagers_in_pagers_and_very_many_links_cost_no_more_than_they_weigh(name: str) -> None:
    for body in (
        f'<div class="{name}"><a href="/s/2/">x</a>' * 2_000,
        f'<a href="/s/2/">2</a><a class="{name}" rel="next" href="/x">x</a>' * 20_000,
    ):
        made, parsed = page(body, url=f"{SITE}/t/"), document(body, url=f"{SITE}/t/")
        begun = time.perf_counter()
        assert next_page_of(parsed, made) is None
        assert time.perf_counter() - begun < 2


# An article of three pages as a content system makes it, from the first to the rows.

STANDFIRST = "Two years after the flood the town votes: what the bridge will cost, and who pays for it in the end."
PARTS = (
    ("The council of the small town voted on Tuesday to rebuild the old bridge over the river, which had been closed to all traffic since the flood.",
     "Work is to begin in autumn and will take two years, the mayor said after the meeting; the money comes from the county and from a fund."),
    ("Until then a ferry carries people and bicycles across, every half hour in the morning and in the evening, and once an hour during the day.",
     "The ferry has cost more than anyone expected, because the river froze in January and the boat had to be towed to the yard twice."),
    ("In the end it was the citizens who decided: four of five voted for the bridge, and those who did not will help to build it as well.",
     "The first stone is to be laid on the day of the river, with music, and with the oldest citizen of the town as guest of honour."),
)  # fmt: skip
STORY = f"{SITE}/2026/05/bridge/"


def story_page(number: int) -> str:
    """Page ``number`` as WordPress makes it of a text with ``<!--nextpage-->``, in a theme that
    repeats headline and standfirst, and names the next article as next."""
    links = "".join(
        f'<span class="post-page-numbers current">{n}</span>'
        if n == number
        else f'<a class="post-page-numbers" href="{STORY if n == 1 else f"{STORY}{n}/"}">{n}</a>'
        for n in (1, 2, 3)
    )
    prose = "".join(f"<p>{text}</p>" for text in PARTS[number - 1])
    return (
        f'<article><h1>The bridge returns</h1><p class="standfirst">{STANDFIRST}</p>{prose}'
        f'<div class="page-links">Pages: {links}</div></article>'
        '<nav class="post-navigation"><a rel="prev" href="/2026/05/ferry/">Older</a><a rel="next" href="/2026/05/bridge-2/">Newer</a></nav>'
    )  # fmt: skip


def crawled() -> list[Article]:
    """The articles that a crawl meets which goes on wherever a page says that it goes on."""
    found: list[Article] = []
    url: str | None = STORY
    while url is not None:
        number = len(found) + 1
        first = found[0] if found else None
        errand = Errand(
            Purpose.ARTICLE,
            article_url=first.url if first else None,
            article_canonical_url=first.canonical_url if first else None,
            page_number=number,
        )
        own = STORY if number == 1 else f"{STORY}{number}/"
        head = f'<title>The bridge returns</title><link rel="canonical" href="{own}"><meta property="og:type" content="article">'
        reading = read_payload(
            page(story_page(number), head=head, url=url, errand=errand), DEFAULT_RULES, ReadLimits()
        )
        assert reading.article is not None
        found.append(reading.article)
        url = reading.next_page
    return found


def test_three_pages_become_one_article(tmp_path: Path) -> None:
    articles = crawled()
    assert [(a.outcome, a.url, a.page_number, a.canonical_url, a.title) for a in articles] == [
        (Outcome.ARTICLE, url, number, STORY, "The bridge returns")
        for number, url in enumerate((STORY, f"{STORY}2/", f"{STORY}3/"), 1)
    ]
    for number, article in enumerate(articles):
        place = RecordRef("a.warc.gz", number, 1, f"<urn:uuid:{number}>")
        capture = Capture(place, "response", article.url, CAPTURED_AT, 200)
        row = article_row(article, capture, rules_digest="r", extractor="e")
        write_part(
            tmp_path / "articles" / "crawl_date=2026-06-01" / f"{number}.parquet",
            TABLES["articles"],
            [row],
            {},
        )
    for table in ("comments", "captures"):
        write_part(tmp_path / table / "crawl_date=2026-06-01" / "0.parquet", TABLES[table], [], {})
    connection = duckdb.connect()
    connection.execute(create_views(tmp_path))
    rows = connection.execute(
        "SELECT article_id, page_number FROM articles ORDER BY page_number"
    ).fetchall()
    assert [number for _, number in rows] == [1, 2, 3]
    assert len({article_id for article_id, _ in rows}) == 1
    whole = connection.execute("SELECT url, title, pages, text FROM articles_whole").fetchall()
    prose = [text for part in PARTS for text in part]
    assert whole == [(STORY, "The bridge returns", 3, "\n\n".join([STANDFIRST, *prose]))]


def test_a_page_read_without_its_errand_is_known_as_the_same_article() -> None:
    head = f'<link rel="canonical" href="{STORY}2/"><meta property="og:type" content="article">'
    made = page(story_page(2), head=head, url=f"{STORY}2/")
    article = read_payload(made, DEFAULT_RULES, ReadLimits()).article
    assert article is not None
    assert replace(article, field_sources={}, text="", markdown="") == replace(
        crawled()[1], field_sources={}, text="", markdown=""
    )
