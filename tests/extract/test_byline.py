"""Who wrote it: names as bylines write them, the marks of a byline, and whom to believe."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import time

import pytest

from archiver.extract.bodies import is_organisation
from archiver.extract.byline import Byline, read_byline
from archiver.extract.names import is_introduced, is_personal, split_names
from archiver.extract.structured import read_said
from archiver.model import Author
from tests.pages import document

PARAGRAPHS = f"<p>{'The bridge returns to the river. ' * 10}</p>" * 2
HEAD = "<h1>A bridge returns to the river</h1>"


def read(body: str, head: str = "", site_name: str | None = "The Paper") -> Byline:
    made = document(body, head=f"<title>A bridge returns to the river</title>{head}")
    return read_byline(made, read_said(made), (), site_name)


def names(byline: Byline) -> tuple[list[str], list[str]]:
    return [author.name for author in byline.authors], list(byline.agencies)


def json_ld(authors: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {authors}}}</script>'


def person(*people: str) -> str:
    entries = ", ".join(f'{{"@type": "Person", "name": "{name}"}}' for name in people)
    return json_ld(f"[{entries}]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By JANE DOE in Berlin", ["JANE DOE"]),
        ("Jane Doe, Political Editor", ["Jane Doe"]),
        ("Jane Doe, PhD, CEPF®", ["Jane Doe"]),
        ("Jane Doe, Berlin", ["Jane Doe"]),
        ("Jane Doe Staff Writer", ["Jane Doe"]),
        ("Von Zeitungs-Redakteurin Jane Doe", ["Jane Doe"]),
        ("Eine Kolumne von Jane Doe", ["Jane Doe"]),
        ("Alles von Jane Doe", ["Jane Doe"]),
        ("Posted on May 2, 2026 by Jane Doe", ["Jane Doe"]),
        ("02.05.2026 13:30 von Jane", ["Jane"]),
        ("by: Jane Doe, May 2, 2026", ["Jane Doe"]),
        ("byJane Doe Miller", ["Jane Doe Miller"]),
        ("By Ann Lee, Bob Ray, dpa", ["Ann Lee", "Bob Ray", "dpa"]),
        ("Ann Lee/dpa", ["Ann Lee", "dpa"]),
        ("Ann Lee / Bob Ray", ["Ann Lee", "Bob Ray"]),
        ("Juan Pérez y María López", ["Juan Pérez", "María López"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Doe, Jane M.", ["Jane M. Doe"]),
        ("Ursula von der Au", ["Ursula von der Au"]),
        ("de Vries", ["de Vries"]),
        ("ssi, dan", ["ssi", "dan"]),
        ("Department of Health and Research", ["Department of Health and Research"]),
        ("Salt and Pepper", ["Salt and Pepper"]),
        ("신현주 기자", ["신현주"]),
        ("作者：焦鹏", ["焦鹏"]),
        ("Автор: Анна Ли", ["Анна Ли"]),
        ("Reviewed by Jane Doe", []),
        ("Photo: Jane Doe", []),
        ("Share this post", []),
        ("January 27", []),
        ("Written by", []),
        ("x" * 3000, []),
    ],
)  # fmt: skip
def test_names_are_taken_out_of_what_surrounds_them(text: str, expected: list[str]) -> None:
    assert split_names(text) == expected


@pytest.mark.parametrize(
    ("name", "personal", "organisation"),
    [
        ("Jane Doe", True, False),
        ("JANE DOE", True, False),
        ("Ludwig van der Rohe", True, False),
        ("Jean-Luc O’Neill", True, False),
        ("Лев Толстой", True, False),
        ("山田太郎", True, False),
        ("Jane", False, False),
        ("jane doe", False, False),
        ("Table of Contents", False, False),
        ("Zur Übersicht", False, False),
        ("May 27", False, False),
        ("dpa", False, True),
        ("Associated Press", False, True),
        ("Sports Desk", False, True),
        ("Example GmbH", False, True),
        ("paper.com", False, True),
        ("读卖新聞", False, True),
    ],
)
def test_people_and_bodies_differ_in_form(name: str, personal: bool, organisation: bool) -> None:
    assert (is_personal(name), is_organisation(name)) == (personal, organisation)


@pytest.mark.parametrize(
    ("text", "introduced"),
    [
        ("By Jane Doe", True),
        ("Von Jane Doe, Redakteurin in Rom", True),
        ("02.05.2026 - von Jane Doe", True),
        ("Author Jane Doe, from Kensington, said she started reading", False),
        ("Jane Doe", False),
        ("By the river stands a bridge that nobody crosses any more", False),
    ],
)
def test_a_byline_is_little_more_than_its_names(text: str, introduced: bool) -> None:
    assert is_introduced(text) is introduced


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param('<span itemprop="author">Ann Lee</span>', ["Ann Lee"], id="microdata"),
        pytest.param('<div itemprop="author"><a href="/a/1"><b itemprop="name">Ann Lee</b></a> <i>Editor</i></div>', ["Ann Lee"], id="microdata with an office"),
        pytest.param('<p>by <a rel="author" href="/x">ann</a></p>', ["ann"], id="rel, an account"),
        pytest.param('<span class="author vcard"><a class="url fn n" href="/x">Ann Lee</a></span>', ["Ann Lee"], id="hCard"),
        pytest.param('<p class="Byline__x1">By <span>Ann Lee</span><span>Staff Writer</span></p>', ["Ann Lee"], id="pieces without blanks between"),
        pytest.param('<p class="byline">By <a href="/a">Ann Lee</a>, <a href="/b">Bob Ray</a> and <a href="/c">Cy Dee</a></p>', ["Ann Lee", "Bob Ray", "Cy Dee"], id="joined links"),
        pytest.param('<div class="meta"><span class="author-name">Ann Lee</span><span class="author-name">Bob Ray</span></div>', ["Ann Lee", "Bob Ray"], id="the same mark twice"),
        pytest.param('<div class="authors"><ul><li><a href="/a">Ann Lee</a></li><li><a href="/b">Bob Ray</a></li></ul></div>', ["Ann Lee", "Bob Ray"], id="a list"),
        pytest.param('<div class="author-box"><h4>Ann Lee</h4><p>' + "She writes about rivers. " * 20 + "</p></div>", ["Ann Lee"], id="a box with a life"),
        pytest.param('<div class="byline"><b>SECTIONS</b><a href="/a">Ann Lee</a></div>', ["Ann Lee"], id="a template's word before the name"),
        pytest.param('<span class="fn">der Michel</span>', ["der Michel"], id="a nickname alone in its element"),
        pytest.param('<span class="byline">By Ann Lee</span><a class="author" rel="tag" href="/tag/rivers/">Rivers</a>', ["Ann Lee"], id="a topic is nobody"),
        pytest.param('<div><a href="/authors/ann-lee/">Ann Lee</a></div>', ["Ann Lee"], id="address of a profile"),
        pytest.param("<p>By Ann Lee and Bob Ray</p>", ["Ann Lee", "Bob Ray"], id="words alone"),
        pytest.param("<div><span>by</span> <span>Ann Lee</span></div>", ["Ann Lee"], id="words alone, in pieces"),
        pytest.param("<div><span>Ann Lee</span> <span>May 2, 2026</span></div>", ["Ann Lee"], id="beside the date"),
        pytest.param(f"<div>{PARAGRAPHS}<p><b>Ann Lee</b></p></div>", ["Ann Lee"], id="last line"),
        pytest.param(f"<div>{PARAGRAPHS}<p><a href='/x'>Best Practices</a></p></div>", [], id="a link in the last line"),
        pytest.param("<div><p><b>BUY TICKETS</b></p> <span>May 2, 2026</span></div>", [], id="a button beside the date"),
        pytest.param("<div><h3>Table of Contents</h3><span>May 2, 2026</span></div>", [], id="a heading beside the date"),
        pytest.param('<form><label class="author">Name</label></form>', [], id="a form"),
        pytest.param('<div class="comment"><span class="author">Bob Ray</span></div>', [], id="a comment"),
        pytest.param("<p>Words of the article that sign nothing.</p>", [], id="nothing"),
    ],
)  # fmt: skip
def test_byline_is_found_by_its_marks(markup: str, expected: list[str]) -> None:
    assert names(read(f"<article>{HEAD}{markup}</article>")) == (expected, [])


def test_authors_of_other_articles_are_not_asked() -> None:
    cards = "".join(
        f'<article><h3>Story {n}</h3><span class="author">{who}</span></article>'
        for n, who in enumerate(("Bob Ray", "Cy Dee", "Di Eck", "Ed Fox", "Flo Gay"))
    )
    assert read(f"<main>{HEAD}<p>Words.</p></main><div>{cards}</div>") == Byline()
    signed = f'<main>{HEAD}<span class="author">Ann Lee</span></main><div>{cards}</div>'
    assert names(read(signed)) == (["Ann Lee"], [])


@pytest.mark.parametrize(
    ("head", "body", "expected", "source"),
    [
        pytest.param(person("Ann Lee"), '<p class="byline">By Bob Ray</p>', (["Ann Lee"], []), "json-ld", id="JSON-LD before markup"),
        pytest.param('<meta name="author" content="Ann Lee">', '<p class="byline">By Bob Ray</p>', (["Ann Lee"], []), "meta", id="meta before markup"),
        pytest.param(person("The Paper"), '<p class="byline">By Ann Lee</p>', (["Ann Lee"], []), "markup", id="a person before the site itself"),
        pytest.param(person("dpa"), '<p class="byline">By Ann Lee</p>', (["Ann Lee"], []), "markup", id="a person before an agency"),
        pytest.param(person("ann.lee2"), '<p class="byline">By Ann Lee</p>', (["Ann Lee"], []), "markup", id="a full name before an account"),
        pytest.param(person("Ann"), '<p class="byline">By Bob Ray</p>', (["Ann"], []), "json-ld", id="a short name stays"),
        pytest.param('<meta name="author" content="The Paper"><meta name="cXenseParse:author" content="Ann Lee">', "", (["Ann Lee"], []), "meta", id="the meta that names a person"),
        pytest.param(person("Ann Lee") + '<meta name="author" content="Ann Lee, Bob Ray">', "", (["Ann Lee", "Bob Ray"], []), "meta", id="the source that names more beside the same"),
        pytest.param(person("Ann Lee", "dpa"), "", (["Ann Lee"], ["dpa"]), "json-ld", id="agency beside a person"),
        pytest.param(person("dpa"), "", ([], ["dpa"]), "json-ld", id="agency alone"),
        pytest.param(person("The Paper Staff"), "", ([], ["The Paper Staff"]), "json-ld", id="desk alone"),
        pytest.param(person("The Paper"), "", ([], ["The Paper"]), "json-ld", id="the site alone"),
        pytest.param(json_ld('[{"@type": "Organization", "name": "Salt, Pepper and Sons"}]'), "", ([], ["Salt, Pepper and Sons"]), "json-ld", id="a declared body is not split"),
        pytest.param('<meta name="article:author" content="https://social.example/paper">', "", ([], []), None, id="an address is no name"),
        pytest.param('<meta name="author" content="page.head.author">', '<p class="byline">By Ann Lee</p>', (["Ann Lee"], []), "markup", id="a template's placeholder"),
        pytest.param('<meta name="twitter:label1" content="Reading time"><meta name="twitter:data1" content="Ann Lee">', "", ([], []), None, id="another label"),
    ],
)  # fmt: skip
def test_the_source_that_tells_most_speaks(
    head: str, body: str, expected: tuple[list[str], list[str]], source: str | None
) -> None:
    byline = read(f"<article>{HEAD}{body}</article>", head)
    assert (names(byline), byline.source) == (expected, source)


def test_who_calls_the_site_after_himself_is_its_author() -> None:
    said = person("Ann Lee").replace("NewsArticle", "BlogPosting")
    assert names(read(HEAD, said, site_name="Ann Lee")) == (["Ann Lee"], [])
    assert names(read(HEAD, person("Ann Lee"), site_name="Ann Lee")) == ([], ["Ann Lee"])


def test_rule_speaks_first() -> None:
    made = document(HEAD, head=person("Bob Ray"))
    byline = read_byline(made, read_said(made), ("By Ann Lee",), None)
    assert byline == Byline((Author("Ann Lee"),), (), "rule")


def test_address_of_the_author_is_absolute() -> None:
    byline = read(f'<article>{HEAD}<p class="byline">By <a href="/ann">Ann Lee</a></p></article>')
    assert byline.authors == (Author("Ann Lee", "https://paper.example/ann"),)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('<div class="author">' * 1900 + "Ann", id="nested"),
        pytest.param('<b class="author"></b>' * 20_000, id="many empty"),
        pytest.param("".join(f'<b class="author-{n}">a</b>' for n in range(20_000)), id="many wordings"),
        pytest.param("<h2>" * 1900 + "x", id="headings never closed"),
        pytest.param('<p class="byline">' + "By Ann a-" * 40_000, id="endless byline"),
        pytest.param('<p class="byline">' + "a" * 400_000, id="endless word"),
        pytest.param('<a href="/author/x">x</a>' * 20_000, id="many profiles"),
    ],
)  # fmt: skip
def test_reading_is_bounded_on_torture(body: str) -> None:
    made = document(HEAD + body)
    said = read_said(made)
    start = time.thread_time()
    read_byline(made, said, (), None)
    assert time.thread_time() - start < 2
