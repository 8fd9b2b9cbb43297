"""Attendance, announced to the house."""

from backend.attendance.actions import give_up, hear
from backend.attendance.jobs import JOBS
from backend.attendance.kinds import KINDS
from backend.attendance.routes import ROUTERS
from backend.handsets.events import DeviceEnded, QueueHeard
from backend.kernel.module import Module

MODULE = Module(
    name="attendance",
    routers=ROUTERS,
    kinds=KINDS,
    jobs=JOBS,
    listeners=((QueueHeard, hear), (DeviceEnded, give_up)),
)
