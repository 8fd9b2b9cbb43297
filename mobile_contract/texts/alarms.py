"""Refusals of alarms."""

TEXTS: dict[str, tuple[str, str]] = {
    "alarms.unknown": (
        "没有这条报警，或不在您的可见范围内。",
        "There is no such alarm, or it is outside your sight.",
    ),
    "alarms.exists": (
        "这个编号已是他人的报警。",
        "That id names the alarm of somebody else.",
    ),
    "alarms.not_yours": (
        "只有报警人本人可以撤回；其他人请写明处理结果。",
        "Only whoever raised an alarm takes it back; others settle it with what came of it.",
    ),
    "alarms.own": (
        "不能由报警人自己确认收到。",
        "Whoever raised an alarm does not acknowledge it.",
    ),
    "alarms.over": (
        "这条报警已结束。",
        "This alarm is over.",
    ),
}
