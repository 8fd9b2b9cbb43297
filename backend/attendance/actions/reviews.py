"""Doubtful clock-ins go to a person, who accepts or rejects them and says why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.attendance import queries, rules
from backend.attendance.actions.judging import around, mark_stale
from backend.attendance.events import PunchRejected
from backend.attendance.rules.integrity import WEIGHTS, assess, wants_person
from backend.attendance.tables import Punch as PunchRow
from backend.attendance.tables import PunchReview
from backend.handsets.events import ConflictKept
from backend.kernel import audit, jobs
from backend.kernel.calendar import local_day
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from mobile_contract import reviews as wire
from mobile_contract.attendance import Punch, Source

REVIEW = "attendance.review_punches"
PUNCHES = "punches"
ROW_EXISTS = "sync.row_exists"
TURN = timedelta(minutes=1)
SLACK = timedelta(seconds=5)
"""A push that began in one minute may be kept in the next."""
BY_DESK = frozenset({Source.boss_change, Source.approve, Source.system})


def wish_review(ctx: Ctx) -> None:
    """Says that clock-ins came in this minute; they are looked through when it is over."""
    minute = ctx.now().replace(second=0, microsecond=0)
    key = f"{REVIEW}@{minute.isoformat()}"
    jobs.enqueue(ctx, REVIEW, {"since": minute.isoformat()}, run_after=minute + TURN + SLACK, key=key)


def review_punches(ctx: Ctx, since: datetime) -> int:
    """Looks through the clock-ins of a minute and those beside them; returns how many entered the queue."""
    fresh = queries.punches_received(ctx, since - SLACK, since + TURN + SLACK)
    beside = queries.punches_beside(ctx, fresh)
    looked = {punch.id: punch for punch in [*fresh, *_near(fresh, beside)] if punch.source not in BY_DESK}
    known = queries.reviews_known(ctx, set(looked))
    count = 0
    for punch_id in sorted(looked):
        found = assess(looked[punch_id], beside)
        if not wants_person(found):
            continue
        row = known.get(punch_id) or _entry(looked[punch_id])
        if row.state == wire.ReviewState.open:
            reused = [s for s in row.signals if s["signal"] == wire.Signal.id_reused.value]
            row.signals = [*reused, *({"signal": s.value, "weight": WEIGHTS[s]} for s in found.signals)]
            row.score = sum(int(signal["weight"]) for signal in row.signals)
            ctx.session.add(row)
            count += punch_id not in known
    ctx.session.flush()
    return count


def doubt_kept(ctx: Ctx, kept: ConflictKept) -> None:
    """A clock-in's id came again by sync with other content."""
    if kept.code != ROW_EXISTS or kept.about is None or kept.about[0] != PUNCHES:
        return
    punch = queries.punch_row(ctx, kept.about[1])
    if punch is not None:
        doubt_reused(ctx, punch)


def doubt_reused(ctx: Ctx, punch: PunchRow) -> None:
    """A clock-in's id came again with other content: the first stands, and a person looks at it."""
    row = queries.reviews_known(ctx, {punch.id}).get(punch.id) or _entry(queries.punch_shape(punch))
    told = {"signal": wire.Signal.id_reused.value, "weight": WEIGHTS[wire.Signal.id_reused]}
    if row.state == wire.ReviewState.open and told not in row.signals:
        row.signals = sorted([*row.signals, told], key=lambda signal: str(signal["signal"]))
        row.score = sum(int(signal["weight"]) for signal in row.signals)
        ctx.session.add(row)
        ctx.session.flush()


def _near(fresh: Sequence[Punch], beside: Sequence[Punch]) -> list[Punch]:
    """Earlier clock-ins of the same phone, person or photo, which a new one may make doubtful."""
    return [o for o in beside if any(_touches(o, punch) for punch in fresh)]


def _touches(a: Punch, b: Punch) -> bool:
    same = a.person_id == b.person_id or (a.device_id is not None and a.device_id == b.device_id)
    near = abs((a.trusted_at - b.trusted_at).total_seconds()) <= timedelta(hours=12).total_seconds()
    return (same and near) or (a.photo is not None and a.photo == b.photo)


def _entry(punch: Punch) -> PunchReview:
    return PunchReview(
        id=punch.id, person_id=punch.person_id, area_path=punch.area_path, done_at=punch.trusted_at, signals=[]
    )


def decide_review(ctx: Ctx, punch_id: str, ask: wire.ReviewDecision) -> PunchReview:
    """Accepts or rejects a clock-in; a rejected one counts no more, and stays.

    Refuses with attendance.request_unknown, .own_request for the person themselves, .request_decided.
    """
    row = queries.review_row(ctx, punch_id)
    if row.person_id == ctx.principal.person_id:
        raise rules.OwnRequest
    if row.state != wire.ReviewState.open:
        raise rules.RequestDecided
    row.state = (wire.ReviewState.accepted if ask.accept else wire.ReviewState.rejected).value
    row.reason, row.decided_by, row.decided_at = ask.reason, ctx.principal.person_id, ctx.now()
    ctx.session.add(row)
    ctx.session.flush()
    deed = "attendance.punch_accepted" if ask.accept else "attendance.punch_rejected"
    audit.record(ctx, deed, f"punch:{punch_id}", person_id=row.person_id, reason=ask.reason, score=row.score)
    mark_stale(ctx, around(row.person_id, local_day(row.done_at)))
    if not ask.accept:
        announce(ctx, PunchRejected(punch_id, row.person_id, row.done_at, ask.reason))
    return row
