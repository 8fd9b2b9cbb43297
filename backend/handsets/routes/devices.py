"""Enrolling, listing and ending handsets."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.handsets import actions, queries, seals
from backend.handsets.rules import DeviceUnknown, InviteInvalid, NotActive, NotEnded, OrderForged, PersonUnknown
from backend.kernel.errors import NotFound
from backend.kernel.http import GUARDED, OpenReading, OpenWriting, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page
from mobile_contract.handsets import (
    AskEnrol,
    AskInvite,
    AskRenew,
    Device,
    DeviceStatus,
    Enrolled,
    Invite,
    Renewed,
    WipeOrder,
    WipeReceipt,
)
from mobile_contract.version import CONTRACT
from qr.render import svg, symbol

router = APIRouter(prefix="/handsets/v1", tags=["handsets"])


@router.post(
    "/invites",
    response_model=Invite,
    status_code=201,
    operation_id="invite_handset",
    dependencies=[needs("handsets.invite")],
    responses=refusals(*GUARDED, PersonUnknown),
)
def invite(ctx: Writing, ask: AskInvite) -> Invite:
    """Invites one handset to enrol; the QR code is shown once and lasts a day."""
    made = actions.invite(ctx, ask.person_id, ask.label)
    return Invite(
        invite_id=made.invite.id,
        payload=made.payload,
        qr_svg=svg(symbol(made.payload)),
        expires_at=made.invite.expires_at,
    )


@router.post(
    "/enrol",
    response_model=Enrolled,
    status_code=201,
    operation_id="enrol_handset",
    responses=refusals(InviteInvalid),
)
def enrol(ctx: OpenWriting, ask: AskEnrol) -> Enrolled:
    """A handset presents the code it scanned and is given its names. Public: the code is the right."""
    row, secret = actions.enrol(ctx, ask.token, ask.model, ask.app)
    return Enrolled(
        device_id=row.id,
        device_secret=secret,
        epoch=row.epoch,
        district=ctx.settings.district,
        contract=CONTRACT,
        wipe_key=seals.wipe_key(ctx.settings.secret.get_secret_value()),
    )


@router.post(
    "/devices/{device_id}/epoch",
    response_model=Renewed,
    operation_id="renew_epoch",
    responses=refusals(DeviceUnknown, NotActive),
)
def renew(ctx: OpenWriting, device_id: Id, ask: AskRenew) -> Renewed:
    """A new epoch, after a reinstall. Public: the device's secret is the right."""
    row = actions.renew_epoch(ctx, device_id, ask.device_secret)
    return Renewed(device_id=row.id, epoch=row.epoch)


@router.get(
    "/devices",
    response_model=Page[Device],
    operation_id="list_handsets",
    dependencies=[needs("handsets.read")],
    responses=refusals(*GUARDED, BadCursor),
)
def devices(
    ctx: Reading,
    status: DeviceStatus | None = None,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[Device]:
    """The handsets of the caller's areas, oldest first."""
    return queries.devices(ctx, status=status.value if status else None, after=cursor, limit=limit)


@router.post(
    "/devices/{device_id}/lost",
    response_model=Device,
    operation_id="declare_handset_lost",
    dependencies=[needs("handsets.manage")],
    responses=refusals(*GUARDED, NotFound, NotActive),
)
def lost(ctx: Writing, device_id: Id) -> Device:
    """Declares a handset lost or broken."""
    return queries.portrait(ctx, actions.declare_lost(ctx, device_id))


@router.post(
    "/devices/{device_id}/revoke",
    response_model=Device,
    operation_id="revoke_handset",
    dependencies=[needs("handsets.manage")],
    responses=refusals(*GUARDED, NotFound, NotActive),
)
def revoke(ctx: Writing, device_id: Id) -> Device:
    """Ends a handset for good; it will be told to wipe."""
    return queries.portrait(ctx, actions.revoke(ctx, device_id))


@router.post(
    "/devices/{device_id}/wipe-order",
    response_model=WipeOrder,
    operation_id="get_wipe_order",
    responses=refusals(DeviceUnknown, NotEnded),
)
def wipe_order(ctx: OpenReading, device_id: Id, ask: AskRenew) -> WipeOrder:
    """The signed order for a handset that was ended. Public: the device's secret is the right."""
    return actions.wipe_order(ctx, device_id, ask.device_secret)


@router.post(
    "/wiped",
    status_code=204,
    operation_id="take_wipe_receipt",
    responses=refusals(OrderForged),
)
def wiped(ctx: OpenWriting, receipt: WipeReceipt) -> None:
    """A handset says that it has wiped itself. Public: the order's own signature is the right."""
    actions.take_receipt(ctx, receipt)
