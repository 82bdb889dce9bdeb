"""Where a crawl begins, and whether it may begin there.

Reads what the operator gave (URLs, a host with rules, a file of either, lists of captures that
others made) and refuses it early and plainly: no seed, no address, a private address that is not
allowed, no contact.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from archiver.cdx_forms import read_rows
from archiver.cdx_lists import Listed, Tally, read_captures
from archiver.crawl.guard import AddressGuard
from archiver.crawl.options import CrawlOptions
from archiver.errors import ConfigError, Place, UrlError
from archiver.sites import RuleBook
from archiver.urls import host_of, normalise

_HOW = (
    "Give the crawl a place to begin: -a seeds=https://example.org/ (several with commas), "
    "-a site=example.org, -a sites=FILE with one URL or host a line, or -a cdx=FILE with a list of "
    "captures"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_CHUNK = 1 << 16
"""Bytes of a list of captures that are read at once."""


def read_seeds(*, seeds: str, site: str, sites: Path | None, rules: RuleBook) -> list[str]:
    """The seeds as normalised URLs, in their order, each once; ConfigError names the bad one."""
    found: list[str] = []
    for word in filter(None, (part.strip() for part in seeds.split(","))):
        found.append(_seed(word, Place("seeds")))
    if site:
        found += _seeds_of_site(site.strip(), rules, Place("site"))
    if sites is not None:
        found += _seeds_of_file(sites, rules)
    if not found:
        raise ConfigError("no seeds", remedy=_HOW)
    return list(dict.fromkeys(found))


def check_seeds(seeds: list[str], options: CrawlOptions) -> None:
    """Every seed may be connected to, and a crawl of the public web says whom to ask about it;
    ConfigError otherwise."""
    guard = AddressGuard(options.allow_addresses)
    is_public = False
    for seed in seeds:
        host, port = _authority(seed)
        if options.connect_to.detour_for(host, port) is not None:
            continue
        if _is_closed(host):
            if host != "localhost" and not guard.allows(host, port):
                raise ConfigError(
                    f"{seed} is a private or loopback address, and a crawl does not go there by "
                    "itself",
                    remedy=f"If it is yours, add -s ALLOW_ADDRESSES={host}",
                )
            continue
        is_public = True
    if is_public and options.contact is None:
        raise ConfigError(
            "a crawl of the public web needs a contact in its User-Agent, so that a site's owner "
            "can reach you",
            remedy="Add -s CONTACT=you@example.org (make crawl: CONTACT=you@example.org)",
        )


def paths_of_lists(argument: str) -> list[Path]:
    """The files of ``-a cdx=FILE[,FILE]``, each once; ConfigError where one cannot be read."""
    paths = list(dict.fromkeys(Path(part.strip()) for part in argument.split(",") if part.strip()))
    for path in paths:
        for row in read_rows(_chunks(path), str(path)):
            if row.url:
                break  # the beginning tells whether it is a list of captures
    return paths


def first_captures(paths: Iterable[Path]) -> list[str]:
    """The first page of each list that can be asked for. Where the lists are all that a crawl was
    given, these are checked as seeds are."""
    found = (next(read_captures_list(path, Tally()), None) for path in paths)
    return list(dict.fromkeys(listed.url for listed in found if listed is not None))


def read_captures_list(
    path: Path, tally: Tally, *, holds: Callable[[str], bool] | None = None
) -> Iterator[Listed]:
    """The pages of a list of captures that the crawl can use, as ``cdx_lists.read_captures`` gives
    them, read bit by bit; ConfigError where the file or what it holds cannot be read."""
    return read_captures(_chunks(path), tally, name=str(path), holds=holds)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise ConfigError(
            f"the list of captures cannot be read ({error})",
            place=Place(str(path)),
            remedy="Give cdx=FILE, several with commas: a CDX or CDXJ index or a list of URLs",
        ) from error


def _seed(word: str, place: Place) -> str:
    if "://" not in word:
        raise ConfigError(
            f"{word!r} is no URL", place=place, remedy=f"Write it with its scheme: https://{word}"
        )
    try:
        return normalise(word)
    except UrlError as error:
        raise ConfigError(
            f"{word!r} cannot be crawled ({error.what})",
            place=place,
            remedy="Give an http or https URL",
        ) from error


def _seeds_of_site(host: str, rules: RuleBook, place: Place) -> list[str]:
    """The seeds in the rules of ``host``, else its front page."""
    chosen = rules.choose(host)
    if chosen.seeds:
        return [_seed(seed, place) for seed in chosen.seeds]
    if "/" in host or " " in host:
        raise ConfigError(
            f"{host!r} is no host name", place=place, remedy="Write it like site=example.org"
        )
    return [_seed(f"https://{host}/", place)]


def _seeds_of_file(path: Path, rules: RuleBook) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the list of sites cannot be read ({error})",
            place=Place(str(path)),
            remedy="Give a text file with one URL or host a line",
        ) from error
    found: list[str] = []
    for number, line in enumerate(lines, 1):
        word = line.partition("#")[0].strip()
        if not word:
            continue
        place = Place(str(path), line=number)
        found += [_seed(word, place)] if "://" in word else _seeds_of_site(word, rules, place)
    return found


def _authority(url: str) -> tuple[str, int]:
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0]
    port = authority.rpartition(":")[2]
    host = host_of(url).strip("[]")
    return host, int(port) if port.isdigit() and ":" in authority else _DEFAULT_PORTS[scheme]


def _is_closed(host: str) -> bool:
    """Whether ``host`` is an address or name that the public web does not have."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return not AddressGuard().allows(host, 0)
