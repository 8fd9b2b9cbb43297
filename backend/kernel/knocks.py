"""How often one may knock at a door that anybody finds: counted by address, and by what was asked for."""

import hashlib
import ipaddress

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from backend.kernel.errors import TooOften
from backend.kernel.ids import new_token

BUCKETS = 65_536
"""What is counted is kept by a keyed hash, so that the counters cannot be made to fill the memory."""
IPV6_NETWORK_BITS = 64
"""Whoever has one IPv6 address has all of its network."""


class Knocks:
    """Counters of one process, shared by its requests."""

    def __init__(self) -> None:
        self._rate = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._salt = new_token().encode()[:32]

    def admit(self, limit: RateLimitItem, door: str, whose: str) -> None:
        """Counts a knock; refuses with request.too_many when there were too many of late."""
        if not self._rate.hit(limit, door, self._bucket(whose)):
            raise TooOften(retry_s=limit.get_expiry())

    def forget(self, limit: RateLimitItem, door: str, whose: str) -> None:
        """What was knocked so far no longer counts."""
        self._rate.clear(limit, door, self._bucket(whose))

    def _bucket(self, whose: str) -> str:
        digest = hashlib.blake2b(whose.encode(), key=self._salt, digest_size=4).digest()
        return str(int.from_bytes(digest, "big") % BUCKETS)


def network_of(address: str) -> str:
    """The network that an address speaks for: itself, or a whole IPv6 network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket, a test
        return address
    return str(ipaddress.ip_network((ip, IPV6_NETWORK_BITS), strict=False)) if ip.version == 6 else address
