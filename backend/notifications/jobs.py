"""What notifications do later."""

from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.module import Job
from backend.notifications import actions


def _forget_old(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.forget_old(ctx)


JOBS = (Job("notifications.forget_old", _forget_old, schedule="23 * * * *"),)
