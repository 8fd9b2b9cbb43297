"""What gas announces: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CylindersScanned:
    """Scans were taken in and the cylinders they touch reckoned anew."""

    scan_ids: tuple[str, ...]
    cylinder_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CylinderBlocked:
    """A cylinder must not be handed over until the block is taken away."""

    cylinder_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanDeclaredError:
    """An act with a cylinder was declared an error."""

    error_id: str
    scan_id: str


@dataclass(frozen=True, slots=True)
class CaseConfirmed:
    """Somebody looked into a case and says that the chain is right."""

    case_id: str


@dataclass(frozen=True, slots=True)
class HomesVisited:
    """Visits were taken in and their homes reckoned anew."""

    visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomesReckoned:
    """Homes and their hazards were reckoned anew, for whatever reason."""

    account_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomesUnmet:
    """Nobody was met so often that a notice is due: (account, the visit with which it was enough)."""

    homes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HazardsFound:
    """Hazards that were not known before."""

    hazard_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HazardsEscalated:
    """Hazards are past their day: (hazard, who is told)."""

    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order of gas came in."""

    order_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class OrderAssigned:
    """An order was given to a worker."""

    order_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class CylindersDelivered:
    """Deliveries were taken in."""

    delivery_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """A worker's day was reckoned, or reckoned anew."""

    close_id: str
    person_id: str
    balanced: bool
