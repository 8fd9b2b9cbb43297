"""A new epoch begins: what was never answered under an earlier one is queued anew."""

from sync.handset.ports import Store


def adopt(store: Store, user: str, epoch: int) -> None:
    """Queues anew, under `epoch`, what the person did under other epochs and never had answered.

    It may have reached the server all the same: each entry goes on saying where it was first queued, so that the server
    knows it again. What was answered stays under its old numbers: a server that is restored may still ask for it.
    """
    last = f"last_n/{epoch}/{user}"
    for old in store.epochs(user):
        if old == epoch:
            continue
        acked = int(store.get(f"acked/{old}/{user}") or 0)
        with store.transaction():
            for entry in store.entries(old, user, acked):
                n = int(store.get(last) or 0) + 1
                store.add_entry(entry.anew(epoch, n))
                store.put(last, n)
            store.drop_entries(old, user, acked)
