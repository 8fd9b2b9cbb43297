"""attendance import, import-absences, swap, recompute: what whoever holds the server's shell may do about days."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, refuse, say, table, tell

if TYPE_CHECKING:
    from backend.kernel.context import Ctx
    from mobile_contract.rosters import RosterFault

MONTH_PATTERN = r"20[0-9]{2}-(0[1-9]|1[0-2])"

Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="attendance", help=say("考勤", "attendance"))
    group.callback()(_group)
    group.command("import", help=say("从 CSV 或 Excel 导入排班。", "Take a roster from a CSV or Excel file."))(bring_in)
    group.command(
        "import-absences",
        help=say("从 CSV 或 Excel 导入请假和公出。", "Take leave and trips from a CSV or Excel file."),
    )(bring_in_absences)
    group.command("swap", help=say("两人换班。", "Let two persons change shifts."))(swap)
    group.command(
        "recompute", help=say("按现有事实重新计算一个月的每日结果。", "Judge every day of a month by its facts anew.")
    )(recompute)


def _group() -> None:
    """A group of commands."""


def bring_in(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".csv, .xlsx")],
    month: Annotated[
        str | None, typer.Option("--month", help=say("列名为 1 到 31 时的月份", "of columns 1 to 31"))
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只看结果，不写入", "show, change nothing"))] = False,
    demo: Demo = False,
) -> None:
    """Each good line is taken, each bad line is told. Ends with 1 when there were bad ones."""
    from backend.attendance import actions

    _check_month(month)
    with _operating(demo) as ctx:
        came = actions.import_roster(ctx, file.name, file.read_bytes(), month, dry_run=dry_run)
    counted = say(
        f"排定 {came.set_days} 个人天，未变 {came.unchanged_days}",
        f"{came.set_days} days of persons set, {came.unchanged_days} unchanged",
    )
    _report(counted, came.faults, dry_run)


def bring_in_absences(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".csv, .xlsx")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只看结果，不写入", "show, change nothing"))] = False,
    demo: Demo = False,
) -> None:
    """Columns: phone 手机号, kind 类型, since 开始, until 结束, note 备注. Good lines are taken, bad lines told; ends
    with 1 when there were bad ones."""
    from backend.attendance import actions

    with _operating(demo) as ctx:
        came = actions.import_absences(ctx, file.name, file.read_bytes(), dry_run=dry_run)
    counted = say(f"新增 {came.added} 条，未变 {came.unchanged}", f"{came.added} added, {came.unchanged} unchanged")
    _report(counted, came.faults, dry_run)


@contextlib.contextmanager
def _operating(demo: bool, refused: Exit = Exit.usage) -> "Iterator[Ctx]":
    """A transaction of the operator; what is refused as a whole ends with `refused`: of a file, wrong usage."""
    from mobile_contract.problems import say as said
    from sync.refusal import Refusal

    try:
        with home.operating(home.demo_settings() if demo else home.settings_of()) as ctx:
            yield ctx
    except Refusal as refusal:
        texts = said(refusal.code, dict(refusal.params), "zh"), said(refusal.code, dict(refusal.params), "en")
        refuse(refusal.code, say(*texts), refused)


def _report(counted: str, faults: "Sequence[RosterFault]", dry_run: bool) -> None:
    """Tells the bad lines and the counts; ends with 1 when there were bad ones."""
    rows = [(fault.line, fault.column, fault.code, say(fault.zh, fault.en)) for fault in faults]
    if rows:
        table(say("有误的行", "bad lines"), [say("行", "line"), say("列", "column"), "code", say("说明", "what")], rows)
    tell(
        f"{counted}，错误 {len(rows)} 行" + ("（试运行，未写入）" if dry_run else ""),
        f"{counted}, {len(rows)} bad lines" + (" (dry run: nothing was written)" if dry_run else ""),
    )
    if rows:
        raise typer.Exit(int(Exit.found_wrong))


def swap(
    phone: Annotated[str, typer.Argument(help=say("手机号", "phone"))],
    on: Annotated[str, typer.Argument(help=say("日期，如 2026-09-01", "day, as 2026-09-01"))],
    other_phone: Annotated[str, typer.Argument(help=say("对方手机号", "the other's phone"))],
    other_on: Annotated[str | None, typer.Argument(help=say("对方日期，默认同日", "the other's day; the same"))] = None,
    note: Annotated[str, typer.Option("--note", help=say("说明", "note"))] = "",
    demo: Demo = False,
) -> None:
    """Each works the other's shift, at its post; both days are judged anew."""
    from backend.attendance import actions
    from backend.people import queries as people
    from backend.people.actions import phone_of
    from mobile_contract.rosters import NewSwap

    days = _day(on), _day(other_on or on)
    with _operating(demo, Exit.refused) as ctx:
        phones = [phone_of(phone), phone_of(other_phone)]
        owners = people.owners(ctx, phones)
        for each in phones:
            if each not in owners:
                refuse("attendance.person_unknown", say(f"没有手机号为 {each} 的人", f"Nobody has the phone {each}."))
        one, other = (owners[each] for each in phones)
        asked = NewSwap(person_id=one, on=days[0], other_person_id=other, other_on=days[1], note=note)
        made = actions.swap(ctx, asked)
    tell(f"已换班，改动 {made.set_days} 个人天", f"swapped: {made.set_days} days of persons set")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse("attendance.day_invalid", say("日期应写作 2026-09-01。", "A day is written 2026-09-01."), Exit.usage)


def _check_month(month: str | None) -> None:
    if month is not None and not re.fullmatch(MONTH_PATTERN, month):
        refuse("attendance.month_invalid", say("月份应写作 2026-09。", "A month is written 2026-09."), Exit.usage)


def recompute(
    month: Annotated[str, typer.Option("--month", help=say("月份，如 2026-09", "month, as 2026-09"))],
    demo: Demo = False,
) -> None:
    """Open months change; frozen ones get entries. A second time nothing happens."""
    from backend.attendance import actions, queries

    _check_month(month)
    settings = home.demo_settings() if demo else home.settings_of()
    with home.operating(settings) as ctx:
        days = queries.month_days(ctx, month)
    changed = 0
    for start in range(0, len(days), actions.DAYS_PER_TURN):
        with home.operating(settings) as ctx:  # in turns, so that phones are served meanwhile
            changed += actions.judge(ctx, days[start : start + actions.DAYS_PER_TURN])
    tell(f"共 {len(days)} 个人天，{changed} 个有变化。", f"{len(days)} days of persons, {changed} came out otherwise.")
