"""What is done with a cylinder at the desk: each deed is an act in its chain, like a scan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backend.attachments import actions as attachments
from backend.gas import queries, rules
from backend.gas.actions.folding import refold
from backend.gas.actions.places import MANAGE
from backend.gas.events import CylinderBlocked, CylindersScanned
from backend.gas.queries.rulings import rule_tables
from backend.gas.rules.dates import due_dates
from backend.gas.tables import Cylinder, Scan
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.ids import new_id
from backend.kernel.journaling import Fact, add_facts
from mobile_contract import gas as wire
from mobile_contract.gas import Block, HolderKind, Light, Place, ScanStep
from mobile_contract.gas_desk import DeskAct
from mobile_contract.gas_papers import SaidPapers

SCANS = "scans"
ITEMS = 7
"""What an inspection looks at, JCX0 to JCX6 (brief, gas 3.3)."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed of the desk or of the house, beside who and when."""

    id: str
    step: ScanStep
    station: str = ""
    note: str = ""
    reason: Block | None = None
    due_on: date | None = None
    items: tuple[bool, ...] = ()
    owner: str = ""
    paper: str = ""
    photos: tuple[str, ...] = ()
    life_end_on: date | None = None
    papers: SaidPapers | None = None
    destroy_method: str = ""


def set_block(ctx: Ctx, cylinder_id: str, reason: Block, *, blocked: bool, note: str = "") -> Cylinder:
    """Blocks a cylinder for a reason, or takes that block away; where it is stays as it is."""
    row = queries.cylinder_row(ctx, cylinder_id)
    ctx.principal.require(MANAGE, row.area_path)
    if (reason.value in row.blocked) == blocked:
        return row
    step = ScanStep.block if blocked else ScanStep.unblock
    enter(ctx, [(row, Deed(new_id(), step, note=note, reason=reason))])
    if blocked:
        announce(ctx, CylinderBlocked(row.id, reason.value))
    return row


def act_at_desk(ctx: Ctx, cylinder_id: str, ask: DeskAct) -> Cylinder:
    """Sends a cylinder to inspection, takes it back passed, scraps it, says it is lost or found.

    Refuses with gas.cylinder_unknown, .cylinder_scrapped, .not_registered, .inspection_not_passed, .scan_exists; the
    same id again answers the same.
    """
    row = queries.cylinder_row(ctx, cylinder_id)
    ctx.principal.require(MANAGE, row.area_path)
    known = queries.scan_row(ctx, ask.id)
    if known is not None:
        if (known.cylinder_id, known.step) != (row.id, ask.step.value):
            raise rules.ScanExists
        return row
    if row.place == Place.scrapped:
        raise rules.CylinderScrapped
    due_on = _passed(ctx, row, ask.items) if ask.step is ScanStep.inspect else None
    deed = Deed(ask.id, ask.step, ask.station, ask.note, None, due_on, tuple(ask.items))
    if ask.step is ScanStep.scrap:
        deed = replace(deed, reason=ask.reason, destroy_method=ask.destroy_method)
    enter(ctx, [(row, deed)])
    return row


def _passed(ctx: Ctx, row: Cylinder, items: list[bool]) -> date:
    if row.made_on is None:
        raise rules.NotRegistered
    if len(items) != ITEMS or not all(items):
        raise rules.InspectionNotPassed
    today = queries.today(ctx)
    row.inspected_on = today
    due = due_dates(row.spec, row.made_on, today, today, row.stamped_life_months, rule_tables(ctx))
    row.rule_version = due.rule_version
    return due.next_inspection_on


def enter(ctx: Ctx, deeds: Sequence[tuple[Cylinder, Deed]]) -> None:
    """Writes deeds into the chains of their cylinders, and reckons those anew."""
    shapes = [(_act(ctx, row, deed), deed) for row, deed in deeds]
    add_facts(ctx.session, Scan, [Fact(shape, _kept(deed)) for shape, deed in shapes])
    for shape, _ in shapes:
        if shape.photos:
            attachments.cite(ctx, shape.photos, SCANS, shape.id, rules.scan_scopes(shape.area_path, shape.person_id))
    refold(ctx, [row for row, _ in deeds])
    announce(ctx, CylindersScanned(tuple(shape.id for shape, _ in shapes), tuple(row.id for row, _ in deeds)))


def _kept(deed: Deed) -> dict[str, Any]:
    papers = deed.papers.model_dump(exclude_none=True) if deed.papers else None
    return {"station": deed.station, "papers": papers} | QUEUELESS


def _act(ctx: Ctx, row: Cylinder, deed: Deed) -> wire.Scan:
    here = _PARTIES.get(deed.step)
    return wire.Scan(
        id=deed.id,
        cylinder_id=row.id,
        key=row.key,
        raw=row.code,
        step=deed.step,
        from_kind=HolderKind(row.holder_kind),
        from_id=row.holder_id,
        to_kind=here or HolderKind(row.holder_kind),
        to_id=deed.station if here else row.holder_id,
        account="",
        order="",
        person_id=(ctx.caller.person_id or None) if ctx.caller else None,
        device_id=None,
        trusted_at=ctx.now(),
        error_ms=0,
        quality="server",
        received_at=ctx.now(),
        shown=None,
        judged=Light.green,
        seal="",
        longitude=None,
        latitude=None,
        photos=list(dict.fromkeys(deed.photos)),
        note=deed.note,
        giver="",
        passed=True,
        reason=deed.reason,
        due_on=deed.due_on,
        items=list(deed.items),
        net_g=None,
        tare_g=None,
        gross_g=None,
        residual_g=None,
        marks=[],
        area_path=row.area_path,
        owner_before=row.owner if deed.owner else "",
        owner=deed.owner,
        paper=deed.paper,
        life_end_on=deed.life_end_on,
        papers=deed.papers,
        destroy_method=deed.destroy_method,
    )


_PARTIES = {
    ScanStep.send_for_inspection: HolderKind.inspection,
    ScanStep.inspect: HolderKind.station,
    ScanStep.recover: HolderKind.station,
}
QUEUELESS: dict[str, str | int] = {"queue_device": "", "queue_epoch": 0, "queue_n": 0, "seal_name": ""}
"""What an act has that no device's queue brought."""
