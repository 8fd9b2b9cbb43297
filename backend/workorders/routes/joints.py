"""Joint work and halts over HTTP."""

from fastapi import APIRouter

from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.workorders import actions, queries, rules
from mobile_contract import workhalts, workjoints
from mobile_contract.base import Id

router = APIRouter(prefix="/workorders/v1", tags=["work orders"])
READ, DISPATCH = needs("workorders.read"), needs("workorders.dispatch")


@router.post("/joints", status_code=201, dependencies=[DISPATCH], responses=refusals(*GUARDED, *actions.PLAN_REFUSALS))
def plan_joint_work(ctx: Writing, ask: workjoints.NewJointWork) -> workjoints.JointWork:
    """Plans an order for each of several crews, the leading one first: done when every part is."""
    planned = actions.plan_joint(ctx, ask)
    return queries.joint(ctx, planned[0].joint_id or "")


@router.get("/joints/{joint_id}", dependencies=[READ], responses=refusals(*GUARDED, rules.JointUnknown))
def show_joint_work(ctx: Reading, joint_id: Id) -> workjoints.JointWork:
    """Joint work: its orders in sight, how many are left, and what each person gave."""
    return queries.joint(ctx, joint_id)


@router.post(
    "/joints/{joint_id}/close",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, rules.JointUnknown, rules.ReasonNeeded),
)
def close_joint_work(ctx: Writing, joint_id: Id, ask: workjoints.CloseJoint) -> workjoints.JointWork:
    """The leader ends joint work; a reason is needed while a part is not done or not proved."""
    actions.close_joint(ctx, joint_id, ask.reason)
    return queries.joint(ctx, joint_id)


@router.get("/halts", dependencies=[READ], responses=refusals(*GUARDED))
def list_work_halts(ctx: Reading) -> list[workhalts.WorkHalt]:
    """The latest 200 halts in the areas that the caller looks at, newest first."""
    return queries.halts(ctx)


@router.post(
    "/halts",
    status_code=201,
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, rules.AreaUnknown, rules.HaltTooLong),
)
def halt_work(ctx: Writing, ask: workhalts.NewHalt) -> workhalts.WorkHalt:
    """Weather or an incident: what is given out in an area stands still until the halt is lifted."""
    return queries.halt_shape(actions.halt(ctx, ask))


@router.post(
    "/halts/{halt_id}/lift",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, rules.HaltUnknown, rules.HaltOver),
)
def lift_work_halt(ctx: Writing, halt_id: Id, ask: workhalts.Lift) -> workhalts.WorkHalt:
    """Lets the work go on; what was due has as much longer as the halt lasted."""
    return queries.halt_shape(actions.lift(ctx, halt_id, ask.note))


@router.get("/halt-asks", dependencies=[READ], responses=refusals(*GUARDED))
def list_halt_asks(ctx: Reading, state: workhalts.HaltAskState | None = None) -> list[workhalts.HaltAsk]:
    """The latest 200 halts asked for from the field, by the caller or in the areas they look at, newest first."""
    return queries.halt_asks(ctx, state)


@router.post(
    "/halt-asks/{halt_ask_id}/grant",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, rules.HaltAskUnknown, rules.HaltAskAnswered, rules.AreaUnknown, rules.HaltTooLong),
)
def grant_halt_ask(ctx: Writing, halt_ask_id: Id, ask: workhalts.GrantHalt) -> workhalts.HaltAsk:
    """Halts the work as somebody in the field asked, or wider; they are told."""
    return queries.halt_ask_shape(actions.grant_halt(ctx, halt_ask_id, ask))


@router.post(
    "/halt-asks/{halt_ask_id}/decline",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, rules.HaltAskUnknown, rules.HaltAskAnswered),
)
def decline_halt_ask(ctx: Writing, halt_ask_id: Id, ask: workhalts.DeclineHalt) -> workhalts.HaltAsk:
    """The work goes on; who asked is told why."""
    return queries.halt_ask_shape(actions.decline_halt(ctx, halt_ask_id, ask.reason))
