"""Cases, announced to the house."""

from backend.alarms.events import AlarmRaised
from backend.cases import actions
from backend.cases.jobs import JOBS
from backend.cases.kinds import CASES, CODES
from backend.cases.routes import ROUTERS
from backend.kernel.module import Module

MODULE = Module(
    name="cases",
    routers=ROUTERS,
    kinds=[CASES, CODES],
    jobs=JOBS,
    listeners=[(AlarmRaised, actions.open_for_alarm)],
)
