"""The colour of a person on the board, from what is known of them. Pure.

Red is only what is proven; who says nothing is yellow while late data may explain it, and grey is never a reproach.
"""

from datetime import date
from typing import NamedTuple

from backend.attendance.rules.shifts import Part, Shift
from backend.kernel.calendar import MINUTE_MS, minute_ms
from mobile_contract.attendance import Place
from mobile_contract.days import DayWord, Presence

DATA_OLD_MS = 120 * MINUTE_MS
"""A phone that was silent for so long tells nothing of now."""
LATE = frozenset({DayWord.late, DayWord.serious_late, DayWord.absent_late})


class Known(NamedTuple):
    """What is known of somebody now. A tuple: thousands are looked at together."""

    on: date
    shift: Shift | None
    part: Part | None
    """The stretch of the shift that lasts now (see `part_now`)."""
    start_ms: int
    """When it began."""
    word: DayWord | None
    last_ms: int | None
    """When they last clocked in or out."""
    place: Place | None
    left: bool
    """The last was a clock-out, by its button."""
    through_ms: int | None
    heard_ms: int | None
    away: bool
    seen_ms: int | None = None
    """When their track was last heard of."""
    seen_place: Place | None = None
    off_since_ms: int | None = None
    """Since when they are off their post, by their track; only once that was proved."""


class Seen(NamedTuple):
    """A colour and why."""

    presence: Presence
    why: str
    known: Known


def part_now(shift: Shift | None, on: date, now_ms: int) -> tuple[Part | None, int]:
    """The stretch of a shift that lasts now, and when it began; None between and beside them."""
    for part in shift.parts if shift else ():
        start_ms = minute_ms(on, part.start_min)
        if start_ms <= now_ms < minute_ms(on, part.end_min):
            return part, start_ms
    return None, 0


def look(known: Known, now_ms: int) -> Seen:
    """The colour of a person now."""
    presence, why = _look(known, now_ms)
    return Seen(presence, why, known)


def _look(known: Known, now_ms: int) -> tuple[Presence, str]:
    part, start_ms = known.part, known.start_ms
    if known.away:
        return Presence.grey, "excused"
    if part is None:
        return _off_shift(known)
    if known.last_ms is None or known.last_ms < start_ms - part.earliest_min * MINUTE_MS:
        return _not_come(known, start_ms + part.late_grace_min * MINUTE_MS, now_ms)
    if known.off_since_ms is not None:
        return Presence.red, "off_post"
    place = _place(known, known.last_ms, now_ms)
    if place is Place.outside:
        return (Presence.red, "off_post") if place is known.place else (Presence.yellow, "outside")
    if known.left:
        return Presence.yellow, "left"
    if place in (Place.unsure, Place.no_fix):
        return Presence.yellow, "unsure"
    if known.heard_ms is not None and now_ms - known.heard_ms > DATA_OLD_MS:
        return Presence.yellow, "late_data"
    if known.word in LATE:
        return Presence.yellow, "late"
    return Presence.green, "on_post"


def _place(known: Known, last_ms: int, now_ms: int) -> Place | None:
    """Where they were last: by their track, unless it is old, proves nothing or they clocked in since."""
    if known.seen_ms is None or known.seen_ms <= last_ms or now_ms - known.seen_ms > DATA_OLD_MS:
        return known.place
    return known.seen_place if known.seen_place in (Place.inside, Place.outside) else known.place


def _off_shift(known: Known) -> tuple[Presence, str]:
    """Before, between and after the parts: grey, but for a day that was decided to be an absence."""
    if known.word is DayWord.absent:
        return Presence.red, "absent"
    return Presence.grey, "off_shift"


def _not_come(known: Known, due_ms: int, now_ms: int) -> tuple[Presence, str]:
    """Nobody clocked in: an absence only once the phone has said that there is nothing more."""
    if now_ms <= due_ms:
        return Presence.grey, "expected"
    if known.through_ms is not None and known.through_ms > due_ms:
        return Presence.red, "absent"
    if known.heard_ms is None:
        return Presence.grey, "no_data"
    return Presence.yellow, "late_data"
