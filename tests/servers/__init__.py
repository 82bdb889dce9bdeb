"""A server of bytes, honest and hostile, that remembers exactly what it received and sent."""

from tests.servers.cases import CASES
from tests.servers.rawserver import RawServer
from tests.servers.script import Case
from tests.servers.wirelog import ExchangeLog

__all__ = ["CASES", "Case", "ExchangeLog", "RawServer"]
