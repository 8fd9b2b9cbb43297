"""What handsets give to sync: conflicts, and mutations that wait."""

from collections.abc import Iterable

from backend.handsets import actions
from backend.handsets.portraits import conflict_body, held_body, side_body
from backend.handsets.tables import Conflict, ConflictSide, Held
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract.handsets import AskSettle
from mobile_contract.handsets import Conflict as ConflictWire
from mobile_contract.handsets import ConflictSide as SideWire
from sync.kinds import Command, Deed, Kind, Policy, Verdict


def conflict_scopes(row: Conflict) -> Iterable[str]:
    """Whose act it was, whose words it overruled, and the desks of the area."""
    people = [person for person in (row.person_id, row.overruled_id) if person]
    return [*(f"user:{person}" for person in people), *row.areas]


def held_scopes(row: Held) -> Iterable[str]:
    """Whoever did the work."""
    return [f"user:{row.person_id}"]


def settle(ctx: Ctx, deed: Deed) -> None:
    """A desk's decision, made on a handset."""
    actions.settle(ctx, deed.row_id, deed.params.choice, deed.params.note)


CONFLICTS = Kind(
    name="conflicts",
    table=Conflict,
    fields=dict.fromkeys(ConflictWire.model_fields, Policy.server) | {"state": Policy.state},
    body=conflict_body,
    scopes=conflict_scopes,
    commands=(
        Command(
            name="conflicts.settle",
            kind="conflicts",
            read=reader(AskSettle),
            accept=settle,
            state_field="state",
            table={"settled": Verdict.noop},
            known=known(AskSettle),
        ),
    ),
    priority=2,
)
HELD = Kind(
    name="held",
    table=Held,
    fields=dict.fromkeys(("id", "device", "epoch", "n", "cmd", "state", "needs", "outcome"), Policy.server),
    body=held_body,
    scopes=held_scopes,
    priority=2,
)
SIDES = Kind(
    name="conflict_sides",
    table=ConflictSide,
    fields=dict.fromkeys(SideWire.model_fields, Policy.server),
    body=side_body,
    scopes=lambda row: row.areas,
    priority=3,
)
KINDS = (CONFLICTS, SIDES, HELD)
