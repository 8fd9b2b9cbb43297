"""What waited for another's row comes to its end in a row of kind `held`; it is told where it was queued."""

from sync.handset.answers import held_of
from sync.handset.outbox import state_of
from sync.handset.ports import Store


def fold_held(store: Store, user: str, device: str) -> None:
    """Gives entries that were held their final outcome, once the replica knows it."""
    told = [held for row in store.rows(user, "held") if (held := held_of(row.data()))]
    ended = {(row["epoch"], row["n"]): row["outcome"] for row in told if row["device"] == device}
    if not any(ended.values()):
        return
    for entry in store.held(user):
        outcome = ended.get((entry.epoch, entry.n)) or ended.get(entry.first())  # it was held under either name
        if outcome is not None:
            store.set_result(entry.epoch, user, entry.n, state_of(outcome), outcome)
