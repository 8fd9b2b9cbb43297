"""What cases announce: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseStepped:
    """A case is in another state, or somebody worked on it. `person_id` did it."""

    case_id: str
    act: str
    state: str
    person_id: str | None


@dataclass(frozen=True, slots=True)
class CaseDispatched:
    """These units have been given a case."""

    case_id: str
    team_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseEscalated:
    """So much of a limit has gone by, in per cent; told once for each level of each clock."""

    case_id: str
    timer: str
    percent: int
