"""What attendance announces: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Punched:
    """Somebody clocked in or out."""

    punch_id: str
    person_id: str
    trusted_at: datetime


@dataclass(frozen=True, slots=True)
class DayWentWrong:
    """Somebody was late, left early, forgot to clock or was absent; told again when it becomes another of these."""

    day_id: str
    person_id: str
    on: date
    word: str
    minutes: int
    area_path: str


@dataclass(frozen=True, slots=True)
class DaysWentWrong:
    """Days judged together of which some went wrong: told together, since a morning has hundreds."""

    days: tuple[DayWentWrong, ...]


@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    """Somebody asked for a clock-in to be made good."""

    request_id: str
    person_id: str
    area_path: str


@dataclass(frozen=True, slots=True)
class CorrectionDecided:
    """A request was approved, refused or withdrawn."""

    request_id: str
    person_id: str
    state: str


@dataclass(frozen=True, slots=True)
class LeftPost:
    """Somebody has been off their post for longer than allowed, by their track; told once until they are back."""

    person_id: str
    on: date
    since_at: datetime
    area_path: str


@dataclass(frozen=True, slots=True)
class DisputeSaid:
    """Something was said in a dispute: it was opened, answered or settled, by the person or by a desk."""

    dispute_id: str
    person_id: str
    by: str
    deed: str
    word_number: int
    area_path: str


@dataclass(frozen=True, slots=True)
class PunchRejected:
    """A doubtful clock-in was looked at and counts no more."""

    punch_id: str
    person_id: str
    done_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TrackKept:
    """Points of a person's shift came and were kept, from the first to the last of them."""

    person_id: str
    since_at: datetime
    until_at: datetime
