"""The manifest of notifications."""

from backend.handsets.events import ConflictEscalated
from backend.kernel.module import Module
from backend.notifications.actions import tell_of_escalation
from backend.notifications.jobs import JOBS
from backend.notifications.kinds import KINDS
from backend.notifications.routes import router

MODULE = Module(
    name="notifications",
    routers=(router,),
    kinds=KINDS,
    jobs=JOBS,
    listeners=((ConflictEscalated, tell_of_escalation),),
)
