"""What attendance gives to sync."""

from backend.attendance.kinds.days import DAY_KIND, REQUEST_KIND, ROSTER_KIND
from backend.attendance.kinds.fences import FENCE_KIND
from backend.attendance.kinds.punches import PUNCH_KIND
from backend.attendance.kinds.reviews import REVIEW_KIND
from backend.attendance.kinds.tracks import BATCH_KIND, LOOK_KIND

KINDS = (FENCE_KIND, PUNCH_KIND, ROSTER_KIND, DAY_KIND, REQUEST_KIND, REVIEW_KIND, BATCH_KIND, LOOK_KIND)
