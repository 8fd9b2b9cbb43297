"""orders export, orders story: lists as spreadsheets, and an order told from the beginning."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli import home
from backend.cli.sheets import LINES_MAX, exporting, form_of, not_possible, whole
from backend.cli.talk import LANGUAGE, out, say, tell

Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="orders", help=say("作业工单", "work orders"))
    group.callback()(_group)
    group.command(
        "export", help=say("把工单列表导出为 .xlsx 或 .csv。", "Write a list of orders to a .xlsx or .csv file.")
    )(export)
    group.command(
        "story", help=say("从头讲述一个工单，含每张照片。", "Tell an order from the beginning, with every photo.")
    )(story)


def _group() -> None:
    """A group of commands."""


def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True, help=".xlsx, .csv")],
    area: Annotated[str | None, typer.Option(help=say("区域，如 /440111/songzhou/", "area"))] = None,
    scene: Annotated[str | None, typer.Option(help=say("场景代码", "scene"))] = None,
    step: Annotated[str | None, typer.Option(help=say("状态，如 released", "state, as released"))] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=say("到期日", "day due"))] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help=say("只要逾期的", "only what is overdue"))] = False,
    q: Annotated[str | None, typer.Option(help=say("查找文字", "words to be found"))] = None,
    demo: Demo = False,
) -> None:
    """The file is there whole or not at all."""
    from pydantic import ValidationError

    from backend.workorders import queries
    from mobile_contract.base import SheetForm
    from mobile_contract.workorders import OrderFilter

    form = SheetForm(form_of(file, set(SheetForm)))
    asked: dict[str, Any] = {"area": area, "scene": scene, "step": step, "on": on.date() if on else None, "q": q}
    try:
        wanted = OrderFilter(**asked, overdue=overdue)
    except ValidationError as fault:
        not_possible(fault)
    settings = home.demo_settings() if demo else home.settings_of()
    with whole(file) as target, home.looking(settings) as ctx, exporting(queries.size_at_most(ctx, wanted)) as tick:
        count = queries.export(ctx, wanted, target, form, LANGUAGE, LINES_MAX, tick)
    tell(f"{count} 个工单已写入 {file}", f"{count} orders written to {file}")


def story(
    code: Annotated[str, typer.Argument(help=say("工单号", "the order's code"))],
    demo: Demo = False,
) -> None:
    """One line an act or answer; photos under it by their names."""
    from backend.workorders import queries

    settings = home.demo_settings() if demo else home.settings_of()
    with home.looking(settings) as ctx:
        told = queries.story(ctx, queries.order_by_code(ctx, code).id)
    page = out()
    page.print(f"{told.order.code}  {told.order.title}", markup=False)
    for line in told.lines:
        page.print(say(line.zh, line.en), markup=False, soft_wrap=True)
        for photo in line.photos:
            page.print(_photo(photo), markup=False)
    for photo in told.other_photos:
        page.print(_photo(photo), markup=False)


def _photo(photo: Any) -> str:
    return f"    {photo.sha256}" + ("" if photo.arrived else say("（尚未上传）", " (still on a phone)"))
