"""Live blogs: each post with its time and headline, in page order; nothing on any other page."""

# ruff: noqa: E501 - markup and tables are shown whole, a case to a line

from __future__ import annotations

import json
import time

import pytest

from archiver.dom import text_of
from archiver.extract.liveblog import posts_of
from archiver.extract.structured import read_said
from tests.comments.test_wordpress import HTML5
from tests.pages import PARAGRAPHS, URL, document

TEXTS = (
    "The mayor has cut the ribbon and walks across the new bridge with the oldest citizen of the town.",
    "The band is late, the mayor says, because the ferry that it came with has been stopped for good.",
    "Thousands wait on both banks of the river; the police ask everyone to leave bicycles at home.",
    "Good morning from the river, where the new bridge will be opened to everybody in a few hours.",
)
HEADS = (
    "The bridge is open at last",
    "A band without a ferry",
    "Both banks are full",
    "Good morning everybody",
)
HOURS = ("14:05", "13:40", "12:30", "09:00")
POSTS = list(zip(HOURS, HEADS, TEXTS, strict=True))
INTRO = "<h1>The bridge opens: live</h1><p>All of today's news of the opening, from our own reporters on both banks.</p>"


def entries(form: str, posts: list[tuple[str, str, str]] = POSTS) -> str:
    return "".join(
        form.format(n=n, hour=hour, head=head, text=text)
        for n, (hour, head, text) in enumerate(posts)
    )


def json_ld(*, names: bool = True, addresses: bool = True, count: int = 4) -> str:
    updates = [
        {
            "@type": "BlogPosting",
            "datePublished": f"2026-05-01T{hour}:00+02:00",
            "author": [{"@type": "Person", "name": "Ann Lee"}],
            "articleBody": f"<p>{text}</p>",
            **({"headline": head} if names else {}),
            **({"url": f"{URL}#post-{n}"} if addresses else {}),
        }
        for n, (hour, head, text) in enumerate(POSTS[:count])
    ]
    said = {
        "@context": "https://schema.org",
        "@graph": [{"@type": "LiveBlogPosting", "liveBlogUpdate": updates}],
    }
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


def seen(body: str, *, head: str = "", url: str = URL) -> list[tuple[str | None, str | None, str]]:
    """(time, headline, text of the whole post) of each post."""
    made = document(body, head=head, url=url)
    return [(p.published, p.headline, text_of(p.node)) for p in posts_of(made, read_said(made))]


SAID = [(f"2026-05-01T{hour}:00+02:00", head) for hour, head, _ in POSTS]
IDS = '<div class="x7" id="post-{n}"><span>{hour}</span><h3>{head}</h3><p>{text}</p></div>'
NO_IDS = (
    '<div class="x7"><span>{hour}</span><h3>{head}</h3><div class="x8"><p>{text}</p></div></div>'
)
NO_HEADS = '<li class="x7"><span>{hour}</span><div><p>{text}</p></div></li>'
ANCHORS = '<section class="x7"><a id="post-{n}"></a><span>{hour}</span><h2>{head}</h2><p>{text}</p></section>'


@pytest.mark.parametrize(
    ("form", "head"),
    [
        pytest.param(IDS, json_ld(), id="by the fragment of its address"),
        pytest.param(ANCHORS, json_ld(names=False), id="by an anchor inside the post"),
        pytest.param(NO_IDS, json_ld(addresses=False), id="by its headline"),
        pytest.param(NO_IDS, json_ld(names=False, addresses=False), id="by its first words"),
    ],
)
def test_posts_that_json_ld_names_are_found_on_the_page(form: str, head: str) -> None:
    found = seen(
        f"{INTRO}<div class='x1'>{entries(form)}</div><footer>The end of it</footer>", head=head
    )
    assert [(when, headline) for when, headline, _ in found] == SAID
    assert [text for _, _, text in found] == [f"{hour} {head} {text}" for hour, head, text in POSTS]


def test_posts_without_headings_keep_the_headline_that_json_ld_has() -> None:
    found = seen(f"{INTRO}<ul>{entries(NO_HEADS)}</ul>", head=json_ld(addresses=False))
    assert [(when, headline) for when, headline, _ in found] == SAID


def test_posts_beyond_those_that_json_ld_lists_are_found_by_their_form() -> None:
    found = seen(
        f"{INTRO}<div>{entries(IDS)}<div class='ad'>Buy this</div></div>", head=json_ld(count=2)
    )
    assert [(when, headline) for when, headline, _ in found] == [
        *SAID[:2],
        *zip(HOURS[2:], HEADS[2:], strict=True),
    ]


def test_post_behind_a_load_more_is_no_larger_than_the_others() -> None:
    body = (
        f"{INTRO}<main><div class='x1'>{entries(IDS, POSTS[:3])}</div>"
        f"<div class='more'><p>More</p>{IDS.format(n=3, hour=HOURS[3], head=HEADS[3], text=TEXTS[3])}</div></main>"
    )
    assert [text for _, _, text in seen(body, head=json_ld())][-1] == " ".join(POSTS[3])


def test_author_of_a_post_is_read() -> None:
    made = document(f"{INTRO}<div>{entries(IDS)}</div>", head=json_ld())
    assert {post.author for post in posts_of(made, read_said(made))} == {"Ann Lee"}


MICRODATA = (
    '<div itemprop="liveBlogUpdate" itemscope itemtype="https://schema.org/BlogPosting">'
    '<meta itemprop="datePublished" content="2026-05-01T{hour}:00+02:00"><h3 itemprop="headline">{head}</h3>'
    "<p>{text}</p></div>"
)
TICKER = '<li class="entry"><time datetime="2026-05-01T{hour}:00+02:00">{hour} Uhr</time><h3>{head}</h3><p>{text}</p></li>'
PLAIN = '<div class="post"><header><span class="t">{hour}</span></header><h3>{head}</h3><p>{text}</p></div>'


@pytest.mark.parametrize(
    ("body", "url", "times"),
    [
        pytest.param(f"<div class='live-blog'>{entries(MICRODATA)}</div>", URL, [w for w, _ in SAID], id="microdata"),
        pytest.param(f"<ul class='Liveticker'>{entries(TICKER)}</ul>", URL, [w for w, _ in SAID], id="ticker with time elements"),
        pytest.param(f"<div id='LiveBlogBody'>{entries(PLAIN)}</div>", URL, list(HOURS), id="hours as text"),
        pytest.param(f"<div class='c1'>{entries(PLAIN)}</div>", "https://paper.example/minuto-a-minuto/puente", list(HOURS), id="named by its address"),
        pytest.param(f"<div class='live-feed'><div class='day'>{entries(PLAIN, POSTS[:2])}</div><div class='day'>{entries(PLAIN, POSTS[2:])}</div></div>", URL, list(HOURS), id="posts of several days"),
        pytest.param("<div class='liveticker'>" + entries(PLAIN.replace("{hour}", "4{n}."), POSTS).replace("4", "&#52;").replace(".</span>", "'</span>") + "</div>", URL, ["40'", "41'", "42'", "43'"], id="minutes of a match"),
    ],
)  # fmt: skip
def test_posts_are_found_by_structure(body: str, url: str, times: list[str]) -> None:
    found = seen(f"{INTRO}{body}", url=url)
    assert [(when, headline) for when, headline, _ in found] == list(zip(times, HEADS, strict=True))


TEASERS = "".join(
    f'<li class="item"><span>{hour}</span><h3><a href="/{n}/">{head}. {text}</a></h3></li>'
    for n, (hour, head, text) in enumerate(POSTS)
)
RESULTS = "".join(f'<tr class="row"><td>{hour}</td><td>2:1</td></tr>' for hour in HOURS)


@pytest.mark.parametrize(
    ("body", "url"),
    [
        pytest.param(PARAGRAPHS, URL, id="article"),
        pytest.param(f"{PARAGRAPHS}<ul class='newsticker'>{TEASERS}</ul>", URL, id="ticker of other articles"),
        pytest.param(f"{PARAGRAPHS}<div class='live-blog'>{entries(TICKER, POSTS[:2])}</div>", URL, id="two posts"),
        pytest.param(f"{PARAGRAPHS * 3}<div class='live-blog'>{entries(TICKER)}</div>", URL, id="box beside an article"),
        pytest.param(f"{PARAGRAPHS}<table class='live-ticker'>{RESULTS}</table>", URL, id="results"),
        pytest.param(f"<div class='livecomments'>{entries(PLAIN)}</div>", URL, id="comments"),
        pytest.param(f"{PARAGRAPHS}{HTML5 * 3}", "https://paper.example/live/a-story/", id="comments under a live address"),
        pytest.param(f"<div class='olive delivery'>{entries(PLAIN)}</div>", URL, id="olives and deliveries"),
        pytest.param(f"<div class='archive'>{entries(TICKER)}</div>", URL, id="list that is not live"),
    ],
)  # fmt: skip
def test_other_pages_have_no_posts(body: str, url: str) -> None:
    assert seen(f"<h1>A story</h1>{body}", url=url) == []


def test_posts_without_an_element_of_their_own_are_none() -> None:
    flat = '<a id="post-{n}"></a><h3>{head}</h3><p>{text}</p>'
    assert (
        seen(f"{INTRO}{entries(flat)}", head=json_ld(names=False).replace("articleBody", "x")) == []
    )


@pytest.mark.parametrize(
    "said",
    ['[[[[', '{"@type":"LiveBlogPosting","liveBlogUpdate":7}', '{"@type":"LiveBlogPosting","liveBlogUpdate":[1,null,{"url":7,"author":[[]],"headline":{}},{}]}'],
)  # fmt: skip
def test_broken_json_ld_is_no_obstacle(said: str) -> None:
    head = f'<script type="application/ld+json">{said}</script>'
    body = f"<div class='live-blog'>{entries(TICKER)}</div>"
    assert [headline for _, headline, _ in seen(body, head=head)] == list(HEADS)


def test_ordinary_pages_cost_next_to_nothing() -> None:
    made = document("".join(f"<div class='block-{n}'>{PARAGRAPHS}</div>" for n in range(300)))
    said = read_said(made)
    posts_of(made, said)  # gathers the names, which all readers share
    spent = []
    for _ in range(5):
        begun = time.perf_counter()
        posts_of(made, said)
        spent.append(time.perf_counter() - begun)
    assert min(spent) < 0.001


def test_posts_of_two_forms_are_told_alike_at_each_reading() -> None:
    """Which form is the usual one does not depend on where in memory an element lies."""
    posts = "".join(
        f'<{tag} class="{name}" itemprop="liveBlogUpdate" itemscope>'
        f'<time datetime="2026-05-01T1{n}:05:00+02:00">1{n}:05</time>'
        f"<p>The council of the small town met again, part {n} of a long day.</p></{tag}>"
        for n, (tag, name) in enumerate(
            (("div", "a"), ("div", "a"), ("section", "b"), ("section", "b"))
        )
    )
    told = set()
    for _ in range(20):
        made = document(f"<main><h1>Live</h1><div class='liveblog'>{posts}</div></main>")
        told.add(tuple(text_of(post.node) for post in posts_of(made, read_said(made))))
    assert len(told) == 1
