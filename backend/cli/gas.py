"""gas: cylinders and accounts from spreadsheets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home
from backend.cli.desk import Demo, write_csv
from backend.cli.talk import Exit, progress, say, table, tell

if TYPE_CHECKING:
    from backend.gas.actions.imports import BadLine, Report

BAD_SHOWN_MAX = 20
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
