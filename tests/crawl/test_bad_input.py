"""What an operator may get wrong: exit code 2, and one line that says what, where, what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.crawl.running import run, scrapy_command

HERE = "http://127.0.0.1:9/"


@dataclass(frozen=True)
class Mistake:
    """A wrong command line, and words that its message must hold, in their order."""

    says: tuple[str, ...]
    arguments: tuple[str, ...] = (f"seeds={HERE}",)
    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """Content by name, in the mistake's own folder ``{folder}``."""


MISTAKES: Mapping[str, Mistake] = {
    "no seed": Mistake(("no seeds", "-a seeds=https://", "-a sites=FILE"), ()),
    "seeds are commas": Mistake(("no seeds", "-a seeds="), ("seeds= , ,",)),
    "no scheme": Mistake(
        ("seeds", "'example.org' is no URL", "https://example.org"), ("seeds=example.org",)
    ),
    "ftp": Mistake(
        ("seeds", "'ftp://example.org/'", "http or https"), ("seeds=ftp://example.org/",)
    ),
    "file": Mistake(
        ("seeds", "'file:///etc/passwd'", "http or https"), ("seeds=file:///etc/passwd",)
    ),
    "nonsense": Mistake(("seeds", "'http://[::bad/'", "http or https"), ("seeds=http://[::bad/",)),
    "port is none": Mistake(
        ("seeds", "'http://example.org:99999/'", "http or https"),
        ("seeds=http://example.org:99999/",),
    ),
    "site is no host": Mistake(
        ("site", "'example.org/news' is no host name", "site=example.org"),
        ("site=example.org/news",),
    ),
    "private address": Mistake(
        ("http://10.1.2.3/", "private or loopback", "ALLOW_ADDRESSES=10.1.2.3"),
        ("seeds=http://10.1.2.3/",),
    ),
    "metadata address": Mistake(
        ("169.254.169.254", "private or loopback", "ALLOW_ADDRESSES="),
        ("seeds=http://169.254.169.254/latest/",),
    ),
    "no sites file": Mistake(
        ("nowhere.txt", "cannot be read", "one URL or host a line"), ("sites=nowhere.txt",)
    ),
    "line of the sites file": Mistake(
        ("sites.txt, line 3", "'ftp://b.example/'", "http or https"),
        ("sites={folder}/sites.txt",),
        files={"sites.txt": f"# ours\n{HERE}\nftp://b.example/\n"},
    ),
    "empty sites file": Mistake(
        ("no seeds", "-a seeds="),
        ("sites={folder}/sites.txt",),
        files={"sites.txt": "# nothing yet\n\n"},
    ),
    "sites is a folder": Mistake(
        ("sites-is-a-folder", "cannot be read", "one URL or host a line"),
        ("sites={folder}",),
    ),
    "unknown argument": Mistake(
        ("no argument colour", "seeds, site, sites, cdx, scope and discover"),
        (f"seeds={HERE}", "colour=red"),
    ),
    "scope": Mistake(("scope is 'world'", "site, listed, host"), (f"seeds={HERE}", "scope=world")),
    "identity": Mistake(("IDENTITY is 'hidden'", "pseudonym"), settings={"IDENTITY": "hidden"}),
    "identity key": Mistake(
        ("key.txt", "64 hex digits", "backup"),
        settings={"IDENTITY": "pseudonym", "IDENTITY_KEY_FILE": "{folder}/key.txt"},
    ),
    "identity key in the archive": Mistake(
        ("output/identity.key", "inside the archive", "elsewhere"),
        settings={"IDENTITY": "pseudonym", "IDENTITY_KEY_FILE": "{folder}/output/identity.key"},
    ),
    "connect_to is no JSON": Mistake(
        ("CONNECT_TO", "no JSON", '{"*:443": "127.0.0.1:8302"}'), settings={"CONNECT_TO": "*:443"}
    ),
    "connect_to is a list": Mistake(
        ("CONNECT_TO is no table", "host:port"), settings={"CONNECT_TO": "[1]"}
    ),
    "connect_to has no port": Mistake(
        ("CONNECT_TO", "'*:443': '127.0.0.1'", "127.0.0.1:8302"),
        settings={"CONNECT_TO": '{"*:443": "127.0.0.1"}'},
    ),
    "contact": Mistake(
        ("CONTACT is 'the office'", "CONTACT=crawl@example.org"), settings={"CONTACT": "the office"}
    ),
    "no contact": Mistake(("contact", "CONTACT=you@example.org"), ("seeds=https://example.org/",)),
    "addresses": Mistake(
        ("ALLOW_ADDRESSES", "'local'", "127.0.0.0/8"), settings={"ALLOW_ADDRESSES": "local"}
    ),
    "warc size": Mistake(
        ("WARC_MAX_BYTES is 'much'", "above zero"), settings={"WARC_MAX_BYTES": "much"}
    ),
    "prefix": Mistake(("WARC_PREFIX is '../x'", "letters"), settings={"WARC_PREFIX": "../x"}),
    "authorities": Mistake(
        ("TLS_CA_FILE", "nowhere.pem", "PEM"), settings={"TLS_CA_FILE": "nowhere.pem"}
    ),
    "authorities without one": Mistake(
        ("TLS_CA_FILE", "key.txt", "no certificate"), settings={"TLS_CA_FILE": "{folder}/key.txt"}
    ),
    "rules folder": Mistake(
        ("no folder of rules", "nowhere"), settings={"RULES_DIR": "{folder}/nowhere"}
    ),
    "rules that are none": Mistake(
        ("paper.toml", "line 1", "Mend the file"),
        settings={"RULES_DIR": "{folder}"},
        files={"paper.toml": "host = ?"},
    ),
    "identity key below a file": Mistake(
        ("key.txt/identity.key", "IDENTITY_KEY_FILE"),
        settings={"IDENTITY": "pseudonym", "IDENTITY_KEY_FILE": "{folder}/key.txt/identity.key"},
    ),
    "frontier is damaged": Mistake(
        ("frontier.sqlite", "cannot be opened", "Move the file away"),
        files={"output/state/frontier.sqlite": "this is no database, " * 100},
    ),
    "a file where the WARCs should lie": Mistake(
        ("output/warc", "cannot be written", "OUTPUT_DIR=FOLDER"),
        files={"output/warc": ""},
    ),
    # Below a file no folder can be made, whoever asks: root too.
    "output below a file": Mistake(
        ("key.txt/output", "cannot be written", "OUTPUT_DIR=FOLDER"),
        settings={"OUTPUT_DIR": "{folder}/key.txt/output"},
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mistakes")


@pytest.fixture(scope="module")
def told(folder: Path) -> Mapping[str, tuple[int, str]]:
    """Exit code and standard error of every mistake."""
    commands = []
    for name, mistake in MISTAKES.items():
        own = folder / name.replace(" ", "-")
        for file, content in {"key.txt": "swordfish\n", **mistake.files}.items():
            (own / file).parent.mkdir(parents=True, exist_ok=True)
            (own / file).write_text(content)
        arguments = []
        for value in mistake.arguments:
            arguments += ["-a", value.replace("{folder}", str(own))]
        settings = {
            key: value.replace("{folder}", str(own)) for key, value in mistake.settings.items()
        }
        command = scrapy_command(
            "crawl", "news", *arguments, output=own / "output", settings=settings
        )
        commands.append(command[3:])
    forked = [sys.executable, "-m", "tests.crawl.forked"]
    done = run(forked, standard_input=json.dumps(commands))
    assert done.returncode == 0, done.stderr
    answers = [(code, text) for code, text in json.loads(done.stdout)]
    return dict(zip(MISTAKES, answers, strict=True))


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_told_in_one_line_that_says_what_where_and_what_to_do(
    told: Mapping[str, tuple[int, str]], name: str
) -> None:
    code, text = told[name]
    assert code == 2, text
    lines = text.splitlines()
    assert len(lines) == 1, text
    assert lines[0].startswith("archiver: ")
    position = 0
    for words in MISTAKES[name].says:
        found = lines[0].find(words, position)
        assert found >= 0, f"{words!r} is not in {lines[0]!r}"
        position = found + len(words)


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_leaves_nothing_that_looks_like_an_archive(
    told: Mapping[str, tuple[int, str]], folder: Path, name: str
) -> None:
    output = folder / name.replace(" ", "-") / "output"
    assert not list(output.glob("warc/*"))
    assert not list(output.glob("runs/*"))
