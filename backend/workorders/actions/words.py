"""Orders are found by the words of their title, code and notes."""

from collections.abc import Iterable

from backend.kernel.context import Ctx
from backend.kernel.journaling import add_rows
from backend.workorders import queries, rules
from backend.workorders.tables import OrderGram, OrderWords, WorkOrder
from mobile_contract import workorders as wire


def index_new(ctx: Ctx, orders: Iterable[WorkOrder | wire.WorkOrder]) -> None:
    """Makes new orders findable."""
    said = {order.id: _texts(order) for order in orders}
    pairs = [{"gram": gram, "order_id": id_} for id_, texts in said.items() for gram in sorted(rules.grams(*texts))]
    add_rows(ctx.session, OrderGram, pairs)
    words = [{"order_id": id_, "words": rules.folded_texts(*texts)} for id_, texts in said.items()]
    add_rows(ctx.session, OrderWords, words)


def index_again(ctx: Ctx, order: WorkOrder) -> None:
    """Makes an order findable by what it says now."""
    texts = _texts(order)
    known, now = queries.grams_of(ctx, order.id), rules.grams(*texts)
    ctx.session.merge(OrderWords(order_id=order.id, words=rules.folded_texts(*texts)))
    ctx.session.add_all([OrderGram(gram=gram, order_id=order.id) for gram in sorted(now - known.keys())])
    for gram in known.keys() - now:
        ctx.session.delete(known[gram])


def _texts(order: WorkOrder | wire.WorkOrder) -> tuple[str, ...]:
    return order.title, order.code, order.note, order.crew_note
