"""``python -m tests.newspaper [--host 127.0.0.1] [--port 8100]``: serve until told to stop."""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType

from tests.newspaper.server import Newspaper


def main() -> None:
    """Print the address once it listens; end with status 0 on SIGINT and SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.newspaper", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="its links name it too")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments = parser.parse_args()
    try:
        paper = Newspaper(host=arguments.host, port=arguments.port)
    except OSError as error:
        parser.exit(1, f"{arguments.host} port {arguments.port} cannot be used: {error}\n")
    told_to_stop = threading.Event()

    def stop(signal_number: int, frame: FrameType | None) -> None:
        told_to_stop.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    thread = paper.start()
    print(f"{paper.base}/", flush=True)
    told_to_stop.wait()
    paper.shutdown()
    paper.server_close()
    thread.join(timeout=5)


if __name__ == "__main__":
    main()
