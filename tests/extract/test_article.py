"""A page becomes an article: whole values, what is kept, what is not, the same every time."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from archiver.dom import parse
from archiver.extract import extract, extract_document
from archiver.model import Article, Author, CommentStatus, Image, Precision, Rights
from archiver.outcomes import Outcome
from archiver.sites import DEFAULT_RULES, Layout, Routes, SiteRules
from tests.comments.test_wordpress import HTML5
from tests.pages import PARAGRAPHS, URL, page, raw_page

HEAD = (
    "<title>The bridge returns – The Paper</title>"
    f'<link rel="canonical" href="{URL}"><meta property="og:type" content="article">'
    '<meta property="og:image" content="https://paper.example/a.jpg">'
    '<meta property="article:published_time" content="2026-05-01T08:00:00+02:00">'
    '<meta name="description" content="In short."><meta property="article:section" content="Local">'
    '<meta property="article:tag" content="bridge"><meta name="author" content="Ann Lee">'
)
TEXT = "\n\n".join(
    part.removesuffix("</p>") for part in PARAGRAPHS.removeprefix("<p>").split("<p>") if part
)


def test_article_is_read_whole() -> None:
    read = extract(
        page(f"<article><h1>The bridge returns</h1>{PARAGRAPHS}</article>", head=HEAD),
        DEFAULT_RULES,
    )
    assert read == Article(
        url=URL,
        canonical_url=URL,
        outcome=Outcome.ARTICLE,
        text=TEXT,
        markdown=TEXT,
        title="The bridge returns",
        description="In short.",
        authors=(Author("Ann Lee"),),
        published_at=datetime(2026, 5, 1, 6, tzinfo=UTC),
        published_raw="2026-05-01T08:00:00+02:00",
        published_precision=Precision.SECOND,
        language="en",
        section="Local",
        tags=("bridge",),
        images=(Image("https://paper.example/a.jpg", is_lead=True),),
        rights=Rights(),
        field_sources={
            "title": "markup",
            "text": "judge",
            "authors": "meta",
            "published_at": "og",
            "language": "declared",
            "description": "meta",
            "section": "meta",
            "tags": "og",
            "images": "og",
        },
    )


AUTHOR_BOX = (
    '<div class="post-module author-box vcard"><h3>About The Author</h3><p>Ann Lee covers bridges for '
    "this paper and has done so since there were bridges to cover in this part of the country.</p></div>"
)
LATEST = (
    '<aside><ol class="wp-block-latest-comments"><li><a href="/other/#comment-3">Zed on Other</a>'
    "<p>What a remarkable comment on another page this is, is it not, dear reader…</p></li></ol></aside>"
)
MENU = '<div id="et_mobile_nav_menu"><span class="select_page">Select Page</span></div>'


@pytest.mark.parametrize(
    ("furniture", "phrase"),
    [
        pytest.param(AUTHOR_BOX, "About The Author", id="author box"),
        pytest.param(AUTHOR_BOX, "covers bridges", id="what the author box says"),
        pytest.param(LATEST, "remarkable comment", id="latest comments"),
        pytest.param(MENU, "Select Page", id="mobile menu"),
        pytest.param(HTML5, "Three.", id="comments"),
        pytest.param(HTML5, "says", id="comment authors"),
        pytest.param('<p class="x">Read also: <a href="/o">Another story</a></p>', "Another story", id="read also"),
        pytest.param('<p><strong>Lesen Sie auch:</strong> <a href="/o">Noch eine</a></p>', "Noch", id="lesen"),
        pytest.param("<figure><img src='/i.jpg'><figcaption>Photo: Agency</figcaption></figure>", "Photo",
                     id="caption"),
        pytest.param("<h2>The bridge returns</h2>", "The bridge returns", id="title again"),
        pytest.param('<div class="breadcrumbs"><a href="/">Home</a> The bridge returns</div>', "Home", id="crumbs"),
        pytest.param('<p class="post-nav-links">Pages: 1 <a href="2/">2</a></p>', "Pages:", id="pager"),
    ],
)  # fmt: skip
def test_furniture_is_not_in_the_text(furniture: str, phrase: str) -> None:
    for body in (f"{furniture}{PARAGRAPHS}", f"{PARAGRAPHS}{furniture}"):
        read = extract(
            page(f"<article><h1>The bridge returns</h1>{body}</article>", head=HEAD), DEFAULT_RULES
        )
        assert phrase not in read.text
        assert phrase not in read.markdown
        assert "The council of the small town" in read.text


@pytest.mark.parametrize(
    "kept",
    [
        "<p><em>Editor&rsquo;s note: this story was corrected on Monday after a reader wrote to us.</em></p>",
        "<p>Read also what the mayor wrote about the bridge in the year before the flood came.</p>",
        "<blockquote><p>We shall have our bridge again, and it will be a better one.</p></blockquote>",
        "<ul><li>The first thing that the council has decided</li><li>The second thing of the two</li></ul>",
        "<h2>What happens now</h2><p>Nobody knows what will happen now, least of all the council itself.</p>",
    ],
    ids=["editor's note", "read also in a sentence", "quote", "list", "heading"],
)
def test_what_belongs_to_the_story_is_kept(kept: str) -> None:
    read = extract(
        page(f"<article><h1>T</h1>{PARAGRAPHS}{kept}{PARAGRAPHS}</article>", head=HEAD),
        DEFAULT_RULES,
    )
    words = (
        kept.replace("&rsquo;", "’")
        .split("<p>")[-1]
        .split("</p>")[0]
        .replace("<em>", "")
        .replace("</em>", "")
    )
    expected = words if "<li>" not in kept else "The first thing that the council has decided"
    assert expected in read.text


def test_comments_of_the_page_come_with_the_article() -> None:
    read = extract(
        page(f"<article><h1>T</h1>{PARAGRAPHS}</article>{HTML5}", head=HEAD), DEFAULT_RULES
    )
    assert read.thread is not None
    assert [(c.author, c.status) for c in read.thread.comments] == [
        ("Ann", CommentStatus.VISIBLE),
        ("Bob", CommentStatus.VISIBLE),
        ("Another paper", CommentStatus.PINGBACK),
    ]
    assert read.text == TEXT


def test_rules_of_the_day_go_first() -> None:
    rules = SiteRules(
        "paper.example",
        threads=Routes.OFF,
        layouts=(
            Layout(("td.old",), valid_until=date(2020, 1, 1)),
            Layout(
                body=("div.new",),
                title=("h2.t",),
                author=("i.a",),
                published=("b.p",),
                remove=("p.ad",),
            ),
        ),
    )
    body = (
        '<h1>Wrong</h1><h2 class="t">Right</h2><i class="a">Cy Dee</i><b class="p">3 May 2026</b>'
        f'<div class="new"><p>Mine.</p><p class="ad">Buy!</p><h3>More</h3></div>{PARAGRAPHS}{HTML5}'
    )
    read = extract(page(body, head=HEAD), rules)
    assert (read.title, read.authors, read.text, read.thread) == (
        "Right", (Author("Cy Dee"),), "Mine.\n\nMore", None,
    )  # fmt: skip
    assert read.published_at == datetime(2026, 5, 3, tzinfo=UTC)
    assert read.markdown == "Mine.\n\n### More"
    spoken = {read.field_sources[name] for name in ("title", "authors", "text", "published_at")}
    assert spoken == {"rule"}


CARDS = "".join(
    f'<article class="post"><h2><a href="/2026/05/s{n}/">Story number {n} of the day</a></h2>'
    f"<p>A teaser of story {n} which is long enough to look like a paragraph of an article.</p></article>"
    for n in range(12)
)


@pytest.mark.parametrize(
    ("url", "body", "head"),
    [
        pytest.param("https://paper.example/", CARDS, "", id="front page"),
        pytest.param("https://paper.example/category/local/", CARDS, "", id="section"),
        pytest.param("https://paper.example/tag/bridge/", CARDS, "", id="tag"),
        pytest.param("https://paper.example/author/ann/", CARDS, "", id="author"),
        pytest.param("https://paper.example/?s=bridge", CARDS, "", id="search"),
        pytest.param("https://paper.example/local/page/2/", CARDS, "", id="page 2 of a section"),
        pytest.param("https://paper.example/2026/05/", CARDS, "", id="month"),
        pytest.param("https://paper.example/local/", CARDS, '<meta property="og:type" content="website">',
                     id="section without a mark in its address"),
        pytest.param("https://paper.example/gone", "<h1>Not found</h1><p>Nothing here.</p>", "", id="error"),
        pytest.param("https://paper.example/a", "", "", id="empty body"),
    ],
)  # fmt: skip
def test_listings_and_errors_are_no_articles(url: str, body: str, head: str) -> None:
    assert extract(page(body, head=head, url=url), DEFAULT_RULES).outcome is Outcome.NOT_AN_ARTICLE


def test_rules_may_say_which_addresses_are_articles() -> None:
    rules = SiteRules("paper.example", article_url=("/local/$",))
    made = page(f"<h1>T</h1>{PARAGRAPHS}", url="https://paper.example/category/local/")
    assert extract(made, rules).outcome is Outcome.ARTICLE
    assert extract(made, DEFAULT_RULES).outcome is Outcome.NOT_AN_ARTICLE


def test_page_two_is_known_under_the_address_of_page_one() -> None:
    made = page(
        f'<article><h1>T</h1>{PARAGRAPHS}<div class="page-links"><a href="{URL}">1</a></div></article>',
        head=f'<link rel="canonical" href="{URL}2/">',
        url=f"{URL}2/",
    )
    read = extract(made, DEFAULT_RULES)
    assert (read.page_number, read.canonical_url, read.url) == (2, URL, f"{URL}2/")


def test_canonical_that_leads_to_the_front_page_is_not_believed() -> None:
    made = page(PARAGRAPHS, head='<link rel="canonical" href="https://paper.example/">')
    assert extract(made, DEFAULT_RULES).canonical_url == URL


def test_reading_leaves_tree_and_other_pages_as_they_were() -> None:
    one = page(f"<article><h1>One</h1>{PARAGRAPHS}</article>{HTML5}", head=HEAD)
    other = page(f"<h1>Other</h1>{PARAGRAPHS}", url="https://paper.example/other")
    document = parse(one, limit_bytes=10**6)
    first = extract_document(document, one, DEFAULT_RULES)
    extract(other, DEFAULT_RULES)
    assert extract_document(document, one, DEFAULT_RULES) == first == extract(one, DEFAULT_RULES)


def test_page_without_html_element_or_head_is_read() -> None:
    read = extract(raw_page(f"<h1>Bare</h1>{PARAGRAPHS}".encode()), DEFAULT_RULES)
    assert (read.title, read.text, read.language) == ("Bare", TEXT, "en")
