"""What pages say to the scripts that draw comments: tags, settings, strings."""

from __future__ import annotations

from time import process_time

import pytest

from archiver.comments.embeds import (
    data_of,
    literals,
    object_of,
    scripts_under,
    scripts_with,
    setting,
    title_of,
)
from tests.pages import document


def test_tags_of_a_script_and_where_it_lies() -> None:
    page = document(
        '<script src="//x.example/talk/js/a.js?v=1" data-id=" 7 " data-no=" "></script>'
        '<script src="/js/a.js"></script>'
        '<script src="https://y.example/?js/a.js"></script>'
        '<script src="https://[/js/a.js"></script>'
    )
    found = list(scripts_under(page, "/js/a.js"))
    assert [base for _, base in found] == ["https://x.example/talk", "https://paper.example"]
    assert [data_of(found[0][0], name) for name in ("id", "no", "none")] == ["7", None, None]


def test_title_of_the_document() -> None:
    assert title_of(document("", head="<title> A \n story</title>")) == "A story"
    assert title_of(document("")) == ""


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("{name: 'x y'}", "x y"),
        ('{"name" : "it\'s"}', "it's"),
        (r"{name: 'it\'s'}", "it's"),
        (r'{"name":"https:\/\/x.example\/\u00e4\x41"}', "https://x.example/äA"),
        (r'f("{\"name\":\"x\"}")', "x"),
        ("s.name = `x`;", "x"),
        ("s.setAttribute('name', \"x\")", "x"),
        ("s.setAttribute( 'name', \"x\" + y)", None),
        ("['name', 'no']", None),
        ("{rename: 'no', name: 'x'}", "x"),
        ("{file-name: 'no'}", None),
        ("{name: 'https://' + host}", None),
        ("{name: 'no'.concat(y)}", None),
        ("{name: here + 'x'}", None),
        ("{name: `${here}/x`}", None),
        ("{name: '{{ page.name }}', name: 'x'}", "x"),
        ("{name: ''}", None),
        ("{name: 7}", None),
        ("{name: 'no\n'}", None),
        (f"{{name: '{'no' * 501}'}}", None),
        (r"{name: '\ud800'}", "\ufffd"),
    ],
)
def test_setting(script: str, value: str | None) -> None:
    assert setting(script, "name") == value


def test_literals_stand_in_their_order_and_may_end_a_longer_name() -> None:
    script = "THE_HOST = 'a'; {b_URL: 'b', \"HOST\": \"c\"}"
    assert list(literals(script, "HOST|URL")) == ["a", "b", "c"]
    assert setting(script, "HOST|URL") == "c"


def test_json_inside_a_string_is_read_where_nothing_stands_outside() -> None:
    assert list(literals(r'name: "x"; y = "{\"name\":\"z\"}"', "name")) == ["x"]


def test_remarks_are_no_settings_and_addresses_are_no_remarks() -> None:
    page = document(
        "<script>a = {host: 'https://x.example', // host: 'https://manual.example'\n"
        "// site: 'manual',\n/* site: 'older' */ site: 's', accept: '*/*'}</script>"
        "<script>// host and site are for another day</script>"
        "<script>/*\n host, site: 'off' </script>"
    )
    (script,) = scripts_with(page, "HOST", "site")
    assert (setting(script, "host"), setting(script, "site")) == ("https://x.example", "s")
    assert setting(script, "accept") == "*/*"


def test_title_with_slashes_ends_no_line_of_json() -> None:
    script = f'{{"title": "This // that /* or */","talk": {{"pad": "{"-" * 200}", "name": "x"}}}}'
    (found,) = scripts_with(document(f"<script>{script}</script>"), "talk")
    assert setting(found, "name") == "x"


def test_only_what_stands_around_a_word_is_read() -> None:
    far = "f();" * 1000
    page = document(f"<script>name = 'no';{far}talk = {{name: 'x'}};{far}talk(y);</script>")
    (script,) = scripts_with(page, "talk")
    assert list(literals(script, "name")) == ["x"]
    assert script.endswith("talk(y);")
    assert len(script) < 7000


def test_object_ends_with_its_brace() -> None:
    assert object_of("b={c:1};a={d:{e:2}};f={}", "a=") == "a={d:{e:2}}"
    assert object_of("a = other; f()", "a =") == "a = other; f()"
    assert object_of("no", "a=") == "no"


MANY = 200_000
HOSTILE = {
    "remarks that do not end": "talk /*\n" * MANY,
    "short remarks that do not end": "talk, /* x" * MANY,
    "slashes": "talk ; // " * MANY,
    "one line, far apart": ("x" * 3200 + "talk") * (MANY // 300),
    "quotes that do not end": 'talk:"' * MANY,
    "all kinds of quotes": "talk:\"talk:'talk:`" * (MANY // 3),
    "escaped quotes": 'talk:\\"' * MANY,
    "a value that does not end": "talk:'" + "\\'" * MANY,
    "white space": "talk" + " " * MANY + "\t" * MANY,
    "lists": "'talk','" * MANY,
    "braces": "talk" + "{" * MANY,
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_is_linear_in_the_length_of_a_script(script: str) -> None:
    page = document(f"<script>{script}</script>")
    begun = process_time()
    for found in scripts_with(page, "talk"):
        setting(found, "talk")
        object_of(found, "talk")
    assert process_time() - begun < 3
