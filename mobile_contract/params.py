"""Params: the base of what a phone says with a command; what is not known is kept, left unapplied and named."""

from typing import Annotated

from pydantic import ConfigDict, Field

from mobile_contract.docstrings import Told


class Params(Told):
    """Params of a sync command. An unknown field harms nothing: the outcome names it in `ignored`."""

    model_config = ConfigDict(extra="allow", frozen=True)


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A JSON number; `true` and `"1"` are not numbers."""
Flag = Annotated[bool, Field(strict=True)]
