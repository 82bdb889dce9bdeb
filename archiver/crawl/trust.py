"""Which certificate authorities a crawl trusts, where the operator names them.

Knows Scrapy's TLS policy; without ``TLS_CA_FILE`` that one stands as it is, on the system's
authorities.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OpenSSL import crypto
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates

from archiver.errors import ConfigError


class PinnedTrust(_ScrapyClientContextFactory):
    """Checks certificates against the authorities of one file, as curl's ``--cacert`` does."""

    authorities: Any

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802, ARG002
        return optionsForClientTLS(
            hostname=hostname.decode("ascii"),
            trustRoot=self.authorities,
            extraCertificateOptions=self._get_cert_options_kwargs(),
        )


def load_authorities(path: Path) -> Any:
    """The authorities of a PEM file, as Twisted takes them; ConfigError."""
    try:
        blocks = path.read_bytes().split(b"-----END CERTIFICATE-----")
        certificates = [
            Certificate.loadPEM(block + b"-----END CERTIFICATE-----\n")
            for block in blocks
            if b"BEGIN CERTIFICATE" in block
        ]
    except (OSError, crypto.Error, ValueError) as error:
        raise ConfigError(
            f"TLS_CA_FILE {path} cannot be read ({error})", remedy="Name a file of PEM certificates"
        ) from error
    if not certificates:
        raise ConfigError(
            f"TLS_CA_FILE {path} holds no certificate", remedy="Name a file of PEM certificates"
        )
    return trustRootFromCertificates(certificates)  # type: ignore[no-untyped-call]
