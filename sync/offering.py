"""Offers packs to a handset that holds nothing yet: which there are, which are worth building, and the cookie that
lets its next pull take only what came since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.cursor import TICKET_LASTS_S, Bearer, Cookie, Signer, scope_mark
from sync.journal import Journal, ScopeState
from sync.protocol import PACKS_PER_OFFER_MAX, Snapshots
from sync.snapshot import build
from sync.stores.packs import Shelf, Shelved

PACK_ROWS_MIN = 200
"""A scope of fewer rows comes with the pull."""
BUILD_ROWS_MAX = 20_000
"""A larger scope is not built while a handset waits, but by a job."""
FRESH_PARTS = 5
"""A pack is built anew when a fifth of its rows has changed, or a fifth as many have come."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A pack as it is offered to one handset."""

    pack: Shelved
    ticket: str
    until_s: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What a handset may fill itself with. `cookie` is for the pull after it has applied all of the packs."""

    packs: Sequence[Ticket]
    cookie: str | None
    building: Sequence[str]
    """Scopes whose pack is worth waiting for no longer than one likes: they come with the pull all the same."""


def offer(sent: Snapshots, user: str, journal: Journal, signer: Signer, now_s: int, shelf: Shelf) -> Offer:
    """The packs of the user's scopes, those that are small enough built on the spot."""
    now = [m.scope for m in journal.user_scopes(user) if m.seq_out is None]
    large = sorted((s for s in journal.scope_states(now).values() if s.rows >= PACK_ROWS_MIN), key=lambda s: -s.rows)
    packs: list[Shelved] = []
    building: list[str] = []
    for state in large[:PACKS_PER_OFFER_MAX]:
        pack = shelf.find(journal.generation(), state.scope, sent.contract, now_s)
        if pack is None or not is_fresh(pack, state, journal):
            if state.rows > BUILD_ROWS_MAX:
                building.append(state.scope)
            else:
                pack = shelve(journal, state.scope, sent.contract, shelf, now_s)
        packs += [pack] if pack is not None else []
    bearer, until_s = Bearer(user, sent.device, sent.epoch), now_s + TICKET_LASTS_S
    tickets = [Ticket(p, signer.ticket(p.manifest.scope, p.manifest.sha256, until_s, bearer), until_s) for p in packs]
    return Offer(tickets, _cookie(packs, journal.generation(), signer, bearer), building)


def _cookie(packs: Sequence[Shelved], generation: str, signer: Signer, bearer: Bearer) -> str | None:
    """Stands where the oldest of the packs does: what a younger one knows already is said again and does no harm."""
    if not packs:
        return None
    packed = frozenset(scope_mark(pack.manifest.scope) for pack in packs)
    seq, issued_s = min(p.manifest.seq for p in packs), min(p.built_s for p in packs)
    return signer.cookie(Cookie(generation, seq, issued_s, packed), bearer)


def is_fresh(pack: Shelved, state: ScopeState, journal: Journal) -> bool:
    """Whether the pack and what came since are still less than the scope anew."""
    standing = sum(journal.tally(state.scope, 1 << 62, pack.manifest.seq).values())
    changed = pack.manifest.rows - standing + state.rows - standing
    return changed * FRESH_PARTS <= pack.manifest.rows


def shelve(journal: Journal, scope: str, contract: int, shelf: Shelf, now_s: int) -> Shelved | None:
    """Builds and shelves the pack of a scope; None when its rows are not what the scope's digest says."""
    with shelf.building:
        manifest, packed = build(journal, scope, contract)
        state = journal.scope_states([scope])[scope]
        if (manifest.digest, manifest.rows) != (state.digest.text(), state.rows):
            return None
        return shelf.put(manifest, packed, now_s)
