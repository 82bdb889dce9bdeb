"""The last word on a page: the operator's hook, given what the readers made of it.

Knows how a hook is run, what it may give back, and how its faults are named by file and line. What
it does is its own affair: it is the operator's code, and runs where every page is read, in a worker
that is stopped when it takes too long.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from traceback import walk_tb
from typing import Any, Union, get_args, get_origin, get_type_hints

from archiver.dom import Document
from archiver.errors import HookFailed, Place
from archiver.hooks import FUNCTION, PageHook
from archiver.model import Article, Page
from archiver.outcomes import Outcome
from archiver.sites import SiteRules

SOURCE = "hook"
"""In ``field_sources``, of the fields that a hook changed."""

REMEDY = "Mend the hook"

ReadPage = Callable[[Document, Page, Article], object]


def apply_hook(document: Document, page: Page, article: Article, rules: SiteRules) -> Article:
    """What the hook of ``rules`` makes of ``article``; ``article`` itself where they have none.

    Fields that it changed have the source ``hook``. A text changed alone is the markdown too. The
    hook may take the tree of ``document`` apart: it is the last to see it. Raises ``HookFailed``
    for whatever it raises, and for what is no ``Article``.
    """
    hook = rules.hook
    if hook is None:
        return article
    try:
        told = _function_of(hook)(document, page, article)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {error}"
        raise HookFailed(what, place=_place(error, hook), remedy=REMEDY) from error
    return _with_sources(_checked(told, hook), article)


@lru_cache(maxsize=256)
def _function_of(hook: PageHook) -> ReadPage:
    """The function that a hook file defines; it is run once in each worker."""
    module = types.ModuleType(f"archiver_page_hook:{hook.host}")
    # Dataclasses and pickle look for the module of a class among those that are loaded.
    sys.modules[module.__name__] = module
    exec(compile(hook.source, hook.name, "exec", dont_inherit=True), vars(module))  # noqa: S102
    function: ReadPage = getattr(module, FUNCTION)
    return function


def _place(error: BaseException, hook: PageHook) -> Place:
    """The last line of the hook that ``error`` came through."""
    lines = [
        line
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_code.co_filename == hook.name
    ]
    return Place(hook.name, line=lines[-1] if lines else None)


def _checked(told: object, hook: PageHook) -> Article:
    """``told``, if it is an article through and through. Whatever is none ends here, with a name,
    rather than where a table is written and all pages of a WARC would be lost with it."""
    place = Place(hook.name)
    try:
        article: Article = _as(Article, told, f"what {FUNCTION} returned")
    except _Odd as odd:
        raise HookFailed(str(odd), place=place, remedy=REMEDY) from odd
    if article.outcome not in (Outcome.ARTICLE, Outcome.NOT_AN_ARTICLE):
        what = f"a page that was read cannot have the outcome {article.outcome}"
        raise HookFailed(what, place=place, remedy=REMEDY)
    return article


class _Odd(Exception):
    """A value that its field cannot hold."""


def _as(kind: Any, value: Any, where: str) -> Any:
    """``value`` as a field of this kind holds it: lists are tuples, times are UTC, and texts are
    plain (those of an XPath hold on to their tree, and cannot leave the worker)."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (kind,) = (option for option in get_args(kind) if option is not types.NoneType)
        return None if value is None else _as(kind, value, where)
    if origin is tuple and isinstance(value, tuple | list):
        return tuple(_as(get_args(kind)[0], entry, where) for entry in value)
    if origin is Mapping and isinstance(value, Mapping):
        return {_as(str, key, where): _as(str, entry, where) for key, entry in value.items()}
    if kind is str and isinstance(value, str):
        return str(value)
    if kind is datetime and isinstance(value, datetime):
        if value.tzinfo is None:
            raise _Odd(f"{where} has no time zone")
        return value.astimezone(UTC)
    if isinstance(kind, type) and isinstance(value, kind):
        if is_dataclass(kind):
            return kind(**{
                name: _as(hint, getattr(value, name), name) for name, hint in _hints(kind).items()
            })  # fmt: skip
        # True is an int for Python, and no number of anything.
        if type(value) is kind or issubclass(kind, Enum):
            return value
    spelled = kind.__name__ if isinstance(kind, type) else re.sub(r"\w+\.", "", str(kind))
    raise _Odd(f"{where} is of type {type(value).__name__}, where {spelled} belongs")


@lru_cache(maxsize=64)
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {entry.name: hints[entry.name] for entry in fields(kind)}


def _with_sources(told: Article, before: Article) -> Article:
    if told.text != before.text and told.markdown == before.markdown:
        told = replace(told, markdown=told.text)
    sources = dict(told.field_sources)
    for entry in fields(Article):
        value = getattr(told, entry.name)
        if entry.name == "field_sources" or value == getattr(before, entry.name):
            continue
        sources.pop(entry.name, None)
        if value is not None and value not in ("", ()):
            sources[entry.name] = SOURCE
    return replace(told, field_sources=sources)
