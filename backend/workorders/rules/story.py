"""An order's history in sentences, Chinese and English. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.kernel.clock import DISTRICT_ZONE
from mobile_contract.workorders import Act, Effect
from mobile_contract.worktemplates import NO, YES, ChecklistItem

LATE = timedelta(minutes=5)
"""From then on it is told when the server heard of an act."""
UNSURE_MS = 60_000
DID: dict[Act, tuple[str, str]] = {
    Act.plan: ("排定了工单", "planned the order"),
    Act.release: ("把工单下发给班组", "gave the order to the crew"),
    Act.claim: ("接了单", "took the order"),
    Act.start: ("开工", "began"),
    Act.pause: ("暂停作业", "paused"),
    Act.resume: ("继续作业", "went on"),
    Act.finish: ("完工", "finished"),
    Act.reassign: ("改派了工单", "gave the order to others"),
    Act.cancel: ("撤销了工单", "withdrew the order"),
    Act.close: ("结案", "closed the order"),
    Act.inspected_ok: ("检查合格", "inspected the work and passed it"),
    Act.inspected_bad: ("检查不合格，要求返工", "inspected the work and sent the crew back"),
    Act.miss: ("判定漏做：时段已过，无人开工", "called it missed: the window went by and nobody began"),
    Act.excuse: ("免除了作业", "excused the work"),
    Act.merge: ("把工单并入", "merged the order into"),
    Act.absorb: ("并入了另一工单", "merged another order into this one"),
    Act.reopen: ("重新打开了工单", "opened the order again"),
    Act.extend: ("延长了期限", "gave the order more time"),
    Act.halt: ("因天气或突发事件叫停了作业", "halted the work because of weather or an incident"),
    Act.lift: ("恢复了作业", "let the work go on"),
    Act.replan: ("按新版计划调整了工单", "changed the order to the new version of its plan"),
}
CAME_TO: dict[Effect, tuple[str, str]] = {
    Effect.applied: ("", ""),
    Effect.took_over: ("，工单随之归其负责", " and took the order over"),
    Effect.joined: ("（共同作业）", " with a mate"),
    Effect.kept: ("；工单状态未变，所做工作已保留", "; the order stayed as it was, the work is kept"),
}
NOBODY = ("系统", "The system")
SAID = {YES: ("是", "yes"), NO: ("否", "no")}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Deed:
    """An act as the record has it."""

    act: Act
    effect: Effect
    who: str
    at: datetime
    received_at: datetime
    error_ms: int
    note: str
    photos: int


def tell_deed(deed: Deed) -> Told:
    """`李建国于 08:05 完工，附 2 张照片。备注：干净了。`"""
    (did_zh, did_en), (came_zh, came_en) = DID[deed.act], CAME_TO[deed.effect]
    zh = f"{deed.who or NOBODY[0]}于 {_clock(deed.at)} {did_zh}{came_zh}"
    en = f"At {_clock(deed.at)} {deed.who or NOBODY[1]} {did_en}{came_en}"
    if deed.photos:
        zh, en = f"{zh}，附 {deed.photos} 张照片", f"{en}, with {_many(deed.photos, 'photo')}"
    if deed.received_at - deed.at >= LATE:
        zh += f"（{_when(deed.received_at, deed.at)} 才收到）"
        en += f" (heard of at {_when(deed.received_at, deed.at)})"
    if deed.error_ms >= UNSURE_MS:
        minutes = round(deed.error_ms / 60_000)
        zh, en = f"{zh}（时间误差 ±{minutes} 分钟）", f"{en} (the time is right within {_many(minutes, 'minute')})"
    return _closed(zh, en, deed.note)


def tell_answer(
    who: str, at: datetime, item: ChecklistItem | None, key: str, value: str, reading: float | None, note: str
) -> Told:
    """`李建国于 08:03 填写“雨水口”：堵塞。`"""
    label = item.label if item else key
    said = SAID.get(value, (value, value)) if reading is None else (_measured(reading, item),) * 2
    zh = f"{who or NOBODY[0]}于 {_clock(at)} 填写“{label}”：{said[0]}"
    en = f"At {_clock(at)} {who or NOBODY[1]} answered {label}: {said[1]}"
    if item is not None and reading is not None and not _within(item, reading):
        zh, en = f"{zh}，超出规定范围", f"{en}, outside what the template calls right"
    return _closed(zh, en, note)


def _within(item: ChecklistItem, reading: float) -> bool:
    return (item.low is None or reading >= item.low) and (item.high is None or reading <= item.high)


def _measured(reading: float, item: ChecklistItem | None) -> str:
    return f"{reading:g} {item.unit if item else ''}".strip()


def _closed(zh: str, en: str, note: str) -> Told:
    return Told(f"{zh}。" + (f"备注：{note}" if note else ""), f"{en}." + (f" Note: {note}" if note else ""))


def _clock(at: datetime) -> str:
    return f"{at.astimezone(DISTRICT_ZONE):%m-%d %H:%M}"


def _when(at: datetime, since: datetime) -> str:
    same = at.astimezone(DISTRICT_ZONE).date() == since.astimezone(DISTRICT_ZONE).date()
    return f"{at.astimezone(DISTRICT_ZONE):%H:%M}" if same else _clock(at)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


# -- spreadsheets --------------------------------------------------------------------------------------------------


def local(at: datetime | None) -> str:
    """An instant as the district's clocks show it."""
    return f"{at.astimezone(DISTRICT_ZONE):%Y-%m-%d %H:%M}" if at else ""


def joined(parts: Sequence[str]) -> str:
    """Several words in one cell."""
    return "; ".join(parts)
