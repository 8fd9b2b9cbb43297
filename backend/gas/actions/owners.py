"""Cylinders change their owner: an act in each chain, with the document that says so."""

from dataclasses import replace

from backend.gas import queries, rules
from backend.gas.actions.desk import Deed, enter
from backend.gas.actions.places import MANAGE
from backend.gas.rules.ruling_refusals import OwnerUnchanged
from backend.gas.tables import Cylinder
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from mobile_contract.gas import Place, ScanStep
from mobile_contract.gas_owners import ChangeOwner, OwnerChange


def change_owner(ctx: Ctx, ask: ChangeOwner) -> list[Cylinder]:
    """Another unit owns these cylinders from now on, all or none; the same ids again answer the same.

    From then on only stations that may fill the new owner's cylinders fill them. Refuses with gas.cylinder_unknown,
    .cylinder_scrapped, .not_registered, .owner_unchanged, .scan_exists.
    """
    if rules.known_once([one.cylinder_id for one in ask.cylinders]) is not None:
        raise rules.ScanExists
    rows = [queries.cylinder_row(ctx, one.cylinder_id) for one in ask.cylinders]
    step, photos = ScanStep.change_owner, tuple(ask.photos)
    said = Deed("", step, note=ask.note, owner=ask.owner, paper=ask.paper, photos=photos)
    deeds: list[tuple[Cylinder, Deed]] = []
    for one, row in zip(ask.cylinders, rows, strict=True):
        ctx.principal.require(MANAGE, row.area_path)
        if not _is_known(ctx, ask, one, row):
            _need_fit(row, ask.owner)
            deeds.append((row, replace(said, id=one.id)))
    if deeds:
        enter(ctx, deeds)
        record(ctx, "gas.owner_changed", f"gas_owner:{ask.paper}", owner=ask.owner, cylinders=len(deeds))
    return rows


def _is_known(ctx: Ctx, ask: ChangeOwner, one: OwnerChange, row: Cylinder) -> bool:
    known = queries.scan_row(ctx, one.id)
    if known is None:
        return False
    if (known.cylinder_id, known.step, known.owner, known.paper) != (
        row.id,
        ScanStep.change_owner.value,
        ask.owner,
        ask.paper,
    ):
        raise rules.ScanExists
    return True


def _need_fit(row: Cylinder, owner: str) -> None:
    if row.place == Place.scrapped:
        raise rules.CylinderScrapped
    if not row.registered:
        raise rules.NotRegistered
    if row.owner == owner:
        raise OwnerUnchanged(owner=owner)
