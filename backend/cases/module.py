"""Cases, announced to the house."""

from backend.alarms.events import AlarmRaised
from backend.cases import actions
from backend.cases.events import CaseStepped
from backend.cases.jobs import JOBS
from backend.cases.kinds import CASES, CODES
from backend.cases.routes import ROUTERS
from backend.kernel.module import Module
from backend.workorders.events import OrderStepped

MODULE = Module(
    name="cases",
    routers=ROUTERS,
    kinds=[CASES, CODES],
    jobs=JOBS,
    listeners=[
        (AlarmRaised, actions.open_for_alarm),
        (OrderStepped, actions.order_stepped),
        (CaseStepped, actions.case_stepped),
    ],
)
