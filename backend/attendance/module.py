"""Attendance, announced to the house."""

from backend.attendance.kinds import FENCE_KIND, PUNCH_KIND
from backend.attendance.routes import router
from backend.kernel.module import Module

MODULE = Module(name="attendance", routers=[router], kinds=[FENCE_KIND, PUNCH_KIND])
