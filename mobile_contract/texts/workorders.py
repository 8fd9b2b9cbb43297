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
    "workorders.claimed_by_other": ("该工单已有人接单。", "Someone else has claimed this order."),
    "workorders.own_work": ("不能检查自己做的工单。", "Nobody inspects work of their own."),
    "workorders.window_invalid": (
        "作业时段无效：开始时间须早于期限。",
        "The window is not one: it begins before the due time, and has one.",
    ),
    "workorders.scene_unknown": ("没有这个作业场景：{scene}。", "There is no such scene: {scene}."),
    "workorders.template_unknown": ("没有这个作业模板。", "There is no such template."),
    "workorders.template_of_other_scene": (
        "该模板属于场景“{scene}”。",
        "This template belongs to the scene {scene}.",
    ),
    "workorders.item_unknown": ("检查表中没有“{item}”这一项。", "The checklist has no item {item}."),
    "workorders.answer_invalid": (
        "“{item}”的填写内容无效；可填：{one_of}。",
        "That is no answer to {item}; possible: {one_of}.",
    ),
    "workorders.item_answered": (
        "安全项“{item}”已有不同的填写结果；您的结果已保留，等待调度员确认。",
        "The safety item {item} has another answer already; yours is kept and waits for the dispatcher.",
    ),
    "workorders.plan_unknown": (
        "没有这个作业计划，或不在您的可见范围内。",
        "There is no such plan, or it is outside your sight.",
    ),
    "workorders.rule_invalid": ("重复规则中“{part}”无效。", "{part} of the recurrence is not possible."),
    "workorders.plan_endless": (
        "重复规则须有且只有一个终止条件：COUNT 或 UNTIL。",
        "A recurrence ends, by COUNT or by UNTIL, not both.",
    ),
    "workorders.plan_empty": ("该计划没有任何作业日。", "The plan has not a single day."),
    "workorders.period_invalid": ("日期太远，最多提前 62 天。", "That day is too far ahead: 62 days at most."),
    "workorders.material_unknown": ("模板中没有物料“{code}”。", "The template names no material {code}."),
    "workorders.export_too_long": (
        "列表超过 {limit} 行；请缩小范围，或由管理员用命令 gridcrew orders export 导出。",
        "The list has more than {limit} rows: narrow it, or have an administrator run gridcrew orders export.",
    ),
}
