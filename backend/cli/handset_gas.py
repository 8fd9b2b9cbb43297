"""handset: what a gas worker does with the phone. All of it works without a network."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer
from rich.markup import escape

from backend.cli.notes import NoteOption
from backend.cli.talk import Exit, out, refuse, say, table, tell

if TYPE_CHECKING:
    from backend.drive.gas import AtDoor
    from backend.drive.phone import Phone
    from mobile_contract.hand_over import Answer
    from sync.handset.replica import View

FolderOption = Annotated[
    Path, typer.Option("--folder", envvar="GRIDCREW_HANDSET", help=say("手机数据目录", "the phone's folder"))
]
HAZARD_WORDS = 3
LABEL_CHARS_MAX = 4_096
PHOTOS = (".png", ".jpg", ".jpeg", ".webp")
LIGHTS: dict[str, tuple[str, str]] = {
    "green": ("[bold green]绿灯[/] 可以", "[bold green]GREEN[/] yes"),
    "amber": ("[bold yellow]黄灯[/] 请核对", "[bold yellow]AMBER[/] look twice"),
    "red": ("[bold red]红灯[/] 不可以", "[bold red]RED[/] no"),
    "unknown": ("[bold]无数据[/] 无法判断", "[bold]NO DATA[/] neither yes nor no"),
}


def declare(group: typer.Typer) -> None:
    """Puts the deeds of a gas worker under `handset`."""
    group.command("scan", help=say("扫描气瓶。", "Scan a cylinder."))(scan)
    group.command("cylinders", help=say("列出车上的气瓶。", "List the cylinders on one's vehicle."))(cylinders)
    group.command("gas-orders", help=say("列出送气订单。", "List the orders of gas."))(gas_orders)
    group.command("deliver", help=say("送气：扫满瓶、收空瓶、安检、签收。", "Deliver: full, empty, check, sign."))(
        deliver
    )


def scan(
    folder: FolderOption,
    what: Annotated[str, typer.Argument(help=say("照片文件，或标签文字", "a photo, or the label's text"))],
    step: Annotated[str, typer.Option(metavar="load|deliver|collect|…", help=say("步骤", "the step"))],
    account: Annotated[str, typer.Option(help=say("用户编号", "the customer's account"))] = "",
    station: Annotated[str, typer.Option(help=say("站点", "the station"))] = "",
    seal: Annotated[str, typer.Option(help=say("封口码文字", "the seal's text"))] = "",
    giver: Annotated[str, typer.Option(help=say("交瓶人 id（hand_over）", "who gave it, at hand_over"))] = "",
    note: NoteOption = "",
) -> None:
    """Prints the light: green, amber, red or unknown. A red one is recorded all the same."""
    from backend.cli.handset import phone_in
    from backend.drive import crew
    from mobile_contract.gas import FieldStep

    steps = get_args(FieldStep)
    if step not in steps:
        refuse("handset.step", ", ".join(steps), Exit.usage)
    for code in _codes(what):
        with phone_in(folder) as phone:
            scanned = crew.scan(phone, code, step, seal=seal, account=account, station=station, giver=giver, note=note)
        _tell_light(scanned.answer)
        kept = escape(code)
        tell(f"第 {scanned.n} 条：{kept}", f"number {scanned.n}: {kept}")


def _tell_light(answer: "Answer") -> None:
    """The light and its reasons: as codes for programs, in words for whoever holds the phone."""
    from mobile_contract.texts.lights import WHYS

    out().print(answer.light.value, *answer.why)
    zh, en = ("；".join(WHYS[why][0] for why in answer.why), "; ".join(WHYS[why][1] for why in answer.why))
    light = LIGHTS[answer.light.value]
    tell(f"{light[0]}：{zh}", f"{light[1]}: {en}")


def _codes(what: str) -> list[str]:
    file = Path(what)
    if len(what) >= LABEL_CHARS_MAX or not (file.suffix.lower() in PHOTOS or file.is_file()):
        return [what]
    if not file.is_file():
        refuse("handset.no_photo", say(f"没有这张照片：{what}", f"There is no such photo: {what}"), Exit.usage)
    from qr.decode import DecodeError, decode

    try:
        found = decode(file.read_bytes())
    except DecodeError as fault:
        refuse(fault.code, what, Exit.found_wrong)
    if not found:
        refuse("handset.no_code", say("照片里没有二维码。", "There is no code in the photo."), Exit.found_wrong)
    return list(dict.fromkeys(code.text for code in found))


def cylinders(folder: FolderOption) -> None:
    """The full ones first. A star: not yet known to the server. What has no label that can be read is not listed."""
    from backend.cli.handset import phone_in
    from backend.drive import gas

    with phone_in(folder) as phone:
        shown = gas.aboard(phone)
    rows = [
        (
            one.code,
            (say("重瓶", "full") if one.full else say("空瓶", "empty")) + (" *" if one.pending else ""),
            one.row.get("spec", ""),
            one.row.get("next_inspection_on") or "",
        )
        for one in shown
    ]
    columns = [say("瓶码", "code"), "", say("规格", "spec"), say("下次检验", "next inspection")]
    table(say("车上气瓶", "on the vehicle"), columns, rows)


def gas_orders(folder: FolderOption) -> None:
    """One's own first, then those that nobody brings yet."""
    from backend.cli.handset import phone_in
    from backend.drive import gas

    with phone_in(folder) as phone:
        shown = gas.orders(phone)
        mine = phone.user
    rows = [
        (
            view.id[-6:],
            say("本人", "mine") if view.data["person_id"] == mine else say("待派", "nobody's"),
            view.data["account"],
            view.data["name"],
            view.data["address"],
            f"{view.data['spec']} x {view.data['count']}",
            view.data["wanted_on"] or "",
        )
        for view in shown
    ]
    columns = [say("尾号", "end of id"), "", say("用户", "account"), say("姓名", "name"), say("地址", "address")]
    table(say("送气订单", "orders of gas"), [*columns, say("规格", "spec"), say("日期", "on")], rows)


def deliver(
    folder: FolderOption,
    order: Annotated[str, typer.Argument(help=say("订单 id 或尾号；无订单写 -", "the order's id or its end, or -"))],
    account: Annotated[str, typer.Option(help=say("无订单时：用户编号", "the account, where nobody ordered"))] = "",
    full: Annotated[list[str] | None, typer.Option(help=say("满瓶码", "code of a full cylinder"))] = None,
    seal: Annotated[list[str] | None, typer.Option(help=say("封口码，与满瓶同序", "its seal, same order"))] = None,
    empty: Annotated[list[str] | None, typer.Option(help=say("空瓶码", "code of an empty cylinder"))] = None,
    no_empty: Annotated[
        str, typer.Option(metavar="first_delivery|customer_keeps|none_there", help=say("无空瓶原因", "why none"))
    ] = "",
    hazard: Annotated[
        list[str] | None, typer.Option(metavar="P-02:g1:TEXT", help=say("隐患：条目:等级:措施", "a hazard found"))
    ] = None,
    check: Annotated[
        str, typer.Option(metavar="completed|refused|not_met", help=say("安检结果", "what came of the check"))
    ] = "completed",
    leak_test: Annotated[str, typer.Option(metavar="tight|leaking|not_done", help=say("检漏", "leak test"))] = "tight",
    identity: Annotated[str, typer.Option(help=say("实名核验方式", "how it was seen who the customer is"))] = "none",
    paid_fen: Annotated[int | None, typer.Option(min=0, help=say("收款，分", "money taken, in fen"))] = None,
    photo: Annotated[list[Path] | None, typer.Option(exists=True, help=say("照片", "a photo"))] = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help=say("用户未签字", "the customer did not sign"))] = False,
) -> None:
    """Prints each full cylinder's light, then the id of the delivery. What is missing is told and nothing is queued."""
    from backend.cli.handset import phone_in
    from backend.drive import gas

    fulls = list(full or [])
    seals = [*(seal or []), *[""] * len(fulls)][: len(fulls)]
    with phone_in(folder) as phone:
        named = _order(gas.orders(phone), order)
        door = gas.AtDoor(
            account=named[1] or account,
            order=named[0],
            fulls=list(zip(fulls, seals, strict=True)),
            empties=list(empty or []),
            no_empty=no_empty,
            leak_test=leak_test,
            signed_by="nobody" if unsigned else "customer",
            identity=identity,
            check=check,
            hazards=[_hazard(text) for text in hazard or []],
            paid_fen=paid_fen,
            photos=[sha256(file.read_bytes()).hexdigest() for file in photo or []],
        )
        _need_whole(phone, door)
        for file in photo or []:
            phone.uploads().keep(file.read_bytes(), file.name)
        played = gas.deliver(phone, door)
    for _, answer in played.fulls:
        _tell_light(answer)
    if not played.fulls:
        tell(
            "没有扫满瓶：记为未送出，订单仍然有效。",
            "No full cylinder was scanned: kept as not handed over; the order stays open.",
        )
    out().print(played.id)
    tell(f"已记录，第 {played.n} 条，等待上传。", f"Kept as number {played.n}; waits to be sent.")


def _order(shown: "list[View]", text: str) -> tuple[str, str]:
    """(id, account) of the order that a text means; nothing for `-`."""
    if text == "-":
        return "", ""
    found = [view for view in shown if view.id == text or view.id.endswith(text)]
    if len(found) != 1:
        from backend.cli.handset import told_unclear

        refuse("handset.order_unclear", told_unclear(text, [f"{view.id[-6:]} {view.data['name']}" for view in found]))
    return found[0].id, str(found[0].data["account"])


def _hazard(text: str) -> tuple[str, str, str]:
    words = text.split(":", HAZARD_WORDS - 1)
    if len(words) != HAZARD_WORDS:
        refuse(
            "handset.hazard", say("隐患写作 P-02:g1:更换软管", "write a hazard as P-02:g1:replace the hose"), Exit.usage
        )
    item, grade, measure = words
    return item, grade, measure


def _need_whole(phone: "Phone", door: "AtDoor") -> None:
    """Ends with what is missing or forbidden, before anything is kept."""
    from backend.drive import gas
    from mobile_contract.home_check import contradicts
    from mobile_contract.homes import VisitOutcome
    from mobile_contract.problems import say as said

    outcome = {one.value: one for one in VisitOutcome}.get(door.check)
    missing = [
        word
        for lacks, word in (
            (not door.account, say("用户编号 --account", "--account")),
            (outcome is None, say("安检结果 --check", "--check")),
            (bool(door.fulls) and not door.empties and not door.no_empty, "--empty / --no-empty"),
            (
                outcome is not None and contradicts(outcome, brought=bool(door.fulls)),
                say("送了满瓶，不能记“到访不遇” --check", "--check: not_met, and yet a full cylinder was handed over"),
            ),
            (bool(door.hazards) and not door.photos, say("隐患照片 --photo", "--photo of the hazard")),
        )
        if lacks
    ]
    if missing:
        refuse("gas.delivery_incomplete", ", ".join(missing), Exit.usage)
    try:
        gas.need_whole(phone, door)
    except gas.NotWhole as fault:
        refuse(fault.code, said(fault.code, fault.params, say("zh", "en")), Exit.usage)
    except gas.RedLight as red:
        _tell_light(red.answer)
        refuse("handset.red_light", red.code, Exit.found_wrong)
