"""How params of a sync command are read: by the same shapes that phone authors read."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mobile_contract.texts.faults import where
from sync.kinds import ParamsInvalid

S = TypeVar("S", bound=BaseModel)
FAULTS_TOLD_MAX = 5


def reader(shape: type[S]) -> Callable[[Mapping[str, Any]], S]:
    """A `Command.read` that returns `shape`, or refuses with sync.params_invalid naming fields and reasons."""

    def read(raw: Mapping[str, Any]) -> S:
        try:
            return shape.model_validate(raw)
        except ValidationError as fault:
            raise ParamsInvalid(**told(fault)) from None

    return read


def told(fault: ValidationError) -> dict[str, str]:
    """Params of a refusal: `field: why` for the first few faults; values are not repeated back."""
    return where(fault.errors(include_url=False, include_input=False), ".", FAULTS_TOLD_MAX)


def known(shape: type[BaseModel]) -> frozenset[str]:
    """Names of the params that `shape` understands."""
    return frozenset(shape.model_fields)
