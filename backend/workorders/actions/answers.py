"""Items of a checklist answered on the spot: facts of their own, each named by the phone that gave it."""

from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.workorders import queries, rules
from backend.workorders.actions.lines import WORK, scopes_of
from backend.workorders.actions.proofs import cite, weigh
from backend.workorders.events import OrderAnswered
from backend.workorders.tables import WorkAnswer, WorkOrder
from mobile_contract.worktemplates import AnswerParams, ChecklistItem

ANSWERS = "work_answers"


def answer(ctx: Ctx, answer_id: str, said: AnswerParams) -> WorkAnswer:
    """Keeps an answer, also of an order that has ended or moved on meanwhile: what was seen was seen.

    Refuses with workorders.order_unknown whoever the order never reached; workorders.item_unknown,
    workorders.answer_invalid; with workorders.item_answered a second, different answer of a safety item, which a
    person then sees beside the first.
    """
    ctx.principal.require(WORK)
    order = queries.order_row(ctx, said.order_id)
    if not queries.ever_reached(ctx.principal, order):
        raise rules.OrderUnknown
    item = _item(ctx, order, said.item)
    rules.check_answer(item, said.value, said.reading)
    if item.safety:
        _need_first(ctx, order, said)
    row = WorkAnswer(
        id=answer_id,
        **said.model_dump(include={"order_id", "item", "value", "reading", "photos", "note"}),
        person_id=ctx.principal.person_id,
        device_id=ctx.claim.device if ctx.claim else ctx.principal.device_id,
        answered_at=ctx.done_at(),
        error_ms=ctx.claim.error_ms if ctx.claim else 0,
        in_range=rules.in_range(item, said.reading),
        scopes=scopes_of(order),
    )
    ctx.session.add(row)
    if said.photos:
        cite(ctx, order, said.photos)
    else:
        weigh(ctx, order)
    announce(ctx, OrderAnswered(order.id, row.id))
    return row


def _item(ctx: Ctx, order: WorkOrder, key: str) -> ChecklistItem:
    form = queries.form_of(ctx, order)
    for item in form.items if form else []:
        if item.key == key:
            return item
    raise rules.ItemUnknown(item=key)


def _need_first(ctx: Ctx, order: WorkOrder, said: AnswerParams) -> None:
    for known in queries.answers_of(ctx, order.id):
        if known.item == said.item and (known.value, known.reading) != (said.value, said.reading):
            raise rules.ItemAnswered(item=said.item)
