"""Patterns of answers: what must be there, what may be anything, and names that are learnt and met again.

A pattern is JSON. `"<any>"` is anything; `"<name>"` is learnt where it is first met and must be the same after; an
object may have more fields than its pattern; a list must have as many items, unless `"…"` stands for any number.
"""

import re
from typing import Any

ANY, SOME = "<any>", "…"
_NAME = re.compile(r"<([a-z0-9_]+)>")


class Differs(Exception):
    """Where an answer is not what its pattern says."""


def compare(pattern: Any, said: Any, known: dict[str, Any], at: str = "") -> None:
    """Raises Differs; `known` learns the names that the pattern meets for the first time."""
    name = _NAME.fullmatch(pattern) if isinstance(pattern, str) else None
    if pattern == ANY:
        return
    if name is not None:
        if known.setdefault(name[1], said) != said:
            raise Differs(f"{at}: <{name[1]}> is {_short(known[name[1]])}, not {_short(said)}")
    elif isinstance(pattern, dict):
        _object(pattern, said, known, at)
    elif isinstance(pattern, list):
        _list(pattern, said, known, at)
    elif pattern != said or isinstance(pattern, bool) != isinstance(said, bool):
        raise Differs(f"{at}: {_short(pattern)} is wanted, {_short(said)} is said")


def _object(pattern: dict[str, Any], said: Any, known: dict[str, Any], at: str) -> None:
    if not isinstance(said, dict):
        raise Differs(f"{at}: an object is wanted, {_short(said)} is said")
    for name, value in pattern.items():
        key = str(filled(name, known))
        if key not in said and value is not None:
            raise Differs(f"{at}.{key}: is missing")
        compare(value, said.get(key), known, f"{at}.{key}")


def _list(pattern: list[Any], said: Any, known: dict[str, Any], at: str) -> None:
    if not isinstance(said, list):
        raise Differs(f"{at}: a list is wanted, {_short(said)} is said")
    here = 0
    for i, wanted in enumerate(pattern):
        if wanted == SOME:
            here = _skip(pattern[i + 1 :], said, here, known)
        elif here >= len(said):
            raise Differs(f"{at}[{here}]: {_short(wanted)} is wanted, and there is no more")
        else:
            compare(wanted, said[here], known, f"{at}[{here}]")
            here += 1
    if here != len(said):
        raise Differs(f"{at}: {len(said) - here} more than wanted, from {_short(said[here])}")


def _skip(rest: list[Any], said: list[Any], here: int, known: dict[str, Any]) -> int:
    """The place of the first item that is as the pattern goes on."""
    while rest and here < len(said):
        try:
            compare(rest[0], said[here], dict(known))
            return here
        except Differs:
            here += 1
    return here if rest else len(said)


def filled(pattern: Any, known: dict[str, Any]) -> Any:
    """The pattern with what is known in the place of each `<name>`."""
    if isinstance(pattern, dict):
        return {str(filled(key, known)): filled(value, known) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return [filled(value, known) for value in pattern]
    if not isinstance(pattern, str):
        return pattern
    whole = _NAME.fullmatch(pattern)
    if whole is not None:
        return known[whole[1]]
    return _NAME.sub(lambda found: str(known[found[1]]), pattern)


def _short(value: Any) -> str:
    return repr(value)[:200]
