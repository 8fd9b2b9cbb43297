"""Alarms within the reader's sight, and the rows that deeds stand on."""

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from backend.alarms.rules import AlarmUnknown
from backend.alarms.tables import Alarm, AlarmDeed
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.paging import BadCursor, cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as people
from mobile_contract import alarms as wire
from mobile_contract.base import Page


def in_sight(principal: Principal) -> ColumnElement[bool]:
    """One's own alarms, and from a desk every alarm in one's areas. A crew sees its mates' on the handset."""
    return or_(col(Alarm.person_id) == principal.person_id, in_areas(Alarm.area_path, desk_areas(principal)))


def alarms(ctx: Ctx, state: wire.AlarmState | None, cursor: str | None, limit: int) -> Page[wire.Alarm]:
    """A page of the alarms in sight: first what nobody has seen, then what is being dealt with; newest first."""
    query = select(Alarm).where(in_sight(ctx.principal))
    if state is not None:
        query = query.where(Alarm.state == state.value)
    if cursor:
        query = query.where(_beyond(cursor))
    rows = ctx.session.exec(query.order_by(col(Alarm.rank), col(Alarm.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(str(row.rank), row.id))
    return Page(items=[shape(row) for row in page], next=following)


def _beyond(cursor: str) -> ColumnElement[bool]:
    rank, last = read_cursor(cursor, str, str)
    if not (rank.isascii() and rank.isdigit() and len(rank) == 1):
        raise BadCursor
    return or_(col(Alarm.rank) > int(rank), and_(col(Alarm.rank) == int(rank), col(Alarm.id) < last))


def alarm(ctx: Ctx, alarm_id: str) -> wire.Alarm:
    """One alarm in sight; refuses with alarms.unknown."""
    return shape(alarm_in_sight(ctx, alarm_id))


def alarm_in_sight(ctx: Ctx, alarm_id: str) -> Alarm:
    """The row of an alarm in sight; refuses with alarms.unknown."""
    row = ctx.session.exec(select(Alarm).where(Alarm.id == alarm_id, in_sight(ctx.principal))).first()
    if row is None:
        raise AlarmUnknown
    return row


def history(ctx: Ctx, alarm_id: str) -> list[wire.AlarmLine]:
    """Every act on an alarm in sight, in the order the server learned of them."""
    alarm_in_sight(ctx, alarm_id)
    query = select(AlarmDeed).where(AlarmDeed.alarm_id == alarm_id).order_by(col(AlarmDeed.id))
    rows = ctx.session.exec(query).all()
    names = people.names(ctx, [row.person_id for row in rows if row.person_id])
    return [
        wire.AlarmLine.model_validate(row.model_dump() | {"person_name": names.get(row.person_id or "", "")})
        for row in rows
    ]


def shape(row: Alarm) -> wire.Alarm:
    """An alarm as it travels."""
    return wire.Alarm.model_validate(row, from_attributes=True)


# -- for deeds -----------------------------------------------------------------------------------------------------


def alarm_row(ctx: Ctx, alarm_id: str) -> Alarm | None:
    """An alarm, whoever asks."""
    return ctx.session.get(Alarm, alarm_id)


def facts_of(ctx: Ctx, alarm_id: str) -> wire.Alarm:
    """An alarm that was announced, for whoever listens."""
    row = alarm_row(ctx, alarm_id)
    assert row is not None, "what was announced is there"
    return shape(row)
