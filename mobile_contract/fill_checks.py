"""What is looked at before and after a cylinder is filled, by the station's own list (brief, gas R6)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, Wire
from mobile_contract.docstrings import Told
from mobile_contract.params import Flag

CHECKS_PER_SCAN_MAX = 30


class _FillCheck(Told):
    """One thing that was looked at; one that failed fails the whole check."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,16}$"), Field(examples=["PF-01"])]
    passed: Flag


class FillCheck(_FillCheck, Wire):
    """As it travels."""


class NewFillCheck(_FillCheck, Ask):
    """As it is sent over HTTP."""


NewFillChecks = Annotated[list[NewFillCheck], Field(max_length=CHECKS_PER_SCAN_MAX)]
FillChecks = Annotated[list[FillCheck], Field(max_length=CHECKS_PER_SCAN_MAX)]
