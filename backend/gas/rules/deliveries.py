"""What is right at a delivery: what is marked, how an order stands, who is known how well. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mobile_contract import delivery_check
from mobile_contract.deliveries import DeliveryMark, DeliveryOutcome, DeliveryParams, GasOrderState
from mobile_contract.gas import IdentityProof, Light, ScanStep
from mobile_contract.homes import VisitOutcome

M = DeliveryMark
_LEVELS = list(IdentityProof)


@dataclass(frozen=True, slots=True)
class Handed:
    """A scan as a delivery names it."""

    step: ScanStep
    account: str
    judged: Light
    sealed: bool


@dataclass(frozen=True, slots=True)
class AtDoor:
    """What is known of the place where something was delivered, beside what the phone said."""

    scans: Mapping[str, Handed]
    account_known: bool
    code_fits: bool | None
    """None: no label of a customer was read."""
    identity: IdentityProof
    """The strongest proof ever given, this delivery's among them."""
    order_account: str | None
    """Whose order it is; None where there is none of this id."""
    order_cancelled: bool
    """By the desk, before this was done."""
    visit_account: str | None
    visit_outcome: VisitOutcome | None
    supply_stopped: bool
    certified: bool
    clock_poor: bool


def marks(said: DeliveryParams, door: AtDoor) -> list[DeliveryMark]:
    """Everything a person should know of a delivery, each once."""
    found = [*_of_order(said, door), *_of_visit(said, door)]
    if said.outcome is DeliveryOutcome.delivered:
        found += [*_of_scans(said, door), *delivery_check.marks(said)]
        found += [M.supply_stopped] if door.supply_stopped else []
        found += [M.identity_never_seen] if door.identity is IdentityProof.none and door.account_known else []
        found += [] if door.certified else [M.certificate_missing]
    found += [M.customer_code_wrong] if door.code_fits is False else []
    found += [M.clock_poor] if door.clock_poor else []
    return list(dict.fromkeys(found))


def _of_order(said: DeliveryParams, door: AtDoor) -> Iterable[DeliveryMark]:
    if not door.account_known:
        yield M.account_unknown
    if said.order and door.order_account is None:
        yield M.order_unknown
    if door.order_account not in (None, said.account):
        yield M.order_elsewhere
    if door.order_cancelled:
        yield M.order_cancelled


def _of_visit(said: DeliveryParams, door: AtDoor) -> Iterable[DeliveryMark]:
    if door.visit_outcome is None:
        yield M.check_missing
        return
    if door.visit_account != said.account:
        yield M.check_elsewhere
    if door.visit_outcome is VisitOutcome.refused:
        yield M.check_refused
    elif door.visit_outcome is not VisitOutcome.completed:
        yield M.check_not_done


def _of_scans(said: DeliveryParams, door: AtDoor) -> Iterable[DeliveryMark]:
    fulls = _named(said.fulls, door.scans, ScanStep.deliver, said.account)
    if len(fulls) < len(set(said.fulls)):
        yield M.full_not_scanned
    if any(scan.judged is not Light.green for scan in fulls):
        yield M.not_green
    if not all(scan.sealed for scan in fulls):
        yield M.seal_missing
    if len(_named(said.empties, door.scans, ScanStep.collect, said.account)) < len(set(said.empties)):
        yield M.empty_not_scanned


def _named(ids: Sequence[str], scans: Mapping[str, Handed], step: ScanStep, account: str) -> list[Handed]:
    there = [scans[one] for one in dict.fromkeys(ids) if one in scans]
    return [scan for scan in there if scan.step is step and scan.account == account]


def strongest(before: IdentityProof, now: IdentityProof) -> IdentityProof:
    """The stronger of two proofs of who a customer is."""
    return max(before, now, key=_LEVELS.index)


def order_state(person_id: str | None, deliveries: Sequence[str], cancelled_why: str) -> GasOrderState:
    """How an order stands: what was delivered was delivered, whatever the desk had said."""
    if deliveries:
        return GasOrderState.delivered
    if cancelled_why:
        return GasOrderState.cancelled
    return GasOrderState.assigned if person_id else GasOrderState.open
