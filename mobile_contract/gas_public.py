"""What a customer's own phone knows of gas, without signing in: ordering, asking about a cylinder, reporting a leak.

Nothing here names anybody: neither name nor address nor telephone of a customer or worker ever leaves.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.alarms import PlaceAsk
from mobile_contract.base import NAME_CHARS_MAX, Ask, At, Day, Id, Text, Wire
from mobile_contract.deliveries import CYLINDERS_PER_DELIVERY_MAX, GasOrderState
from mobile_contract.gas import Raw, Spec
from mobile_contract.problems import Texts


class Genuine(StrEnum):
    """What is told of a cylinder to whoever holds it."""

    in_date = "in_date"
    out_of_date = "out_of_date"
    """Its inspection or its life has run out: it must not be used."""
    do_not_use = "do_not_use"
    """Blocked, scrapped or lost: give it back to a delivery worker."""
    not_ours = "not_ours"
    """In no register of this district."""
    dates_unknown = "dates_unknown"


class PublicCylinder(Wire):
    """What is told of a cylinder: whose it is, when it was filled, until when it is inspected. Never where it is."""

    genuine: Genuine
    texts: Texts
    """The same in words, ready to be shown."""
    filler: str
    """The unit that owns and fills it; empty where it is not ours."""
    spec: str
    filled_on: date | None
    net_g: int | None
    inspected_until_on: date | None
    life_end_on: date | None


class AskCylinder(Ask):
    """`POST /gas/v1/public/cylinder`: what the label on the cylinder says."""

    code: Raw


class PublicOrder(Wire):
    """How a customer's own order stands."""

    id: Id
    state: GasOrderState
    spec: str
    count: int
    wanted_on: date | None
    placed_at: At


class NewPublicOrder(Ask):
    """`POST /gas/v1/public/orders`: by the customer's own label."""

    id: Id
    """Minted by the caller: the same id twice is one order."""
    customer_code: Raw
    spec: Spec
    count: Annotated[int, Field(ge=1, le=CYLINDERS_PER_DELIVERY_MAX, strict=True)] = 1
    wanted_on: Day | None = None
    booked_check: Annotated[bool, Field(strict=True)] = False
    """A safety check is wanted with it."""
    note: Annotated[Text, StringConstraints(max_length=200)] = ""


class AskOrder(Ask):
    """`POST /gas/v1/public/order`: the customer's own label and the order's id."""

    customer_code: Raw
    id: Id


Telephone = Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9+ -]*$")]
Somewhere = Annotated[Text, StringConstraints(max_length=NAME_CHARS_MAX)]


class ReportLeak(Ask):
    """`POST /gas/v1/public/leaks`: gas is smelt. Needs nothing but some word of where; nothing said is refused."""

    id: Id
    """Minted by the caller: the same id twice is one report."""
    customer_code: Somewhere | None = None
    """The label at the door or on the cylinder, where one was read."""
    address: Somewhere = ""
    phone: Telephone = ""
    """Where to call back; kept with the alarm alone."""
    note: Annotated[Text, StringConstraints(max_length=500)] = ""
    position: PlaceAsk | None = None


class LeakTaken(Wire):
    """The report was taken, and what to do until somebody comes."""

    id: Id
    received_at: At
    advice: Texts
