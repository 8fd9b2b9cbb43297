"""The manifest of attachments."""

from backend.attachments.jobs import SWEEP, THUMBNAILS
from backend.attachments.routes.contents import router as contents
from backend.attachments.routes.uploads import router as uploads
from backend.kernel.module import Module

MODULE = Module(name="attachments", routers=[uploads, contents], jobs=[THUMBNAILS, SWEEP])
