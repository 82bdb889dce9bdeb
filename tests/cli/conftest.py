"""The command run in this process, and a derived archive to run it on."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.cli import main
from archiver.config import DeriveConfig
from archiver.derive import derive_warc
from archiver.identity import Identity
from tests.archives import EXCHANGES, archived

KEY = "0" * 64
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Archiver = Callable[..., Said]


@pytest.fixture
def archiver(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Archiver:
    """Runs ``archiver`` with these words. Its identity key is a fixed one of the test."""
    key = tmp_path_factory.mktemp("key") / "identity.key"
    key.write_text(KEY)
    monkeypatch.setenv("ARCHIVER_IDENTITY_KEY_FILE", str(key))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["archiver", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def derived_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("derived") / "output"
    path, _ = archived(output, list(EXCHANGES.values()))
    derive_warc(path, DeriveConfig(output, Identity("pseudonym", bytes.fromhex(KEY))))
    return output


@pytest.fixture
def derived(derived_once: Path, tmp_path: Path) -> Path:
    """An output directory of one's own: one WARC with one exchange of each kind, derived."""
    return Path(shutil.copytree(derived_once, tmp_path / "output"))


def warc_of(output: Path) -> Path:
    """The one WARC of ``output``."""
    (path,) = (output / "warc").glob("*.warc.gz")
    return path


def readable(page: str) -> str:
    """A page of help without its frame and line breaks."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", ESCAPE.sub("", page)).split())
