"""What waited for another's row comes to its end in a row of kind `held`; it is told where it was queued."""

from sync.handset.outbox import EntryState, state_of
from sync.handset.ports import Store


def fold_held(store: Store, user: str, device: str) -> None:
    """Gives entries that were held their final outcome, once the replica knows it."""
    for row in store.rows(user, "held"):
        told = row.data()
        if told.get("outcome") is None or told.get("device") != device:
            continue
        epoch, n = told["epoch"], told["n"]
        queued = next((entry for entry in store.entries(epoch, user, n - 1) if entry.n == n), None)
        if queued is not None and queued.state is EntryState.held:
            store.set_result(epoch, user, n, state_of(told["outcome"]), told["outcome"])
