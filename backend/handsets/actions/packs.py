"""Housekeeping of the journal: packs too large to be built while a handset waits, and what may be forgotten."""

from collections.abc import Sequence

from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.jobs import enqueue
from backend.kernel.journaling import journal_of
from sync.compaction import compact

PACK_JOB = "handsets.build_pack"
WISHED_EVERY_S = 600


def wish_packs(ctx: Ctx, scopes: Sequence[str], contract: int) -> None:
    """Wishes the packs of scopes, of each one every ten minutes at most."""
    turn = to_ms(ctx.now()) // 1000 // WISHED_EVERY_S
    for scope in scopes:
        enqueue(ctx, PACK_JOB, {"scope": scope, "contract": contract}, key=f"pack:{contract}:{turn}:{scope}"[:200])


def compact_journal(ctx: Ctx) -> None:
    """Forgets what no handset in force can ask about any more, a part at a time."""
    compact(journal_of(ctx.session), to_ms(ctx.now()) // 1000)
