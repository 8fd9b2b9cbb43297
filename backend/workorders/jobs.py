"""What routine work does later: orders of plans are made, given out, and called missed."""

from datetime import datetime
from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.module import Job
from backend.workorders import actions


def _generate_plan(ctx: Ctx, args: dict[str, Any]) -> None:
    actions.generate_plan(ctx, args["plan_id"])


def _generate(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.generate_ahead(ctx)


def _release(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.release_due(ctx)


def _spread(ctx: Ctx, args: dict[str, Any]) -> None:
    actions.spread(ctx, args["halt_id"])


def _lift(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.lift_due(ctx)


def _miss(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.miss_due(ctx)


def _miss_on(ctx: Ctx, args: dict[str, Any]) -> None:
    actions.miss_due(ctx, (datetime.fromisoformat(args["due_at"]), args["id"]))


JOBS = (
    Job(actions.RELEASE_ON, _release),
    Job(actions.MISS_ON, _miss_on),
    Job(actions.GENERATE, _generate_plan),
    Job("workorders.generate", _generate, schedule="13 1 * * *"),
    Job("workorders.release", _release, schedule="*/2 * * * *"),
    Job(actions.SPREAD, _spread),
    Job("workorders.lift", _lift, schedule="*/5 * * * *"),
    Job("workorders.miss", _miss, schedule="3,13,23,33,43,53 * * * *"),
)
