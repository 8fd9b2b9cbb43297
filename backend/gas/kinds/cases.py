"""Cases about chains, and declared errors, on handsets."""

from typing import Any

from backend.gas import actions, queries, rules
from backend.gas.tables import CustodyCase, ScanError
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import custody as wire
from sync.kinds import Command, Deed, Kind, Policy


def _declare(ctx: Ctx, deed: Deed) -> None:
    actions.declare_error(ctx, actions.NewError(deed.row_id, deed.params, deed.claim))


def _answer(ctx: Ctx, deed: Deed) -> None:
    actions.answer_case(ctx, deed.row_id, deed.params)


def _error_body(row: ScanError) -> dict[str, Any]:
    return queries.scan_error_shape(row).model_dump(mode="json")


def _error_scopes(row: ScanError) -> list[str]:
    return rules.scan_scopes(row.area_path, row.person_id)


def _case_body(row: CustodyCase) -> dict[str, Any]:
    return queries.case_shape(row).model_dump(mode="json")


def _case_scopes(row: CustodyCase) -> list[str]:
    return rules.case_scopes(row.area_path, row.team_id, row.asked)


DECLARE_ERROR = Command(
    name="gas.declare_error",
    kind="scan_errors",
    read=reader(wire.DeclareErrorParams),
    accept=_declare,
    fact=True,
    creates=True,
    known=known(wire.DeclareErrorParams),
)
SCAN_ERROR_KIND = Kind(
    name="scan_errors",
    table=ScanError,
    fields=dict.fromkeys(wire.ScanError.model_fields, Policy.server),
    body=_error_body,
    scopes=_error_scopes,
    commands=[DECLARE_ERROR],
    priority=6,
    facts=True,
)
CASE_KIND = Kind(
    name="custody_cases",
    table=CustodyCase,
    fields=dict.fromkeys(wire.CustodyCase.model_fields, Policy.server),
    body=_case_body,
    scopes=_case_scopes,
    commands=[
        Command(
            name="gas.answer_case",
            kind="custody_cases",
            read=reader(wire.AnswerCaseParams),
            accept=_answer,
            known=known(wire.AnswerCaseParams),
        )
    ],
    priority=5,
)
