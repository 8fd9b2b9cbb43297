"""Checklists are published; a version never changes."""

from backend.gas.queries import homes as queries
from backend.gas.rules.home_refusals import ChecklistTaken, ChecklistUnknown
from backend.gas.tables.homes import Checklist
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from mobile_contract import checklists as wire

MANAGE = "gas.manage"


def publish_checklist(ctx: Ctx, ask: wire.NewChecklist) -> Checklist:
    """Publishes a version for the whole district. Refuses with gas.checklist_taken."""
    district = f"/{ctx.settings.district}/"
    ctx.principal.require(MANAGE, district)
    if _is_there(ctx, ask.version):
        raise ChecklistTaken(version=ask.version)
    said = ask.model_dump(mode="json", exclude={"since_on"})
    row = Checklist(
        **said,
        since_on=ask.since_on,
        area_path=district,
        published_at=ctx.now(),
        published_by=ctx.principal.person_id or None,
    )
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "gas.checklist_published", f"gas_checklist:{row.id}", version=row.version)
    return row


def _is_there(ctx: Ctx, version: str) -> bool:
    try:
        queries.checklist(ctx, version)
    except ChecklistUnknown:
        return False
    return True
