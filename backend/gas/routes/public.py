"""Doors of gas for who is not known: a customer's own phone. Each is limited by address and by what is asked for."""

import threading
from typing import Any

from fastapi import APIRouter, Depends, Request
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from backend.alarms.actions import RAISE_REFUSALS
from backend.gas import rules
from backend.gas.actions import public as actions
from backend.gas.queries import public as queries
from backend.gas.rules import delivery_refusals as refusing
from backend.gas.rules.public import OrdersOpen, WhereNeeded
from backend.kernel.errors import TooOften
from backend.kernel.http import GUARDED, OpenReading, OpenWriting, Writing, house_of, needs, refusals
from backend.kernel.knocks import Knocks, network_of
from mobile_contract import gas_public as wire
from qr.payload import PayloadError, cylinder_key, parse

router = APIRouter(prefix="/gas/v1", tags=["gas"])
_making = threading.Lock()


def limited(door: str) -> Any:
    """Counts a knock before anybody's turn at the database is taken."""

    def admit(request: Request) -> None:
        limit = RateLimitItemPerMinute(house_of(request).settings.public_asks_per_minute)
        _knocks(request).admit(limit, door, network_of(request.client.host if request.client else ""))

    return Depends(admit)


def _admit_label(request: Request, label: str) -> None:
    """Counts a try at an account, whatever check was said with it."""
    claimed = label.strip().upper().rpartition("/")[2][: -len("ABCD")]
    limit = RateLimitItemPerHour(house_of(request).settings.public_tries_per_hour)
    _knocks(request).admit(limit, "label", claimed)


def _knocks(request: Request) -> Knocks:
    with _making:
        state = request.app.state
        if not hasattr(state, "gas_knocks"):
            state.gas_knocks = Knocks()
        made: Knocks = state.gas_knocks
        return made


@router.post("/public/cylinder", dependencies=[limited("cylinder")], responses=refusals(rules.CodeInvalid, TooOften))
def look_at_cylinder(ctx: OpenReading, ask: wire.AskCylinder) -> wire.PublicCylinder:
    """Whether the cylinder in one's hands is genuine and within its dates; never where it is or who has it."""
    try:
        key = cylinder_key(parse(ask.code))
    except PayloadError as fault:
        raise rules.CodeInvalid(fault=fault.fault.value, position=fault.position, code=ask.code[:60]) from None
    return queries.public_cylinder(ctx, key)


@router.post(
    "/public/orders",
    status_code=201,
    dependencies=[limited("order")],
    responses=refusals(
        refusing.CustomerCodeWrong,
        rules.AccountUnknown,
        OrdersOpen,
        refusing.CheckToBeBooked,
        refusing.OrderExists,
        TooOften,
    ),
)
def order_by_label(request: Request, ctx: OpenWriting, ask: wire.NewPublicOrder) -> wire.PublicOrder:
    """An order by the customer's own label."""
    _admit_label(request, ask.customer_code)
    return queries.order_told(actions.order_publicly(ctx, ask))


@router.post(
    "/public/order",
    dependencies=[limited("order state")],
    responses=refusals(refusing.CustomerCodeWrong, refusing.OrderUnknown, TooOften),
)
def look_at_order(request: Request, ctx: OpenReading, ask: wire.AskOrder) -> wire.PublicOrder:
    """How one's own order stands, by the label it was placed by."""
    _admit_label(request, ask.customer_code)
    return queries.own_order(ctx, actions.account_of(ctx, ask.customer_code), ask.id)


@router.post(
    "/public/leaks",
    status_code=201,
    dependencies=[limited("leak")],
    responses=refusals(*RAISE_REFUSALS, WhereNeeded, TooOften),
)
def report_leak_publicly(ctx: OpenWriting, ask: wire.ReportLeak) -> wire.LeakTaken:
    """Gas is smelt: an alarm ahead of every queue, and what to do until somebody comes."""
    return actions.report_leak(ctx, ask)


@router.post(
    "/leaks",
    status_code=201,
    dependencies=[needs("alarms.raise", before_consent=True)],
    responses=refusals(*GUARDED, *RAISE_REFUSALS, WhereNeeded),
)
def report_leak_at_desk(ctx: Writing, ask: wire.ReportLeak) -> wire.LeakTaken:
    """Somebody telephoned or came to the office: gas is smelt. An alarm ahead of every queue, in the clerk's name."""
    return actions.report_leak(ctx, ask)
