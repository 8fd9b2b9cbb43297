"""What gas does later."""

from typing import Any

from backend.gas.actions import importing
from backend.gas.actions.closing import close_shifts
from backend.gas.actions.escalating import escalate
from backend.gas.actions.keys import sign_pack
from backend.gas.actions.redating import REDATE_JOB, redate_cylinders
from backend.gas.actions.rulings import REFOLD_JOB, refold_cylinders
from backend.gas.actions.telling import warn_of_checks
from backend.kernel.context import Ctx
from backend.kernel.jobs import SlowJob
from backend.kernel.module import Job


def _escalate(ctx: Ctx, _args: dict[str, Any]) -> None:
    escalate(ctx)


def _warn(ctx: Ctx, _args: dict[str, Any]) -> None:
    warn_of_checks(ctx)


def _close(ctx: Ctx, _args: dict[str, Any]) -> None:
    close_shifts(ctx)


def _sign(ctx: Ctx, _args: dict[str, Any]) -> None:
    sign_pack(ctx)


def _read(ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
    return importing.read_file(ctx, str(args["import"]))


def _keep(ctx: Ctx, read: dict[str, Any]) -> None:
    importing.keep_turns(ctx, read)


def _take(ctx: Ctx, args: dict[str, Any]) -> None:
    importing.take_turn(ctx, str(args["import"]), int(args["turn"]))


def _sweep(ctx: Ctx, _args: dict[str, Any]) -> None:
    importing.sweep_imports(ctx)


def _refold(ctx: Ctx, args: dict[str, Any]) -> None:
    refold_cylinders(ctx, str(args["after"]))


def _redate(ctx: Ctx, args: dict[str, Any]) -> None:
    redate_cylinders(ctx, str(args["redating"]))


JOBS = (
    SlowJob(importing.READ_JOB, _keep, prepare=_read),
    Job(importing.TAKE_JOB, _take),
    Job(importing.SWEEP_JOB, _sweep, schedule="51 3 * * *"),
    Job("gas.escalate_hazards", _escalate, schedule="10 6 * * *"),
    Job("gas.warn_of_checks", _warn, schedule="20 6 * * 1"),
    Job("gas.close_shifts", _close, schedule="*/30 17-23 * * *"),
    Job(REFOLD_JOB, _refold),
    Job(REDATE_JOB, _redate),
    Job("gas.sign_pack", _sign, schedule="*/10 * * * *"),
)
