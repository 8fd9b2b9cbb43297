"""Tracks: taken only around a shift, worked out, looked at by name, forgotten in time."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.attendance import queries, rules
from backend.attendance.events import LeftPost, TrackKept
from backend.attendance.rules.movement import places
from backend.attendance.rules.tracks import Sorted, Track, TrackPoint, breaks_of, decode, encode, joined, sort_points
from backend.attendance.tables import TrackBatch, TrackDay, TrackKey, TrackLook, TrackPoints
from backend.kernel import audit
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.geo import Datum, to_wgs84
from backend.kernel.ids import new_token, token_hash
from backend.kernel.journaling import Fact, add_facts
from backend.people import queries as people
from mobile_contract import tracks as wire
from mobile_contract.attendance import Place

CLOCK_IN = "attendance.clock_in"
TRACK = "attendance.track"
FUTURE_MAX = timedelta(minutes=5)
DAYS_BACK_MAX = 31
"""Points older than the days they would be kept are only counted."""
PORTION_POINTS_MAX = 500
"""A point that comes alone joins the portion before it, up to so many."""
ROWS_PER_TURN = 200
SEEN_LATE_MAX = timedelta(minutes=30)
"""Points older than this when they come tell nothing of now."""
KEYS_MAX = 5


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch as a phone reported it."""

    id: str
    said: wire.ReportTrackParams


def report_tracks(ctx: Ctx, news: Sequence[NewBatch]) -> list[wire.TrackBatch]:
    """Takes the caller's batches: keeps what lies around their shifts, counts the rest.

    Raises sqlalchemy.exc.IntegrityError when an id is taken; the caller holds the savepoint.
    """
    ctx.principal.require(CLOCK_IN)
    receipts = [_take(ctx, new) for new in news]
    add_facts(ctx.session, TrackBatch, [Fact(receipt) for receipt in receipts])
    return receipts


def _take(ctx: Ctx, new: NewBatch) -> wire.TrackBatch:
    points = [_wgs84(point, Datum(new.said.datum.value)) for point in new.said.points]
    found = _keep(ctx, ctx.principal.person_id, points, wire.TrackSource.phone)
    return wire.TrackBatch(
        id=new.id,
        person_id=ctx.principal.person_id,
        received_at=ctx.now(),
        kept=sum(len(kept) for kept in found.kept.values()),
        outside=found.outside,
        invalid=found.invalid,
        known=found.known,
    )


def _wgs84(said: wire.ReportedPoint, datum: Datum) -> TrackPoint:
    at_ms, longitude, latitude, accuracy_m = said
    if abs(longitude) <= 180 and abs(latitude) <= 90:
        longitude, latitude = to_wgs84(longitude, latitude, datum)
    return TrackPoint(at_ms, longitude, latitude, accuracy_m)


def _keep(ctx: Ctx, person_id: str, points: Sequence[TrackPoint], source: wire.TrackSource) -> Sorted:
    """Keeps what may be kept of a person's points and counts the rest."""
    now = ctx.now()
    low, high = to_ms(now - timedelta(days=DAYS_BACK_MAX)), to_ms(now + FUTURE_MAX)
    timely = [point for point in points if low <= point.at_ms <= high]
    if not timely:
        return Sorted({}, 0, len(points), 0)
    days = {local_day(from_ms(point.at_ms)) for point in timely}
    shifts = queries.shifts_near(ctx, person_id, min(days), max(days))
    rows = queries.point_rows(ctx, person_id, [on for on, _ in shifts])
    known = frozenset(point.at_ms for row in rows for point in decode(row.points))
    found = sort_points(timely, [stretches for _, stretches in shifts], known)
    for number, kept in found.kept.items():
        on, stretches = shifts[number]
        _store(ctx, person_id, on, kept, source)
        _see(ctx, _count(ctx, person_id, on, kept=len(kept), stretches=stretches), kept)
        instants = [point.at_ms for point in kept]
        announce(ctx, TrackKept(person_id, from_ms(min(instants)), from_ms(max(instants))))
    untimely = len(points) - len(timely)
    if found.outside or found.invalid or untimely:
        _count(ctx, person_id, min(days), outside=found.outside, invalid=found.invalid + untimely)
    return Sorted(found.kept, found.outside, found.invalid + untimely, found.known)


def _store(ctx: Ctx, person_id: str, on: date, kept: Sequence[TrackPoint], source: wire.TrackSource) -> None:
    if len(kept) < PORTION_POINTS_MAX // 10:
        open_ = [row for row in queries.point_rows(ctx, person_id, [on]) if row.count < PORTION_POINTS_MAX]
        if open_:
            row = open_[-1]
            whole = joined([decode(row.points), kept])
            row.points, row.count = encode(whole), len(whole)
            ctx.session.add(row)
            ctx.session.flush()
            return
    portion = TrackPoints(person_id=person_id, on=on, source=source.value, count=len(kept), points=encode(kept))
    ctx.session.add(portion)
    ctx.session.flush()


def _count(
    ctx: Ctx,
    person_id: str,
    on: date,
    *,
    kept: int = 0,
    outside: int = 0,
    invalid: int = 0,
    stretches: Sequence[rules.Span] = (),
) -> TrackDay:
    day = queries.track_day(ctx, person_id, on)
    if day is None:
        area_path = people.area_of(ctx, person_id) or f"/{ctx.settings.district}/"
        day = TrackDay(person_id=person_id, on=on, area_path=area_path)
    if stretches and day.since_at is None:
        day.since_at, day.until_at = from_ms(stretches[0][0]), from_ms(stretches[-1][1])
        day.breaks = [list(span) for span in breaks_of(stretches)]
    day.kept += kept
    day.outside += outside
    day.invalid += invalid
    if kept:
        day.results = None
    ctx.session.add(day)
    ctx.session.flush()
    return day


def _see(ctx: Ctx, day: TrackDay, kept: Sequence[TrackPoint]) -> None:
    """Notes for the board where the newest point was, when it tells of now."""
    newest = max(kept, key=lambda point: point.at_ms)
    at = from_ms(newest.at_ms)
    if at < ctx.now() - SEEN_LATE_MAX or (day.seen_at is not None and at <= day.seen_at):
        return
    assert day.since_at is not None
    assert day.until_at is not None
    here = Track.of([newest])
    post = queries.post_then(ctx, day.person_id, (to_ms(day.since_at), to_ms(day.until_at)), here)
    place = places(here, post)[0] if post else Place.no_fence
    day.seen_at, day.seen_place = at, place.value
    if place is Place.inside:
        day.off_since_at = None
    ctx.session.add(day)
    ctx.session.flush()


# -- looks ---------------------------------------------------------------------------------------------------------


def look_at_track(ctx: Ctx, person_id: str, on: date, reason: str) -> wire.Track:
    """The track of a shift. One's own at any time; another's only for a supervisor of the area, and every look is
    recorded, in the audit and for the person to see.

    Refuses with attendance.track_unknown.
    """
    day = queries.track_day(ctx, person_id, on)
    area_path = day.area_path if day else people.area_of(ctx, person_id)
    mine = person_id == ctx.principal.person_id
    if not mine and (area_path is None or not ctx.principal.may(TRACK, area_path)):
        raise rules.TrackUnknown
    if not mine:
        _record_look(ctx, person_id, on, reason)
    if day is None:
        return wire.Track(person_id=person_id, on=on, kept=0, outside=0, invalid=0, points=[], raw=False, results=None)
    points = queries.track_of(ctx, person_id, on)
    return wire.Track(
        person_id=person_id,
        on=on,
        kept=day.kept,
        outside=day.outside,
        invalid=day.invalid,
        points=[tuple(point) for point in points.points()],
        raw=len(points) > 0,
        results=queries.track_results(ctx, day, points),
    )


def _record_look(ctx: Ctx, person_id: str, on: date, reason: str) -> None:
    me = ctx.principal
    ctx.session.add(
        TrackLook(person_id=person_id, looker_id=me.person_id, looker_name=me.name, at=ctx.now(), on=on, reason=reason)
    )
    ctx.session.flush()
    audit.record(ctx, "attendance.track_looked_at", f"person:{person_id}", on=on.isoformat(), reason=reason)


# -- posts -----------------------------------------------------------------------------------------------------------


def watch_posts(ctx: Ctx) -> int:
    """Announces who has been off their post for longer than allowed, once; returns how many."""
    told = 0
    for day in queries.days_off_post(ctx, ctx.now() - SEEN_LATE_MAX, ROWS_PER_TURN):
        since = queries.off_post_now(ctx, day, queries.track_of(ctx, day.person_id, day.on))
        if since is not None:
            day.off_since_at = since
            ctx.session.add(day)
            announce(ctx, LeftPost(day.person_id, day.on, since, day.area_path))
            told += 1
    ctx.session.flush()
    return told


# -- later ---------------------------------------------------------------------------------------------------------


def work_out_tracks(ctx: Ctx) -> int:
    """Keeps the results of shifts that are over; returns of how many."""
    days = queries.days_without_results(ctx, local_day(ctx.now()), ROWS_PER_TURN)
    for day in days:
        found = queries.track_results(ctx, day, queries.track_of(ctx, day.person_id, day.on))
        day.results = found.model_dump(mode="json") if found else None
        ctx.session.add(day)
    return len(days)


def forget_tracks(ctx: Ctx) -> int:
    """Forgets points past their days, once their results are kept; returns how many portions went."""
    work_out_tracks(ctx)
    rows = queries.old_points(ctx, local_day(ctx.now()), ROWS_PER_TURN)
    gone = 0
    for row in rows:
        day = queries.track_day(ctx, row.person_id, row.on)
        if day is None or day.results is not None:
            ctx.session.delete(row)
            gone += 1
    ctx.session.flush()
    if gone:
        audit.record(ctx, "attendance.tracks_forgotten", None, portions=gone)
    return gone


# -- OwnTracks -----------------------------------------------------------------------------------------------------


def make_track_key(ctx: Ctx, name: str) -> wire.TrackKey:
    """A key for the caller's OwnTracks app; the oldest of many ends."""
    ctx.principal.require(CLOCK_IN)
    for old in sorted(queries.own_keys(ctx), key=lambda row: row.id)[: -(KEYS_MAX - 1)]:
        old.ended_at = ctx.now()
        ctx.session.add(old)
    secret = new_token()
    row = TrackKey(person_id=ctx.principal.person_id, name=name, key_hash=token_hash(secret), made_at=ctx.now())
    ctx.session.add(row)
    ctx.session.flush()
    audit.record(ctx, "attendance.track_key_made", f"track_key:{row.id}")
    url = f"{ctx.settings.public_url}/attendance/v1/owntracks"
    return wire.TrackKey(id=row.id, url=url, user=row.id, password=secret)


def end_track_key(ctx: Ctx, key_id: str) -> None:
    """Ends one of the caller's keys. Refuses with attendance.track_unknown."""
    row = queries.track_key(ctx, key_id)
    if row is None or row.person_id != ctx.principal.person_id:
        raise rules.TrackUnknown
    row.ended_at = ctx.now()
    ctx.session.add(row)


def take_owntracks(ctx: Ctx, key_id: str, secret: str, message: wire.OwnTracksMessage | None) -> None:
    """Takes a message of an OwnTracks app: locations as points, all else left aside.

    Refuses with attendance.track_key_wrong, .owntracks_encrypted, .owntracks_incomplete.
    """
    row = queries.track_key(ctx, key_id)
    if (
        row is None
        or not hmac.compare_digest(row.key_hash, token_hash(secret))
        or not people.is_active(ctx, row.person_id)
    ):
        raise rules.TrackKeyWrong
    if message is None or message.kind not in ("location", "encrypted"):
        return
    if message.kind == "encrypted":
        raise rules.OwnTracksEncrypted
    if message.lat is None or message.lon is None or message.tst is None:
        raise rules.OwnTracksIncomplete
    point = TrackPoint(message.tst * 1_000, message.lon, message.lat, message.acc)
    _keep(ctx, row.person_id, [point], wire.TrackSource.owntracks)
