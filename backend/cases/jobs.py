"""What cases do later: tell of limits that run out, and count anew when a year's calendar has come out."""

from typing import Any

from backend.cases import actions
from backend.kernel.context import Ctx
from backend.kernel.module import Job


def _tell_levels(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.tell_levels(ctx)


def _tell_reviews(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.tell_reviews(ctx)


def _recount(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.recount_provisional(ctx)


JOBS = (
    Job("cases.tell_levels", _tell_levels, schedule="* * * * *"),
    Job("cases.tell_reviews", _tell_reviews, schedule="7,37 * * * *"),
    Job("cases.recount_provisional", _recount, schedule="17 4 * * *"),
)
