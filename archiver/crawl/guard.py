"""Which addresses a connection may go to, decided when it is made.

Knows how Twisted resolves and connects. The check is on the address that is connected to, after
every resolution and on every hop, so a name whose second answer is private (DNS rebinding) gets
no further than one that is private at once. ``CONNECT_TO`` sends a host and port elsewhere, as
curl's ``--connect-to`` does; host header, TLS name and certificate check stay those of the URL.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import directlyProvides, implementer, providedBy

from archiver.errors import ConfigError
from archiver.urls import is_public_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class AddressRefused(Exception):
    """A connection would have gone to an address that this crawl may not reach."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"{host} port {port} is a private, loopback, link-local or reserved address; "
            f"if it is meant, allow it with ALLOW_ADDRESSES={host}"
        )


def parse_networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated CIDR list; ConfigError names the one that is none."""
    networks: list[Network] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(word, strict=False))
        except ValueError as error:
            raise ConfigError(
                f"ALLOW_ADDRESSES: {word!r} is no address or network ({error})",
                remedy="Give a comma-separated list such as 127.0.0.0/8,::1",
            ) from error
    return tuple(networks)


@dataclass(frozen=True, slots=True)
class Detour:
    """Where connections to one host and port go instead."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """``CONNECT_TO``: from ``host:port`` (either may be ``*``) to ``host:port``."""

    detours: Mapping[tuple[str, str], Detour]

    @classmethod
    def parse(cls, table: Mapping[str, str]) -> ConnectTo:
        """From the setting's table, such as ``{"*:443": "127.0.0.1:8302"}``; ConfigError."""
        detours: dict[tuple[str, str], Detour] = {}
        for source, target in table.items():
            source_host, _, source_port = str(source).rpartition(":")
            target_host, _, target_port = str(target).rpartition(":")
            if not (
                source_host
                and target_host
                and target_port.isdigit()
                and 0 < int(target_port) < 65536
            ):
                raise ConfigError(
                    f"CONNECT_TO: {source!r}: {target!r} is not host:port to host:port",
                    remedy='Write it like {"*:443": "127.0.0.1:8302"}',
                )
            key = (source_host.strip("[]").lower(), source_port)
            detours[key] = Detour(target_host.strip("[]"), int(target_port))
        return cls(detours)

    def detour_for(self, host: str, port: int) -> Detour | None:
        """Where to connect instead of ``host:port``; the most specific entry wins."""
        for key in ((host, str(port)), (host, "*"), ("*", str(port)), ("*", "*")):
            if key in self.detours:
                return self.detours[key]
        return None


class AddressGuard:
    """Says which addresses may be connected to.

    Public addresses may; so may those in ``allowed`` and, port by port, those that ``CONNECT_TO``
    led to.
    """

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)
        self._detours: set[tuple[str, int]] = set()

    def admit_detour(self, host: str, port: int) -> None:
        """``host:port`` is where the operator sends connections: it may be reached."""
        self._detours.add((host, port))

    def allows(self, host: str, port: int) -> bool:
        """Whether the address ``host`` may be connected to. A name is no address: it is only
        seen here when it is a proxy that the operator set, and may."""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return True
        if (host, port) in self._detours or any(address in network for network in self._allowed):
            return True
        return is_public_address(str(address))


@implementer(IHostnameResolver)
class _DetourResolver:
    """A resolver that answers with the detour of a host and port where there is one."""

    def __init__(self, resolver: Any, connect_to: ConnectTo, guard: AddressGuard) -> None:
        self._resolver = resolver
        self._connect_to = connect_to
        self._guard = guard

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        receiver: Any,
        host_name: str,
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        detour = self._connect_to.detour_for(host_name.lower(), portNumber)
        if detour is None:
            return self._resolver.resolveHostName(
                receiver, host_name, portNumber, addressTypes, transportSemantics
            )
        admitting = _AdmittingReceiver(receiver, self._guard, detour.port)
        return self._resolver.resolveHostName(
            admitting, detour.host, detour.port, addressTypes, transportSemantics
        )


@implementer(IResolutionReceiver)
class _AdmittingReceiver:
    """Admits each address of a detour before it hands it on, with the detour's port."""

    def __init__(self, receiver: Any, guard: AddressGuard, port: int) -> None:
        self._receiver = receiver
        self._guard = guard
        self._port = port

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        kind = IPv6Address if ":" in address.host else IPv4Address
        self._guard.admit_detour(address.host, self._port)
        self._receiver.addressResolved(kind("TCP", address.host, self._port))

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


class GuardedReactor:
    """A reactor whose TCP connections pass the guard and take the detours; all else is the
    reactor's own."""

    def __init__(self, reactor: Any, guard: AddressGuard, connect_to: ConnectTo) -> None:
        self._reactor = reactor
        self._guard = guard
        self._connect_to = connect_to
        directlyProvides(self, providedBy(reactor))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    @property
    def nameResolver(self) -> _DetourResolver:  # noqa: N802
        """Asked at every connection, so that a resolver installed later is used."""
        return _DetourResolver(self._reactor.nameResolver, self._connect_to, self._guard)

    def connectTCP(  # noqa: N802
        self,
        host: str,
        port: int,
        factory: Any,
        timeout: float = 30,
        bindAddress: Any = None,  # noqa: N803
    ) -> Any:
        """Connects; AddressRefused where the guard says no."""
        if not self._guard.allows(host, port):
            raise AddressRefused(host, port)
        return self._reactor.connectTCP(host, port, factory, timeout, bindAddress)
