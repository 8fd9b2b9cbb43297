"""Attendance, announced to the house."""

from backend.attendance import actions, events
from backend.attendance.jobs import JOBS
from backend.attendance.kinds import KINDS
from backend.attendance.routes import ROUTERS
from backend.handsets.events import ConflictKept, DeviceEnded, QueueHeard
from backend.kernel.module import Module

MODULE = Module(
    name="attendance",
    routers=ROUTERS,
    kinds=KINDS,
    jobs=JOBS,
    listeners=(
        (QueueHeard, actions.hear),
        (ConflictKept, actions.doubt_kept),
        (DeviceEnded, actions.give_up),
        (events.DaysWentWrong, actions.tell_of_days),
        (events.LeftPost, actions.tell_of_post),
        (events.CorrectionAsked, actions.tell_of_request),
        (events.CorrectionDecided, actions.tell_of_decision),
        (events.DisputeSaid, actions.tell_of_dispute),
        (events.PunchRejected, actions.tell_of_rejection),
    ),
)
