"""Scene files: checked whole, then taken in whole."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from backend.cases import actions as cases
from backend.cases import queries as case_queries
from backend.kernel.audit import record
from backend.kernel.calendar import local_day
from backend.kernel.context import Ctx
from backend.people import queries as people
from backend.scenes import queries, rules
from backend.scenes.rules import Place, Why
from backend.scenes.tables import ScenePlanMade
from backend.workorders import actions as workorders
from backend.workorders import queries as work_queries
from mobile_contract import scenes as wire
from mobile_contract.casecodes import Competence
from mobile_contract.problems import say
from mobile_contract.workplans import NewPlace, NewPlan, NewPlanPart, PlanState, RevisedPlan
from sync.refusal import Refusal

MANAGE = workorders.MANAGE
FILES = Path(__file__).parent / "files"
Crew = tuple[str, str, str]
"""A team's id, its name, its area."""


@dataclass(slots=True)
class _Planned:
    """What became of the plans of a file."""

    made: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """The plan that an earlier file made, if any, and what this file says."""

    row: ScenePlanMade | None
    digest: str


def shipped_files() -> list[Path]:
    """The scenes that come with the house."""
    return sorted(FILES.glob("*.json"))


def check_scene(text: str) -> tuple[wire.NewScene | None, list[wire.SceneFault]]:
    """The scene of a file, or the faults that need no district to be seen."""
    return rules.check_scene(text)


def faults_of(ctx: Ctx, text: str) -> list[wire.SceneFault]:
    """Everything that is wrong with a file in this district, in the order of the lines."""
    scene, faults = rules.check_scene(text)
    return faults if scene is None else rules.at_lines(text, _misfits(ctx, scene))


def take_file(ctx: Ctx, file: str, text: str) -> wire.SceneMade:
    """Takes a scene file whole, or nothing of it; the same file again changes nothing.

    Refuses with auth.not_allowed, scenes.file_invalid (the first fault named), scenes.district_unknown.
    """
    ctx.principal.require(MANAGE, _root(ctx))
    faults = faults_of(ctx, text)
    if faults:
        first = faults[0]
        why = f"{first.why.zh} / {first.why.en}"
        raise rules.FileInvalid(file=file, line=first.line, field=first.field, why=why, faults=len(faults))
    scene, _ = rules.check_scene(text)
    assert scene is not None, "a file without faults is a scene"
    return take_scene(ctx, scene)


def take_scene(ctx: Ctx, scene: wire.NewScene) -> wire.SceneMade:
    """Takes a scene that was checked: its codes, who answers for them, its forms, its plans."""
    if not people.area_exists(ctx, _root(ctx)):
        raise rules.AreaUnfounded(district=ctx.settings.district)
    forms = workorders.SceneForms(scene.scene, scene.name, scene.name_en, scene.templates)
    new, unchanged = workorders.take_forms(ctx, ctx.settings.district, forms)
    version, codes_new = cases.take_scene_codes(ctx, scene)
    competences, nobody = _competences(ctx, scene)
    planned = _plans(ctx, scene)
    plans = len(planned.made) + len(planned.revised)
    record(ctx, "scenes.taken", f"scene:{scene.scene}", templates=len(new), competences=competences, plans=plans)
    return wire.SceneMade(
        scene=scene.scene,
        new_versions=new,
        unchanged=unchanged,
        codes_version=version,
        codes_new=codes_new,
        competences=competences,
        competences_waiting=nobody,
        plans_made=planned.made,
        plans_revised=planned.revised,
        plans_ended=planned.ended,
        plans_unchanged=planned.unchanged,
        plans_waiting=planned.waiting,
    )


def _root(ctx: Ctx) -> str:
    return f"/{ctx.settings.district}/"


# -- what does not fit this district -------------------------------------------------------------------------------


def _misfits(ctx: Ctx, scene: wire.NewScene) -> Iterator[tuple[Place, Why]]:
    held = case_queries.scene_numbers(ctx, ctx.settings.district, scene.scene)
    for i, code in enumerate(scene.codes):
        holder = held.get((code.kind.value, code.big, code.small))
        if holder is not None:
            number = f"{code.big}{code.small}"
            yield ("codes", i, "small"), (f"{number} 是 {holder} 的代码", f"{number} is a code of {holder}")
    yield from _unanswerable(ctx, scene)
    for i, plan in enumerate(scene.plans):
        if plan.team is not None and len(_crews(ctx, scene, plan)) != 1:
            yield ("plans", i, "team"), _no_team(plan.team)
        for n, part in enumerate(plan.parts):
            if len(_crews(ctx, scene, part)) != 1:
                yield ("plans", i, "parts", n, "team"), _no_team(part.team)
        yield from _bad_lines(i, plan)
        try:
            work_queries.days_of_rule(ctx, _rule(plan, _starts_on(ctx, plan)), _starts_on(ctx, plan), plan.policy)
        except Refusal as refusal:
            said = dict(refusal.params)
            yield ("plans", i, "rule"), (say(refusal.code, said, "zh"), say(refusal.code, said, "en"))


def _unanswerable(ctx: Ctx, scene: wire.NewScene) -> Iterator[tuple[Place, Why]]:
    known = {(code.kind.value, code.big, code.small) for code in scene.codes}
    known |= case_queries.numbers_in_force(ctx, ctx.settings.district)
    classes = {(kind, big) for kind, big, _ in known}
    for i, one in enumerate(scene.competences):
        if one.small is None and (one.kind.value, one.big) not in classes:
            yield ("competences", i, "big"), (f"没有大类 {one.big}", f"there is no class {one.big}")
        if one.small is not None and (one.kind.value, one.big, one.small) not in known:
            number = f"{one.big}{one.small}"
            yield ("competences", i, "small"), (f"没有代码 {number}", f"there is no code {number}")
        if one.team is not None and len(_crews(ctx, scene, one)) != 1:
            yield ("competences", i, "team"), _no_team(one.team)
        if one.area_path is not None and not _within(ctx, one.area_path):
            yield ("competences", i, "area_path"), (f"没有区域 {one.area_path}", f"there is no area {one.area_path}")


def _no_team(name: str) -> Why:
    return f"没有班组 {name}，或有多个同名", f"there is no team {name}, or there are several of that name"


def _within(ctx: Ctx, area_path: str) -> bool:
    return area_path.startswith(_root(ctx)) and people.area_exists(ctx, area_path)


def _crews(
    ctx: Ctx, scene: wire.NewScene, one: wire.ScenePlan | wire.ScenePart | wire.SceneCompetence
) -> Sequence[Crew]:
    if one.team is not None:
        return people.crews(ctx, _root(ctx), name=one.team, trade=None)
    return people.crews(ctx, _root(ctx), name=None, trade=one.trade or scene.scene)


def _bad_lines(number: int, plan: wire.ScenePlan) -> Iterator[tuple[Place, Why]]:
    for n, place in enumerate(plan.places):
        try:
            work_queries.spot_of(place)
        except Refusal as refusal:
            said = dict(refusal.params)
            yield ("plans", number, "places", n, "line"), (say(refusal.code, said, "zh"), say(refusal.code, said, "en"))


def _starts_on(ctx: Ctx, plan: wire.ScenePlan) -> date:
    return plan.starts_on or local_day(ctx.now())


def _rule(plan: wire.ScenePlan, starts_on: date) -> str:
    if plan.lasts_days is None:
        return plan.rule
    return f"{plan.rule};UNTIL={starts_on + timedelta(days=plan.lasts_days - 1):%Y%m%d}"


# -- who answers for what ------------------------------------------------------------------------------------------


def _competences(ctx: Ctx, scene: wire.NewScene) -> tuple[int, list[str]]:
    """Takes what the file says of who answers for what: (lines in force, codes for which no team is there yet)."""
    lines: list[Competence] = []
    waiting: list[str] = []
    for one in scene.competences:
        crews = _crews(ctx, scene, one)
        waiting += [] if crews else [f"{one.kind.value}.{one.big}{one.small or ''}"]
        for team_id, _, area in crews:
            where = one.area_path or area
            lines.append(
                Competence(
                    kind=one.kind, big=one.big, small=one.small, area_path=where, team_id=team_id, scene=scene.scene
                )
            )
    return cases.take_scene_competences(ctx, scene.scene, lines), waiting


# -- plans ---------------------------------------------------------------------------------------------------------


def _plans(ctx: Ctx, scene: wire.NewScene) -> _Planned:
    """Makes what is new, revises what the file has otherwise, ends what it has no more, and leaves the rest alone."""
    before, told = queries.plans_made(ctx, scene.scene), _Planned()
    forms = {template.code: template.model_dump_json() for template in scene.templates}
    wanted: set[tuple[str, str]] = set()
    for plan in scene.plans:
        crews = _crews(ctx, scene, plan)
        told.waiting += [] if crews else [plan.code]
        digest = hashlib.sha256((plan.model_dump_json() + forms[plan.template]).encode()).hexdigest()
        for crew in crews:
            wanted.add((plan.code, crew[0]))
            row = before.get((plan.code, crew[0]))
            if row is not None and row.digest == digest:
                told.unchanged += 1
            else:
                _put(ctx, scene, plan, crew, _Known(row, digest), told)
    for key, row in before.items():
        if key not in wanted:
            workorders.end_plan(ctx, row.plan_id)
            told.ended.append(row.plan_id)
            ctx.session.delete(row)
    ctx.session.flush()
    return told


def _put(ctx: Ctx, scene: wire.NewScene, plan: wire.ScenePlan, crew: Crew, known: _Known, told: _Planned) -> None:
    """Revises the plan that was made for a team; makes it where there is none, or where a desk has ended it."""
    standing = work_queries.plan_row(ctx, known.row.plan_id) if known.row is not None else None
    if standing is not None and standing.state == PlanState.active:
        ask = _ask(ctx, scene, plan, crew, plan.starts_on or standing.starts_on)
        revised = RevisedPlan(**ask.model_dump(), version=standing.version)
        plan_id = workorders.revise_plan(ctx, standing.id, revised).id
        told.revised.append(plan_id)
    else:
        plan_id = workorders.make_plan(ctx, _ask(ctx, scene, plan, crew, _starts_on(ctx, plan))).id
        told.made.append(plan_id)
    row = known.row or ScenePlanMade(
        scene=scene.scene, code=plan.code, team_id=crew[0], plan_id="", digest="", made_at=ctx.now()
    )
    row.plan_id, row.digest, row.made_at = plan_id, known.digest, ctx.now()
    ctx.session.add(row)


def _ask(ctx: Ctx, scene: wire.NewScene, plan: wire.ScenePlan, crew: Crew, starts_on: date) -> NewPlan:
    team_id, _, area = crew
    return NewPlan(
        title=plan.title,
        scene=scene.scene,
        template=plan.template,
        note=plan.note,
        area_path=area,
        team_id=team_id,
        starts_on=starts_on,
        rule=_rule(plan, starts_on),
        policy=plan.policy,
        release_ahead_h=plan.release_ahead_h,
        places=plan.places or [NewPlace(code="area", label=people.area_name(ctx, area))],
        windows=plan.windows,
        parts=[NewPlanPart(team_id=_crews(ctx, scene, part)[0][0], note=part.note) for part in plan.parts],
    )
