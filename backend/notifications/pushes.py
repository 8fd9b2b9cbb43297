"""The port to vendors' push services: what is pushed, what became of it, and the gateway that is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from backend.notifications.rules import NOTICE_TTL_S, POKE_TTL_S


@dataclass(frozen=True, slots=True)
class Push:
    """One push to one phone. It passes through a stranger's hands: it carries ids and a title that names nobody.

    Without a title it is a poke: nothing is shown, the phone wakes and pulls.
    """

    token: str
    data: tuple[tuple[str, str], ...]
    collapse: str
    """A later push of the same word replaces an earlier one that was not delivered yet."""
    ttl_s: int
    title: str | None = None
    urgent: bool = False


class Fate(StrEnum):
    """What became of a push."""

    taken = "taken"
    gone = "gone"
    """Nobody is reached by this token any more: forget it."""
    resting = "resting"
    """The vendor asks to be left alone for a while."""
    refused = "refused"
    """A fault of ours: of the message, or of the credentials."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor said to one push."""

    fate: Fate
    after_s: float | None = None
    """With `resting`: how long, when the vendor said so."""
    why: str = ""


class Gateway(Protocol):
    """A vendor's push service. Raises nothing: whatever went wrong is an answer."""

    def send(self, pushes: Sequence[Push]) -> list[Answer]:
        """Hands the pushes over; one answer each, in their order."""


class NoGateway:
    """Nobody is pushed; phones poll."""

    def send(self, pushes: Sequence[Push]) -> list[Answer]:
        return [Answer(Fate.refused, why="no gateway is configured") for _ in pushes]


def poke(token: str) -> Push:
    """Says that there is something to pull, and nothing of it."""
    return Push(token, (("kind", "poke"),), "poke", POKE_TTL_S)


def visible(token: str, notice_id: str, about: tuple[str | None, str | None], title: str, *, urgent: bool) -> Push:
    """Shows the title of a notice; a touch opens what it is about."""
    kind, row_id = about
    link = (("about_kind", kind), ("about_id", row_id)) if kind and row_id else ()
    data = (("kind", "notice"), ("id", notice_id), *link)
    return Push(token, data, notice_id, NOTICE_TTL_S, title, urgent)
