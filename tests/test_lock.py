from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.errors import DirectoryInUse
from archiver.lock import DirectoryLock


def test_a_second_crawl_is_refused_and_told_who_owns_the_directory(tmp_path: Path) -> None:
    held = DirectoryLock(tmp_path / "state" / "lock", run_id="run-1")
    with pytest.raises(DirectoryInUse, match=rf"process {os.getpid()} on .*run run-1"):
        DirectoryLock(tmp_path / "state" / "lock", run_id="run-2")
    held.release()
    DirectoryLock(tmp_path / "state" / "lock", run_id="run-2").release()


def test_a_killed_owner_leaves_the_directory_free(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lock"
    program = (
        "import os, signal, pathlib\n"
        "from archiver.lock import DirectoryLock\n"
        f"DirectoryLock(pathlib.Path({str(path)!r}), run_id='run-1')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    assert "run-1" in path.read_text()
    DirectoryLock(path, run_id="run-2").release()
