"""Clock-ins on handsets."""

from collections.abc import Sequence
from typing import Any

from backend.attendance import actions, queries, rules
from backend.attendance.tables import Punch
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import attendance as wire
from sync.kinds import Command, Deed, Kind, Policy


def _accept(ctx: Ctx, deed: Deed) -> None:
    _accept_many(ctx, [deed])


def _accept_many(ctx: Ctx, deeds: Sequence[Deed]) -> None:
    actions.clock_in(ctx, [actions.NewPunch(deed.row_id, deed.params, deed.claim) for deed in deeds])


def _punch_body(row: Punch) -> dict[str, Any]:
    return queries.punch_shape(row).model_dump(mode="json")


def _punch_scopes(row: Punch) -> list[str]:
    return rules.punch_scopes(row.person_id, row.area_path)


CLOCK_IN = Command(
    name="attendance.clock_in",
    kind=actions.PUNCHES,
    read=reader(wire.ClockInParams),
    accept=_accept,
    accept_many=_accept_many,
    fact=True,
    creates=True,
    known=known(wire.ClockInParams),
)
PUNCH_KIND = Kind(
    name=actions.PUNCHES,
    table=Punch,
    fields=dict.fromkeys(wire.Punch.model_fields, Policy.server),
    body=_punch_body,
    scopes=_punch_scopes,
    commands=[CLOCK_IN],
    priority=6,
    facts=True,
)
