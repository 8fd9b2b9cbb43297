"""Whether a delivery may be closed: the same answer on a handset without a network and at the desk. Pure.

Source: brief, gas 3.11.
"""

from collections.abc import Iterator
from enum import StrEnum

from mobile_contract.deliveries import DeliveryMark, DeliveryOutcome, DeliveryParams, LeakTest
from mobile_contract.homes import SignedBy


class DeliveryFault(StrEnum):
    """What keeps a delivery from being closed."""

    no_full = "no_full"
    """A full cylinder has to be scanned."""
    no_empty = "no_empty"
    """An empty one has to be scanned, or said why there is none."""
    no_check = "no_check"
    """A safety check belongs to it, or the customer's refusal of one."""
    full_kept = "full_kept"
    """What was taken back was not handed over: its scan is to be declared an error."""


def faults(said: DeliveryParams) -> list[DeliveryFault]:
    """All that is missing; none when it may be closed."""
    found: list[DeliveryFault] = []
    if said.visit is None:
        found.append(DeliveryFault.no_check)
    if said.outcome is DeliveryOutcome.taken_back:
        return found + ([DeliveryFault.full_kept] if said.fulls else [])
    if not said.fulls:
        found.append(DeliveryFault.no_full)
    if not said.empties and said.no_empty is None:
        found.append(DeliveryFault.no_empty)
    return found


def marks(said: DeliveryParams) -> Iterator[DeliveryMark]:
    """What is missing of a delivery's proof, as far as a phone can tell."""
    if said.outcome is DeliveryOutcome.taken_back:
        return
    if said.leak_test is LeakTest.leaking:
        yield DeliveryMark.leaking
    if said.leak_test is LeakTest.not_done:
        yield DeliveryMark.leak_not_tested
    if not said.photos:
        yield DeliveryMark.no_photo
    if said.signed_by is SignedBy.nobody:
        yield DeliveryMark.unsigned
