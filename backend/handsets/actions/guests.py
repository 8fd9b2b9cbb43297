"""Who may sign in on which handset."""

from backend.handsets.actions.devices import proven
from backend.handsets.rules import DeviceRefused
from backend.kernel.context import Ctx
from backend.people.events import SigningIn
from mobile_contract.handsets import DeviceStatus


def check_device(ctx: Ctx, event: SigningIn) -> None:
    """Refuses a sign-in that names a handset which is not known, not in use, or somebody else's."""
    if event.device_id is None:
        return
    device = proven(ctx, event.device_id, event.device_secret or "")
    if device.status != DeviceStatus.active or device.person_id not in (None, event.person_id):
        raise DeviceRefused
