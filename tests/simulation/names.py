"""Who and what there is in the simulated town, by id, and what an action is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PHONES = 3


def an_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


USERS = [an_id(number) for number in range(1, 5)]
NAMES = dict(zip(USERS, ("Ann", "Bo", "Cy", "Dee"), strict=True))
HOMES: dict[str, Sequence[str]] = dict(zip(USERS, (("1",), ("1", "2"), ("2", "3"), ("1", "3")), strict=True))
DEVICES = [an_id(number) for number in range(16, 16 + PHONES)]
FIRST_ROW = 4_096


def row_of(number: int) -> str:
    return an_id(FIRST_ROW + number)


@dataclass(frozen=True, slots=True)
class Action:
    """One step of somebody or something, `after_ms` the last one."""

    name: str
    after_ms: int
    args: tuple[Any, ...] = ()
