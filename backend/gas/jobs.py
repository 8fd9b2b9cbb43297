"""What gas does later."""

from typing import Any

from backend.gas.actions.closing import close_shifts
from backend.gas.actions.escalating import escalate
from backend.gas.actions.keys import sign_pack
from backend.kernel.context import Ctx
from backend.kernel.module import Job


def _escalate(ctx: Ctx, _args: dict[str, Any]) -> None:
    escalate(ctx)


def _close(ctx: Ctx, _args: dict[str, Any]) -> None:
    close_shifts(ctx)


def _sign(ctx: Ctx, _args: dict[str, Any]) -> None:
    sign_pack(ctx)


JOBS = (
    Job("gas.escalate_hazards", _escalate, schedule="10 6 * * *"),
    Job("gas.close_shifts", _close, schedule="*/30 17-23 * * *"),
    Job("gas.sign_pack", _sign, schedule="*/10 * * * *"),
)
