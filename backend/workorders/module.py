"""Work orders, announced to the house."""

from backend.attachments.events import AttachmentArrived
from backend.kernel.module import Module
from backend.workorders.actions import photo_arrived
from backend.workorders.kinds import WORK_ORDERS
from backend.workorders.routes import router

MODULE = Module(
    name="workorders",
    routers=[router],
    kinds=[WORK_ORDERS],
    listeners=[(AttachmentArrived, photo_arrived)],
)
