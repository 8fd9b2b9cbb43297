"""A conflict kept whole: both sides, who owes a decision, and how it was settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sync.journal import JournalRow
from sync.kinds import Claim
from sync.protocol import Why


class Severity(StrEnum):
    """How much hangs on it."""

    info = "info"
    """A policy decided; shown, so that nobody's words vanish silently."""
    decide = "decide"
    """A person must choose."""
    refused = "refused"
    """A rule said no; the work is kept."""
    broken = "broken"
    """The entry could not be read or taken; a fault."""


class State(StrEnum):
    """Where a conflict stands."""

    open = "open"
    settled = "settled"


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field's two sides. `chosen` is what stands now: `server` or `device`."""

    f: str
    base: Any
    server: Any
    device: Any
    policy: str
    chosen: str

    def wire(self) -> dict[str, Any]:
        """As it travels."""
        return {
            "f": self.f,
            "base": self.base,
            "server": self.server,
            "device": self.device,
            "policy": self.policy,
            "chosen": self.chosen,
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the engine hands to the desk to keep."""

    t: str | None
    row: str | None
    claim: Claim
    severity: Severity
    why: Why | None
    fields: Sequence[FieldConflict]
    payload: dict[str, Any]
    """The mutation, verbatim."""
    scopes: frozenset[str]
    """The scopes of the row it is about."""
    loser: str
    """Whose words did not stand: the user who pushed, or whoever wrote before."""

    @property
    def state(self) -> State:
        """What a policy settled is told, and waits for nobody."""
        return State.settled if self.severity is Severity.info else State.open


def by_loser(
    told: Sequence[tuple[FieldConflict, bool]], row: JournalRow, pusher: str
) -> dict[str, list[tuple[FieldConflict, bool]]]:
    """What was lost, by whose words they were: the pusher's, or those of whoever wrote the field before."""
    losers: dict[str, list[tuple[FieldConflict, bool]]] = {}
    for lost, decide in told:
        queue = row.field_version(lost.f)[1] if lost.chosen == "device" else None
        losers.setdefault(queue.split(":")[2] if queue else pusher, []).append((lost, decide))
    return losers
