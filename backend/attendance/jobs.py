"""What attendance does later: days are judged when their facts change, and when time alone decides them."""

from typing import Any

from backend.attendance import actions
from backend.kernel.context import Ctx
from backend.kernel.module import Job


def _recompute(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.judge_stale(ctx)


def _settle(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.judge_stale(ctx)
    actions.judge_due(ctx)


def _forget_places(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.forget_places(ctx)


JOBS = (
    Job(actions.RECOMPUTE, _recompute),
    Job("attendance.settle", _settle, schedule="*/5 * * * *"),
    Job("attendance.forget_places", _forget_places, schedule="41 3 * * *"),
)
