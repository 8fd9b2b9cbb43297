"""A rule table comes into force: every registered cylinder is dated anew by it, a portion a job.

Each cylinder whose dates change gets an act in its chain, so that the old dates stay told; what is past its day by
the new ones is blocked, beside whatever blocked it before. A job that is run twice, or cut off, changes nothing twice:
where it stands is written with what it did.
"""

from collections.abc import Sequence
from datetime import timedelta

from backend.gas.actions.desk import Deed, enter
from backend.gas.events import CylinderBlocked
from backend.gas.queries import rulings as queries
from backend.gas.queries.sight import today
from backend.gas.rules.dates import Due, RuleTable, due_dates
from backend.gas.rules.half_years import midnight
from backend.gas.tables import Cylinder
from backend.gas.tables.rulings import GasRedating, GasRuleTable
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.ids import new_id
from backend.kernel.jobs import enqueue
from backend.notifications.actions import Word, notify
from backend.people import queries as people
from mobile_contract.gas import Block, ScanStep
from mobile_contract.gas_rules import RedatingState
from sync.refusal import Refusal

REDATE_JOB = "gas.redate_cylinders"
CYLINDERS_PER_TURN = 500
_DUE = frozenset({Block.inspection_due.value, Block.life_end.value})


def plan_redating(ctx: Ctx, table: GasRuleTable) -> GasRedating:
    """On the table's first day all cylinders are dated by it."""
    row = GasRedating(
        rule_version=table.version,
        since_on=table.since_on,
        state=RedatingState.waiting.value,
        created_at=ctx.now(),
    )
    ctx.session.add(row)
    ctx.session.flush()
    first_at = max(midnight(row.since_on) + timedelta(seconds=1), ctx.now())
    enqueue(ctx, REDATE_JOB, {"redating": row.id}, run_after=first_at, key=f"{REDATE_JOB}:{row.id}")
    return row


def redate_cylinders(ctx: Ctx, redating_id: str) -> None:
    """Dates a portion anew, and asks for the next one. Safe to run twice."""
    row = queries.redating_by_id(ctx, redating_id)
    if row is None or row.state == RedatingState.done or row.since_on > today(ctx):
        return
    if row.state == RedatingState.waiting:
        row.state, row.started_at, row.cylinders = RedatingState.running.value, ctx.now(), queries.registered_count(ctx)
    cylinders = queries.registered_beyond(ctx, row.after, CYLINDERS_PER_TURN)
    _date(ctx, row, cylinders)
    row.cylinders_done += len(cylinders)
    row.after = cylinders[-1].id if cylinders else row.after
    if len(cylinders) < CYLINDERS_PER_TURN:
        row.state, row.ended_at = RedatingState.done.value, ctx.now()
        _tell(ctx, row)
    else:
        enqueue(ctx, REDATE_JOB, {"redating": row.id}, key=f"{REDATE_JOB}:{row.id}:{row.after}")
    ctx.session.add(row)


def _date(ctx: Ctx, row: GasRedating, cylinders: Sequence[Cylinder]) -> None:
    tables = queries.rule_tables(ctx)
    changed: list[tuple[Cylinder, Deed]] = []
    blocked = {cylinder.id: set(cylinder.blocked) for cylinder in cylinders}
    for cylinder in cylinders:
        due = _due(ctx, cylinder, tables)
        if due is None:
            row.left += 1
            continue
        cylinder.rule_version = due.rule_version
        ctx.session.add(cylinder)
        if (cylinder.next_inspection_on, cylinder.life_end_on) != (due.next_inspection_on, due.life_end_on):
            changed.append((cylinder, _deed(due)))
    if changed:
        # Written once, when they are folded: not before the first read as well.
        with ctx.session.no_autoflush:
            enter(ctx, changed)
    row.changed += len(changed)
    for cylinder, _ in changed:
        fresh = sorted((set(cylinder.blocked) - blocked[cylinder.id]) & _DUE)
        row.became_due += bool(fresh)
        for reason in fresh:
            announce(ctx, CylinderBlocked(cylinder.id, reason))


def _deed(due: Due) -> Deed:
    return Deed(
        new_id(),
        ScanStep.redate,
        due_on=due.next_inspection_on,
        life_end_on=due.life_end_on,
        paper=due.rule_version,
    )


def _due(ctx: Ctx, cylinder: Cylinder, tables: Sequence[RuleTable]) -> Due | None:
    """Its dates by the table of the day; None where that says nothing of its spec: then it keeps what it has."""
    if cylinder.made_on is None:
        return None
    stamped = cylinder.stamped_life_months
    try:
        return due_dates(cylinder.spec, cylinder.made_on, today(ctx), cylinder.inspected_on, stamped, tables)
    except Refusal:
        return None


def _tell(ctx: Ctx, row: GasRedating) -> None:
    said = {"version": row.rule_version, "changed": row.changed, "due": row.became_due}
    about = f"gas.redating:{row.id}"
    notify(
        ctx, people.holders(ctx, Role.station_operator, f"/{ctx.settings.district}/"), Word("gas.redated", about, said)
    )
