"""cases export: a list of cases as a spreadsheet."""

from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli import home
from backend.cli.sheets import LINES_MAX, exporting, form_of, not_possible, whole
from backend.cli.talk import say, tell

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
    from mobile_contract.base import SheetForm
    from mobile_contract.caselists import CaseFilter

    form = SheetForm(form_of(file, set(SheetForm)))
    asked: dict[str, Any] = {"area": area, "state": state, "open": opened or None, "overdue": overdue or None, "q": q}
    try:
        wanted = CaseFilter(**asked)
    except ValidationError as fault:
        not_possible(fault)
    settings = home.demo_settings() if demo else home.settings_of()
    with (
        whole(file) as target,
        home.looking(settings) as ctx,
        exporting(queries.size_at_most(ctx, wanted, LINES_MAX)) as tick,
    ):
        count = queries.export(ctx, wanted, target, form, LINES_MAX, tick)
    tell(f"{count} 个案卷已写入 {file}", f"{count} cases written to {file}")
