"""What the crew sees: how much waits and since when, what became of each thing they did, and whether all is synced."""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.handset.outbox import STATE_TEXTS, Entry
from sync.handset.ports import Standing, Store


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing somebody did here, and its one state in plain words."""

    n: int
    cmd: str
    state: str
    zh: str
    en: str
    why: str | None
    """Code of the reason, where it did not simply go."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue in this phone, of whoever is signed in or of somebody who has left."""

    user: str
    depth: int
    oldest_ms: int


def standing_of(store: Store, user: str, waiting: Sequence[Entry], agreed: bool, needs: str | None) -> Standing:
    """Depth and age of the queue, open conflicts, and whether all is truly synced: nothing waits, the sums agree."""
    conflicts = [row for row in store.rows(user, "conflicts") if row.data().get("state") == "open"]
    oldest = min((entry.mutation()["at"]["wall_ms"] for entry in waiting), default=None)
    return Standing(len(waiting), oldest, len(conflicts), not waiting and agreed, needs)


def shown(entry: Entry) -> Shown:
    """The entry as its person sees it."""
    zh, en = STATE_TEXTS[entry.state]
    why = (entry.result or {}).get("why") or {}
    said = entry.mutation()
    return Shown(entry.n, str(said.get("cmd", "")), entry.state.value, zh, en, why.get("code"))


def queues(store: Store) -> list[Waiting]:
    """Every queue with unanswered work on this phone: a shared one shows also whose work has not left it."""
    found = []
    for user in store.waiting_users():
        unanswered = [
            entry.mutation()["at"]["wall_ms"]
            for epoch in store.epochs(user)
            for entry in store.entries(epoch, user, int(store.get(f"acked/{epoch}/{user}") or 0))
        ]
        if unanswered:
            found.append(Waiting(user, len(unanswered), min(unanswered)))
    return found
