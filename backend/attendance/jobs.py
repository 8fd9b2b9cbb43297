"""What attendance does later: days are judged when their facts change, and when time alone decides them."""

from datetime import datetime
from typing import Any

from backend.attendance import actions
from backend.kernel.context import Ctx
from backend.kernel.module import Job


def _recompute(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.judge_stale(ctx)


def _settle(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.judge_stale(ctx)
    actions.judge_due(ctx)


def _watch_posts(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.watch_posts(ctx)


def _forget_places(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.forget_places(ctx)


def _work_out_tracks(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.work_out_tracks(ctx)


def _forget_tracks(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.forget_tracks(ctx)


def _review_punches(ctx: Ctx, args: dict[str, Any]) -> None:
    actions.review_punches(ctx, datetime.fromisoformat(args["since"]))


JOBS = (
    Job(actions.REVIEW, _review_punches),
    Job(actions.RECOMPUTE, _recompute),
    Job("attendance.settle", _settle, schedule="*/5 * * * *"),
    Job("attendance.watch_posts", _watch_posts, schedule="*/5 * * * *"),
    Job("attendance.forget_places", _forget_places, schedule="41 3 * * *"),
    Job("attendance.work_out_tracks", _work_out_tracks, schedule="7,22,37,52 1-4 * * *"),
    Job("attendance.forget_tracks", _forget_tracks, schedule="11,26,41,56 4-5 * * *"),
)
