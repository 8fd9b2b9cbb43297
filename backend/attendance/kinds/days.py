"""Rosters, day results and correction requests on the handset of the person they are about."""

from typing import Any

from backend.attendance import actions, queries
from backend.attendance.tables import DayResult, PunchRequest, RosterDay
from backend.kernel.context import Ctx
from backend.kernel.scopes import user_scope
from backend.kernel.shapes import known, reader
from mobile_contract import days as wire
from mobile_contract.rosters import RosterDay as RosterWire
from sync.kinds import Command, Deed, Kind, Policy


def _roster_body(row: RosterDay) -> dict[str, Any]:
    return queries.roster_shape(row).model_dump(mode="json")


def _day_body(row: DayResult) -> dict[str, Any]:
    return queries.day_shape(row).model_dump(mode="json")


def _request_body(row: PunchRequest) -> dict[str, Any]:
    return queries.request_shape(row).model_dump(mode="json")


def _own(row: RosterDay | DayResult | PunchRequest) -> list[str]:
    return [user_scope(row.person_id)]


def _ask(ctx: Ctx, deed: Deed) -> None:
    actions.ask_correction(ctx, deed.row_id, deed.params)


ROSTER_KIND = Kind(
    name="rosters",
    table=RosterDay,
    fields=dict.fromkeys(RosterWire.model_fields, Policy.server),
    body=_roster_body,
    scopes=_own,
    priority=2,
)
DAY_KIND = Kind(
    name="day_results",
    table=DayResult,
    fields=dict.fromkeys(wire.DayResult.model_fields, Policy.server),
    body=_day_body,
    scopes=_own,
    priority=5,
)
ASK_CORRECTION = Command(
    name="attendance.ask_correction",
    kind=actions.REQUESTS,
    read=reader(wire.CorrectionParams),
    accept=_ask,
    creates=True,
    known=known(wire.CorrectionParams),
    sets={"state": wire.RequestState.open.value},
)
REQUEST_KIND = Kind(
    name=actions.REQUESTS,
    table=PunchRequest,
    fields=dict.fromkeys(wire.PunchRequest.model_fields, Policy.server),
    body=_request_body,
    scopes=_own,
    commands=[ASK_CORRECTION],
    priority=5,
)
