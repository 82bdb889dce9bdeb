"""A site of many articles, written here: each has its own words, all share what the site prints."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from tests.archives import SITE, answer, archived, exchange

LETTER = "Sign up for our letter and never miss a story from the river"
THANKS = "Thank you for reading the river paper"
QUOTE = (
    "The bridge is closed to all traffic until the engineers have looked at each of its pillars, "
    "the county said in a statement that was sent to all papers of the region on Tuesday."
)
RULES = """\
host = "news.example"
article_url = ["/story-"]
[[layout]]
body = ["article"]
title = ["h1"]
"""
"""Whatever is in the article's element is its text, the site's own blocks too: no reader of texts
is clever here, so that what learning leaves out can be seen."""
_WORDS = [
    "river", "bridge", "council", "harbour", "winter", "school", "garden", "market", "engine",
    "letter", "window", "summer", "doctor", "singer", "ticket", "ferry", "tunnel", "orchard",
    "copper", "lantern", "meadow", "quarry", "railway", "cellar", "museum", "baker", "weaver",
    "farmer", "sailor", "judge", "pupil", "choir", "tower", "clock", "stone", "timber",
    "canvas", "barley", "honey", "wool", "opened", "closed", "carried", "painted", "repaired",
    "measured", "counted", "promised", "refused", "borrowed", "returned", "slowly", "quietly",
    "twice", "again", "yesterday", "early", "nearly", "rarely", "often", "once", "gladly",
    "under", "behind", "along", "beyond", "against", "between", "without", "towards", "narrow",
    "heavy", "bright", "hollow", "distant", "common",
]  # fmt: skip


def story(number: int) -> str:
    """The HTML of article ``number``: eight paragraphs of its own, the site's letter amid them and
    its thanks at their end; in each tenth a statement that several papers printed."""
    words = random.Random(number)
    own = [
        f"{' '.join(words.choices(_WORDS, k=30)).capitalize()} {number * 10 + n}." for n in range(8)
    ]
    own.insert(4, LETTER)
    if number % 10 == 3:
        own.insert(2, QUOTE)
    own.append(THANKS)
    day = date(2026, 10, 1) + timedelta(days=number % 20)
    title = f"{words.choice(_WORDS).capitalize()} {' '.join(words.choices(_WORDS, k=4))}"
    text = "".join(f"<p>{paragraph}</p>" for paragraph in own)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="canonical" href="{address(number)}"><meta property="og:type" content="article">
<meta property="og:title" content="{title}">
<meta property="article:published_time" content="{day}T08:00:00Z"></head><body>
<nav><ul><li><a href="/politics">Politics</a></li>
<li><a href="/river">River life</a></li></ul></nav>
<article><h1>{title}</h1>{text}</article>
<footer><p>The River Paper is an invented newspaper</p></footer></body></html>"""


def address(number: int) -> str:
    """URL of article ``number``."""
    return f"{SITE}/story-{number}"


def archived_stories(output: Path, count: int) -> Path:
    """A sealed WARC below ``output`` that holds this many articles."""
    exchanges = [
        exchange(f"/story-{number}", answer(body=story(number).encode())) for number in range(count)
    ]
    return archived(output, exchanges)[0]
