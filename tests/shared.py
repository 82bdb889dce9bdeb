"""Where the shared corpora, conformance cases and sites are, when this checkout has them beside it.

Users have none: their tests skip with a reason. ``ARCHIVER_REQUIRE_ALL=1`` turns every such skip
into a failure, so that a run which must try everything cannot pass by leaving things out.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def require(condition: bool, reason: str) -> None:
    """Skip the test with ``reason`` unless ``condition`` holds; fail it where all is required."""
    if condition:
        return
    if os.environ.get("ARCHIVER_REQUIRE_ALL") == "1":
        pytest.fail(f"required here: {reason}")
    pytest.skip(reason)


def shared_path(name: str) -> Path:
    """The folder or file ``name`` of the shared material."""
    path = SHARED / name
    require(path.exists(), f"{name} is not beside this checkout")
    return path
