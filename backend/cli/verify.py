"""sync verify: does a handset hold what the server holds, and if not, what is wrong with each row?"""

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.handset import FolderOption, phone_in
from backend.cli.talk import Exit, progress, refuse, say, table, tell

if TYPE_CHECKING:
    from backend.drive.phone import Phone
    from backend.drive.verify import Verdict
    from sync.handset.mending import Difference

FAULTS: dict[str, tuple[str, str]] = {
    "missing": ("本机缺少这一条", "missing here"),
    "stale": ("本机的版本较旧", "an older version here"),
    "ahead": ("本机的版本比服务器新", "a newer version here than the server has"),
    "altered": ("本机内容与服务器不同", "its content differs from the server's"),
    "unreadable": ("本机内容已损坏，无法读取", "damaged here and cannot be read"),
    "scopes": ("内容一致，所属范围记错", "right, but held for other scopes"),
    "surplus": ("本机应已删除，仍然留着", "should have gone from here"),
}


def declare(app: typer.Typer) -> None:
    """Puts `sync` under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="sync", help=say("核对同步数据", "look after synced data"))
    group.command("verify", help=say("核对手机数据与服务器是否一致。", "Compare a handset with the server."))(verify)


def verify(
    folder: FolderOption,
    repair: Annotated[bool, typer.Option("--repair", help=say("修复不一致的数据", "mend what differs"))] = False,
) -> None:
    """Row by row, as of the handset's last sync. Ends with 1 when something differs and was not mended."""
    wrong = False
    with phone_in(folder) as phone:
        _ = phone.user
        for user, kept in phone.people().items():
            wrong = _verify_one(phone, user, str(kept["name"]), repair=repair) or wrong
    if wrong:
        raise typer.Exit(int(Exit.found_wrong))


def _verify_one(phone: "Phone", user: str, name: str, *, repair: bool) -> bool:
    """Whether something is wrong and stays so."""
    from backend.drive.verify import NeverFilled, mend, verify
    from sync.handset.mending import Hopeless

    try:
        with progress() as bar:
            task = bar.add_task(say(f"核对 {name}", f"comparing {name}"), total=None)
            found = verify(phone, user, lambda requests: bar.update(task, completed=requests))
    except NeverFilled:
        refuse("handset.never_filled", say("请先同步：handset sync", "Sync first: handset sync"))
    except Hopeless:
        return _fill_anew(phone, user, name, repair=repair)
    if since := len(found.differences) - len(found.wrong):
        tell(
            f"{name}：{since} 条在上次同步后于服务器变更，同步即可。",
            f"{name}: rows changed at the server since the last sync: {since}; sync brings them.",
        )
    if not found.wrong:
        tell(f"{name}：{found.rows} 条数据与服务器一致。", f"{name}: {found.rows} rows, all as the server holds them.")
        return False
    _show(found, name)
    if not repair:
        tell("加 --repair 可修复。", "--repair mends them.")
        return True
    mend(phone, found)
    tell(f"{name}：已修复 {len(found.wrong)} 条。", f"{name}: rows mended: {len(found.wrong)}.")
    return False


def _fill_anew(phone: "Phone", user: str, name: str, *, repair: bool) -> bool:
    tell(f"{name}：差异过多，需要重新下载。", f"{name}: too much differs; it has to be filled anew.")
    if repair:
        phone.store.put(f"cookie/{user}", None)
        run = next(run for run in phone.sync(photos=False) if run.user == user)
        return run.offline or run.problem is not None
    return True


def _show(found: "Verdict", name: str) -> None:
    columns = [
        say("类型", "kind"),
        "id",
        say("情况", "what is wrong"),
        say("本机版本", "here"),
        say("服务器版本", "server"),
    ]
    table(
        say(f"{name}：{len(found.wrong)} 条不一致", f"{name}: rows that differ: {len(found.wrong)}"),
        columns,
        [(each.t, each.id, _words(each, found), each.here, each.there) for each in found.wrong],
    )


def _words(each: "Difference", found: "Verdict") -> str:
    words = say(*FAULTS[each.fault.value])
    if each.fields:
        words += say("：", ": ") + say("、", ", ").join(each.fields)
    if (each.t, each.id) in found.touched:
        words += say("；另有本人未上传的修改，会保留", "; one's own unsent work on it is kept")
    return words
