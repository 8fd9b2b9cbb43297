"""scenes: a trade's routine described in a file; checked, taken without code, listed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, refuse, say, table, tell

if TYPE_CHECKING:
    from mobile_contract.scenes import NewScene, SceneFault

Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]
File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help=say("场景文件（JSON），或自带场景的代码，如 sanitation", "a scene file, or a shipped scene's code"),
    ),
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
        help=say(
            "导入场景文件：代码、时限、职责、表单、计划；有变化即成为新版本。",
            "Take a scene file: codes, limits, competences, forms, plans; what changed becomes a new version.",
        ),
    )(take)
    group.command(
        "write", help=say("把自带场景写成文件，作为样板。", "Write a shipped scene as a file to begin with.")
    )(write)
    group.command("list", help=say("列出已导入的场景。", "List the scenes that were taken."))(listed)


def _group() -> None:
    """A group of commands."""


def check(file: File) -> None:
    """Exit code 1 when something is wrong."""
    from backend.scenes import actions

    path = _path(file)
    scene, faults = actions.check_scene(_text(path))
    _tell(path, faults)
    assert scene is not None, "without faults it is a scene"
    tell(
        f"{scene.name}（{scene.scene}）：{_parts(scene, 'zh')}，无误。",
        f"{scene.name_en}: {_parts(scene, 'en')}; all right.",
    )


def _parts(scene: "NewScene", language: str) -> str:
    counts = len(scene.codes), len(scene.competences), len(scene.templates), len(scene.plans)
    zh, en = "{} 个代码，{} 条职责，{} 个表单，{} 个计划", "{} codes, {} competences, {} forms, {} plans"
    return (zh if language == "zh" else en).format(*counts)


def take(file: File, demo: Demo = False) -> None:
    """The same file again changes nothing."""
    from backend.scenes import actions
    from mobile_contract.problems import say as said
    from sync.refusal import Refusal

    path = _path(file)
    text = _text(path)
    try:
        with home.operating(home.demo_settings() if demo else home.settings_of()) as ctx:
            _tell(path, actions.faults_of(ctx, text))
            made = actions.take_file(ctx, path.name, text)
    except Refusal as refusal:
        texts = said(refusal.code, dict(refusal.params), "zh"), said(refusal.code, dict(refusal.params), "en")
        refuse(refusal.code, say(*texts), Exit.usage)
    new, plans, revised = len(made.new_versions), len(made.plans_made), len(made.plans_revised)
    codes, waiting = made.codes_version or "-", ", ".join((*made.competences_waiting, *made.plans_waiting))
    tell(
        f"{made.scene}：新版表单 {new} 个，未变 {len(made.unchanged)} 个；代码 {codes}；"
        f"职责 {made.competences} 条；新计划 {plans} 个，调整 {revised} 个，停止 {len(made.plans_ended)} 个。",
        f"{made.scene}: {new} new forms, {len(made.unchanged)} unchanged; codes {codes}; "
        f"{made.competences} competences; {plans} new plans, {revised} changed, {len(made.plans_ended)} ended.",
    )
    if waiting:
        tell(f"尚无班组：{waiting}", f"No team for these yet: {waiting}")


def write(
    scene: Annotated[str, typer.Argument(help=say("自带场景的代码", "a shipped scene's code"))],
    file: Annotated[Path, typer.Argument(dir_okay=False, help=".json")],
) -> None:
    """Never over a file that is there."""
    if file.exists():
        refuse("scenes.file_there", say(f"{file} 已存在。", f"{file} is there already."), Exit.usage)
    file.write_text(_text(_path(scene)), encoding="utf-8")
    tell(f"已写入 {file}。", f"{file} is written.")


def listed(demo: Demo = False) -> None:
    """Code and names."""
    from backend.scenes import queries

    with home.looking(home.demo_settings() if demo else home.settings_of()) as ctx:
        rows = [(one.scene, one.name, one.name_en) for one in queries.scenes(ctx)]
    table(say("场景", "scenes"), [say("代码", "code"), say("名称", "name"), say("英文名", "in English")], rows)


def _path(file: str) -> Path:
    """The file of this name, else of the shipped scene of this code."""
    from backend.scenes import actions

    shipped = {one.stem: one for one in actions.shipped_files()}
    path = Path(file)
    if not path.is_file() and file not in shipped:
        names = ", ".join(shipped)
        refuse(
            "scenes.no_file",
            say(f"没有文件 {file}；自带场景：{names}。", f"There is no file {file}; shipped scenes: {names}."),
            Exit.usage,
        )
    return path if path.is_file() else shipped[file]


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", "replace")


def _tell(path: Path, faults: list["SceneFault"]) -> None:
    """Tells every fault, and ends where there is one."""
    for fault in faults:
        where = f"{path}:{fault.line}: {fault.field or '-'}"
        tell(f"{where}：{fault.why.zh}", f"{where}: {fault.why.en}")
    if faults:
        raise typer.Exit(int(Exit.found_wrong))
