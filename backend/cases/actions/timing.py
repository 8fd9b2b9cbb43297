"""The clocks of cases: started and stopped by the states, paused by a person, and told of by a job."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.cases import queries
from backend.cases.events import CaseEscalated
from backend.cases.rules import clocks, daytimes
from backend.cases.rules.practice import ReworkClock
from backend.cases.rules.table import STATES
from backend.cases.tables import Case, CaseClock
from backend.kernel.authority import Role
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.worktime import Limit
from backend.notifications.actions import Word, notify
from backend.people import queries as people
from mobile_contract.cases import Act, ClockStatus, InTime, State, Supervision, Timer
from mobile_contract.limits import LimitUnit

OVERDUE_PERCENT = 100


def turn(ctx: Ctx, case: Case, before: State | None, after: State, act: Act) -> None:
    """Stops the clock of the state that is left and starts that of the state that is entered."""
    old = STATES[before].timer if before else None
    new = STATES[after].timer
    given = act in (Act.dispatch, Act.force_dispatch)
    if old is not None and (old is not new or given):
        verdict = _stop(ctx, case, old)
        case.in_time = verdict.value if verdict and act in (Act.finish, Act.orders_done) else case.in_time
    if new is None:
        _stop(ctx, case, Timer.total)
        case.timer, case.due_at = None, None
    elif old is not new or given:
        _begin(ctx, case, new, carry_on=before is State.checking and after is State.check_failed)
    if (before is None and new is not None) or act in (Act.reopen, Act.audit_bad):
        ways = queries.practice(ctx)
        _start(ctx, case, Timer.total, ways.limits[Timer.total], (OVERDUE_PERCENT,), ways.version)


def _begin(ctx: Ctx, case: Case, timer: Timer, *, carry_on: bool) -> None:
    limit, table = _limit(ctx, case, timer)
    ways = queries.practice(ctx)
    row = queries.clock(ctx, case.id, timer)
    if carry_on and row is not None and ways.rework_clock is ReworkClock.carry_on:
        row.status, row.finished_at = ClockStatus.running.value, None
        row.next_at = clocks.next_at(_levels(row))
    else:
        if carry_on and ways.rework_clock is ReworkClock.restart_half:
            limit = Limit(limit.amount / 2, limit.unit)
        row = _start(ctx, case, timer, limit, ways.levels_percent, table)
    ctx.session.add(row)
    case.timer, case.due_at, case.due_table = timer.value, row.due_at, row.due_table


def _limit(ctx: Ctx, case: Case, timer: Timer) -> tuple[Limit, str]:
    """The limit of a clock, and the table that says so: for handling that of the case's code and grade, if any."""
    code = queries.code_of_case(ctx, case) if timer is Timer.handle else None
    named = {one["grade"]: one for one in code.limits} if code else {}
    chosen = named.get(case.grade) or named.get("")
    if chosen is None:
        ways = queries.practice(ctx)
        return ways.limits[timer], ways.version
    return Limit(chosen["amount"], LimitUnit(chosen["unit"])), case.code_version


def _start(ctx: Ctx, case: Case, timer: Timer, limit: Limit, percents: Sequence[int], table: str) -> CaseClock:
    """Counts a clock anew from the act on, that of a check from the time of day at which it may be passed; what it
    came to stays, whatever tables come later."""
    at = ctx.done_at()
    counted = clocks.count(_counts_from(case, timer, at), limit, queries.worktime(ctx), table, percents)
    values: dict[str, Any] = {
        "status": ClockStatus.running.value,
        "started_at": at,
        "amount": limit.amount,
        "unit": limit.unit.value,
        "due_at": counted.due_at,
        "due_table": counted.table,
        "provisional": counted.provisional,
    }
    row = queries.clock(ctx, case.id, timer) or CaseClock(case_id=case.id, timer=timer.value, **values)
    for name, value in values.items():
        setattr(row, name, value)
    row.paused_at = row.finished_at = None
    _keep_levels(row, counted.levels)
    ctx.session.add(row)
    return row


def _counts_from(case: Case, timer: Timer, at: datetime) -> datetime:
    daytime = daytime_of(case) if timer is Timer.check else None
    return at if daytime is None else daytimes.opening(at, daytime)


def daytime_of(case: Case) -> daytimes.Daytime | None:
    """At which time of day a check of the case may be passed; None: at any."""
    if case.check_from_min is None or case.check_until_min is None:
        return None
    return case.check_from_min, case.check_until_min


def _stop(ctx: Ctx, case: Case, timer: Timer) -> InTime | None:
    row = queries.clock(ctx, case.id, timer)
    if row is None or row.status not in (ClockStatus.running, ClockStatus.paused):
        return None
    if row.status == ClockStatus.paused:
        _take_up(ctx, row)
    verdict = clocks.judge(ctx.done_at(), ctx.claim.error_ms if ctx.claim else 0, row.due_at)
    row.status = (ClockStatus.timeout if verdict is InTime.late else ClockStatus.finished).value
    row.finished_at, row.next_at = ctx.done_at(), None
    ctx.session.add(row)
    return verdict


def pause(ctx: Ctx, case: Case) -> None:
    """The handling clock stands still from now on."""
    row = queries.clock(ctx, case.id, Timer.handle)
    if row is not None and row.status == ClockStatus.running:
        row.status, row.paused_at, row.next_at = ClockStatus.paused.value, ctx.done_at(), None
        ctx.session.add(row)
    case.suspended, case.due_at = True, None
    review_next(ctx, case)


def resume(ctx: Ctx, case: Case) -> None:
    """The handling clock goes on with what was left of it."""
    row = queries.clock(ctx, case.id, Timer.handle)
    wake(case)
    if row is not None and row.status == ClockStatus.paused:
        _take_up(ctx, row)
        case.due_at = row.due_at


def wake(case: Case) -> None:
    """Nothing of a suspension is left."""
    case.suspended, case.review_at, case.review_told = False, None, 0


def review_next(ctx: Ctx, case: Case) -> None:
    """A suspension is to be looked at again, so many days from now."""
    case.review_at = ctx.done_at() + timedelta(days=queries.practice(ctx).suspension_review_days)
    case.review_told = 0


def tell_reviews(ctx: Ctx) -> int:
    """Tells of suspensions that are to be looked at again: who commands, and after some days more the leaders above;
    each once. Gives how many."""
    wait = timedelta(days=queries.practice(ctx).suspension_escalate_days)
    due = queries.reviews_due(ctx, wait)
    for case in due:
        assert case.review_at is not None
        above = ctx.now() >= case.review_at + wait
        case.review_told = 2 if above else 1
        ctx.session.add(case)
        cause = f"case:{case.id}:review:{to_ms(case.review_at)}:{case.review_told}"
        params = {"code": case.code, "title": case.title, "on": f"{local_day(case.review_at):%Y-%m-%d}"}
        word = Word("cases.suspension_review", cause, params, about=("cases", case.id), urgent=above)
        roles = (Role.ganger, Role.leader) if above else (Role.ganger,)
        notify(ctx, sorted({one for role in roles for one in people.holders(ctx, role, case.area_path)}), word)
    ctx.session.flush()
    return len(due)


def _take_up(ctx: Ctx, row: CaseClock) -> None:
    assert row.paused_at is not None
    paused, now, unit, worked = row.paused_at, ctx.done_at(), LimitUnit(row.unit), queries.worktime(ctx)
    if now > paused:
        row.due_at = clocks.shifted(row.due_at, paused, now, unit, worked)
        levels = [
            level if level.told_at else clocks.Level(level.percent, clocks.shifted(level.at, paused, now, unit, worked))
            for level in _levels(row)
        ]
        _keep_levels(row, levels)
    row.status, row.paused_at, row.next_at = ClockStatus.running.value, None, clocks.next_at(_levels(row))
    ctx.session.add(row)


def extend(ctx: Ctx, case: Case) -> None:
    """The handling clock is given its limit once more."""
    row = queries.clock(ctx, case.id, Timer.handle)
    assert row is not None, "a case with a unit has a handling clock"
    limit, worked = Limit(row.amount, LimitUnit(row.unit)), queries.worktime(ctx)
    row.due_at = clocks.extended(row.due_at, limit, worked)
    levels = [
        level if level.told_at else clocks.Level(level.percent, clocks.extended(level.at, limit, worked))
        for level in _levels(row)
    ]
    _keep_levels(row, levels)
    ctx.session.add(row)
    case.due_at = row.due_at


def recount_provisional(ctx: Ctx) -> int:
    """Counts anew the running clocks that crossed into a year whose calendar has come out since; gives how many.

    Only these: what was counted by published calendars stands for good. A clock that was suspended meanwhile keeps
    what a person saw when it was taken up again.
    """
    worked, recounted = queries.worktime(ctx), 0
    for row in queries.provisional_clocks(ctx, worked.calendar.version):
        case = queries.case_row(ctx, row.case_id)
        if queries.was_suspended(ctx, case.id):
            continue
        limit, told = Limit(row.amount, LimitUnit(row.unit)), {one.percent: one.told_at for one in _levels(row)}
        since = _counts_from(case, Timer(row.timer), row.started_at)
        counted = clocks.count(since, limit, worked, row.due_table.rsplit("|", 2)[0], sorted(told))
        row.due_at, row.due_table, row.provisional = counted.due_at, counted.table, counted.provisional
        _keep_levels(row, [clocks.Level(one.percent, one.at, told[one.percent]) for one in counted.levels])
        if row.timer == Timer.handle:
            for _ in range(case.extensions):
                extend(ctx, case)
        ctx.session.add(row)
        if case.timer == row.timer:
            case.due_at, case.due_table = row.due_at, row.due_table
            ctx.session.add(case)
        recounted += 1
    ctx.session.flush()
    return recounted


def tell_levels(ctx: Ctx) -> int:
    """Tells of every level of every clock that is reached by now, each once; gives how many."""
    told = 0
    for row in queries.due_clocks(ctx):
        levels, fresh = clocks.reached(_levels(row), ctx.now())
        _keep_levels(row, levels)
        ctx.session.add(row)
        case = queries.case_row(ctx, row.case_id)
        for percent in fresh:
            if percent == OVERDUE_PERCENT:
                _supervise(ctx, case)
            _tell(ctx, case, row, percent)
            announce(ctx, CaseEscalated(row.case_id, row.timer, percent))
        told += len(fresh)
    ctx.session.flush()
    return told


def _supervise(ctx: Ctx, case: Case) -> None:
    """Whoever is overdue is watched (督办), unless somebody watches already."""
    if case.supervised == Supervision.none:
        case.supervised = Supervision.timeout.value
        ctx.session.add(case)


def _tell(ctx: Ctx, case: Case, row: CaseClock, percent: int) -> None:
    """The handler at first, then the unit's head, then the desk that gave it out, then the leaders above."""
    if percent < OVERDUE_PERCENT:
        told = _of_the_unit(ctx, case, percent) if row.timer == Timer.handle else []
    else:
        told = people.holders(ctx, Role.dispatcher if percent == OVERDUE_PERCENT else Role.leader, case.area_path)
    cause = f"case:{case.id}:{row.timer}:{to_ms(row.started_at)}:{percent}"
    params = {"code": case.code, "title": case.title, "percent": percent}
    word = Word("cases.limit_share", cause, params, about=("cases", case.id), urgent=percent >= OVERDUE_PERCENT)
    notify(ctx, told, word)


def _levels(row: CaseClock) -> list[clocks.Level]:
    return [_level(kept) for kept in row.levels]


def _of_the_unit(ctx: Ctx, case: Case, percent: int) -> list[str]:
    """Whoever has it in hand; from a level on, and where nobody has, those who answer for the unit."""
    handler = [case.handler_id] if case.handler_id else []
    if handler and percent < queries.practice(ctx).head_percent:
        return handler
    crew = handler or [one.person_id for one in people.members(ctx.session, case.team_id or "", ctx.now())]
    heads = people.team_leaders_of(ctx, crew)
    return sorted({*handler, *(head for some in heads.values() for head in some)})


def _level(kept: dict[str, Any]) -> clocks.Level:
    told: datetime | None = from_ms(kept["told_ms"]) if kept["told_ms"] is not None else None
    return clocks.Level(kept["percent"], from_ms(kept["at_ms"]), told)


def _keep_levels(row: CaseClock, levels: Sequence[clocks.Level]) -> None:
    row.levels = [
        {"percent": one.percent, "at_ms": to_ms(one.at), "told_ms": to_ms(one.told_at) if one.told_at else None}
        for one in levels
    ]
    row.next_at = clocks.next_at(levels)
