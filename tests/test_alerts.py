"""Somebody is told, or one line says why not; what is secret is in neither."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archiver.alerts import Alert, read_alert, send
from archiver.errors import ConfigError

DOCUMENT = {"run_id": "r1", "text": "Grüße", "findings": [{"name": "silent"}]}


def script(tmp_path: Path, code: str) -> str:
    """A command of this Python that runs ``code``."""
    path = tmp_path / "hook.py"
    path.write_text(code)
    return f"'{sys.executable}' '{path}'"


@contextmanager
def webhook(
    status: int = 200, *, location: str = "", body: bytes = b""
) -> Iterator[tuple[str, list[tuple[str, str | None, bytes]]]]:
    """A server that answers every POST so; its address, and what it was asked."""
    asked: list[tuple[str, str | None, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            asked.append((self.path, self.headers["Content-Type"], self.rfile.read(size)))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_command_gets_the_document(tmp_path: Path) -> None:
    got = tmp_path / "got"
    command = script(
        tmp_path, f"import sys; open({str(got)!r}, 'wb').write(sys.stdin.buffer.read())"
    )
    delivery = send(Alert(command), DOCUMENT)
    assert delivery.as_json() == {"to": Path(sys.executable).name, "arrived": True, "fault": None}
    assert json.loads(got.read_bytes()) == DOCUMENT


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import sys; sys.exit(3)", "it ended with code 3"),
        ("import sys; print('no\\n', file=sys.stderr); sys.exit(1)", "it ended with code 1: no"),
        ("import time; time.sleep(60)", "it was stopped after 0.5 seconds"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "it ended with code -15"),
    ],
)  # fmt: skip
def test_what_a_command_does_wrong_is_one_line(tmp_path: Path, code: str, fault: str) -> None:
    began = time.monotonic()
    assert send(Alert(script(tmp_path, code), seconds=0.5), DOCUMENT).fault == fault
    assert time.monotonic() - began < 5


def test_a_command_that_is_not_there() -> None:
    delivery = send(Alert("/nowhere/notify --loud"), DOCUMENT)
    assert (delivery.to, delivery.fault) == (
        "notify",
        "it cannot be started (No such file or directory)",
    )


def test_a_command_that_shouts_is_heard_at_its_end_only(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "for stream in (sys.stdout, sys.stderr):\n"
        "    for _ in range(400): stream.write('x' * 50_000 + '\\n')\n"
        "sys.stderr.write('done\\x1b[2J\\n'); sys.stderr.flush(); sys.exit(1)"
    )
    assert (
        send(Alert(script(tmp_path, code)), DOCUMENT).fault == "it ended with code 1: done\ufffd[2J"
    )


def test_a_command_that_does_not_read_a_long_document(tmp_path: Path) -> None:
    long = {"text": "x" * 5_000_000}
    assert send(Alert(script(tmp_path, "import sys; sys.exit(0)")), long).fault is None
    hangs = script(tmp_path, "import time; time.sleep(60)")
    assert send(Alert(hangs, seconds=0.5), long).fault == "it was stopped after 0.5 seconds"


def test_what_a_stopped_command_had_started_ends_with_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1.5);"
        f' open("{mark}", "w")\'])\n'
        "time.sleep(60)"
    )
    send(Alert(script(tmp_path, code), seconds=0.7), DOCUMENT)
    time.sleep(1.5)
    assert not mark.exists()


def test_a_command_whose_child_stays_is_not_waited_for(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(4)'])\n"
        "sys.exit(0)"
    )
    began = time.monotonic()
    assert send(Alert(script(tmp_path, code)), DOCUMENT).fault is None
    assert time.monotonic() - began < 3


def test_a_webhook_gets_the_document() -> None:
    with webhook() as (base, asked):
        delivery = send(Alert(f"{base}/services/T0?key=v"), DOCUMENT)
    assert delivery.fault is None
    ((path, content_type, body),) = asked
    assert (path, content_type) == ("/services/T0?key=v", "application/json")
    assert json.loads(body) == DOCUMENT


def test_a_redirect_is_named_and_not_followed() -> None:
    with webhook() as (elsewhere, asked_there):
        there = elsewhere.replace("127.0.0.1", "localhost")
        for status in (301, 302, 307, 308):
            with webhook(status, location=f"{there}/steal") as (base, asked):
                fault = send(Alert(f"{base}/hook"), DOCUMENT).fault
            assert fault == f"it answered {status} and points to localhost"
            assert len(asked) == 1
    assert asked_there == []


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (404, b"", "it answered 404"),
        (500, b"no_text\r\nmore", "it answered 500: no_text"),
        (403, b"invalid token s3cret-token of /services/s3cret-token", "it answered 403: "
         "invalid token … of /…/…"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_success_is_named(status: int, body: bytes, fault: str) -> None:
    with webhook(status, body=body) as (base, _):
        delivery = send(Alert(f"{base}/services/s3cret-token"), DOCUMENT)
    assert delivery.fault == fault
    assert delivery.to == base.removeprefix("http://")


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert send(Alert(address), DOCUMENT).fault == "Connection refused"


@pytest.mark.parametrize("drip", [b"", b"H"])
def test_a_webhook_that_hangs_or_drips_is_given_up(drip: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                while not stop.wait(0.1):
                    if drip:
                        connection.sendall(drip)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        began = time.monotonic()
        alert = Alert(f"http://127.0.0.1:{server.getsockname()[1]}/", seconds=0.6)
        assert send(alert, DOCUMENT).fault == "it did not answer within 0.6 seconds"
        assert time.monotonic() - began < 3
        stop.set()
        thread.join()


def test_an_answer_that_is_no_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"what?\n")

        threading.Thread(target=answer, daemon=True).start()
        fault = send(Alert(f"http://127.0.0.1:{server.getsockname()[1]}/"), DOCUMENT).fault
    assert fault == "BadStatusLine"


def test_neither_address_nor_arguments_are_shown() -> None:
    address = Alert("https://hooks.example.org/services/T0/s3cret?t=s3cret")
    command = Alert("/usr/bin/apprise --tag s3cret slack://s3cret")
    assert (str(address), str(command)) == ("hooks.example.org", "apprise")
    assert "s3cret" not in f"{address!r}{command!r}"


def test_a_file_may_hold_the_target(tmp_path: Path) -> None:
    path = tmp_path / "alert"
    path.write_text("https://hooks.example.org/T0\nnot this\n")
    alert = read_alert(f"@{path}", seconds=5)
    assert alert is not None
    assert (alert.target, alert.seconds) == ("https://hooks.example.org/T0", 5)


@pytest.mark.parametrize("target", ["", "  ", "@{empty}"])
def test_nobody_is_to_be_told(tmp_path: Path, target: str) -> None:
    (tmp_path / "empty").write_text("\n")
    assert read_alert(target.format(empty=tmp_path / "empty"), seconds=5) is None


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("notify 's3cret", "a command that cannot be read"),
        ("ftp://hooks.example.org/s3cret", "neither a command nor"),
        ("https:///s3cret", "an address that cannot be asked for"),
        ("https://hooks.example.org:99999/s3cret", "an address that cannot be asked for"),
        ("https://hooks.example.org/s3 cret", "an address that cannot be asked for"),
        ("https://ann:s3cret@hooks.example.org/", "an address that cannot be asked for"),
        ("https://hooks.example.org/\x00s3cret", "an address that cannot be asked for"),
        ("@/nowhere/alert", "cannot be read"),
    ],
)
def test_a_target_that_is_none_is_refused_without_being_repeated(target: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as told:
        read_alert(target, seconds=5)
    assert "s3cret" not in str(told.value)
    assert told.value.remedy
