"""handset: the reference handset, as a person uses it. All but enrol, sign-in and sync work without a network."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from backend.cli import handset_components, handset_gas
from backend.cli.notes import NoteOption, fit_note, fit_reason
from backend.cli.talk import Exit, local, out, refuse, say, table, tell

if TYPE_CHECKING:
    from backend.drive.crew import Done
    from backend.drive.phone import Phone, Run

FolderOption = Annotated[
    Path, typer.Option("--folder", envvar="GRIDCREW_HANDSET", help=say("手机数据目录", "the phone's folder"))
]
OrderArgument = Annotated[
    str, typer.Argument(help=say("任务编号、尾号或 id 开头", "code, its end, or start of the id"))
]
LONGITUDE_MAX, LATITUDE_MAX = 180, 90
CANDIDATES_TOLD_MAX = 5
PASSWORD_ENV = "GRIDCREW_HANDSET_PASSWORD"  # noqa: S105 - the name of a variable
WORDS: dict[str, tuple[str, str]] = {
    "workorders.start": ("开工", "start"),
    "workorders.pause": ("暂停", "pause"),
    "workorders.resume": ("继续", "resume"),
    "workorders.finish": ("完工", "finish"),
    "workorders.ask_halt": ("申请停工", "a halt asked for"),
    "attendance.clock_in": ("打卡", "clock in"),
    "components.propose": ("部件修改建议", "a change of a component proposed"),
    "components.withdraw": ("撤回建议", "a proposal taken back"),
    "gas.scan": ("扫瓶", "scan"),
    "gas.visit": ("入户安检", "check of a home"),
    "gas.deliver": ("配送", "delivery"),
    "gas.declare_error": ("更正扫码", "a scan declared an error"),
    "edit": ("修改", "edit"),
    "void": ("作废", "void"),
}


def declare(app: typer.Typer) -> None:
    """Puts `handset` under `gridcrew`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="handset", help=say("参考手机：离线作业与同步", "the reference handset"))
    for name, command, zh, en in (
        ("enrol", enrol, "绑定手机。", "Enrol the handset."),
        ("sign-in", sign_in, "登录。", "Sign in."),
        ("sync", sync, "上传并下载。", "Send and fetch."),
        ("orders", orders, "列出任务。", "List the orders."),
        ("start", start, "开工。", "Start an order."),
        ("pause", pause, "暂停。", "Pause it."),
        ("resume", resume, "继续。", "Go on with it."),
        ("done", done, "完工。", "Finish it."),
        ("ask-halt", ask_halt, "申请停工。", "Ask the desk to halt the work."),
        ("edit-note", edit_note, "修改任务备注。", "Write an order's note."),
        ("clock-in", clock_in, "打卡。", "Clock in."),
        ("queue", queue, "查看本机记录。", "What was done here, and what became of it."),
        ("conflicts", conflicts, "查看冲突。", "Conflicts of one's work."),
        ("standing", standing, "查看同步状态。", "How this phone stands."),
    ):
        group.command(name, help=say(zh, en))(command)
    handset_gas.declare(group)
    handset_components.declare(group)


@contextmanager
def phone_in(folder: Path) -> Iterator["Phone"]:
    """The phone of a folder; ends with the reason where it is not ready for a command."""
    from backend.drive.crew import OrderUnclear
    from backend.drive.phone import NobodySignedIn, NotEnrolled, Phone
    from sync.handset.client import Damaged

    phone = Phone(folder)
    try:
        yield phone
    except NotEnrolled:
        refuse("handset.not_enrolled", say("请先绑定：handset enrol", "Enrol it first: handset enrol"))
    except NobodySignedIn:
        refuse("handset.nobody_signed_in", say("请先登录：handset sign-in", "Sign in first: handset sign-in"))
    except OrderUnclear as unclear:
        refuse("handset.order_unclear", told_unclear(unclear.text, unclear.codes))
    except Damaged:
        refuse("handset.damaged", say("手机数据已损坏", "The phone's data are damaged"), Exit.found_wrong)
    finally:
        phone.close()


def told_unclear(text: str, meant: Sequence[str]) -> str:
    """That a text does not mean one order, and which it could mean."""
    listed = ", ".join(meant[:CANDIDATES_TOLD_MAX]) + (" …" if len(meant) > CANDIDATES_TOLD_MAX else "")
    between = say("：", ": ") if meant else ""
    return say(f"“{text}”对应 {len(meant)} 个任务", f"“{text}” means {len(meant)} orders") + between + listed


# -- on line ------------------------------------------------------------------------------------------------------


def enrol(
    folder: FolderOption,
    server: Annotated[str | None, typer.Option(help=say("服务器地址", "the server's URL"))] = None,
    token: Annotated[str | None, typer.Option("--token", "-t", help=say("绑定码", "the invitation's token"))] = None,
    qr: Annotated[Path | None, typer.Option(exists=True, help=say("绑定二维码照片", "photo of the code"))] = None,
    ca: Annotated[Path | None, typer.Option(exists=True, help=say("HTTPS 证书文件", "CA file"))] = None,
) -> None:
    """By a photo of the invitation's code, or by server and token. Prints the device's id."""
    from backend.drive.phone import invitation
    from qr.decode import DecodeError

    if qr is not None:
        try:
            read = invitation(qr.read_bytes())
        except DecodeError as fault:
            refuse(fault.code, str(qr), Exit.found_wrong)
        if read is None:
            refuse(
                "handset.no_code", say("照片里没有绑定码。", "There is no invitation in the photo."), Exit.found_wrong
            )
        server, token = server or read[0], read[1]
    if not server or not token:
        refuse(
            "handset.enrol_how", say("需要 --qr，或 --server 和 --token", "--qr, or --server and --token"), Exit.usage
        )
    with phone_in(folder) as phone:
        if phone.enrolled and phone.store.waiting_users():
            zh = "本机还有未上传的记录；请先同步，或换一个目录。"
            refuse("handset.queue_waits", say(zh, "Unsent work waits here: sync first, or take another folder."))
        phone.enrol(server, token, ca)
        out().print(phone.store.get("device_id"))
    tell("已绑定。", "Enrolled.")


def sign_in(
    folder: FolderOption,
    phone_number: Annotated[str, typer.Option("--phone", help=say("手机号", "phone number"))],
    password: Annotated[str, typer.Option(envvar=PASSWORD_ENV, prompt=True, hide_input=True)] = "",
    accept_notice: Annotated[
        bool, typer.Option("--accept-notice", help=say("同意隐私告知", "I accept the notice"))
    ] = False,
) -> None:
    """On first use the privacy notice is shown and must be accepted."""
    with phone_in(folder) as phone:
        if not phone.enrolled:
            from backend.drive.phone import NotEnrolled

            raise NotEnrolled
        person = phone.sign_in(phone_number, password)
        if person["consent_due"]:
            _consent(phone, accept_notice)
        out().print(person["id"])
    tell(f"{person['name']}，已登录。", f"{person['name']} is signed in.")


def _consent(phone: "Phone", accepted: bool) -> None:
    notice = phone.notice()
    tell(notice["zh"], notice["en"])
    if not accepted and sys.stdin.isatty():
        accepted = typer.confirm(say("同意吗？", "Do you accept?"))
    if not accepted:
        zh, en = (
            "未同意隐私告知；加 --accept-notice 表示同意",
            "The notice was not accepted; --accept-notice accepts it",
        )
        refuse("auth.consent_needed", say(zh, en))
    phone.accept_notice(int(notice["version"]))


def sync(folder: FolderOption) -> None:
    """For everybody who is signed in on this phone. Ends with 3 when the server was not reached."""
    with phone_in(folder) as phone:
        _ = phone.user
        phone.network.tell = lambda why: tell(f"重试：{why}", f"again: {why}")
        names = {user: str(kept["name"]) for user, kept in phone.people().items()}
        runs = phone.sync()
        for run in runs:
            _tell_run(names.get(run.user, run.user), run)
        if phone.enrolled:
            _tell_standing(phone)
    if any(run.offline for run in runs):
        raise typer.Exit(int(Exit.off_line))
    if any(run.wiped or run.problem or run.refused for run in runs):
        raise typer.Exit(int(Exit.refused))


def _tell_run(name: str, run: "Run") -> None:
    from sync.handset.outbox import STATE_TEXTS, EntryState

    if run.wiped:
        tell(
            f"{name}：手机已停用，记录已转交，本机已清除。",
            f"{name}: revoked; the queue was handed in, the phone wiped.",
        )
    elif run.offline:
        tell(f"{name}：没有网络，记录留在本机。", f"{name}: no network; everything stays here.")
    elif run.problem is not None:
        texts = run.problem.texts
        tell(f"{name}：{run.problem.code} {texts.get('zh', '')}", f"{name}: {run.problem.code} {texts.get('en', '')}")
    for result, count in run.results.items():
        state = EntryState.applied if result == "duplicate" else EntryState(result)
        zh, en = STATE_TEXTS[state]
        tell(f"{name}：{count} 条 {zh}", f"{name}: {count} {en}")
    if run.pack_bytes:
        tell(f"{name}：数据包 {run.pack_bytes:,} 字节已下载", f"{name}: filled from packs, {run.pack_bytes:,} bytes")
    if run.mended:
        tell(f"{name}：本机数据已修复 {run.mended} 条", f"{name}: {run.mended} rows mended")
    if run.photos:
        tell(f"{name}：照片 {run.photos} 张已上传", f"{name}: {run.photos} photos sent")
    for file, why in run.refused:
        zh, en = why.texts.get("zh", why.code), why.texts.get("en", why.code)
        tell(f"{name}：{escape(file)} 不能上传：{zh}", f"{name}: {escape(file)} is not taken: {en}")


# -- orders -------------------------------------------------------------------------------------------------------


def orders(
    folder: FolderOption,
    everything: Annotated[bool, typer.Option("--all", help=say("包括已结束的", "ended ones too"))] = False,
) -> None:
    """The most urgent first, what is done last. A star: not yet known to the server."""
    from backend.drive import crew

    ended = () if everything else ("closed", "cancelled", "missed", "excused", "merged")
    with phone_in(folder) as phone:
        shown = [view for view in crew.orders(phone) if view.data["step"] not in ended]
    rows = [
        (
            view.data["code"],
            _word(view.data["step"]) + (" *" if view.pending else ""),
            view.data["title"],
            local(view.data["due_at"]),
            view.data["note"],
            view.data["crew_note"],
        )
        for view in shown
    ]
    columns = [say("编号", "code"), say("状态", "step"), say("任务", "order"), say("期限", "due")]
    table(say("任务", "orders"), [*columns, say("说明", "note"), say("班组备注", "crew's note")], rows)


def start(folder: FolderOption, order: OrderArgument, note: NoteOption = "") -> None:
    """Queued; the server hears of it at the next sync."""
    _work(folder, order, "start", note)


def pause(folder: FolderOption, order: OrderArgument, note: NoteOption = "") -> None:
    """Queued; the server hears of it at the next sync."""
    _work(folder, order, "pause", note)


def resume(folder: FolderOption, order: OrderArgument, note: NoteOption = "") -> None:
    """Queued; the server hears of it at the next sync."""
    _work(folder, order, "resume", note)


def done(
    folder: FolderOption,
    order: OrderArgument,
    photo: Annotated[list[Path] | None, typer.Option(exists=True, help=say("照片", "a photo"))] = None,
    note: NoteOption = "",
) -> None:
    """Photos follow when there is a network; the deed does not wait for them."""
    _work(folder, order, "finish", note, photo or [])


def _work(folder: Path, order: str, act: str, note: str, photos: list[Path] | None = None) -> None:
    from backend.drive import crew

    with phone_in(folder) as phone:
        found = crew.find_order(phone, order)
        kept = [phone.uploads().keep(file.read_bytes(), file.name) for file in photos or []]
        told_queued(crew.work(phone, found.id, act, note=note, photos=kept))


def ask_halt(
    folder: FolderOption,
    order: OrderArgument,
    reason: Annotated[str, typer.Argument(callback=fit_reason, help=say("原因", "the reason"))],
    incident: Annotated[bool, typer.Option("--incident", help=say("突发事件，而非天气", "no weather"))] = False,
) -> None:
    """For weather, or with --incident for an incident; who is in danger stops first, and asks then."""
    from backend.drive import crew

    with phone_in(folder) as phone:
        found = crew.find_order(phone, order)
        told_queued(crew.ask_halt(phone, found.id, reason, cause="incident" if incident else "weather"))


def edit_note(
    folder: FolderOption,
    order: OrderArgument,
    text: Annotated[str, typer.Argument(callback=fit_note, help=say("备注", "the note"))],
    desk: Annotated[bool, typer.Option("--desk", help=say("改任务说明，而非班组备注", "the desk's note"))] = False,
) -> None:
    """The crew's note, or with --desk the order's own."""
    from backend.drive import crew

    with phone_in(folder) as phone:
        found = crew.find_order(phone, order)
        told_queued(crew.edit_order(phone, found.id, **{"note" if desk else "crew_note": text}))


def told_queued(deed: "Done") -> None:
    out().print(deed.n)
    tell(f"已记录，第 {deed.n} 条，等待上传。", f"Kept as number {deed.n}; waits to be sent.")


# -- attendance ---------------------------------------------------------------------------------------------------


def clock_in(
    folder: FolderOption,
    at: Annotated[str | None, typer.Option(metavar="LON,LAT", help=say("位置 WGS-84", "position, WGS-84"))] = None,
    accuracy: Annotated[float | None, typer.Option(min=0, help=say("精度，米", "accuracy, metres"))] = None,
    direction: Annotated[str | None, typer.Option(metavar="in|out", help=say("上班或下班", "in or out"))] = None,
    note: NoteOption = "",
) -> None:
    """Without a position it is recorded as such, never refused."""
    from backend.drive import crew

    if direction not in (None, "in", "out"):
        refuse("handset.direction", "in, out", Exit.usage)
    fix = told_place(at, accuracy) if at else None
    with phone_in(folder) as phone:
        told_queued(crew.clock_in(phone, direction=direction, fix=fix, note=note))


def told_place(at: str, accuracy: float | None) -> dict[str, float]:
    try:
        longitude, latitude = (float(part) for part in at.split(","))
    except ValueError:
        refuse("handset.position", say("位置写作 113.2732,23.1815", "write it as 113.2732,23.1815"), Exit.usage)
    if not (abs(longitude) <= LONGITUDE_MAX and abs(latitude) <= LATITUDE_MAX):
        refuse("handset.position", say("经度在前，纬度在后", "longitude first, then latitude"), Exit.usage)
    fix = {"longitude": longitude, "latitude": latitude, "age_s": 0.0}
    return fix if accuracy is None else fix | {"accuracy_m": accuracy}


# -- what became of it --------------------------------------------------------------------------------------------


def queue(
    folder: FolderOption,
    waiting: Annotated[bool, typer.Option("--waiting", help=say("只看未上传的", "unsent ones only"))] = False,
) -> None:
    """Each thing done, its state in plain words, its age, and the reason where there is one."""
    from backend.drive import crew
    from sync.handset.outbox import STATE_TEXTS

    with phone_in(folder) as phone:
        handset, now_ms = phone.handset(), phone.time.wall_ms()
        entries = handset.waiting() if waiting else handset.done()
    rows = []
    for entry in entries:
        mutation = entry.mutation()
        age_s = max(0, now_ms - int(crew.done_at(entry).timestamp() * 1000)) // 1000
        cmd = str(mutation["cmd"])
        rows.append(
            (entry.n, say(*WORDS.get(cmd, (cmd, cmd))), _age(age_s), say(*STATE_TEXTS[entry.state]), _why(entry))
        )
    columns = [say("序号", "n"), say("操作", "deed"), say("多久前", "age"), say("状态", "state"), say("原因", "why")]
    table(say("本机记录", "queue"), columns, rows)


def _why(entry: Any) -> str:
    from mobile_contract.problems import PROBLEMS
    from mobile_contract.problems import say as said

    why = (entry.result or {}).get("why") or {}
    code = str(why.get("code", ""))
    return said(code, dict(why.get("params", {})), say("zh", "en")) if code in PROBLEMS else code


def _age(seconds: int) -> str:
    for size, zh, en in ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            return f"{seconds // size} {say(zh, en)}"
    return f"{seconds} {say('秒', 's')}"


def conflicts(folder: FolderOption) -> None:
    """Both sides are kept until the desk has decided."""
    from backend.drive import crew

    with phone_in(folder) as phone:
        shown = crew.conflicts(phone)
    rows = []
    for view in shown:
        sides = "; ".join(f"{_word(f['f'])}：{_word(f['device'])} | {_word(f['server'])}" for f in view.data["fields"])
        state = say("待处理", "open") if view.data["state"] == "open" else say("已处理", "settled")
        cmd = view.data["cmd"]
        rows.append(
            (view.data["n"], say(*WORDS.get(cmd, (cmd, cmd))), state, view.data["text"][say("zh", "en")], sides)
        )
    columns = [say("序号", "n"), say("操作", "deed"), say("状态", "state"), say("说明", "what happened")]
    table(say("冲突", "conflicts"), [*columns, say("本机 | 服务器", "here | there")], rows)


def _word(said: object) -> str:
    """A field, a state or a deed as the crew calls it; anything else as it is."""
    from mobile_contract.texts.names import word_of

    return "—" if said is None else word_of("", str(said), say("zh", "en"))


def standing(folder: FolderOption) -> None:
    """Ends with 1 while something waits or differs."""
    with phone_in(folder) as phone:
        synced = _tell_standing(phone)
        handset = phone.handset()
        said = handset.standing()
        rows = [
            (say("手机", "device"), handset.device),
            (say("登录", "signed in"), ", ".join(str(kept["name"]) for kept in phone.people().values())),
            (say("待上传", "waiting"), said.depth),
            (say("待上传照片", "photos waiting"), len(phone.uploads().waiting())),
            (say("不能上传的照片", "photos not taken"), ", ".join(phone.uploads().never())),
            (say("未处理冲突", "open conflicts"), said.conflicts),
            (say("需要", "needs"), said.needs or ""),
        ]
    table(say("状态", "standing"), ["", ""], rows)
    if not synced:
        raise typer.Exit(int(Exit.found_wrong))


def _tell_standing(phone: "Phone") -> bool:
    said = phone.handset().standing()
    if said.synced:
        tell("[green]已同步[/]", "[green]synced[/]")
        return True
    if said.oldest_ms is None:
        tell("尚未同步完", "not synced yet")
        return False
    age = _age(max(0, phone.time.wall_ms() - said.oldest_ms) // 1000)
    tell(f"待上传 {said.depth} 条，最早 {age}前", f"{said.depth} wait, the oldest {age} old")
    return False
