"""What a gas worker does with a phone in hand: a cylinder judged without a network, a check of a home, a delivery."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from backend.drive.phone import Phone
from backend.kernel.clock import DISTRICT_ZONE, from_ms
from backend.kernel.ids import new_id
from mobile_contract.gas import Block, HolderKind, ScanStep
from mobile_contract.hand_over import Answer, Known
from mobile_contract.offline_verdict import Knowledge, Pack, PackFault, PackRefused, Seen, judge, open_pack
from mobile_contract.station_keys import GasStationKey, ring_of
from qr.payload import PayloadError, cylinder_key, parse
from qr.signing import KeyRing
from sync.handset.replica import View

CYLINDERS, SCANS = "cylinders", "scans"
ORDERS, DELIVERIES, VISITS = "gas_orders", "gas_deliveries", "gas_visits"


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
    """Orders that this person brings, then those that nobody brings yet, the earliest first."""
    shown = [view for view in phone.handset().view(ORDERS) if view.data["state"] in ("assigned", "open")]
    mine = [view for view in shown if view.data["person_id"] in (phone.user, None)]
    return sorted(mine, key=lambda v: (v.data["person_id"] is None, v.data["wanted_on"] or "9999", v.id))


def deliver(phone: Phone, door: AtDoor) -> Played:
    """Queues all that belongs to a delivery: scans of full and empty, the safety check, and the close of it."""
    order = {"account": door.account, "order": door.order}
    fulls = [_scan(phone, code, ScanStep.deliver, seal, order) for code, seal in door.fulls]
    empties = [_scan(phone, code, ScanStep.collect, "", order)[0] for code in door.empties]
    visit = check(phone, door)
    said: dict[str, Any] = order | {
        "outcome": "delivered" if fulls else "taken_back",
        "fulls": [row for row, _ in fulls],
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
    row_id = new_id()
    n = phone.handset().do("gas.deliver", DELIVERIES, row_id, said, blobs=door.photos)
    return Played(row_id, n, tuple(fulls), tuple(empties), visit)


def _scan(phone: Phone, code: str, step: ScanStep, seal: str, order: dict[str, str]) -> tuple[str, Answer]:
    answer = verdict(phone, code, step, seal)
    said = {"code": code, "step": step.value, "shown": answer.light.value, "seal": seal} | order
    row_id = new_id()
    phone.handset().do("gas.scan", SCANS, row_id, said)
    return row_id, answer


def check(phone: Phone, door: AtDoor) -> str:
    """Queues the safety check: every item of the newest checklist, all right but for the hazards named."""
    found = {item: (grade, measure) for item, grade, measure in door.hazards}
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
        listed = max(
            (view.data for view in phone.handset().view("gas_checklists")), key=lambda row: str(row["since_on"])
        )
        said["checklist"] = listed["version"]
        said["answers"] = [_answer(item["code"], found.get(item["code"]), door.photos) for item in listed["items"]]
    row_id = new_id()
    phone.handset().do("gas.visit", VISITS, row_id, said, blobs=door.photos)
    return row_id


def _answer(item: str, hazard: tuple[str, str] | None, photos: Sequence[str]) -> dict[str, Any]:
    if hazard is None:
        return {"item": item, "answer": "ok"}
    grade, measure = hazard
    told = {"item": item, "answer": "hazard", "hazard": new_id()}
    return told | {"grade": grade, "measure": measure, "photos": list(photos)}
