"""How cases say no."""

from backend.kernel.errors import Clash, Invalid, Unknown


class CaseUnknown(Unknown):
    code = "cases.unknown"


class OutOfOrder(Clash):
    code = "cases.out_of_order"


class EvidenceMissing(Invalid):
    code = "cases.evidence_missing"


class EvidenceReused(Invalid):
    code = "cases.evidence_reused"


class PhotosTooMany(Invalid):
    code = "cases.photos_too_many"


class NotSelfDisposable(Clash):
    code = "cases.not_self_disposable"


class ElsewhereUnexplained(Clash):
    code = "cases.elsewhere_unexplained"


class CheckerIsHandler(Clash):
    code = "cases.checker_is_handler"


class NotSentThere(Clash):
    code = "cases.not_sent_there"


class OtherTimeOfDay(Clash):
    """A check may be passed only at the finding's time of day; one that was not passed is taken at any."""

    code = "cases.other_time_of_day"


class NotOfTheUnit(Clash):
    code = "cases.not_of_the_unit"


class ConditionsUnticked(Clash):
    code = "cases.conditions_unticked"


class SimilarUnseen(Clash):
    code = "cases.similar_unseen"


class MasterUnfit(Clash):
    code = "cases.master_unfit"


class ReturnedTooSeldom(Clash):
    code = "cases.returned_too_seldom"


class ReturnTooLate(Clash):
    code = "cases.return_too_late"


class ReturnedTooOften(Clash):
    code = "cases.returned_too_often"


class ExtensionTooLate(Clash):
    code = "cases.extension_too_late"


class ExtendedBefore(Clash):
    code = "cases.extended_before"


class NothingAsked(Clash):
    code = "cases.nothing_asked"


class AlreadyAsked(Clash):
    code = "cases.already_asked"


class SuspensionUnfit(Clash):
    code = "cases.suspension_unfit"


class ReplyMissing(Invalid):
    code = "cases.reply_missing"


class ReopenedBefore(Clash):
    code = "cases.reopened_before"


class ReopenTooLate(Clash):
    code = "cases.reopen_too_late"


class AppealTooLate(Clash):
    code = "cases.appeal_too_late"


class UnitUnknown(Invalid):
    code = "cases.unit_unknown"


class UnitElsewhere(Invalid):
    code = "cases.unit_elsewhere"


class PersonUnfit(Invalid):
    code = "cases.person_unfit"


class OrdersOpen(Clash):
    code = "cases.orders_open"


class CodeUnknown(Invalid):
    code = "cases.code_unknown"


class CodeVersionTaken(Clash):
    code = "cases.code_version_taken"


class CodeTableUnknown(Unknown):
    code = "cases.code_table_unknown"


class UnitIncompetent(Clash):
    code = "cases.unit_incompetent"


class AreaUnknown(Invalid):
    code = "cases.area_unknown"


class ExportTooLong(Invalid):
    code = "cases.export_too_long"


class AppealedBefore(Clash):
    code = "cases.appealed_before"


class NoAuditDue(Clash):
    """It was not drawn, or somebody looked already."""

    code = "cases.no_audit_due"


class ReviewedBefore(Clash):
    code = "cases.reviewed_before"
