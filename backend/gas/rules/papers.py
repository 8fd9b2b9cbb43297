"""Certificates and trainings: whether somebody holds what a day asks for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate or a training, with its first and its last day."""

    kind: str
    since_on: date
    until_on: date | None

    def holds(self, on: date) -> bool:
        """Whether it holds on a day, its last day among them."""
        return self.since_on <= on and (self.until_on is None or on <= self.until_on)


def is_certified(papers: Iterable[Paper], on: date, needed: Iterable[str] = ()) -> bool:
    """Whether every kind that is needed is held on a day; where none is named, whether any is."""
    held = {paper.kind for paper in papers if paper.holds(on)}
    wanted = set(needed)
    return wanted <= held if wanted else bool(held)
