"""Months are closed: frozen as they stand, once every day of them is decided."""

from collections import defaultdict

from backend.attendance import queries, rules
from backend.attendance.actions.judging import judge_due, judge_stale
from backend.attendance.tables import DayResult, MonthSheet
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from mobile_contract import days as wire

MANAGE = "attendance.manage"
TURNS_MAX = 100


def close_month(ctx: Ctx, month: str, area: str) -> wire.Closed:
    """Freezes the month of everybody in an area who has none frozen yet.

    Refuses with attendance.month_open while days may still change by themselves.
    """
    ctx.principal.require(MANAGE, area)
    for _ in range(TURNS_MAX):
        if not judge_stale(ctx):
            break
    judge_due(ctx)
    waiting = queries.open_days(ctx, month, area)
    if waiting:
        raise rules.MonthOpen(month=month, days=waiting)
    persons = dict(queries.persons_of_month(ctx, month, [area]))
    done = {sheet.person_id for sheet in queries.frozen_of(ctx, persons, [month])}
    results: dict[str, list[DayResult]] = defaultdict(list)
    for row in queries.results_of(ctx, persons, *queries.month_span(month)):
        results[row.person_id].append(row)
    fresh = [
        _frozen(ctx, person_id, month, home, results[person_id])
        for person_id, home in persons.items()
        if person_id not in done
    ]
    ctx.session.add_all(fresh)
    ctx.session.flush()
    record(ctx, "attendance.month_closed", f"month:{month}", area=area, sheets=len(fresh))
    return wire.Closed(month=month, sheets=len(fresh))


def _frozen(ctx: Ctx, person_id: str, month: str, area: str, rows: list[DayResult]) -> MonthSheet:
    found = [rules.month_day(queries.day_shape(row)) for row in rows]
    days = [day for day in found if day is not None]
    return MonthSheet(
        person_id=person_id,
        month=month,
        area_path=area,
        days=rules.canonical(days).decode(),
        digest=rules.digest(days),
        frozen_at=ctx.now(),
        frozen_by=ctx.principal.person_id,
    )
