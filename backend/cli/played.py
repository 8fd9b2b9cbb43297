"""day: plays a whole crew's day against a running server, and shows the proof."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.talk import Exit, err, refuse, say, table, tell

if TYPE_CHECKING:
    from backend.day.check import Count, Proof
    from backend.day.phones import DayPhone
    from backend.day.play import Outcome

NAMES: dict[str, tuple[str, str]] = {
    "punch": ("打卡", "clock-ins"),
    "scan": ("扫瓶", "scans"),
    "act": ("任务步骤", "order steps"),
    "edit": ("修改", "edits"),
    "conflict": ("冲突", "conflicts"),
    "photo": ("照片", "photos"),
}
FAULTS: dict[str, tuple[str, str]] = {
    "lost": ("答复丢失", "answers lost"),
    "repeated": ("请求重复", "requests repeated"),
    "cut": ("答复截断", "answers cut"),
    "cut_upload": ("上传中断", "uploads cut"),
}
CONFLICTS_SHOWN_MAX = 40


def declare(app: typer.Typer) -> None:
    """Puts the command under `gridcrew`."""
    app.command(help=say("演一整天：十二部手机对真实服务器。", "Play a crew's day against a real server."))(day)


def day(
    server: Annotated[str | None, typer.Option(help=say("服务器地址；不写则自启一个", "URL; none: start one"))] = None,
    seed: Annotated[int, typer.Option(help=say("同一种子同一天", "the same seed is the same day"))] = 1,
    people: Annotated[int, typer.Option(min=12, max=18, help=say("手机数", "handsets"))] = 12,
    kill: Annotated[int, typer.Option(min=0, max=20, help=say("中途强杀服务器次数", "times to kill -9 it"))] = 0,
    ca: Annotated[Path | None, typer.Option(help=say("HTTPS 的证书文件", "CA file for HTTPS"))] = None,
    supervisor: Annotated[str | None, typer.Option(help=say("主管手机号", "the supervisor's phone"))] = None,
    dispatcher: Annotated[str | None, typer.Option(help=say("派遣员手机号", "the dispatcher's phone"))] = None,
    password: Annotated[str | None, typer.Option(envvar="GRIDCREW_DAY_PASSWORD", help=say("密码", "password"))] = None,
) -> None:
    """Ends with 0 only when the server knows everything that was done, exactly once."""
    from backend.day.play import NotEnoughPeople, Wanted, Watcher, play
    from backend.day.server import ServerNotReady

    if kill and server:
        zh, en = "只能强杀自己启动的服务器", "only a server of the day's own is killed"
        refuse("day.not_our_server", say(zh, en), Exit.usage)

    class Screen(Watcher):
        """Tells on stderr how the day goes on."""

        def stage(self, zh: str, en: str) -> None:
            tell(f"[bold]{zh}[/]", f"[bold]{en}[/]")

        def event(self, zh: str, en: str) -> None:
            tell(f"  {zh}", f"  {en}")

    try:
        outcome = play(Wanted(server, seed, people, kill, ca, supervisor, dispatcher, password), Screen())
    except NotEnoughPeople:
        refuse("day.not_enough_people", say("区里的队员不够", "the district has too few crew"), Exit.found_wrong)
    except ServerNotReady as fault:
        refuse("day.server_not_ready", str(fault), Exit.found_wrong)
    except TimeoutError as fault:
        refuse("day.not_settled", str(fault), Exit.found_wrong)
    _show(outcome)
    if not outcome.proof.good:
        raise typer.Exit(int(Exit.found_wrong))


def _show(outcome: "Outcome") -> None:
    _show_phones(outcome.phones)
    _show_counts(outcome.proof)
    _show_conflicts(outcome.proof)
    for fault in outcome.proof.faults:
        err().print(fault, style="red", markup=False)
    seconds, kills = outcome.seconds, outcome.kills
    if outcome.proof.good:
        tell(
            f"[bold green]全部到账，各一次。[/] 用时 {seconds:.1f} 秒，服务器被强杀 {kills} 次。",
            f"[bold green]Everything is accounted for, exactly once.[/] {seconds:.1f} s, server killed {kills} times.",
        )
    else:
        tell("[bold red]账对不上。[/]", "[bold red]Not everything is accounted for.[/]")


def _show_phones(phones: "list[DayPhone]") -> None:
    columns = [
        say("手机", "handset"),
        say("班组", "team"),
        say("做了", "did"),
        say("推送", "pushes"),
        say("确认", "acked"),
    ]
    columns += [say("生效", "applied"), say("合并", "merged"), say("冲突", "conflict"), say("转交", "rejected")]
    columns += [say("清空转交", "drained"), say("照片", "photos"), say("经历", "what befell it")]
    rows = [_phone_row(phone) for phone in phones]
    table(say("手机", "handsets"), columns, rows)


def _phone_row(phone: "DayPhone") -> list[object]:
    counts = phone.counts()
    applied = counts["applied"] + counts["duplicate"]
    answered = sum(count for result, count in counts.items() if result != "unanswered")
    figures = [applied, counts["merged"], counts["conflict"], counts["rejected"], counts["drained"]]
    befell = [f"{say(*FAULTS[name])} {count}" for name, count in sorted(phone.network.happened.items())]
    befell += [say("停用并清除", "revoked and wiped")] if phone.wiped else []
    befell += [say("时钟快一小时", "clock an hour fast")] if phone.clock.error_ms else []
    tally = phone.tally
    done = len(phone.deeds)
    return [phone.name, phone.team.name, done, tally.pushes, answered, *figures, tally.photos, "，".join(befell)]


def _show_counts(proof: "Proof") -> None:
    columns = ["", say("手机做了", "phones did"), say("服务器有", "server knows"), say("重复", "twice")]
    columns += [say("缺失", "missing"), say("多出", "strange"), ""]
    table(say("对账", "the account"), columns, [_count_row(count) for count in proof.counts])


def _count_row(count: "Count") -> list[object]:
    lacking = [len(count.twice), len(count.missing), len(count.strange)]
    return [say(*NAMES[count.what]), count.done, count.known, *lacking, "✓" if count.good else "✗"]


def _show_conflicts(proof: "Proof") -> None:
    rows = list(_conflict_rows(proof))[:CONFLICTS_SHOWN_MAX]
    columns = [say("谁", "who"), say("操作", "deed"), say("发生了什么", "what happened"), say("次数", "times")]
    table(say("冲突", "conflicts"), columns, rows)


def _conflict_rows(proof: "Proof") -> Iterator[tuple[str, str, str, int]]:
    from collections import Counter

    found = Counter((proof.name_of(c["user"]), str(c["cmd"]), str(c["text"][say("zh", "en")])) for c in proof.conflicts)
    for (name, cmd, text), times in found.items():
        yield name, cmd, text, times
