"""Conflicts that nobody settles grow old: whoever owes the decision changes, step by step upwards."""

from backend.handsets import queries, rules
from backend.handsets.events import ConflictEscalated
from backend.kernel import audit
from backend.kernel.context import Ctx
from backend.kernel.events import announce


def escalate(ctx: Ctx) -> int:
    """Moves every overdue conflict to the next owner with a new due time; gives how many. The last owner keeps it."""
    overdue = queries.overdue(ctx)
    for row in overdue:
        above = rules.owner_above(row.owner)
        row.due_at = ctx.now() + rules.DUE_WITHIN[row.severity] if above else None
        if above is not None:
            row.owner = above
            audit.record(ctx, "conflicts.escalate", row.id, owner=above)
        ctx.session.add(row)
        announce(ctx, ConflictEscalated(row.id, row.owner, row.severity, row.area))
    ctx.session.flush()
    return len(overdue)
