"""Keeping conflicts and settling them."""

from typing import Any

from backend.handsets import queries, rules
from backend.handsets.events import ConflictKept, ConflictSettled
from backend.handsets.rules import AlreadySettled, NothingToTake, innermost
from backend.handsets.tables import Conflict, ConflictSide
from backend.kernel import audit
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.journaling import journal_of
from backend.kernel.scopes import area_scopes
from backend.people import queries as persons
from mobile_contract.handsets import Choice, ConflictState
from sync.conflicts import Conflict as Found
from sync.conflicts import State
from sync.kinds import Claim


def keep(ctx: Ctx, found: Found) -> str:
    """Keeps a conflict where the crew that lost and the desk of the area both see it; gives its id."""
    areas = sorted(scope for scope in found.scopes if scope.startswith("area:"))
    if not areas:
        home = persons.area_of(ctx, found.claim.user) or f"/{ctx.settings.district}/"
        areas = area_scopes(home)
    other = found.loser if found.loser != found.claim.user and _sees(ctx, found.loser, found) else None
    row = Conflict(
        t=found.t,
        row=found.row,
        device=found.claim.device,
        epoch=found.claim.epoch,
        person_id=found.claim.user,
        overruled_id=other,
        n=found.claim.n,
        cmd=rules.printable(found.payload.get("cmd")),
        severity=found.severity.value,
        state=found.state.value,
        why=found.why.model_dump() if found.why else None,
        fields=[field.wire() for field in found.fields],
        payload=found.payload,
        areas=areas,
        area=innermost(areas),
        sight_ended=not _sees(ctx, found.claim.user, found),
        team_id=rules.team_of(found.scopes),
        owner=rules.OWNERS[0].value,
        due_at=ctx.now() + rules.DUE_WITHIN[found.severity.value] if found.state is State.open else None,
        done_at=from_ms(found.claim.trusted_ms),
        created_at=ctx.now(),
    )
    ctx.session.add(row)
    if row.sight_ended:
        ctx.session.add(ConflictSide(id=row.id, why=row.why, fields=row.fields, areas=areas))
    ctx.session.flush()
    about = (found.t, found.row) if found.t and found.row else None
    code = found.why.code if found.why else None
    announce(ctx, ConflictKept(row.id, row.person_id, row.severity, row.area, code, about))
    return row.id


def _sees(ctx: Ctx, person_id: str, found: Found) -> bool:
    """Whether the person's handsets hold the row it is about; one about no row is everybody's own."""
    held = {m.scope for m in journal_of(ctx.session).user_scopes(person_id) if m.seq_out is None}
    return not found.scopes or bool(found.scopes & held)


def settle(ctx: Ctx, conflict_id: str, choice: Choice, note: str) -> Conflict:
    """A person decides: what stands stays, the phone's side is taken over, or it is noted. The same word
    of the same person again changes nothing."""
    row = queries.conflict_in_sight(ctx, conflict_id)
    ctx.principal.require("conflicts.settle", row.area)
    if row.state == ConflictState.settled:
        if (row.settled_by, row.choice, row.note) == (ctx.principal.person_id, choice.value, note):
            return row
        raise AlreadySettled
    if choice is Choice.take_device:
        _take_device(ctx, row)
    row.state = ConflictState.settled.value
    row.choice = choice.value
    row.note = note
    row.due_at = None
    row.settled_at = ctx.now()
    row.settled_by = ctx.principal.person_id
    ctx.session.add(row)
    ctx.session.flush()
    audit.record(ctx, "conflicts.settle", row.id, choice=choice.value)
    announce(ctx, ConflictSettled(row.id, choice.value))
    return row


def _take_device(ctx: Ctx, row: Conflict) -> None:
    """Writes the phone's values of an edit over the server's, through the same action as any edit."""
    kind = ctx.registry.kinds.get(row.t or "")
    values: dict[str, Any] = {f["f"]: f["device"] for f in row.fields if f["chosen"] == "server"}
    if kind is None or kind.edit is None or row.row is None or not values.keys() <= kind.editable or not values:
        raise NothingToTake
    now_ms = to_ms(ctx.now())
    kind.edit(
        ctx,
        row.row,
        values,
        Claim(row.device, row.epoch, row.person_id, row.n, now_ms, to_ms(row.done_at), 0, "settled", now_ms),
    )
