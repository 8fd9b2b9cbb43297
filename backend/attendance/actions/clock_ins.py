"""People clock in: recorded, judged and marked, never refused for place or time."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic_core import to_json

from backend.attachments import actions as attachments
from backend.attendance import queries, rules
from backend.attendance.actions.judging import around, mark_stale
from backend.attendance.actions.reviews import PUNCHES, doubt_reused, wish_review
from backend.attendance.events import Punched
from backend.attendance.tables import Punch
from backend.kernel.authority import PERMISSIONS, Grant
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.geo import Datum, Zone
from backend.kernel.journaling import Fact, add_facts
from backend.people import queries as people
from mobile_contract import attendance as wire
from mobile_contract.attendance import Mark, Source
from sync.kinds import Claim

CLOCK_IN = "attendance.clock_in"


class NewPunch(NamedTuple):
    """A clock-in as somebody said it. `claim` None: on line, at the server's own time."""

    id: str
    said: wire.ClockInParams
    claim: Claim | None = None


def clock_in(ctx: Ctx, news: Sequence[NewPunch]) -> list[wire.Punch]:
    """Records clock-ins of the caller: judged and marked, never refused for place or time.

    Raises sqlalchemy.exc.IntegrityError when an id is taken; the caller holds the savepoint.
    """
    ctx.principal.require(CLOCK_IN)
    holdings = people.holdings(ctx.session, ctx.principal.person_id)
    times = {new.id: _done_at(ctx, new) for new in news}
    duties = queries.duties_held(ctx, ctx.principal.person_id, min(times.values()), max(times.values()))
    held = {new_id: _held(ctx, holdings, duties, at) for new_id, at in times.items()}
    fences = _fences(ctx, list(held.values()))
    rows = [_punch(ctx, new, held[new.id], fences) for new in news]
    add_facts(
        ctx.session, Punch, [Fact(row, {"said_hash": _said_hash(new)}) for new, row in zip(news, rows, strict=True)]
    )
    for row in rows:
        if row.photo:
            scopes = rules.punch_scopes(row.person_id, row.area_path)
            attachments.cite(ctx, [row.photo], PUNCHES, row.id, scopes)
        announce(ctx, Punched(row.id, row.person_id, row.trusted_at))
    wish_review(ctx)
    days = {(row.person_id, local_day(row.trusted_at)) for row in rows}
    mark_stale(ctx, (near for day in days for near in around(*day)))
    return rows


def clock_in_online(ctx: Ctx, new: NewPunch) -> wire.Punch | rules.IdReused:
    """One clock-in of the caller at the server's time; the same again answers the same.

    With other content, or an id of somebody else's, attendance.id_reused is given, not raised: the first stands, and
    that a person should look at it is to be kept.
    """
    known = queries.punch_row(ctx, new.id)
    if known is None:
        return clock_in(ctx, [new])[0]
    if known.person_id != ctx.principal.person_id:
        return rules.IdReused()
    if known.said_hash not in (None, _said_hash(new)):  # None: forgotten with the place, nobody can tell any more
        doubt_reused(ctx, known)
        return rules.IdReused()
    return queries.punch_shape(known)


def _said_hash(new: NewPunch) -> str:
    return hashlib.sha256(to_json(new.said)).hexdigest()


class _Held(NamedTuple):
    """What a person held at the time of an act: teams and areas as they were then."""

    at: datetime
    team_ids: tuple[str, ...]
    area_path: str
    audiences: tuple[str, ...]
    """For whom a fence may be set so that it was theirs then."""


_Duties = Sequence[tuple[str, rules.Span]]


def _held(ctx: Ctx, holdings: people.Holdings, duties: _Duties, instant: datetime) -> _Held:
    grants, teams = holdings.at(instant)
    area = _area_of(grants or ctx.principal.grants, f"/{ctx.settings.district}/")
    team_ids = tuple(sorted(teams or ctx.principal.team_ids))
    rostered = {duty for duty, (low, high) in duties if low <= to_ms(instant) < high}
    return _Held(instant, team_ids, area, tuple(rules.audiences(ctx.principal.person_id, team_ids, rostered)))


def _area_of(grants: Iterable[Grant], district: str) -> str:
    areas = [grant.area for grant in grants if grant.role in PERMISSIONS[CLOCK_IN]]
    return max(sorted(areas), key=len, default=district)


def _done_at(ctx: Ctx, new: NewPunch) -> datetime:
    return from_ms(new.claim.trusted_ms) if new.claim else ctx.now()


_Fences = Sequence[tuple[queries.JudgingFence, Zone]]


def _fences(ctx: Ctx, held: Sequence[_Held]) -> _Fences:
    audiences = {audience for h in held for audience in h.audiences}
    times = [h.at for h in held]
    found = queries.fences_judging(ctx, sorted(audiences), min(times), max(times))
    return [(fence, fence.zone()) for fence in found]


def _valid(fences: _Fences, held: _Held) -> _Fences:
    return [
        (fence, zone)
        for fence, zone in fences
        if fence.purpose == wire.FencePurpose.work.value
        and fence.audience in held.audiences
        and fence.holds_at(held.at)
    ]


def _punch(ctx: Ctx, new: NewPunch, held: _Held, fences: _Fences) -> wire.Punch:
    claim, said = new.claim, new.said
    person_id = ctx.principal.person_id
    valid = _valid(fences, held)
    fix = _fix(said.position)
    seen, _ = rules.see(fix)
    verdict = rules.judge(fix, [(fence.id, zone) for fence, zone in valid])
    if said.qr is not None:
        at_points = {fence.lineage_id: fence.id for fence, _ in valid}
        verdict = rules.by_point(verdict, at_points.get(rules.scanned_point(said.qr) or ""))
    marks = [*verdict.marks, *([Mark.mock_location] if said.mock else [])]
    if said.position:
        told, at_ms, error_ms = said.position, to_ms(held.at), claim.error_ms if claim else 0
        marks += rules.marks_of_source(told.gps_ms, at_ms, error_ms, told.providers)
    if claim:
        marks += rules.marks_of_clock(claim.quality, claim.error_ms, claim.wall_ms, claim.trusted_ms)
    at_fence = {fence.id: fence.area_path for fence, _ in valid}
    return wire.Punch(
        id=new.id,
        person_id=person_id,
        team_id=held.team_ids[0] if held.team_ids else None,
        device_id=claim.device if claim else ctx.principal.device_id,
        area_path=at_fence.get(verdict.fence_id or "", held.area_path),
        trusted_at=held.at,
        error_ms=claim.error_ms if claim else 0,
        quality=claim.quality if claim else "server",
        wall_at=from_ms(claim.wall_ms) if claim else None,
        received_at=from_ms(claim.received_ms) if claim else ctx.now(),
        direction=said.direction,
        longitude=seen.longitude if seen else None,
        latitude=seen.latitude if seen else None,
        accuracy_m=fix.accuracy_m if fix else None,
        datum=wire.DatumName(fix.datum.value) if fix else wire.DatumName.wgs84,
        fix_age_s=fix.age_s if fix else None,
        place=verdict.place,
        fence_id=verdict.fence_id,
        distance_m=verdict.distance_m,
        photo=said.photo,
        note=said.note,
        mock=said.mock,
        marks=marks,
        source=Source.qr if said.qr is not None and Mark.qr_other not in marks else Source.user,
        review=rules.wants_review(verdict.place, marks),
    )


def _fix(position: wire.Fix | None) -> rules.Fix | None:
    if position is None:
        return None
    p = position
    return rules.Fix(p.longitude, p.latitude, p.accuracy_m, Datum(p.datum.value), p.age_s)
