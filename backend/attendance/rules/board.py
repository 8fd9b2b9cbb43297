"""The colour of a person on the board, from what is known of them. Pure.

Red is only what is proven; who says nothing is yellow while late data may explain it, and grey is never a reproach.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from backend.attendance.rules.shifts import Shift
from backend.kernel.calendar import minute_ms
from backend.kernel.clock import from_ms
from mobile_contract.attendance import Place
from mobile_contract.days import DayWord, Presence

DATA_OLD = timedelta(minutes=120)
"""A phone that was silent for so long tells nothing of now."""
LATE = frozenset({DayWord.late, DayWord.serious_late, DayWord.absent_late})


class Turn(NamedTuple):
    """A stretch of a shift that lasts now."""

    counts_from_at: datetime
    """Clock-ins before that are of something else."""
    due_at: datetime
    """Until when nobody is late, grace included."""


class Known(NamedTuple):
    """What is known of somebody now. A tuple of instants as they were read: thousands are looked at together."""

    on: date
    shift: Shift | None
    turn: Turn | None
    """Of that shift (see `turn_now`)."""
    word: DayWord | None
    last_at: datetime | None
    """When they last clocked in or out."""
    place: Place | None
    left: bool
    """The last was a clock-out, by its button."""
    through_at: datetime | None
    heard_at: datetime | None
    away: bool
    seen_at: datetime | None = None
    """When their track was last heard of."""
    seen_place: Place | None = None
    off_since_at: datetime | None = None
    """Since when they are off their post, by their track; only once that was proved."""


class Seen(NamedTuple):
    """A colour and why."""

    presence: Presence
    why: str


EXCUSED, OFF_SHIFT = Seen(Presence.grey, "excused"), Seen(Presence.grey, "off_shift")
EXPECTED, NO_DATA = Seen(Presence.grey, "expected"), Seen(Presence.grey, "no_data")
ABSENT, OFF_POST = Seen(Presence.red, "absent"), Seen(Presence.red, "off_post")
OUTSIDE, LEFT = Seen(Presence.yellow, "outside"), Seen(Presence.yellow, "left")
UNSURE, LATE_DATA = Seen(Presence.yellow, "unsure"), Seen(Presence.yellow, "late_data")
CAME_LATE, ON_POST = Seen(Presence.yellow, "late"), Seen(Presence.green, "on_post")


def turn_now(shift: Shift | None, on: date, now: datetime) -> Turn | None:
    """The stretch of a shift that lasts now; None between and beside them."""
    for part in shift.parts if shift else ():
        if from_ms(minute_ms(on, part.start_min)) <= now < from_ms(minute_ms(on, part.end_min)):
            counts_from, due = part.start_min - part.earliest_min, part.start_min + part.late_grace_min
            return Turn(from_ms(minute_ms(on, counts_from)), from_ms(minute_ms(on, due)))
    return None


def look(known: Known, now: datetime) -> Seen:
    """The colour of a person now."""
    turn, last_at = known.turn, known.last_at
    if known.away:
        return EXCUSED
    if turn is None:  # before, between and after the stretches: grey, but for a day that was decided to be an absence
        return ABSENT if known.word is DayWord.absent else OFF_SHIFT
    if last_at is None or last_at < turn.counts_from_at:
        return _not_come(known, turn.due_at, now)
    if known.off_since_at is not None:
        return OFF_POST
    place = _place(known, last_at, now)
    if place is Place.outside:
        return OFF_POST if place is known.place else OUTSIDE
    if known.left:
        return LEFT
    if place is Place.unsure or place is Place.no_fix:
        return UNSURE
    if known.heard_at is not None and now - known.heard_at > DATA_OLD:
        return LATE_DATA
    return CAME_LATE if known.word in LATE else ON_POST


def _place(known: Known, last_at: datetime, now: datetime) -> Place | None:
    """Where they were last: by their track, unless it is old, proves nothing or they clocked in since."""
    if known.seen_at is None or known.seen_at <= last_at or now - known.seen_at > DATA_OLD:
        return known.place
    return known.seen_place if known.seen_place in (Place.inside, Place.outside) else known.place


def _not_come(known: Known, due_at: datetime, now: datetime) -> Seen:
    """Nobody clocked in: an absence only once the phone has said that there is nothing more."""
    if now <= due_at:
        return EXPECTED
    if known.through_at is not None and known.through_at > due_at:
        return ABSENT
    return NO_DATA if known.heard_at is None else LATE_DATA
