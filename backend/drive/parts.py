"""What a crew does about components with the phone in hand: all of it without a network."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.drive.crew import Done
from backend.drive.phone import Phone
from backend.kernel.ids import new_id
from sync.handset.replica import View

COMPONENTS, PROPOSALS = "components", "component_proposals"


def components(phone: Phone) -> list[View]:
    """The components on the phone, by their codes."""
    return sorted(phone.handset().view(COMPONENTS), key=lambda view: str(view.data["code"]))


def proposals(phone: Phone) -> list[View]:
    """The proposals on the phone, oldest first."""
    return sorted(phone.handset().view(PROPOSALS), key=lambda view: view.id)


def propose(phone: Phone, component: View, reason: str, changes: Mapping[str, Any], photos: Sequence[str]) -> Done:
    """Queues a proposal to change a component as this phone shows it."""
    row_id = new_id()
    base = {"component_id": component.id, "base_version": component.data["version"]}
    params = {**base, "reason": reason, "photos": list(photos), **changes}
    n = phone.handset().do("components.propose", PROPOSALS, row_id, params, blobs=photos)
    return Done(row_id, n)
