"""Hazards past their day are told to the company, the street, the district."""

from backend.gas.actions.homes import NewDeed, add_deeds
from backend.gas.events import HazardsEscalated
from backend.gas.queries import homes as queries
from backend.gas.queries.sight import today
from backend.gas.rules.homes import overdue_days, to_be_told
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.ids import new_id
from mobile_contract.homes import EscalatedTo, HazardDeed, HazardDeedParams, HazardState

HAZARDS_PER_TURN = 500


def escalate(ctx: Ctx) -> int:
    """Tells of every hazard whose day has passed; gives their number. Safe to run twice: nobody is told again."""
    on, told, after = today(ctx), 0, ""
    while rows := queries.past_due(ctx, on, HAZARDS_PER_TURN, after):
        after = rows[-1].id
        deeds: list[NewDeed] = []
        for row in rows:
            level = to_be_told(overdue_days(row.due_on, HazardState(row.state), on), EscalatedTo(row.told))
            if level is not None:
                said = HazardDeedParams(account=row.account, hazard=row.id, deed=HazardDeed.escalate)
                deeds.append(NewDeed(new_id(), said, told=level))
        if deeds:
            add_deeds(ctx, deeds)
            announce(ctx, HazardsEscalated(tuple((deed.said.hazard, deed.told.value) for deed in deeds)))
        told += len(deeds)
    return told
