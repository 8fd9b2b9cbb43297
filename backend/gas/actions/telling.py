"""Who is told of homes: danger at once, what is past its day step by step, a refused check the street. Once a cause."""

from datetime import timedelta

from backend.gas.events import HazardsEscalated, HazardsFound, HomesUnmet, HomesVisited
from backend.gas.queries import coverage as plans
from backend.gas.queries import homes as queries
from backend.gas.queries.sight import today
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.notifications.actions import Telling, Word, notify_all
from backend.people import queries as people
from mobile_contract.checklists import Grade
from mobile_contract.homes import EscalatedTo

TOLD_DAYS = 3
"""Of what was found longer ago than this nobody is woken: a phone that was lost for a month would tell a hundred."""
LEVELS = {
    EscalatedTo.company: Role.station_operator,
    EscalatedTo.street: Role.supervisor,
    EscalatedTo.district: Role.leader,
}
"""Who stands for the company, the street and the district in the house; assumed."""
CALLED = (Role.dispatcher, Role.station_operator)
"""Who is called when there is danger now."""


def tell_of_danger(ctx: Ctx, event: HazardsFound) -> None:
    """Dispatchers and the station learn at once of a danger that was not put right on the spot."""
    oldest_at = ctx.now() - timedelta(days=TOLD_DAYS)
    tellings: list[Telling] = []
    for row in queries.hazards_by_id(ctx, event.hazard_ids).values():
        if row.grade != Grade.g0 or row.state not in queries.OPEN_STATES or row.found_at < oldest_at:
            continue
        reached = [person for role in CALLED for person in people.holders(ctx, role, row.area_path)]
        said = {"account": row.account, "item": row.item, "notice": row.notice}
        word = Word("gas.danger_found", f"gas.hazard:{row.id}", said, about=("gas_hazards", row.id), urgent=True)
        tellings.append((reached, word))
    notify_all(ctx, tellings)


def tell_of_escalation(ctx: Ctx, event: HazardsEscalated) -> None:
    """Who answers for a level learns that a hazard is past its day; each level once."""
    levels = dict(event.told)
    tellings: list[Telling] = []
    for row in queries.hazards_by_id(ctx, levels).values():
        level = EscalatedTo(levels[row.id])
        said = {"account": row.account, "item": row.item, "notice": row.notice, "due_on": str(row.due_on)}
        word = Word("gas.hazard_overdue", f"gas.hazard:{row.id}:{level}", said, about=("gas_hazards", row.id))
        tellings.append((people.holders(ctx, LEVELS[level], row.area_path), word))
    notify_all(ctx, tellings)


def tell_of_refusals(ctx: Ctx, event: HomesVisited) -> None:
    """The street learns of a check that was refused, once its proof is there."""
    tellings: list[Telling] = []
    for row in queries.refusals(ctx, event.visit_ids):
        word = Word("gas.check_refused", f"gas.visit:{row.id}", {"account": row.account}, about=("gas_visits", row.id))
        tellings.append((people.holders(ctx, Role.supervisor, row.area_path), word))
    notify_all(ctx, tellings)


def tell_of_unmet(ctx: Ctx, event: HomesUnmet) -> None:
    """The station and the team learn that nobody is met there: the notice is to be sent."""
    visits = dict(event.homes)
    tellings: list[Telling] = []
    for row in queries.homes_by_id(ctx, visits).values():
        said = {"account": row.account, "times": row.not_met, "notice": row.unmet_notice}
        about = ("gas_homes", row.id)
        word = Word("gas.unmet", f"gas.unmet:{visits[row.id]}", said, about=about)
        reached = people.holders(ctx, Role.station_operator, row.area_path)
        tellings.append((sorted({*reached, *_team(ctx, row.team_id)}), word))
    notify_all(ctx, tellings)


def warn_of_checks(ctx: Ctx) -> None:
    """Every team learns how many homes of theirs are due within the month, and how many are past it. Once a day."""
    on = today(ctx)
    tellings: list[Telling] = []
    for team_id, (soon, overdue) in sorted(plans.due_by_team(ctx).items()):
        said = {"soon": soon, "overdue": overdue}
        word = Word("gas.checks_due", f"gas.checks_due:{team_id}:{on}", said)
        tellings.append((_team(ctx, team_id), word))
    notify_all(ctx, tellings)


def _team(ctx: Ctx, team_id: str | None) -> list[str]:
    return [one.person_id for one in people.members(ctx.session, team_id, ctx.now())] if team_id else []
