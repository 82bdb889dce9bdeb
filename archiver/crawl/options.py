"""Our own settings of a crawl, read once from Scrapy's and checked: typed, frozen, passed down.

Scrapy's settings keep their meaning and are not repeated here. Every default that a crawl uses
stands in ``settings.py`` with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from archiver.config import ReadLimits, identity_key_path
from archiver.crawl.guard import ConnectTo, Network, parse_networks
from archiver.errors import ConfigError, Place
from archiver.opt_outs import Use
from archiver.sites import Routes

_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]{0,40}")
_CONTACT = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+")


@dataclass(frozen=True, slots=True)
class Secret:
    """What the operator has from a comment platform."""

    address: str
    """What the only addresses begin with that are shown it …"""
    parameter: str
    """… as the value of this parameter of their query."""
    value: str = field(repr=False)


SECRETS: Mapping[str, tuple[str, str]] = {
    "DISQUS_API_KEY": ("https://disqus.com/api/", "api_key"),
}
"""Names of secrets (``Ask.needs``), each with the place for it. The setting with ``_FILE`` at
its end names the file that holds it."""


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What an operator sets for a crawl, beyond Scrapy's own settings."""

    output_dir: Path
    prefix: str
    """First part of every file name of the run."""
    contact: str | None
    """E-mail address or URL that stands in the User-Agent."""
    connect_to: ConnectTo
    tls_ca_file: Path | None
    allow_addresses: tuple[Network, ...]
    identity_mode: Literal["pseudonym", "named"]
    identity_key_file: Path
    rules_dir: Path | None
    warc_max_bytes: int
    warc_max_age_seconds: float
    extract: bool
    """False: pages are archived and their links followed, but nothing is extracted or derived."""
    workers: int
    limits: ReadLimits

    threads: Routes
    """How far the crawl goes for comments; the rules of a site may go less far."""
    revisit_threads: bool
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    """By the name that stands for each in an ``Ask``."""
    opt_outs: frozenset[Use] = frozenset()
    """Reservations of publishers that the crawl obeys."""

    @property
    def state_dir(self) -> Path:
        """Where the crawl keeps what it knows; rebuildable."""
        return self.output_dir / "state"


def read_options(settings: Any) -> CrawlOptions:
    """The options in Scrapy's ``settings``; ConfigError names the setting that is wrong."""
    identity = str(settings.get("IDENTITY")).strip().lower()
    if identity not in ("pseudonym", "named"):
        raise ConfigError(
            f"IDENTITY is {identity!r}", remedy="Set it to pseudonym (the default) or named"
        )
    return CrawlOptions(
        output_dir=Path(str(settings.get("OUTPUT_DIR"))).expanduser().absolute(),
        prefix=_prefix(settings),
        contact=_contact(settings),
        connect_to=ConnectTo.parse(_table(settings, "CONNECT_TO")),
        tls_ca_file=_path(settings, "TLS_CA_FILE"),
        allow_addresses=parse_networks(_list_text(settings.get("ALLOW_ADDRESSES"))),
        identity_mode="named" if identity == "named" else "pseudonym",
        identity_key_file=_path(settings, "IDENTITY_KEY_FILE") or identity_key_path(),
        rules_dir=_path(settings, "RULES_DIR"),
        warc_max_bytes=int(_positive(settings, "WARC_MAX_BYTES")),
        warc_max_age_seconds=_positive(settings, "WARC_MAX_AGE"),
        extract=settings.getbool("EXTRACT"),
        workers=int(_positive(settings, "EXTRACT_WORKERS")),
        limits=ReadLimits(
            seconds=_positive(settings, "EXTRACT_TIMEOUT"),
            memory_bytes=int(_positive(settings, "EXTRACT_MEMORY_BYTES")),
        ),
        threads=_routes(settings),
        revisit_threads=settings.getbool("THREAD_REVISITS"),
        secrets=_secrets(settings),
        opt_outs=_opt_outs(settings),
    )


def _routes(settings: Any) -> Routes:
    said = str(settings.get("THREADS")).strip().lower()
    if said not in (Routes.PAGE, Routes.SITE, Routes.ALL):
        raise ConfigError(
            f"THREADS is {said!r}",
            remedy="Set it to page (nothing is asked for), site (only the site itself) or all",
        )
    return Routes(said)


def _opt_outs(settings: Any) -> frozenset[Use]:
    words = [word.strip().lower() for word in _list_text(settings.get("OPT_OUTS")).split(",")]
    named = {word for word in words if word}
    if "all" in named:
        return frozenset(Use)
    unknown = sorted(named - set(Use))
    if unknown:
        raise ConfigError(
            f"OPT_OUTS holds {unknown[0]!r}",
            remedy=f"It knows {', '.join(Use)}, and all for every one; empty obeys none",
        )
    return frozenset(Use(word) for word in named)


def _secrets(settings: Any) -> Mapping[str, Secret]:
    """What the files hold that ``DISQUS_API_KEY_FILE`` and its like name. Files, because a setting
    on the command line is seen by everybody on the machine and stands in the log."""
    secrets: dict[str, Secret] = {}
    for name, (address, parameter) in SECRETS.items():
        path = _path(settings, f"{name}_FILE")
        if path is None:
            continue
        try:
            secret = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{name}_FILE cannot be read ({error})",
                place=Place(str(path)),
                remedy="Name a text file that holds the key and nothing else",
            ) from error
        if not re.fullmatch(r"[!-~]{8,512}", secret):
            raise ConfigError(
                f"{name}_FILE holds no key",
                place=Place(str(path)),
                remedy="It should hold one line: the key, without blanks",
            )
        secrets[name] = Secret(address, parameter, secret)
    return secrets


def user_agent(version: str, contact: str | None) -> str:
    """The honest User-Agent: our name and version, and whom to ask about the crawl."""
    if contact is None:
        return f"archiver/{version}"
    reach = contact if contact.startswith("http") else f"mailto:{contact}"
    return f"archiver/{version} (+{reach})"


def _prefix(settings: Any) -> str:
    prefix = str(settings.get("WARC_PREFIX"))
    if not _PREFIX.fullmatch(prefix):
        raise ConfigError(
            f"WARC_PREFIX is {prefix!r}",
            remedy="Use up to 41 letters, digits, dots and underscores; it begins every file name",
        )
    return prefix


def _contact(settings: Any) -> str | None:
    contact = str(settings.get("CONTACT") or "").strip()
    if not contact:
        return None
    if not _CONTACT.fullmatch(contact):
        raise ConfigError(
            f"CONTACT is {contact!r}, neither an e-mail address nor a URL",
            remedy="Write it like CONTACT=crawl@example.org or CONTACT=https://example.org/crawl",
        )
    return contact


def _table(settings: Any, name: str) -> Mapping[str, str]:
    value = settings.get(name) or {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ConfigError(
                f"{name} is no JSON object ({error})",
                remedy=f'Write it like {name}=\'{{"*:443": "127.0.0.1:8302"}}\'',
            ) from error
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} is no table", remedy="Give a JSON object of host:port pairs")
    return value


def _list_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else ",".join(str(entry) for entry in value)


def _path(settings: Any, name: str) -> Path | None:
    value = settings.get(name)
    return Path(str(value)).expanduser().absolute() if value else None


def _positive(settings: Any, name: str) -> float:
    value = settings.get(name)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 < number < 1e18:
        raise ConfigError(f"{name} is {value!r}", remedy="Give a number above zero")
    return number
