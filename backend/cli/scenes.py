"""scenes check, scenes import: a trade's routine described in a file, and taken without code."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, refuse, say, tell

if TYPE_CHECKING:
    from mobile_contract.worktemplates import NewScene

Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]
File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help=say("场景文件（JSON）", "a scene file, JSON"))
]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="scenes", help=say("作业场景", "scenes of routine work"))
    group.callback()(_group)
    group.command(
        "check",
        help=say("检查场景文件，逐条指出行号与字段。", "Check a scene file; every fault by its line and field."),
    )(check)
    group.command(
        "import",
        help=say("导入场景文件；模板有变化即成为新版本。", "Take a scene file; what changed becomes a new version."),
    )(take)


def _group() -> None:
    """A group of commands."""


def check(file: File) -> None:
    """Exit code 1 when something is wrong."""
    scene = _read(file)
    tell(
        f"{scene.name}（{scene.scene}）：{len(scene.templates)} 个模板，无误。",
        f"{scene.name_en} ({scene.scene}): {len(scene.templates)} templates, nothing wrong.",
    )


def take(
    file: File,
    district: Annotated[str, typer.Option(help=say("区划代码，如 440111", "the district's code, as 440111"))],
    demo: Demo = False,
) -> None:
    """The same file again changes nothing."""
    from backend.people import queries as people
    from backend.workorders import actions

    scene = _read(file)
    settings = home.demo_settings() if demo else home.settings_of()
    with home.operating(settings) as ctx:
        if not people.area_exists(ctx, f"/{district}/"):
            refuse("workorders.area_unknown", say("没有这个区。", "There is no such district."), Exit.usage)
        made = actions.import_scene(ctx, district, scene)
    tell(
        f"{scene.name}：新版本 {len(made.new_versions)} 个，未变 {len(made.unchanged)} 个。",
        f"{scene.name_en}: {len(made.new_versions)} new versions, {len(made.unchanged)} unchanged.",
    )


def _read(file: Path) -> "NewScene":
    """The scene of a file; ends with every fault told."""
    from backend.workorders import actions

    scene, faults = actions.check_scene(file.read_text(encoding="utf-8", errors="replace"))
    for fault in faults:
        where = f"{file}:{fault.line}: {fault.field or '-'}"
        tell(f"{where}：{fault.why}", f"{where}: {fault.why}")
    if scene is None:
        raise typer.Exit(int(Exit.found_wrong))
    return scene
