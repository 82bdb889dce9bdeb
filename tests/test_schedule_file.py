"""``sites.toml``: what it may say, and how its mistakes are told."""

from __future__ import annotations

import json
from datetime import UTC, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ConfigError
from archiver.schedule import AtTime, Cadence, Every, Setup
from archiver.schedule_file import (
    DEFAULT_KEYS,
    JOB_KEYS,
    SITE_KEYS,
    TOP_KEYS,
    FaultySchedule,
    Schedule,
    parse_schedule,
    read_schedule,
)

FILE = Path("/srv/sites.toml")
SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "deploy" / "sites.schema.json"


def schedule(text: str) -> Schedule:
    return parse_schedule(text, FILE)


def faults(text: str) -> list[str]:
    with pytest.raises(FaultySchedule) as caught:
        schedule(text)
    return str(caught.value).splitlines()


def test_a_host_is_enough() -> None:
    (site,) = schedule('[[site]]\nhost = "Example.org"\n').sites
    assert (site.name, site.seeds, site.cadence_text) == ("example.org", ("example.org",), "1h")
    assert site.setup == Setup("/srv/output")


def test_a_site_says_only_what_differs_from_the_defaults() -> None:
    text = """
        [defaults]
        cadence = "6h"
        jitter = "10m"
        scope = "host"
        output = "all"
        settings = { CONTACT = "you@example.org", DOWNLOAD_DELAY = 2.5, EXTRACT = false }
        arguments = { since = "2024-01-01" }
        [jobs]
        max_sites = 7
        [[site]]
        host = "a.example"
        [[site]]
        name = "b"
        seeds = ["https://b.example/news", "http://b.example:8080/x?y=1"]
        cadence = "07:30 mon,thu"
        zone = "Europe/Berlin"
        jitter = "2h"
        scope = "listed"
        output = "/data/b"
        enabled = false
        [site.settings]
        DOWNLOAD_DELAY = 1
        CONNECT_TO = { "*:443" = "127.0.0.1:8302" }
    """
    found = schedule(text)
    assert found.max_sites == 7
    first, second = found.sites
    shared = (("CONTACT", "you@example.org"), ("DOWNLOAD_DELAY", "2.5"), ("EXTRACT", "False"))
    assert first.cadence == Every(timedelta(hours=6))
    assert first.setup == Setup("/srv/all", "host", shared, (("since", "2024-01-01"),))
    assert second.name == "b"
    assert second.seeds == ("https://b.example/news", "http://b.example:8080/x?y=1")
    assert second.cadence == AtTime(time(7, 30), frozenset({0, 3}), ZoneInfo("Europe/Berlin"))
    assert (second.jitter, second.is_enabled) == (timedelta(hours=2), False)
    assert second.setup.output == "/data/b"
    assert dict(second.setup.settings) == {
        "CONTACT": "you@example.org",
        "DOWNLOAD_DELAY": "1",
        "EXTRACT": "False",
        "CONNECT_TO": '{"*:443": "127.0.0.1:8302"}',
    }


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("30m", Every(timedelta(minutes=30))),
        ("1h", Every(timedelta(hours=1))),
        ("2d", Every(timedelta(days=2))),
        ("1w", Every(timedelta(weeks=1))),
        ("7:05 daily", AtTime(time(7, 5), frozenset(range(7)), UTC)),
        ("23:59 sun", AtTime(time(23, 59), frozenset({6}), UTC)),
    ],
)
def test_cadences(text: str, cadence: Cadence) -> None:
    (site,) = schedule(f'[[site]]\nhost = "a.example"\ncadence = "{text}"\n').sites
    assert site.cadence == cadence


@pytest.mark.parametrize(
    "text",
    ["", "hourly", "1 h", "0m", "-1h", "1.5h", "24:00 daily", "07:60 daily", "07:30", "7 daily",
     "07:30 Mon", "07:30 mon,", "07:30 mon thu", "54w", "99999d", "１h", "1h\\n"],
)  # fmt: skip
def test_what_is_no_cadence_is_told_with_its_line_and_what_to_write(text: str) -> None:
    (fault,) = faults(f'[[site]]\nhost = "a.example"\ncadence = "{text}"\n')
    assert fault.startswith("/srv/sites.toml, line 3: cadence: ")
    assert ". Write " in fault or ". Give at most 53w" in fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[site]]\nhost = "a.example"\ncadense = "1h"\n',
         "line 3: cadense: is no key of a [[site]]. Did you mean cadence?"),
        ('[defaults]\nhost = "a.example"\n[[site]]\nhost = "a.example"\n',
         "line 2: host: is no key of [defaults]. Take it out, or choose one of arguments,"),
        ('[[sites]]\nhost = "a.example"\n',
         "line 1: sites: is no key of a schedule. Did you mean site?"),
        ('[[site]]\nhost = "a.example"\n\n[[site]]\nhost = "A.example"\n',
         "line 4: a.example is in the schedule twice, first in line 1. Take one of them out"),
        ('[[site]]\nhost = "a.example"\n[[site]]\nname = "b"\nseeds = ["https://www.a.example/"]\n',
         "line 3: https://www.a.example/ is in the schedule twice, first in line 1. Take it out"),
        ('[[site]]\nhost = "a.example"\noutput = "x"\n[[site]]\nhost = "b.example"\n'
         'output = "x/y"\n',
         "line 6: output: /srv/x/y lies within /srv/x, the output of the site in line 1. Give"),
        ('[[site]]\ncadence = "1h"\n',
         'line 1: host: is missing. Write host = "example.org", or seeds'),
        ('[[site]]\nhost = "a.example"\nseeds = ["https://a.example/"]\n',
         "line 2: host: is given and seeds too."),
        ('[[site]]\nhost = "https://a.example/"\n',
         "line 2: host: 'https://a.example/' is no host name. Write it like"),
        ('[[site]]\nseeds = ["a.example"]\n', "line 2: seeds: 'a.example' is no URL. Write it"),
        ('[[site]]\nseeds = []\n', "line 2: seeds: [] is no list of URLs."),
        ('[[site]]\nseeds = ["https://a.example/#x"]\n', "names a part of a page. Leave out"),
        ('[[site]]\nhost = "a.example"\nzone = "Mars/Base"\n',
         "line 3: zone: 'Mars/Base' is no time zone of this system."),
        ('[[site]]\nhost = "a.example"\njitter = "1h"\n',
         "line 3: jitter: is not shorter than the cadence '1h'."),
        ('[[site]]\nhost = "a.example"\nscope = "world"\n', "line 3: scope: 'world' is no scope."),
        ('[[site]]\nhost = "a.example"\nenabled = "no"\n',
         "line 3: enabled: 'no' is neither true nor false."),
        ('[[site]]\nhost = "a.example"\n[site.settings]\nOUTPUT_DIR = "x"\n',
         "line 4: settings: OUTPUT_DIR is told elsewhere. Use the key output of the site"),
        ('[[site]]\nhost = "a.example"\nsettings = { delay = 1 }\n',
         "line 3: settings: 'delay' is no setting name. Write it in upper case"),
        ('[[site]]\nhost = "a.example"\narguments = { seeds = "x" }\n',
         "line 3: arguments: seeds is told elsewhere."),
        ('[[site]]\nhost = "a.example"\nsettings = { "A{b}" = 1 }\n', "'A{b}' is no setting name"),
        ('[[site]]\nhost = "a.example"\nsettings = { A = 2024-01-01 }\n',
         "is a date, which no setting takes. Write it in quotes"),
        ('[[site]]\nhost = "a.example"\nsettings = 3\n', "line 3: settings: is no table."),
        ('[[site]]\nhost = "a.example"\n[jobs]\nmax_sites = 0\n',
         "line 4: max_sites: 0 is no number above zero."),
        ('site = "a.example"\n', "line 1: site: is no list of tables. Begin each site with"),
        ("", "no site is named. Add [[site]]."),
        ("[defaults]\n", "no site is named."),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_file_line_and_what_to_do(text: str, told: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith("/srv/sites.toml")
    assert told in fault


def test_all_mistakes_are_told_at_once_in_their_order() -> None:
    text = '[[site]]\nhost = "a b"\ncadence = "x"\n[[site]]\nhost = "b.example"\nscoop = "site"\n'
    assert [fault.split(": ")[:2] for fault in faults(text)] == [
        ["/srv/sites.toml, line 2", "host"],
        ["/srv/sites.toml, line 3", "cadence"],
        ["/srv/sites.toml, line 6", "scoop"],
    ]


def test_a_wrong_default_is_told_once_and_many_faults_in_short() -> None:
    sites = "".join(f'[[site]]\nhost = "{number}.example"\nX = 1\n' for number in range(50))
    assert faults('[defaults]\ncadence = "x"\n' + sites.replace("X = 1\n", "")) == [
        "/srv/sites.toml, line 2: cadence: 'x' cannot be understood. " + HOW
    ]
    assert len(faults(sites)) == 21
    assert faults(sites)[-1] == "… and 30 more"


HOW = (
    'Write "30m", "1h", "1d" or "1w" (a number with its unit), or a time of day with its days: '
    '"07:30 daily", "18:00 mon,thu"'
)


def test_text_that_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"sites\.toml, line 2: no TOML"):
        schedule('[[site]]\nhost = "a.example\n')


def test_outputs_are_one_directory_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    text = (
        '[[site]]\nhost = "a.example"\noutput = "real"\n'
        '[[site]]\nhost = "b.example"\noutput = "link/inner"\n'
    )
    with pytest.raises(FaultySchedule, match="lies within"):
        parse_schedule(text, tmp_path / "sites.toml")


@pytest.mark.parametrize("content", [None, b"\xff\xfe[", "folder"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "sites.toml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
    with pytest.raises(ConfigError) as caught:
        read_schedule(path)
    assert str(path) in str(caught.value)
    assert caught.value.remedy


keys = st.sampled_from([*SITE_KEYS, "unknown", "x y"])
values = st.recursive(
    st.one_of(
        st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.just("1h"),
        st.just("07:30 daily"), st.just("a.example"), st.just("https://a.example/"),
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner,
                                                                max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.lists(st.dictionaries(keys, values, max_size=5), max_size=3))
def test_whatever_it_says_it_is_a_schedule_or_told_as_wrong(
    tables: list[dict[str, object]],
) -> None:
    text = "".join(
        "[[site]]\n"
        + "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items())
        for table in tables
    )
    told: list[str] = []
    found = None
    try:
        found = schedule(text)
    except ConfigError as error:
        told = str(error).splitlines()
    assert (found is None) == bool(told)
    assert found is None or len(found.sites) == len(tables)
    assert all(line.startswith("/srv/sites.toml") for line in told)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def test_the_schema_for_editors_knows_the_same_keys() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    site = schema["$defs"]["site"]["properties"]
    assert set(schema["properties"]) == set(TOP_KEYS)
    assert set(site) == set(SITE_KEYS)
    assert set(schema["$defs"]["defaults"]["properties"]) == set(DEFAULT_KEYS)
    assert set(schema["$defs"]["jobs"]["properties"]) == set(JOB_KEYS)
