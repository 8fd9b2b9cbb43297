"""What changes of one transaction cause is gathered, and written together when the session writes the changes."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlmodel import Session

_WAITING = "waiting"
K = TypeVar("K")
V = TypeVar("V")


def gathered(session: Session, write: Callable[[Session, dict[K, V]], None]) -> dict[K, V]:
    """What waits for `write`, to be added to; it is called with all of it at the next flush, at the latest before the
    commit or the end of the savepoint. What is rolled back is forgotten."""
    if _WAITING not in session.info:
        session.info[_WAITING] = {}
        event.listen(session, "after_flush", _write)
        event.listen(session, "before_commit", _write)
        event.listen(session, "after_soft_rollback", _forget)
    waiting: dict[K, V] = session.info[_WAITING].setdefault(write, {})
    return waiting


def _write(session: Session, *_: Any) -> None:
    waiting = session.info[_WAITING]
    while waiting:
        write, what = waiting.popitem()
        write(session, what)


def _forget(session: Session, *_: Any) -> None:
    session.info[_WAITING].clear()
