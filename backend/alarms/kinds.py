"""What alarms give to sync: the alarm, first of all kinds to fill a handset, and the three acts of a phone."""

from typing import Any

from backend.alarms import actions, queries
from backend.alarms.rules import AlarmUnknown
from backend.alarms.tables import Alarm
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import alarms as wire
from sync.kinds import Command, Deed, Kind, Policy


def _raise(ctx: Ctx, deed: Deed) -> None:
    photos = list(dict.fromkeys([*deed.params.photos, *deed.blobs]))
    actions.raise_alarm(ctx, deed.row_id, deed.params, photos)


def _row(ctx: Ctx, deed: Deed) -> Alarm:
    row = queries.alarm_row(ctx, deed.row_id)
    if row is None:
        raise AlarmUnknown
    return row


def _acknowledge(ctx: Ctx, deed: Deed) -> None:
    actions.acknowledge(ctx, _row(ctx, deed), deed.params.note)


def _withdraw(ctx: Ctx, deed: Deed) -> None:
    actions.withdraw(ctx, _row(ctx, deed), deed.params.note)


def _body(row: Alarm) -> dict[str, Any]:
    return queries.shape(row).model_dump(mode="json")


ALARMS = Kind(
    name=actions.KIND,
    table=Alarm,
    fields=dict.fromkeys(wire.Alarm.model_fields, Policy.server),
    body=_body,
    scopes=actions.scopes_of,
    commands=[
        # No fact: the row may be there already, by the door, and then the queue brings what it adds.
        Command(
            name="alarms.raise",
            kind=actions.KIND,
            read=reader(wire.RaiseParams),
            accept=_raise,
            creates=True,
            known=known(wire.RaiseParams),
        ),
        Command(
            name="alarms.withdraw",
            kind=actions.KIND,
            read=reader(wire.AlarmNoteParams),
            accept=_withdraw,
            known=known(wire.AlarmNoteParams),
            sets={"state": wire.AlarmState.withdrawn.value},
        ),
        Command(
            name="alarms.acknowledge",
            kind=actions.KIND,
            read=reader(wire.AlarmNoteParams),
            accept=_acknowledge,
            known=known(wire.AlarmNoteParams),
            sets={"state": wire.AlarmState.acknowledged.value},
        ),
    ],
    priority=0,
)
