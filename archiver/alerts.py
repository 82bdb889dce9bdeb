"""Telling somebody: a command, or a webhook, that gets what a run found as JSON.

Knows how to hand a document over within a time, and nothing of what it says. Whatever the other
side does (hang, shout, not be there), it is one line and never a fault of the run. An address may
hold a token, as those of chat services do, and so may a command's arguments: only the host and the
program are ever named.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from archiver.errors import ConfigError, Place

_HEARD: Final = 2_000
"""Bytes of what a command says, its last, or of an answer, its first, that are kept."""

_PIECES: Final = re.compile(r"""[\s'"/?&=:,]+""")


@dataclass(frozen=True, slots=True)
class Alert:
    """Whom to tell."""

    target: str = field(repr=False)
    """A command, or an http or https address."""
    seconds: float = 30.0
    """After which it is given up."""

    @property
    def is_webhook(self) -> bool:
        """Whether ``target`` is an address."""
        return _is_address(self.target)

    def __str__(self) -> str:
        """The host, or the program; never the address or the arguments."""
        if self.is_webhook:
            parts = urlsplit(self.target)
            return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        return Path(shlex.split(self.target)[0]).name


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an alert."""

    to: str
    """``str`` of the alert."""
    fault: str | None = None
    """Why it did not arrive; None when it did."""

    def as_json(self) -> dict[str, Any]:
        """The form in ``run.json``."""
        return {"to": self.to, "arrived": self.fault is None, "fault": self.fault}


def read_alert(target: str, *, seconds: float) -> Alert | None:
    """The alert that the operator means by ``target``: a command, an address, or ``@FILE`` whose
    first line is one of these (what stands on a command line is seen by everybody on the machine).
    None where it is empty. ConfigError without repeating what may be secret."""
    said = target.strip()
    if said.startswith("@"):
        said = _first_line(Path(said[1:]).expanduser())
    if not said:
        return None
    if _is_address(said):
        _check_address(said)
    else:
        try:
            words = shlex.split(said)
        except ValueError as error:
            raise ConfigError(
                f"ALERT is a command that cannot be read ({error})",
                remedy="Quote it as a shell wants it; it is split into words, no shell runs it",
            ) from error
        if not words:
            return None
        if "://" in words[0]:
            raise ConfigError(
                "ALERT is neither a command nor an http or https address",
                remedy="Give an address that begins with https://, or a command",
            )
    return Alert(said, seconds)


def send(alert: Alert, document: Mapping[str, Any]) -> Delivery:
    """``document`` was handed over, or the delivery says why not. Takes ``alert.seconds`` and a
    little at most; never raises for what the other side does."""
    body = json.dumps(document, ensure_ascii=False, default=str).encode("utf-8", "replace")
    hand_over = _post if alert.is_webhook else _run
    return Delivery(str(alert), hand_over(alert, body))


# --- a command --------------------------------------------------------------------------------


def _run(alert: Alert, body: bytes) -> str | None:
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own command
            shlex.split(alert.target),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that what it started ends with it
        )
    except (OSError, ValueError) as error:
        return f"it cannot be started ({getattr(error, 'strerror', None) or error})"
    assert process.stdin is not None
    assert process.stderr is not None
    heard = bytearray()
    threads = [
        threading.Thread(target=_feed, args=(process.stdin, body), daemon=True),
        threading.Thread(target=_listen, args=(process.stderr, heard), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        code = process.wait(alert.seconds)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"it was stopped after {alert.seconds:g} seconds"
    if code == 0:
        return None
    for thread in threads:
        thread.join(1)  # what it left behind may hold the other end for ever
    lines = bytes(heard).decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"it ended with code {code}" + (f": {_shown(last, alert)}" if last else "")


def _feed(stream: IO[bytes], body: bytes) -> None:
    with suppress(OSError), stream:  # a command need not read what it is given
        stream.write(body)


def _listen(stream: IO[bytes], heard: bytearray) -> None:
    with suppress(OSError, ValueError), stream:
        while chunk := os.read(stream.fileno(), 65_536):
            heard += chunk
            del heard[:-_HEARD]


# --- a webhook --------------------------------------------------------------------------------


def _post(alert: Alert, body: bytes) -> str | None:
    """In a thread that is left alone when the time is over: a limit on each read of a socket is
    none on a server that sends a byte a second, and a name may resolve for minutes."""
    faults: list[str | None] = []
    thread = threading.Thread(target=lambda: faults.append(_exchange(alert, body)), daemon=True)
    thread.start()
    thread.join(alert.seconds)
    return faults[0] if faults else _late(alert)


def _exchange(alert: Alert, body: bytes) -> str | None:
    parts = urlsplit(alert.target)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = kind(str(parts.hostname), parts.port, timeout=alert.seconds)
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read(_HEARD).decode("utf-8", "replace").split("\n")[0].strip()
        where = urlsplit(answer.getheader("Location") or "").hostname
        connection.close()
    except TimeoutError:
        return _late(alert)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _shown(getattr(error, "strerror", None) or type(error).__name__, alert)
    if 200 <= answer.status < 300:
        return None
    if 300 <= answer.status < 400:
        # Never followed: what was found, and the token of the address, are for this host alone.
        return f"it answered {answer.status} and points to {_shown(where or 'itself', alert)}"
    return f"it answered {answer.status}" + (f": {_shown(said, alert)}" if said else "")


def _late(alert: Alert) -> str:
    return f"it did not answer within {alert.seconds:g} seconds"


# --- what the operator wrote ------------------------------------------------------------------


def _is_address(target: str) -> bool:
    return target.lower().startswith(("http://", "https://"))


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_good = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        is_good = False
    if not is_good or not address.isascii() or not address.isprintable() or " " in address:
        raise ConfigError(
            "ALERT is an address that cannot be asked for",
            remedy="Write it like https://hooks.example.org/…, without blanks and user name",
        )


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the file that ALERT names cannot be read ({error})",
            place=Place(str(path)),
            remedy="Name a text file whose first line is a command or an address",
        ) from error
    return lines[0].strip() if lines else ""


def _shown(text: str, alert: Alert) -> str:
    """What the other side said, for a line of a log: without what it repeats of the target."""
    for piece in sorted(_PIECES.split(alert.target), key=len, reverse=True):
        if len(piece) >= 6 and piece not in str(alert):
            text = text.replace(piece, "…")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)[:200]
