"""attendance recompute: what whoever holds the server's shell may do about days."""

from typing import Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, refuse, say, tell

Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="attendance", help=say("考勤", "attendance"))
    group.callback()(_group)
    group.command(
        "recompute", help=say("按现有事实重新计算一个月的每日结果。", "Judge every day of a month by its facts anew.")
    )(recompute)


def _group() -> None:
    """A group of commands."""


def recompute(
    month: Annotated[str, typer.Option("--month", help=say("月份，如 2026-09", "month, as 2026-09"))],
    demo: Demo = False,
) -> None:
    """Open months change; frozen ones get entries. A second time nothing happens."""
    import re

    from backend.attendance import actions, queries
    from mobile_contract.days import MONTH_PATTERN

    if not re.fullmatch(MONTH_PATTERN, month):
        refuse("attendance.month_invalid", say("月份应写作 2026-09。", "A month is written 2026-09."), Exit.usage)
    settings = home.demo_settings() if demo else home.settings_of()
    with home.operating(settings) as ctx:
        days = queries.month_days(ctx, month)
    changed = 0
    for start in range(0, len(days), actions.DAYS_PER_TURN):
        with home.operating(settings) as ctx:  # in turns, so that phones are served meanwhile
            changed += actions.judge(ctx, days[start : start + actions.DAYS_PER_TURN])
    tell(f"共 {len(days)} 个人天，{changed} 个有变化。", f"{len(days)} days of persons, {changed} came out otherwise.")
