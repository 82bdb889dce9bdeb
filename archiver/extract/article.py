"""A page becomes an Article: the order of trust per field, with provenance.

Knows which reader is asked for which field and writes down who spoke. Pure: the same bytes, rules
and capture date give the same value, whenever and wherever it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC

from archiver.codings import header_value
from archiver.comments import find_thread
from archiver.comments.platform import Found
from archiver.config import ReadLimits
from archiver.dom import Document, fold_space, join, parse, text_of
from archiver.errors import UrlError
from archiver.extract.access import access_of
from archiver.extract.body import read_body, without_byline
from archiver.extract.byline import Byline, read_byline
from archiver.extract.dates import read_dates
from archiver.extract.features import Clues
from archiver.extract.headline import read_headline, titles_of
from archiver.extract.hook import apply_hook
from archiver.extract.kind import Look, judge
from archiver.extract.language import detect, tidy_tag
from archiver.extract.liveblog import Post, posts_of
from archiver.extract.pages import first_page_of, page_number_of
from archiver.extract.pictures import images_of
from archiver.extract.rights import rights_of
from archiver.extract.structured import NEWS_TYPES, Said, read_said
from archiver.extract.topics import read_section, read_tags
from archiver.model import Article, Page
from archiver.sites import Layout, Routes, SiteRules, select
from archiver.urls import normalise


def extract(page: Page, rules: SiteRules) -> Article:
    """The article of a page. Raises ``PageError`` when the payload is no HTML page."""
    return extract_document(parse(page, limit_bytes=ReadLimits().page_bytes), page, rules)


def extract_document(document: Document, page: Page, rules: SiteRules) -> Article:
    """The same on a tree that is already parsed; the tree stays as it is."""
    grounds = grounds_of(document, page, rules)
    said, layout, byline = grounds.said, grounds.layout, grounds.byline
    sources = _Sources()

    declared = _declared_language(document, page, said)
    dates = read_dates(document, said, _rule_text(document, layout, "published"), declared)
    title, title_source = grounds.title, grounds.title_source
    thread = grounds.comments.thread if rules.threads is not Routes.OFF else None
    body = read_body(
        document, layout, grounds.comments.regions, grounds.clues, rules.furniture, grounds.posts
    )
    body = without_byline(body, grounds.signatures)
    language = declared or detect(body.text)
    page_number = page_number_of(document, page)
    canonical_url = _canonical_url(document, page, said, page_number)
    texts = frozenset(block.text for block in body.blocks)
    images, images_source = images_of(document, said, texts)
    description, description_source = _description(said)
    outcome = judge(
        document,
        said,
        Look(
            text_chars=len(body.text),
            link_chars=sum(block.link_chars for block in body.blocks),
            has_title=bool(title),
            has_date=dates.published is not None,
            has_author=bool(byline.authors or byline.agencies),
            is_by_rule=rules.is_article_url(page.url),
        ),
    )
    section, section_source = read_section(document, said)
    tags, tags_source = read_tags(document, said)
    access, access_source = access_of(document, said, len(body.text))
    rights, rights_source = rights_of(document, page, said)

    sources.note("title", title, title_source)
    sources.note("text", body.text, body.source)
    sources.note("authors", byline.authors, byline.source)
    sources.note("agencies", byline.agencies, byline.source)
    sources.note("published_at", dates.published, dates.published_source)
    sources.note("modified_at", dates.modified, dates.modified_source)
    sources.note("language", language, "declared" if declared else "detected")
    sources.note("description", description, description_source)
    sources.note("subtitle", said.article.alternative_headline, "json-ld")
    sources.note("section", section, section_source)
    sources.note("tags", tags, tags_source)
    sources.note("images", images, images_source)
    sources.note("access", access, access_source)
    sources.note("rights", rights, rights_source)
    sources.note("thread", thread, thread.platform if thread else None)
    published, modified = dates.published, dates.modified
    article = Article(
        url=page.url,
        canonical_url=canonical_url,
        outcome=outcome,
        text=body.text,
        markdown=body.markdown,
        title=title,
        subtitle=said.article.alternative_headline,
        description=description,
        authors=byline.authors,
        agencies=byline.agencies,
        published_at=published.at.astimezone(UTC) if published else None,
        modified_at=modified.at.astimezone(UTC) if modified else None,
        published_raw=published.raw if published else None,
        modified_raw=modified.raw if modified else None,
        published_precision=published.precision if published else None,
        language=language,
        section=section,
        tags=tags,
        images=images,
        links=body.links,
        access=access,
        rights=rights,
        page_number=page_number,
        thread=thread,
        field_sources=sources.by_field,
    )
    return apply_hook(document, page, article, rules)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is read before the text, since the text is chosen by it."""

    said: Said
    layout: Layout | None
    title: str | None
    title_source: str | None
    byline: Byline
    comments: Found
    clues: Clues
    posts: tuple[Post, ...]

    @property
    def signatures(self) -> tuple[str, ...]:
        """Everybody who signs: a line of the text may name them."""
        return (*(author.name for author in self.byline.authors), *self.byline.agencies)


def grounds_of(document: Document, page: Page, rules: SiteRules) -> Grounds:
    """The grounds on which the text of a page is chosen."""
    said = read_said(document)
    layout = rules.layout_at(page.captured_at.astimezone(UTC).date())
    title, title_source = read_headline(document, said, _rule_text(document, layout, "title"))
    site_name = said.first("og:site_name", "application-name")
    return Grounds(
        said=said,
        layout=layout,
        title=title,
        title_source=title_source,
        byline=read_byline(document, said, _rule_texts(document, layout, "author"), site_name),
        comments=find_thread(document),
        clues=clues_of(document, said, title),
        posts=posts_of(document, said),
    )


def clues_of(document: Document, said: Said, title: str | None) -> Clues:
    """What the page says of itself that tells which text is the article's."""
    descriptions = (said.first("og:description"), said.first("description"))
    return Clues(
        titles=titles_of(document, said, title),
        descriptions=tuple(d for d in (*descriptions, said.article.description) if d),
        claimed_body=said.article.body or "",
        is_news=bool(said.types & NEWS_TYPES),
    )


@dataclass(slots=True)
class _Sources:
    """Who spoke for each field that is set."""

    by_field: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, value: object, source: str | None) -> None:
        if value and source:
            self.by_field[name] = source


def _rule_texts(document: Document, layout: Layout | None, name: str) -> tuple[str, ...]:
    """Texts that the layout's selectors of one field find; the first selector that finds any."""
    for selector in getattr(layout, name) if layout is not None else ():
        texts = []
        for found in select(document.tree, selector):
            text = (
                fold_space(found)
                if isinstance(found, str)
                else found.get("datetime") or text_of(found)
            )
            if text:
                texts.append(text)
        if texts:
            return tuple(texts)
    return ()


def _rule_text(document: Document, layout: Layout | None, name: str) -> str | None:
    return next(iter(_rule_texts(document, layout, name)), None)


def _declared_language(document: Document, page: Page, said: Said) -> str | None:
    header = header_value(page, b"content-language")
    for declared in (
        said.article.language,
        document.tree.get("lang")
        or document.tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        said.first("og:locale", "content-language", "language", "dc.language"),
        header if "," not in header else None,
    ):
        tag = tidy_tag(declared)
        if tag:
            return tag
    return None


def _description(said: Said) -> tuple[str | None, str | None]:
    for text, source in (
        (said.first("og:description"), "og"),
        (said.first("description", "dc.description", "twitter:description"), "meta"),
        (said.article.description, "json-ld"),
    ):
        if text:
            return text, source
    return None, None


def _canonical_url(document: Document, page: Page, said: Said, page_number: int) -> str:
    """As the page says it should be known, else its own address; of a continuation page that of
    the first. A claim that leads to a front page is a mistake of a template and not believed."""
    if page_number > 1 and page.errand.article_canonical_url:
        return page.errand.article_canonical_url
    own = _normal(page.url) or page.url
    claims = (*said.links.get("canonical", ()), said.first("og:url"), said.article.url)
    for claim in claims:
        url = _normal(join(document.base_url, claim) or "") if claim else None
        if url is None or (url.count("/") <= 3 and url.endswith("/") and own.count("/") > 3):
            continue
        return first_page_of(url, page_number)
    return first_page_of(own, page_number)


def _normal(url: str) -> str | None:
    try:
        return normalise(url) if url else None
    except UrlError:
        return None
