"""Orders are found by the words of their title, code and notes."""

from collections.abc import Iterable, Sequence

from backend.kernel.context import Ctx
from backend.workorders import rules
from backend.workorders.tables import WorkOrder
from mobile_contract import workorders as wire
from sync.stores.driver import Driver

_PAIR = "INSERT INTO workorders_gram (gram, order_id) VALUES (?, ?)"
_WORDS = "INSERT INTO workorders_words (order_id, words) VALUES (?, ?)"
_SAYS = "UPDATE workorders_words SET words = ? WHERE order_id = ?"
_FOUND = "INSERT INTO workorders_gram (gram, order_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
_LOST = "DELETE FROM workorders_gram WHERE gram = ? AND order_id = ?"


def index_new(ctx: Ctx, orders: Iterable[WorkOrder | wire.WorkOrder]) -> None:
    """Makes new orders findable. In the order of their tree: then each of its pages is written once."""
    said = {order.id: texts_of(order) for order in orders}
    database = Driver(ctx.session.connection())
    database.many(_PAIR, sorted((gram, id_) for id_, texts in said.items() for gram in rules.grams(*texts)))
    database.many(_WORDS, [(id_, rules.folded_texts(*texts)) for id_, texts in said.items()])


def index_again(ctx: Ctx, order: WorkOrder, before: Sequence[str]) -> None:
    """Makes an order, kept already, findable by what it says now instead of by what it said `before`.

    Past the ORM: a phone's edits come by the dozen, and a read between them would write each by itself.
    """
    texts = texts_of(order)
    changed = [(was, says) for was, says in zip(before, texts, strict=True) if was != says]
    if not changed:
        return
    were, now = rules.grams(*[was for was, _ in changed]), rules.grams(*[says for _, says in changed])
    words = rules.folded_texts(*texts)
    database = Driver(ctx.session.connection())
    database.do(_SAYS, words, order.id)
    database.many(_FOUND, [(gram, order.id) for gram in sorted(now - were)])
    database.many(_LOST, [(gram, order.id) for gram in sorted(were - now) if gram not in words])


def texts_of(order: WorkOrder | wire.WorkOrder) -> tuple[str, ...]:
    """What an order is found by."""
    return order.title, order.code, order.note, order.crew_note
