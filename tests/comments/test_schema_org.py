"""Comments in the words of schema.org: microdata, JSON-LD, and what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.comments import schema_org
from archiver.comments.platform import Answer
from archiver.model import Comment
from tests.comments.page_goldens import check_golden
from tests.comments.widget_goldens import ODD_VALUES, check_absent
from tests.pages import PARAGRAPHS, URL, document

ITEM = (
    '<div class="comment" itemscope itemtype="https://schema.org/Comment">'
    '<b itemprop="author">{name}</b><p itemprop="text">{text}</p></div>'
)


def linked(said: Any, body: str = "") -> tuple[Comment, ...]:
    text = said if isinstance(said, str) else json.dumps(said)
    head = f'<script type="application/ld+json">{text}</script>'
    found = schema_org.read(document(f"{PARAGRAPHS}{body}", head=head))
    return found.thread.comments if found is not None and found.thread is not None else ()


def article(*comments: Any, **more: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "comment": [*comments], **more}


def comment(text: Any = "Words.", **more: Any) -> dict[str, Any]:
    return {"@type": "Comment", "text": text, **more}


@pytest.mark.parametrize("name", ["microdata", "json_ld"])
def test_golden_page(name: str) -> None:
    check_golden(schema_org, "schema_org", name)


def test_the_fuller_of_both_is_read_and_the_count_is_of_the_article() -> None:
    items = "".join(ITEM.format(name=name, text="Words.") for name in ("Ann", "Bo"))
    assert [c.author for c in linked(article(comment(author="Cy")), items)] == ["Ann", "Bo"]
    three = [comment(f"No. {n}") for n in range(3)]
    assert len(linked(article(*three), items)) == 3


@pytest.mark.parametrize(
    "said",
    [
        "{broken",
        '["Comment"]',
        '{"a": "Comment", "b": ' + "[" * 100_000,
        {"@type": "Comment"},
        article({"@type": "Review", "text": "Fine."}, "Comment"),
        article(comment(text=3.5), comment(text=None), comment(text="<p> </p>")),
        article(comment(), url="https://paper.example/another/"),
        {"@type": "Product", "review": {"@type": "Review", "comment": comment()}},
    ],
    ids=["broken", "list", "brackets", "lone", "review", "no text", "elsewhere", "product"],
)
def test_what_is_no_comment_of_this_page_is_not_read(said: Any) -> None:
    assert linked(said) == ()


def test_odd_values_cost_no_other_comment() -> None:
    whole = comment(
        author={"@type": "Person", "name": "Ann", "url": "https://a.example/"},
        datePublished="2026-05-01",
        url=f"{URL}#comment-5",
        upvoteCount=3,
        parentItem={"@type": "Comment", "url": f"{URL}#comment-4"},
        interactionStatistic=[{"interactionType": "LikeAction", "userInteractionCount": 4}],
        comment=[comment("Reply.")],
    )
    for key in whole:
        for odd in ODD_VALUES:
            read = linked(article({**whole, key: odd}, comment("Other.")))
            assert read[-1].text == "Other."


def test_replies_nested_without_end_are_bounded() -> None:
    said = comment("Last.")
    for number in range(300):
        said = comment(f"No. {number}", comment=said)
    assert len(linked(article(said))) == 60


def test_comments_of_widgets_are_not_read() -> None:
    listed = f'<div class="recent-comments">{ITEM.format(name="Ann", text="Elsewhere.")}</div>'
    assert linked({}, listed) == ()


def test_absent() -> None:
    check_absent(
        schema_org,
        PARAGRAPHS,
        '<div itemscope itemtype="http://schema.org/UserComments" class="fb-comments"></div>',
        '<div itemscope itemtype="https://schema.org/Review"><p itemprop="text">Fine.</p></div>',
        '<div itemscope itemtype="https://schema.org/CommentAction"><p itemprop="text">7</p></div>',
    )


def test_nothing_is_asked() -> None:
    assert schema_org.read_answer(Answer(URL, b"{}")) is None
    assert not schema_org.owns(URL)
