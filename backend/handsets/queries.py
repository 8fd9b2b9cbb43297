"""Reads of devices, invitations, conflicts and waiting mutations, within sight."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from backend.handsets.portraits import conflict_body
from backend.handsets.rules import HeldState, PackGone, WrongDevice
from backend.handsets.tables import Conflict, Contact, Device, Held, Invite
from backend.kernel.authority import sees_desk
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.ids import token_hash
from backend.kernel.journaling import journal_of
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.prepared import Prepared
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as persons
from mobile_contract.base import Page
from mobile_contract.handsets import Conflict as ConflictWire
from mobile_contract.handsets import ConflictFilter, ConflictState, DeviceStatus
from mobile_contract.handsets import Device as DeviceWire
from mobile_contract.snapshots import Pack, SnapshotOffer
from sync import mending
from sync.cursor import Bearer, Signer, TicketInvalid
from sync.mending import KeptMarks
from sync.offering import is_fresh, offer, shelve
from sync.protocol import Keep, Pull, Repair, Snapshots
from sync.pull import answer, unchanged
from sync.stores.packs import Shelf

ESCALATED_AT_ONCE = 500


def device(ctx: Ctx, device_id: str) -> Device | None:
    """The device, whoever asks: for doors that check its secret or its session."""
    return ctx.session.get(Device, device_id)


_STANDING: Prepared[tuple[str, int]] = Prepared(
    select(Device.status, Device.epoch).where(col(Device.id) == bindparam("device"))
)


def standing_of(ctx: Ctx, device_id: str) -> tuple[str, int] | None:
    """The device's status and epoch, whoever asks."""
    return _STANDING.first(ctx.session, device=device_id)


def is_ended(ctx: Ctx, token: str) -> bool:
    """Whether the handset that holds this token of a session gone by was declared lost or revoked."""
    caller = persons.identify(ctx.session, ctx.settings, ctx.clock, token, allow_ended=True)
    found = ctx.session.get(Device, caller.device_id) if caller.device_id else None
    return found is not None and found.status != DeviceStatus.active


def device_in_sight(ctx: Ctx, device_id: str) -> Device:
    """A device of the caller's areas; refuses with request.not_found."""
    found = ctx.session.get(Device, device_id)
    if found is None or not any(found.area.startswith(area) for area in desk_areas(ctx.principal)):
        raise NotFound
    return found


def devices(ctx: Ctx, *, status: str | None, after: str | None, limit: int) -> Page[DeviceWire]:
    """The devices of the caller's areas, oldest first."""
    wanted = select(Device).where(in_areas(col(Device.area), desk_areas(ctx.principal)))
    if status is not None:
        wanted = wanted.where(col(Device.status) == status)
    if after is not None:
        wanted = wanted.where(beyond([col(Device.id)], read_cursor(after, str)))
    rows = ctx.session.exec(wanted.order_by(col(Device.id)).limit(limit + 1)).all()
    shown, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[portrait(ctx, row) for row in shown], next=following)


def portrait(ctx: Ctx, row: Device) -> DeviceWire:
    """A device as the desk sees it."""
    heard = ctx.session.exec(select(Contact).where(Contact.device_id == row.id)).all()
    pushed = max((contact.last_push_at for contact in heard if contact.last_push_at), default=None)
    pulled = max((contact.last_pull_at for contact in heard if contact.last_pull_at), default=None)
    return DeviceWire.model_validate({**row.model_dump(), "last_push_at": pushed, "last_pull_at": pulled})


def invite_by_token(ctx: Ctx, token: str) -> Invite | None:
    """The invitation a token belongs to."""
    return ctx.session.exec(select(Invite).where(Invite.token_hash == token_hash(token))).first()


def conflict_in_sight(ctx: Ctx, conflict_id: str) -> Conflict:
    """A conflict of the caller's own work or areas; refuses with request.not_found."""
    found = ctx.session.get(Conflict, conflict_id)
    own = found is not None and ctx.principal.person_id in (found.person_id, found.overruled_id)
    if found is None or not (own or from_desk(ctx, found)):
        raise NotFound
    return found


def from_desk(ctx: Ctx, row: Conflict) -> bool:
    """Whether the caller sees the conflict as its desk, with both sides."""
    return sees_desk(ctx.principal) and any(row.area.startswith(area) for area in desk_areas(ctx.principal))


def conflicts(ctx: Ctx, narrowed: ConflictFilter, *, after: str | None, limit: int) -> Page[Conflict]:
    """Conflicts of own work and of the caller's areas, newest first."""
    me = ctx.principal.person_id
    mine = or_(col(Conflict.person_id) == me, col(Conflict.overruled_id) == me)
    wanted = select(Conflict).where(or_(mine, in_areas(col(Conflict.area), desk_areas(ctx.principal))))
    for name in ("state", "severity", "owner", "person_id", "team_id", "t"):
        value = getattr(narrowed, name)
        if value is not None:
            wanted = wanted.where(col(getattr(Conflict, name)) == value)
    if narrowed.older_than_h is not None:
        wanted = wanted.where(col(Conflict.created_at) < ctx.now() - timedelta(hours=narrowed.older_than_h))
    if narrowed.overdue:
        wanted = wanted.where(col(Conflict.due_at) <= ctx.now())
    if after is not None:
        wanted = wanted.where(beyond([col(Conflict.id)], read_cursor(after, str), falling=True))
    rows = ctx.session.exec(wanted.order_by(col(Conflict.id).desc()).limit(limit + 1)).all()
    shown, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page.model_construct(items=shown, next=following)


def overdue(ctx: Ctx) -> Sequence[Conflict]:
    """Open conflicts whose time is up, oldest first, as many as one job moves."""
    late = col(Conflict.due_at) <= ctx.now()
    wanted = select(Conflict).where(col(Conflict.state) == ConflictState.open.value, late)
    return ctx.session.exec(wanted.order_by(col(Conflict.due_at)).limit(ESCALATED_AT_ONCE)).all()


# What every push asks is built once: building a statement costs several times what running it does.
_WAITING = select(Held).where(Held.state == HeldState.waiting.value)
_ANY_WAITING: Prepared[tuple[str]] = Prepared(select(Held.id).where(Held.state == HeldState.waiting.value).limit(1))
_IN_ORDER = _WAITING.order_by(col(Held.created_at), col(Held.id))
_OF_QUEUE = _WAITING.where(col(Held.queue) == bindparam("of"))


def waiting(ctx: Ctx) -> Sequence[Held]:
    """Every mutation that waits, in the order they came."""
    return ctx.session.exec(_IN_ORDER).all() if _ANY_WAITING.rows(ctx.session) else []


def waiting_of(ctx: Ctx, queue: str) -> Sequence[Held]:
    """The waiting mutations of one queue."""
    if not _ANY_WAITING.rows(ctx.session):
        return []
    return ctx.session.exec(_OF_QUEUE, params={"of": queue}).all()


def body_of(row: Conflict, *, desk: bool) -> ConflictWire:
    """A conflict as its reader may see it."""
    return ConflictWire.model_validate(conflict_body(row, desk=desk))


def changes(ctx: Ctx, sent: Pull) -> list[bytes]:
    """The frames of a pull. Refuses with sync.wrong_device, sync.page_invalid."""
    if sent.device != ctx.principal.device_id:
        raise WrongDevice
    now_s = to_ms(ctx.now()) // 1000
    keep = Keep(entries=ctx.settings.phones_keep_entries, age_s=ctx.settings.phones_keep_days * 86_400)
    return answer(
        sent, ctx.principal.person_id, journal_of(ctx.session), signer_of(ctx), now_s, keep, ctx.registry.order
    )


def no_changes(ctx: Ctx, sent: Pull) -> list[bytes] | None:
    """The frames of a pull when nothing changed, in a few reads; None when `changes` has more to say."""
    if sent.device != ctx.principal.device_id:
        raise WrongDevice
    now_s = to_ms(ctx.now()) // 1000
    return unchanged(sent, ctx.principal.person_id, journal_of(ctx.session), signer_of(ctx), now_s)


def signer_of(ctx: Ctx) -> Signer:
    """Signs cookies and page tokens with the server's secret."""
    return _signer(ctx.settings.secret.get_secret_value())


@lru_cache(maxsize=8)
def _signer(secret: str) -> Signer:
    return Signer(secret)


def differences(ctx: Ctx, sent: Repair, kept: KeptMarks) -> list[bytes]:
    """The frames of a repair. Refuses with sync.wrong_device, sync.cookie_invalid, sync.scope_not_held,
    sync.ranges_invalid."""
    if sent.device != ctx.principal.device_id:
        raise WrongDevice
    now_s = to_ms(ctx.now()) // 1000
    return mending.answer(sent, ctx.principal.person_id, journal_of(ctx.session), signer_of(ctx), now_s, kept)


def packs(ctx: Ctx, sent: Snapshots, shelf: Shelf) -> SnapshotOffer:
    """The packs that a handset may fill itself with. Refuses with sync.wrong_device."""
    if sent.device != ctx.principal.device_id:
        raise WrongDevice
    signer = signer_of(ctx)
    now_s = to_ms(ctx.now()) // 1000
    made = offer(sent, ctx.principal.person_id, journal_of(ctx.session), signer, now_s, shelf)
    told = []
    for ticket in made.packs:
        said = asdict(ticket.pack.manifest)
        url = f"/sync/v1/packs/{said['sha256']}?epoch={sent.epoch}&ticket={ticket.ticket}"
        told.append(Pack(url=url, expires_s=ticket.until_s, **said))
    return SnapshotOffer(packs=told, cookie=made.cookie, building=list(made.building))


def build_pack(ctx: Ctx, scope: str, contract: int, shelf: Shelf) -> None:
    """Shelves the pack of a scope as it stands now, unless a fresh one is there."""
    journal, now_s = journal_of(ctx.session), to_ms(ctx.now()) // 1000
    state = journal.scope_states([scope])[scope]
    there = shelf.find(journal.generation(), scope, contract, now_s)
    if there is None or not is_fresh(there, state, journal):
        shelve(journal, scope, contract, shelf, now_s)


def pack_path(ctx: Ctx, sha256: str, epoch: int, ticket: str, shelf: Shelf) -> Path:
    """Where the pack lies that the ticket is for. Refuses with sync.wrong_device, sync.ticket_invalid, also when the
    scope is held no longer, and sync.pack_gone."""
    if ctx.principal.device_id is None:
        raise WrongDevice
    signer = signer_of(ctx)
    bearer = Bearer(ctx.principal.person_id, ctx.principal.device_id, epoch)
    scope = signer.read_ticket(ticket, sha256, to_ms(ctx.now()) // 1000, bearer)
    held = {m.scope for m in journal_of(ctx.session).user_scopes(bearer.user) if m.seq_out is None}
    if scope not in held:
        raise TicketInvalid
    path = shelf.path(sha256)
    if path is None:
        raise PackGone
    return path
