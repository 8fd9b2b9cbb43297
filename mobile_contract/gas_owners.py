"""What the desk asks when cylinders change their owner."""

from typing import Annotated

from pydantic import Field

from mobile_contract.base import Ask, Id, Label, Sha256, Text
from mobile_contract.gas import CYLINDERS_PER_ASK_MAX, PHOTOS_PER_SCAN_MAX


class OwnerChange(Ask):
    """One of the cylinders that change hands."""

    id: Id
    """Minted by the caller: the same id twice is one change."""
    cylinder_id: Id


class ChangeOwner(Ask):
    """`POST /gas/v1/cylinders/owner`: another unit owns these cylinders from now on, all of them or none."""

    owner: Label
    paper: Label
    """The number of the document that says so."""
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_SCAN_MAX)] = Field(default_factory=list)
    """The document itself."""
    note: Text = ""
    cylinders: Annotated[list[OwnerChange], Field(min_length=1, max_length=CYLINDERS_PER_ASK_MAX)]
