"""What notifications do later."""

from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.jobs import SlowJob
from backend.kernel.module import Job
from backend.notifications import actions, queries


def _forget_old(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.forget_old(ctx)


JOBS = (
    Job("notifications.forget_old", _forget_old, schedule="23 * * * *"),
    SlowJob(actions.SHOW, actions.settle_shown, prepare=actions.show),
    SlowJob("notifications.poke", actions.settle_pokes, due=queries.any_to_poke, prepare=actions.poke_all),
)
