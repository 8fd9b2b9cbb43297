"""How attendance says no. Codes are for ever."""

from backend.kernel.errors import Clash, Forbidden, Invalid, Unauthenticated, Unknown


class FenceInvalid(Invalid):
    code = "attendance.fence_invalid"


class RadiusNeeded(Invalid):
    code = "attendance.radius_needed"


class FenceDoubtful(Clash):
    """The fence may have been meant otherwise: its drawer is asked."""

    code = "attendance.fence_doubtful"


class FenceSuperseded(Clash):
    code = "attendance.fence_superseded"


class TrackUnknown(Unknown):
    code = "attendance.track_unknown"


class TrackKeyWrong(Unauthenticated):
    code = "attendance.track_key_wrong"


class OwnTracksEncrypted(Invalid):
    code = "attendance.owntracks_encrypted"


class OwnTracksIncomplete(Invalid):
    code = "attendance.owntracks_incomplete"


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


class IdReused(Clash):
    """A clock-in's id with other content: the first stands, a person looks at it."""

    code = "attendance.id_reused"


class ShiftInvalid(Invalid):
    code = "attendance.shift_invalid"


class ShiftUnknown(Unknown):
    code = "attendance.shift_unknown"


class PostUnknown(Unknown):
    code = "attendance.post_unknown"


class ShiftClash(Clash):
    code = "attendance.shift_clash"


class PersonUnknown(Invalid):
    code = "attendance.person_unknown"


class RosterTooLong(Invalid):
    code = "attendance.roster_too_long"


class ImportTooLong(Invalid):
    code = "attendance.import_too_long"


class RosterUnknown(Unknown):
    code = "attendance.roster_unknown"


class AbsenceUnknown(Unknown):
    code = "attendance.absence_unknown"


class AbsenceClash(Clash):
    code = "attendance.absence_clash"


class NoAnomaly(Clash):
    code = "attendance.no_anomaly"


class CorrectionNotAllowed(Clash):
    code = "attendance.not_allowed"


class OutOfDateLimit(Clash):
    code = "attendance.out_of_date_limit"


class CountExceeded(Clash):
    code = "attendance.count_exceeded"


class OwnRequest(Forbidden):
    code = "attendance.own_request"


class RequestUnknown(Unknown):
    code = "attendance.request_unknown"


class RequestDecided(Clash):
    code = "attendance.request_decided"


class RequestExists(Clash):
    code = "attendance.request_exists"


class DayUnknown(Unknown):
    code = "attendance.day_unknown"


class DisputeUnknown(Unknown):
    code = "attendance.dispute_unknown"


class DisputeSettled(Clash):
    code = "attendance.dispute_settled"


class DisputeExists(Clash):
    code = "attendance.dispute_exists"


class MonthOpen(Clash):
    code = "attendance.month_open"


class InTheFuture(Invalid):
    code = "attendance.in_the_future"


class ColumnMissing(Invalid):
    code = "attendance.column_missing"


class LineInvalid(Invalid):
    code = "attendance.line_invalid"
