"""What people do later: memberships and roles that begin or end by themselves, sessions and keys that are over."""

from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.module import Job
from backend.people import actions


def _settle_due(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.settle_due(ctx)


def _clear_out(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.end_run_out_sessions(ctx)
    actions.forget_old_keys(ctx)


JOBS = (
    Job("people.settle_due", _settle_due, schedule="* * * * *"),
    Job("people.clear_out", _clear_out, schedule="17 3 * * *"),
)
