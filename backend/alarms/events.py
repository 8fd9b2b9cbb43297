"""What alarms announce: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """Somebody raised an alarm."""

    alarm_id: str
    kind: str
    danger: str | None
    person_id: str | None


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged:
    """A person has seen an alarm; the first one counts."""

    alarm_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class AlarmEnded:
    """An alarm was taken back by its sender (`withdrawn`) or settled."""

    alarm_id: str
    state: str
