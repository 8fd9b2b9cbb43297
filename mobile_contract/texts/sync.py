"""Refusals of the sync protocol."""

TEXTS: dict[str, tuple[str, str]] = {
    "sync.params_invalid": ("内容有误：{where}。", "The content is not right: {where}."),
    "sync.number_invalid": (
        "上传的一条记录没有可用的编号，整批未处理。",
        "An entry of the push has no usable number; nothing of the push was taken.",
    ),
    "sync.mutation_invalid": (
        "这条记录格式有误：{where}；已转交管理人员。",
        "This entry is malformed: {where}; it was handed to the desk.",
    ),
    "sync.mutation_too_large": (
        "这条记录超过 {limit_bytes} 字节；已转交管理人员。",
        "This entry exceeds {limit_bytes} bytes; it was handed to the desk.",
    ),
    "sync.unknown_command": (
        "服务器不认识操作“{cmd}”；已转交管理人员。",
        "The server does not know the command {cmd}; it was handed to the desk.",
    ),
    "sync.unknown_kind": ("服务器不认识数据类型“{t}”。", "The server does not know the kind {t}."),
    "sync.unknown_row": ("没有这条数据，或不在您的可见范围内。", "There is no such row, or it is outside your sight."),
    "sync.row_missing": ("操作没有指明对象。", "The command names no row."),
    "sync.row_exists": ("相同编号的数据已存在，内容不同。", "A row with this id exists already, with other content."),
    "sync.out_of_scope": (
        "该数据已不在您的范围内；您的工作已保留，等待管理人员确认。",
        "The row has left your scope; your work is kept and waits for the desk.",
    ),
    "sync.field_not_editable": ("字段“{field}”不能直接修改。", "The field {field} cannot be edited directly."),
    "sync.field_overruled": (
        "“{field}”有两人改过，以较晚的为准；另一份内容已保留，无需处理。",
        "{field} was changed by two people; the later one stands, the other is kept. Nothing to do.",
    ),
    "sync.field_changed": (
        "“{field}”已被他人修改；两份内容都已保留，等待确认。",
        "{field} was changed by someone else; both versions are kept for a decision.",
    ),
    "sync.state_moved": (
        "任务状态已变为“{state}”；您的操作已保留，等待确认。",
        "The task has moved to {state}; what you did is kept for a decision.",
    ),
    "sync.voided": ("手机上的一条损坏记录已作废：{reason}。", "A damaged entry on the phone was voided: {reason}."),
    "sync.gap": ("缺少第 {expected} 条记录，请从该条开始重发。", "Entry {expected} is missing; send again from there."),
    "sync.sequence_reused": (
        "编号 {n} 已用于其他内容；请用新的纪元 {epoch} 重发。",
        "Number {n} was used for other content; queue it anew under epoch {epoch}.",
    ),
    "sync.stale_epoch": (
        "该手机已进入纪元 {epoch}；未确认的内容请用新的纪元重发。",
        "The handset is in epoch {epoch}; queue what was not answered anew under it.",
    ),
    "sync.drained": (
        "手机无人登录时上交的内容，已转交管理人员。",
        "The handset handed this in with nobody signed in; it waits at the desk.",
    ),
    "sync.unknown_epoch": ("纪元无效，请重新绑定手机。", "The epoch is not known; enrol the handset again."),
    "sync.wrong_user": ("只能上传本人的记录。", "A queue is pushed as its own user."),
    "sync.wrong_device": ("登录与手机不一致。", "The sign-in belongs to another device."),
    "sync.device_revoked": (
        "该手机已被停用；请清除数据。未上传的记录已转交管理人员。",
        "This handset was revoked and must be wiped; what it still held was handed to the desk.",
    ),
    "sync.cookie_invalid": ("同步标记无效，请重新同步。", "The cookie is not valid; reconcile from the start."),
    "sync.page_invalid": ("翻页标记无效，请从头拉取。", "The page token is not valid; pull again."),
    "sync.ticket_invalid": ("下载地址无效或已过期，请重新同步。", "The address of the pack has run out; sync again."),
    "sync.pack_gone": ("数据包已被替换，请重新同步。", "That pack has been replaced; sync again."),
    "sync.pack_refused": ("下载的数据包有误，已丢弃。", "The pack is not what was offered; it was thrown away."),
    "sync.ranges_invalid": ("比对内容无效，请重新同步。", "The ranges of the repair are not valid; pull again."),
    "sync.scope_not_held": ("该范围不在您的可见范围内，请先同步。", "That scope is not yours; pull first."),
    "sync.contract_too_old": (
        "应用版本过旧：可继续上传，但需升级后才能下载。",
        "The app is too old: uploads are taken, downloads need an upgrade.",
    ),
    "sync.contract_too_new": (
        "服务器不认识契约版本 {contract}。",
        "The server does not know contract version {contract}.",
    ),
    "sync.pokes_full": (
        "提醒连接已满；请改为定时同步，{retry_s} 秒后再试。",
        "No more streams can be held; poll instead, and try again in {retry_s} seconds.",
    ),
    "sync.needs_unmet": ("所依赖的数据 72 小时内未到达。", "What this depends on did not arrive within 72 hours."),
}
