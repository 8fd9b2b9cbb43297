"""Orders are found by the words of their title, code and notes."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session

from backend.kernel.context import Ctx
from backend.kernel.gathering import gathered
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

    Together with the others that change: a phone's edits come by the dozen.
    """
    gathered(ctx.session, _put).setdefault(order.id, (order, before))


def _put(session: Session, changed: Mapping[str, tuple[WorkOrder, Sequence[str]]]) -> None:
    words: list[tuple[str, str]] = []
    found: list[tuple[str, str]] = []
    lost: list[tuple[str, str]] = []
    for id_, (order, before) in changed.items():
        texts = texts_of(order)
        moved = [(was, says) for was, says in zip(before, texts, strict=True) if was != says]
        if not moved:
            continue
        were, now = rules.grams(*[was for was, _ in moved]), rules.grams(*[says for _, says in moved])
        says = rules.folded_texts(*texts)
        words.append((says, id_))
        found += [(gram, id_) for gram in now - were]
        lost += [(gram, id_) for gram in were - now if gram not in says]
    database = Driver(session.connection())
    database.many(_SAYS, words)
    database.many(_FOUND, sorted(found))
    database.many(_LOST, sorted(lost))


def texts_of(order: WorkOrder | wire.WorkOrder) -> tuple[str, ...]:
    """What an order is found by."""
    return order.title, order.code, order.note, order.crew_note
