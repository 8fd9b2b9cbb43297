"""A new epoch begins: what was never answered under an earlier one is queued anew."""

from sync.handset.outbox import Entry, EntryState, pack
from sync.handset.ports import Store


def adopt(store: Store, user: str, epoch: int) -> None:
    """Queues anew, under `epoch`, what the person did under other epochs and never had answered.

    What was answered stays under its old numbers: a server that is restored may still ask for it.
    """
    last = f"last_n/{epoch}/{user}"
    for old in store.epochs(user):
        if old == epoch:
            continue
        acked = int(store.get(f"acked/{old}/{user}") or 0)
        with store.transaction():
            for entry in store.entries(old, user, acked):
                n = int(store.get(last) or 0) + 1
                store.add_entry(Entry(epoch, user, n, pack(entry.mutation() | {"n": n}), EntryState.waiting))
                store.put(last, n)
            store.drop_entries(old, user, acked)
