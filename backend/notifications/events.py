"""What notifications announce: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeKept:
    """Somebody was told something."""

    notice_id: str
    person_id: str
    code: str
