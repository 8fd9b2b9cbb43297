"""What a crew does with the phone in hand: all of it without a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.drive.gas import verdict
from backend.drive.phone import Phone
from backend.kernel.clock import from_ms
from backend.kernel.ids import new_id
from mobile_contract.gas import ScanStep
from mobile_contract.hand_over import Answer
from sync.handset.outbox import Entry
from sync.handset.replica import View

ORDERS, PUNCHES, SCANS, CONFLICTS = "workorders", "punches", "scans", "conflicts"


class OrderUnclear(Exception):
    """No order of this phone, or more than one, is meant by a text."""

    def __init__(self, text: str, codes: Sequence[str]) -> None:
        super().__init__(text)
        self.text = text
        self.codes = codes
        """Of the orders that it could mean."""


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
    """The orders on the phone as the crew sees them: the most urgent first, what is done last."""
    return sorted(
        phone.handset().view(ORDERS),
        key=lambda view: (view.data["step"] == "done", -view.data["priority"], str(view.data["due_at"])),
    )


def find_order(phone: Phone, text: str) -> View:
    """The order that a code, the end of a code, or the beginning of an id means. Raises OrderUnclear."""
    wanted = text.strip().lower()
    shown = orders(phone)
    exact = [view for view in shown if wanted in (view.id, view.data["code"].lower())]
    found = exact or [v for v in shown if v.id.startswith(wanted) or v.data["code"].lower().endswith(wanted)]
    if len(found) != 1 or not wanted:
        raise OrderUnclear(text, [str(view.data["code"]) for view in found])
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


def ask_halt(phone: Phone, order_id: str, reason: str, *, cause: str) -> Done:
    """Queues a wish that the desk halt the work of the order's area."""
    row_id = new_id()
    params = {"order_id": order_id, "cause": cause, "reason": reason}
    return Done(row_id, phone.handset().do("workorders.ask_halt", "halt_asks", row_id, params))


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


def scan(phone: Phone, code: str, step: str, *, seal: str = "", **more: str) -> Scanned:
    """Queues a scan of what a label said, with the light that the phone showed. `more`: account, station, giver."""
    answer = verdict(phone, code, ScanStep(step), seal)
    params: dict[str, Any] = {"code": code, "step": step, "shown": answer.light.value}
    params |= {name: value for name, value in {**more, "seal": seal}.items() if value}
    row_id = new_id()
    return Scanned(row_id, phone.handset().do("gas.scan", SCANS, row_id, params), answer)


# -- what became of it --------------------------------------------------------------------------------------------


def done_at(entry: Entry) -> datetime:
    """When an entry was done, by the phone's wall clock."""
    return from_ms(int(entry.mutation()["at"]["wall_ms"])).astimezone(UTC)


def conflicts(phone: Phone) -> list[View]:
    """Conflicts of this person's work, newest first."""
    return sorted(phone.handset().view(CONFLICTS), key=lambda view: view.id, reverse=True)
