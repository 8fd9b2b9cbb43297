"""The demo's proofs: finished orders with pictures, answered checklists, readings and what was used up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from backend.attachments import actions as attachments
from backend.demo import pictures
from backend.kernel.clock import SetClock, to_ms
from backend.kernel.context import Ctx
from backend.kernel.ids import new_id
from backend.workorders import actions as workorders
from mobile_contract.workorders import Act, Where, WorkOrder
from mobile_contract.worktemplates import (
    NO,
    YES,
    AnswerParams,
    ItemKind,
    MaterialUsed,
    NewCondition,
    NewItem,
    NewTemplate,
)
from sync.kinds import Claim

ODD_ONE = 7
"""One order of so many found something: its checklist goes the other way."""
ERROR_MS = 400


def work(ctx: Ctx, order: WorkOrder, form: NewTemplate, begun: datetime, ended: datetime, number: int) -> None:
    """Begins, answers and finishes an order as a handset does that proves everything; `ctx` is whoever does it."""
    rule, phone = form.evidence_rule, new_id()
    where = None
    if order.longitude is not None and order.latitude is not None:
        where = Where(longitude=order.longitude + 0.0002, latitude=order.latitude, accuracy_m=8.0)

    def at(moment: datetime) -> Ctx:
        ms = to_ms(moment)
        claim = Claim(phone, 1, ctx.principal.person_id, 1, ms, ms, ERROR_MS, "anchored", ms + 60_000)
        return replace(ctx, clock=SetClock(moment + timedelta(minutes=1)), claim=claim)

    def picture(moment: datetime, name: str, *, littered: bool = False) -> str:
        drawn = pictures.street(f"{order.code} {name}", moment, littered=littered)
        return attachments.take_in(at(moment), drawn, f"{name}.jpg")

    label = order.place if rule.scan else ""
    before = [picture(begun, f"before {n}", littered=True) for n in range(rule.before_min)]
    workorders.work(
        at(begun), order.id, Act.start, workorders.Said(photos=before, position=where, scan=label), seen=True
    )
    given = list(_answers(order.id, form, odd=number % ODD_ONE == 0))
    for place, (item, said) in enumerate(given, 1):
        moment = begun + (ended - begun) * (place / (len(given) + 1))
        photos = [picture(moment, f"{item.key} {n}") for n in range(item.photos_min)]
        workorders.answer(at(moment), new_id(), said.model_copy(update={"photos": photos}))
    after = [picture(ended, f"after {n}") for n in range(max(rule.after_min, rule.photos_min, 1))]
    signed = attachments.take_in(at(ended), pictures.signature(order.code), "signature.jpg") if rule.signature else None
    used = [MaterialUsed(code=material.code, quantity=float(number % 4 + 1)) for material in form.materials]
    proof = workorders.Said(photos=after, position=where, scan=label, signature=signed, materials=used)
    workorders.work(at(ended), order.id, Act.finish, proof, seen=True)


def _answers(order_id: str, form: NewTemplate, *, odd: bool) -> Iterator[tuple[NewItem, AnswerParams]]:
    """An answer for each item that is asked, in the order of the list."""
    values: dict[str, str] = {}
    for item in form.items:
        if item.only_if is not None and not _asked(item.only_if, values):
            continue
        said = _answer(order_id, item, odd=odd)
        values[item.key] = said.value
        yield item, said


def _asked(condition: NewCondition, values: dict[str, str]) -> bool:
    return values.get(condition.item) in condition.answers


def _answer(order_id: str, item: NewItem, *, odd: bool) -> AnswerParams:
    low, high = item.low or 0.0, item.high if item.high is not None else 10.0
    value, reading = YES, None
    match item.kind:
        case ItemKind.tick if odd and not item.safety:
            value = NO
        case ItemKind.choice:
            value = item.choices[-1 if odd else 0]
        case ItemKind.text:
            value = "已现场处理，位置见照片"
        case ItemKind.reading:
            value, reading = "", round(low + (high - low) * (0.6 if odd else 0.3), 1)
    return AnswerParams(order_id=order_id, item=item.key, value=value, reading=reading)
