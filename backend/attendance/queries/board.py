"""The supervisors' board: who is where they should be, exceptions first. Few statements, whatever the number."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, func, or_
from sqlalchemy import select as sql
from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.queries.facts import shifts_by_id
from backend.attendance.rules import Shift
from backend.attendance.rules.board import Known, Seen, look, part_now
from backend.attendance.tables import Absence, DayResult, Punch, RosterDay, TrackDay, Watermark
from backend.kernel.calendar import local_day, midnight_ms
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as people
from mobile_contract import days as wire
from mobile_contract.attendance import Place
from mobile_contract.days import DayWord, Presence

WORDS = {word.value: word for word in DayWord}
PLACES = {place.value: place for place in Place}
ORDER = (Presence.red, Presence.yellow, Presence.green, Presence.grey)


class _Row(NamedTuple):
    person_id: str
    area: str
    shift: Shift | None
    post_name: str
    seen: Seen


def board(ctx: Ctx, area: str | None, presence: Presence | None, cursor: str | None, limit: int) -> wire.Board:
    """A page of everybody rostered today (or still at last night's shift) in the caller's areas."""
    now_ms = to_ms(ctx.now())
    areas = [a for a in (desk_areas(ctx.principal)) if area is None or area.startswith(a)]
    wanted = [area] if area is not None and areas else list(areas)
    rows = _rows(ctx, wanted, now_ms)
    counts = Counter(row.seen.presence for row in rows)
    shown = [row for row in rows if presence is None or row.seen.presence is presence]
    keys = [(f"{ORDER.index(row.seen.presence)}{row.seen.why}", row.person_id, row) for row in shown]
    keys.sort(key=_place_in_list)
    if cursor:
        after = read_cursor(cursor, str, str)
        keys = [key for key in keys if key[:2] > after]
    page, following = cut(keys[: limit + 1], limit, lambda key: cursor_of(key[0], key[1]))
    names = people.names(ctx, [row.person_id for *_, row in page])
    items = [_item(row, names.get(row.person_id, ""), now_ms) for *_, row in page]
    told = wire.BoardCounts(**{colour.value: counts[colour] for colour in ORDER})
    return wire.Board(at=ctx.now(), counts=told, items=items, next=following)


def _place_in_list(key: tuple[str, str, _Row]) -> tuple[str, str]:
    return key[0], key[1]


def _rows(ctx: Ctx, areas: list[str], now_ms: int) -> list[_Row]:
    today = local_day(from_ms(now_ms))
    days = (today - timedelta(days=1), today)
    shifts = shifts_by_id(ctx, _shifts_of(ctx, areas, days))
    lasting = [shift.id for shift in shifts.values() if rules.planned(shift, days[0])[1] > now_ms]
    parts = {(shift.id, on): part_now(shift, on, now_ms) for shift in shifts.values() for on in days}
    away = _away(ctx, areas)
    lasts = {punched.person_id: punched for punched in ctx.session.connection().execute(_last(areas, days, ctx.now()))}
    found: dict[str, _Row] = {}
    for row in ctx.session.connection().execute(_statement(areas, days, lasting)):
        person_id, on, shift_id, post_name, area, word, through, heard, seen_at, seen, off = row
        if person_id in found and on == today:
            continue  # still at last night's shift
        part, start_ms = parts[shift_id, on] if shift_id else (None, 0)
        shift, last = shifts[shift_id] if shift_id else None, lasts.get(person_id)
        known = Known(
            on,
            shift,
            part,
            start_ms,
            WORDS[word] if word else None,
            _ms(last.trusted_at) if last else None,
            PLACES[last.place] if last and last.place else None,
            last is not None and last.direction == "out",
            _ms(through),
            _ms(heard),
            person_id in away,
            _ms(seen_at),
            PLACES[seen] if seen else None,
            _ms(off),
        )
        found[person_id] = _Row(person_id, area, shift, post_name, look(known, now_ms))
    return list(found.values())


def _shifts_of(ctx: Ctx, areas: list[str], days: tuple[date, date]) -> set[str]:
    rows = ctx.session.exec(
        select(RosterDay.shift_type_id)
        .where(col(RosterDay.on).in_(days), in_areas(RosterDay.area_path, areas))
        .distinct()
    )
    return {shift_id for shift_id in rows if shift_id}


def _statement(areas: list[str], days: tuple[date, date], lasting: list[str]) -> Select[Any]:
    """One row a person and day: roster, result, phones, track; last night's first."""
    phones = _phones()
    same_day = and_(col(DayResult.person_id) == RosterDay.person_id, col(DayResult.on) == RosterDay.on)
    same_track = and_(col(TrackDay.person_id) == RosterDay.person_id, col(TrackDay.on) == RosterDay.on)
    night = and_(col(RosterDay.on) == days[0], col(RosterDay.shift_type_id).in_(lasting))
    return (
        sql(
            col(RosterDay.person_id),
            col(RosterDay.on),
            col(RosterDay.shift_type_id),
            col(RosterDay.post_name),
            col(RosterDay.area_path),
            col(DayResult.word),
            phones.c.through,
            phones.c.heard,
            col(TrackDay.seen_at),
            col(TrackDay.seen_place),
            col(TrackDay.off_since_at),
        )
        .outerjoin(DayResult, same_day)
        .outerjoin(TrackDay, same_track)
        .outerjoin(phones, phones.c.person_id == RosterDay.person_id)
        .where(in_areas(RosterDay.area_path, areas), or_(col(RosterDay.on) == days[1], night))
        .order_by(col(RosterDay.on))
    )


def _last(areas: list[str], days: tuple[date, date], now: datetime) -> Select[Any]:
    """The last clock-in of each person since yesterday. Not joined: SQLite would walk all of them for everybody."""
    latest = (col(Punch.trusted_at).desc(), col(Punch.id).desc())
    rank = func.row_number().over(partition_by=col(Punch.person_id), order_by=latest).label("rank")
    since = from_ms(midnight_ms(days[0]))
    # Of whoever is rostered here, wherever they clocked in: a post may lie in a larger area.
    rostered = select(RosterDay.person_id).where(col(RosterDay.on).in_(days), in_areas(RosterDay.area_path, areas))
    ranked = (
        sql(col(Punch.person_id), col(Punch.trusted_at), col(Punch.place), col(Punch.direction), rank)
        .where(col(Punch.trusted_at) >= since, col(Punch.trusted_at) <= now, col(Punch.person_id).in_(rostered))
        .subquery()
    )
    return sql(ranked.c.person_id, ranked.c.trusted_at, ranked.c.place, ranked.c.direction).where(ranked.c.rank == 1)


def _phones() -> Subquery:
    """(least watermark, last heard) of each person's phones that are not given up."""
    return (
        sql(
            col(Watermark.person_id),
            func.min(Watermark.through_at).label("through"),
            func.max(Watermark.heard_at).label("heard"),
        )
        .where(col(Watermark.released_at).is_(None))
        .group_by(col(Watermark.person_id))
        .subquery()
    )


def _ms(instant: datetime | None) -> int | None:
    return to_ms(instant) if instant else None


def _away(ctx: Ctx, areas: list[str]) -> set[str]:
    rows = ctx.session.exec(
        select(Absence.person_id).where(
            col(Absence.since_at) <= ctx.now(),
            col(Absence.until_at) > ctx.now(),
            col(Absence.withdrawn_at).is_(None),
            in_areas(Absence.area_path, areas),
        )
    )
    return set(rows)


def _item(row: _Row, name: str, now_ms: int) -> wire.BoardPerson:
    seen, known = row.seen, row.seen.known
    return wire.BoardPerson(
        person_id=row.person_id,
        name=name,
        area_path=row.area,
        presence=seen.presence,
        why=seen.why,
        word=known.word,
        shift_name=row.shift.name if row.shift else "",
        post_name=row.post_name,
        last_at=from_ms(known.last_ms) if known.last_ms is not None else None,
        place=known.place,
        seen_at=from_ms(known.seen_ms) if known.seen_ms is not None else None,
        seen_place=known.seen_place,
        off_since_at=from_ms(known.off_since_ms) if known.off_since_ms is not None else None,
        data_age_s=(now_ms - known.heard_ms) // 1_000 if known.heard_ms is not None else None,
    )
