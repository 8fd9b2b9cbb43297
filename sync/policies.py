"""Merge policies: pure functions of what the server holds and what the phone wants.

Laws, held by properties in the tests: merging what nobody changed takes the phone's value; the same mutation twice is
the same as once; for `lww`, `max`, `min`, `counter`, `set` and `append` the order of arrival does not matter. `once`,
`custody`, `state` and `ask` depend on order by nature: their law is that the loser is always kept and named.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson

from sync.kinds import Policy
from sync.protocol import N_MAX
from sync.refusal import Refusal


class FieldNotEditable(Refusal):
    """A field that phones do not write directly."""

    code = "sync.field_not_editable"
    status = 422


class ValueInvalid(Refusal):
    """A value of the wrong form for its policy."""

    code = "sync.params_invalid"
    status = 422


class Side(NamedTuple):
    """A value and when, by which device, it was written. `ms` None: by the server, at no phone's act."""

    value: Any
    ms: int | None = None
    device: str = ""

    def stamp(self) -> tuple[int, str]:
        """Orders writes: by trusted time, ties by device id."""
        return (self.ms if self.ms is not None else -1, self.device)


class Merged(NamedTuple):
    """What the field becomes. `lost` is the side that did not stay, kept when there is one; `decide` asks a person."""

    value: Any
    lost: Side | None = None
    decide: bool = False


def merge(policy: Policy, theirs: Side, mine: Side, *, moved: bool, was: Any = None) -> Merged:
    """What a field becomes when a phone writes `mine`; `moved`: it changed since the phone saw it.

    Raises FieldNotEditable for `server` and `state` fields, ValueInvalid for a value of the wrong form.
    """
    return _MERGES[policy](theirs, mine, moved, was)


def _refuse(_theirs: Side, _mine: Side, _moved: bool, _was: Any) -> Merged:
    raise FieldNotEditable


def _lww(theirs: Side, mine: Side, moved: bool, _was: Any) -> Merged:
    if not moved or mine.value == theirs.value:
        return Merged(mine.value)
    if mine.stamp() >= theirs.stamp():
        return Merged(mine.value, lost=theirs)
    return Merged(theirs.value, lost=mine)


def _extreme(pick: Callable[[Any, Any], Any]) -> Callable[[Side, Side, bool, Any], Merged]:
    def merged(theirs: Side, mine: Side, _moved: bool, _was: Any) -> Merged:
        if mine.value is None:
            return Merged(theirs.value)
        if type(mine.value) is bool or not isinstance(mine.value, int | float | str):
            raise ValueInvalid(where="a number or a text is wanted")
        if theirs.value is None:
            return Merged(mine.value)
        try:
            return Merged(pick(theirs.value, mine.value))
        except TypeError as fault:
            raise ValueInvalid(where="values of two sorts") from fault

    return merged


def _counter(theirs: Side, mine: Side, _moved: bool, _was: Any) -> Merged:
    if type(mine.value) is not int:
        raise ValueInvalid(where="a counter takes a whole number to add")
    total = (theirs.value or 0) + mine.value
    if abs(total) > N_MAX:
        raise ValueInvalid(where="a counter ends where phones stop counting exactly")
    return Merged(total)


def _set(theirs: Side, mine: Side, moved: bool, was: Any) -> Merged:
    wanted = mine.value
    if not isinstance(wanted, dict) or not set(wanted) <= {"add", "remove"}:
        raise ValueInvalid(where="a set takes {add: […], remove: […]}")
    add, remove = _members(wanted.get("add", [])), _members(wanted.get("remove", []))
    # Add wins: after a change unseen by the phone it may only take out what it saw.
    seen = set(_members(was or [])) if moved else set(remove)
    kept = [v for v in theirs.value or [] if v not in set(remove) & seen]
    return Merged(sorted({*kept, *add}))


def _members(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ValueInvalid(where="a list of texts is wanted")
    return value


def _append(theirs: Side, mine: Side, _moved: bool, _was: Any) -> Merged:
    if not isinstance(mine.value, list):
        raise ValueInvalid(where="a list of entries is wanted")
    return Merged(_union(theirs.value or [], mine.value))


def _union(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    entries = {orjson.dumps(entry, option=orjson.OPT_SORT_KEYS): entry for entry in (*first, *second)}
    return [entries[key] for key in sorted(entries)]


def _once(theirs: Side, mine: Side, _moved: bool, _was: Any) -> Merged:
    if theirs.value is None or theirs.value == mine.value:
        return Merged(mine.value)
    return Merged(theirs.value, lost=mine, decide=True)


def _keep_both(theirs: Side, mine: Side, moved: bool, _was: Any) -> Merged:
    if not moved or theirs.value == mine.value:
        return Merged(mine.value)
    return Merged(theirs.value, lost=mine, decide=True)


_MERGES: dict[Policy, Callable[[Side, Side, bool, Any], Merged]] = {
    Policy.server: _refuse,
    Policy.state: _refuse,
    Policy.lww: _lww,
    Policy.max: _extreme(max),
    Policy.min: _extreme(min),
    Policy.counter: _counter,
    Policy.set: _set,
    Policy.append: _append,
    Policy.once: _once,
    Policy.custody: _keep_both,
    Policy.ask: _keep_both,
}
