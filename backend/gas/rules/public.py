"""What may be told to anybody who holds a cylinder, and how much one account may order at once. Pure."""

from datetime import date
from typing import ClassVar

from backend.kernel.errors import Clash, Invalid
from mobile_contract.gas import Light, Place, ScanStep, Why
from mobile_contract.gas_public import Genuine
from mobile_contract.hand_over import Known, may_hand_over

OPEN_ORDERS_MAX = 3
"""Orders of one account by its own label that were not brought yet."""
_DATES = frozenset({Why.inspection_due.value, Why.life_end.value})


class OrdersOpen(Clash):
    code = "gas.orders_open"


class LinkInvalid(Invalid):
    """A label's link that cannot be right; 400, as resolvers of such links answer."""

    status: ClassVar[int] = 400
    code = "gas.link_invalid"


class WhereNeeded(Invalid):
    code = "gas.where_needed"


def genuine(known: Known | None, place: Place, on: date) -> Genuine:
    """What is told of a cylinder on a day; why it is blocked is told to nobody outside."""
    if known is None:
        return Genuine.not_ours
    if place in (Place.scrapped, Place.lost) or known.blocked:
        return Genuine.do_not_use
    answer = may_hand_over(ScanStep.deliver, known, on)
    if answer.light is Light.red:
        return Genuine.out_of_date if set(answer.why) <= _DATES else Genuine.do_not_use
    return Genuine.dates_unknown if answer.light is Light.unknown else Genuine.in_date
