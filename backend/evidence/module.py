"""Late evidence, announced to the house."""

from backend.attachments.events import AttachmentArrived
from backend.cases.events import CaseStepped
from backend.evidence import actions
from backend.evidence.routes import router
from backend.kernel.module import Module
from backend.workorders.events import EffortKept, OrderAnswered, OrderStepped

MODULE = Module(
    name="evidence",
    routers=[router],
    listeners=[
        (OrderStepped, actions.order_stepped),
        (EffortKept, actions.effort_kept),
        (OrderAnswered, actions.order_answered),
        (CaseStepped, actions.case_stepped),
        (AttachmentArrived, actions.photo_arrived),
    ],
)
