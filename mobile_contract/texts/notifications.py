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
    "conflicts.escalated": (
        ("同步冲突待处理", "A sync conflict waits for you"),
        (
            "一条同步冲突无人按时处理，现由您负责，请尽快决定。",
            "Nobody settled a sync conflict in time; it is yours now, please decide.",
        ),
    ),
}
"""{code: (title, body)}, each (zh, en). Titles name nobody and take no params: vendors' services carry them."""
