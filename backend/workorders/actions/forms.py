"""Templates and scenes: a trade's routine described as data, in versions that never change."""

from pathlib import Path

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.workorders import queries, rules
from backend.workorders.tables import WorkScene, WorkTemplate
from mobile_contract import worktemplates as wire

MANAGE = "workorders.manage"


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


def import_scene(ctx: Ctx, district: str, scene: wire.NewScene) -> wire.SceneMade:
    """Takes a scene's description whole: its name, and a version of each template that is not as it was."""
    ctx.principal.require(MANAGE, f"/{district}/")
    row = queries.scene_row(ctx, scene.scene) or WorkScene(code=scene.scene, name="", name_en="", created_at=ctx.now())
    row.name, row.name_en = scene.name, scene.name_en
    ctx.session.add(row)
    ctx.session.flush()
    made = [(template.code, _added(ctx, district, template)[1]) for template in scene.templates]
    record(ctx, "workorders.scene_imported", f"scene:{scene.scene}", templates=len(made))
    return wire.SceneMade(
        scene=scene.scene,
        new_versions=[code for code, new in made if new],
        unchanged=[code for code, new in made if not new],
    )


def need_scene(ctx: Ctx, scene: str) -> None:
    """Refuses with workorders.scene_unknown what neither came with the house nor was imported."""
    if scene not in rules.SHIPPED and queries.scene_row(ctx, scene) is None:
        raise rules.SceneUnknown(scene=scene)


def template_for(ctx: Ctx, template_id: str, scene: str, area_path: str) -> WorkTemplate:
    """The version an order is to be made of. Refuses with workorders.template_unknown, .template_of_other_scene."""
    row = queries.template_row(ctx, template_id)
    if row.district != area_path.split("/")[1]:
        raise rules.TemplateUnknown
    if row.scene != scene:
        raise rules.TemplateOfOtherScene(scene=row.scene)
    return row


def check_scene(text: str) -> tuple[wire.NewScene | None, list[rules.SceneFault]]:
    """The scene of a file, or its faults in the order of the lines."""
    return rules.check_scene(text)


def shipped_scenes() -> list[wire.NewScene]:
    """The scenes that come with the house, read and checked."""
    return [rules.read_scene(file.read_text(encoding="utf-8"), file.name) for file in shipped_files()]


def shipped_files() -> list[Path]:
    """Their files."""
    return sorted((Path(__file__).parent.parent / "scenes").glob("*.json"))
