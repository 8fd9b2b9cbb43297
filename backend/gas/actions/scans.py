"""Scans: facts that are always taken, whatever the label said, and the cylinders reckoned anew from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from backend.attachments import actions as attachments
from backend.gas import queries, rules
from backend.gas.actions.desk import QUEUELESS, SCANS
from backend.gas.actions.folding import refold
from backend.gas.actions.home_questions import ask_about_homes
from backend.gas.actions.questions import about_unread, settle_cases
from backend.gas.actions.seals import Sealed, sealed_of
from backend.gas.events import CylindersScanned
from backend.gas.queries.deliveries import papers
from backend.gas.rules.acts import Birth, Custody
from backend.gas.rules.conflicts import of_unread
from backend.gas.rules.custody import fold
from backend.gas.rules.papers import Paper, is_certified
from backend.gas.rules.weighing import weighed
from backend.gas.tables import PARTY_CHARS_MAX, Cylinder, Scan
from backend.kernel.authority import PERMISSIONS
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.journaling import Fact, add_facts
from mobile_contract import gas as wire
from mobile_contract.gas import Block, HolderKind, Light, Place, ScanMark, ScanStep
from mobile_contract.hand_over import FULL_STEPS, may_hand_over
from mobile_contract.scan_faults import ScanFault
from qr import payload
from sync.kinds import Claim

SCAN = "gas.scan"
PAPERED = frozenset({ScanStep.load, ScanStep.fill})
AT_BAY = frozenset({ScanStep.prefill, ScanStep.fill})
H = HolderKind


@dataclass(frozen=True, slots=True)
class NewScan:
    """A scan as somebody made it. `claim` None: on line, at the server's own time."""

    id: str
    said: wire.ScanParams
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """What a scan's texts came to."""

    new: NewScan
    key: str | None
    account: str
    marks: tuple[ScanMark, ...]
    fault: ScanFault | None = None


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known around a batch of scans."""

    cylinders: Mapping[str, Cylinder]
    strange: set[str]
    accounts: set[str]
    loaded: set[str | None]
    births: Mapping[str, Birth]
    then: Mapping[str, Custody]
    """Scan that comes after later acts -> what its cylinder had come to when it was made."""
    papers: Sequence[Paper]


def record_scans(ctx: Ctx, news: Sequence[NewScan]) -> list[wire.Scan]:
    """Takes scans of the caller: judged and marked, never refused for what they say.

    Raises sqlalchemy.exc.IntegrityError when an id is taken; the caller holds the savepoint.
    """
    ctx.principal.require(SCAN)
    reads = [_read(new) for new in news]
    met = queries.cylinders_by_key(ctx, [read.key for read in reads if read.key])
    strange = {read.key for read in reads if read.key and read.key not in met}
    cylinders = met | _meet(ctx, reads)
    accounts = queries.account_codes(ctx, [read.account for read in reads if read.account])
    loaded = {read.key for read in reads if read.new.said.step is ScanStep.load}
    seals = sealed_of(ctx, [(read.new.id, read.new.said.seal, read.key, read.new.said.step) for read in reads])
    births = queries.births(ctx, cylinders.values())
    then = _then(ctx, reads, cylinders, births)
    around = _Around(cylinders, strange, accounts, loaded, births, then, _papers(ctx, reads))
    rows = [_row(ctx, read, around, seals.get(read.new.id)) for read in reads]
    places = [_place_of(read.new, seals.get(read.new.id)) for read in reads]
    add_facts(ctx.session, Scan, [Fact(row, place | _plain(row)) for row, place in zip(rows, places, strict=True)])
    for row in rows:
        if row.photos:
            attachments.cite(ctx, row.photos, SCANS, row.id, rules.scan_scopes(row.area_path, row.person_id))
    refold(ctx, list(cylinders.values()))
    _ask_about_unread(ctx, rows, reads)
    ask_about_homes(ctx, {read.account for read in reads if read.new.said.step is ScanStep.deliver})
    announce(ctx, CylindersScanned(tuple(r.id for r in rows), tuple(sorted(c.id for c in cylinders.values()))))
    return rows


def _ask_about_unread(ctx: Ctx, rows: Sequence[wire.Scan], reads: Sequence[_Read]) -> None:
    """What was typed in, since no label could be read, is looked at a second time at the station."""
    team = min(ctx.principal.team_ids, default=None)
    unread = [(row, read) for row, read in zip(rows, reads, strict=True) if ScanMark.manual_id in read.marks]
    if unread:
        asked = [(about_unread(row, team), [of_unread(row.id, read.new.said.station)]) for row, read in unread]
        settle_cases(ctx, asked)


def _plain(row: wire.Scan) -> dict[str, Any]:
    lists: dict[str, Sequence[BaseModel]] = {"faults": row.faults, "checks": row.checks}
    return {name: [one.model_dump(mode="json") for one in told] for name, told in lists.items() if told}


def record_scan_online(ctx: Ctx, new: NewScan) -> wire.Scan:
    """One scan of the caller at the server's time; the same again answers the same.

    Refuses with gas.scan_exists when the id names another scan.
    """
    known = queries.scan_row(ctx, new.id)
    if known is None:
        return record_scans(ctx, [new])[0]
    said = (new.said.code, new.said.step.value, ctx.principal.person_id)
    if (known.raw, known.step, known.person_id) != said:
        raise rules.ScanExists
    return queries.scan_shape(known)


def _read(new: NewScan) -> _Read:
    said = new.said
    account = _account_code(said.account)
    try:
        key = payload.cylinder_key(payload.parse(said.code))
    except payload.PayloadError as error:
        fault = ScanFault(of="code", fault=error.fault.value, position=error.position)
        return _Read(new, None, account, (ScanMark.manual_id,), fault)
    return _Read(new, key, account, () if key else (ScanMark.not_a_cylinder,))


def _account_code(text: str) -> str:
    """The account's code: as typed, or out of the customer's own label."""
    try:
        read = payload.parse(text)
    except payload.PayloadError:
        return text.strip().upper()[:PARTY_CHARS_MAX]
    return read.account if isinstance(read, payload.Customer) else text.strip().upper()[:PARTY_CHARS_MAX]


def _meet(ctx: Ctx, reads: Sequence[_Read]) -> dict[str, Cylinder]:
    """Rows for codes that are in no register: custody is kept of them too, and they are blocked."""
    known = queries.cylinders_by_key(ctx, [read.key for read in reads if read.key])
    fresh: dict[str, Cylinder] = {}
    for read in reads:
        if read.key is None or read.key in known or read.key in fresh:
            continue
        fresh[read.key] = Cylinder(
            key=read.key,
            code=read.new.said.code.strip(),
            place=Place.unseen.value,
            holder_kind=H.nobody.value,
            blocked=[Block.unregistered.value],
            born_papers={},
            block_count=1,
            area_path=_area(ctx),
            team_id=min(ctx.principal.team_ids, default=None),
            created_at=ctx.now(),
        )
    ctx.session.add_all(fresh.values())
    ctx.session.flush()
    return fresh


def _area(ctx: Ctx) -> str:
    areas = [grant.area for grant in ctx.principal.grants if grant.role in PERMISSIONS[SCAN]]
    return max(sorted(areas), key=len, default=f"/{ctx.settings.district}/")


def _parties(ctx: Ctx, read: _Read) -> tuple[tuple[H, str], tuple[H, str]]:
    worker, station = (H.worker, ctx.principal.person_id), (H.station, read.new.said.station)
    customer = (H.customer, read.account)
    return {
        ScanStep.prefill: (station, station),
        ScanStep.fill: (station, station),
        ScanStep.load: (station, worker),
        ScanStep.hand_over: ((H.worker, read.new.said.giver), worker),
        ScanStep.deliver: (worker, customer),
        ScanStep.refuse: (worker, worker),
        ScanStep.collect: (customer, worker),
        ScanStep.unload: (worker, station),
    }[read.new.said.step]


def _row(
    ctx: Ctx,
    read: _Read,
    around: _Around,
    sealed: Sealed | None,
) -> wire.Scan:
    new, said, claim = read.new, read.new.said, read.new.claim
    cylinder = around.cylinders.get(read.key) if read.key else None
    at = from_ms(claim.trusted_ms) if claim else ctx.now()
    light = _judge(ctx, read, cylinder, around, at)
    giver, taker = _parties(ctx, read)
    return wire.Scan(
        id=new.id,
        cylinder_id=cylinder.id if cylinder else None,
        key=read.key,
        raw=said.code,
        step=said.step,
        from_kind=giver[0],
        from_id=giver[1],
        to_kind=taker[0],
        to_id=taker[1],
        account=read.account,
        order=said.order,
        person_id=ctx.principal.person_id or None,
        device_id=claim.device if claim else ctx.principal.device_id,
        trusted_at=at,
        error_ms=claim.error_ms if claim else 0,
        quality=claim.quality if claim else "server",
        received_at=from_ms(claim.received_ms) if claim else ctx.now(),
        shown=said.shown,
        judged=light,
        seal=said.seal,
        longitude=said.position.longitude if said.position else None,
        latitude=said.position.latitude if said.position else None,
        accuracy_m=said.position.accuracy_m if said.position else None,
        bay=said.bay if said.step in AT_BAY else "",
        photos=list(dict.fromkeys(said.photos)),
        note=said.note,
        giver=said.giver if said.step is ScanStep.hand_over else "",
        passed=said.passed and all(check.passed for check in said.checks),
        checks=said.checks,
        reason=None,
        due_on=None,
        items=[],
        net_g=said.net_g,
        tare_g=said.tare_g,
        gross_g=said.gross_g,
        residual_g=said.residual_g,
        marks=[
            *_marks(read, light, around),
            *_weighed(said, cylinder, around, at),
            *_papered(ctx, read, around, at),
            *(sealed.marks if sealed else ()),
        ],
        area_path=cylinder.area_path if cylinder else _area(ctx),
        faults=[fault for fault in (read.fault, sealed.fault if sealed else None) if fault],
    )


def _place_of(new: NewScan, sealed: Sealed | None) -> dict[str, str | int]:
    """What the fold needs of a scan beside what travels: station, seal, and its place in its device's own order."""
    here = QUEUELESS | {"station": new.said.station, "seal_name": sealed.name if sealed else ""}
    if new.claim is None:
        return here
    claim = new.claim
    return here | {"queue_device": claim.device, "queue_epoch": claim.epoch, "queue_n": claim.n}


def _then(
    ctx: Ctx, reads: Sequence[_Read], cylinders: Mapping[str, Cylinder], births: Mapping[str, Birth]
) -> dict[str, Custody]:
    late = {}
    for read in reads:
        row = cylinders.get(read.key) if read.key else None
        if row and row.last_at and read.new.claim and to_ms(row.last_at) > read.new.claim.trusted_ms:
            late[read.new.id] = row.id, read.new.claim.trusted_ms
    if not late:
        return {}
    seen = queries.seen_by_cylinder(ctx, {cylinder_id for cylinder_id, _ in late.values()})
    declared = queries.declared_errors(ctx, (scan for scans in seen.values() for scan in scans))
    return {
        scan: fold(births[cylinder_id], [act for act in seen[cylinder_id] if act.trusted_ms <= at_ms], declared)
        for scan, (cylinder_id, at_ms) in late.items()
    }


def _judge(ctx: Ctx, read: _Read, cylinder: Cylinder | None, around: _Around, at: datetime) -> Light:
    known, on = None, local_day(at)
    if cylinder is not None and read.key not in around.strange:
        then = around.then.get(read.new.id)
        holder, owner = (cylinder.holder_kind, cylinder.holder_id), cylinder.owner
        if then is not None:
            holder, owner = (then.holder_kind.value, then.holder_id), then.owner
        mine = holder == (H.worker.value, ctx.principal.person_id)
        own = around.births[cylinder.id].may_fill(owner, read.new.said.station, on)
        known = queries.known(cylinder, on_manifest=mine or read.key in around.loaded, own=own, then=then)
    return may_hand_over(read.new.said.step, known, on, readable=read.key is not None).light


def _marks(read: _Read, light: Light, around: _Around) -> list[ScanMark]:
    step, claim = read.new.said.step, read.new.claim
    marks = list(read.marks)
    if read.key in around.strange:
        marks.append(ScanMark.unknown_full if step in FULL_STEPS else ScanMark.foreign_empty)
    elif light is Light.red and read.key and step is not ScanStep.refuse:
        marks.append(ScanMark.blocked)
    if step in (ScanStep.deliver, ScanStep.collect) and read.account not in around.accounts:
        marks.append(ScanMark.account_unknown)
    if claim and claim.quality == "poor":
        marks.append(ScanMark.clock_poor)
    return marks


def _weighed(said: wire.ScanParams, cylinder: Cylinder | None, around: _Around, at: datetime) -> list[ScanMark]:
    """What is missing or wrong in the weights of a check or a fill."""
    max_fill_g = around.births[cylinder.id].max_fill_on(local_day(at)) if cylinder else None
    return weighed(said, max_fill_g, cylinder.stamped_tare_g if cylinder else None)


def _papers(ctx: Ctx, reads: Sequence[_Read]) -> Sequence[Paper]:
    if not any(read.new.said.step in PAPERED for read in reads):
        return ()
    return papers(ctx, ctx.principal.person_id)


def _papered(ctx: Ctx, read: _Read, around: _Around, at: datetime) -> list[ScanMark]:
    """Who loads a vehicle or fills cylinders holds a certificate on the day."""
    step = read.new.said.step
    needed = ctx.settings.gas_papers.get(step.value, ())
    if step not in PAPERED or is_certified(around.papers, local_day(at), needed):
        return []
    return [ScanMark.certificate_missing]
