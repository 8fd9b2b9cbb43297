"""What we keep of routine work."""

from backend.workorders.tables.forms import WorkAnswer, WorkScene, WorkTemplate
from backend.workorders.tables.halts import HaltAsk, WorkHalt
from backend.workorders.tables.orders import CodeSeries, OrderGram, OrderPhoto, OrderWords, WorkOrder, WorkOrderStep
from backend.workorders.tables.plans import WorkPlan

__all__ = [
    "CodeSeries",
    "HaltAsk",
    "OrderGram",
    "OrderPhoto",
    "OrderWords",
    "WorkAnswer",
    "WorkHalt",
    "WorkOrder",
    "WorkOrderStep",
    "WorkPlan",
    "WorkScene",
    "WorkTemplate",
]
