"""Takes a push: lends the sync engine our savepoints, actions and conflict desk."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from backend.handsets import queries
from backend.handsets.actions.conflicts import keep
from backend.handsets.actions.devices import proven
from backend.handsets.events import QueueHeard
from backend.handsets.rules import (
    HELD_LASTS,
    HeldState,
    UnknownEpoch,
    WrongDevice,
    WrongUser,
)
from backend.handsets.tables import Contact, Held
from backend.kernel import audit
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.journaling import fetched, journal_of, put_row, write_as
from backend.people import queries as persons
from mobile_contract.handsets import DeviceStatus
from sync.conflicts import Conflict
from sync.journal import Entries, Journal, QueueState, Writer
from sync.kinds import Claim, Command, Deed, Kept, Kind
from sync.mutations import DeviceRevoked, Drained, NeedsUnmet, SequenceReused, StaleEpoch
from sync.protocol import Push, PushAnswer
from sync.push import Taker, set_held_aside, take_held
from sync.refusal import Refusal

log = structlog.get_logger("sync")


def push(ctx: Ctx, sent: Push, received_ms: int) -> PushAnswer | Refusal:
    """Takes a queue's push as the person who is signed in on that device.

    Gives a refusal instead of raising it where something must be committed beside it: a number used twice ends the
    epoch. Refuses with sync.wrong_user, sync.wrong_device, sync.unknown_epoch, sync.stale_epoch, sync.gap.
    """
    if sent.user != ctx.principal.person_id:
        raise WrongUser
    if sent.device != ctx.principal.device_id:
        raise WrongDevice
    standing = queries.standing_of(ctx, sent.device)
    if standing is None:
        raise WrongDevice
    status, epoch = standing
    if status != DeviceStatus.active:
        return _take(ctx, sent, received_ms, DeviceRevoked())
    if sent.epoch > epoch:
        raise UnknownEpoch(epoch=epoch)
    stale = StaleEpoch(epoch=epoch) if sent.epoch < epoch else None
    try:
        return _take(ctx, sent, received_ms, stale=stale)
    except SequenceReused as reused:
        return SequenceReused(n=reused.params["n"], epoch=_next_epoch(ctx, sent.device))


def _next_epoch(ctx: Ctx, device_id: str) -> int:
    device = queries.device(ctx, device_id)
    assert device is not None
    device.epoch += 1
    ctx.session.add(device)
    return device.epoch


def drain(ctx: Ctx, sent: Push, received_ms: int, secret: str) -> PushAnswer:
    """Takes what a handset still holds whose sign-in is over: all of it goes to the conflict desk.

    Refuses with handsets.device_unknown, sync.wrong_user for somebody who was never signed in on it, and as a push.
    """
    device = proven(ctx, sent.device, secret)
    if not persons.was_signed_in(ctx, sent.user, device.id):
        raise WrongUser
    if sent.epoch > device.epoch and device.status == DeviceStatus.active:
        raise UnknownEpoch(epoch=device.epoch)
    aside = Drained() if device.status == DeviceStatus.active else DeviceRevoked()
    return _take(ctx, sent, received_ms, aside)


def _take(
    ctx: Ctx,
    sent: Push,
    received_ms: int,
    aside: Refusal | None = None,
    *,
    stale: Refusal | None = None,
) -> PushAnswer:
    desk = PushDesk(ctx)
    taker = Taker(sent, ctx.registry, desk, queries.signer_of(ctx), received_ms)
    answer = taker.take(aside=aside, stale=stale)
    _heard(ctx, sent, taker.queue)
    if aside is None and any(outcome.rows for outcome in answer.results):
        release_held(ctx)
    return answer


def _heard(ctx: Ctx, sent: Push, queue: QueueState) -> None:
    put_row(ctx.session, Contact, {"device_id": sent.device, "person_id": sent.user, "last_push_at": ctx.now()})
    announce(ctx, QueueHeard(sent.device, sent.user, queue.acked, queue.through_ms))


def note_pull(ctx: Ctx) -> None:
    """Keeps when the caller's handset last pulled."""
    device_id = ctx.principal.device_id
    assert device_id is not None
    heard = {"device_id": device_id, "person_id": ctx.principal.person_id, "last_pull_at": ctx.now()}
    put_row(ctx.session, Contact, heard)


class PushDesk:
    """What the engine may ask of this house, in one transaction."""

    def __init__(self, ctx: Ctx) -> None:
        self._ctx = ctx
        self.journal: Journal = journal_of(ctx.session)
        self._held: dict[str, set[str]] = {}
        self._fetched: list[object] = []
        """The rows last fetched: a session forgets rows that nobody holds."""

    def savepoint(self) -> AbstractContextManager[Any]:
        return self._ctx.session.begin_nested()

    def write_as(self, writer: Writer) -> None:
        write_as(self._ctx.session, writer)

    def fetch(self, rows: Entries) -> None:
        self._fetched = fetched(self._ctx.session, rows)

    def do(self, command: Command, deeds: Sequence[Deed]) -> Kept | None:
        if command.accept_many is not None and len(deeds) > 1:
            command.accept_many(self._ctx.within(deeds[0].claim, self._ctx.principal), deeds)
            return None
        said = [command.accept(self._ctx.within(deed.claim, self._ctx.principal), deed) for deed in deeds]
        return said[0] if len(said) == 1 else None

    def edit(self, kind: Kind, row_id: str, values: Mapping[str, Any], claim: Claim) -> None:
        assert kind.edit is not None
        kind.edit(self._ctx.within(claim, self._ctx.principal), row_id, values, claim)

    def settle(self) -> None:
        self._ctx.session.flush()

    def keep(self, conflict: Conflict) -> str:
        return keep(self._ctx, conflict)

    def hold(self, claim: Claim, payload: dict[str, Any], needs: Sequence[str], rows: Sequence[str]) -> None:
        self._held.pop(claim.queue, None)
        self._ctx.session.add(
            Held(
                queue=claim.queue,
                person_id=claim.user,
                device=claim.device,
                n=claim.n,
                cmd=str(payload.get("cmd", ""))[:64],
                needs=list(needs),
                rows=list(rows),
                payload=payload,
                claim=claim._asdict(),
                state=HeldState.waiting.value,
                until_at=self._ctx.now() + HELD_LASTS,
                created_at=self._ctx.now(),
            )
        )
        self._ctx.session.flush()

    def held_behind(self, queue: str, rows: Sequence[str]) -> bool:
        if queue not in self._held:
            self._held[queue] = {row for held in queries.waiting_of(self._ctx, queue) for row in held.rows}
        return bool(self._held[queue] & set(rows))

    def late(self, claim: Claim, t: str, row_id: str) -> None:
        audit.record(self._ctx.within(claim, self._ctx.principal), "sync.late", row_id, t=t, n=claim.n)

    def fault(self, problem: Exception, claim: Claim) -> None:
        if isinstance(problem, DBAPIError) and problem.connection_invalidated:
            raise problem  # the database is gone: nothing was taken, the phone sends again
        log.error("a mutation met a fault", queue=claim.queue, n=claim.n, exc_info=problem)


def release_held(ctx: Ctx) -> int:
    """Takes up waiting mutations whose rows have come, and those that waited for these; gives how many."""
    released = 0
    while now := _release_ready(ctx):
        released += now
    return released


def _release_ready(ctx: Ctx) -> int:
    """Each in the order of its queue; gives how many."""
    released = 0
    blocked: set[tuple[str, str]] = set()
    for held in queries.waiting(ctx):
        keys = {(held.queue, row) for row in held.rows}
        missing = set(held.needs) - journal_of(ctx.session).existing(held.needs)
        if missing or keys & blocked:
            blocked |= keys
            continue
        _release(ctx, held)
        released += 1
    return released


def expire_held(ctx: Ctx) -> int:
    """Waiting mutations past their time go to the conflict desk; they are never applied by force.

    First those are let go whose rows came by another door than a push.
    """
    release_held(ctx)
    expired = [held for held in queries.waiting(ctx) if held.until_at <= ctx.now()]
    for held in expired:
        _end_held(ctx, held, HeldState.expired, NeedsUnmet())
    return len(expired)


def _release(ctx: Ctx, held: Held) -> None:
    claim = Claim(**held.claim)
    acting = ctx.within(claim, persons.principal_of(ctx, claim.user, claim.device))
    outcome = take_held(held.payload, claim, ctx.registry, PushDesk(acting), queries.signer_of(ctx))
    held.state = HeldState.applied.value
    held.outcome = outcome.model_dump(mode="json")
    ctx.session.add(held)
    ctx.session.flush()


def _end_held(ctx: Ctx, held: Held, state: HeldState, refusal: Refusal) -> None:
    claim = Claim(**held.claim)
    outcome = set_held_aside(held.payload, claim, ctx.registry, PushDesk(ctx), queries.signer_of(ctx), refusal)
    held.state = state.value
    held.outcome = outcome.model_dump(mode="json")
    ctx.session.add(held)
    ctx.session.flush()
