"""Refusals of cases, and what is said of acts that came late."""

TEXTS: dict[str, tuple[str, str]] = {
    "cases.unknown": (
        "没有这个案卷，或不在您的可见范围内。",
        "There is no such case, or it is outside your sight.",
    ),
    "cases.out_of_order": (
        "案卷当前为“{state}”，不能执行“{act}”。",
        "The case is {state}; {act} is not possible from there.",
    ),
    "cases.evidence_missing": (
        "至少需要 {photos_min} 张照片。",
        "At least {photos_min} photos are needed.",
    ),
    "cases.evidence_reused": (
        "有 {photos} 张照片已在本案卷中，请重新拍摄现场。",
        "{photos} of the photos are with this case already: take new ones of the place as it is now.",
    ),
    "cases.photos_too_many": (
        "一个案卷最多 {limit} 张照片。",
        "A case holds at most {limit} photos.",
    ),
    "cases.not_self_disposable": (
        "这一类问题不能自行处置，请上报。",
        "A finding of this code is not for oneself to put right: report it.",
    ),
    "cases.elsewhere_unexplained": (
        "拍摄地点距案卷位置超过 {limit_m} 米，请说明原因。",
        "The photo was taken more than {limit_m} m from the place of the case: say why.",
    ),
    "cases.checker_is_handler": (
        "核查人不能是处置人。",
        "Whoever handled a case does not check it.",
    ),
    "cases.no_audit_due": (
        "该案卷未被抽中复查，或已复查。",
        "The case was not drawn for an audit, or was audited already.",
    ),
    "cases.not_sent_there": (
        "该案卷没有派您去现场。",
        "You were not sent to this case.",
    ),
    "cases.other_time_of_day": (
        "该类问题须在发现时的同一时段核查（{since}—{until}），其他时段的现场情况不能作为通过依据。",
        "Cases of this code are checked at the finding's time of day ({since} to {until}): no other proves it.",
    ),
    "cases.not_of_the_unit": (
        "该案卷不是您单位的。",
        "This case is not your unit's.",
    ),
    "cases.conditions_unticked": (
        "立案条件未全部勾选：{conditions}。",
        "Not every condition is ticked: {conditions}.",
    ),
    "cases.similar_unseen": (
        "附近有相似案卷尚未查看：{cases}。",
        "Cases near this one were not looked at: {cases}.",
    ),
    "cases.master_unfit": (
        "不能并入该案卷：它已结束，或会形成循环。",
        "A case cannot be merged there: that case is over, or would lead back here.",
    ),
    "cases.returned_too_seldom": (
        "回退满 {times} 次后才能强制派遣。",
        "Only a case returned {times} times is dispatched by force.",
    ),
    "cases.return_too_late": (
        "处置时限已过 {percent}%，不能再申请回退。",
        "More than {percent} % of the limit has gone by: too late to return it.",
    ),
    "cases.returned_too_often": (
        "已回退 {times} 次，不能再回退。",
        "It was returned {times} times: no more.",
    ),
    "cases.extension_too_late": (
        "时限已到，不能再申请延期。",
        "The limit is over: too late for an extension.",
    ),
    "cases.extended_before": (
        "最多延期 {times} 次。",
        "A case is extended {times} times at most.",
    ),
    "cases.nothing_asked": (
        "没有待审批的这项申请。",
        "Nothing of the kind was asked for.",
    ),
    "cases.already_asked": (
        "这项申请已提交，等待审批。",
        "That was asked for already and waits for a decision.",
    ),
    "cases.suspension_unfit": (
        "案卷的挂账状态不允许此操作。",
        "Whether the case is suspended does not allow this.",
    ),
    "cases.reply_missing": (
        "需要写明给市民的答复。",
        "A reply to the citizen is needed.",
    ),
    "cases.reopened_before": (
        "最多重新立案 {times} 次。",
        "A case is opened again {times} times at most.",
    ),
    "cases.reopen_too_late": (
        "结案超过 {days} 天，不能重新立案。",
        "It ended more than {days} days ago: too late to open it again.",
    ),
    "cases.appeal_too_late": (
        "案卷结束已超过 {days} 个工作日，不能再申诉。",
        "It ended more than {days} working days ago: too late to appeal.",
    ),
    "cases.appealed_before": (
        "该案卷的申诉已复核 {times} 次，不能再申诉。",
        "Appeals of this case were reviewed {times} times: no more are taken.",
    ),
    "cases.reviewed_before": (
        "您已复核过该案卷的申诉，第二次申诉须由他人复核。",
        "You decided the first appeal: another person decides the second.",
    ),
    "cases.unit_unknown": (
        "没有这个处置单位。",
        "There is no such unit.",
    ),
    "cases.unit_elsewhere": (
        "该单位不在本区。",
        "That unit is of another district.",
    ),
    "cases.person_unfit": (
        "该人员不能承担这项工作。",
        "That person cannot be given this task.",
    ),
    "cases.orders_open": (
        "该案卷已下达作业工单，尚未完成。",
        "This case is with work orders that are not done yet.",
    ),
    "cases.code_unknown": (
        "现行代码表中没有 {code}。",
        "The code table in force has no {code}.",
    ),
    "cases.code_version_taken": (
        "代码表 {version} 已存在且内容不同；版本不可更改，请用新的版本号。",
        "The code table {version} is there with other lines; a version never changes, name a new one.",
    ),
    "cases.code_table_unknown": (
        "没有这个代码表。",
        "There is no such code table.",
    ),
    "cases.unit_incompetent": (
        "该单位不负责此类问题；负责单位：{teams}。",
        "That unit does not answer for this code here; these do: {teams}.",
    ),
    "cases.area_unknown": (
        "没有这个区域。",
        "There is no such area.",
    ),
    "cases.done_before_cancel": (
        "案卷 {code} 在您完工之后被作废；您的工作和照片已保留，由派遣员确认。",
        "Case {code} was cancelled after you had finished; your work and photos are kept, and the dispatcher decides.",
    ),
    "cases.done_after_cancel": (
        "案卷 {code} 在您完工之前已作废（您当时还不知道）；工作和照片已保留。",
        "Case {code} had been cancelled before you finished, and you could not know; your work and photos are kept.",
    ),
    "cases.taken_over": (
        "案卷 {code} 已改派他人，但对方尚未开始；以您的处置为准，对方的任务已撤回。",
        "Case {code} had been given to others who had not begun: your work counts, theirs was withdrawn.",
    ),
    "cases.other_at_work": (
        "案卷 {code} 已改派，对方正在处理；您的照片已附上，由派遣员确认。",
        "Case {code} had been given to others who are at it; your photos are attached, and the dispatcher decides.",
    ),
    "cases.evidence_before_check": (
        "这些照片早于未通过的核查，案卷 {code} 仍需返工；照片已保留。",
        "This evidence is from before the check that failed: case {code} still needs rework; the photos are kept.",
    ),
    "cases.done_after_closing": (
        "案卷 {code} 已结案；您的照片已附上，无需处理。",
        "Case {code} is closed; your photos are attached, nothing to do.",
    ),
    "cases.merged_meanwhile": (
        "案卷 {code} 已并入另一案卷；您的照片已附到主案卷，由派遣员确认。",
        "Case {code} was merged into another; your photos are with that one, and the dispatcher decides.",
    ),
    "cases.handled_meanwhile": (
        "案卷 {code} 已处理完毕；您的照片已附上。",
        "Case {code} had been handled; your photos are attached.",
    ),
    "cases.not_yours_meanwhile": (
        "案卷 {code} 已不在您单位；您的工作已保留。",
        "Case {code} is no longer your unit's; what you did is kept.",
    ),
    "cases.looked_in_vain": (
        "案卷 {code} 已有结论（{state}）；您的现场情况已保留。",
        "Case {code} was decided meanwhile ({state}); what you saw is kept.",
    ),
    "cases.checked_meanwhile": (
        "案卷 {code} 已有核查结论（{state}）；您的结论已保留，由派遣员确认。",
        "Case {code} was checked meanwhile ({state}); your finding is kept, and the dispatcher decides.",
    ),
    "cases.export_too_long": (
        "列表超过 {limit} 行；请缩小范围，或由管理员用命令 gridcrew cases export 导出。",
        "The list has more than {limit} rows: narrow it, or have an administrator run gridcrew cases export.",
    ),
}
