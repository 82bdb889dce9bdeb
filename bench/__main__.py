"""``python -m bench``: the measurements of docs/benchmarks.md, one after the other."""

from __future__ import annotations

import subprocess
import sys

PARTS = (
    ("bench.speed", "--rounds", "3"),
    ("bench.speed", "--rounds", "3", "--identity"),
    ("bench.reading",),
    ("bench.memory",),
    ("bench.schedule",),
)


def main() -> int:
    """Runs each; the worst exit code."""
    worst = 0
    for part in PARTS:
        print(f"\n## python -m {' '.join(part)}\n", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", *part], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
