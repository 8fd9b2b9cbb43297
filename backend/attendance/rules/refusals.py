"""How attendance says no. Codes are for ever."""

from backend.kernel.errors import Clash, Invalid, Unknown


class FenceInvalid(Invalid):
    code = "attendance.fence_invalid"


class RadiusNeeded(Invalid):
    code = "attendance.radius_needed"


class FenceUnknown(Unknown):
    code = "attendance.fence_unknown"


class PeriodInvalid(Invalid):
    code = "attendance.period_invalid"


class AudienceUnknown(Invalid):
    code = "attendance.audience_unknown"


class AreaUnknown(Invalid):
    code = "attendance.area_unknown"


class PunchExists(Clash):
    code = "attendance.punch_exists"
