"""Alarms, announced to the house."""

from backend.alarms.jobs import JOBS
from backend.alarms.kinds import ALARMS
from backend.alarms.routes import router
from backend.kernel.module import Module

MODULE = Module(name="alarms", routers=[router], kinds=[ALARMS], jobs=JOBS)
