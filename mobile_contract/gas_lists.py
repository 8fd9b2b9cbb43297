"""What lists of cylinders may be narrowed to."""

from mobile_contract.base import Day, Wire
from mobile_contract.gas import HolderKind, Place
from mobile_contract.people import AreaPath, SearchText


class CylinderFilter(Wire):
    """What a list of cylinders may be narrowed to."""

    place: Place | None = None
    holder_kind: HolderKind | None = None
    holder_id: str | None = None
    spec: str | None = None
    area: AreaPath | None = None
    due_before_on: Day | None = None
    seen_before_on: Day | None = None
    """Nothing was done with it on this day or later, nor was it registered since."""
    blocked: bool | None = None
    gaps: bool | None = None
    q: SearchText | None = None
