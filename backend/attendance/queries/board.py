"""The supervisors' board: who is where they should be, exceptions first. Few statements, whatever the number."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, true
from sqlalchemy import select as sql
from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.queries.facts import shifts_by_id
from backend.attendance.rules import Shift
from backend.attendance.rules.board import Known, Turn, look, turn_now
from backend.attendance.tables import Absence, DayResult, Punch, RosterDay, TrackDay, Watermark
from backend.kernel.calendar import local_day, midnight_ms
from backend.kernel.clock import from_ms
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
ROWS_AT_ONCE = 500
"""Rows are looked at as they come and let go: thousands kept at once wake the collector of garbage."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is the same for everybody."""

    areas: list[str]
    now: datetime
    days: tuple[date, date]
    shifts: dict[str, Shift]
    turns: dict[tuple[str, date], Turn | None]
    lasting: list[str]
    """Shifts of last night that are not over."""
    away: set[str]


_Key = tuple[str, str]
"""A place in the list: colour and why, and who."""
_Person = tuple[str, str, str, Known]
"""Who, their area, their post, and what is known of them."""


def board(ctx: Ctx, area: str | None, presence: Presence | None, cursor: str | None, limit: int) -> wire.Board:
    """A page of everybody rostered today (or still at last night's shift) in the caller's areas."""
    areas = [a for a in desk_areas(ctx.principal) if area is None or area.startswith(a)]
    frame = _frame(ctx, [area] if area is not None and areas else areas)
    keys = sorted(_keys(ctx, frame))
    colours = Counter(rank_and_why[0] for rank_and_why, _ in keys)
    counts = {colour.value: colours[str(rank)] for rank, colour in enumerate(ORDER)}
    if presence is not None:
        keys = [key for key in keys if key[0][0] == str(ORDER.index(presence))]
    start = bisect_right(keys, read_cursor(cursor, str, str)) if cursor else 0
    page, following = cut(keys[start : start + limit + 1], limit, lambda key: cursor_of(*key))
    return wire.Board(at=frame.now, counts=wire.BoardCounts(**counts), items=_items(ctx, frame, page), next=following)


def _frame(ctx: Ctx, areas: list[str]) -> _Frame:
    now = ctx.now()
    today = local_day(now)
    days = (today - timedelta(days=1), today)
    shifts = shifts_by_id(ctx, _shifts_of(ctx, areas, days))
    return _Frame(
        areas=areas,
        now=now,
        days=days,
        shifts=shifts,
        turns={(shift.id, on): turn_now(shift, on, now) for shift in shifts.values() for on in days},
        lasting=[shift.id for shift in shifts.values() if from_ms(rules.planned(shift, days[0])[1]) > now],
        away=_away(ctx, areas),
    )


def _keys(ctx: Ctx, frame: _Frame) -> Iterator[_Key]:
    ranks = {colour: str(rank) for rank, colour in enumerate(ORDER)}
    for person_id, _, _, known in _people(ctx, frame):
        presence, why = look(known, frame.now)
        yield ranks[presence] + why, person_id


def _people(ctx: Ctx, frame: _Frame, only: Collection[str] | None = None) -> Iterator[_Person]:
    """Everybody, or only some, once each: who is still at last night's shift is not at today's."""
    shifts, turns, away, nobody = frame.shifts, frame.turns, frame.away, (None, None, False)
    lasts = _lasts(ctx, frame, only)
    told: set[str] = set()
    for rows in ctx.session.connection().execute(_statement(frame, only)).partitions(ROWS_AT_ONCE):
        for person_id, on, shift_id, post_name, area, word, through, heard, seen_at, seen, off in rows:
            if person_id in told:
                continue
            told.add(person_id)
            last_at, place, left = lasts.get(person_id, nobody)
            known = Known(
                on,
                shifts[shift_id] if shift_id else None,
                turns[shift_id, on] if shift_id else None,
                WORDS[word] if word else None,
                last_at,
                place,
                left,
                through,
                heard,
                person_id in away,
                seen_at,
                PLACES[seen] if seen else None,
                off,
            )
            yield person_id, area, post_name, known


def _shifts_of(ctx: Ctx, areas: list[str], days: tuple[date, date]) -> set[str]:
    rows = ctx.session.exec(
        select(RosterDay.shift_type_id)
        .where(col(RosterDay.on).in_(days), in_areas(RosterDay.area_path, areas))
        .distinct()
    )
    return {shift_id for shift_id in rows if shift_id}


def _statement(frame: _Frame, only: Collection[str] | None) -> Select[Any]:
    """One row a person and day: roster, result, phones, track; last night's first."""
    phones = _phones(only)
    same_day = and_(col(DayResult.person_id) == RosterDay.person_id, col(DayResult.on) == RosterDay.on)
    same_track = and_(col(TrackDay.person_id) == RosterDay.person_id, col(TrackDay.on) == RosterDay.on)
    night = and_(col(RosterDay.on) == frame.days[0], col(RosterDay.shift_type_id).in_(frame.lasting))
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
        .where(in_areas(RosterDay.area_path, frame.areas), _among(RosterDay.person_id, only))
        .where(or_(col(RosterDay.on) == frame.days[1], night))
        .order_by(col(RosterDay.on))
    )


def _lasts(
    ctx: Ctx, frame: _Frame, only: Collection[str] | None
) -> dict[str, tuple[datetime | None, Place | None, bool]]:
    """The last clock-in of each person since yesterday: when, where, and whether by the button of leaving.

    Not joined: SQLite would walk all of them for everybody.
    """
    latest = (col(Punch.trusted_at).desc(), col(Punch.id).desc())
    rank = func.row_number().over(partition_by=col(Punch.person_id), order_by=latest).label("rank")
    # Of whoever is rostered here, wherever they clocked in: a post may lie in a larger area.
    rostered = select(RosterDay.person_id).where(
        col(RosterDay.on).in_(frame.days), in_areas(RosterDay.area_path, frame.areas)
    )
    ranked = (
        sql(col(Punch.person_id), col(Punch.trusted_at), col(Punch.place), col(Punch.direction), rank)
        .where(col(Punch.trusted_at) >= from_ms(midnight_ms(frame.days[0])), col(Punch.trusted_at) <= frame.now)
        .where(col(Punch.person_id).in_(rostered), _among(Punch.person_id, only))
        .subquery()
    )
    wanted = sql(ranked.c.person_id, ranked.c.trusted_at, ranked.c.place, ranked.c.direction).where(ranked.c.rank == 1)
    return {
        person_id: (at, PLACES.get(place), direction == "out")
        for rows in ctx.session.connection().execute(wanted).partitions(ROWS_AT_ONCE)
        for person_id, at, place, direction in rows
    }


def _phones(only: Collection[str] | None) -> Subquery:
    """(least watermark, last heard) of each person's phones that are not given up."""
    return (
        sql(
            col(Watermark.person_id),
            func.min(Watermark.through_at).label("through"),
            func.max(Watermark.heard_at).label("heard"),
        )
        .where(col(Watermark.released_at).is_(None), _among(Watermark.person_id, only))
        .group_by(col(Watermark.person_id))
        .subquery()
    )


def _among(person_id: str, only: Collection[str] | None) -> ColumnElement[bool]:
    return true() if only is None else col(person_id).in_(sorted(only))


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


def _items(ctx: Ctx, frame: _Frame, page: Sequence[_Key]) -> list[wire.BoardPerson]:
    """The people of a page, in its order."""
    ids = [person_id for _, person_id in page]
    names = people.names(ctx, ids)
    found = {person[0]: person for person in _people(ctx, frame, ids)}
    return [_item(found[person_id], names.get(person_id, ""), frame.now) for person_id in ids]


def _item(person: _Person, name: str, now: datetime) -> wire.BoardPerson:
    person_id, area, post_name, known = person
    seen = look(known, now)
    return wire.BoardPerson(
        person_id=person_id,
        name=name,
        area_path=area,
        presence=seen.presence,
        why=seen.why,
        word=known.word,
        shift_name=known.shift.name if known.shift else "",
        post_name=post_name,
        last_at=known.last_at,
        place=known.place,
        seen_at=known.seen_at,
        seen_place=known.seen_place,
        off_since_at=known.off_since_at,
        data_age_s=(now - known.heard_at) // timedelta(seconds=1) if known.heard_at is not None else None,
    )
