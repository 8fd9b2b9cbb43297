"""Work orders, announced to the house."""

from backend.attachments.events import AttachmentArrived
from backend.attendance.events import TrackKept
from backend.kernel.module import Module
from backend.workorders.actions import photo_arrived, track_kept
from backend.workorders.jobs import JOBS
from backend.workorders.kinds import KINDS
from backend.workorders.routes import ROUTERS

MODULE = Module(
    name="workorders",
    routers=ROUTERS,
    kinds=KINDS,
    jobs=JOBS,
    listeners=[(AttachmentArrived, photo_arrived), (TrackKept, track_kept)],
)
