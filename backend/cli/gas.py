"""gas: cylinders and accounts from spreadsheets, reports into spreadsheets."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home
from backend.cli.desk import Demo, write_csv
from backend.cli.sheets import LINES_MAX, exporting, form_of, not_possible, whole
from backend.cli.talk import LANGUAGE, Exit, progress, say, table, tell

if TYPE_CHECKING:
    from backend.gas.actions.imports import BadLine, Report
    from mobile_contract.gas_reports import ReportAsk

BAD_SHOWN_MAX = 20
KINDS = "coverage, overdue, hazards, hazard_ages, cylinders, cylinder_dues, campaign"
FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".csv, .xlsx")]
AreaOption = Annotated[str, typer.Option(help=say("默认区域路径", "area of lines without one"))]
TeamOption = Annotated[str, typer.Option(help=say("默认班组 id", "team (id) of lines without one"))]
ReportOption = Annotated[Path | None, typer.Option("--report", help=say("把错误行写成 CSV", "bad lines as a CSV"))]


def declare(app: typer.Typer) -> None:
    """Puts `gas` under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="gas", help=say("瓶装燃气", "bottled gas"))
    for name, command, zh, en in (
        ("import-cylinders", cylinders, "从 CSV 或 Excel 登记气瓶。", "Register cylinders from a CSV or Excel file."),
        ("import-accounts", accounts, "从 CSV 或 Excel 导入用户。", "Take customers on from a CSV or Excel file."),
    ):
        group.command(name, help=say(zh, en))(command)
    zh, en = "把报表导出为 .xlsx 或 .csv。", "Write a report to a .xlsx or .csv file."
    group.command("report", help=say(zh, en))(report)


def cylinders(
    file: FileArgument, area: AreaOption = "", team: TeamOption = "", report: ReportOption = None, demo: Demo = False
) -> None:
    """Each good line is taken, each bad line is told. Ends with 1 when there were bad ones; may be run again."""
    _bring_in("cylinders", file, area, team, report, demo=demo)


def accounts(
    file: FileArgument, area: AreaOption = "", team: TeamOption = "", report: ReportOption = None, demo: Demo = False
) -> None:
    """Each good line is taken, each bad line is told. Ends with 1 when there were bad ones; may be run again."""
    _bring_in("accounts", file, area, team, report, demo=demo)


def _bring_in(what: str, file: Path, area: str, team: str, report: Path | None, *, demo: bool) -> None:
    from backend.gas.actions import imports
    from backend.people import queries

    settings = home.demo_settings() if demo else home.settings_of()
    deed = imports.import_cylinders if what == "cylinders" else imports.import_accounts
    lines = list(imports.read_lines(what, file.name, file.read_bytes()))
    came = imports.Report()
    with home.house_of(settings) as house, progress() as bar:
        task = bar.add_task(file.name, total=len(lines))
        for at in range(0, len(lines), imports.LINES_PER_TURN):
            portion = lines[at : at + imports.LINES_PER_TURN]
            with house.db.transaction() as session:
                deed(house.ctx(session, queries.operator(settings)), portion, came, area, team)
            bar.update(task, advance=len(portion))
    _tell(came, report)
    if came.bad:
        raise typer.Exit(int(Exit.found_wrong))


def _tell(came: "Report", report: Path | None) -> None:
    rows = [(bad.number, bad.column, f"{bad.code}  {say(bad.zh, bad.en)}") for bad in sorted(came.bad, key=_number)]
    headings = [say("行", "line"), say("列", "column"), say("说明", "what")]
    if rows:
        table(say("错误行", "bad lines"), headings, rows[:BAD_SHOWN_MAX])
    if report is not None:
        write_csv(report, headings, rows)
    tell(
        f"登记 {came.taken}，未变 {came.unchanged}，错误 {len(came.bad)}",
        f"taken {came.taken}, unchanged {came.unchanged}, bad {len(came.bad)}",
    )


def _number(bad: "BadLine") -> int:
    return bad.number


# -- reports -------------------------------------------------------------------------------------------------------


def report(
    kind: Annotated[str, typer.Argument(help=KINDS)],
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True, help=".xlsx, .csv")],
    area: Annotated[str | None, typer.Option(help=say("区域，如 /440111/songzhou/", "area"))] = None,
    half: Annotated[str | None, typer.Option(help=say("半年度，如 2026H2", "half-year, as 2026H2"))] = None,
    due_before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help=say("此日前到期的气瓶", "cylinders due before"))
    ] = None,
    campaign: Annotated[str | None, typer.Option(help=say("专项 id", "campaign (id)"))] = None,
    demo: Demo = False,
) -> None:
    """The file is there whole or not at all; that it was made is in the audit."""
    from pydantic import ValidationError

    from mobile_contract.base import SheetForm
    from mobile_contract.gas_reports import ReportAsk

    form, until = form_of(file, set(SheetForm)), due_before.date() if due_before else None
    try:
        asked = {"kind": kind, "form": form, "area": area, "half": half, "due_before_on": until}
        asked["campaign"] = campaign
        ask = ReportAsk.model_validate(asked)
    except ValidationError as fault:
        not_possible(fault)
    lines = _write_report(ask, file, demo=demo)
    tell(f"{lines} 行已写入 {file}", f"{lines} lines written to {file}")


def _write_report(ask: "ReportAsk", file: Path, *, demo: bool) -> int:
    from backend.gas.actions import reports as actions
    from backend.gas.queries import reports as queries
    from backend.people.queries import operator

    settings = home.demo_settings() if demo else home.settings_of()
    with whole(file) as target, home.house_of(settings) as house:
        with house.db.reading() as session:
            ctx = house.ctx(session, operator(settings))
            with exporting(queries.report_size(ctx, ask)) as tick:
                lines = queries.report(ctx, ask, target, LANGUAGE, LINES_MAX, tick)
        target.flush()
        with house.db.transaction() as session:
            actions.note_report(house.ctx(session, operator(settings)), ask, lines)
    return lines
