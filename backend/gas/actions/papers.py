"""Papers of cylinders that were registered without them, or with wrong ones: an act in each chain."""

from collections.abc import Sequence
from dataclasses import replace

from backend.gas import queries, rules
from backend.gas.actions.desk import Deed, enter
from backend.gas.actions.places import MANAGE
from backend.gas.tables import Cylinder
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from mobile_contract.gas import Place, ScanStep
from mobile_contract.gas_papers import CylinderPapers, EnterPapers, SaidPapers


def enter_papers(ctx: Ctx, ask: EnterPapers) -> list[Cylinder]:
    """Enters papers of registered cylinders, all or none; the same ids again answer the same.

    Refuses with gas.cylinder_unknown, .cylinder_scrapped, .not_registered, .registration_code_taken, .scan_exists.
    """
    if rules.known_once([one.cylinder_id for one in ask.cylinders]) is not None:
        raise rules.ScanExists
    rows = [queries.cylinder_row(ctx, one.cylinder_id) for one in ask.cylinders]
    for row in rows:
        ctx.principal.require(MANAGE, row.area_path)
    fresh = [(row, one) for row, one in zip(rows, ask.cylinders, strict=True) if not _is_known(ctx, one)]
    for row, _ in fresh:
        if row.place == Place.scrapped:
            raise rules.CylinderScrapped
        if not row.registered:
            raise rules.NotRegistered
    said = Deed("", ScanStep.enter_papers, note=ask.note, paper=ask.paper, photos=tuple(ask.photos))
    write_papers(ctx, fresh, said)
    return rows


def write_papers(ctx: Ctx, told: Sequence[tuple[Cylinder, CylinderPapers]], said: Deed) -> None:
    """Writes an act into each chain. Refuses with gas.registration_code_taken."""
    if not told:
        return
    enter(ctx, [(row, replace(said, id=one.id, papers=_said(one))) for row, one in told])
    record(ctx, "gas.papers_entered", f"gas_papers:{said.paper}", cylinders=len(told))


def _said(one: CylinderPapers) -> SaidPapers:
    return SaidPapers.model_validate(one.model_dump(include=set(SaidPapers.model_fields)))


def _is_known(ctx: Ctx, one: CylinderPapers) -> bool:
    known = queries.scan_row(ctx, one.id)
    if known is None:
        return False
    said = _said(one).model_dump(exclude_none=True)
    if (known.cylinder_id, known.step, known.papers) != (one.cylinder_id, ScanStep.enter_papers.value, said):
        raise rules.ScanExists
    return True
