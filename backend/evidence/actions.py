"""Late evidence is listed: never refused, and nothing of the order or the case is changed by it."""

from dataclasses import dataclass
from datetime import datetime

from backend.attachments import queries as attachments
from backend.attachments.events import AttachmentArrived
from backend.attendance import queries as attendance
from backend.cases import queries as cases
from backend.cases.events import CaseStepped
from backend.evidence import queries, rules
from backend.evidence.tables import LateUpload
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.workorders import queries as workorders
from backend.workorders.events import EffortKept, OrderAnswered, OrderStepped
from mobile_contract.evidence import LateAbout, LateWhat

ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class _Done:
    """An act in the field that evidence belongs to."""

    about: LateAbout
    about_id: str
    act: str
    person_id: str
    done_at: datetime
    error_ms: int


def order_stepped(ctx: Ctx, event: OrderStepped) -> None:
    """An act on an order came in."""
    _act_came(ctx, LateAbout.workorders, event.order_id, event.act)


def effort_kept(ctx: Ctx, event: EffortKept) -> None:
    """Work on an order that had moved on came in."""
    _act_came(ctx, LateAbout.workorders, event.order_id, event.act)


def order_answered(ctx: Ctx, event: OrderAnswered) -> None:
    """An item of a checklist was answered."""
    _act_came(ctx, LateAbout.workorders, event.order_id, ANSWER)


def case_stepped(ctx: Ctx, event: CaseStepped) -> None:
    """An act on a case came in."""
    _act_came(ctx, LateAbout.cases, event.case_id, event.act)


def _act_came(ctx: Ctx, about: LateAbout, about_id: str, act: str) -> None:
    """Only what a phone says can be late: a desk acts now."""
    if ctx.claim is None:
        return
    done = _Done(about, about_id, act, ctx.principal.person_id, ctx.done_at(), ctx.claim.error_ms)
    _list(ctx, done, LateWhat.act, None, from_ms(ctx.claim.received_ms))


def photo_arrived(ctx: Ctx, event: AttachmentArrived) -> None:
    """The bytes of a photo have come: perhaps long after the act that they show."""
    for kind, row_id in attachments.citing(ctx, event.sha256):
        if kind not in set(LateAbout):
            continue
        about = LateAbout(kind)
        read = workorders.act_citing if about is LateAbout.workorders else cases.act_citing
        cited = read(ctx, row_id, event.sha256)
        if cited is None or queries.is_known(ctx, about, row_id, event.sha256):
            continue
        act, person_id, done_at, error_ms = cited
        done = _Done(about, row_id, act, person_id, done_at, error_ms)
        _list(ctx, done, LateWhat.photo, event.sha256, ctx.now())


def _list(ctx: Ctx, done: _Done, what: LateWhat, sha256: str | None, arrived_at: datetime) -> None:
    grace_h = ctx.settings.evidence_grace_h
    if rules.surely_in_time(done.done_at, arrived_at, grace_h):
        return
    shift_ended_at = attendance.shift_end(ctx, done.person_id, done.done_at)
    grace_until_at = rules.grace_until(done.done_at, shift_ended_at, grace_h)
    if arrived_at <= grace_until_at:
        return
    read = workorders.order_row if done.about is LateAbout.workorders else cases.case_row
    row = read(ctx, done.about_id)
    late = LateUpload(
        what=what.value,
        about=done.about.value,
        about_id=done.about_id,
        code=row.code,
        title=row.title,
        area_path=row.area_path,
        team_id=row.team_id,
        person_id=done.person_id,
        act=done.act,
        sha256=sha256,
        done_at=done.done_at,
        error_ms=done.error_ms,
        shift_ended_at=shift_ended_at,
        grace_until_at=grace_until_at,
        arrived_at=arrived_at,
    )
    ctx.session.add(late)
