"""What work orders announce: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrdersReleased:
    """Crews have been given these orders."""

    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderStepped:
    """An order is at another step. `person_id` did it, and said and showed this with it."""

    order_id: str
    step: str
    person_id: str | None
    note: str = ""
    photos: tuple[str, ...] = ()
    act: str = ""


@dataclass(frozen=True, slots=True)
class OrderReassigned:
    """An order is another's now; `by` is the person at the desk, or who took it over in the field."""

    order_id: str
    team_id: str
    was: str | None
    assignee_id: str | None
    by: str


@dataclass(frozen=True, slots=True)
class EffortKept:
    """Somebody worked on an order that had moved on; the work is on record and the desk should look."""

    order_id: str
    person_id: str
    step_id: str
    act: str


@dataclass(frozen=True, slots=True)
class OrderAnswered:
    """An item of an order's checklist was answered."""

    order_id: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class EvidenceComplete:
    """Every photo that proves an order has arrived."""

    order_id: str
