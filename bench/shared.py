"""Where the material of the measurements lies."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench.pages import unpack

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def shared_folder(name: str) -> Path:
    """A folder of the shared material beside this checkout; ends the program where there is
    none."""
    folder = SHARED / name
    if not folder.exists():
        sys.exit(f"this measurement needs {name} beside the checkout (../shared/{name})")
    return folder


def work_folder() -> Path:
    """A folder that outlives one measurement: ``BENCH_DIR``, else one in the temporary folder."""
    folder = Path(os.environ.get("BENCH_DIR") or Path(tempfile.gettempdir()) / "archiver-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def corpus_folder() -> Path:
    """The corpus of real pages, unpacked."""
    return unpack(shared_folder("corpora").parent, work_folder())
