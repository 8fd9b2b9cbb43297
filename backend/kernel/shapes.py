"""How params of a sync command are read: by the same shapes that phone authors read."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sync.kinds import ParamsInvalid

S = TypeVar("S", bound=BaseModel)
FAULTS_TOLD_MAX = 5


def reader(shape: type[S]) -> Callable[[Mapping[str, Any]], S]:
    """A `Command.read` that returns `shape`, or refuses with sync.params_invalid naming fields and reasons."""

    def read(raw: Mapping[str, Any]) -> S:
        try:
            return shape.model_validate(raw)
        except ValidationError as fault:
            raise ParamsInvalid(where=told(fault)) from None

    return read


def told(fault: ValidationError) -> str:
    """`field: why` for the first few faults; values are not repeated back."""
    found = fault.errors(include_url=False, include_input=False, include_context=False)
    lines = [".".join(str(p) for p in e["loc"]) + ": " + e["msg"] for e in found[:FAULTS_TOLD_MAX]]
    return "; ".join(lines)[:500]


def known(shape: type[BaseModel]) -> frozenset[str]:
    """Names of the params that `shape` understands."""
    return frozenset(shape.model_fields)
