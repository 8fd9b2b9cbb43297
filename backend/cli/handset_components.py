"""handset: components where one works, and what one proposes to change of them. All of it works without a network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.notes import fit_note, fit_reason
from backend.cli.talk import Exit, refuse, say, table

if TYPE_CHECKING:
    from sync.handset.replica import View

FolderOption = Annotated[
    Path, typer.Option("--folder", envvar="GRIDCREW_HANDSET", help=say("手机数据目录", "the phone's folder"))
]
STATES: dict[str, tuple[str, str]] = {
    "intact": ("完好", "intact"),
    "damaged": ("破损", "damaged"),
    "lost": ("丢失", "lost"),
    "occupied": ("占用", "occupied"),
    "removed": ("移除", "removed"),
}
FATES: dict[str, tuple[str, str]] = {
    "open": ("待处理", "open"),
    "approved": ("已采纳", "approved"),
    "refused": ("未采纳", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
}


def declare(group: typer.Typer) -> None:
    """Puts what concerns components under `handset`."""
    group.command("components", help=say("列出部件。", "List the components."))(components)
    group.command("propose", help=say("对部件提出修改建议。", "Propose to change a component."))(propose)
    group.command("proposals", help=say("列出修改建议。", "List the proposals."))(proposals)


def components(folder: FolderOption) -> None:
    """By their codes; behind each, how many proposals are open."""
    from backend.cli.handset import phone_in
    from backend.drive import parts

    with phone_in(folder) as phone:
        shown = parts.components(phone)
        waiting = [view.data.get("component_id") for view in parts.proposals(phone) if view.data["state"] == "open"]
    rows = [
        (
            view.data["code"],
            view.data["name"],
            say(*STATES[view.data["state"]]),
            f"{view.data['longitude']:.6f},{view.data['latitude']:.6f}",
            str(view.data["version"]),
            str(waiting.count(view.id) or ""),
        )
        for view in shown
    ]
    columns = [say("编码", "code"), say("名称", "name"), say("状态", "state"), say("位置", "place")]
    table(say("部件", "components"), [*columns, say("版本", "version"), say("待处理建议", "proposals")], rows)


def propose(
    folder: FolderOption,
    component: Annotated[str, typer.Argument(help=say("部件编码或尾号", "the component's code or its end"))],
    reason: Annotated[str, typer.Argument(callback=fit_reason, help=say("原因", "the reason"))],
    state: Annotated[str | None, typer.Option(metavar="|".join(STATES), help=say("状态", "its state"))] = None,
    at: Annotated[str | None, typer.Option(metavar="LON,LAT", help=say("位置 WGS-84", "its place, WGS-84"))] = None,
    name: Annotated[str | None, typer.Option(help=say("名称", "its name"))] = None,
    note: Annotated[str | None, typer.Option(callback=fit_note, help=say("备注", "its note"))] = None,
    photo: Annotated[list[Path] | None, typer.Option(exists=True, help=say("照片", "a photo"))] = None,
) -> None:
    """What is left out stays as it is. A desk decides; `proposals` tells what became of it."""
    from backend.cli.handset import phone_in, told_place, told_queued
    from backend.drive import parts

    said = {"state": state, "name": name, "note": note}
    changes: dict[str, Any] = {field: value for field, value in said.items() if value is not None}
    place = told_place(at, None) if at else None
    if place:
        changes["geometry"] = {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]}
    if state not in (None, *STATES):
        refuse("handset.state_unknown", ", ".join(STATES), Exit.usage)
    if not changes:
        refuse("handset.nothing_proposed", say("请写明要修改什么", "say what is to be changed"), Exit.usage)
    with phone_in(folder) as phone:
        found = [view for view in parts.components(phone) if view.data["code"].endswith(component)]
        if len(found) != 1:
            zh = f"本机有 {len(found)} 个部件以 {component} 结尾，应恰有一个。"
            en = f"{len(found)} components held here end with {component}; it must be exactly one."
            refuse("handset.component_unclear", say(zh, en), Exit.usage)
        kept = [phone.uploads().keep(file.read_bytes(), file.name) for file in photo or []]
        told_queued(parts.propose(phone, found[0], reason, changes, kept))


def proposals(folder: FolderOption) -> None:
    """The newest last. A star: not yet known to the server."""
    from backend.cli.handset import phone_in
    from backend.drive import parts

    with phone_in(folder) as phone:
        rows = [_row(view) for view in parts.proposals(phone)]
    columns = [say("部件", "component"), say("提出人", "by"), say("原因", "reason"), say("状态", "state")]
    table(say("修改建议", "proposals"), [*columns, say("依据旧版", "outdated"), say("答复", "answer")], rows)


def _row(view: "View") -> tuple[str, ...]:
    said = view.data
    fate = say(*FATES[said["state"]]) + (" *" if view.pending else "")
    older = say("是", "yes") if said.get("outdated") else ""
    told = [str(said.get(part) or "") for part in ("component_name", "person_name", "reason", "answer")]
    return told[0], told[1], told[2], fate, older, told[3]
