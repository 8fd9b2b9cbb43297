"""cases export: a list of cases as a spreadsheet."""

from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli import home
from backend.cli.talk import Exit, progress, refuse, say, tell

EXPORT_ROWS_MAX = 1_048_575
"""As many lines as an Excel sheet has, but for the first."""
Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="cases", help=say("案卷", "cases"))
    group.callback()(_group)
    group.command(
        "export", help=say("把案卷列表导出为 .xlsx 或 .csv。", "Write a list of cases to a .xlsx or .csv file.")
    )(export)


def _group() -> None:
    """A group of commands."""


def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True, help=".xlsx, .csv")],
    area: Annotated[str | None, typer.Option(help=say("区域，如 /440111/songzhou/", "area"))] = None,
    state: Annotated[str | None, typer.Option(help=say("状态，如 dispatched", "state, as dispatched"))] = None,
    opened: Annotated[bool, typer.Option("--open", help=say("只要未结的", "only what is open"))] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help=say("只要逾期的", "only what is overdue"))] = False,
    q: Annotated[str | None, typer.Option(help=say("查找文字", "words to be found"))] = None,
    demo: Demo = False,
) -> None:
    """The file is there whole or not at all."""
    from pydantic import ValidationError

    from backend.cases import queries
    from mobile_contract.caselists import CaseFilter, ListFormat

    suffix = file.suffix.lower().lstrip(".")
    if suffix not in set(ListFormat):
        refuse("request.invalid", say("文件名须以 .xlsx 或 .csv 结尾。", "A file ends in .xlsx or .csv."), Exit.usage)
    asked: dict[str, Any] = {"area": area, "state": state, "open": opened or None, "overdue": overdue or None, "q": q}
    try:
        wanted = CaseFilter(**asked)
    except ValidationError as fault:
        wrong = ", ".join(".".join(map(str, one["loc"])) for one in fault.errors())
        refuse("request.invalid", say(f"选项无效：{wrong}", f"Not possible: {wrong}"), Exit.usage)
    settings = home.demo_settings() if demo else home.settings_of()
    half = file.with_name(f"{file.name}.part")
    try:
        with home.looking(settings) as ctx, half.open("wb") as target, progress() as bar:
            task = bar.add_task(say("导出", "exporting"), total=queries.size_at_most(ctx, wanted, EXPORT_ROWS_MAX))
            tick = lambda rows: bar.advance(task, rows)  # noqa: E731 - a name for what the bar does
            count = queries.export(ctx, wanted, target, ListFormat(suffix), EXPORT_ROWS_MAX, tick)
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    tell(f"{count} 个案卷已写入 {file}", f"{count} cases written to {file}")
