"""Orders are found by the words of their title, code and notes."""

from collections.abc import Iterable

from sqlalchemy import inspect

from backend.kernel.context import Ctx
from backend.workorders import queries, rules
from backend.workorders.tables import OrderGram, WorkOrder
from mobile_contract import workorders as wire


def index_new(ctx: Ctx, orders: Iterable[WorkOrder | wire.WorkOrder]) -> None:
    """Makes new orders findable."""
    pairs = [{"gram": gram, "order_id": order.id} for order in orders for gram in sorted(_grams(order))]
    ctx.session.bulk_insert_mappings(inspect(OrderGram), pairs)


def index_again(ctx: Ctx, order: WorkOrder) -> None:
    """Makes an order findable by what it says now."""
    known, now = queries.grams_of(ctx, order.id), _grams(order)
    ctx.session.add_all([OrderGram(gram=gram, order_id=order.id) for gram in sorted(now - known.keys())])
    for gram in known.keys() - now:
        ctx.session.delete(known[gram])


def _grams(order: WorkOrder | wire.WorkOrder) -> set[str]:
    return rules.grams(order.title, order.code, order.note, order.crew_note)
