"""Options that several commands share, spelled alike in all of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archiver.config import ReadLimits

LIMITS = ReadLimits()
"""What reading one page may cost where nothing else is said."""


class IdentityMode(StrEnum):
    """How readers appear."""

    PSEUDONYM = "pseudonym"
    NAMED = "named"


Output = Annotated[
    Path, typer.Option("--output", "-o", help="The output directory.", metavar="DIR")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.", metavar="N")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        help="Key of the pseudonyms, made on first use.",
        metavar="FILE",
        show_default="~/.config/archiver/identity.key",
    ),
]
RulesDir = Annotated[
    Path | None, typer.Option("--rules-dir", help="Your own site rules.", metavar="DIR")
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout", min=0.1, help="Seconds after which a page is given up.", metavar="SECONDS"
    ),
]
Memory = Annotated[
    int,
    typer.Option(
        "--memory",
        min=1024,
        help="Memory that reading one page may take.",
        metavar="BYTES",
        show_default="1 GiB",
    ),
]
