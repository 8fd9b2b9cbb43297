"""The history of an order as people read it: sentences, each with its photos."""

from collections.abc import Iterable

from sqlmodel import col, select

from backend.attachments import queries as attachments
from backend.kernel.context import Ctx
from backend.people import queries as people
from backend.workorders import rules
from backend.workorders.queries.forms import form_of
from backend.workorders.queries.orders import order_in_sight, shape
from backend.workorders.tables import WorkAnswer, WorkOrder, WorkOrderStep
from mobile_contract import workorders as wire
from mobile_contract.worktemplates import ChecklistItem

AFTER_ANSWERS = frozenset({wire.Act.finish, wire.Act.inspected_ok, wire.Act.inspected_bad, wire.Act.close})
"""What comes after the answers of the same instant."""


def story(ctx: Ctx, order_id: str) -> wire.Story:
    """An order in sight told by its acts and answers in the order they were done, with every photo.

    Refuses with workorders.order_unknown.
    """
    order = order_in_sight(ctx, order_id)
    steps = ctx.session.exec(select(WorkOrderStep).where(WorkOrderStep.order_id == order.id)).all()
    answers = ctx.session.exec(select(WorkAnswer).where(WorkAnswer.order_id == order.id)).all()
    doers = {row.person_id for row in steps} | {row.person_id for row in answers}
    names = people.names(ctx, [doer for doer in doers if doer])
    form = form_of(ctx, order)
    items = {item.key: item for item in form.items} if form else {}
    cited = [sha256 for row in steps for sha256 in row.photos] + [sha256 for row in answers for sha256 in row.photos]
    here = attachments.present(ctx, {*cited, *order.photos})
    told = [(row.done_at, 2 if row.act in AFTER_ANSWERS else 0, row.id, _of_step(row, names, here)) for row in steps]
    told += [(row.answered_at, 1, row.id, _of_answer(row, names, items, here)) for row in answers]
    lines = [line for *_, line in sorted(told, key=lambda one: one[:3])]
    shown = {photo.sha256 for line in lines for photo in line.photos}
    others = [sha256 for sha256 in order.photos if sha256 not in shown]
    return wire.Story(order=shape(order), lines=lines, other_photos=_photos(others, here))


def _of_step(row: WorkOrderStep, names: dict[str, str], here: set[str]) -> wire.StoryLine:
    who = names.get(row.person_id or "", "")
    act, effect = wire.Act(row.act), wire.Effect(row.effect)
    count = len(row.photos)
    said = rules.tell_deed(
        rules.Deed(act, effect, who, row.done_at, row.received_at, row.error_ms, row.note, photos=count)
    )
    return wire.StoryLine(at=row.done_at, act=act, item="", zh=said.zh, en=said.en, photos=_photos(row.photos, here))


def _of_answer(
    row: WorkAnswer, names: dict[str, str], items: dict[str, ChecklistItem], here: set[str]
) -> wire.StoryLine:
    who, item = names.get(row.person_id, ""), items.get(row.item)
    said = rules.tell_answer(who, row.answered_at, item, row.item, row.value, row.reading, row.note)
    photos = _photos(row.photos, here)
    return wire.StoryLine(at=row.answered_at, act=None, item=row.item, zh=said.zh, en=said.en, photos=photos)


def _photos(sha256s: Iterable[str], here: set[str]) -> list[wire.StoryPhoto]:
    return [wire.StoryPhoto(sha256=sha256, arrived=sha256 in here) for sha256 in sha256s]


def order_by_code(ctx: Ctx, code: str) -> WorkOrder:
    """The order in sight that bears a code; refuses with workorders.order_unknown."""
    row = ctx.session.exec(select(WorkOrder).where(col(WorkOrder.code) == code)).first()
    if row is None:
        raise rules.OrderUnknown
    return order_in_sight(ctx, row.id)
