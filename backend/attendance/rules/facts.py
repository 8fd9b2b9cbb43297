"""The facts a day is judged by: what was planned, what was done, how far the phones were heard. Pure.

The order in which facts came, and how often, is no part of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from backend.attendance.rules.shifts import Shift, Span
from mobile_contract.attendance import Direction, Place, Source
from mobile_contract.rosters import AbsenceKind, DayKind


@dataclass(frozen=True, slots=True)
class PunchFact:
    """A clock-in as it counts."""

    id: str
    at_ms: int
    error_ms: int = 0
    direction: Direction | None = None
    place: Place = Place.no_fence
    source: Source = Source.user
    marks: tuple[str, ...] = ()
    slot: tuple[int, Direction] | None = None
    """The very clock-in it stands for, when somebody entered it for that."""
    photo: bool = False


@dataclass(frozen=True, slots=True)
class AbsenceFact:
    """A time for which somebody may be away."""

    kind: AbsenceKind
    since_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Heard:
    """How far the phones were heard of."""

    through_ms: int | None
    """The least watermark of the person's phones; None while none was heard."""
    now_ms: int
    """Only to tell whether the wait is over."""
    cap_ms: int


@dataclass(frozen=True, slots=True)
class DayFacts:
    """All that decides a person's day."""

    person_id: str
    on: date
    kind: DayKind
    shift: Shift | None
    punches: tuple[PunchFact, ...]
    absences: tuple[AbsenceFact, ...]
    heard: Heard
    before: tuple[Span, ...] = ()
    """Windows of the person's shifts of the days before, and after: where they overlap, each takes half."""
    after: tuple[Span, ...] = ()
    boundary_min: int = 240
    """When the day of somebody without a shift begins, minutes since midnight."""
    post_name: str = ""
    """Where the roster wanted the person, when it says so."""


def merged(absences: Iterable[AbsenceFact], kinds: Sequence[AbsenceKind] = ()) -> list[Span]:
    """The times of absences (of `kinds` when named) as spans that do not touch."""
    spans = sorted((a.since_ms, a.until_ms) for a in absences if not kinds or a.kind in kinds)
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def overlap_ms(span: Span, spans: Iterable[Span]) -> int:
    """How much of `span` lies in `spans`, which do not touch each other."""
    return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in spans)
