"""What the demo prints: where to look, how to sign in, and a code for a phone on the same network."""

from typing import TYPE_CHECKING

from rich.markup import escape

from backend.cli.talk import err, say
from qr.render import QUIET_MODULES, Level, Symbol, symbol

if TYPE_CHECKING:
    from backend.kernel.http import House
    from backend.kernel.tls import Certificates

ROLES: dict[str, tuple[str, str]] = {
    "admin": ("管理员", "admin"),
    "supervisor": ("主管", "supervisor"),
    "dispatcher": ("派遣员", "dispatcher"),
    "leader": ("领导", "leader"),
    "ganger": ("班长", "ganger"),
    "station_operator": ("站点操作员", "station operator"),
    "evaluator": ("评价员", "evaluator"),
    "acceptor": ("受理员", "acceptor"),
    "collector": ("采集员", "collector"),
    "crew": ("队员", "crew"),
    "gas_worker": ("送气工", "gas worker"),
}
SHOWN_PER_ROLE = 2


def welcome(house: "House", http: int, https: int, certificates: "Certificates", seconds: float) -> None:
    """Tells the person at the terminal all that is needed to look around."""
    from backend.kernel.tls import fingerprint

    settings = house.settings
    console = err()
    line = console.print
    line(
        say(
            f"\n[bold green]演示区已就绪[/]（{seconds:.1f} 秒）",
            f"\n[bold green]The demo is ready[/] ({seconds:.1f} s)",
        )
    )
    line(say(f"  本机    http://127.0.0.1:{http}", f"  here      http://127.0.0.1:{http}"))
    line(say(f"  接口    http://127.0.0.1:{http}/docs", f"  API       http://127.0.0.1:{http}/docs"))
    line(say(f"  手机    {settings.public_url}", f"  phones    {settings.public_url}"))
    line(say("  证书    ", "  CA file   ") + escape(str(certificates.authority)))
    line(say("  指纹    SHA-256 ", "  its print SHA-256 ") + fingerprint(certificates.authority))
    line(
        say(
            "          手机首次使用前安装此证书并信任，浏览器才允许相机和定位。",
            "          Install and trust it on a phone once: cameras and positions need a secure page.",
        )
    )
    _people(house)
    for row in half_blocks(symbol(settings.public_url.upper(), Level.medium)):
        console.print(row, markup=False, style="bright_white on black")
    line(
        say("按 Ctrl-C 结束；数据保留在 ", "Ctrl-C ends it; the data stay in ") + escape(str(settings.data_dir)) + "\n"
    )


def _people(house: "House") -> None:
    from backend.demo.planting import PASSWORD

    line = err().print
    line(say(f"  登录    密码都是 [bold]{PASSWORD}[/]", f"  sign in   everybody's password is [bold]{PASSWORD}[/]"))
    for role, people in _by_role(house).items():
        zh, en = ROLES.get(role, (role, role))
        named = "  ".join(f"{phone} {name}" for name, phone in people)
        line(f"          {say(zh, en)}  {escape(named)}")
    accepting = 'POST /people/v1/me/consent {"version": 1}'
    line(say(f"          登录后先同意隐私告知：{accepting}", f"          then accept the privacy notice: {accepting}"))


def _by_role(house: "House") -> dict[str, list[tuple[str, str]]]:
    """A few people of each role, the desks first."""
    from backend.people import queries

    found: dict[str, list[tuple[str, str]]] = {role: [] for role in ROLES}
    with house.db.reading() as session:
        ctx = house.ctx(session, queries.operator(house.settings))
        for person in queries.persons(ctx, queries.PersonFilter(), None, 200).items:
            for held in person.roles:
                shown = found.setdefault(held.role.value, [])
                if len(shown) < SHOWN_PER_ROLE:
                    shown.append((person.name, person.phone.removeprefix("+86")))
    return {role: people for role, people in found.items() if people}


def half_blocks(drawn: Symbol, quiet: int = QUIET_MODULES) -> list[str]:
    """The symbol for a terminal: two rows of modules a line, light on dark so that either theme can be scanned."""
    blank = bytes(drawn.side + 2 * quiet)
    rows = [blank] * quiet + [bytes(quiet) + row + bytes(quiet) for row in drawn.rows] + [blank] * quiet
    rows += [blank] if len(rows) % 2 else []
    signs = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return ["".join(signs[pair] for pair in zip(a, b, strict=True)) for a, b in zip(rows[::2], rows[1::2], strict=True)]
