"""TOML text becomes values, or an error that names file and line.

Knows where the parser says that it stopped; what the values mean is told by who asks. Reads no
file (``config`` does).
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from archiver.errors import Place, RulesError


def read_toml(text: str, name: str) -> dict[str, Any]:
    """What ``text`` states; ``name`` is the file's. RulesError when it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        place = Place(name, line=int(found[1]) if found else None)
        raise RulesError(f"no TOML: {error}", place=place, remedy="Mend the file") from error
