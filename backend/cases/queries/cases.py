"""Cases within the reader's sight, and the rows that deeds stand on."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_
from sqlmodel import col, select

from backend.cases.queries.practice import practice
from backend.cases.rules.refusals import CaseUnknown
from backend.cases.tables import NAMED, Case, CaseAhead, CaseClock, CaseOrder, CaseSeries, CaseStep, CaseUnit
from backend.kernel.authority import PERMISSIONS, Principal, Role
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.geo import box_around, distance_m
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as people
from mobile_contract import caselists as lists
from mobile_contract import caselooks as looks
from mobile_contract import cases as wire

CLOCKS_PER_TURN = 500
HANDS = tuple(
    act.value
    for act in (wire.Act.accept, wire.Act.finish, wire.Act.orders_done, wire.Act.rework, wire.Act.self_dispose)
)
"""Acts by which somebody lays hands on a case."""


def in_sight(principal: Principal) -> ColumnElement[bool]:
    """Cases one had a hand in, cases of one's units, and from a desk every case in one's areas."""
    me = principal.person_id
    hands = or_(
        col(Case.handler_id) == me,
        col(Case.reporter_id) == me,
        col(Case.verifier_id) == me,
        col(Case.checker_id) == me,
    )
    ours = exists().where(
        col(CaseUnit.case_id) == col(Case.id),
        col(CaseUnit.team_id).in_(sorted(principal.team_ids)),
        col(CaseUnit.withdrawn).is_(False),
    )
    return or_(hands, ours, in_areas(Case.area_path, desk_areas(principal)))


def case(ctx: Ctx, case_id: str) -> wire.Case:
    """One case in sight; refuses with cases.unknown."""
    return shape(case_in_sight(ctx, case_id))


def case_in_sight(ctx: Ctx, case_id: str) -> Case:
    """The row of a case in sight; refuses with cases.unknown."""
    row = ctx.session.exec(select(Case).where(Case.id == case_id, in_sight(ctx.principal))).first()
    if row is None:
        row = ctx.session.get(Case, case_id)
        if row is None or ctx.principal.person_id not in row.supporters:
            raise CaseUnknown
    return row


def history(ctx: Ctx, case_id: str) -> list[wire.CaseLine]:
    """Every act on a case in sight, in the order the server learned of them."""
    case_in_sight(ctx, case_id)
    rows = ctx.session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.id))).all()
    names = people.names(ctx, [row.person_id for row in rows if row.person_id])
    return [
        wire.CaseLine.model_validate(row.model_dump() | {"person_name": names.get(row.person_id or "", "")})
        for row in rows
    ]


def clocks(ctx: Ctx, case_id: str) -> list[wire.CaseClock]:
    """The clocks of a case in sight, in the order they began."""
    case_in_sight(ctx, case_id)
    rows = ctx.session.exec(select(CaseClock).where(CaseClock.case_id == case_id)).all()
    return [_clock_shape(row) for row in sorted(rows, key=lambda r: r.started_at)]


def _clock_shape(row: CaseClock) -> wire.CaseClock:
    levels = [
        looks.CaseLevel(
            percent=level["percent"],
            at=from_ms(level["at_ms"]),
            told_at=None if level["told_ms"] is None else from_ms(level["told_ms"]),
        )
        for level in row.levels
    ]
    return wire.CaseClock.model_validate(row.model_dump() | {"levels": levels})


def similar(ctx: Ctx, case_id: str) -> list[wire.SimilarCase]:
    """Open and lately closed cases near one in sight, as near in place and time as the district says, nearest first."""
    row, ways = case_in_sight(ctx, case_id), practice(ctx)
    within_m, within = ways.similar_m, timedelta(hours=ways.similar_h)
    found = [(near_m, other) for near_m, other in _around(ctx, row, within_m, within) if other.id != row.id]
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    same = (row.kind, row.big, row.small)
    return [
        wire.SimilarCase(case=shape(o), distance_m=round(m, 1), same_code=(o.kind, o.big, o.small) == same)
        for m, o in found[: wire.SIMILAR_MAX]
    ]


def in_box(box: tuple[float, float, float, float]) -> list[ColumnElement[bool]]:
    """What lies between west, south, east and north."""
    west, south, east, north = box
    return [col(Case.longitude).between(west, east), col(Case.latitude).between(south, north)]


def _around(ctx: Ctx, row: Case, within_m: float, within: timedelta) -> Iterable[tuple[float, Case]]:
    here = (row.longitude, row.latitude)
    query = select(Case).where(
        *in_box(box_around(here, within_m)),
        col(Case.reported_at).between(row.reported_at - within, row.reported_at + within),
        col(Case.state).not_in([wire.State.merged.value, wire.State.cancelled.value, wire.State.not_accepted.value]),
    )
    for other in ctx.session.exec(query.order_by(col(Case.id).desc()).limit(wire.SIMILAR_MAX * 4)):
        near_m = distance_m(here, (other.longitude, other.latitude))
        if near_m <= within_m:
            yield near_m, other


def naming(ctx: Ctx, component: str, limit: int) -> list[wire.Case]:
    """The latest cases in sight that name a component by its code, newest first."""
    query = select(Case).where(NAMED, Case.component == component, in_sight(ctx.principal))
    return [shape(row) for row in ctx.session.exec(query.order_by(col(Case.id).desc()).limit(limit))]


def shape(row: Case) -> wire.Case:
    """A case as it travels."""
    return wire.Case.model_validate(row, from_attributes=True)


# -- for deeds -----------------------------------------------------------------------------------------------------


def case_row(ctx: Ctx, case_id: str) -> Case:
    """The case a phone's deed is about; the engine has made sure that the phone saw it."""
    row = ctx.session.get(Case, case_id)
    if row is None:
        raise CaseUnknown
    return row


def checkers(ctx: Ctx, case_id: str) -> list[looks.Looker]:
    """Who may be sent to check a case in sight: those of no unit that found or handled it first."""
    row = case_in_sight(ctx, case_id)
    hands, found = handlers(ctx, case_id), set[str]()
    for role in Role:
        if role in PERMISSIONS["cases.look"]:
            found.update(people.holders(ctx, role, row.area_path))
    near = units_near(ctx, row)
    names = people.names(ctx, sorted(found - hands))
    lookers = [looks.Looker(person_id=one, name=name, of_unit=of_unit(ctx, one, near)) for one, name in names.items()]
    return sorted(lookers, key=lambda one: (one.of_unit, one.name, one.person_id))[: looks.LOOKERS_MAX]


def units_near(ctx: Ctx, row: Case) -> frozenset[str]:
    """Units that have or had a case in hand, and those of whoever found it."""
    reporter = row.reporter_id
    theirs = people.principal_of(ctx, reporter, None).team_ids if reporter and people.is_active(ctx, reporter) else ()
    return frozenset(units(ctx, row.id)).union(theirs)


def of_unit(ctx: Ctx, person_id: str, near: frozenset[str]) -> bool:
    """Whether a person belongs to one of these units."""
    return bool(people.principal_of(ctx, person_id, None).team_ids & near)


def units(ctx: Ctx, case_id: str) -> dict[str, CaseUnit]:
    """The units that have or had a case, by team."""
    rows = ctx.session.exec(select(CaseUnit).where(CaseUnit.case_id == case_id)).all()
    return {row.team_id: row for row in rows}


def clock(ctx: Ctx, case_id: str, timer: wire.Timer) -> CaseClock | None:
    """One clock of a case."""
    return ctx.session.get(CaseClock, (case_id, timer.value))


def due_clocks(ctx: Ctx) -> Sequence[CaseClock]:
    """Running clocks with a level to be told by now, a portion at a time."""
    query = select(CaseClock).where(CaseClock.status == "running", col(CaseClock.next_at) <= ctx.now())
    return ctx.session.exec(query.order_by(col(CaseClock.next_at)).limit(CLOCKS_PER_TURN)).all()


def reviews_due(ctx: Ctx, wait: timedelta) -> Sequence[Case]:
    """Suspended cases that are to be looked at again by now and of which that was not told, or not yet above."""
    at, told = col(Case.review_at), col(Case.review_told)
    untold = or_((told == 0) & (at <= ctx.now()), (told == 1) & (at <= ctx.now() - wait))
    query = select(Case).where(at.is_not(None), at <= ctx.now(), untold).order_by(at, col(Case.id))
    return ctx.session.exec(query.limit(CLOCKS_PER_TURN)).all()


def provisional_clocks(ctx: Ctx, version: str) -> Sequence[CaseClock]:
    """Running clocks that crossed into a year without a calendar, and were counted by another calendar than this."""
    query = select(CaseClock).where(
        CaseClock.status == wire.ClockStatus.running.value,
        col(CaseClock.provisional).is_(True),
        col(CaseClock.due_table).contains(f"|{version}|", autoescape=True).is_(False),
    )
    return ctx.session.exec(query.order_by(CaseClock.case_id, CaseClock.timer)).all()


def was_suspended(ctx: Ctx, case_id: str) -> bool:
    """Whether a case ever stood still."""
    query = select(CaseStep.id).where(CaseStep.case_id == case_id, CaseStep.act == wire.Act.grant_suspension.value)
    return ctx.session.exec(query.limit(1)).first() is not None


def handlers(ctx: Ctx, case_id: str) -> frozenset[str]:
    """Whoever laid hands on a case."""
    query = select(CaseStep.person_id).where(CaseStep.case_id == case_id, col(CaseStep.act).in_(HANDS))
    return frozenset(person for person in ctx.session.exec(query).all() if person)


def act_citing(ctx: Ctx, case_id: str, sha256: str) -> tuple[str, str, datetime, int] | None:
    """The act on a case that first named a photo: what, who, when, and how sure that is."""
    for step in ctx.session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.id))):
        if step.person_id is not None and sha256 in step.photos:
            return step.act, step.person_id, step.done_at, step.error_ms
    return None


def appeals_denied(ctx: Ctx, case_id: str, since_at: datetime) -> tuple[str, ...]:
    """Who denied an appeal since a case ended, once for each."""
    query = select(CaseStep.person_id).where(
        CaseStep.case_id == case_id,
        CaseStep.act == wire.Act.deny_appeal.value,
        CaseStep.effect == wire.CaseEffect.applied.value,
        CaseStep.done_at >= since_at,
    )
    return tuple(person or "" for person in ctx.session.exec(query).all())


def moved_at(ctx: Ctx, case_id: str, state: str) -> datetime | None:
    """When the case came into a state, by the trusted time of the act that brought it there."""
    query = select(func.max(CaseStep.id)).where(
        CaseStep.case_id == case_id,
        CaseStep.to_state == state,
        or_(col(CaseStep.from_state).is_(None), col(CaseStep.from_state) != state),
    )
    last = ctx.session.exec(query).one()
    row = ctx.session.get(CaseStep, last) if last else None
    return row.done_at if row else None


def series_row(ctx: Ctx, series: str) -> CaseSeries | None:
    """How far a series is counted."""
    return ctx.session.get(CaseSeries, series)


def ahead_row(ctx: Ctx, case_id: str) -> CaseAhead | None:
    """That a case goes ahead of every queue."""
    return ctx.session.get(CaseAhead, case_id)


def order_of(ctx: Ctx, order_id: str) -> CaseOrder | None:
    """That a work order is of a case; None: it is a routine one."""
    with ctx.session.no_autoflush:  # a thousand orders given out together are written together
        return ctx.session.get(CaseOrder, order_id)


def orders_of(ctx: Ctx, case_id: str) -> Sequence[CaseOrder]:
    """The work orders of a case, in the order they were given."""
    wanted = select(CaseOrder).where(CaseOrder.case_id == case_id).order_by(col(CaseOrder.order_id))
    return ctx.session.exec(wanted).all()


def orders(ctx: Ctx, case_id: str) -> list[lists.CaseOrder]:
    """The work orders of a case in sight."""
    case_in_sight(ctx, case_id)
    return [lists.CaseOrder.model_validate(row, from_attributes=True) for row in orders_of(ctx, case_id)]
