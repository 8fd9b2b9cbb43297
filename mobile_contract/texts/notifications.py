"""Refusals of notifications, and what notices say."""

TEXTS: dict[str, tuple[str, str]] = {
    "notifications.gateway_off": (
        "服务器未启用该推送服务，请按轮询方式同步。",
        "The server does not push by this service; the phone polls.",
    ),
    "notifications.no_handset": (
        "只有已登记的手机才能登记推送令牌。",
        "Only an enrolled handset can register a push token.",
    ),
}

NOTICES: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "alarms.sos": (
        ("紧急求助，请立即查看", "A call for help: look now"),
        (
            "{name} 于 {at} 发出紧急求助，尚无人确认。请立即联系并确认收到。",
            "{name} called for help at {at}, and nobody has seen it yet. Reach them, and say that you have seen it.",
        ),
    ),
    "alarms.danger": (
        ("险情报告，请立即查看", "A danger was reported: look now"),
        (
            "{name} 于 {at} 报告险情：{danger}，尚无人确认。请立即查看并确认收到。",
            "{name} reported a danger at {at}: {danger}. Nobody has seen it yet: look, and say that you have.",
        ),
    ),
    "alarms.seen": (
        ("您的报警已有人收到", "Your alarm was seen"),
        ("{name} 已于 {at} 收到您的报警。", "{name} has seen your alarm at {at}."),
    ),
    "alarms.withdrawn": (
        ("一条报警已撤回", "An alarm was taken back"),
        ("{name} 已撤回报警。{note}", "{name} took the alarm back. {note}"),
    ),
    "gas.case_opened": (
        ("一条气瓶核查事项待您答复", "A question about gas waits for you"),
        ("{zh}（请于 {until} 前答复）", "{en} (by {until})"),
    ),
    "gas.danger_found": (
        ("入户发现险情，请立即处置", "Danger was found in a home: act now"),
        (
            "用户 {account} 处发现 G0 级隐患（{item}，通知书 {notice}），已停止供气。请立即联系现场。",
            "A danger of grade G0 was found at account {account} ({item}, notice {notice}); its supply is stopped. "
            "Reach who is there.",
        ),
    ),
    "gas.hazard_overdue": (
        ("一条隐患逾期未整改", "A hazard is past its day"),
        (
            "用户 {account} 的隐患（{item}，通知书 {notice}）已于 {due_on} 到期，尚未闭环，请督促处理。",
            "A hazard at account {account} ({item}, notice {notice}) was due by {due_on} and is still open; see to it.",
        ),
    ),
    "gas.redated": (
        ("气瓶已按新规则表重新计算到期日", "The cylinders were dated anew"),
        (
            "规则表 {version} 已生效：{changed} 只气瓶的日期有变，其中 {due} 只已到期并封存。",
            "Rule table {version} is in force: {changed} cylinders have other dates, {due} are past them and blocked.",
        ),
    ),
    "gas.unmet": (
        ("多次到访不遇，请送达告知单", "Nobody is met there: send the notice"),
        (
            "用户 {account} 已 {times} 次到访不遇（告知单 {notice}）；下次订气须同时预约安检。",
            "Nobody was met at account {account} {times} times (notice {notice}); the next order needs a booked check.",
        ),
    ),
    "gas.checks_due": (
        ("本班组有安检即将到期", "Safety checks of your team are due soon"),
        (
            "一个月内到期 {soon} 户，已逾期或从未安检 {overdue} 户，请按计划安排。",
            "{soon} homes are due within the month, {overdue} are overdue or were never checked; see the plan.",
        ),
    ),
    "gas.check_refused": (
        ("用户拒绝入户安检", "A safety check was refused"),
        (
            "用户 {account} 拒绝入户安检，请协调街道或物业上门。",
            "Account {account} refused the safety check; please see to it with the street.",
        ),
    ),
    "cases.merged": (
        ("您上报的问题已并案", "What you reported was merged"),
        (
            "案卷 {code}（{title}）与他人上报的是同一问题，已并入 {master}；处理结果会通知您。",
            "Case {code} ({title}) is about the same thing as {master} and was merged into it; you will read its end.",
        ),
    ),
    "cases.supported_ended": (
        ("您上报的问题有结果了", "What you reported has come to an end"),
        ("案卷 {code}（{title}）：{zh}。", "Case {code} ({title}): {en}."),
    ),
    "cases.suspension_review": (
        ("挂账案卷该复核了", "A suspension is to be reviewed"),
        (
            "案卷 {code}（{title}）自 {on} 起应复核挂账：恢复处置，或说明理由继续挂账。",
            "The suspension of case {code} ({title}) was to be reviewed on {on}: take it up again, or say why not.",
        ),
    ),
    "cases.limit_share": (
        ("案卷时限提醒", "A case and its limit"),
        (
            "案卷 {code}（{title}）的时限已用 {percent}%。",
            "{percent} % of the limit of case {code} ({title}) has gone by.",
        ),
    ),
    "workorders.taken_over": (
        ("工单已由他人完成或开工", "An order of yours was done or begun by somebody else"),
        (
            "工单 {code}（{title}）在改派给您之前，{name} 已在现场作业；该工单归其负责，您无需再去。",
            "Before order {code} ({title}) was given to you, {name} was at it on the spot; it is theirs, and you need "
            "not go.",
        ),
    ),
    "workorders.halted": (
        ("作业叫停，请停工", "Your work is halted: stop"),
        (
            "工单 {code}（{title}）已叫停：{reason}。请停工，等恢复通知。",
            "Order {code} ({title}) is halted: {reason}. Stop, and wait until it is lifted.",
        ),
    ),
    "workorders.halt_asked": (
        ("有人申请叫停作业", "Somebody asks for the work to be halted"),
        (
            "{name} 申请叫停作业：{reason}。请尽快答复。",
            "{name} asks for the work to be halted: {reason}. Please answer soon.",
        ),
    ),
    "workorders.halt_granted": (
        ("叫停申请已批准", "The halt you asked for is granted"),
        (
            "您申请的叫停（{reason}）已批准，请停工，等恢复通知。",
            "The halt that you asked for ({reason}) is granted: stop, and wait until it is lifted.",
        ),
    ),
    "workorders.halt_declined": (
        ("叫停申请未批准", "The halt you asked for is declined"),
        (
            "您申请的叫停（{reason}）未批准：{answer}。",
            "The halt that you asked for ({reason}) is declined: {answer}.",
        ),
    ),
    "components.proposed": (
        ("部件修改建议待处理", "A change of a component is proposed"),
        (
            "{name} 对部件“{component}”提出修改：{reason}。",
            "{name} proposes to change the component {component}: {reason}.",
        ),
    ),
    "components.proposal_approved": (
        ("您的部件修改建议已采纳", "What you proposed is taken"),
        (
            "您对部件“{component}”提出的修改已采纳。答复：{answer}",
            "What you proposed for the component {component} is in force. Answer: {answer}",
        ),
    ),
    "components.proposal_refused": (
        ("您的部件修改建议未采纳", "What you proposed is not taken"),
        (
            "您对部件“{component}”提出的修改未采纳：{answer}",
            "What you proposed for the component {component} is not taken: {answer}",
        ),
    ),
    "components.proposal_outdated": (
        ("部件已有新版本，您的建议仍在等待", "A component moved on; your proposal still waits"),
        (
            "部件“{component}”已改为第 {version} 版；您的建议依据旧版本，仍在等待处理。",
            "The component {component} is at version {version} now; your proposal is based on an older one and still "
            "waits to be decided.",
        ),
    ),
    "conflicts.escalated": (
        ("同步冲突待处理", "A sync conflict waits for you"),
        (
            "一条同步冲突无人按时处理，现由您负责，请尽快决定。",
            "Nobody settled a sync conflict in time; it is yours now, please decide.",
        ),
    ),
    "attendance.day_wrong": (
        ("考勤异常提醒", "A day of yours needs a look"),
        (
            "您 {on} 的考勤结果为“{state}”（迟到或早退 {minutes} 分钟）。如不属实，请申请补卡或提出异议。",
            "Your day {on} came to: {state} ({minutes} minutes late or early). If that is not so, ask for a correction "
            "or dispute it.",
        ),
    ),
    "attendance.day_wrong_of": (
        ("班组考勤异常", "A day in your crew needs a look"),
        (
            "{name} {on} 的考勤结果为“{state}”（迟到或早退 {minutes} 分钟）。",
            "The day {on} of {name} came to: {state} ({minutes} minutes late or early).",
        ),
    ),
    "attendance.left_post": (
        ("您已离开岗位", "You are off your post"),
        (
            "您自 {since} 起不在岗位范围内，已超过规定时间。请返回岗位；如因公外出请告知班长。",
            "Since {since} you are off your post, longer than allowed. Please return; if it is for work, tell "
            "your ganger.",
        ),
    ),
    "attendance.left_post_of": (
        ("班组人员脱岗", "Somebody of your crew is off their post"),
        ("{name} 自 {since} 起脱岗。", "{name} is off their post since {since}."),
    ),
    "attendance.correction_asked": (
        ("补卡申请待审批", "A correction waits for you"),
        ("{name} 申请补卡，请审批。", "{name} asks for a clock-in to be made good."),
    ),
    "attendance.correction_decided": (
        ("补卡申请有结果", "Your correction was decided"),
        ("您的补卡申请：{state}。", "Your correction: {state}."),
    ),
    "attendance.dispute_said": (
        ("考勤异议有新答复", "Something was said in a dispute"),
        ("{name} 的考勤异议有新内容，请查看。", "There is something new in the dispute of {name}."),
    ),
    "attendance.punch_rejected": (
        ("一次打卡未被认可", "A clock-in of yours was not accepted"),
        (
            "您 {on} {at} 的打卡经核实不予认可：{reason}。如不属实，请提出异议。",
            "Your clock-in of {on} {at} was looked at and not accepted: {reason}. If that is not so, dispute the day.",
        ),
    ),
}
"""{code: (title, body)}, each (zh, en). Titles name nobody and take no params: vendors' services carry them."""
