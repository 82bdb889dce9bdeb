"""``python -m tests.crawl.forked``: many ``scrapy`` commands for the price of one start.

Reads a JSON list of argument lists, runs each as ``scrapy ARGUMENTS`` in a process forked from this
one, which has imported everything, and prints a JSON list of [exit code, stderr]. The start of an
interpreter is nine tenths of a command that refuses its arguments.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback

import scrapy.cmdline

# What a crawl imports; no reactor is installed by it, so each fork installs its own.
import spiders.news  # noqa: F401


def main() -> None:
    assert "twisted.internet.reactor" not in sys.modules
    print(json.dumps([_run(arguments) for arguments in json.load(sys.stdin)]))


def _run(arguments: list[str]) -> tuple[int, str]:
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if child == 0:
            os.dup2(told.fileno(), 2)
            os._exit(_execute(arguments))
        _, status = os.waitpid(child, 0)
        told.seek(0)
        return os.waitstatus_to_exitcode(status), told.read().decode()


def _execute(arguments: list[str]) -> int:
    """The exit code that an interpreter would end with."""
    try:
        scrapy.cmdline.execute(["scrapy", *arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main()
