"""What cases give to sync: the case, and every act that a phone may do without a network."""

from collections.abc import Callable
from typing import Any

from backend.cases import actions, queries
from backend.cases.actions import KIND, LOOKED, Said
from backend.cases.rules.late import verdicts
from backend.cases.tables import Case, CaseCode
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import casecodes
from mobile_contract import cases as wire
from mobile_contract.cases import Act, State
from sync.kinds import Command, Deed, Kept, Kind, Policy

Accept = Callable[[Ctx, Deed], Kept | None]


def _photos(deed: Deed) -> list[str]:
    return list(dict.fromkeys([*deed.params.photos, *deed.blobs]))


def _said(deed: Deed) -> Said:
    params: wire.CaseActParams = deed.params
    moved = params.moved if isinstance(params, wire.FinishCaseParams) else ""
    return Said(params.note, _photos(deed), params.position, moved)


def _report(ctx: Ctx, deed: Deed) -> None:
    actions.report(ctx, deed.row_id, deed.params, _photos(deed), disposed=False)


def _self_dispose(ctx: Ctx, deed: Deed) -> None:
    actions.report(ctx, deed.row_id, deed.params, _photos(deed), disposed=True)


def _look(ctx: Ctx, deed: Deed) -> Kept | None:
    return actions.act_on(ctx, deed.row_id, LOOKED[deed.params.result], _said(deed))


def _accept(ctx: Ctx, deed: Deed) -> Kept | None:
    return actions.accept(ctx, deed.row_id, deed.params.person_id, _said(deed))


def _by(act: Act) -> Accept:
    def accept(ctx: Ctx, deed: Deed) -> Kept | None:
        return actions.act_on(ctx, deed.row_id, act, _said(deed))

    return accept


def _command(
    name: str,
    shape: type[wire.CaseActParams],
    accept: Accept,
    *acts: Act,
    shows: State | None = None,
    new: bool = False,
) -> Command:
    return Command(
        name=f"cases.{name}",
        kind=KIND,
        read=reader(shape),
        accept=accept,
        creates=new,
        state_field="state",
        table={state.value: verdict for state, verdict in verdicts(*acts).items()},
        known=known(shape),
        sets={"state": shows.value} if shows else {},
    )


def _body(row: Case) -> dict[str, Any]:
    return queries.shape(row).model_dump(mode="json")


CASES = Kind(
    name=KIND,
    table=Case,
    fields=dict.fromkeys(wire.Case.model_fields, Policy.server) | {"state": Policy.state},
    body=_body,
    scopes=actions.scopes_of,
    commands=[
        _command("report", wire.ReportParams, _report, new=True),
        _command("self_dispose", wire.ReportParams, _self_dispose, new=True),
        _command("verify", wire.VerifyParams, _look, Act.verify_exist),
        _command("accept", wire.AcceptParams, _accept, Act.accept, shows=State.handling),
        _command("rework", wire.CaseActParams, _by(Act.rework), Act.rework, shows=State.handling),
        _command("finish", wire.FinishCaseParams, _by(Act.finish), Act.finish, shows=State.handled),
        _command("check", wire.CheckParams, _look, Act.check_pass),
        _command("ask_return", wire.RequestParams, _by(Act.ask_return)),
        _command("ask_extension", wire.RequestParams, _by(Act.ask_extension)),
        _command("ask_suspension", wire.RequestParams, _by(Act.ask_suspension)),
        _command("ask_appeal", wire.RequestParams, _by(Act.ask_appeal)),
    ],
    priority=2,
)


def _code_body(row: CaseCode) -> dict[str, Any]:
    return queries.code_shape(row).model_dump(mode="json")


CODES = Kind(
    name="case_codes",
    table=CaseCode,
    fields=dict.fromkeys(casecodes.CaseCode.model_fields, Policy.server),
    body=_code_body,
    scopes=actions.code_scopes,
    priority=1,
)
