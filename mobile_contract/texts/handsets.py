"""Refusals of handsets and of the conflict desk."""

TEXTS: dict[str, tuple[str, str]] = {
    "handsets.invite_invalid": (
        "绑定码无效、已用过或已过期，请让管理人员重新生成。",
        "This enrolment code is not valid, was used or has expired; ask the desk for a new one.",
    ),
    "handsets.device_unknown": ("不认识这部手机，请重新绑定。", "This handset is not known; enrol it again."),
    "handsets.device_refused": ("这部手机已停用或已报失。", "This handset was revoked or declared lost."),
    "handsets.person_unknown": ("没有这个人，或不在您的可见范围内。", "There is no such person within your sight."),
    "handsets.already_settled": ("这条冲突已经处理过了。", "This conflict was settled already."),
    "handsets.nothing_to_take": (
        "这条记录没有可直接采用的字段，请在业务中处理后选择“已知悉”。",
        "Nothing in this entry can be taken over as it is; act on it, then settle it as noted.",
    ),
    "handsets.not_ended": ("这部手机仍在使用，没有清除指令。", "This handset is in use; there is no order to wipe it."),
    "handsets.order_forged": ("这不是本服务器发出的清除指令。", "This order to wipe was not given by this server."),
    "handsets.not_active": ("这部手机不在使用中。", "This handset is not in use."),
}
