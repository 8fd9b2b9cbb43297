"""Refusals of workorders."""

TEXTS: dict[str, tuple[str, str]] = {
    "workorders.order_unknown": (
        "没有这个工单，或不在您的可见范围内。",
        "There is no such work order, or it is outside your sight.",
    ),
    "workorders.step_out_of_order": (
        "工单当前为“{step}”，不能执行“{act}”。",
        "The order is {step}; {act} is not possible from there.",
    ),
    "workorders.order_withdrawn": (
        "工单已是“{step}”；您做的工作已保留并记入您名下，等待调度员确认。",
        "The order is {step} by now; what you did is kept as your work and waits for the dispatcher.",
    ),
    "workorders.done_by_other": (
        "该工单已由他人执行；您做的工作已保留并记入您名下，等待调度员确认。",
        "Someone else has taken this order; what you did is kept as your work and waits for the dispatcher.",
    ),
    "workorders.team_unknown": ("没有这个班组。", "There is no such team."),
    "workorders.assignee_not_in_team": ("该人员不在此班组。", "This person is not in that team."),
    "workorders.area_unknown": ("没有这个区域。", "There is no such area."),
    "workorders.due_in_the_past": ("期限不能早于现在。", "The due time cannot lie in the past."),
    "workorders.reason_needed": (
        "工单未完成或证据未齐，结案需要写明原因。",
        "The order is not finished or not proved; closing it needs a reason.",
    ),
    "workorders.photos_too_many": ("一个工单最多 {limit} 张照片。", "An order holds at most {limit} photos."),
}
