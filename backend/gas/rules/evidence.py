"""Which of two deliveries of one cylinder is believed: ranked evidence, never the order of arrival. Pure.

Source: brief, gas 5.4 C2. The greatest speed is assumed.
"""

from dataclasses import dataclass, replace

from backend.gas.rules.acts import EMPTY, Seen
from backend.kernel.geo import distance_m

SPEED_MAX_M_S = 35.0
"""Nobody drives a vehicle with gas faster: 126 km/h."""
SPREAD_M = 500.0
"""What two positions may be apart without anybody having moved."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A delivery, and what speaks for it."""

    scan: Seen
    on_manifest: bool
    seal_good: bool
    """Its seal is valid and was never delivered before."""
    more_seals: frozenset[str] = EMPTY

    @property
    def seals(self) -> frozenset[str]:
        """Seals that are used up with it."""
        return self.more_seals | ({self.scan.seal} if self.scan.seal else EMPTY)

    def beside(self, seals: frozenset[str]) -> "Handed":
        """The same delivery, with the seals of the other one used up too."""
        return replace(self, more_seals=seals)


def stronger(before: Handed, after: Handed) -> bool:
    """Whether the earlier delivery is better proved: manifest, then seal, then photo; between equals the later wins."""
    return _rank(before) > _rank(after)


def _rank(handed: Handed) -> tuple[bool, bool, bool]:
    return handed.on_manifest, handed.seal_good, handed.scan.photo


def impossible_travel(before: Seen, after: Seen) -> bool:
    """Whether one cylinder cannot have been at both places: there is a second label."""
    if before.longitude is None or before.latitude is None or after.longitude is None or after.latitude is None:
        return False
    apart_m = distance_m((before.longitude, before.latitude), (after.longitude, after.latitude)) - SPREAD_M
    between_ms = abs(after.trusted_ms - before.trusted_ms) + before.error_ms + after.error_ms
    return apart_m > SPEED_MAX_M_S * between_ms / 1000
