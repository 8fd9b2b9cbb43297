"""Refusals of workorders."""

TEXTS: dict[str, tuple[str, str]] = {
    "workorders.order_unknown": (
        "没有这个工单，或不在您的可见范围内。",
        "There is no such work order, or it is outside your sight.",
    ),
    "workorders.step_out_of_order": (
        "工单当前为“{step}”，不能执行“{act}”。",
        "The order is “{step}”: “{act}” is not possible from there.",
    ),
    "workorders.done_before_cancel": (
        "工单 {code} 在完工之后才被撤销（{reason}）；所做工作、工时和照片已保留并记在本人名下，由调度员确认。",
        "Order {code} was withdrawn after it had been finished ({reason}); work, hours and photos are kept as the "
        "worker's own, and the dispatcher decides.",
    ),
    "workorders.done_after_cancel": (
        "工单 {code} 在完工之前已被撤销（{reason}），当时尚不知情；工时和照片已保留并记在本人名下，无需处理。",
        "Order {code} had been withdrawn before it was finished ({reason}), and the phone could not know; hours and "
        "photos are kept as the worker's own. Nothing to do.",
    ),
    "workorders.merged_meanwhile": (
        "工单 {code} 已并入另一工单；工时保留在本人名下，照片已附到主工单，由调度员确认。",
        "Order {code} was merged into another; the hours are kept as the worker's own, the photos are with the other "
        "order, and the dispatcher decides.",
    ),
    "workorders.done_after_closing": (
        "工单 {code} 已由班长或调度员结案；之后送到的完工和照片已附上，工时照记，无需处理。",
        "Order {code} had been closed by its leader or the desk; the finish and photos that came later are attached, "
        "the hours count. Nothing to do.",
    ),
    "workorders.done_though_missed": (
        "工单 {code} 因时段已过且长时间未收到手机消息，已判为漏做；现收到完工记录，请调度员改判。",
        "Order {code} had been called missed, since its window went by and the phone was not heard of; now its finish "
        "has come, and the dispatcher decides anew.",
    ),
    "workorders.done_though_excused": (
        "工单 {code} 已免做（天气或突发事件），当时尚不知情；所做工作、工时和照片已保留并记在本人名下，无需处理。",
        "Order {code} had been excused (weather or an incident), and the phone could not know; work, hours and photos "
        "are kept as the worker's own. Nothing to do.",
    ),
    "workorders.done_meanwhile": (
        "工单 {code} 此前已完工；这次的完工、工时和照片一并保留，无需处理。",
        "Order {code} had been finished before; this finish, its hours and photos are kept beside it. Nothing to do.",
    ),
    "workorders.evidence_before_check": (
        "这次作业时尚不知检查未通过，工单 {code} 仍需返工；工时和照片已保留。",
        "This was done without knowing that an inspection had failed: order {code} still has to be done again; hours "
        "and photos are kept.",
    ),
    "workorders.other_at_work": (
        "工单 {code} 已改派，接手的人已经开工；这次的完工不改变工单状态，照片已附上，工时记在本人名下，由调度员确认。",
        "Order {code} had been given to others, who have begun; this finish leaves the order as it is, the photos are "
        "attached, the hours are the worker's own, and the dispatcher decides.",
    ),
    "workorders.other_at_work_begun": (
        "工单 {code} 已改派，接手的人已经开工；此次开工已记录，请与调度员联系后再继续。",
        "Order {code} had been given to others, who have begun; this start is on record. Ask the desk before going on.",
    ),
    "workorders.taken_over": (
        "工单 {code} 已改派他人，但对方尚未开工；以先完工者为准，对方的任务已撤回并通知本人。",
        "Order {code} had been given to others who had not begun: what was finished counts, theirs was withdrawn and "
        "they were told.",
    ),
    "workorders.taken_over_begun": (
        "工单 {code} 已改派他人，但对方尚未开工；以先开工者为准，对方的任务已撤回并通知本人。",
        "Order {code} had been given to others who had not begun: whoever began first has it, theirs was withdrawn and "
        "they were told.",
    ),
    "workorders.finished_while_halted": (
        "工单 {code} 已被叫停（{reason}），但作业已完成：完工有效，本工单的叫停随之结束。",
        "Order {code} had been halted ({reason}), but the work is done: the finish counts, and the halt of this order "
        "is over.",
    ),
    "workorders.halted_meanwhile": (
        "工单 {code} 已被叫停（{reason}），当时尚不知情：开工已记录；请先停工，等恢复通知。",
        "Order {code} had been halted ({reason}), and the phone could not know: the start counts; stop for now, and "
        "wait until it is lifted.",
    ),
    "workorders.begun_in_vain": (
        "工单 {code} 已是“{state}”，当时尚不知情；此次开工和工时已保留并记在本人名下，请不要继续。",
        "Order {code} is {state} by now, and the phone could not know; this start and its hours are kept as the "
        "worker's own. Do not go on.",
    ),
    "workorders.master_unfit": (
        "不能并入该工单：它已结束（{state}），或就是本工单。",
        "The order cannot be merged there: that one is over ({state}), or it is the same order.",
    ),
    "workorders.joint_unknown": (
        "没有这项联合作业，或不在您的可见范围内。",
        "There is no such joint work, or it is outside your sight.",
    ),
    "workorders.halt_unknown": (
        "没有这次叫停，或不在您的可见范围内。",
        "There is no such halt, or it is outside your sight.",
    ),
    "workorders.halt_over": ("这次叫停已经解除。", "This halt is over already."),
    "workorders.halt_ask_unknown": (
        "没有这条叫停申请，或不在您的可见范围内。",
        "Nobody asked for this halt, or it is outside your sight.",
    ),
    "workorders.halt_ask_answered": (
        "这条叫停申请已有答复（{state}）。",
        "Somebody has answered this already: {state}.",
    ),
    "workorders.halt_too_long": (
        "叫停的截止时间须在现在之后，最长 {days} 天。",
        "A halt ends after now, and within {days} days.",
    ),
    "workorders.team_unknown": ("没有这个班组。", "There is no such team."),
    "workorders.assignee_not_in_team": ("该人员不在此班组。", "This person is not in that team."),
    "workorders.area_unknown": ("没有这个区域。", "There is no such area."),
    "workorders.due_in_the_past": ("期限不能早于现在。", "The due time cannot lie in the past."),
    "workorders.date_too_far": (
        "日期 {on} 太远：最多提前 {days} 天，请检查年份。",
        "{on} is too far ahead: {days} days at the most. Look at the year.",
    ),
    "workorders.plan_over": (
        "该计划的最后一天（{on}）已经过去。",
        "The plan's last day, {on}, has gone by.",
    ),
    "workorders.due_not_later": (
        "延期后的期限须晚于原期限（{due_at}）；没有期限的工单不能延期。",
        "The new due time lies after the one it has ({due_at}); an order without one cannot be given more time.",
    ),
    "workorders.line_invalid": (
        "作业线路图形有误（{fault}）：{where}。",
        "The line to work is not right ({fault}) at {where}.",
    ),
    "workorders.line_too_long": (
        "作业线路长 {length_m} 米，最长 {limit_m} 米；请分段下达。",
        "The line to work is {length_m} m long, {limit_m} m at most: give it out in stretches.",
    ),
    "workorders.reason_needed": (
        "工单未完成或证据未齐，结案需要写明原因。",
        "The order is not finished or not proved; closing it needs a reason.",
    ),
    "workorders.photos_too_many": ("一个工单最多 {limit} 张照片。", "An order holds at most {limit} photos."),
    "workorders.claimed_by_other": (
        "工单 {code} 已有人接单；此次接单未生效，无需处理。",
        "Someone else has taken order {code}; this claim has no effect. Nothing to do.",
    ),
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
    "workorders.plan_moved": (
        "该计划已被他人修改或终止（现为第 {version} 版）；请刷新后再改。",
        "Somebody changed or ended this plan meanwhile (it is at version {version}): look again, then change it.",
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
