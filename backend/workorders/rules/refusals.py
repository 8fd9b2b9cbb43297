"""How routine work says no."""

from backend.kernel.errors import Clash, Forbidden, Invalid, Unknown


class OrderUnknown(Unknown):
    code = "workorders.order_unknown"


class StepOutOfOrder(Clash):
    code = "workorders.step_out_of_order"


class TeamUnknown(Invalid):
    code = "workorders.team_unknown"


class AssigneeNotInTeam(Invalid):
    code = "workorders.assignee_not_in_team"


class AreaUnknown(Invalid):
    code = "workorders.area_unknown"


class DueInThePast(Invalid):
    code = "workorders.due_in_the_past"


class DateTooFar(Invalid):
    """A day so far ahead is a slip of the pen."""

    code = "workorders.date_too_far"


class PlanOver(Invalid):
    """Every day of the plan has gone by."""

    code = "workorders.plan_over"


class DueNotLater(Clash):
    """More time is asked for, and it is none; or the order has no due time."""

    code = "workorders.due_not_later"


class LineInvalid(Invalid):
    """No GeoJSON LineString on this earth: `fault` and `where` name what is wrong."""

    code = "workorders.line_invalid"


class LineTooLong(Invalid):
    code = "workorders.line_too_long"


class ReasonNeeded(Clash):
    code = "workorders.reason_needed"


class PhotosTooMany(Invalid):
    code = "workorders.photos_too_many"


class MasterUnfit(Clash):
    """The order that is to stand for both is over, or is the order itself."""

    code = "workorders.master_unfit"


class JointUnknown(Unknown):
    code = "workorders.joint_unknown"


class HaltUnknown(Unknown):
    code = "workorders.halt_unknown"


class HaltOver(Clash):
    code = "workorders.halt_over"


class HaltAskUnknown(Unknown):
    code = "workorders.halt_ask_unknown"


class HaltAskAnswered(Clash):
    """Somebody answered it before."""

    code = "workorders.halt_ask_answered"


class HaltTooLong(Invalid):
    code = "workorders.halt_too_long"


class OwnWork(Forbidden):
    code = "workorders.own_work"


class WindowInvalid(Invalid):
    code = "workorders.window_invalid"


class SceneUnknown(Invalid):
    code = "workorders.scene_unknown"


class PlanUnknown(Unknown):
    code = "workorders.plan_unknown"


class RuleInvalid(Invalid):
    code = "workorders.rule_invalid"


class PlanEndless(Invalid):
    code = "workorders.plan_endless"


class PlanMoved(Clash):
    """Somebody changed or ended it meanwhile."""

    code = "workorders.plan_moved"


class PlanEmpty(Invalid):
    code = "workorders.plan_empty"


class PeriodInvalid(Invalid):
    code = "workorders.period_invalid"


class TemplateUnknown(Unknown):
    code = "workorders.template_unknown"


class TemplateOfOtherScene(Invalid):
    code = "workorders.template_of_other_scene"


class ItemUnknown(Invalid):
    code = "workorders.item_unknown"


class AnswerInvalid(Invalid):
    code = "workorders.answer_invalid"


class ItemAnswered(Clash):
    code = "workorders.item_answered"


class MaterialUnknown(Invalid):
    code = "workorders.material_unknown"


class ExportTooLong(Invalid):
    code = "workorders.export_too_long"
