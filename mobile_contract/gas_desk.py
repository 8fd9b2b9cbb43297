"""What a console does with a cylinder that no phone scans."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mobile_contract.base import NAME_CHARS_MAX, Ask, Id, Text
from mobile_contract.gas import AccountName, Block, ScanStep
from mobile_contract.params import Flag

DeskStep = Literal[ScanStep.send_for_inspection, ScanStep.inspect, ScanStep.scrap, ScanStep.lose, ScanStep.recover]
"""What is done with a cylinder at the desk."""


class DeskAct(Ask):
    """`POST /gas/v1/cylinders/{cylinder_id}/acts`: what no phone scans."""

    id: Id
    """Minted by the caller: the same id twice is one act."""
    step: DeskStep
    station: AccountName = ""
    items: Annotated[list[Flag], Field(max_length=7)] = Field(default_factory=list)
    """Of an inspection: seven answers, JCX0 to JCX6; one that is not passed is no passed inspection."""
    reason: Block | None = None
    """Why it is scrapped: `life_end` where it has served its time."""
    destroy_method: Annotated[Text, StringConstraints(max_length=NAME_CHARS_MAX)] = ""
    """How a scrapped one was destroyed: flattened, cut."""
    note: Text = ""
