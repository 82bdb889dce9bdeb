"""What holds for every test: nothing may be skipped where everything is required."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``ARCHIVER_REQUIRE_ALL=1`` a skip is a failure that names its reason."""
    report: pytest.TestReport = yield
    if report.skipped and os.environ.get("ARCHIVER_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where everything is required"
    return report


def pytest_configure(config: Any) -> None:
    """Keys of pseudonyms made by tests never lie in the home of the person who runs them."""
    os.environ.setdefault("ARCHIVER_IDENTITY_KEY_FILE", str(config.rootpath / ".pytest_cache/key"))
