"""Templates and scenes: a trade's routine described as data, in versions that never change."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.workorders import queries, rules
from backend.workorders.tables import WorkScene, WorkTemplate
from mobile_contract import worktemplates as wire

MANAGE = "workorders.manage"
SHIPPED = frozenset({"sanitation", "greening", "street_order"})
"""Scenes that come with the house: orders may be of them before their files are taken in."""


@dataclass(frozen=True, slots=True)
class SceneForms:
    """What of a scene is routine work: its code, its names, its templates."""

    scene: str
    name: str
    name_en: str
    templates: Sequence[wire.NewTemplate]


def add_template(ctx: Ctx, district: str, ask: wire.NewTemplate) -> WorkTemplate:
    """Adds the first version of a template, or its next; the same once more changes nothing.

    Orders keep the version they were made with. Refuses with auth.not_allowed, workorders.scene_unknown.
    """
    ctx.principal.require(MANAGE, f"/{district}/")
    need_scene(ctx, ask.scene)
    return _added(ctx, district, ask)[0]


def _added(ctx: Ctx, district: str, ask: wire.NewTemplate) -> tuple[WorkTemplate, bool]:
    before = queries.current_template(ctx, district, ask.scene, ask.code)
    said = ask.model_dump(mode="json")
    if before is not None:
        if queries.same_form(before, said):
            return before, False
        before.current = False
        ctx.session.add(before)
    made = WorkTemplate(**said, district=district, version=before.version + 1 if before else 1, created_at=ctx.now())
    ctx.session.add(made)
    ctx.session.flush()
    record(ctx, "workorders.template_added", f"template:{made.id}", scene=ask.scene, code=ask.code)
    return made, True


def take_forms(ctx: Ctx, district: str, forms: SceneForms) -> tuple[list[str], list[str]]:
    """Takes a scene's name, and a version of each template that is not as it was: (codes of new versions, unchanged).
    Refuses with auth.not_allowed."""
    ctx.principal.require(MANAGE, f"/{district}/")
    row = queries.scene_row(ctx, forms.scene) or WorkScene(code=forms.scene, name="", name_en="", created_at=ctx.now())
    row.name, row.name_en = forms.name, forms.name_en
    ctx.session.add(row)
    ctx.session.flush()
    made = [(template.code, _added(ctx, district, template)[1]) for template in forms.templates]
    return [code for code, new in made if new], [code for code, new in made if not new]


def need_scene(ctx: Ctx, scene: str) -> None:
    """Refuses with workorders.scene_unknown what neither came with the house nor was imported."""
    if scene not in SHIPPED and queries.scene_row(ctx, scene) is None:
        raise rules.SceneUnknown(scene=scene)


def template_for(ctx: Ctx, template_id: str, scene: str, area_path: str) -> WorkTemplate:
    """The version an order is to be made of. Refuses with workorders.template_unknown, .template_of_other_scene."""
    row = queries.template_row(ctx, template_id)
    if row.district != area_path.split("/")[1]:
        raise rules.TemplateUnknown
    if row.scene != scene:
        raise rules.TemplateOfOtherScene(scene=row.scene)
    return row
