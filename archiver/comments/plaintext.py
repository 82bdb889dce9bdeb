"""Comments that a platform keeps as plain text, line ends and all."""

from __future__ import annotations

import re
from typing import Any

from archiver.dom import fold_space

_BLANK_LINES = re.compile(r"\n\s*\n")


def paragraphs_in(text: Any) -> str:
    """Plain text as paragraphs separated by a blank line; a single line end stays one. Empty for
    what is no text."""
    if not isinstance(text, str):
        return ""
    lined = text.replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = (
        "\n".join(filter(None, map(fold_space, block.split("\n"))))
        for block in _BLANK_LINES.split(lined)
    )
    return "\n\n".join(filter(None, paragraphs))
