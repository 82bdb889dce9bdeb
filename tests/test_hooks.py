"""Hook files: checked with file and line before any page is read, and never run for that."""

# ruff: noqa: E501 - messages are shown whole, a case to a line

from __future__ import annotations

import pytest

from archiver.errors import RulesError
from archiver.hooks import PageHook, parse_hook

PLAIN = "def read_page(document, page, article):\n    return article\n"
NAME = "rules/paper.example.py"


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("rules/paper.example.py", "paper.example"),
        ("127.0.0.1:8101.py", "127.0.0.1:8101"),
        ("rules.d/xn--bcher-kva.example.py", "xn--bcher-kva.example"),
    ],
)
def test_a_hook_is_its_text_and_the_host_in_its_name(name: str, host: str) -> None:
    hook = parse_hook(PLAIN, name)
    assert hook == PageHook(host, PLAIN)
    assert hook.name == f"{host}.py"


@pytest.mark.parametrize(
    "signature",
    [
        "def read_page(document, page, article):",
        "def read_page(a, b, c, /, d=1, *, e=2):",
        "def read_page(*everything, **else_):",
        "def read_page(document, *rest):",
    ],
)
def test_any_function_that_takes_three_arguments_will_do(signature: str) -> None:
    source = f"{signature}\n    return article\n"
    assert parse_hook(source, NAME).source == source


def test_checking_runs_nothing() -> None:
    assert parse_hook(f"{PLAIN}\nraise SystemExit('it was run')\n", NAME)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def read_page(document page):\n", "rules/paper.example.py, line 1: no Python: invalid syntax. Mend the file"),
        ("\nreturn 3\n", "rules/paper.example.py, line 2: no Python: 'return' outside function. Mend the file"),
        ("def read(document, page, article): ...\n", "rules/paper.example.py: it defines no function read_page. Add def read_page(document, page, article), or move the file to another folder"),
        ("\n\ndef read_page(article): ...\n", "rules/paper.example.py, line 3: read_page cannot be called with 3 arguments. Write def read_page(document, page, article)"),
        ("def read_page(a, b, c, d): ...\n", "rules/paper.example.py, line 1: read_page cannot be called with 3 arguments. Write def read_page(document, page, article)"),
        ("def read_page(a, b, c, *, d): ...\n", "rules/paper.example.py, line 1: read_page cannot be called with 3 arguments. Write def read_page(document, page, article)"),
        ("async def read_page(a, b, c): ...\n", "rules/paper.example.py, line 1: read_page cannot be called with 3 arguments. Write def read_page(document, page, article)"),
    ],
    ids=["syntax", "not to be compiled", "no function", "too few", "too many", "by name", "async"],
)  # fmt: skip
def test_error_names_file_and_line_and_what_to_write(text: str, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        parse_hook(text, NAME)
    assert str(caught.value) == message


def test_a_nul_is_no_python() -> None:
    with pytest.raises(RulesError, match=r"^rules/paper\.example\.py.*: no Python: .*null bytes"):
        parse_hook(f"{PLAIN}\0", NAME)


@pytest.mark.parametrize("name", ["rules/Paper.example.py", "paper example.py", "a..b.py", "*.py"])
def test_a_name_that_is_no_host_is_an_error(name: str) -> None:
    with pytest.raises(RulesError, match="is no host name in lower case"):
        parse_hook(PLAIN, name)
