"""Halts asked for from the field: kept as they were said, and granted or declined by a desk."""

from backend.attachments import actions as attachments
from backend.kernel.audit import record
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.notifications.actions import Word, notify
from backend.people import queries as people
from backend.workorders import queries, rules
from backend.workorders.actions.halts import halt, meant
from backend.workorders.actions.lines import DISPATCH, WORK
from backend.workorders.tables import HaltAsk, WorkHalt, WorkOrder
from mobile_contract import workhalts as wire
from mobile_contract.workhalts import HaltAskState

HALT_ASKS = "halt_asks"


def ask_halt(ctx: Ctx, ask_id: str, said: wire.HaltAskParams) -> HaltAsk:
    """Keeps that somebody in the field wants the work to stop, and tells the desk, unless it is halted already.

    Refuses with workorders.order_unknown whoever the order never reached.
    """
    ctx.principal.require(WORK)
    order = _order(ctx, said.order_id) if said.order_id else None
    me = ctx.principal
    row = HaltAsk(
        id=ask_id,
        order_id=said.order_id,
        area_path=order.area_path if order else people.area_of(ctx, me.person_id) or f"/{ctx.settings.district}/",
        team_id=order.team_id if order else None,
        cause=said.cause.value,
        reason=said.reason,
        photos=list(said.photos),
        person_id=me.person_id,
        person_name=me.name,
        asked_at=ctx.done_at(),
        error_ms=ctx.claim.error_ms if ctx.claim else 0,
        longitude=said.position.longitude if said.position else None,
        latitude=said.position.latitude if said.position else None,
        state=HaltAskState.open.value,
    )
    standing = _standing(ctx, row, order)
    if standing is not None:
        row.state, row.halt_id, row.answered_at = HaltAskState.granted.value, standing.id, ctx.now()
    ctx.session.add(row)
    ctx.session.flush()
    if row.photos:
        attachments.cite(ctx, row.photos, HALT_ASKS, row.id, scopes_of_ask(row))
    if standing is None:
        _tell_desk(ctx, row)
    return row


def _order(ctx: Ctx, order_id: str) -> WorkOrder:
    order = queries.order_row(ctx, order_id)
    if not queries.ever_reached(ctx.principal, order):
        raise rules.OrderUnknown
    return order


def _standing(ctx: Ctx, row: HaltAsk, order: WorkOrder | None) -> WorkHalt | None:
    """The halt that lasts and does what is asked for."""
    scene = order.scene if order else None
    return next((one for one in queries.halts_in_force(ctx) if meant(one, row.area_path, scene)), None)


def _tell_desk(ctx: Ctx, row: HaltAsk) -> None:
    desk = {person for role in (Role.ganger, Role.dispatcher) for person in people.holders(ctx, role, row.area_path)}
    params = {"name": row.person_name, "reason": row.reason}
    word = Word("workorders.halt_asked", f"halt_ask:{row.id}", params, about=(HALT_ASKS, row.id), urgent=True)
    notify(ctx, sorted(desk - {row.person_id}), word)


def scopes_of_ask(row: HaltAsk) -> list[str]:
    """Who holds it on a handset: the desks around, whoever asked, and the order's team."""
    return rules.ask_scopes(row.area_path, row.person_id, row.team_id)


# -- the desk's answer ---------------------------------------------------------------------------------------------


def grant_halt(ctx: Ctx, ask_id: str, ask: wire.GrantHalt) -> HaltAsk:
    """Halts the work as it was asked, or wider. Refuses with workorders.halt_ask_unknown, .halt_ask_answered, and as
    `halt` does."""
    row = _open(ctx, ask_id)
    made = halt(
        ctx,
        wire.NewHalt(
            area_path=ask.area_path or row.area_path,
            scenes=ask.scenes,
            until_at=ask.until_at,
            reason=ask.reason or row.reason,
        ),
    )
    row.halt_id = made.id
    return _answer(ctx, row, HaltAskState.granted, ask.reason)


def decline_halt(ctx: Ctx, ask_id: str, reason: str) -> HaltAsk:
    """The work goes on. Refuses with workorders.halt_ask_unknown, .halt_ask_answered."""
    return _answer(ctx, _open(ctx, ask_id), HaltAskState.declined, reason)


def _open(ctx: Ctx, ask_id: str) -> HaltAsk:
    row = queries.halt_ask_in_sight(ctx, ask_id)
    ctx.principal.require(DISPATCH, row.area_path)
    if row.state != HaltAskState.open:
        raise rules.HaltAskAnswered(state=row.state)
    return row


def _answer(ctx: Ctx, row: HaltAsk, state: HaltAskState, answer: str) -> HaltAsk:
    row.state, row.answer, row.answered_at = state.value, answer, ctx.now()
    row.answered_by, row.answered_by_name = ctx.principal.person_id, ctx.principal.name
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, f"workorders.halt_{state.value}", f"halt_ask:{row.id}", reason=answer)
    params = {"reason": row.reason, "answer": answer}
    word = Word(f"workorders.halt_{state.value}", f"halt_ask:{row.id}:answer", params, (HALT_ASKS, row.id), urgent=True)
    notify(ctx, [row.person_id], word)
    return row
