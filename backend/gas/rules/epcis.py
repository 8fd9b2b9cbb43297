"""Acts with a cylinder as EPCIS 2.0 events: a projection of what is kept, complete enough to be handed outward. Pure.

No conformity is claimed: the events follow the shapes of GS1 EPCIS 2.0 and CBV 2.0 as the brief has them (gas 3.6), and
no official validator was asked. What CBV does not know (filling) has a word of our own namespace. Names, phones and
ids of people are never in an event; a worker is named by their opaque id, a customer by the account's code.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from backend.gas.rules.homes import notice_number
from backend.gas.rules.notices import notice_kind
from backend.kernel.calendar import local_day
from backend.kernel.clock import DISTRICT_ZONE
from mobile_contract.checklists import Checklist, deadline_days, rule_of
from mobile_contract.custody import Chain, ChainLink, InferredMove, ScanError
from mobile_contract.deliveries import Delivery
from mobile_contract.gas import Block, Cylinder, HolderKind, Light, Scan, ScanStep
from mobile_contract.homes import AnswerKind, SignedBy, Visit, VisitOutcome

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
S, H = ScanStep, HolderKind
Event = dict[str, Any]
_STEPS: Mapping[ScanStep, tuple[str, str, str, str]] = {
    S.prefill: ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
    S.fill: ("ObjectEvent", "OBSERVE", "", "container_closed"),
    S.load: ("AggregationEvent", "ADD", "loading", "in_transit"),
    S.hand_over: ("ObjectEvent", "OBSERVE", "shipping", "in_transit"),
    S.deliver: ("ObjectEvent", "OBSERVE", "retail_selling", "retail_sold"),
    S.refuse: ("ObjectEvent", "OBSERVE", "holding", "non_sellable_other"),
    S.collect: ("ObjectEvent", "OBSERVE", "collecting", "returned"),
    S.unload: ("AggregationEvent", "DELETE", "unloading", "returned"),
    S.send_for_inspection: ("ObjectEvent", "OBSERVE", "shipping", "in_transit"),
    S.inspect: ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
    S.scrap: ("ObjectEvent", "DELETE", "destroying", "destroyed"),
    S.lose: ("ObjectEvent", "OBSERVE", "cycle_counting", "unknown"),
    S.recover: ("ObjectEvent", "OBSERVE", "cycle_counting", "available"),
    S.block: ("ObjectEvent", "OBSERVE", "holding", "non_sellable_other"),
    S.unblock: ("ObjectEvent", "OBSERVE", "holding", "sellable_accessible"),
    S.change_owner: ("ObjectEvent", "OBSERVE", "", "in_progress"),
    S.redate: ("ObjectEvent", "OBSERVE", "", ""),
    S.enter_papers: ("ObjectEvent", "OBSERVE", "", ""),
}
"""Step -> type, action, business step, disposition."""
_OWN_STEPS = {S.fill: "filling", S.change_owner: "change_of_owner", S.redate: "dating", S.enter_papers: "papers"}
"""Business steps that are words of our own namespace."""
_ON_PAPER = frozenset({S.change_owner, S.enter_papers})
_SCRAPPED = {Block.life_end: "SERVICE_LIFE"}
ACCURACY_TOLD_MAX_M = 100_000
"""Beyond it a position says nothing of where a phone was."""
NO_LISTS: Mapping[str, Checklist] = {}
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

    def owner(self, name: str) -> str:
        """Whose a cylinder is."""
        return f"{self.base}/id/owner/{quote(name, safe='') or 'unknown'}"

    def paper(self, kind: str, what: str, paper_id: str) -> dict[str, str]:
        """A business transaction: an order, a delivery, a check."""
        named = {"bizTransaction": f"{self.base}/bt/{what}/{paper_id}"}
        return {"type": kind} | named if kind else named


@dataclass(frozen=True, slots=True)
class Made:
    """How a cylinder was made, by the rule table of its registration and its stamp, and where it was then."""

    volume_ml: int | None = None
    max_fill_g: int | None = None
    life_months: int | None = None
    phase: str = ""
    station: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept of a scan and does not travel with it."""

    n: int = 0
    """Its place in its device's queue; 0 where no queue brought it."""
    seal_key: str = ""
    """The id of the key of a seal that proved good."""


NOTHING_BESIDE, PLAIN = Beside(), Made()


@dataclass(frozen=True, slots=True)
class Life:
    """All that is told of one cylinder."""

    chain: Chain
    birth: Cylinder | None
    """As it was registered; None for one that never was."""
    registered_at: datetime
    errors: Sequence[ScanError] = ()
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    """Scan -> the delivery that names it."""
    checks: Sequence[tuple[Visit, Delivery]] = ()
    """Safety checks made with its deliveries."""
    made: Made = PLAIN
    beside: Mapping[str, Beside] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    """Filling station -> the number of its licence."""
    lists: Mapping[str, Checklist] = field(default_factory=dict)
    """Version -> the checklist by which homes were checked."""


def document(life: Life, out: Outward, made_at: datetime) -> Event:
    """The whole life of a cylinder as an EPCISDocument, in the order of its chain; checks and declarations follow."""
    cylinder = life.birth or life.chain.cylinder
    events = [_registered(cylinder, life.registered_at, life.made, out)] if life.birth else []
    by_id: dict[str, Event] = {}
    for link in life.chain.links:
        if link.scan.step is S.change_owner and not link.declared_error:
            cylinder = cylinder.model_copy(update={"owner": link.scan.owner})
        events += [_inferred(cylinder, link, move, at, out) for at, move in enumerate(link.inferred)]
        by_id[link.scan.id] = _act(cylinder, link.scan, life, out)
        events.append(by_id[link.scan.id])
    events += [check_event(visit, out, delivery, [_epc(cylinder, out)], life.lists) for visit, delivery in life.checks]
    events += [
        by_id[error.scan_id] | {"errorDeclaration": _declared(error)} for error in life.errors if error.scan_id in by_id
    ]
    return enveloped(events, out, made_at)


def _act(cylinder: Cylinder, scan: Scan, life: Life, out: Outward) -> Event:
    beside = life.beside.get(scan.id, NOTHING_BESIDE)
    event = event_of(cylinder, scan, out, life.deliveries.get(scan.id), beside)
    licence = life.licences.get(scan.to_id, "") if scan.step is S.fill else ""
    return event | ({"gas:fillStationLicence": licence} if licence else {})


def enveloped(events: Iterable[Event], out: Outward, made_at: datetime) -> Event:
    """Events as an EPCISDocument."""
    return {
        "@context": [CONTEXT, {"gas": out.namespace}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _when(made_at),
        "epcisBody": {"eventList": list(events)},
    }


def event_of(
    cylinder: Cylinder, scan: Scan, out: Outward, delivery: Delivery | None = None, beside: Beside = NOTHING_BESIDE
) -> Event:
    """An act as an EPCIS event."""
    kind, action, step, disposition = _STEPS[scan.step]
    if scan.step is S.prefill and (not scan.passed or scan.residual_g is None or scan.judged is Light.red):
        disposition = "non_conformant"
    if scan.step is S.redate and _ran_out(scan):
        disposition = "expired"
    event: Event = {
        "type": kind,
        "eventTime": _when(scan.trusted_at),
        "eventTimeZoneOffset": "+08:00",
        "eventID": f"urn:uuid:{scan.id}",
        "action": action,
        "bizStep": step or f"{out.namespace}BizStep-{_OWN_STEPS[scan.step]}",
        **({"disposition": disposition} if disposition else {}),
        **_what(cylinder, scan, kind, out),
        **_where(scan, out),
        **_who(cylinder, scan, out),
    }
    if papers := _papers(scan, out, delivery):
        event["bizTransactionList"] = papers
    return event | _weights(scan, out) | _own(scan, out, beside) | _door(scan, delivery, beside)


def _papers(scan: Scan, out: Outward, delivery: Delivery | None) -> list[dict[str, str]]:
    """The business transactions that an act stands in."""
    papers = [out.paper("desadv", "delivery", delivery.id)] if delivery else []
    papers += [out.paper("po", "order", scan.order)] if scan.order else []
    if scan.step in _ON_PAPER and scan.paper:
        papers.append(out.paper("", _OWN_STEPS[scan.step], quote(scan.paper, safe="")))
    if scan.step is S.fill:
        papers.append(out.paper("prodorder", "fill", scan.id))
    if scan.step is S.inspect:
        papers.append(out.paper("testres", "inspection", scan.id))
    return papers


def check_event(
    visit: Visit,
    out: Outward,
    delivery: Delivery | None = None,
    epcs: Sequence[str] = (),
    lists: Mapping[str, Checklist] = NO_LISTS,
) -> Event:
    """A safety check at a customer's: it speaks of the home, never of where a cylinder is (brief, gas 3.6)."""
    found = [answer for answer in visit.answers if answer.answer is AnswerKind.hazard]
    completed = visit.outcome is VisitOutcome.completed
    papers = [out.paper("testres", "homecheck", visit.id)]
    event: Event = {
        "type": "TransactionEvent",
        "eventTime": _when(visit.trusted_at),
        "eventTimeZoneOffset": "+08:00",
        "eventID": f"urn:uuid:{visit.id}",
        "action": "ADD",
        "bizStep": "inspecting",
        "disposition": "unknown" if not completed else "non_conformant" if found else "conformant",
        "epcList": list(epcs),
        "readPoint": out.place(H.customer, visit.account),
        "bizTransactionList": [*papers, *([out.paper("desadv", "delivery", delivery.id)] if delivery else [])],
        "gas:checkKind": visit.kind.value.upper(),
        "gas:outcome": visit.outcome.value.upper(),
        "gas:checklistVersion": visit.checklist,
        "gas:findings": [_finding(visit, answer, lists.get(visit.checklist)) for answer in found],
    }
    if notice_kind(visit) is not None:
        event["gas:noticeNo"] = notice_number(visit.account, visit.trusted_at, visit.id)
    if visit.signed_by is not SignedBy.nobody:
        event["gas:signedBy"] = visit.signed_by.value
    return {name: value for name, value in event.items() if value not in ([], "")}


def _finding(visit: Visit, answer: Any, listed: Checklist | None) -> Event:
    """What was found, and what the notice that was left at the visit says of it."""
    told: Event = {"gas:item": answer.item, "gas:grade": answer.grade.value.upper() if answer.grade else ""}
    told |= {"gas:photoSha256": list(answer.photos)} if answer.photos else {}
    if listed is None or answer.grade is None or not answer.hazard or not rule_of(listed.grades, answer.grade).notice:
        return told
    told["gas:noticeNo"] = notice_number(visit.account, visit.trusted_at, answer.hazard)
    days = deadline_days(listed, answer.item, answer.grade)
    if days is not None and visit.signed_by is not SignedBy.nobody:
        told["gas:deadline"] = (local_day(visit.trusted_at) + timedelta(days=days)).isoformat()
    return told


def _inferred(cylinder: Cylinder, link: ChainLink, move: InferredMove, at: int, out: Outward) -> Event:
    """A move that nobody scanned: told as inferred, beside the act that proves it."""
    return {
        "type": "ObjectEvent",
        "eventTime": _when(link.scan.trusted_at),
        "eventTimeZoneOffset": "+08:00",
        "eventID": f"{out.base}/inferred/{link.scan.id}/{at}",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "completeness_inferred",
        "epcList": [_epc(cylinder, out)],
        "readPoint": out.place(move.from_kind, move.from_id),
        "bizLocation": out.place(move.to_kind, move.to_id),
        "sourceList": [{"type": "possessing_party", "source": out.party(move.from_kind, move.from_id)}],
        "destinationList": [{"type": "possessing_party", "destination": out.party(move.to_kind, move.to_id)}],
    }


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
    """Read where it was given, at a station at its bay; then it is where it was taken."""
    given, taken = out.place(scan.from_kind, scan.from_id), out.place(scan.to_kind, scan.to_id)
    read = taken if scan.step in (S.deliver, S.unload) else given
    if scan.bay:
        read = {"id": f"{read['id']}/{quote(scan.bay, safe='')}"}
    return {"readPoint": read} | ({} if scan.to_kind is H.nobody else {"bizLocation": taken})


def _who(cylinder: Cylinder, scan: Scan, out: Outward) -> Event:
    """Who gave it and who took it; at a customer's the owner stays who they were, and that is said."""
    if scan.step is S.change_owner:
        before = {"type": "owning_party", "source": out.owner(scan.owner_before)}
        after = {"type": "owning_party", "destination": out.owner(scan.owner)}
        return {"sourceList": [before], "destinationList": [after]}
    if (scan.from_kind, scan.from_id) == (scan.to_kind, scan.to_id):
        return {}
    givers = [{"type": "possessing_party", "source": out.party(scan.from_kind, scan.from_id)}]
    takers = [{"type": "possessing_party", "destination": out.party(scan.to_kind, scan.to_id)}]
    if scan.step is S.deliver and cylinder.owner:
        owner = out.owner(cylinder.owner)
        givers.append({"type": "owning_party", "source": owner})
        takers.append({"type": "owning_party", "destination": owner})
    return {"sourceList": givers, "destinationList": takers}


def _weights(scan: Scan, out: Outward) -> Event:
    reports = [
        {"type": "Mass", "value": grams / 1000, "uom": "KGM", "gas:role": role}
        for role, name in _WEIGHTS
        if (grams := getattr(scan, name)) is not None
    ]
    meta = {"time": _when(scan.trusted_at)} | (
        {"deviceID": f"{out.base}/id/device/{scan.device_id}"} if scan.device_id else {}
    )
    return {"sensorElementList": [{"sensorMetadata": meta, "sensorReport": reports}]} if reports else {}


def _own(scan: Scan, out: Outward, beside: Beside) -> Event:
    own: Event = {}
    if scan.step is S.prefill:
        own["gas:check"] = "PREFILL"
    if scan.checks:
        told = ((one.code, "ok" if one.passed else "failed") for one in scan.checks)
        own["gas:checkItems"] = [{"gas:code": code, "gas:result": result} for code, result in told]
    if scan.step is S.inspect:
        own["persistentDisposition"] = {"set": ["conformant"], "unset": ["needs_replacement"]}
        own["gas:inspectionItems"] = {f"gas:JCX{number}": int(passed) for number, passed in enumerate(scan.items)}
        own |= {"gas:nextInspectionDue": scan.due_on.isoformat()} if scan.due_on else {}
    if scan.step is S.redate:
        dates = {"nextInspectionDue": scan.due_on, "scrapDate": scan.life_end_on}
        own |= {f"gas:{name}": on.isoformat() for name, on in dates.items() if on is not None}
        own["gas:ruleTable"] = scan.paper
    if scan.step is S.enter_papers and scan.papers is not None:
        own |= _stamped(**scan.papers.model_dump())
    if scan.reason is not None:
        scrapped = scan.step is S.scrap
        own["gas:scrapReason" if scrapped else "gas:blockReason"] = (
            _SCRAPPED.get(scan.reason, scan.reason.value.upper()) if scrapped else scan.reason.value
        )
    if scan.destroy_method:
        own["gas:destroyMethod"] = scan.destroy_method
    if scan.seal:
        own["gas:sealId"] = sha256(scan.seal.encode()).hexdigest()[:16].upper()
    if scan.person_id and scan.step in (S.prefill, S.fill):
        own["gas:operator"] = out.party(H.worker, scan.person_id)
    if scan.step is S.fill and beside.seal_key:
        own["gas:fillCertKid"] = beside.seal_key
    if scan.marks:
        own["gas:marks"] = [mark.value for mark in scan.marks]
    return own


def _ran_out(scan: Scan) -> bool:
    on = scan.trusted_at.astimezone(DISTRICT_ZONE).date()
    return any(end is not None and end < on for end in (scan.due_on, scan.life_end_on))


def _door(scan: Scan, delivery: Delivery | None, beside: Beside) -> Event:
    """What is told of a customer's door: the account, how it was seen who they are, by which device and where."""
    if scan.step not in (S.deliver, S.collect) or not scan.account:
        return {}
    door: Event = {"gas:customerCode": scan.account}
    if delivery is not None:
        door["gas:realNameMethod"] = delivery.identity.value
    if scan.device_id:
        door |= {"gas:deviceId": scan.device_id} | ({"gas:deviceSeq": beside.n} if beside.n else {})
    if scan.latitude is not None and scan.longitude is not None:
        door["gas:geo"] = f"{scan.latitude:.6f},{scan.longitude:.6f}"
        if scan.accuracy_m is not None and 0 < scan.accuracy_m <= ACCURACY_TOLD_MAX_M:
            door["gas:geo"] += f",{math.ceil(scan.accuracy_m)}m"
    return door


def _stamped(
    certificate_no: str | None, registration_code: str | None, maker_code: str | None, stamped_tare_g: int | None
) -> Event:
    """What papers and stamp say; of what is not said nothing is told."""
    told = {
        "gas:useRegCertNo": certificate_no,
        "gas:useRegCode": registration_code,
        "gas:makerCode": maker_code,
        "gas:tareKg": stamped_tare_g / 1000 if stamped_tare_g else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _registered(cylinder: Cylinder, at: datetime, made: Made, out: Outward) -> Event:
    told = _stamped(
        cylinder.certificate_no, cylinder.registration_code, cylinder.maker_code, cylinder.stamped_tare_g
    ) | {
        "gas:spec": cylinder.spec,
        "gas:nominalVolumeL": made.volume_ml / 1000 if made.volume_ml else None,
        "gas:maxFillKg": made.max_fill_g / 1000 if made.max_fill_g else None,
        "gas:phase": made.phase,
        "gas:designLifeYears": _years(made.life_months) if made.life_months else None,
        "gas:stampNo": cylinder.serial,
        "gas:ownerUnit": out.owner(cylinder.owner),
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
        **_home(made, out),
        "ilmd": {name: value for name, value in told.items() if value},
    }


def _home(made: Made, out: Outward) -> Event:
    """Where it was when it was registered, where that was told."""
    kind, name = (H.customer, made.account) if made.account else (H.station, made.station)
    return {"readPoint": out.place(kind, name), "bizLocation": out.place(kind, name)} if name else {}


def _years(months: int) -> float:
    years, rest = divmod(months, 12)
    return years if not rest else months / 12


def _declared(error: ScanError) -> Event:
    declared: Event = {"declarationTime": _when(error.declared_at), "reason": error.reason.value}
    if error.corrective_ids:
        declared["correctiveEventIDs"] = [f"urn:uuid:{one}" for one in error.corrective_ids]
    return declared


def _when(at: datetime) -> str:
    return at.astimezone(DISTRICT_ZONE).isoformat(timespec="milliseconds")
