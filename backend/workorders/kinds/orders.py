"""Orders on handsets: the order, its registers, and the acts of a crew."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from backend.workorders import actions, queries
from backend.workorders.actions import KIND, Said
from backend.workorders.rules import verdicts
from backend.workorders.tables import WorkOrder
from mobile_contract.workorders import Act, DeedParams, FinishParams, OrderEdit, StartParams, Step
from mobile_contract.workorders import WorkOrder as OrderWire
from sync.kinds import Claim, Command, Deed, Kept, Kind, Policy, Verdict

SHOWN_AT_ONCE = {Act.start: Step.started, Act.pause: Step.paused, Act.resume: Step.started, Act.finish: Step.done}
"""What the phone shows of the order before the server has answered."""


def _command(act: Act, shape: type[DeedParams]) -> Command:
    def accept(ctx: Ctx, deed: Deed) -> Kept | None:
        params: DeedParams = deed.params
        return actions.work(ctx, deed.row_id, act, _said(params, deed.blobs), seen=deed.verdict is Verdict.apply)

    return Command(
        name=f"workorders.{act.value}",
        kind=KIND,
        read=reader(shape),
        accept=accept,
        state_field="step",
        table={step.value: verdict for step, verdict in verdicts(act).items()},
        known=known(shape),
        sets={"step": SHOWN_AT_ONCE[act].value} if act in SHOWN_AT_ONCE else {},
    )


def _said(params: DeedParams, blobs: Sequence[str]) -> Said:
    named = params.photos if isinstance(params, StartParams) else []
    photos = list(dict.fromkeys([*named, *blobs]))
    scan = params.scan if isinstance(params, StartParams) else ""
    if not isinstance(params, FinishParams):
        return Said(params.note, photos, params.position, scan)
    return Said(params.note, photos, params.position, scan, params.signature, params.materials)


_read_edit = reader(OrderEdit)


def _edit(ctx: Ctx, row_id: str, values: Mapping[str, Any], _claim: Claim) -> None:
    read = _read_edit(values)
    actions.edit(ctx, row_id, {name: getattr(read, name) for name in values if getattr(read, name) is not None})


def _body(row: WorkOrder) -> dict[str, Any]:
    return queries.shape(row).model_dump(mode="json")


WORK_ORDERS = Kind(
    name=KIND,
    table=WorkOrder,
    fields=dict.fromkeys(OrderWire.model_fields, Policy.server)
    | {
        "note": Policy.ask,
        "crew_note": Policy.lww,
        "priority": Policy.max,
        "step": Policy.state,
        "photos": Policy.append,
    },
    body=_body,
    scopes=actions.scopes_of,
    commands=[
        _command(Act.claim, DeedParams),
        _command(Act.start, StartParams),
        _command(Act.pause, DeedParams),
        _command(Act.resume, DeedParams),
        _command(Act.finish, FinishParams),
    ],
    edit=_edit,
    editable=frozenset({"note", "crew_note", "priority", "photos"}),
    priority=2,
)
