"""Keeps the journal as small as what its readers may ask about: live rows, and what ended within the horizon."""

from sync.journal import Journal
from sync.pull import HORIZON_S, PAGE_LASTS_S

PRUNED_AT_ONCE = 20_000
"""Rows, and holds, forgotten in one transaction: writers wait meanwhile."""


def compact(journal: Journal, now_s: int, limit: int = PRUNED_AT_ONCE) -> int:
    """Notes the time, and forgets what ended before the horizon; gives how much went, `limit` or more: there is more.

    A pull of several pages may outlast the horizon of its cookie by PAGE_LASTS_S.
    """
    journal.note_time(now_s)
    seq = journal.seq_at(now_s - HORIZON_S - PAGE_LASTS_S)
    return journal.prune(seq, limit) if seq else 0
