"""Headline, byline, dates, language, rights, pictures and page numbers, each from its sources."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.extract.byline import read_byline, split_names
from archiver.extract.dates import read_dates
from archiver.extract.headline import read_headline, without_site
from archiver.extract.language import detect, tidy_tag
from archiver.extract.pages import next_page_of, page_number_of
from archiver.extract.pictures import read_images
from archiver.extract.rights import read_access, read_rights
from archiver.extract.structured import read_said
from archiver.model import Access, Author, Errand, Image, Precision, Purpose, Rights
from tests.pages import URL, document, page


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee", ["Ann Lee"]),
        ("Von Ann Lee und Bob Ray", ["Ann Lee", "Bob Ray"]),
        ("By Ann Lee, Staff Writer", ["Ann Lee"]),
        ("Ann Lee, Bob Ray & Cy Dee", ["Ann Lee", "Bob Ray", "Cy Dee"]),
        ("Lee, Ann", ["Ann Lee"]),
        ("ann.lee@paper.example", []),
        ("https://paper.example/ann", []),
        ("Updated May 2, 2026", []),
        ("Written by: Ann Lee | Political editor", ["Ann Lee"]),
        ("", []),
    ],
)
def test_byline_is_split_into_names(byline: str, names: list[str]) -> None:
    assert split_names(byline) == names


def test_people_agencies_and_the_site_are_told_apart() -> None:
    made = document(
        "",
        head='<meta property="og:site_name" content="The Paper">'
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": ['
        '{"@type": "Person", "name": "Ann Lee", "url": "/ann"}, {"@type": "Organization", "name": "dpa"},'
        '{"@type": "Organization", "name": "The Paper"}]}</script>',
    )
    byline = read_byline(made, read_said(made), (), "The Paper")
    assert byline.authors == (Author("Ann Lee", "https://paper.example/ann"),)
    assert (byline.agencies, byline.source) == (("dpa",), "json-ld")


def test_byline_of_the_article_goes_before_one_in_a_sidebar() -> None:
    made = document(
        '<aside class="related"><span class="author">Bob Ray</span></aside>'
        '<article><header><p class="byline">By <a rel="author" href="/ann">Ann Lee</a></p></header></article>'
    )
    assert read_byline(made, read_said(made), (), None).authors == (
        Author("Ann Lee", "https://paper.example/ann"),
    )


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        pytest.param("<title>A bridge returns – The Paper</title>", "<h1>A bridge returns</h1>",
                     "A bridge returns", id="heading confirmed by the title"),
        pytest.param('<title>A bridge | The Paper</title><meta property="og:title" content="A bridge">',
                     '<h1 class="site-title">The Paper</h1>', "A bridge", id="site title is no headline"),
        pytest.param('<title>A bridge returns | The Paper</title>'
                     '<meta property="og:site_name" content="The Paper">', "", "A bridge returns",
                     id="site name cut off"),
        pytest.param("", "<h1>Only a heading</h1>", "Only a heading", id="heading alone"),
        pytest.param("<title>Brew – The Loopback Paper</title>", "<h1>Brew</h1>", "Brew", id="short"),
        pytest.param("", "", None, id="nothing"),
    ],
)  # fmt: skip
def test_headline_is_what_readers_see(head: str, body: str, title: str | None) -> None:
    made = document(body, head=head)
    assert read_headline(made, read_said(made), None)[0] == title


def test_dash_inside_a_headline_is_kept() -> None:
    assert without_site("Bridge – a long story of a short way across", set()) == (
        "Bridge – a long story of a short way across"
    )


JSON_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": '
    '"2026-05-01T08:00:00+02:00", "dateModified": "2026-05-02T08:00:00+02:00"}</script>'
)


@pytest.mark.parametrize(
    ("head", "body", "published", "precision", "source"),
    [
        pytest.param(JSON_LD, "<time datetime='2020-01-01'>x</time>", "2026-05-01 06:00", Precision.SECOND,
                     "json-ld", id="JSON-LD first"),
        pytest.param('<meta property="article:published_time" content="2026-05-01T06:00:00Z">', "",
                     "2026-05-01 06:00", Precision.SECOND, "og", id="meta"),
        pytest.param('<meta name="date" content="2026-05-01">',
                     "<article><time datetime='2026-05-01T06:00:00Z'>May 1</time></article>",
                     "2026-05-01 06:00", Precision.SECOND, "meta", id="markup makes a day exact"),
        pytest.param("", "<article><header><span class='posted-on'>Published "
                     "<time class='entry-date published updated' datetime='2026-05-01T08:00:00+02:00'>"
                     "May 1, 2026</time></span></header></article>",
                     "2026-05-01 06:00", Precision.SECOND, "markup", id="WordPress, never changed"),
        pytest.param("", "<aside class='recent'><time datetime='2026-05-30'></time></aside>"
                     "<article><p class='dateline'>1 May 2026</p></article>",
                     "2026-05-01 00:00", Precision.DAY, "markup", id="sidebar is passed over"),
        pytest.param("", "", "2026-05-03 00:00", Precision.DAY, "url", id="URL"),
        # hAtom: magazine themes mark their only date "updated"; others' dates stand below.
        pytest.param("", "<h1>A</h1><div class='post-meta'><span class='updated'>May 2, 2026</span></div>"
                     "<p>Words of the article.</p><div class='related-posts'><p class='date'>"
                     "<span class='updated'>May 1, 2026</span></p></div>",
                     "2026-05-02 00:00", Precision.DAY, "markup", id="hatom"),
    ],
)  # fmt: skip
def test_published_is_taken_in_order_of_trust(
    head: str, body: str, published: str, precision: Precision, source: str
) -> None:
    made = document(body, head=head, url="https://paper.example/2026/05/03/a-story/")
    dates = read_dates(made, read_said(made), None, "en")
    assert dates.published is not None
    said = dates.published.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    assert (said, dates.published.precision, dates.published_source) == (
        published,
        precision,
        source,
    )


def test_modified_is_read_beside_published() -> None:
    made = document("", head=JSON_LD)
    dates = read_dates(made, read_said(made), None, "en")
    assert dates.modified is not None
    assert dates.modified.at.astimezone(UTC) == datetime(2026, 5, 2, 6, tzinfo=UTC)


def test_date_after_the_capture_is_not_believed() -> None:
    made = document(
        "", head='<meta name="date" content="2027-05-01">', url="https://paper.example/a"
    )
    assert read_dates(made, read_said(made), None, "en").published is None


@pytest.mark.parametrize(
    ("declared", "tag"),
    [("en_us", "en-US"), ("DE", "de"), ("zh-hant-tw", "zh-Hant-TW"), ("pt-BR.UTF-8", "pt-BR"),
     ("english", None), ("", None), (None, None), ("und", None)],
)  # fmt: skip
def test_language_tag_is_tidied(declared: str | None, tag: str | None) -> None:
    assert tidy_tag(declared) == tag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The council of the town voted to rebuild the old bridge over the river in the autumn.",
            "en",
        ),
        (
            "Der Rat der Stadt hat für den Bau der alten Brücke gestimmt, die nicht mehr sicher ist.",
            "de",
        ),
        (
            "Le conseil de la ville a voté pour la reconstruction du pont dans les mois qui viennent.",
            "fr",
        ),
        (
            "El consejo de la ciudad votó que se reconstruya el puente para los vecinos del río.",
            "es",
        ),
        (
            "Рада міста проголосувала за відбудову старого мосту, її рішення підтримали мешканці.",
            "uk",
        ),
        (
            "市議会は古い橋の再建に賛成した。工事は秋に始まり、二年かかる見込みである。費用は基金から出る。",
            "ja",
        ),
        ("17 4 22", None),
    ],
)
def test_language_is_seen_in_script_and_small_words(text: str, language: str | None) -> None:
    assert detect(text) == language


def test_rights_are_what_page_and_headers_say() -> None:
    made = page(
        '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a>',
        head='<meta name="robots" content="max-snippet:50"><meta name="tdm-reservation" content="1">',
        headers=((b"X-Robots-Tag", b"noarchive"),),
    )
    parsed = document(
        made.payload.decode().split("<body>")[1], head=made.payload.decode().split("head>")[1]
    )
    assert read_rights(parsed, made, read_said(parsed)) == Rights(
        robots_rule="max-snippet:50, noarchive",
        noarchive=True,
        tdm_reservation=True,
        license="https://creativecommons.org/licenses/by/4.0/",
    )


@pytest.mark.parametrize(
    ("head", "access"),
    [
        ('<meta property="article:content_tier" content="metered">', Access.METERED),
        ('<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":false}</script>',
         Access.PAYWALLED),
        ('<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":"True"}</script>',
         Access.FREE),
        ("", None),
    ],
)  # fmt: skip
def test_access_is_what_the_publisher_declares(head: str, access: Access | None) -> None:
    assert read_access(read_said(document("", head=head))) == access


def test_pictures_are_the_lead_and_those_in_the_text() -> None:
    made = document(
        "<article><figure><img src='/a-300x200.jpg' alt='The bridge'><figcaption>By night</figcaption>"
        "</figure><p>First.</p><img data-src='/b.jpg' src='data:image/gif;base64,R0'><p>Second.</p>"
        "<img src='/avatar.png' class='avatar'></article><div class='related'><img src='/c.jpg'></div>",
        head="<meta property='og:image' content='https://paper.example/a.jpg'>",
    )
    assert read_images(made, read_said(made), frozenset({"First.", "Second."})) == (
        Image("https://paper.example/a.jpg", "By night", "The bridge", is_lead=True),
        Image("https://paper.example/b.jpg"),
    )


PAGER = f'<div class="page-links">Pages: <a href="{URL}">1</a> <a href="{URL}3/">3</a></div>'


@pytest.mark.parametrize(
    ("url", "body", "number", "following"),
    [
        pytest.param(f"{URL}2/", PAGER, 2, f"{URL}3/", id="WordPress"),
        pytest.param("https://paper.example/apollo/11/", "", 1, None, id="a number that is a name"),
        pytest.param(URL, PAGER.replace("3", "2"), 1, f"{URL}2/", id="first page"),
        pytest.param(f"{URL}?page=2", f'<a rel="prev" href="{URL}">back</a>', 2, None, id="query"),
    ],
)
def test_page_number_is_told_from_the_pager(
    url: str, body: str, number: int, following: str | None
) -> None:
    made, parsed = page(body, url=url), document(body, url=url)
    assert (page_number_of(parsed, made), next_page_of(parsed, made)) == (number, following)


def test_errand_knows_the_page_number_best() -> None:
    made = page("", errand=Errand(Purpose.ARTICLE, page_number=4))
    assert page_number_of(document(""), made) == 4
