"""Refusals of attendance."""

TEXTS: dict[str, tuple[str, str]] = {
    "attendance.fence_invalid": (
        "围栏图形有误（{fault}）：{where}。",
        "The fence is not right ({fault}) at {where}.",
    ),
    "attendance.radius_needed": (
        "圆形和线形围栏需要大于 0 的半径（米）。",
        "A circle or a line needs a radius of more than 0 metres.",
    ),
    "attendance.fence_doubtful": (
        "围栏可能画错了（{suspicion}）：所画位置不在区域 {area} 内。请改正坐标系（datum）、坐标顺序或区域后重新提交；"
        "如确认无误，请附 confirmed=true 重新提交。",
        "The fence may not be what was meant ({suspicion}): as drawn it does not lie in area {area}. Mend datum, "
        "axis order or the area and send it again; if it is right as it is, send it again with confirmed=true.",
    ),
    "attendance.fence_superseded": (
        "该围栏已有新版本，请修改最新版本 {successor}。",
        "This fence has a newer version already; change the latest one, {successor}.",
    ),
    "attendance.track_unknown": (
        "没有这条轨迹，或您无权查看：只有本区域的主管可以查看他人轨迹。",
        "There is no such track, or it is not yours to see: only a supervisor of the area may look at another's.",
    ),
    "attendance.track_key_wrong": (
        "OwnTracks 的用户名或密码不对，或密钥已停用。",
        "The user or password of the OwnTracks app is wrong, or the key was ended.",
    ),
    "attendance.owntracks_encrypted": (
        "无法读取加密的 OwnTracks 消息，请在应用中关闭加密；传输由 TLS 保护。",
        "Encrypted OwnTracks messages cannot be read; switch encryption off in the app, TLS protects the way.",
    ),
    "attendance.owntracks_incomplete": (
        "OwnTracks 位置消息缺少 lat、lon 或 tst。",
        "A location message of OwnTracks lacks lat, lon or tst.",
    ),
    "attendance.fence_unknown": (
        "没有这个围栏，或不在您的可见范围内。",
        "There is no such fence, or it is outside your sight.",
    ),
    "attendance.period_invalid": (
        "结束时间必须晚于开始时间，且间隔不能过长。",
        "The end must lie after the beginning, and not too far.",
    ),
    "attendance.audience_unknown": (
        "没有这个班组、人员、班次或岗位，或不在您的可见范围内。",
        "There is no such team, person, shift or post, or it is outside your sight.",
    ),
    "attendance.area_unknown": (
        "没有这个区域。",
        "There is no such area.",
    ),
    "attendance.punch_exists": (
        "相同编号的打卡已存在，内容不同。",
        "A clock-in with this id exists already, with other content.",
    ),
    "attendance.id_reused": (
        "该编号已用于内容不同的另一次打卡；先前的打卡保留，由人核对。",
        "This id names another clock-in already; that one stands, and a person looks at it.",
    ),
    "attendance.shift_invalid": (
        "班次第 {part} 段有误（{fault}）。",
        "Part {part} of the shift is not right ({fault}).",
    ),
    "attendance.shift_unknown": (
        "没有这个班次，或不在您的可见范围内。",
        "There is no such shift, or it is outside your sight.",
    ),
    "attendance.post_unknown": (
        "没有这个岗位，或不在您的可见范围内。",
        "There is no such post, or it is outside your sight.",
    ),
    "attendance.shift_clash": (
        "{on} 的班次与 {other_on} 的班次时间重叠。",
        "The shift of {on} overlaps the shift of {other_on}.",
    ),
    "attendance.person_unknown": (
        "没有这个人员，或不在您的管理范围内。",
        "There is no such person, or they are not yours to roster.",
    ),
    "attendance.roster_too_long": (
        "一次最多排 {max} 个人天。",
        "At most {max} days of persons can be rostered at once.",
    ),
    "attendance.import_too_long": (
        "一个文件最多 {max} 行。",
        "A file may have {max} lines at most.",
    ),
    "attendance.roster_unknown": (
        "当天没有排班。",
        "There is no shift on that day.",
    ),
    "attendance.absence_unknown": (
        "没有这条请假或公出记录，或不在您的可见范围内。",
        "There is no such absence, or it is outside your sight.",
    ),
    "attendance.absence_clash": (
        "与已有的请假或公出时间重叠。",
        "It overlaps an absence that stands already.",
    ),
    "attendance.no_anomaly": (
        "当天该次打卡没有异常，不能补卡。",
        "That clock-in of the day is in order: there is nothing to correct.",
    ),
    "attendance.not_allowed": (
        "该次打卡不允许补卡。",
        "That clock-in may not be corrected.",
    ),
    "attendance.out_of_date_limit": (
        "已超过补卡期限（{days} 天）。",
        "Corrections are taken for {days} days only.",
    ),
    "attendance.count_exceeded": (
        "本月补卡次数已用完（{max} 次）。",
        "The corrections of this month are used up ({max}).",
    ),
    "attendance.own_request": (
        "不能审批自己的申请。",
        "Nobody decides their own request.",
    ),
    "attendance.request_unknown": (
        "没有这条补卡申请，或不在您的可见范围内。",
        "There is no such request, or it is outside your sight.",
    ),
    "attendance.request_decided": (
        "该申请已处理。",
        "The request has been decided already.",
    ),
    "attendance.request_exists": (
        "相同编号的申请已存在，内容不同。",
        "A request with this id exists already, with other content.",
    ),
    "attendance.day_unknown": (
        "没有这一天的考勤结果，或不在您的可见范围内。",
        "There is no result for that day, or it is outside your sight.",
    ),
    "attendance.dispute_unknown": (
        "没有这条异议，或不在您的可见范围内。",
        "There is no such dispute, or it is outside your sight.",
    ),
    "attendance.dispute_settled": (
        "该异议已办结。",
        "The dispute is settled.",
    ),
    "attendance.dispute_exists": (
        "相同编号的异议已存在，内容不同。",
        "A dispute with this id exists already, with other content.",
    ),
    "attendance.month_open": (
        "{month} 还有 {days} 个人天未定，暂不能封账。",
        "{days} days of {month} may still change: the month cannot be closed yet.",
    ),
    "attendance.in_the_future": (
        "时间不能在将来。",
        "The time lies in the future.",
    ),
    "attendance.column_missing": (
        "缺少列：{column}。",
        "A column is missing: {column}.",
    ),
    "attendance.line_invalid": (
        "{column} 无法识别：{value}。",
        "{column} was not understood: {value}.",
    ),
}
