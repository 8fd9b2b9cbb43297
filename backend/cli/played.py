"""day: plays a whole crew's day against a running server."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.talk import Exit, say


def declare(app: typer.Typer) -> None:
    """Puts the command under `gridcrew`."""
    app.command(help=say("演一整天：十二部手机对真实服务器。", "Play a crew's day against a real server."))(day)


def day(
    server: Annotated[str | None, typer.Option(help=say("服务器地址；不写则自启一个", "URL; none: start one"))] = None,
    seed: Annotated[int, typer.Option(help=say("同一种子同一天", "the same seed is the same day"))] = 1,
    people: Annotated[int, typer.Option(min=12, max=60, help=say("手机数", "handsets"))] = 12,
    kill: Annotated[
        int, typer.Option(min=0, max=20, help=say("中途强杀服务器次数", "kill -9 the server so often"))
    ] = 0,
    ca: Annotated[Path | None, typer.Option(help=say("HTTPS 的证书文件", "CA file for HTTPS"))] = None,
    phone: Annotated[str | None, typer.Option(help=say("主管手机号", "the supervisor's phone"))] = None,
    dispatcher: Annotated[str | None, typer.Option(help=say("派遣员手机号", "the dispatcher's phone"))] = None,
    password: Annotated[str | None, typer.Option(envvar="GRIDCREW_DAY_PASSWORD", help=say("密码", "password"))] = None,
) -> None:
    """Ends with 0 only when the server knows everything that was done, exactly once."""
    from backend.day.play import Wanted, play

    wanted = Wanted(server, seed, people, kill, ca, phone, dispatcher, password)
    if not play(wanted):
        raise typer.Exit(int(Exit.found_wrong))
