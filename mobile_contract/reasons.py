"""Why a day came to what it is, in words: {code: (zh, en)}. Times in params are local, as `08:17`."""

REASONS: dict[str, tuple[str, str]] = {
    "post": ("岗位：{post}。", "Post: {post}."),
    "on_time": (
        "{side}：应在 {planned}，{at} 打卡，正常。",
        "{side}: planned {planned}, clocked at {at}, in time.",
    ),
    "late": (
        "应在 {planned} 上班，{at} 打卡，迟到 {minutes} 分钟（宽限 {grace} 分钟）。",
        "Work began at {planned}; clocked in at {at}, {minutes} minutes late (grace {grace}).",
    ),
    "serious_late": (
        "应在 {planned} 上班，{at} 打卡，迟到 {minutes} 分钟，超过 {limit} 分钟为严重迟到。",
        "Work began at {planned}; clocked in at {at}, {minutes} minutes late; more than {limit} is seriously late.",
    ),
    "absent_late": (
        "应在 {planned} 上班，{at} 打卡，迟到 {minutes} 分钟，超过 {limit} 分钟按旷工迟到计。",
        "Work began at {planned}; clocked in at {at}, {minutes} minutes late; more than {limit} counts as absent.",
    ),
    "early": (
        "应在 {planned} 下班，{at} 打卡，早退 {minutes} 分钟（宽限 {grace} 分钟）。",
        "Work ended at {planned}; clocked out at {at}, {minutes} minutes early (grace {grace}).",
    ),
    "missing": (
        "{side}：应在 {planned}，{since} 至 {until} 之间没有打卡。",
        "{side}: planned {planned}; no clock-in between {since} and {until}.",
    ),
    "pending": (
        "{side}：应在 {planned}，手机数据尚未送达（已确认至 {heard}）。",
        "{side}: planned {planned}; the phone has not delivered its data yet (heard up to {heard}).",
    ),
    "excused": ("{side}：{planned} 已获准离岗（{kind}）。", "{side}: excused at {planned} ({kind})."),
    "absent": ("当班没有任何打卡，旷工。", "No clock-in during the whole shift: absent."),
    "no_contact": (
        "手机在下班窗口后 {hours} 小时内一直没有联系，按现有数据定论。",
        "The phone was not heard of for {hours} hours after the shift: decided by what is known.",
    ),
    "not_required": ("当天没有排班。", "No shift on this day."),
    "moved_by_absence": (
        "因{kind}，应打卡时间由 {before} 改为 {after}。",
        "Because of {kind} the planned time moved from {before} to {after}.",
    ),
    "time_in_favour": (
        "手机时间误差 ±{error} 秒，按对本人有利的时间计。",
        "The phone's time is known to ±{error} s: the doubt counts in the person's favour.",
    ),
    "worked": ("班内工作 {minutes} 分钟。", "Worked {minutes} minutes within the shift."),
    "overtime": ("加班 {minutes} 分钟（{kind}）。", "Overtime of {minutes} minutes ({kind})."),
    "overtime_short": (
        "班后 {minutes} 分钟，不足 {limit} 分钟，不计加班。",
        "{minutes} minutes after the shift are fewer than {limit}: no overtime.",
    ),
    "work_on_leave": ("请假期间有打卡：请核对。", "Clocked in during leave: please check."),
    "place": ("{side}：打卡地点{place}。", "{side}: the place was {place}."),
    "suspect": ("{side}：打卡有异常信号（{marks}），由人核对。", "{side}: odd signs ({marks}); a person looks at it."),
    "photo_missing": ("{side}：应附照片，没有照片。", "{side}: a photo was due and is not there."),
    "on_behalf": ("{side}：由主管代为录入。", "{side}: entered by a supervisor."),
    "approved": ("{side}：补卡经审批。", "{side}: a correction that was approved."),
    "extra": (
        "{at} 的打卡不在任何应打卡时间内，不计。",
        "The clock-in at {at} lies in no window of the shift and does not count.",
    ),
    "unplanned": (
        "没有排班，{since} 至 {until} 有打卡。",
        "No shift was planned; clocked from {since} to {until}.",
    ),
}
WORDS: dict[str, tuple[str, str]] = {
    "in": ("上班卡", "Clock-in"),
    "out": ("下班卡", "Clock-out"),
    "leave": ("请假", "leave"),
    "trip": ("公出", "a trip"),
    "training": ("培训", "training"),
    "incident": ("应急任务", "an incident"),
    "workday": ("工作日", "workday"),
    "rest_day": ("休息日", "rest day"),
    "holiday": ("法定节假日", "holiday"),
    "outside": ("在围栏外", "outside the fence"),
    "unsure": ("无法确定", "not proven"),
    "no_fix": ("无定位", "without position"),
    "accuracy_missing": ("没有定位精度", "no accuracy given"),
    "accuracy_not_positive": ("定位精度为零或负", "an accuracy of zero or less"),
    "fix_old": ("定位过旧", "an old position"),
    "position_invalid": ("位置无效", "a position that cannot be"),
    "mock_location": ("模拟定位", "a mock location"),
    "clock_poor": ("手机时间不可靠", "a poor clock"),
    "clock_set": ("手机时间被改过", "a clock set by hand"),
    "clock_unsure": ("手机时间误差过大", "a time too uncertain"),
    "wall_far_off": ("手机时间与实际相差很大", "a clock far off"),
    "gps_time_far": ("卫星时间与打卡时间不符", "another satellite time"),
    "qr_other": ("扫的不是应扫的码", "another label"),
    "provider_odd": ("定位来源异常", "an odd source of the position"),
}
"""Words that stand inside a reason."""
