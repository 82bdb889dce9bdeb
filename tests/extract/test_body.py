"""The article's text: who is asked first, what is dropped after, and why of every segment."""

# ruff: noqa: E501 - markup is shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.extract import body
from archiver.extract.body import Body, Verdict, read_body, verdicts_on, without_byline
from archiver.extract.features import NAMES, Clues
from archiver.extract.judge import Judge
from archiver.extract.liveblog import Post
from archiver.extract.prose import Block
from archiver.extract.segments import segments_of
from archiver.extract.standing import Words
from archiver.furniture import NO_FURNITURE, Furniture
from archiver.furniture import Block as Recurring
from archiver.model import TextLink
from archiver.sites import Layout
from tests.pages import PARAGRAPHS, document

COUNCIL, WORK, FERRY = (
    part.removesuffix("</p>") for part in PARAGRAPHS.removeprefix("<p>").split("<p>")
)
CHARS = NAMES.index("chars")


def judge_of_length(least: int) -> Judge:
    """A judge for whom text is what has more than ``least`` signs (log-odds 2, else -2), and a
    single word surely not (-4)."""
    tree = {
        "feature": [CHARS, -1, CHARS, -1, -1],
        "limit": [6, 0, least, 0, 0],
        "left": [1, 0, 3, 0, 0],
        "right": [2, 0, 4, 0, 0],
        "value": [0, -4000, 0, -2000, 2000],
    }
    return Judge(Words({}, {}), (tree,), 1, -99.0, 0.0, "")


@pytest.fixture(autouse=True)
def judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the packaged judge holds of a page changes with every training: not here."""
    monkeypatch.setattr(body, "packaged_judge", lambda: judge_of_length(30))


@pytest.fixture
def helpless_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "packaged_judge", lambda: judge_of_length(100_000))


def read(
    markup: str,
    layout: Layout | None = None,
    *,
    clues: Clues = Clues(),  # noqa: B008 - a frozen value
    furniture: Furniture = NO_FURNITURE,
    cut: str | None = None,
    posts: str | None = None,
) -> Body:
    """The body of a page; ``cut`` and ``posts`` are selectors."""
    made = document(markup)
    return read_body(
        made,
        layout,
        tuple(made.tree.cssselect(cut)) if cut else (),
        clues,
        furniture,
        tuple(Post(node) for node in made.tree.cssselect(posts)) if posts else (),
    )


def verdicts(
    markup: str, layout: Layout | None = None, clues: Clues | None = None
) -> list[Verdict]:
    return verdicts_on(document(markup), layout, (), clues or Clues(), NO_FURNITURE)


# Who is asked, in the order of trust.


def test_a_rule_goes_before_the_judge() -> None:
    found = read(f"{PARAGRAPHS}<div class='new'><p>Mine.</p></div>", Layout(body=("div.new",)))
    assert (found.text, found.source) == ("Mine.", "rule")


def test_of_a_rules_selectors_the_first_that_finds_text_speaks() -> None:
    layout = Layout(body=("div.none", "div.empty", "div.one", "div.two"))
    markup = "<div class=empty><img></div><div class=two>2</div><div class=one>1</div>"
    assert read(markup, layout).text == "1"


def test_what_a_rule_finds_twice_is_read_once() -> None:
    markup = "<div class=x><p>a</p><div class=x><p>b</p></div></div><div class=x>c</div>"
    assert read(markup, Layout(body=(".x",))).text == "a\n\nb\n\nc"


def test_a_rule_may_find_an_inline_element() -> None:
    markup = "<div>By Ann<span class=x>a<br><br>b</span></div>"
    assert read(markup, Layout(body=("span.x",))).text == "a\n\nb"


def test_a_rule_may_find_a_menu() -> None:
    assert read("<nav class=x>a</nav>", Layout(body=(".x",))).text == "a"


def test_a_rule_that_finds_nothing_leaves_the_page_to_the_judge() -> None:
    found = read(f"<div>Home</div>{PARAGRAPHS}", Layout(body=("div.new", "//@id")))
    assert (found.text, found.source) == (f"{COUNCIL}\n\n{WORK}\n\n{FERRY}", "judge")


@pytest.mark.usefixtures("helpless_judge")
def test_where_the_judge_is_at_a_loss_trafilatura_speaks() -> None:
    found = read(f"<div>Home</div><article>{PARAGRAPHS}</article>")
    assert (found.text, found.source) == (f"{COUNCIL}\n\n{WORK}\n\n{FERRY}", "trafilatura")


@pytest.mark.usefixtures("helpless_judge")
def test_trafilatura_is_not_shown_what_is_cut() -> None:
    found = read(f"<article>{PARAGRAPHS}<p id=x>{COUNCIL[:90]}</p></article>", cut="p:nth-child(2)")
    assert WORK not in found.text
    assert FERRY in found.text


CLAIM = Clues(claimed_body=f"{COUNCIL}\n\n{WORK}\n{FERRY} And so on. " + 10 * "It is long. ")


def test_a_text_that_a_script_would_have_written_is_taken_from_json_ld() -> None:
    found = read("<div id='app'></div><script>render()</script>", clues=CLAIM)
    assert found.source == "json-ld"
    assert [block.text[:20] for block in found.blocks] == [
        "The council of the s", "Work is to begin in ", "Until then a ferry c",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("markup", "clues", "source"),
    [
        pytest.param(PARAGRAPHS, CLAIM, "judge", id="the page shows a text"),
        pytest.param(f"<p>{COUNCIL[:140]}</p>", Clues(claimed_body=COUNCIL + WORK), "judge",
                     id="the claim is not much longer"),
        pytest.param("", Clues(claimed_body=COUNCIL), None, id="the claim is short"),
    ],
)  # fmt: skip
def test_anywhere_else_a_claimed_text_is_not_believed(
    markup: str, clues: Clues, source: str | None
) -> None:
    assert read(markup, clues=clues).source == source


def test_a_rule_is_believed_before_a_claimed_text() -> None:
    found = read("<p class=x>Mine.</p>", Layout(body=(".x",)), clues=CLAIM)
    assert (found.text, found.source) == ("Mine.", "rule")


@pytest.mark.parametrize("markup", ["", "<p> </p>", "<script>render()</script>"])
def test_a_page_without_text_has_none(markup: str) -> None:
    assert read(markup) == Body()


# What is left out.


@pytest.mark.parametrize("layout", [Layout(remove=(".ad",)), Layout(("div.x",), remove=(".ad",))])
def test_what_the_rules_remove_is_no_text(layout: Layout) -> None:
    markup = f"<div class=x>{PARAGRAPHS}<p class=ad>{COUNCIL} Buy!</p><p>It is <span class=ad>not (an advert)</span> so, as all of this town knows.</p></div>"
    found = read(markup, layout)
    assert found.text == f"{COUNCIL}\n\n{WORK}\n\n{FERRY}\n\nIt is so, as all of this town knows."


def test_what_is_cut_is_no_text() -> None:
    assert read(f"{PARAGRAPHS}<ol id=c><li>{COUNCIL}</li></ol>", cut="#c").text == (
        f"{COUNCIL}\n\n{WORK}\n\n{FERRY}"
    )


def test_furniture_of_the_site_is_dropped_by_whoever_it_was_kept() -> None:
    furniture = Furniture("paper.example", (Recurring("Sign up for our newsletter of 3 letters"),))
    markup = f"<div class=x>{PARAGRAPHS}<p>Sign up for our  NEWSLETTER of 12 letters</p></div>"
    expected = f"{COUNCIL}\n\n{WORK}\n\n{FERRY}"
    assert read(markup, furniture=furniture).text == expected
    assert read(markup, Layout(body=(".x",)), furniture=furniture).text == expected


TITLE = "The “bridge” returns – after a very long winter"


@pytest.mark.parametrize(
    ("markup", "is_dropped"),
    [
        pytest.param(f"<h1>{TITLE}</h1>{PARAGRAPHS}", True, id="first"),
        pytest.param(f"<p>{COUNCIL}</p><p>{WORK}</p><h2>The bridge returns - after a VERY long winter</h2><p>{FERRY}</p>", True,
                     id="third, in other signs"),
        pytest.param(f"{PARAGRAPHS}<p>{TITLE}</p>", False, id="fourth"),
        pytest.param(f"<p>{TITLE}, they say.</p>{PARAGRAPHS}", False, id="more than the title"),
    ],
)  # fmt: skip
def test_a_repetition_of_the_title_at_the_head_is_dropped(markup: str, is_dropped: bool) -> None:
    clues = Clues(titles=("", TITLE))
    assert ("very long winter" not in read(markup, clues=clues).text.lower()) is is_dropped


def test_posts_of_a_live_blog_are_text_with_their_times_and_headings() -> None:
    posts = "".join(
        f"<div class=post><span>{hour}</span><h3>{head}</h3><div>Share</div><p>{text}</p></div>"
        for hour, head, text in (("14:05 Uhr", "It opens", COUNCIL), ("13:00 Uhr", "It will", WORK))
    )
    markup = f"<p>{FERRY}</p>{posts}<div>More news</div>"
    assert read(markup).text == f"{FERRY}\n\n{COUNCIL}\n\n{WORK}"
    assert read(markup, posts=".post").text == "\n\n".join(
        [FERRY, "14:05 Uhr", "It opens", COUNCIL, "13:00 Uhr", "It will", WORK]
    )


def test_links_are_resolved_and_those_to_the_page_itself_are_none() -> None:
    markup = f"<p>{COUNCIL} <a href='/more'>More</a> and <a href='#top'>up</a> we go, <a href='mailto:a@b.example'>write</a>.</p>"
    found = read(markup)
    assert found.links == (TextLink("https://paper.example/more", "More"),)
    assert found.markdown.endswith("[More](https://paper.example/more) and up we go, write.")


# Why: every segment of the page has its verdict.

PAGE = f"<ul><li><a href='/'>Home and away from it all</a></li></ul><h1>{TITLE}</h1><div><p>{COUNCIL}</p><p>{WORK}</p><p>{FERRY}</p></div><div>Imprint</div>"


def test_every_segment_has_its_verdict_in_page_order() -> None:
    told = verdicts(PAGE, clues=Clues(titles=(TITLE,)))
    assert [v.segment.text for v in told] == [s.text for s in segments_of(document(PAGE))]
    assert [(v.segment.text[:8], v.is_kept, v.by, v.score) for v in told] == [
        ("Home and", False, "judge", None),
        ("The “bri", False, "title", 2.0),
        ("The coun", True, "judge", 2.0),
        ("Work is ", True, "judge", 2.0),
        ("Until th", True, "judge", 2.0),
        ("Imprint", False, "judge", -2.0),
    ]
    assert [v.figures is None for v in told] == [True, False, False, False, False, False]


@pytest.mark.usefixtures("helpless_judge")
def test_a_second_opinion_keeps_what_the_judge_thought() -> None:
    told = verdicts(PAGE)
    assert {v.by for v in told} == {"trafilatura"}
    assert [v.score for v in told] == [None, -2.0, -2.0, -2.0, -2.0, -2.0]
    assert [v.is_kept for v in told][2:5] == [True] * 3


def test_a_rule_tells_of_what_it_found() -> None:
    told = verdicts(PAGE, Layout(body=("p",)))
    assert [(v.segment.text, v.is_kept, v.by, v.score, v.figures) for v in told] == [
        (text, True, "rule", None, None) for text in (COUNCIL, WORK, FERRY)
    ]


# The byline at the head.

NAMES_OF_AUTHORS = ("Ann Lee", "Bo Cy")


@pytest.mark.parametrize(
    ("first", "is_dropped"),
    [
        ("Ann Lee", True),
        ("By Ann Lee and Bo Cy", True),
        ("By ANN LEE, 3 May 2026, 14:05", True),
        ("Von Ann Lee am 3. Mai 2026", True),
        ("Ann Lee covers the town", True),
        ("Ann Lee has covered the town for years", False),
        ("By Dee Eff", False),
        ("3 May 2026", False),
        ("Annie Leek and her bridge", False),
        ("Ann Lee 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", False),
    ],
)
def test_a_byline_at_the_head_is_dropped(first: str, is_dropped: bool) -> None:
    whole = Body((Block(first, first), Block(COUNCIL, COUNCIL)), (), "judge")
    kept = without_byline(whole, NAMES_OF_AUTHORS)
    assert kept == (Body(whole.blocks[1:], (), "judge") if is_dropped else whole)


def test_further_down_a_name_is_part_of_the_text() -> None:
    blocks = tuple(Block(text, text) for text in ("a", "b", "c", "Ann Lee"))
    assert without_byline(Body(blocks), NAMES_OF_AUTHORS).blocks == blocks
