"""Attendance, announced to the house."""

from backend.attendance.kinds import KINDS
from backend.attendance.routes import ROUTERS
from backend.kernel.module import Module

MODULE = Module(name="attendance", routers=ROUTERS, kinds=KINDS)
