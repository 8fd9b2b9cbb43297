"""Checklists, visits, hazards and homes within the reader's sight, and what their fold stands on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.gas.queries.sight import in_sight, today
from backend.gas.rules.home_refusals import ChecklistUnknown, HazardUnknown, VisitUnknown
from backend.gas.rules.homes import Came, Done, Finding, When
from backend.gas.rules.homes import unalarmed_heater as heater_without_alarm
from backend.gas.tables.homes import Checklist, Hazard, HazardAct, Home, Visit
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from mobile_contract import checklists as lists
from mobile_contract import homes as wire
from mobile_contract.base import Page

CHECKLISTS_MAX = 200
OPEN_STATES = ("open", "notified", "rectified")
"""Of a hazard that nobody has seen mended."""

# -- checklists ----------------------------------------------------------------------------------------------------


def checklists(ctx: Ctx) -> list[lists.Checklist]:
    """Every published version, newest first."""
    query = select(Checklist).order_by(col(Checklist.since_on).desc(), col(Checklist.id).desc()).limit(CHECKLISTS_MAX)
    return [checklist_shape(row) for row in ctx.session.exec(query)]


def checklist(ctx: Ctx, version: str) -> lists.Checklist:
    """A version. Refuses with gas.checklist_unknown."""
    row = ctx.session.exec(select(Checklist).where(Checklist.version == version)).first()
    if row is None:
        raise ChecklistUnknown(version=version)
    return checklist_shape(row)


def checklist_on(ctx: Ctx, on: date) -> str | None:
    """The version that holds on a day."""
    newest = (col(Checklist.since_on).desc(), col(Checklist.id).desc())
    query = select(Checklist.version).where(col(Checklist.since_on) <= on).order_by(*newest)
    return ctx.session.exec(query.limit(1)).first()


def checklist_shape(row: Checklist) -> lists.Checklist:
    """A checklist as it travels."""
    return lists.Checklist.model_validate(row, from_attributes=True)


# -- visits --------------------------------------------------------------------------------------------------------


def visits(ctx: Ctx, wanted: wire.VisitFilter, cursor: str | None, limit: int) -> Page[wire.Visit]:
    """A page of the visits in sight, newest first."""
    query = select(Visit).where(_mine_or_in_sight(ctx, Visit))
    if wanted.account:
        query = query.where(Visit.account == wanted.account)
    if wanted.outcome:
        query = query.where(Visit.outcome == wanted.outcome.value)
    if wanted.area:
        query = query.where(in_areas(Visit.area_path, [wanted.area]))
    if wanted.since_at:
        query = query.where(col(Visit.trusted_at) >= wanted.since_at)
    if wanted.until_at:
        query = query.where(col(Visit.trusted_at) < wanted.until_at)
    if cursor:
        query = query.where(beyond([col(Visit.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(Visit.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[visit_shape(row) for row in page], next=following)


def visit(ctx: Ctx, visit_id: str) -> wire.Visit:
    """A visit in sight; refuses with gas.visit_unknown."""
    row = ctx.session.exec(select(Visit).where(Visit.id == visit_id, _mine_or_in_sight(ctx, Visit))).first()
    if row is None:
        raise VisitUnknown
    return visit_shape(row)


def _mine_or_in_sight(ctx: Ctx, table: Any) -> ColumnElement[bool]:
    return or_(col(table.person_id) == ctx.principal.person_id, in_sight(ctx.principal, table))


def visit_shape(row: Visit) -> wire.Visit:
    """A visit as it travels."""
    return wire.Visit.model_validate(row, from_attributes=True)


# -- hazards -------------------------------------------------------------------------------------------------------


def hazards(ctx: Ctx, wanted: wire.HazardFilter, cursor: str | None, limit: int) -> Page[wire.Hazard]:
    """A page of the hazards in sight, newest first."""
    query = select(Hazard).where(in_sight(ctx.principal, Hazard), *_narrowed(ctx, wanted))
    if cursor:
        query = query.where(beyond([col(Hazard.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(Hazard.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[hazard_shape(row) for row in page], next=following)


def _narrowed(ctx: Ctx, wanted: wire.HazardFilter) -> Iterable[ColumnElement[bool]]:
    for column, value in (
        (Hazard.account, wanted.account),
        (Hazard.state, wanted.state),
        (Hazard.grade, wanted.grade),
        (Hazard.item, wanted.item),
    ):
        if value is not None:
            yield col(column) == str(value)
    if wanted.area:
        yield in_areas(Hazard.area_path, [wanted.area])
    if wanted.overdue is not None:
        late = col(Hazard.state).in_(OPEN_STATES) & (col(Hazard.due_on) < today(ctx))
        yield late if wanted.overdue else or_(~late, col(Hazard.due_on).is_(None))


def hazard_row(ctx: Ctx, hazard_id: str) -> Hazard:
    """The row of a hazard in sight; refuses with gas.hazard_unknown."""
    row = ctx.session.exec(select(Hazard).where(Hazard.id == hazard_id, in_sight(ctx.principal, Hazard))).first()
    if row is None:
        raise HazardUnknown
    return row


def hazard(ctx: Ctx, hazard_id: str) -> wire.HazardView:
    """A hazard in sight and what was done about it; refuses with gas.hazard_unknown."""
    row = hazard_row(ctx, hazard_id)
    query = (
        select(HazardAct).where(HazardAct.hazard == hazard_id).order_by(col(HazardAct.trusted_at), col(HazardAct.id))
    )
    acts = [hazard_act_shape(act) for act in ctx.session.exec(query)]
    return wire.HazardView(**hazard_shape(row).model_dump(), acts=acts)


def hazard_act_row(ctx: Ctx, act_id: str) -> HazardAct | None:
    """A deed by the id its maker gave it."""
    return ctx.session.get(HazardAct, act_id)


def hazard_shape(row: Hazard) -> wire.Hazard:
    """A hazard as it travels."""
    return wire.Hazard.model_validate(row, from_attributes=True)


def hazard_act_shape(row: HazardAct) -> wire.HazardAct:
    """A deed about a hazard as it travels."""
    return wire.HazardAct.model_validate(row, from_attributes=True)


def hazard_owners(ctx: Ctx, hazard_ids: Iterable[str]) -> dict[str, str]:
    """Hazard -> the account it belongs to, of those that are known."""
    wanted = sorted(set(hazard_ids))
    if not wanted:
        return {}
    return dict(ctx.session.exec(select(Hazard.id, Hazard.account).where(col(Hazard.id).in_(wanted))).all())


def hazards_by_id(ctx: Ctx, ids: Iterable[str]) -> dict[str, Hazard]:
    """Hazards by id, for whoever is told of them."""
    rows = ctx.session.exec(select(Hazard).where(col(Hazard.id).in_(sorted(set(ids))))).all()
    return {row.id: row for row in rows}


def refusals(ctx: Ctx, visit_ids: Iterable[str]) -> Sequence[Visit]:
    """Those of some visits at which the check was refused, as is proved."""
    query = select(Visit).where(
        col(Visit.id).in_(sorted(set(visit_ids))),
        Visit.outcome == wire.VisitOutcome.refused.value,
        col(Visit.proven).is_(True),
    )
    return ctx.session.exec(query).all()


def past_due(ctx: Ctx, on: date, limit: int, beyond_id: str = "") -> Sequence[Hazard]:
    """Hazards whose day has passed, to be told of, mended or looked at, by id. For jobs: sees the whole district."""
    query = select(Hazard).where(
        col(Hazard.state).in_(OPEN_STATES), col(Hazard.due_on) < on, col(Hazard.id) > beyond_id
    )
    return ctx.session.exec(query.order_by(col(Hazard.id)).limit(limit)).all()


# -- homes ---------------------------------------------------------------------------------------------------------


def home_shape(row: Home) -> wire.Home:
    """A home as it travels."""
    return wire.Home.model_validate(row, from_attributes=True)


def homes_by_id(ctx: Ctx, ids: Iterable[str]) -> dict[str, Home]:
    """Homes as they are kept, by their accounts' ids."""
    rows = ctx.session.exec(select(Home).where(col(Home.id).in_(sorted(set(ids))))).all()
    return {row.id: row for row in rows}


def hazards_of(ctx: Ctx, account_ids: Iterable[str]) -> dict[str, Hazard]:
    """Hazards as they are kept, by id."""
    rows = ctx.session.exec(select(Hazard).where(col(Hazard.account_id).in_(sorted(set(account_ids))))).all()
    return {row.id: row for row in rows}


def events_of(ctx: Ctx, codes: Iterable[str]) -> dict[str, tuple[list[Came], list[Done]]]:
    """All that the fold of each account's home stands on."""
    wanted = sorted(set(codes))
    found: dict[str, tuple[list[Came], list[Done]]] = defaultdict(lambda: ([], []))
    known: dict[str, lists.Checklist] = {}
    for row in ctx.session.exec(select(Visit).where(col(Visit.account).in_(wanted))):
        if row.checklist and row.checklist not in known:
            known[row.checklist] = checklist(ctx, row.checklist)
        found[row.account][0].append(_came(row, known.get(row.checklist)))
    for act in ctx.session.exec(select(HazardAct).where(col(HazardAct.account).in_(wanted))):
        done = Done(act.id, _when(act), act.hazard, wire.HazardDeed(act.deed), wire.EscalatedTo(act.told))
        found[act.account][1].append(done)
    return found


def _when(row: Visit | HazardAct) -> When:
    return When(to_ms(row.trusted_at), row.queue_device, row.queue_epoch, row.queue_n)


def _came(row: Visit, answered: lists.Checklist | None) -> Came:
    came = Came(
        id=row.id,
        when=_when(row),
        outcome=wire.VisitOutcome(row.outcome),
        counts=row.counts,
        proven=row.proven,
        signed=row.signed_by != wire.SignedBy.nobody,
        cylinders_found=row.cylinders_found,
    )
    if answered is None or row.outcome != wire.VisitOutcome.completed:
        return came
    answers = [wire.Answer.model_validate(answer) for answer in row.answers]
    return Came(
        id=came.id,
        when=came.when,
        outcome=came.outcome,
        counts=came.counts,
        proven=came.proven,
        signed=came.signed,
        cylinders_found=came.cylinders_found,
        findings=tuple(_findings(answers, answered)),
        right=frozenset(a.item for a in answers if a.answer is wire.AnswerKind.ok),
        unalarmed_heater=_unalarmed({a.item: a.answer.value for a in answers}, answered),
    )


def _findings(answers: Sequence[wire.Answer], answered: lists.Checklist) -> Iterable[Finding]:
    for answer in answers:
        if answer.answer is not wire.AnswerKind.hazard or answer.hazard is None or answer.grade is None:
            continue
        rule = lists.rule_of(answered.grades, answer.grade)
        yield Finding(
            hazard=answer.hazard,
            item=answer.item,
            grade=answer.grade,
            deadline_days=lists.deadline_days(answered, answer.item, answer.grade),
            stops_supply=rule.stops_supply,
            in_writing=rule.notice,
            fixed=answer.fixed,
            measure=answer.measure,
            photos=tuple(answer.photos),
        )


def _unalarmed(answered: Mapping[str, str], by: lists.Checklist) -> bool:
    heaters = [item.code for item in by.items if item.topic is lists.Topic.water_heater]
    alarms = [item.code for item in by.items if item.topic is lists.Topic.co_alarm]
    return heater_without_alarm(answered, heaters, alarms)
