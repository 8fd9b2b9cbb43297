"""What handsets do later."""

from typing import Any

from backend.handsets import actions
from backend.kernel.context import Ctx
from backend.kernel.module import Job


def expire_held(ctx: Ctx, _args: dict[str, Any]) -> None:
    """Sends mutations that waited in vain to the conflict desk."""
    actions.expire_held(ctx)


JOBS = (Job("handsets.expire_held", expire_held, schedule="17 * * * *"),)
