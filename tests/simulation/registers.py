"""What a register of policy `lww` must hold at rest, worked out from the acts alone, in no order of arrival."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Taken = Mapping[str, Any]
TAKEN_UP = ("applied", "merged", "conflict")


@dataclass(frozen=True, slots=True)
class Said:
    """One act's word on the register of one row."""

    value: Any
    ms: int
    """Trusted time of the act."""
    device: str
    who: str
    """Device and user: what one has done oneself, one has seen."""
    base: int
    """The version of the row that the phone held; -1: none."""
    ver: int
    """The version of the row that the act left."""

    def saw(self, other: "Said") -> bool:
        return self.who == other.who or self.base >= other.ver


def sayings(taken: Iterable[tuple[str, Taken]], name: str) -> dict[str, list[Said]]:
    """By row: every edit of the register that was taken up, and the deed that opened the row."""
    said: dict[str, list[Said]] = defaultdict(list)
    for key, act in taken:
        if act["r"] in TAKEN_UP and act["ms"] is not None:
            for row_id, base, value in _words(act["raw"], name):
                device, user, _ = key.split(":")
                who, ver = f"{device}:{user}", act["rows"].get(row_id, 0)
                said[row_id].append(Said(value, act["ms"], device, who, base, ver))
    return said


def _words(raw: Mapping[str, Any], name: str) -> Iterator[tuple[str, int, Any]]:
    if raw["cmd"] == "job.open":
        yield raw["row"]["id"], -1, None
    for op in raw.get("ops", ()):
        if name in op["set"]:
            yield op["id"], op.get("base", {}).get(name, -1), op["set"][name]


def may_stand(said: list[Said]) -> list[Any]:
    """The value of the last act by trusted time, ties by device id; and of whoever wrote having seen it, whatever their
    clock said, or having seen those."""
    # An act that saw what it overwrites is stamped a millisecond after it: so far may stamps run ahead of times.
    latest = max((one.ms, one.device) for one in said)
    stand = [one for one in said if (one.ms + len(said), one.device) > latest]
    for one in stand:
        stand += [other for other in said if other not in stand and other.saw(one)]
    return [one.value for one in stand]
