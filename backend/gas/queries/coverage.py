"""The half-year's plan and how much of it is done, reckoned from accounts and visits alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func, or_
from sqlmodel import col, select

from backend.gas.queries.sight import in_sight, lasts, today
from backend.gas.rules.half_years import half_of, half_span, midnight
from backend.gas.tables import Account
from backend.gas.tables.homes import Home, Visit
from backend.kernel.context import Ctx
from backend.kernel.sight import in_areas
from mobile_contract import homes as wire
from mobile_contract.checklists import Grade
from mobile_contract.homes import VisitOutcome

STREET_PARTS = 2
"""District and street: the areas by which coverage is told."""
WINTER_MONTHS = frozenset({9, 10, 11, 12, 1, 2})
"""From two months before the cold until its end a water heater without a CO alarm comes early; assumed."""


def coverage(ctx: Ctx, half: str | None, area: str | None) -> wire.Coverage:
    """How much of each street in sight was looked at in a half-year; default: the present one."""
    half = half or half_of(today(ctx))
    first_on, last_on = half_span(half)
    active = and_(
        in_sight(ctx.principal, Account),
        lasts(first_on, last_on),
        *([in_areas(Account.area_path, [area])] if area else []),
    )
    within = and_(
        col(Visit.trusted_at) >= midnight(first_on), col(Visit.trusted_at) < midnight(last_on + timedelta(days=1))
    )
    accounts = _summed(_accounts(ctx, active))
    checked = _summed(_checked(ctx, active, within))
    unmet = _summed(_visits(ctx, active, within, VisitOutcome.not_met))
    refused = _summed(_visits(ctx, active, within, VisitOutcome.refused))
    streets = [
        wire.StreetCoverage(
            area_path=street,
            accounts=count,
            checked=checked[street],
            not_met=unmet[street],
            refused=refused[street],
        )
        for street, count in sorted(accounts.items())
    ]
    return wire.Coverage(half=half, first_on=first_on, last_on=last_on, streets=streets)


def _accounts(ctx: Ctx, active: ColumnElement[bool]) -> Iterable[tuple[str, int]]:
    query = select(Account.area_path, func.count()).where(active).group_by(col(Account.area_path))
    return ctx.session.exec(query).all()


def _checked(ctx: Ctx, active: ColumnElement[bool], within: ColumnElement[bool]) -> Iterable[tuple[str, int]]:
    looked: Any = select(Account.area_path, func.count(distinct(col(Account.id))))
    query = looked.join(Visit, col(Visit.account) == col(Account.code)).where(
        active, within, col(Visit.counts).is_(True)
    )
    return [(path, count) for path, count in ctx.session.exec(query.group_by(col(Account.area_path)))]


def _visits(
    ctx: Ctx, active: ColumnElement[bool], within: ColumnElement[bool], outcome: VisitOutcome
) -> Iterable[tuple[str, int]]:
    came: Any = select(Account.area_path, func.count())
    query = came.join(Visit, col(Visit.account) == col(Account.code)).where(
        active, within, Visit.outcome == outcome.value, col(Visit.proven).is_(True)
    )
    return [(path, count) for path, count in ctx.session.exec(query.group_by(col(Account.area_path)))]


def _summed(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for path, count in counts:
        total[_street(path)] += count
    return total


def _street(path: str) -> str:
    parts = path.strip("/").split("/")[:STREET_PARTS]
    return f"/{'/'.join(parts)}/"


def plan(ctx: Ctx, area: str | None, after: int, limit: int) -> list[wire.Due]:
    """Homes in the order in which to go there, `after` that many: where nobody was met before and what is overdue,
    then hazards to be looked at again, what else is overdue, what is due soon, then the others by day; in each of
    these before the cold the water heaters without an alarm; each street together."""
    wanted = [in_sight(ctx.principal, Account), _active(ctx), *([in_areas(Account.area_path, [area])] if area else [])]
    query: Any = select(Account, Home).join(Home, col(Home.id) == col(Account.id), isouter=True)
    rows: Sequence[tuple[Account, Home | None]] = ctx.session.exec(
        query.where(*wanted)
        .order_by(*_turns(ctx), col(Account.area_path), col(Account.address), col(Account.id))
        .offset(after)
        .limit(limit)
    ).all()
    return [_due(ctx, account, home) for account, home in rows]


def due_by_team(ctx: Ctx) -> dict[str, tuple[int, int]]:
    """Team -> homes that are due soon, homes that are overdue; of teams with any that are due soon. For jobs."""
    on = today(ctx)
    overdue = or_(col(Home.due_on).is_(None), col(Home.due_on) < on)
    counts: Any = select(
        Account.team_id,
        func.sum(case((and_(col(Home.warn_on) <= on, ~overdue), 1), else_=0)),
        func.sum(case((overdue, 1), else_=0)),
    )
    query = counts.join(Home, col(Home.id) == col(Account.id), isouter=True)
    found = ctx.session.exec(query.where(_active(ctx), col(Account.team_id).is_not(None)).group_by(Account.team_id))
    return {team: (int(soon), int(late)) for team, soon, late in found if soon}


def _active(ctx: Ctx) -> ColumnElement[bool]:
    """Customers of today who use gas."""
    on = today(ctx)
    return and_(lasts(on, on), or_(col(Home.exempt).is_(None), col(Home.exempt).is_(False)))


def _turns(ctx: Ctx) -> list[ColumnElement[Any]]:
    on = today(ctx)
    waits = func.coalesce(col(Home.not_met), 0) > 0
    overdue = or_(col(Home.due_on).is_(None), col(Home.due_on) < on)
    cold = [col(Home.winter_first).is_(True)] if on.month in WINTER_MONTHS else []
    heated = case((cold[0], 0), else_=1) if cold else None
    again = func.coalesce(col(Home.revisit_on) <= on, False)
    soon = func.coalesce(col(Home.warn_on) <= on, False)
    first = case((and_(waits, overdue), 0), (again, 1), (overdue, 2), (soon, 3), else_=4)
    day = case((overdue, None), else_=col(Home.due_on))
    return [first, *([heated] if heated is not None else []), day]


def _due(ctx: Ctx, account: Account, home: Home | None) -> wire.Due:
    due_on, on = home.due_on if home else None, today(ctx)
    overdue = due_on is None or due_on < on
    return wire.Due(
        account_id=account.id,
        account=account.code,
        name=account.name,
        address=account.address,
        area_path=account.area_path,
        checked_at=home.checked_at if home else None,
        due_on=due_on,
        overdue=overdue,
        soon=not overdue and bool(home and home.warn_on and home.warn_on <= on),
        revisit=bool(home and home.revisit_on and home.revisit_on <= on),
        not_met=home.not_met if home else 0,
        winter_first=bool(home and home.winter_first),
        worst=Grade(home.worst) if home and home.worst else None,
    )
