"""What a field becomes: each policy against what the server holds and what the phone wants."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from mobile_contract.vectors import Case
from sync.kinds import Policy
from sync.policies import Merged, Side, merge
from sync.refusal import Refusal

TEXTS = (None, "", "井盖松动", "路边有树枝")
NUMBERS = (None, -3, 0, 7, 2.5)
DELTAS = (0, 5, -2, "5", 1.5, True, 2**53 - 1)
LISTS: tuple[Any, ...] = (None, [], ["a"], ["b", "a"])
ENTRIES: tuple[Any, ...] = (None, [], [{"k": 1}], [{"k": 2}, {"k": 1}], ["text"])
WISHES: tuple[Any, ...] = (
    {},
    {"add": ["c", "a"]},
    {"remove": ["a"]},
    {"add": ["a"], "remove": ["a"]},
    ["a"],
    {"put": ["a"]},
)
STAMPS = ((None, ""), (1_000, "device-1"), (2_000, "device-1"), (1_000, "device-2"))
THEIRS: dict[Policy, Sequence[Any]] = {
    Policy.max: NUMBERS,
    Policy.min: NUMBERS,
    Policy.counter: (None, 0, 40),
    Policy.set: LISTS,
    Policy.append: ENTRIES,
}
MINE: dict[Policy, Sequence[Any]] = {
    Policy.max: (*NUMBERS, "text", True),
    Policy.min: (*NUMBERS, "text", True),
    Policy.counter: DELTAS,
    Policy.set: WISHES,
    Policy.append: (*ENTRIES[1:], "text"),
}


def merges() -> list[Case]:
    """Every case: `policy`, `theirs`, `mine`, `moved`, `was`, and what it `gives`."""
    return [case | {"gives": _gives(case)} for policy in Policy for case in _cases(policy)]


def _cases(policy: Policy) -> Iterator[Case]:
    values = product(THEIRS.get(policy, TEXTS), MINE.get(policy, TEXTS))
    stamps = tuple(product(STAMPS, STAMPS[1:])) if policy is Policy.lww else ((STAMPS[1], STAMPS[3]),)
    seen: Sequence[Any] = (None, ["a"]) if policy is Policy.set else (None,)
    for (theirs, mine), (then, now), moved, was in product(values, stamps, (False, True), seen):
        yield {
            "policy": policy.value,
            "theirs": {"value": theirs, "ms": then[0], "device": then[1]},
            "mine": {"value": mine, "ms": now[0], "device": now[1]},
            "moved": moved,
            "was": was,
        }


def merged(case: Case) -> Case:
    """What the reference makes of one case: the value, whose words did not stand, whether a person decides."""
    theirs, mine = Side(**case["theirs"]), Side(**case["mine"])
    try:
        return _told(merge(Policy(case["policy"]), theirs, mine, moved=case["moved"], was=case["was"]), theirs)
    except Refusal as refusal:
        return {"refused": refusal.code}


_gives = merged


def _told(made: Merged, theirs: Side) -> Case:
    lost = None if made.lost is None else "theirs" if made.lost is theirs else "mine"
    return {"value": made.value, "lost": lost, "decide": made.decide}
