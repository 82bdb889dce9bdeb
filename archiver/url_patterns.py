"""Regular expressions over URLs: which of a list match, in time that grows with the URL alone.

An operator's expression meets every link of every page. Python's own ``re`` takes exponential time
for some (``(a+)+$`` and 30 letters: minutes), and none of its calls can be bounded. RE2 matches all
expressions of a list in one pass whose time is linear in the URL, whatever they are, and refuses
what cannot be done so: look-ahead, look-behind, back references, more than 1,000 repetitions.
(One pass over four expressions takes 1 µs, four searches of ``re`` 1.2 µs.)
"""

from __future__ import annotations

from functools import lru_cache

import re2


def matching(expressions: tuple[str, ...], url: str) -> tuple[str, ...]:
    """Those of ``expressions`` that are found somewhere in ``url``, in their order."""
    if not expressions:
        return ()
    found = _compiled(expressions).Match(url.encode("utf-8", "surrogatepass"))
    return tuple(expressions[number] for number in sorted(found or ()))


def fault_of_patterns(expressions: tuple[str, ...]) -> tuple[int, str] | None:
    """The number of the first expression that cannot be used, and what is wrong with it; None when
    all can."""
    try:
        _compiled(expressions)
    except re2.error:
        for number, expression in enumerate(expressions):
            try:
                re2.compile(expression, _OPTIONS)
            except re2.error as error:
                return number, f"{expression!r} is no regular expression: {_in_words(error)}"
        return len(expressions) - 1, "together, these expressions are too large"
    return None


def _in_words(error: re2.error) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False  # we tell them ourselves
    return options


_OPTIONS = _quiet()


@lru_cache(maxsize=2048)
def _compiled(expressions: tuple[str, ...]) -> re2.Set:
    together = re2.Set.SearchSet(_OPTIONS)
    for expression in expressions:
        together.Add(expression)
    together.Compile()
    return together
