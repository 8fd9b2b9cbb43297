"""The supervisors' board: who is where they should be, exceptions first. Few statements, whatever the number."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.queries.facts import shifts_by_id
from backend.attendance.rules import Shift
from backend.attendance.rules.board import Known, Seen, look
from backend.attendance.tables import Absence, DayResult, Punch, RosterDay, Watermark
from backend.kernel.calendar import local_day, midnight_ms
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as people
from mobile_contract import days as wire
from mobile_contract.attendance import Place
from mobile_contract.days import DayWord, Presence

ORDER = (Presence.red, Presence.yellow, Presence.green, Presence.grey)


@dataclass(frozen=True, slots=True)
class _Row:
    person_id: str
    area: str
    shift: Shift | None
    seen: Seen


def board(ctx: Ctx, area: str | None, presence: Presence | None, cursor: str | None, limit: int) -> wire.Board:
    """A page of everybody rostered today (or still at last night's shift) in the caller's areas."""
    now_ms = to_ms(ctx.now())
    areas = [a for a in (desk_areas(ctx.principal)) if area is None or area.startswith(a)]
    wanted = [area] if area is not None and areas else list(areas)
    rows = _rows(ctx, wanted, now_ms)
    counts = {colour.value: sum(1 for row in rows if row.seen.presence is colour) for colour in ORDER}
    shown = [row for row in rows if presence is None or row.seen.presence is presence]
    keys = [(f"{ORDER.index(row.seen.presence)}{row.seen.why}", row.person_id, row) for row in shown]
    keys.sort(key=lambda key: key[:2])
    if cursor:
        after = read_cursor(cursor, str, str)
        keys = [key for key in keys if key[:2] > after]
    page, following = cut(keys[: limit + 1], limit, lambda key: cursor_of(key[0], key[1]))
    names = people.names(ctx, [row.person_id for *_, row in page])
    items = [_item(row, names.get(row.person_id, ""), now_ms) for *_, row in page]
    return wire.Board(at=ctx.now(), counts=wire.BoardCounts(**counts), items=items, next=following)


def _rows(ctx: Ctx, areas: list[str], now_ms: int) -> list[_Row]:
    today = local_day(from_ms(now_ms))
    days = (today - timedelta(days=1), today)
    planned = ctx.session.exec(
        select(RosterDay.person_id, col(RosterDay.on), RosterDay.shift_type_id, RosterDay.area_path).where(
            col(RosterDay.on).in_(days), in_areas(RosterDay.area_path, areas)
        )
    ).all()
    shifts = shifts_by_id(ctx, {shift_id for _, _, shift_id, _ in planned if shift_id})
    by_person: dict[str, dict[date, tuple[Shift | None, str]]] = {}
    for person_id, on, shift_id, area in planned:
        by_person.setdefault(person_id, {})[on] = (shifts[shift_id] if shift_id else None, area)
    words, last, phones, away = _words(ctx, areas, days), _last(ctx, areas, days), _phones(ctx), _away(ctx, areas)
    made = []
    for person_id, cells in by_person.items():
        its_day = _day_of(cells, days, now_ms)
        if its_day is None:
            continue
        shift, area = cells[its_day]
        at_ms, place, direction = last.get(person_id, (None, None, None))
        through_ms, heard_ms = phones.get(person_id, (None, None))
        known = Known(
            on=its_day,
            shift=shift,
            word=words.get((person_id, its_day)),
            last_ms=at_ms,
            place=place,
            left=direction == "out",
            through_ms=through_ms,
            heard_ms=heard_ms,
            away=person_id in away,
        )
        made.append(_Row(person_id, area, shift, look(known, now_ms)))
    return made


def _day_of(cells: dict[date, tuple[Shift | None, str]], days: tuple[date, date], now_ms: int) -> date | None:
    """Last night's day while its shift lasts, else today; None for who has no day today."""
    yesterday, today = days
    shift = cells.get(yesterday, (None, ""))[0]
    if shift is not None and rules.planned(shift, yesterday)[1] > now_ms:
        return yesterday
    return today if today in cells else None


def _words(ctx: Ctx, areas: list[str], days: tuple[date, date]) -> dict[tuple[str, date], DayWord]:
    rows = ctx.session.exec(
        select(DayResult.person_id, col(DayResult.on), DayResult.word).where(
            col(DayResult.on).in_(days), in_areas(DayResult.area_path, areas)
        )
    )
    return {(person_id, on): DayWord(word) for person_id, on, word in rows}


def _last(
    ctx: Ctx, areas: list[str], days: tuple[date, date]
) -> dict[str, tuple[int | None, Place | None, str | None]]:
    """The last clock-in of each person since yesterday."""
    since = from_ms(midnight_ms(days[0]))
    rows = ctx.session.exec(
        select(Punch.person_id, Punch.trusted_at, Punch.place, Punch.direction)
        .where(col(Punch.trusted_at) >= since, col(Punch.trusted_at) <= ctx.now(), in_areas(Punch.area_path, areas))
        .order_by(col(Punch.trusted_at), col(Punch.id))
    )
    return {person_id: (to_ms(at), Place(place), direction) for person_id, at, place, direction in rows}


def _phones(ctx: Ctx) -> dict[str, tuple[int | None, int | None]]:
    """(least watermark, last heard) of each person's phones that are not given up."""
    rows = ctx.session.exec(
        select(Watermark.person_id, func.min(Watermark.through_at), func.max(Watermark.heard_at))
        .where(col(Watermark.released_at).is_(None))
        .group_by(col(Watermark.person_id))
    )
    return {person_id: (_ms(through), _ms(heard)) for person_id, through, heard in rows}


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
    seen = row.seen
    return wire.BoardPerson(
        person_id=row.person_id,
        name=name,
        area_path=row.area,
        presence=seen.presence,
        why=seen.why,
        word=seen.known.word,
        shift_name=row.shift.name if row.shift else "",
        last_at=from_ms(seen.known.last_ms) if seen.known.last_ms is not None else None,
        place=seen.known.place,
        data_age_s=(now_ms - seen.known.heard_ms) // 1_000 if seen.known.heard_ms is not None else None,
    )
