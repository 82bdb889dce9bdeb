"""Every case by its path."""

from __future__ import annotations

from collections.abc import Mapping

from tests.servers.honest import HONEST
from tests.servers.hostile import HOSTILE
from tests.servers.script import Case

CASES: Mapping[str, Case] = {f"/{case.path}": case for case in (*HONEST, *HOSTILE)}
