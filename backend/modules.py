"""The modules of the house, in floor order, lowest first."""

from collections.abc import Sequence

from backend.alarms.module import MODULE as ALARMS
from backend.attachments.module import MODULE as ATTACHMENTS
from backend.attendance.module import MODULE as ATTENDANCE
from backend.cases.module import MODULE as CASES
from backend.components.module import MODULE as COMPONENTS
from backend.evidence.module import MODULE as EVIDENCE
from backend.gas.module import MODULE as GAS
from backend.handsets.module import MODULE as HANDSETS
from backend.kernel.module import Module
from backend.notifications.module import MODULE as NOTIFICATIONS
from backend.people.module import MODULE as PEOPLE
from backend.scenes.module import MODULE as SCENES
from backend.workorders.module import MODULE as WORKORDERS

MODULES: Sequence[Module] = (
    PEOPLE,
    ATTACHMENTS,
    HANDSETS,
    NOTIFICATIONS,
    ALARMS,
    ATTENDANCE,
    WORKORDERS,
    CASES,
    COMPONENTS,
    SCENES,
    GAS,
    EVIDENCE,
)
