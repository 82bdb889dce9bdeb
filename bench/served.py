"""The bench server as a process of its own, and what it saw."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen


class BenchServer:
    """Runs ``bench.server``; a context manager."""

    def __init__(
        self, corpus: Path, pages: int, *, gzip: bool = True, repeat: bool = False
    ) -> None:
        command = [sys.executable, "-m", "bench.server", str(corpus), str(pages)]
        if not gzip:
            command.append("--identity")
        if repeat:
            command.append("--repeat")
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> BenchServer:
        assert self._process.stdout is not None
        port, mean_bytes = self._process.stdout.readline().split()
        self.port = int(port)
        self.mean_bytes = int(mean_bytes)
        self.base = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def reset(self) -> None:
        """Counting begins anew."""
        self._ask("/-/reset")

    def pages_and_seconds(self) -> tuple[int, float]:
        """How many pages were asked for since ``reset``, and from the first to the last."""
        count, seconds = self._ask("/-/count").split()
        return int(count), float(seconds)

    def _ask(self, path: str) -> str:
        with urlopen(self.base + path) as answer:
            text: str = answer.read().decode()
        return text
