"""What a crew does with the phone in hand: all of it without a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from backend.drive.phone import Phone
from backend.kernel.clock import DISTRICT_ZONE, from_ms
from backend.kernel.ids import new_id
from mobile_contract.gas import Block, HolderKind, ScanStep
from mobile_contract.hand_over import Answer, Known, may_hand_over
from qr.payload import PayloadError, cylinder_key, parse
from sync.handset.outbox import Entry
from sync.handset.replica import View

ORDERS, PUNCHES, SCANS, CYLINDERS, CONFLICTS = "workorders", "punches", "scans", "cylinders", "conflicts"


class OrderUnclear(Exception):
    """No order of this phone, or more than one, is meant by a text."""

    def __init__(self, text: str, count: int) -> None:
        super().__init__(text)
        self.text = text
        self.count = count


@dataclass(frozen=True, slots=True)
class Done:
    """A deed in the queue: the row it made or moved, and its number."""

    row_id: str
    n: int


@dataclass(frozen=True, slots=True)
class Scanned(Done):
    """A scan in the queue, and what the phone showed of it."""

    answer: Answer


# -- orders -------------------------------------------------------------------------------------------------------


def orders(phone: Phone) -> list[View]:
    """The orders on the phone as the crew sees them, the most urgent first."""
    return sorted(phone.handset().view(ORDERS), key=lambda view: (-view.data["priority"], str(view.data["due_at"])))


def find_order(phone: Phone, text: str) -> View:
    """The order that a code, the end of a code, or the beginning of an id means. Raises OrderUnclear."""
    wanted = text.strip().lower()
    shown = orders(phone)
    exact = [view for view in shown if wanted in (view.id, view.data["code"].lower())]
    found = exact or [v for v in shown if v.id.startswith(wanted) or v.data["code"].lower().endswith(wanted)]
    if len(found) != 1 or not wanted:
        raise OrderUnclear(text, len(found))
    return found[0]


def work(
    phone: Phone,
    order_id: str,
    act: str,
    *,
    note: str = "",
    position: Mapping[str, float] | None = None,
    photos: Sequence[str] = (),
) -> Done:
    """Queues a start, pause, resume or finish."""
    params: dict[str, Any] = {"note": note} if note else {}
    if position:
        params["position"] = dict(position)
    if act == "finish":
        params["photos"] = list(photos)
    n = phone.handset().do(f"workorders.{act}", ORDERS, order_id, params, blobs=photos)
    return Done(order_id, n)


def edit_order(phone: Phone, order_id: str, **values: Any) -> Done:
    """Queues an edit of an order's registers: note, crew_note, priority, photos."""
    return Done(order_id, phone.handset().edit(ORDERS, order_id, values))


# -- attendance ---------------------------------------------------------------------------------------------------


def clock_in(
    phone: Phone,
    *,
    direction: str | None = None,
    fix: Mapping[str, float] | None = None,
    note: str = "",
    photo: str | None = None,
) -> Done:
    """Queues a clock-in; with no fix it says so and is recorded all the same."""
    params: dict[str, Any] = {}
    if direction:
        params["direction"] = direction
    if fix:
        params["position"] = dict(fix)
    if note:
        params["note"] = note
    if photo:
        params["photo"] = photo
    row_id = new_id()
    return Done(row_id, phone.handset().do("attendance.clock_in", PUNCHES, row_id, params))


# -- cylinders ----------------------------------------------------------------------------------------------------


def scan(phone: Phone, code: str, step: str, *, account: str = "", station: str = "", note: str = "") -> Scanned:
    """Queues a scan of what a label said, with the light that the phone showed."""
    answer = verdict(phone, code, ScanStep(step))
    params: dict[str, Any] = {"code": code, "step": step, "shown": answer.light.value}
    params |= {name: value for name, value in (("account", account), ("station", station), ("note", note)) if value}
    row_id = new_id()
    return Scanned(row_id, phone.handset().do("gas.scan", SCANS, row_id, params), answer)


def verdict(phone: Phone, code: str, step: ScanStep) -> Answer:
    """Whether the cylinder may be handed over, by what this phone knows."""
    try:
        key = cylinder_key(parse(code))
    except PayloadError:
        key = None
    held = phone.handset().view(CYLINDERS)
    row = next((view.data for view in held if view.data["key"] == key), None) if key else None
    known = _known(phone, row, key) if row is not None and key is not None else None
    return may_hand_over(step, known, _today(phone), readable=key is not None, data=bool(held))


def _known(phone: Phone, row: Mapping[str, Any], key: str) -> Known:
    mine = row["holder_kind"] == HolderKind.worker and row["holder_id"] == phone.user
    return Known(
        _day(row["next_inspection_on"]),
        _day(row["life_end_on"]),
        frozenset(Block(reason) for reason in row["blocked"]),
        on_manifest=mine or key in _loaded(phone),
    )


def _loaded(phone: Phone) -> set[str]:
    """Keys that this person loaded and the server has not answered yet."""
    keys = set()
    for entry in phone.handset().waiting():
        params = entry.mutation().get("params", {})
        if params.get("step") == ScanStep.load:
            try:
                keys.add(cylinder_key(parse(params["code"])) or "")
            except PayloadError:
                continue
    return keys


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _today(phone: Phone) -> date:
    return from_ms(phone.time.wall_ms()).astimezone(DISTRICT_ZONE).date()


# -- what became of it --------------------------------------------------------------------------------------------


def done_at(entry: Entry) -> datetime:
    """When an entry was done, by the phone's wall clock."""
    return from_ms(int(entry.mutation()["at"]["wall_ms"])).astimezone(UTC)


def conflicts(phone: Phone) -> list[View]:
    """Conflicts of this person's work, newest first."""
    return sorted(phone.handset().view(CONFLICTS), key=lambda view: view.id, reverse=True)
