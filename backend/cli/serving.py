"""serve, worker, demo, migrate, init: starting the house."""

import contextlib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home, ports
from backend.cli.talk import Exit, err, local, out, refuse, say, tell

if TYPE_CHECKING:
    from backend.kernel.clock import Clock
    from backend.kernel.http import House
    from backend.kernel.settings import Settings

STARTED_S = time.monotonic()
HTTP_PORT, HTTPS_PORT = 8080, 8443
Host = Annotated[str, typer.Option(help=say("监听地址", "address to listen on"))]
Port = Annotated[int, typer.Option(help=say("HTTP 端口", "HTTP port"), min=0, max=65_535)]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    app.command(help=say("启动服务（设置见 GRIDCREW_*）。", "Start the server (settings: GRIDCREW_*)."))(serve)
    app.command(help=say("运行后台任务，直到收到停止信号。", "Run jobs until told to stop."))(worker)
    app.command(help=say("启动演示区：数据在 .demo。", "Start the demo district; its data lie in .demo."))(demo)
    app.command(help=say("把数据库升级到最新版本。", "Bring the database to the newest revision."))(migrate)
    app.command(help=say("建立一个区和第一位管理员。", "Found a district and its first admin."))(init)


def serve(
    host: Host = "127.0.0.1",
    port: Port = HTTP_PORT,
    tls: Annotated[bool, typer.Option("--tls", help=say("用本机证书提供 HTTPS", "HTTPS by the local CA"))] = False,
    with_worker: Annotated[bool, typer.Option("--with-worker", help=say("同时运行任务", "run jobs too"))] = False,
) -> None:
    """One process; run several behind a proxy on PostgreSQL."""
    settings = home.settings_of()
    with home.house_of(settings):
        pass  # ends with the reason when the database is not ready
    try:
        listening = ports.listen(host, port, exact=True)
    except OSError as fault:
        refuse(
            "port.taken", say(f"端口 {port} 不可用：{fault}", f"Port {port} cannot be had: {fault}"), Exit.found_wrong
        )
    _run(settings, None if tls else listening, listening if tls else None, worker=with_worker, ready=lambda _: None)


def worker() -> None:
    """What is in hand when the signal comes is finished first."""
    from backend.modules import MODULES
    from backend.worker import run_worker

    with home.house_of(home.settings_of()) as house:
        run_worker(house, MODULES)


def migrate() -> None:
    """Prints the revision on stdout."""
    from backend.app import build_house

    settings = home.settings_of()
    moved = home.bring_up_to_date(settings)
    house = build_house(settings)
    out().print(home.revision_of(house))
    house.db.close()
    tell("已升级。" if moved else "已是最新。", "Migrated." if moved else "Already at the newest revision.")


def init(
    name: Annotated[str, typer.Option(help=say("区名", "name of the district"))],
    admin_name: Annotated[str, typer.Option(help=say("管理员姓名", "the admin's name"))],
    admin_phone: Annotated[str, typer.Option(help=say("管理员手机号", "the admin's phone number"))],
) -> None:
    """The district's code is GRIDCREW_DISTRICT. Prints the one-time code that sets the admin's password."""
    from backend.people import actions

    settings = home.settings_of()
    home.bring_up_to_date(settings)
    with home.operating(settings) as ctx:
        code = actions.found_district(ctx, settings.district, name, actions.Founder(admin_name, admin_phone))
    out().print(code.code)
    tell(
        f"已建立 {name}（{settings.district}）。管理员 {admin_name} 用上面的一次性代码设置密码，"
        f"有效至 {local(code.expires_at)}。",
        f"{name} ({settings.district}) was founded. {admin_name} sets a password with the one-time code above, "
        f"good until {local(code.expires_at)}.",
    )


def demo(
    host: Host = "0.0.0.0",  # noqa: S104 - phones on the same network are to reach it
    port: Port = HTTP_PORT,
    tls_port: Annotated[int, typer.Option(help=say("HTTPS 端口", "HTTPS port"), min=0, max=65_535)] = HTTPS_PORT,
    data_dir: Annotated[Path | None, typer.Option(help=say("数据目录", "where its data lie"))] = None,
    small: Annotated[
        bool, typer.Option("--small", help=say("不含一个月的计划与历史", "without the month of plans and its past"))
    ] = False,
    exact: Annotated[bool, typer.Option("--exact", hidden=True)] = False,
    clock_file: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """A port that is taken is left for the next free one. Ctrl-C ends it; the data stay."""
    from backend.cli.welcome import welcome

    try:
        plain = ports.listen(host, port, exact=exact)
        secure = ports.listen(host, tls_port, exact=exact)
    except OSError as fault:
        refuse("port.taken", say(f"没有可用端口：{fault}", f"No port can be had: {fault}"), Exit.found_wrong)
    http, https = ports.port_of(plain), ports.port_of(secure)
    from backend.kernel.tls import machine_names

    name = machine_names()[0]
    settings = home.demo_settings(data_dir, public_url=f"https://{name}:{https}")
    aside = home.set_aside_outgrown(settings)
    if aside is not None:
        tell(f"旧版演示数据已移至 {aside}。", f"The demo of an earlier version was moved to {aside}.")
    if home.bring_up_to_date(settings):
        tell("数据库已建立。", "The database was made.")
    certificates = ports.certificates_in(settings.data_dir)

    def ready(house: "House") -> None:
        welcome(house, http, https, certificates, time.monotonic() - STARTED_S)

    _run(settings, plain, secure, worker=True, ready=ready, clock=_clock_of(clock_file), demo=True, small=small)


def _clock_of(file: Path | None) -> "Clock | None":
    if file is None:
        return None
    from backend.day.clock import FileClock

    return FileClock(file)


def _run(
    settings: "Settings",
    plain: socket.socket | None,
    secure: socket.socket | None,
    *,
    worker: bool,
    ready: Callable[["House"], None],
    clock: "Clock | None" = None,
    demo: bool = False,
    small: bool = False,
) -> None:
    from backend.app import build_house, create_app
    from backend.modules import MODULES
    from backend.worker import start_embedded

    house = build_house(settings, clock)
    if demo:
        from backend.demo.planting import plant

        with err().status(say("布置演示区 …", "planting the demo district ...")):
            plant(house, whole=not small)
    app = create_app(settings, house=house)
    running = start_embedded(house, MODULES) if worker else None
    certificates = ports.certificates_in(settings.data_dir) if secure else None

    def before_end() -> None:
        tell("正在结束 …", "ending ...")
        if running is not None:
            running.stop()

    with contextlib.suppress(KeyboardInterrupt):
        ports.serve(app, plain, secure, certificates, ready=lambda: ready(house), before_end=before_end)
