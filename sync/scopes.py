"""What a handset may hold: entering and leaving a scope, and sight as it was when the work was done."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync.journal import Membership

GRACE_S = 7 * 86_400
"""How long after the phone last knew its scopes late work is still authorised by them."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A user's scopes as seen from a cookie at `c`."""

    kept: Sequence[str]
    """Held at c and now: an index range each."""
    joined: Sequence[str]
    """Held now, joined after c: back-filled whole."""
    left: Sequence[Membership]
    """Left after c: evicted unless another scope shows the row."""

    def now(self) -> list[str]:
        """Every scope held now."""
        return [*self.kept, *self.joined]


def delta(memberships: Iterable[Membership], c: int, filled: Container[str] | None = None) -> Delta:
    """Sorts a user's memberships by what a handset at `c` knows of them: it holds the scopes of then, or, first filled
    by packs, those in `filled`."""
    kept: list[str] = []
    joined: list[str] = []
    left: list[Membership] = []
    for m in memberships:
        known = m.seq_in <= c if filled is None else m.scope in filled
        if m.seq_out is None:
            (kept if known else joined).append(m.scope)
        elif m.seq_out > c and (filled is None or known):
            left.append(m)
    return Delta(kept, joined, left)


class Sight(StrEnum):
    """Whether a mutation may touch a row."""

    now = "now"
    late = "late"
    """No longer, but it could when the work was done."""
    never = "never"


def held_at(memberships: Iterable[Membership], c: int) -> set[str]:
    """The scopes that these memberships held at `c`."""
    return {m.scope for m in memberships if m.seq_in <= c and (m.seq_out is None or m.seq_out > c)}
