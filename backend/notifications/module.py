"""The manifest of notifications."""

from backend.handsets.events import ConflictEscalated, DeviceEnded, StreamClosed, StreamOpened
from backend.kernel.module import Module
from backend.notifications import actions
from backend.notifications.jobs import JOBS
from backend.notifications.kinds import KINDS
from backend.notifications.routes import router
from backend.people.events import SessionsEnded

MODULE = Module(
    name="notifications",
    routers=(router,),
    kinds=KINDS,
    jobs=JOBS,
    listeners=(
        (ConflictEscalated, actions.tell_of_escalation),
        (SessionsEnded, actions.forget_ended_sessions),
        (DeviceEnded, actions.forget_ended_device),
        (StreamOpened, actions.stream_opened),
        (StreamClosed, actions.stream_closed),
    ),
)
