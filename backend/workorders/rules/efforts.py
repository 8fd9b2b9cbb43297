"""What each person gave to an order: hours and photos, by the lines of its history. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from mobile_contract.workorders import Act, Effect

BEGINS = frozenset({Act.start, Act.resume})
ENDS = frozenset({Act.pause, Act.finish})


@dataclass(frozen=True, slots=True)
class Line:
    """As much of a line of history as hours need."""

    act: Act
    effect: Effect
    person_id: str
    at: datetime
    photos: tuple[str, ...] = ()


@dataclass(slots=True)
class Effort:
    """What one person gave."""

    person_id: str
    worked_s: int = 0
    since_at: datetime | None = None
    """They are at it since then."""
    photos: list[str] = field(default_factory=list)
    kept: bool = False
    """Some of it was done on an order that had moved on: it counts as theirs, the desk knows."""

    def ends(self, at: datetime) -> None:
        """They left off."""
        if self.since_at is not None:
            self.worked_s += max(0, round((at - self.since_at).total_seconds()))
            self.since_at = None


def efforts(lines: Iterable[Line]) -> list[Effort]:
    """Hours and photos of each, in the order they came to it. A finish that counts ends the work of all of a crew."""
    by: dict[str, Effort] = {}
    for line in sorted(lines, key=lambda one: one.at):
        if line.act not in BEGINS | ENDS:
            continue
        one = by.setdefault(line.person_id, Effort(line.person_id))
        one.photos += [sha256 for sha256 in line.photos if sha256 not in one.photos]
        one.kept = one.kept or line.effect is Effect.kept
        if line.act in BEGINS:
            one.since_at = one.since_at or line.at
        else:
            one.ends(line.at)
        if line.act is Act.finish and line.effect is not Effect.kept:
            for mate in by.values():
                mate.ends(line.at)
    return list(by.values())


def times(lines: Iterable[Line], until: datetime) -> list[tuple[str, datetime, datetime]]:
    """Of each who worked on it: from when to when, breaks included; of who is at it still, up to `until`."""
    begun: dict[str, datetime] = {}
    ended: dict[str, datetime] = {}
    for line in sorted(lines, key=lambda one: one.at):
        if line.act in BEGINS:
            begun.setdefault(line.person_id, line.at)
            ended.pop(line.person_id, None)
        elif line.act in ENDS:
            ended[line.person_id] = line.at
    return [(who, at, max(at, ended.get(who, until))) for who, at in begun.items()]


def at_work(lines: Iterable[Line]) -> set[str]:
    """Who has begun and not left off."""
    return {one.person_id for one in efforts(lines) if one.since_at is not None}
