"""What a console asks of the register of cylinders."""

from typing import Annotated

from pydantic import Field

from mobile_contract.base import Ask, Day, Id, Label
from mobile_contract.gas import CYLINDERS_PER_ASK_MAX, AccountCode, AccountName, Raw, Spec
from mobile_contract.gas_papers import Paper, Tare
from mobile_contract.params import Flag
from mobile_contract.people import AreaPath


class NewCylinder(Ask):
    """One cylinder to register: its code as printed, or its bare 16 digits. What it leaves out its label may tell."""

    code: Raw
    serial: Label
    certificate_no: Annotated[Paper, Field(examples=["QP02001"])] = ""
    """Of the use-registration certificate (使用登记证编号): the owning unit's, the same for many cylinders."""
    registration_code: Annotated[Paper, Field(examples=["132020000001"])] = ""
    """The use-registration code (使用登记代码): no two cylinders have the same."""
    maker_code: Annotated[Paper, Field(examples=["AG"])] = ""
    """Of the unit that made it (制造单位代号)."""
    stamped_tare_g: Tare | None = None
    """The tare (皮重) stamped on it; it serves at a fill whose scan tells none."""
    owner: Label
    spec: Spec
    made_on: Day
    inspected_on: Day | None = None
    """When it last passed an inspection."""
    design_life_months: Annotated[int, Field(ge=12, le=240, strict=True)] | None = None
    """As stamped on the cylinder; the rule table speaks where there is no stamp."""
    full: Flag = False
    station: Annotated[AccountName, Field(examples=["ST03"])] = ""
    """The station where it is, or whose it is."""
    account: AccountCode | None = None
    """The customer who has it; null: it is at the station."""
    area_path: AreaPath
    team_id: Id | None = None


class NewCylinders(Ask):
    """`POST /gas/v1/cylinders`: all of them, or none."""

    cylinders: Annotated[list[NewCylinder], Field(min_length=1, max_length=CYLINDERS_PER_ASK_MAX)]
