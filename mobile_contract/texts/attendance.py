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
    "attendance.fence_unknown": (
        "没有这个围栏，或不在您的可见范围内。",
        "There is no such fence, or it is outside your sight.",
    ),
    "attendance.period_invalid": ("结束时间必须晚于开始时间。", "The end must lie after the beginning."),
    "attendance.audience_unknown": (
        "没有这个班组或人员，或不在您的可见范围内。",
        "There is no such team or person, or they are outside your sight.",
    ),
    "attendance.area_unknown": ("没有这个区域。", "There is no such area."),
    "attendance.punch_exists": (
        "相同编号的打卡已存在，内容不同。",
        "A clock-in with this id exists already, with other content.",
    ),
}
