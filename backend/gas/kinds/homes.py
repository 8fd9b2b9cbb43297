"""Homes on handsets: checklists, visits and deeds as facts, hazards and homes as they stand."""

from collections.abc import Sequence
from typing import Any

from backend.gas import rules
from backend.gas.actions import homes as actions
from backend.gas.queries import homes as queries
from backend.gas.tables.homes import Checklist, Hazard, HazardAct, Home, Visit
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import checklists as lists
from mobile_contract import homes as wire
from sync.kinds import Command, Deed, Kind, Policy


def _visit(ctx: Ctx, deed: Deed) -> None:
    _visits(ctx, [deed])


def _visits(ctx: Ctx, deeds: Sequence[Deed]) -> None:
    actions.record_visits(ctx, [actions.NewVisit(deed.row_id, deed.params, deed.claim) for deed in deeds])


def _act(ctx: Ctx, deed: Deed) -> None:
    _acts(ctx, [deed])


def _acts(ctx: Ctx, deeds: Sequence[Deed]) -> None:
    actions.report_deeds(ctx, [actions.NewDeed(deed.row_id, deed.params, deed.claim) for deed in deeds])


def _checklist_body(row: Checklist) -> dict[str, Any]:
    return queries.checklist_shape(row).model_dump(mode="json")


def _checklist_scopes(row: Checklist) -> list[str]:
    """Reference data of the whole district."""
    return [f"district:{row.area_path.split('/')[1]}"]


def _visit_body(row: Visit) -> dict[str, Any]:
    return queries.visit_shape(row).model_dump(mode="json")


def _made_scopes(row: Visit | HazardAct) -> list[str]:
    return rules.scan_scopes(row.area_path, row.person_id)


def _act_body(row: HazardAct) -> dict[str, Any]:
    return queries.hazard_act_shape(row).model_dump(mode="json")


def _hazard_body(row: Hazard) -> dict[str, Any]:
    return queries.hazard_shape(row).model_dump(mode="json")


def _home_body(row: Home) -> dict[str, Any]:
    return queries.home_shape(row).model_dump(mode="json")


def _team_scopes(row: Hazard | Home) -> list[str]:
    return rules.account_scopes(row.area_path, row.team_id)


VISIT = Command(
    name="gas.visit",
    kind=actions.VISITS,
    read=reader(wire.VisitParams),
    accept=_visit,
    accept_many=_visits,
    fact=True,
    creates=True,
    known=known(wire.VisitParams),
)
ACT = Command(
    name="gas.act_on_hazard",
    kind=actions.HAZARD_ACTS,
    read=reader(wire.HazardDeedParams),
    accept=_act,
    accept_many=_acts,
    fact=True,
    creates=True,
    known=known(wire.HazardDeedParams),
)
CHECKLIST_KIND = Kind(
    name="gas_checklists",
    table=Checklist,
    fields=dict.fromkeys(lists.Checklist.model_fields, Policy.server),
    body=_checklist_body,
    scopes=_checklist_scopes,
    priority=2,
)
VISIT_KIND = Kind(
    name=actions.VISITS,
    table=Visit,
    fields=dict.fromkeys(wire.Visit.model_fields, Policy.server),
    body=_visit_body,
    scopes=_made_scopes,
    commands=[VISIT],
    priority=6,
    facts=True,
)
HAZARD_ACT_KIND = Kind(
    name=actions.HAZARD_ACTS,
    table=HazardAct,
    fields=dict.fromkeys(wire.HazardAct.model_fields, Policy.server),
    body=_act_body,
    scopes=_made_scopes,
    commands=[ACT],
    priority=6,
    facts=True,
)
HAZARD_KIND = Kind(
    name=actions.HAZARDS,
    table=Hazard,
    fields=dict.fromkeys(wire.Hazard.model_fields, Policy.server),
    body=_hazard_body,
    scopes=_team_scopes,
    priority=3,
)
HOME_KIND = Kind(
    name="gas_homes",
    table=Home,
    fields=dict.fromkeys(wire.Home.model_fields, Policy.server),
    body=_home_body,
    scopes=_team_scopes,
    priority=4,
)
HOME_KINDS = (CHECKLIST_KIND, VISIT_KIND, HAZARD_ACT_KIND, HAZARD_KIND, HOME_KIND)
