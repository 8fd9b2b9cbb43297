"""Acts with a cylinder as EPCIS 2.0 events: a projection of what is kept, complete enough to be handed outward. Pure.

No conformity is claimed: the events follow the shapes of GS1 EPCIS 2.0 and CBV 2.0 as the brief has them (gas 3.6), and
no official validator was asked. What CBV does not know (filling) has a word of our own namespace. Names, phones and
ids of people are never in an event; a worker is named by their opaque id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.kernel.clock import DISTRICT_ZONE
from mobile_contract.custody import ScanError
from mobile_contract.gas import Cylinder, HolderKind, Scan, ScanStep

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
S, H = ScanStep, HolderKind
Event = dict[str, Any]
_STEPS: Mapping[ScanStep, tuple[str, str, str, str]] = {
    S.prefill: ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
    S.fill: ("ObjectEvent", "OBSERVE", "", "container_closed"),
    S.load: ("AggregationEvent", "ADD", "loading", "in_transit"),
    S.hand_over: ("ObjectEvent", "OBSERVE", "shipping", "in_transit"),
    S.deliver: ("ObjectEvent", "OBSERVE", "retail_selling", "retail_sold"),
    S.collect: ("ObjectEvent", "OBSERVE", "collecting", "returned"),
    S.unload: ("AggregationEvent", "DELETE", "unloading", "returned"),
    S.send_for_inspection: ("ObjectEvent", "OBSERVE", "shipping", "in_transit"),
    S.inspect: ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
    S.scrap: ("ObjectEvent", "DELETE", "destroying", "destroyed"),
    S.lose: ("ObjectEvent", "OBSERVE", "cycle_counting", "unknown"),
    S.recover: ("ObjectEvent", "OBSERVE", "cycle_counting", "available"),
    S.block: ("ObjectEvent", "OBSERVE", "holding", "non_sellable_other"),
    S.unblock: ("ObjectEvent", "OBSERVE", "holding", "sellable_accessible"),
}
"""Step -> type, action, business step, disposition."""
_WEIGHTS = (("net", "net_g"), ("tare", "tare_g"), ("gross", "gross_g"), ("residual", "residual_g"))


@dataclass(frozen=True, slots=True)
class Outward:
    """Under which address this house's words and places are named."""

    base: str

    @property
    def namespace(self) -> str:
        """Of the words that CBV does not know."""
        return f"{self.base}/ns/epcis/"

    def party(self, kind: HolderKind, party_id: str) -> str:
        """A station, a worker, a customer's account."""
        return f"{self.base}/id/{kind.value}/{party_id or 'unknown'}"

    def place(self, kind: HolderKind, party_id: str) -> dict[str, str]:
        """Where that party is."""
        where = {H.worker: "vehicle", H.customer: "address"}.get(kind, kind.value)
        return {"id": f"{self.base}/loc/{where}/{party_id or 'unknown'}"}


def document(
    cylinder: Cylinder,
    registered_at: datetime | None,
    scans: Iterable[Scan],
    errors: Iterable[ScanError],
    out: Outward,
    made_at: datetime,
) -> Event:
    """The whole life of a cylinder as an EPCISDocument, in the order of `scans`; declarations stand at its end."""
    events = [_registered(cylinder, registered_at, out)] if registered_at else []
    by_id = {scan.id: event_of(cylinder, scan, out) for scan in scans}
    events += by_id.values()
    events += [
        by_id[error.scan_id] | {"errorDeclaration": _declared(error)} for error in errors if error.scan_id in by_id
    ]
    return {
        "@context": [CONTEXT, {"gas": out.namespace}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _when(made_at),
        "epcisBody": {"eventList": events},
    }


def event_of(cylinder: Cylinder, scan: Scan, out: Outward) -> Event:
    """An act as an EPCIS event."""
    kind, action, step, disposition = _STEPS[scan.step]
    if scan.step is S.prefill and not scan.passed:
        disposition = "non_conformant"
    event: Event = {
        "type": kind,
        "eventTime": _when(scan.trusted_at),
        "eventTimeZoneOffset": "+08:00",
        "eventID": f"urn:uuid:{scan.id}",
        "action": action,
        "bizStep": step or f"{out.namespace}BizStep-filling",
        "disposition": disposition,
        **_what(cylinder, scan, kind, out),
        **_where(scan, out),
        **_who(scan, out),
    }
    if scan.order:
        event["bizTransactionList"] = [{"type": "po", "bizTransaction": f"{out.base}/bt/order/{scan.order}"}]
    return event | _weights(scan) | _own(scan)


def _what(cylinder: Cylinder, scan: Scan, kind: str, out: Outward) -> Event:
    if kind == "ObjectEvent":
        return {"epcList": [_epc(cylinder, out)]}
    worker = scan.to_id if scan.step is S.load else scan.from_id
    return {"parentID": out.place(H.worker, worker)["id"], "childEPCs": [_epc(cylinder, out)]}


def _epc(cylinder: Cylinder, out: Outward) -> str:
    """What the label says where that is an address; else a name of ours."""
    scheme, mark, rest = cylinder.code.partition("://")
    return f"{scheme.lower()}{mark}{rest}" if mark else f"{out.base}/id/cylinder/{cylinder.key}"


def _where(scan: Scan, out: Outward) -> Event:
    """Read where it was given; then it is where it was taken."""
    given, taken = out.place(scan.from_kind, scan.from_id), out.place(scan.to_kind, scan.to_id)
    read = taken if scan.step in (S.deliver, S.unload) else given
    return {"readPoint": read} | ({} if scan.to_kind is H.nobody else {"bizLocation": taken})


def _who(scan: Scan, out: Outward) -> Event:
    if (scan.from_kind, scan.from_id) == (scan.to_kind, scan.to_id):
        return {}
    giver = {"type": "possessing_party", "source": out.party(scan.from_kind, scan.from_id)}
    taker = {"type": "possessing_party", "destination": out.party(scan.to_kind, scan.to_id)}
    return {"sourceList": [giver], "destinationList": [taker]}


def _weights(scan: Scan) -> Event:
    reports = [
        {"type": "Mass", "value": grams / 1000, "uom": "KGM", "gas:role": role}
        for role, name in _WEIGHTS
        if (grams := getattr(scan, name)) is not None
    ]
    meta = {"time": _when(scan.trusted_at)}
    return {"sensorElementList": [{"sensorMetadata": meta, "sensorReport": reports}]} if reports else {}


def _own(scan: Scan) -> Event:
    own: Event = {}
    if scan.step is S.prefill:
        own["gas:check"] = "PREFILL"
    if scan.step is S.inspect:
        own["persistentDisposition"] = {"set": ["conformant"], "unset": ["needs_replacement"]}
        own["gas:inspectionItems"] = {f"gas:JCX{number}": int(passed) for number, passed in enumerate(scan.items)}
        own |= {"gas:nextInspectionDue": scan.due_on.isoformat()} if scan.due_on else {}
    if scan.reason is not None:
        own["gas:blockReason"] = scan.reason.value
    if scan.marks:
        own["gas:marks"] = [mark.value for mark in scan.marks]
    return own


def _registered(cylinder: Cylinder, at: datetime, out: Outward) -> Event:
    told = {
        "gas:spec": cylinder.spec,
        "gas:stampNo": cylinder.serial,
        "gas:ownerUnit": cylinder.owner,
        "gas:madeMonth": f"{cylinder.made_on:%Y-%m}" if cylinder.made_on else None,
        "gas:nextInspectionDue": cylinder.next_inspection_on.isoformat() if cylinder.next_inspection_on else None,
        "gas:scrapDate": cylinder.life_end_on.isoformat() if cylinder.life_end_on else None,
        "gas:ruleTable": cylinder.rule_version,
    }
    return {
        "type": "ObjectEvent",
        "eventTime": _when(at),
        "eventTimeZoneOffset": "+08:00",
        "eventID": f"urn:uuid:{cylinder.id}",
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "persistentDisposition": {"set": ["conformant"]},
        "epcList": [_epc(cylinder, out)],
        "ilmd": {name: value for name, value in told.items() if value},
    }


def _declared(error: ScanError) -> Event:
    declared: Event = {"declarationTime": _when(error.declared_at), "reason": error.reason.value}
    if error.corrective_ids:
        declared["correctiveEventIDs"] = [f"urn:uuid:{one}" for one in error.corrective_ids]
    return declared


def _when(at: datetime) -> str:
    return at.astimezone(DISTRICT_ZONE).isoformat(timespec="milliseconds")
