"""Page hooks: what an operator says in Python of a site too odd for selectors; checked, not run.

Knows the name and the text of a hook file and the shape of the function in it. It runs nothing
(``extract.hook`` does, in a worker) and reads no file (``config`` does).

A hook file, ``<host>.py``, beside the rules of the site::

    from dataclasses import replace

    def read_page(document, page, article):    # Document, Page and Article of archiver
        subtitle = document.tree.xpath("string(//p[@class='deck'])")
        return replace(article, subtitle=subtitle.strip() or None)
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from archiver.errors import Place, RulesError

FUNCTION = "read_page"
"""What a hook file defines."""
ARGUMENTS = ("document", "page", "article")
"""What its function is given, in this order."""
_HOST = re.compile(r"[a-z0-9\-]+(\.[a-z0-9\-]+)*(:\d+)?")


@dataclass(frozen=True, slots=True)
class PageHook:
    """One hook file: a value, which travels to the workers; its text counts in ``rules_digest``."""

    host: str
    """As in the name of the file; the hook serves it as the rules of this host do."""
    source: str
    """Python."""

    @property
    def name(self) -> str:
        """Name of the file, without its folder: a verdict that names it lies in the archive."""
        return f"{self.host}.py"


def parse_hook(text: str, name: str) -> PageHook:
    """The hook that ``text`` is; ``name`` is the path of its file, for errors and the host.

    Raises ``RulesError`` with file and line when it is no Python or defines no such function. None
    of it is run: what only shows then is the outcome of a page.
    """
    host = name.rpartition("/")[2].removesuffix(".py")
    if not _HOST.fullmatch(host):
        raise RulesError(
            f"{host!r} is no host name in lower case",
            place=Place(name),
            remedy="Name the file for the host it serves, like example.org.py",
        )
    try:
        tree = ast.parse(text, filename=name)
        compile(tree, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:  # ValueError: a NUL in it (Python 3.11)
        line = error.lineno if isinstance(error, SyntaxError) else None
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        raise RulesError(
            f"no Python: {what}", place=Place(name, line=line), remedy="Mend the file"
        ) from error
    _check_function(tree, name)
    return PageHook(host, text)


def _check_function(tree: ast.Module, name: str) -> None:
    signature = f"{FUNCTION}({', '.join(ARGUMENTS)})"
    functions = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == FUNCTION
    ]
    if not functions:
        raise RulesError(
            f"it defines no function {FUNCTION}",
            place=Place(name),
            remedy=f"Add def {signature}, or move the file to another folder",
        )
    function = functions[-1]
    if isinstance(function, ast.AsyncFunctionDef) or not _takes(function.args, len(ARGUMENTS)):
        raise RulesError(
            f"{FUNCTION} cannot be called with {len(ARGUMENTS)} arguments",
            place=Place(name, line=function.lineno),
            remedy=f"Write def {signature}",
        )


def _takes(arguments: ast.arguments, count: int) -> bool:
    """True when a function of these can be called with ``count`` arguments by position."""
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    has_needed_words = any(default is None for default in arguments.kw_defaults)
    has_room = count <= positional or arguments.vararg is not None
    return required <= count and has_room and not has_needed_words
