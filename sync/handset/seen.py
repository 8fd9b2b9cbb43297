"""What a person sees of their work on a phone: their queue, the rows with it on top, and whether all is synced."""

from typing import Any

from sync.handset.outbox import Entry, EntryState
from sync.handset.ports import Needs, Standing, Store
from sync.handset.replica import Policies, Row, View, scope_digest, views
from sync.handset.standing import standing_of

SHOWN = (EntryState.waiting, EntryState.applied, EntryState.merged)
"""States in which what was done is shown until a pull has brought it."""
OF_A_PERSON = ("cookie", "held", "digests")
"""What the store keeps of a person whatever the epoch; the rest is of one queue."""


class Seen:
    """One person's side of a handset's store."""

    def __init__(self, store: Store, policies: Policies, user: str) -> None:
        self._store = store
        self._policies = policies
        self.user = user
        self.needs: Needs | None = None

    @property
    def device(self) -> str:
        """The id the server gave this phone."""
        return str(self._store.get("device_id"))

    @property
    def epoch(self) -> int:
        """The life of this phone's queues."""
        return int(self._store.get("epoch"))

    def view(self, t: str) -> list[View]:
        """The rows of a kind with one's own work on top that they do not hold yet."""
        shown = views(self._store.rows(self.user), self._on_top(), self._policies)
        return [view for view in shown.values() if view.t == t]

    def waiting(self) -> list[Entry]:
        """What was done and is not yet answered, in order."""
        return self._store.entries(self.epoch, self.user, self.acked)

    def _on_top(self) -> list[Entry]:
        """What was done and is not among the server's rows: unanswered, answered since the last pull, or held."""
        held = self._store.held(self.user)
        seen = min(int(self._store.get(self._key("seen")) or 0), self.acked)
        since = self._store.entries(self.epoch, self.user, seen)
        return held + [entry for entry in since if entry.state in SHOWN]

    def done(self) -> list[Entry]:
        """Everything the queue still remembers, answered or not."""
        return self._store.entries(self.epoch, self.user)

    @property
    def acked(self) -> int:
        """The last number that need never be sent again."""
        return int(self._store.get(self._key("acked")) or 0)

    def standing(self) -> Standing:
        """Depth and age of the queue, open conflicts, and whether all is truly synced. Where it is not since the
        replica drifted, the next pull mends it."""
        agreed = self._store.get(self._key("cookie")) is not None and not any(self.amiss())
        return standing_of(self._store, self.user, self.waiting(), agreed, self.needs)

    def drifted(self) -> list[str]:
        """Scopes whose rows here do not sum up to what the server said; empty when all is well."""
        return self.amiss()[0]

    def amiss(self) -> tuple[list[str], list[Row]]:
        """The drifted scopes; and strays, rows in none of the scopes that were summed: nothing would take them away."""
        told: dict[str, list[Any]] = self._store.get(self._key("digests")) or {}
        rows = self._store.rows(self.user)
        drifted = sorted(scope for scope, (digest, _) in told.items() if scope_digest(rows, scope).text() != digest)
        return drifted, [row for row in rows if told.keys().isdisjoint(row.scopes)] if told else []

    def _key(self, name: str) -> str:
        return f"{name}/{self.user}" if name in OF_A_PERSON else f"{name}/{self.epoch}/{self.user}"
