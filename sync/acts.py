"""Knows an act again, whatever number it comes under: where it was first queued and what it said never change."""

import hashlib
from collections.abc import Mapping, Sequence

from sync.journal import Journal, Stored
from sync.mutations import Read, told
from sync.protocol import N_MAX, RESULTS_KEPT, Outcome, Push, Result


def act_of(read: Read, epoch: int) -> bytes:
    """Names the act that came under `epoch`: the epoch and number of its first queueing, and its content."""
    first = read.first[0] if read.first else epoch
    return hashlib.sha256(b"%d:%b" % (first, read.hash)).digest()


def known_elsewhere(journal: Journal, push: Push, reads: Sequence[Read]) -> dict[int, Outcome]:
    """What became of acts under whatever name they were taken: {n: outcome}. Nothing is told of what never arrived.

    One that was queued anew and whose first number the server forgot long ago is a duplicate.
    """
    if not reads:
        return {}
    epochs = journal.epochs(push.device, push.user)
    stored: dict[bytes, Stored] = {}
    for epoch in epochs:
        outcomes = journal.outcomes(push.device, epoch, push.user, 1, N_MAX)
        stored = {outcome.hash: outcome for outcome in outcomes.values()} | stored
    known: dict[int, Outcome] = {}
    for read in reads:
        found = stored.get(act_of(read, push.epoch))
        if found is not None or _forgotten(read, epochs):
            known[read.n] = replayed(journal, read, found)
    return known


def _forgotten(read: Read, epochs: Mapping[int, int]) -> bool:
    return read.first is not None and read.first[1] <= epochs.get(read.first[0], 0) - RESULTS_KEPT


def replayed(journal: Journal, read: Read, stored: Stored | None) -> Outcome:
    """The outcome again, under the number it is now asked by; of one that was forgotten, the rows as they stand."""
    if stored is not None:
        return Outcome.model_validate_json(stored.outcome).model_copy(update={"n": read.n})
    rows = read.mutation.rows() if read.mutation else []
    return told(Outcome(n=read.n, r=Result.duplicate), rows, journal.versions_of(rows))
