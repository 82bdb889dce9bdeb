"""A hook has the last word on a page; what goes wrong in it is named and stays with its page."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archiver.config import ReadLimits
from archiver.dom import parse_decoded
from archiver.errors import HookFailed
from archiver.extract import extract
from archiver.extract.hook import apply_hook
from archiver.hooks import PageHook
from archiver.model import Article, Author, Reading
from archiver.outcomes import Outcome
from archiver.reading import read
from archiver.sites import DEFAULT_RULES, RuleBook, SiteRules
from archiver.workers import Readers
from tests.pages import PARAGRAPHS, URL, page

PAGE = page(f"<article><h1>Bridge opens</h1><p class=deck>At last</p>{PARAGRAPHS}</article>")
DOCUMENT = parse_decoded(PAGE, PAGE.payload)
ARTICLE = Article(
    url=URL,
    canonical_url=URL,
    outcome=Outcome.ARTICLE,
    text="One.\n\nAd.",
    markdown="One.\n\n**Ad.**",
    title="Bridge opens | The Paper",
    section="News",
    field_sources={"title": "og", "text": "trafilatura", "section": "meta"},
)
HEAD = "from dataclasses import replace\n"


def rules_with(body: str, *, head: str = HEAD) -> SiteRules:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    source = f"{head}def read_page(document, page, article):\n{lines}\n"
    return SiteRules("paper.example", hook=PageHook("paper.example", source))


def hooked(body: str, *, head: str = HEAD) -> Article:
    return apply_hook(DOCUMENT, PAGE, ARTICLE, rules_with(body, head=head))


def test_without_a_hook_an_article_stays_as_it_is() -> None:
    assert apply_hook(DOCUMENT, PAGE, ARTICLE, DEFAULT_RULES) is ARTICLE
    assert hooked("return article") == ARTICLE


def test_a_hook_corrects_fields_and_is_named_as_their_source() -> None:
    read = hooked(
        "title = document.tree.xpath('//h1/text()')[0]\n"
        "subtitle = document.tree.xpath('string(//p[@class=\"deck\"])')\n"
        "return replace(article, title=title, subtitle=subtitle, section=None)"
    )
    assert read == replace(
        ARTICLE,
        title="Bridge opens",
        subtitle="At last",
        section=None,
        field_sources={"title": "hook", "text": "trafilatura", "subtitle": "hook"},
    )


def test_a_text_that_was_changed_alone_is_the_markdown_too() -> None:
    read = hooked("return replace(article, text='One.')")
    assert (read.text, read.markdown) == ("One.", "One.")
    assert (read.field_sources["text"], read.field_sources["markdown"]) == ("hook", "hook")
    read = hooked("return replace(article, text='One.', markdown='*One.*')")
    assert (read.text, read.markdown) == ("One.", "*One.*")


def test_what_comes_back_is_plain_and_can_leave_the_worker() -> None:
    read = hooked(
        "return replace(article, title=document.tree.xpath('//h1/text()')[0],\n"
        "    tags=[str(n) for n in range(2)],\n"
        "    published_at=datetime.fromisoformat('2026-05-01T08:00:00+02:00'))",
        head=f"{HEAD}from datetime import datetime\n",
    )
    assert type(read.title) is str
    assert read.tags == ("0", "1")
    assert read.published_at == datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert read.published_at.tzinfo is UTC
    assert pickle.loads(pickle.dumps(read)) == read


def test_a_hook_may_hold_classes_of_its_own_and_is_run_once() -> None:
    head = (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass, replace\n"
        "@dataclass\nclass Count:\n    pages: int = 0\ncount = Count()\n"
    )
    rules = rules_with("count.pages += 1\nreturn replace(article, title=str(count))", head=head)
    titles = [apply_hook(DOCUMENT, PAGE, ARTICLE, rules).title for _ in range(2)]
    assert titles == ["Count(pages=1)", "Count(pages=2)"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            "kicker = document.tree.xpath('//h6')\nreturn kicker[0]",
            "paper.example.py, line 4: IndexError: list index out of range. Mend the hook",
        ),
        ("raise SystemExit(3)", "paper.example.py, line 3: SystemExit: 3. Mend the hook"),
        (
            "return document.tree.xpath('//[')",
            "paper.example.py, line 3: XPathEvalError: Invalid expression. Mend the hook",
        ),
        (
            "article.title = 'x'",
            "paper.example.py, line 3: FrozenInstanceError: cannot assign to field 'title'. "
            "Mend the hook",
        ),
        (
            "replace(article, title='x')",
            "paper.example.py: what read_page returned is of type NoneType, "
            "where Article belongs. Mend the hook",
        ),
        (
            "yield article",
            "paper.example.py: what read_page returned is of type generator, "
            "where Article belongs. Mend the hook",
        ),
        (
            "return replace(article, title=3)",
            "paper.example.py: title is of type int, where str belongs. Mend the hook",
        ),
        (
            "return replace(article, title=document.tree.xpath('//h1'))",
            "paper.example.py: title is of type list, where str belongs. Mend the hook",
        ),
        (
            "return replace(article, authors=('Ann Lee',))",
            "paper.example.py: authors is of type str, where Author belongs. Mend the hook",
        ),
        (
            "return replace(article, authors='Ann Lee')",
            "paper.example.py: authors is of type str, where tuple[Author, ...] belongs. "
            "Mend the hook",
        ),
        (
            "return replace(article, authors=(Author(None),))",
            "paper.example.py: name is of type NoneType, where str belongs. Mend the hook",
        ),
        (
            "return replace(article, page_number=True)",
            "paper.example.py: page_number is of type bool, where int belongs. Mend the hook",
        ),
        (
            "return replace(article, access='free')",
            "paper.example.py: access is of type str, where Access belongs. Mend the hook",
        ),
        (
            "return replace(article, published_at=datetime(2026, 5, 1))",
            "paper.example.py: published_at has no time zone. Mend the hook",
        ),
        (
            "return replace(article, outcome=Outcome.FEED)",
            "paper.example.py: a page that was read cannot have the outcome feed. Mend the hook",
        ),
    ],
)
def test_a_fault_names_file_line_and_exception(body: str, fault: str) -> None:
    head = (
        "from dataclasses import replace; from datetime import datetime; "
        "from archiver.model import Author; from archiver.outcomes import Outcome\n"
    )
    with pytest.raises(HookFailed) as caught:
        hooked(body, head=head)
    assert str(caught.value) == fault


def test_a_fault_at_the_top_of_the_file_is_one_of_its_pages() -> None:
    fault = r"^paper\.example\.py, line 1: ModuleNotFoundError: No module named 'no_such_parser'"
    with pytest.raises(HookFailed, match=fault):
        hooked("return article", head="import no_such_parser\n")


def test_no_memory_is_not_the_fault_of_a_hook() -> None:
    with pytest.raises(MemoryError):
        hooked("raise MemoryError")


def test_extraction_ends_with_the_hook() -> None:
    rules = rules_with("return replace(article, authors=(*article.authors, Author('The Hook')))",
                       head=f"{HEAD}from archiver.model import Author\n")  # fmt: skip
    read = extract(PAGE, rules)
    assert read.authors == (Author("The Hook"),)
    assert read.field_sources["authors"] == "hook"
    assert read.title == "Bridge opens"


def test_a_page_whose_hook_fails_is_not_read_and_says_why() -> None:
    assert read(PAGE, rules_with("return {}['kicker']"), ReadLimits()) == Reading(
        Outcome.EXTRACT_FAILED,
        detail="paper.example.py, line 3: KeyError: 'kicker'. Mend the hook",
    )


def test_a_hook_travels_to_the_workers_and_one_that_hangs_is_stopped() -> None:
    """As a page that hangs a parser is: ``tests/test_workers.py``."""
    body = "while 'hang' in page.url: pass\nreturn replace(article, title='From the hook')"
    book = RuleBook({"paper.example": rules_with(body)})
    with Readers(book, ReadLimits(seconds=2)) as readers:
        hanging, other = readers.read(replace(PAGE, url=f"{URL}hang")), readers.read(PAGE)
        assert hanging.result(60) == Reading(Outcome.EXTRACT_TIMEOUT, detail="stopped after 2 s")
        article = other.result(60).article
        assert article is not None
        assert article.title == "From the hook"
