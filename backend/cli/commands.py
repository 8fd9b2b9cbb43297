"""All commands by name. Each imports what it needs when it runs, so that the others start quickly."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from backend.cli import (
    attendance,
    cases,
    codes,
    desk,
    doctor,
    gas,
    handset,
    keeping,
    orders,
    played,
    scenes,
    serving,
    verify,
)
from backend.cli.talk import Exit, say, tell_refusal


class Commands(TyperGroup):
    """Tells what was refused by code and text, with an exit code; bugs pass through."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(int(Exit.interrupted)) from None
        except Exception as fault:
            told = _refusal_of(fault)
            if told is None:
                raise
            code, text, exit_code = told
            tell_refusal(code, text)
            raise typer.Exit(int(exit_code)) from None


app = typer.Typer(
    cls=Commands,
    name="gridcrew",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=say("外勤作业后台：服务、演示、手机与检查。", "Field-work backend: serve, demo, handsets, checks."),
    epilog=say(
        "退出码：0 正常；1 发现问题；2 用法错误；3 连不上服务器；4 被拒绝。",
        "Exit codes: 0 fine; 1 something was found wrong; 2 usage; 3 server not reached; 4 refused.",
    ),
)


@app.callback()
def common(
    lang: Annotated[str, typer.Option(help=say("语言：zh 或 en", "language: zh or en"), metavar="zh|en")] = "",
) -> None:
    """Options of every command. `--lang` was read before the commands were declared."""


for room in (serving, keeping, doctor, desk, gas, handset, verify, played, attendance, scenes, orders, cases, codes):
    room.declare(app)


def run() -> None:
    """Runs the command named on the command line."""
    app(prog_name="gridcrew")


def _refusal_of(fault: Exception) -> tuple[str, str, Exit] | None:
    """(code, text, exit code) of what is no bug; None for what is."""
    from backend.drive.network import Problem, Unreachable
    from sync.refusal import Refusal

    if isinstance(fault, Problem):
        return fault.code, fault.texts.get(say("zh", "en")) or str(fault), Exit.refused
    if isinstance(fault, Unreachable):
        return (
            "network.unreachable",
            say(f"连不上服务器：{fault}", f"The server was not reached: {fault}"),
            Exit.off_line,
        )
    if isinstance(fault, Refusal):
        from mobile_contract.problems import PROBLEMS
        from mobile_contract.problems import say as said

        text = said(fault.code, dict(fault.params), say("zh", "en")) if fault.code in PROBLEMS else str(fault)
        return fault.code, text, Exit.refused
    if isinstance(fault, OSError) and fault.filename is not None:
        why = f"{fault.filename}: {fault.strerror}"
        return "file.failed", say(f"文件无法读写：{why}", f"A file cannot be read or written: {why}"), Exit.found_wrong
    return None
