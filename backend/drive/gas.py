"""What a gas worker does with a phone in hand: a cylinder judged without a network, a check of a home, a delivery."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from backend.drive.phone import Phone
from backend.kernel.clock import DISTRICT_ZONE, from_ms
from backend.kernel.ids import new_id
from backend.kernel.shapes import told
from mobile_contract import delivery_check, home_check
from mobile_contract.checklists import Item
from mobile_contract.deliveries import DeliveryParams
from mobile_contract.gas import Block, HolderKind, Light, Place, ScanStep
from mobile_contract.hand_over import Answer, Known
from mobile_contract.home_check import Fault, FaultKind
from mobile_contract.homes import VisitOutcome, VisitParams
from mobile_contract.offline_verdict import Knowledge, Pack, PackFault, PackRefused, Seen, judge, open_pack
from mobile_contract.station_keys import GasStationKey, ring_of
from qr.payload import PayloadError, cylinder_key, parse
from qr.signing import KeyRing
from sync.handset.replica import View

S = TypeVar("S", bound=BaseModel)
CYLINDERS, SCANS = "cylinders", "scans"
ORDERS, DELIVERIES, VISITS = "gas_orders", "gas_deliveries", "gas_visits"
CLOSE = "gas.deliver"
MOVES: dict[ScanStep, Place | None] = {
    ScanStep.load: Place.on_vehicle_full,
    ScanStep.hand_over: Place.on_vehicle_full,
    ScanStep.collect: Place.on_vehicle_empty,
    ScanStep.deliver: None,
    ScanStep.unload: None,
}
"""Where on one's own vehicle a cylinder is after a scan; None: no longer there."""


@dataclass(frozen=True, slots=True)
class Aboard:
    """A cylinder on one's own vehicle."""

    code: str
    full: bool
    row: Mapping[str, Any]
    """What the phone knows of it; empty where it has no row."""
    pending: bool
    """By a scan that the server has not answered yet."""


@dataclass(frozen=True, slots=True)
class Played:
    """A delivery as it was queued: the rows it made, and the lights that the phone showed."""

    id: str
    n: int
    fulls: tuple[tuple[str, Answer], ...]
    empties: tuple[str, ...]
    visit: str


@dataclass(frozen=True, slots=True)
class AtDoor:
    """What was done at a door."""

    account: str
    order: str = ""
    fulls: Sequence[tuple[str, str]] = ()
    """(label, seal) of each full cylinder."""
    empties: Sequence[str] = ()
    no_empty: str = ""
    leak_test: str = "tight"
    signed_by: str = "customer"
    identity: str = "none"
    customer_code: str = ""
    check: str = "completed"
    """The outcome of the safety check."""
    hazards: Sequence[tuple[str, str, str]] = ()
    """(item, grade, measure) of each hazard that was found."""
    paid_fen: int | None = None
    photos: Sequence[str] = ()
    took_s: int = 900


class NotWhole(Exception):
    """A delivery that the server would refuse: nothing of it was queued. `code` and `params` are its refusal's."""

    def __init__(self, code: str, params: dict[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class RedLight(Exception):
    """A full cylinder that must not be handed over: nothing was queued."""

    def __init__(self, code: str, answer: Answer) -> None:
        super().__init__(code)
        self.code = code
        self.answer = answer


def verdict(phone: Phone, code: str, step: ScanStep, seal: str = "") -> Answer:
    """Whether a cylinder may be handed over, by what this phone knows: its rows, the seal, the signed pack."""
    seen = Seen(code, seal)
    held = phone.handset().view(CYLINDERS)
    key = seen.key()
    row = next((view.data for view in held if view.data["key"] == key), None) if key else None
    known = _known(phone, row, key) if row is not None and key is not None else None
    now = from_ms(phone.time.wall_ms())
    pack, fault = _pack(phone)
    return judge(step, seen, Knowledge(known, pack, _ring(phone), bool(held), fault), now, _day_of(now))


def _known(phone: Phone, row: Mapping[str, Any], key: str) -> Known:
    moved = _moved(phone)
    return Known(
        _day(row["next_inspection_on"]),
        _day(row["life_end_on"]),
        frozenset(Block(reason) for reason in row["blocked"]),
        on_manifest=moved[key][1] is Place.on_vehicle_full if key in moved else _is_held(phone, row),
    )


def _is_held(phone: Phone, row: Mapping[str, Any]) -> bool:
    return bool(row["holder_kind"] == HolderKind.worker and row["holder_id"] == phone.user)


def aboard(phone: Phone) -> list[Aboard]:
    """What is on this person's vehicle, the full ones first; what no label names is not among it."""
    rows = {str(view.data["key"]): view.data for view in phone.handset().view(CYLINDERS)}
    moved = _moved(phone)
    stands = {key: (str(row["code"]), Place(row["place"])) for key, row in rows.items() if _is_held(phone, row)}
    found = [
        Aboard(code, place is Place.on_vehicle_full, rows.get(key, {}), pending=key in moved)
        for key, (code, place) in (stands | moved).items()
        if place is not None
    ]
    return sorted(found, key=lambda one: (not one.full, one.code))


def _moved(phone: Phone) -> dict[str, tuple[str, Place | None]]:
    """Of what this person scanned and the server has not answered yet, by key: its code, and where it is since."""
    moved: dict[str, tuple[str, Place | None]] = {}
    for entry in phone.handset().waiting():
        params = entry.mutation().get("params", {})
        if params.get("step") in MOVES:
            with suppress(PayloadError):
                if key := cylinder_key(parse(params["code"])):
                    moved[key] = params["code"], MOVES[params["step"]]
    return moved


def _pack(phone: Phone) -> tuple[Pack | None, PackFault | None]:
    """The blocked list, where it is genuine by the key that this phone was told first; else what is wrong with it."""
    rows = phone.handset().view("gas_packs")
    if not rows:
        return None, None
    row, pinned, newest = rows[0].data, phone.store.get("gas_pack_key"), phone.store.get("gas_pack_at")
    try:
        pack = _opened(pinned or str(row.get("public_key")), newest, json.dumps(row))
    except PackRefused as refused:
        return None, refused.fault
    if pinned is None:
        phone.store.put("gas_pack_key", pack.told.public_key)
    if newest != pack.told.issued_at.isoformat():
        phone.store.put("gas_pack_at", pack.told.issued_at.isoformat())
    return pack, None


@lru_cache(maxsize=4)
def _opened(public_key: str, newest: str | None, row: str) -> Pack:
    return open_pack(json.loads(row), public_key, datetime.fromisoformat(newest) if newest else None)


def _ring(phone: Phone) -> KeyRing:
    rows = phone.handset().view("gas_station_keys")
    return ring_of(GasStationKey.model_validate(view.data) for view in rows)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _day_of(now: datetime) -> date:
    return now.astimezone(DISTRICT_ZONE).date()


def orders(phone: Phone) -> list[View]:
    """Orders that this person brings, then those that nobody brings yet, the earliest first; none that was brought."""
    deeds = [entry.mutation() for entry in phone.handset().waiting()]
    brought = {deed["params"]["order"] for deed in deeds if deed["cmd"] == CLOSE and deed["params"].get("fulls")}
    shown = [view for view in phone.handset().view(ORDERS) if view.data["state"] in ("assigned", "open")]
    mine = [view for view in shown if view.data["person_id"] in (phone.user, None) and view.id not in brought]
    return sorted(mine, key=lambda v: (v.data["person_id"] is None, v.data["wanted_on"] or "9999", v.id))


def deliver(phone: Phone, door: AtDoor) -> Played:
    """Queues all that belongs to a delivery: scans of full and empty, the safety check, and the close of it.

    Raises NotWhole and RedLight by the rules that the server has too, and then nothing was queued.
    """
    need_whole(phone, door)
    order, do = {"account": door.account, "order": door.order}, phone.handset().do
    fulls = [(new_id(), verdict(phone, code, ScanStep.deliver, seal)) for code, seal in door.fulls]
    for (scan_id, answer), (code, seal) in zip(fulls, door.fulls, strict=True):
        said = {"code": code, "step": ScanStep.deliver.value, "shown": answer.light.value, "seal": seal}
        do("gas.scan", SCANS, scan_id, said | order)
    empties = [new_id() for _ in door.empties]
    for scan_id, code in zip(empties, door.empties, strict=True):
        shown = verdict(phone, code, ScanStep.collect).light.value
        do("gas.scan", SCANS, scan_id, {"code": code, "step": ScanStep.collect.value, "shown": shown} | order)
    row_id, visit = new_id(), new_id()
    do("gas.visit", VISITS, visit, _visit(phone, door), blobs=door.photos)
    close = _close(door, [scan_id for scan_id, _ in fulls], empties, visit)
    n = do(CLOSE, DELIVERIES, row_id, close, blobs=door.photos)
    return Played(row_id, n, tuple(fulls), tuple(empties), visit)


def need_whole(phone: Phone, door: AtDoor) -> None:
    """Raises NotWhole or RedLight where a delivery must not be closed so."""
    asked = _shaped(VisitParams, _visit(phone, door))
    if asked.outcome is VisitOutcome.completed:
        items = [Item.model_validate(item) for item in _checklist(phone)["items"]]
        known = {item.code for item in items}
        strange = [Fault(item, FaultKind.unknown) for item, _, _ in door.hazards if item not in known]
        if faults := strange + home_check.faults(items, asked.answers):
            raise NotWhole("gas.answers_faulty", {"items": [str(fault) for fault in faults]})
    ids = [new_id() for _ in door.fulls], [new_id() for _ in door.empties]
    if missing := delivery_check.faults(_shaped(DeliveryParams, _close(door, *ids, visit=new_id()))):
        raise NotWhole("gas.delivery_incomplete", {"missing": [fault.value for fault in missing]})
    for code, seal in door.fulls:
        answer = verdict(phone, code, ScanStep.deliver, seal)
        if answer.light is Light.red:
            raise RedLight(code, answer)


def _shaped(shape: type[S], said: dict[str, Any]) -> S:
    try:
        return shape.model_validate(said)
    except ValidationError as fault:
        raise NotWhole("sync.params_invalid", told(fault)) from None


def _close(door: AtDoor, fulls: list[str], empties: list[str], visit: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "account": door.account,
        "order": door.order,
        "outcome": "delivered" if fulls else "taken_back",
        "fulls": fulls,
        "empties": empties,
        "visit": visit,
        "leak_test": door.leak_test,
        "identity": door.identity,
        "customer_code": door.customer_code,
        "photos": list(door.photos),
        "signed_by": door.signed_by,
        "took_s": door.took_s,
    }
    if door.no_empty:
        said["no_empty"] = door.no_empty
    if door.paid_fen is not None:
        said |= {"paid_fen": door.paid_fen, "paid_by": "cash"}
    return said


def _visit(phone: Phone, door: AtDoor) -> dict[str, Any]:
    """The safety check: every item of the newest checklist, all right but for the hazards named."""
    said: dict[str, Any] = {
        "account": door.account,
        "kind": "with_delivery",
        "outcome": door.check,
        "took_s": door.took_s,
        "photos": list(door.photos),
        "signed_by": door.signed_by,
        "order": door.order,
    }
    if door.check == "completed":
        listed = _checklist(phone)
        found = {item: (grade, measure) for item, grade, measure in door.hazards}
        said["checklist"] = listed["version"]
        said["answers"] = [_answer(item["code"], found.get(item["code"]), door.photos) for item in listed["items"]]
    return said


def _checklist(phone: Phone) -> Mapping[str, Any]:
    return max((view.data for view in phone.handset().view("gas_checklists")), key=lambda row: str(row["since_on"]))


def _answer(item: str, hazard: tuple[str, str] | None, photos: Sequence[str]) -> dict[str, Any]:
    if hazard is None:
        return {"item": item, "answer": "ok"}
    grade, measure = hazard
    told = {"item": item, "answer": "hazard", "hazard": new_id()}
    return told | {"grade": grade, "measure": measure, "photos": list(photos)}
