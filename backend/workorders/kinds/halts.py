"""Halts asked for from the field, on handsets."""

from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from backend.workorders import actions, queries
from backend.workorders.tables import HaltAsk
from mobile_contract import workhalts as wire
from sync.kinds import Command, Deed, Kind, Policy


def _ask(ctx: Ctx, deed: Deed) -> None:
    actions.ask_halt(ctx, deed.row_id, deed.params)


def _body(row: HaltAsk) -> dict[str, Any]:
    return queries.halt_ask_shape(row).model_dump(mode="json")


ASK_HALT = Command(
    name="workorders.ask_halt",
    kind=actions.HALT_ASKS,
    read=reader(wire.HaltAskParams),
    accept=_ask,
    creates=True,
    known=known(wire.HaltAskParams),
    sets={"state": wire.HaltAskState.open.value},
)
HALT_ASK_KIND = Kind(
    name=actions.HALT_ASKS,
    table=HaltAsk,
    fields=dict.fromkeys(wire.HaltAsk.model_fields, Policy.server),
    body=_body,
    scopes=actions.scopes_of_ask,
    commands=[ASK_HALT],
    priority=2,
)
