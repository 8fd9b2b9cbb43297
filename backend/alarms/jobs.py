"""What alarms do later: tell themselves to more people while nobody has seen them."""

from typing import Any

from backend.alarms import actions
from backend.kernel.context import Ctx
from backend.kernel.module import Job


def _tell(ctx: Ctx, args: dict[str, Any]) -> None:
    actions.tell(ctx, args["alarm"], args["told"])


JOBS = (Job(actions.TELL, _tell),)
