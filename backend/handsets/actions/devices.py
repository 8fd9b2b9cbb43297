"""Enrolling handsets, declaring them lost, revoking them."""

import hmac
from dataclasses import dataclass

from backend.handsets import queries, seals
from backend.handsets.events import DeviceEnded, DeviceEnrolled, DeviceWiped
from backend.handsets.rules import (
    INVITE_LASTS,
    DeviceUnknown,
    InviteInvalid,
    NotActive,
    NotEnded,
    OrderForged,
    PersonUnknown,
)
from backend.handsets.tables import Device, Invite
from backend.kernel import audit
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.ids import new_code, new_token, token_hash
from backend.people import actions as people
from backend.people import queries as persons
from mobile_contract.handsets import DeviceStatus, WipeOrder, WipeReceipt
from qr.payload import Enrolment, PayloadError, format, parse

TOKEN_CHARS = 26
"""26 letters of a 30-letter alphabet: 127 bits."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and the text of its QR code; the token is nowhere else."""

    invite: Invite
    payload: str


def invite(ctx: Ctx, person_id: str | None, label: str | None) -> Invited:
    """Invites one handset to enrol, in the area of its person or of the inviter. Lasts INVITE_LASTS, used once."""
    area = _area_for(ctx, person_id)
    ctx.principal.require("handsets.invite", area)
    token = new_code(TOKEN_CHARS)
    row = Invite(
        token_hash=token_hash(token),
        label=label or "",
        person_id=person_id,
        area=area,
        made_by=ctx.principal.person_id,
        expires_at=ctx.now() + INVITE_LASTS,
    )
    ctx.session.add(row)
    audit.record(ctx, "handsets.invite", row.id, person_id=person_id)
    return Invited(row, format(Enrolment(token, ctx.settings.public_url.rstrip("/").lower())))


def _area_for(ctx: Ctx, person_id: str | None) -> str:
    if person_id is None:
        return ctx.principal.areas("handsets.invite")[0]
    area = persons.area_of(ctx, person_id)
    if area is None or not ctx.principal.may("handsets.invite", area):
        raise PersonUnknown
    return area


def enrol(ctx: Ctx, token: str, model: str, app: str) -> tuple[Device, str]:
    """A handset presents what it scanned; gives the device and its secret. Refuses with handsets.invite_invalid."""
    found = queries.invite_by_token(ctx, _token_in(token))
    if found is None or found.used_at is not None or found.expires_at <= ctx.now():
        raise InviteInvalid
    found.used_at = ctx.now()
    secret = new_token()
    row = Device(
        label=found.label or model,
        model=model,
        app=app,
        secret_hash=token_hash(secret),
        status=DeviceStatus.active.value,
        person_id=found.person_id,
        area=found.area,
        enrolled_at=ctx.now(),
    )
    ctx.session.add_all([found, row])
    audit.record(ctx, "handsets.enrol", row.id, invite=found.id, model=model)
    announce(ctx, DeviceEnrolled(row.id, row.person_id))
    return row, secret


def _token_in(text: str) -> str:
    """The token of a scanned payload, or the text itself."""
    try:
        payload = parse(text)
    except PayloadError:
        return text
    return payload.token if isinstance(payload, Enrolment) else text


def proven(ctx: Ctx, device_id: str, secret: str) -> Device:
    """The device, when the secret is its own; refuses with handsets.device_unknown."""
    row = queries.device(ctx, device_id)
    kept = row.secret_hash if row else token_hash("nobody")
    if not hmac.compare_digest(kept, token_hash(secret)) or row is None:
        raise DeviceUnknown
    return row


def renew_epoch(ctx: Ctx, device_id: str, secret: str) -> Device:
    """A new epoch, after a reinstall or when a phone lost its count. What the old one still holds is queued anew."""
    row = proven(ctx, device_id, secret)
    if row.status != DeviceStatus.active:
        raise NotActive
    row.epoch += 1
    ctx.session.add(row)
    audit.record(ctx, "handsets.renew_epoch", row.id, epoch=row.epoch)
    return row


def declare_lost(ctx: Ctx, device_id: str) -> Device:
    """Lost or broken: its sessions end, its watermark is released, a supervisor may enter facts on behalf."""
    return _end(ctx, device_id, DeviceStatus.lost)


def revoke(ctx: Ctx, device_id: str) -> Device:
    """Ended for good: it gets nothing more and is told to wipe; its last queue goes to the conflict desk."""
    return _end(ctx, device_id, DeviceStatus.revoked)


def _end(ctx: Ctx, device_id: str, status: DeviceStatus) -> Device:
    row = queries.device_in_sight(ctx, device_id)
    ctx.principal.require("handsets.manage", row.area)
    if row.status == status or row.status == DeviceStatus.revoked:
        raise NotActive
    row.status = status.value
    row.ended_at = ctx.now()
    ctx.session.add(row)
    people.end_device_sessions(ctx, row.id, status.value)
    audit.record(ctx, f"handsets.{status.value}", row.id)
    announce(ctx, DeviceEnded(row.id, row.person_id, status.value))
    return row


def wipe_order(ctx: Ctx, device_id: str, secret: str) -> WipeOrder:
    """The signed order for a handset that has ended. Refuses with handsets.device_unknown, handsets.not_ended."""
    row = proven(ctx, device_id, secret)
    if row.status == DeviceStatus.active or row.ended_at is None:
        raise NotEnded
    ended_ms = to_ms(row.ended_at)
    signature = seals.signed_order(ctx.settings.secret.get_secret_value(), row.id, row.status, ended_ms)
    return WipeOrder(device_id=row.id, status=row.status, ended_ms=ended_ms, signature=signature)


def take_receipt(ctx: Ctx, receipt: WipeReceipt) -> None:
    """The phone has wiped itself; told once, kept once. Refuses with handsets.order_forged."""
    said = (receipt.device_id, receipt.status, receipt.ended_ms, receipt.signature)
    row = queries.device(ctx, receipt.device_id)
    if row is None or not seals.is_ours(ctx.settings.secret.get_secret_value(), *said):
        raise OrderForged
    if row.wiped_at is None:
        row.wiped_at = ctx.now()
        ctx.session.add(row)
        audit.record(ctx, "handsets.wiped", row.id)
        announce(ctx, DeviceWiped(row.id, row.person_id))
