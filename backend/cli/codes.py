"""codes import, example, export: code tables of cases, as whoever holds the server's shell may take them in."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, refuse, say, table, tell

Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help=".csv, .xlsx, .json")]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="codes", help=say("案卷代码表", "code tables of cases"))
    group.callback()(_group)
    group.command("import", help=say("导入代码表的一个版本。", "Take in a version of a code table."))(bring_in)
    group.command(
        "example",
        help=say("导入自带的示例代码表（无权威性）。", "Take in the example; it has no authority."),
    )(example)
    group.command("export", help=say("把一个版本写成文件。", "Write a version to a file."))(write_out)


def _group() -> None:
    """A group of commands."""


def bring_in(
    file: File,
    standard: Annotated[str, typer.Option(help=say("所依据的标准", "the standard it follows"))],
    version: Annotated[str, typer.Option(help=say("版本号", "its version"))],
    jurisdiction: Annotated[str, typer.Option(help=say("适用地区", "where it holds"))],
    certainty: Annotated[str, typer.Option(help=say("来源与确定程度", "where its lines are from, and how sure"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只看结果，不写入", "show, change nothing"))] = False,
    demo: Demo = False,
) -> None:
    """All of it or nothing; every bad line is told, and it ends with 1."""
    from mobile_contract.casecodes import CodeTableNamed

    named = CodeTableNamed(standard=standard, version=version, jurisdiction=jurisdiction, certainty=certainty)
    _take(named, file.name, file.read_bytes(), dry_run=dry_run, demo=demo)


def example(demo: Demo = False) -> None:
    """The table that comes with the house, marked as an example."""
    from backend.cases.actions import EXAMPLE, EXAMPLE_FILE

    _take(EXAMPLE, EXAMPLE_FILE.name, EXAMPLE_FILE.read_bytes(), dry_run=False, demo=demo)


def _take(named: object, name: str, content: bytes, *, dry_run: bool, demo: bool) -> None:
    from backend.cases import actions
    from mobile_contract.casecodes import CodeTableNamed
    from mobile_contract.problems import say as said
    from sync.refusal import Refusal

    assert isinstance(named, CodeTableNamed)
    try:
        with home.operating(home.demo_settings() if demo else home.settings_of()) as ctx:
            came = actions.import_codes(ctx, named, name, content, dry_run=dry_run)
    except Refusal as refusal:
        texts = said(refusal.code, dict(refusal.params), "zh"), said(refusal.code, dict(refusal.params), "en")
        refuse(refusal.code, say(*texts), Exit.usage)
    rows = [(str(fault.line), fault.column, say(fault.why.zh, fault.why.en)) for fault in came.faults]
    if rows:
        table(say("有误的行", "bad lines"), [say("行", "line"), say("列", "column"), say("说明", "what")], rows)
        tell("未写入。", "Nothing was written.")
        raise typer.Exit(int(Exit.found_wrong))
    tell(
        f"{named.standard}@{named.version}：{came.taken} 行" + ("，未变" if came.unchanged else ""),
        f"{named.standard}@{named.version}: {came.taken} lines" + (", unchanged" if came.unchanged else ""),
    )


def write_out(
    version: Annotated[str, typer.Argument(help=say("标准@版本", "standard@version"))],
    file: Annotated[Path, typer.Argument(dir_okay=False, help=".csv, .xlsx, .json")],
    demo: Demo = False,
) -> None:
    """The file can be taken in again."""
    from backend.cases import queries
    from mobile_contract.casecodes import CodeFormat

    wanted = {one.value: one for one in CodeFormat}.get(file.suffix.lower().lstrip("."))
    if wanted is None:
        refuse(
            "people.file_unreadable",
            say("文件名以 .csv、.xlsx 或 .json 结尾。", "Name a .csv, .xlsx or .json."),
            Exit.usage,
        )
    with home.operating(home.demo_settings() if demo else home.settings_of()) as ctx:
        found = [one for one in queries.code_tables(ctx) if f"{one.standard}@{one.version}" == version]
        if not found:
            refuse("cases.code_table_unknown", say("没有这个代码表。", "There is no such code table."), Exit.usage)
        file.write_bytes(queries.table_file(ctx, found[0].id, wanted))
    tell(f"已写入 {file}。", f"{file} is written.")
