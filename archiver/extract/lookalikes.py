"""What stands around an article and reads like it, found by structure and cut out of a tree.

Knows the names that themes, plugins and accessibility roles share for comment forms, lists of
recent comments, author boxes, menus and rows of related articles; no single page and no site. What
a site repeats in a way of its own is learned elsewhere.
"""

from __future__ import annotations

import re
from typing import Final

from archiver.dom import Node, text_of

_CUT: Final = re.compile(
    r"(?:^|\s)(?:"
    # comments: forms, lists, headings (WordPress core, block themes, wpDiscuz, Disqus, Facebook)
    r"comment-?respond|comment-?form|commentform|comment-reply-title|wpd-form|respond|comments?|"
    r"comments?-?(?:area|list|section|wrap(?:per)?|container|block|template|title|holder)|"
    r"wp-block-(?:post-)?comments?(?:-\S*)?|(?:post|article|entry|single|reader|user|fb|facebook)-?comments?|"
    r"disqus_thread|fb-comments|wpdcom|dsq-\S*|"
    # lists of comments on other pages
    r"\S*(?:recent|latest)[-_]?comments?\S*|"
    # the author presented, not named
    r"(?:post-|entry-|article-|single-|wp-)?(?:author|authors|autor)[-_]{0,2}(?:box|bio|bios|biography|info|"
    r"card|profile|description|section|about|block|details|widget)(?:[-_]{1,2}\S*)?|"
    r"about-?(?:the-?)?authors?(?:-\S*)?|authorbox|authorbio|saboxplugin-wrap|abh_box|m-a-box|"
    r"pp-multiple-authors-boxes-wrapper|molongui-\S*|wp-block-post-author-biography|writer-bio|"
    # menus for small screens
    r"\S*mobile[-_]?(?:nav|menu)\S*|et_mobile_\S*|select_page|off-?canvas\S*|skip-?link|screen-reader-text|"
    # ways elsewhere
    r"breadcrumbs?|yoast-breadcrumb|rank-math-breadcrumb|sharedaddy|addtoany\S*|share-?buttons|social-?share|"
    r"post-?navigation|(?:post-)?nav-links|posts-navigation|page-links|jp-relatedposts|yarpp\S*|related-?posts|"
    r"related-?articles|wp-block-latest-posts\S*|wp-block-navigation\S*"
    r")(?=\s|$)",
    re.IGNORECASE,
)
_CUT_TAGS: Final = frozenset([
    "div", "section", "aside", "nav", "ul", "ol", "footer", "header", "form", "table", "details",
    "p", "h2", "h3", "h4", "h5", "figure", "span", "a", "article",
])  # fmt: skip
_LINES: Final = frozenset({"p", "li", "div", "strong", "h3", "h4", "h5"})
_CUT_ROLES: Final = frozenset({"navigation", "search", "menu", "menubar", "dialog", "alertdialog"})
_READ_ALSO: Final = re.compile(
    r"^\W{0,3}(?:read (?:also|more|next|on)|also read|see also|more (?:on|from|about) |"
    r"related(?: (?:articles?|stories|"
    r"posts?|coverage|reading))?\s*[:|-]|recommended\s*[:|-]|you may also like|don[’']t miss|"
    r"lesen sie (?:auch|hier|mehr)|mehr (?:zum thema|dazu)|auch interessant|lire (?:aussi|"
    r"également)|à lire|"
    r"voir aussi|lee (?:también|además)|lea (?:también|además)|te puede interesar|"
    r"leia (?:também|mais)|"
    r"leggi anche|lees (?:ook|meer)|läs (?:även|också|mer)|les også|læs også|lue myös|"
    r"czytaj (?:także|też|również)|"
    r"zobacz (?:także|też)|čtěte (?:také|i)|olvasta már|citește și|baca juga|xem thêm|ayrıca oku|"
    r"читайте также|читайте також|διαβάστε (?:επίσης|ακόμη))",
    re.IGNORECASE,
)


def cut_lookalikes(tree: Node, comment_parts: tuple[Node, ...]) -> None:
    """Cut comments, forms, author boxes, menus and lists of other articles out of ``tree``.

    ``comment_parts`` are elements that a platform knows to hold comments. What would take the
    headline or most of the page's paragraphs with it stays: names are reused for wrappers.
    """
    for part in comment_parts:
        _drop(part)
    paragraphs = sum(len(node.text_content()) for node in tree.iter("p")) or 1
    known: dict[str, bool] = {}
    for node in list(tree.iter(*_CUT_TAGS)):
        if (node.get("role") or "").lower() not in _CUT_ROLES:
            named = f"{node.get('class') or ''} {node.get('id') or ''}"
            if named not in known:  # a page has ten times as many elements as wordings of class
                known[named] = _CUT.search(named) is not None
            if not known[named]:
                continue
        if node.getparent() is None or not _is_attached(node, tree):
            continue
        if next(node.iter("h1"), None) is not None:
            continue
        held = sum(len(p.text_content()) for p in node.iter("p"))
        if held > paragraphs * 0.5 and held > 400:
            continue
        _drop(node)
    for node in _around_links(tree):
        if is_read_also(node):
            _drop(node)


def _around_links(tree: Node) -> list[Node]:
    """The lines that links stand in, in document order: the elements up to three levels above."""
    found: dict[Node, None] = {}
    for link in tree.iter("a"):
        for place, _ in zip(link.iterancestors(), range(3), strict=False):
            if place.tag in _LINES:
                found.setdefault(place)
    return list(found)


def is_read_also(node: Node) -> bool:
    """True for a line inside a text that sends the reader to another article: it begins with such
    words, and what follows them is link."""
    if len(node) > 8 or not _READ_ALSO.match(node.text_content()[:400].lstrip()):
        return False
    links = [link for link in node.iter("a") if link.get("href")]
    if not links or len(links) > 3:
        return False
    text = text_of(node)
    if len(text) > 300 or not (found := _READ_ALSO.match(text)):
        return False
    rest = len(text) - found.end()
    return sum(len(text_of(link)) for link in links) >= rest * 0.7


def _is_attached(node: Node, tree: Node) -> bool:
    """False when an ancestor was cut already (its children are still in our list)."""
    return any(above is tree for above in node.iterancestors())


def _drop(node: Node) -> None:
    """Take an element out and leave the text after it where it was."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        previous = node.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + node.tail
        else:
            previous.tail = (previous.tail or "") + node.tail
    parent.remove(node)
