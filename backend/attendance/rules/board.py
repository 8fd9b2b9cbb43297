"""The colour of a person on the board, from what is known of them. Pure.

Red is only what is proven; who says nothing is yellow while late data may explain it, and grey is never a reproach.
"""

from dataclasses import dataclass
from datetime import date

from backend.attendance.rules.shifts import Part, Shift
from backend.kernel.calendar import MINUTE_MS, minute_ms
from mobile_contract.attendance import Place
from mobile_contract.days import DayWord, Presence

DATA_OLD_MS = 120 * MINUTE_MS
"""A phone that was silent for so long tells nothing of now."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody now."""

    on: date
    shift: Shift | None
    word: DayWord | None
    last_ms: int | None
    """When they last clocked in or out."""
    place: Place | None
    left: bool
    """The last was a clock-out, by its button."""
    through_ms: int | None
    heard_ms: int | None
    away: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A colour and why."""

    presence: Presence
    why: str
    known: Known


def look(known: Known, now_ms: int) -> Seen:
    """The colour of a person now."""
    presence, why = _look(known, now_ms)
    return Seen(presence, why, known)


def _look(known: Known, now_ms: int) -> tuple[Presence, str]:
    part = _part_now(known, now_ms)
    if known.away:
        return Presence.grey, "excused"
    if known.shift is None or part is None:
        return _off_shift(known)
    start = minute_ms(known.on, part.start_min)
    clocked = known.last_ms is not None and known.last_ms >= start - part.earliest_min * MINUTE_MS
    if not clocked:
        return _not_come(known, start + part.late_grace_min * MINUTE_MS, now_ms)
    if known.place is Place.outside:
        return Presence.red, "off_post"
    if known.left:
        return Presence.yellow, "left"
    if known.place in (Place.unsure, Place.no_fix):
        return Presence.yellow, "unsure"
    if known.heard_ms is not None and now_ms - known.heard_ms > DATA_OLD_MS:
        return Presence.yellow, "late_data"
    if known.word in (DayWord.late, DayWord.serious_late, DayWord.absent_late):
        return Presence.yellow, "late"
    return Presence.green, "on_post"


def _part_now(known: Known, now_ms: int) -> Part | None:
    if known.shift is None:
        return None
    parts = known.shift.parts
    return next((p for p in parts if minute_ms(known.on, p.start_min) <= now_ms < minute_ms(known.on, p.end_min)), None)


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
