"""What handsets do later."""

from typing import Any

from backend.handsets import actions, queries
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.jobs import SlowJob
from backend.kernel.module import Job
from sync.stores.packs import Shelf


def expire_held(ctx: Ctx, _args: dict[str, Any]) -> None:
    """Sends mutations that waited in vain to the conflict desk."""
    actions.expire_held(ctx)


def _compact(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.compact_journal(ctx)


def _build_pack(ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
    queries.build_pack(ctx, str(args["scope"]), int(args["contract"]), Shelf(ctx.settings.packs_dir()))
    return args


def _sweep_packs(ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
    Shelf(ctx.settings.packs_dir()).sweep(to_ms(ctx.now()) // 1000)
    return args


def _done(_ctx: Ctx, _args: dict[str, Any]) -> None:
    """All of it was done beforehand, out of the writers' way."""


def escalate(ctx: Ctx, _args: dict[str, Any]) -> None:
    """Moves conflicts that nobody settled in time up to the next owner."""
    actions.escalate(ctx)


JOBS = (
    Job("handsets.expire_held", expire_held, schedule="17 * * * *"),
    Job("handsets.compact", _compact, schedule="29 * * * *"),
    SlowJob(actions.PACK_JOB, _done, prepare=_build_pack),
    SlowJob("handsets.sweep_packs", _done, schedule="41 3 * * *", prepare=_sweep_packs),
    Job("handsets.escalate", escalate, schedule="*/10 * * * *"),
)
