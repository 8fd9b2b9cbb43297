"""Reaching phones by the vendor: notices shown, one job each; pokes, many in one.

Talking with the vendor happens before the turn to write (`SlowJob.prepare`), so a job that is killed in between talks
again: the same collapse word makes the second push replace the first.
"""

from typing import Any

import structlog

from backend.kernel.context import Ctx
from backend.kernel.jobs import Later, enqueue
from backend.notifications import queries, rules
from backend.notifications.actions.tokens import forget
from backend.notifications.fcm import gateway
from backend.notifications.pushes import Answer, Fate, poke, visible
from backend.notifications.tables import Notice

SHOW = "notifications.show"
log = structlog.get_logger("notifications")


def wish_push(ctx: Ctx, notice: Notice) -> None:
    """Wishes that the notice is shown on every phone of the person that can be pushed; an urgent one before others."""
    for row in queries.tokens_of_person(ctx, notice.person_id):
        args = {"notice": notice.id, "device": row.device_id}
        enqueue(ctx, SHOW, args, key=f"show:{notice.id}:{row.device_id}", ahead=notice.urgent)


def show(ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
    """Has a notice shown on one phone; gives what `settle_shown` is to write. Raises Later, or PushRefused where the
    fault is ours."""
    notice, row = queries.notice(ctx, args["notice"]), queries.token_of(ctx, args["device"])
    if notice is None or row is None or row.person_id != notice.person_id or notice.read_at is not None:
        return {}
    title = rules.title_of(notice.code)
    words = title.en if row.language == "en" else title.zh
    push = visible(row.token, notice.id, (notice.about_kind, notice.about_id), words, urgent=notice.urgent)
    (answer,) = gateway(ctx.settings).send([push])
    if answer.fate is Fate.resting:
        raise Later(answer.after_s or rules.REST_S, answer.why)
    if answer.fate is Fate.refused:
        raise PushRefused(answer.why)
    return {"gone": [[row.device_id, row.token_hash]]} if answer.fate is Fate.gone else {}


class PushRefused(Exception):
    """The vendor refused what we sent: the job is tried again, then waits for a person."""


def settle_shown(ctx: Ctx, found: dict[str, Any]) -> None:
    """Forgets the token that nobody has any more."""
    _forget(ctx, found.get("gone", ()))


def poke_all(ctx: Ctx, _args: dict[str, Any]) -> dict[str, Any]:
    """Pokes every handset that is owed one; gives what `settle_pokes` is to write."""
    head = queries.head(ctx)  # before the look: what moves meanwhile is told next time
    rows = queries.tokens(ctx, queries.to_poke(ctx, rules.POKES_AT_ONCE))
    answers = gateway(ctx.settings).send([poke(row.token) for row in rows]) if rows else []
    by_fate: dict[Fate, list[list[str]]] = {fate: [] for fate in Fate}
    for row, answer in zip(rows, answers, strict=True):
        by_fate[answer.fate].append([row.device_id, row.token_hash])
    _log(answers)
    rest_s = max((a.after_s or rules.REST_S for a in answers if a.fate is Fate.resting), default=0.0)
    told, resting = by_fate[Fate.taken], by_fate[Fate.resting] + by_fate[Fate.refused]
    return {"head": head, "told": told, "gone": by_fate[Fate.gone], "resting": resting, "rest_s": rest_s}


def settle_pokes(ctx: Ctx, found: dict[str, Any]) -> None:
    """Keeps who was told of what. Who could not be told is tried again after the rest that the vendor asked for; by
    then the phone has often polled."""
    _forget(ctx, found["gone"])
    rest = rules.POKE_EVERY.total_seconds()
    for device_id, hashed in (*found["told"], *found["resting"]):
        row = queries.token_of(ctx, device_id)
        if row is None or row.token_hash != hashed:
            continue
        row.poked_at = ctx.now()
        if [device_id, hashed] in found["told"]:
            row.poked_seq = max(row.poked_seq, found["head"])
        elif found["rest_s"] > rest:
            row.poked_at = ctx.now() + rules.seconds(found["rest_s"] - rest)
        ctx.session.add(row)


def _forget(ctx: Ctx, gone: Any) -> None:
    """Tokens that were replaced since are left alone."""
    rows = [queries.token_of(ctx, device_id) for device_id, _ in gone]
    hashes = {hashed for _, hashed in gone}
    forget(ctx, [row for row in rows if row is not None and row.token_hash in hashes])


def _log(answers: list[Answer]) -> None:
    whys = {answer.why for answer in answers if answer.fate in (Fate.refused, Fate.resting)}
    if whys:
        log.warning("pokes were not taken", why=sorted(whys)[:3])
