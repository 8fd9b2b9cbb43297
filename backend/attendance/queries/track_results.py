"""What a shift's track comes to, by the roads and posts that held for the person then."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from backend.attendance import rules
from backend.attendance.queries.facts import absences_of
from backend.attendance.queries.fences import JudgingFence, fences_judging
from backend.attendance.queries.rosters import duties_held
from backend.attendance.rules import Span
from backend.attendance.rules.coverage import coverage
from backend.attendance.rules.movement import at_post, crossings, longest_stay
from backend.attendance.rules.tracks import Track, worked_ms
from backend.attendance.tables import TrackDay
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.geo import Zone, bounds, degrees_within
from backend.people import queries as people
from mobile_contract import tracks as wire
from mobile_contract.attendance import FencePurpose, FenceShape

ROADS_WORKED_OUT_MAX = 50
"""Responsible roads of one person whose coverage is worked out."""
REACH_M = 200.0
"""Farther from a track than this a fence cannot be where it was: fixes of more than 100 m prove nothing."""
CROSSINGS_MAX = 200


class _Times(NamedTuple):
    span: Span
    excused: list[Span]
    breaks: list[Span]


def track_results(ctx: Ctx, day: TrackDay, points: Track) -> wire.TrackResults | None:
    """Results of a shift's points; those that were kept once the points are gone; None while there are neither."""
    if day.results is not None:
        return wire.TrackResults.model_validate(day.results)
    if not len(points) or day.since_at is None or day.until_at is None:
        return None
    span = (to_ms(day.since_at), to_ms(day.until_at))
    return _results(points, fences_then(ctx, day.person_id, span), _Times(span, excused_of(ctx, day), breaks_in(day)))


def off_post_now(ctx: Ctx, day: TrackDay, points: Track) -> datetime | None:
    """Since when a person is off their post for longer than allowed, by the points of their shift so far; None when
    that is not proved."""
    if not len(points) or day.since_at is None or day.until_at is None:
        return None
    span = (to_ms(day.since_at), to_ms(day.until_at))
    post = post_then(ctx, day.person_id, span, points)
    off = at_post(points, post, span, excused_of(ctx, day), breaks_in(day)).off_post if post else ()
    return from_ms(off[-1].since_ms) if off and not off[-1].ended else None


def excused_of(ctx: Ctx, day: TrackDay) -> list[Span]:
    """The times of a shift for which the person may be away."""
    return [(a.since_ms, a.until_ms) for a in absences_of(ctx, day.person_id, day.on)]


def breaks_in(day: TrackDay) -> list[Span]:
    """The breaks of a shift, as the roster stood when its first points came."""
    return [(since_ms, until_ms) for since_ms, until_ms in day.breaks]


def post_then(ctx: Ctx, person_id: str, span: Span, points: Track) -> list[tuple[str, Zone]]:
    """What of a person's fences of a shift can decide where these points were."""
    work = _of(FencePurpose.work, fences_then(ctx, person_id, span))
    return [(fence.id, fence.zone()) for fence in _near(work, points)]


def _of(purpose: FencePurpose, fences: Sequence[JudgingFence]) -> list[JudgingFence]:
    return [fence for fence in fences if fence.purpose == purpose.value]


def fences_then(ctx: Ctx, person_id: str, span: Span) -> list[JudgingFence]:
    """The fences that held for a person when the shift began."""
    start = from_ms(span[0])
    _, teams = people.holdings(ctx.session, person_id).at(start)
    duties = {duty for duty, (low, high) in duties_held(ctx, person_id, start, start) if low <= span[0] < high}
    audiences = rules.audiences(person_id, teams, duties)
    held = {fence.id: fence for fence in fences_judging(ctx, audiences, start, start) if fence.holds_at(start)}
    return [held[key] for key in sorted(held)]


def _near(fences: Sequence[JudgingFence], points: Track) -> list[JudgingFence]:
    """The fences that can decide where a track was. Of hundreds most lie far from all of it, and say the same: outside;
    one of them speaks for all when none is near."""
    west, east = points.longitudes.min(), points.longitudes.max()
    south, north = points.latitudes.min(), points.latitudes.max()
    near = []
    for fence in fences:
        left, low, right, high = bounds(fence.outline())
        aside, up = degrees_within(max(abs(south), abs(north)), fence.radius_m + REACH_M)
        if left - aside <= east and right + aside >= west and low - up <= north and high + up >= south:
            near.append(fence)
    return near or list(fences[:1])


def _results(points: Track, fences: Sequence[JudgingFence], times: _Times) -> wire.TrackResults:
    work, rest = _of(FencePurpose.work, fences), _of(FencePurpose.rest, fences)
    lines = [fence for fence in work if fence.shape == FenceShape.line.value]
    roads = [_road(fence, points, times) for fence in lines[:ROADS_WORKED_OUT_MAX]]
    near = [(fence, fence.zone()) for fence in _near(work, points)]
    post = [(fence.id, zone) for fence, zone in near]
    posted = at_post(points, post, *times) if post else None
    resting = [(fence.id, fence.zone()) for fence in _near(rest, points)]
    stay = longest_stay(points, [*times.excused, *times.breaks], resting)
    return wire.TrackResults(
        roads=roads,
        stay=wire.LongStay(
            proof=stay.proof.value,
            since_at=from_ms(stay.since_ms),
            until_at=from_ms(stay.until_ms),
            known_s=stay.known_ms // 1_000,
            unknown_s=stay.unknown_ms // 1_000,
            longitude=stay.longitude,
            latitude=stay.latitude,
        )
        if stay
        else None,
        off_post=[
            wire.OffPostTime(
                since_at=from_ms(off.since_ms),
                until_at=from_ms(off.until_ms),
                ended=off.ended,
                confirmed_s=off.confirmed_ms // 1_000,
                unknown_s=off.unknown_ms // 1_000,
            )
            for off in (posted.off_post if posted else ())
        ],
        inside_s=posted.inside_ms // 1_000 if posted else 0,
        outside_s=posted.outside_ms // 1_000 if posted else 0,
        unknown_s=posted.unknown_ms // 1_000 if posted else int(worked_ms(*times.span, times.breaks)) // 1_000,
        crossings=_crossed(points, near),
    )


def _road(fence: JudgingFence, points: Track, times: _Times) -> wire.RoadCoverage:
    found = coverage(fence.outline(), fence.radius_m, points, times.span, breaks=times.breaks)
    return wire.RoadCoverage(
        fence_id=fence.id,
        name=fence.name,
        length_m=found.length_m,
        covered_percent=found.covered_percent,
        uncovered_percent=found.uncovered_percent,
        unknown_percent=found.unknown_percent,
        passes=found.passes,
        uncovered=[{"type": "LineString", "coordinates": [list(p) for p in piece]} for piece in found.uncovered],
        unknown=[{"type": "LineString", "coordinates": [list(p) for p in piece]} for piece in found.unknown],
    )


def _crossed(points: Track, fences: Sequence[tuple[JudgingFence, Zone]]) -> list[wire.FenceCrossing]:
    found = [
        wire.FenceCrossing(
            fence_id=fence.id,
            how=crossing.how.value,
            since_at=from_ms(crossing.since_ms),
            until_at=from_ms(crossing.until_ms),
            certain=crossing.certain,
        )
        for fence, zone in fences
        if fence.shape != FenceShape.line.value
        for crossing in crossings(points, zone)
    ]
    return sorted(found, key=lambda crossing: (crossing.since_at, crossing.fence_id))[:CROSSINGS_MAX]
