"""What attendance announces: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Punched:
    """Somebody clocked in or out."""

    punch_id: str
    person_id: str
    trusted_at: datetime
