"""What handsets announce."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeviceEnrolled:
    """A handset was enrolled."""

    device_id: str
    person_id: str | None


@dataclass(frozen=True, slots=True)
class DeviceEnded:
    """A handset was declared lost or revoked; nothing more is to be waited for from it."""

    device_id: str
    person_id: str | None
    status: str


@dataclass(frozen=True, slots=True)
class DeviceWiped:
    """An ended handset says that it holds nothing any more."""

    device_id: str
    person_id: str | None


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """A handset listens to pokes; `until_at` at the latest, unless it says so again."""

    device_id: str
    until_at: datetime


@dataclass(frozen=True, slots=True)
class StreamClosed:
    """The stream that was to last until then is over."""

    device_id: str
    until_at: datetime


@dataclass(frozen=True, slots=True)
class QueueHeard:
    """A queue pushed. `through_ms`: until when, in trusted time, the phone says that every fact was sent."""

    device_id: str
    person_id: str
    acked: int
    through_ms: int | None


@dataclass(frozen=True, slots=True)
class ConflictKept:
    """A conflict was kept; `severity` as in sync.conflicts."""

    conflict_id: str
    person_id: str
    severity: str
    area: str
    code: str | None = None
    """Why: the code of the refusal or of the policy."""
    about: tuple[str, str] | None = None
    """(kind, id) of the row."""


@dataclass(frozen=True, slots=True)
class ConflictEscalated:
    """Nobody decided in time; `owner` is the role that owes it now."""

    conflict_id: str
    owner: str
    severity: str
    area: str


@dataclass(frozen=True, slots=True)
class ConflictSettled:
    """A person decided."""

    conflict_id: str
    choice: str
