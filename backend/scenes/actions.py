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
from backend.scenes.rules import Place
from backend.scenes.tables import ScenePlanMade
from backend.workorders import actions as workorders
from backend.workorders import queries as work_queries
from mobile_contract import scenes as wire
from mobile_contract.problems import say
from mobile_contract.workplans import NewPlace, NewPlan
from sync.refusal import Refusal

MANAGE = workorders.MANAGE
FILES = Path(__file__).parent / "files"
Crew = tuple[str, str, str]
"""A team's id, its name, its area."""


@dataclass(slots=True)
class _Planned:
    """What became of the plans of a file."""

    made: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    unchanged: int = 0


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
        raise rules.FileInvalid(file=file, line=first.line, field=first.field, why=first.why, faults=len(faults))
    scene, _ = rules.check_scene(text)
    assert scene is not None, "a file without faults is a scene"
    return take_scene(ctx, scene)


def take_scene(ctx: Ctx, scene: wire.NewScene) -> wire.SceneMade:
    """Takes a scene that was checked: its codes, its forms, its plans."""
    if not people.area_exists(ctx, _root(ctx)):
        raise rules.AreaUnfounded(district=ctx.settings.district)
    forms = workorders.SceneForms(scene.scene, scene.name, scene.name_en, scene.templates)
    new, unchanged = workorders.take_forms(ctx, ctx.settings.district, forms)
    version, codes_new = cases.take_scene_codes(ctx, scene)
    planned = _plans(ctx, scene)
    record(ctx, "scenes.taken", f"scene:{scene.scene}", templates=len(new), plans=len(planned.made))
    return wire.SceneMade(
        scene=scene.scene,
        new_versions=new,
        unchanged=unchanged,
        codes_version=version,
        codes_new=codes_new,
        plans_made=planned.made,
        plans_ended=planned.ended,
        plans_unchanged=planned.unchanged,
        plans_waiting=planned.waiting,
    )


def _root(ctx: Ctx) -> str:
    return f"/{ctx.settings.district}/"


# -- what does not fit this district -------------------------------------------------------------------------------


def _misfits(ctx: Ctx, scene: wire.NewScene) -> Iterator[tuple[Place, str]]:
    held = case_queries.scene_numbers(ctx, ctx.settings.district, scene.scene)
    for i, code in enumerate(scene.codes):
        holder = held.get((code.kind.value, code.big, code.small))
        if holder is not None:
            yield ("codes", i, "small"), f"{code.big}{code.small} is a code of {holder}"
    for i, plan in enumerate(scene.plans):
        if plan.team is not None and len(_crews(ctx, scene, plan)) != 1:
            yield ("plans", i, "team"), f"there is no team {plan.team}, or there are several of that name"
        try:
            work_queries.days_of_rule(ctx, _rule(plan, _starts_on(ctx, plan)), _starts_on(ctx, plan), plan.policy)
        except Refusal as refusal:
            yield ("plans", i, "rule"), say(refusal.code, dict(refusal.params), "en")


def _crews(ctx: Ctx, scene: wire.NewScene, plan: wire.ScenePlan) -> Sequence[Crew]:
    trade = None if plan.team is not None else plan.trade or scene.scene
    return people.crews(ctx, _root(ctx), name=plan.team, trade=trade)


def _starts_on(ctx: Ctx, plan: wire.ScenePlan) -> date:
    return plan.starts_on or local_day(ctx.now())


def _rule(plan: wire.ScenePlan, starts_on: date) -> str:
    if plan.lasts_days is None:
        return plan.rule
    return f"{plan.rule};UNTIL={starts_on + timedelta(days=plan.lasts_days - 1):%Y%m%d}"


# -- plans ---------------------------------------------------------------------------------------------------------


def _plans(ctx: Ctx, scene: wire.NewScene) -> _Planned:
    """Makes what is new, ends what the file has no more or otherwise, and leaves the rest alone."""
    before, told = queries.plans_made(ctx, scene.scene), _Planned()
    wanted: set[tuple[str, str]] = set()
    for plan in scene.plans:
        crews = _crews(ctx, scene, plan)
        told.waiting += [] if crews else [plan.code]
        digest = hashlib.sha256(plan.model_dump_json().encode()).hexdigest()
        for crew in crews:
            wanted.add((plan.code, crew[0]))
            row = before.get((plan.code, crew[0]))
            if row is not None and row.digest == digest:
                told.unchanged += 1
                continue
            _end(ctx, row, told)
            _make(ctx, scene, plan, crew, digest, row, told)
    for key, row in before.items():
        if key not in wanted:
            _end(ctx, row, told)
            ctx.session.delete(row)
    ctx.session.flush()
    return told


def _end(ctx: Ctx, row: ScenePlanMade | None, told: _Planned) -> None:
    if row is not None:
        workorders.end_plan(ctx, row.plan_id)
        told.ended.append(row.plan_id)


def _make(
    ctx: Ctx,
    scene: wire.NewScene,
    plan: wire.ScenePlan,
    crew: Crew,
    digest: str,
    row: ScenePlanMade | None,
    told: _Planned,
) -> None:
    team_id, _, area = crew
    starts_on = _starts_on(ctx, plan)
    ask = NewPlan(
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
    )
    made = workorders.make_plan(ctx, ask)
    row = row or ScenePlanMade(
        scene=scene.scene, code=plan.code, team_id=team_id, plan_id="", digest="", made_at=ctx.now()
    )
    row.plan_id, row.digest, row.made_at = made.id, digest, ctx.now()
    ctx.session.add(row)
    told.made.append(made.id)
