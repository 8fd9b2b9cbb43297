"""What gas does later."""

from typing import Any

from backend.gas.actions.escalating import escalate
from backend.kernel.context import Ctx
from backend.kernel.module import Job


def _escalate(ctx: Ctx, _args: dict[str, Any]) -> None:
    escalate(ctx)


JOBS = (Job("gas.escalate_hazards", _escalate, schedule="10 6 * * *"),)
