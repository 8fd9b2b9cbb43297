"""Refusals that any request may meet."""

TEXTS: dict[str, tuple[str, str]] = {
    "auth.not_signed_in": ("请先登录。", "Please sign in first."),
    "auth.not_allowed": ("您没有此项权限。", "You are not allowed to do this."),
    "auth.consent_needed": (
        "请先阅读并同意现行的隐私告知。",
        "Please read and accept the privacy notice in force first.",
    ),
    "request.not_found": ("没有找到，或不在您的可见范围内。", "There is no such thing, or it is outside your sight."),
    "request.invalid": ("提交的内容有误：{where}。", "What was sent is not right: {where}."),
    "request.too_large": ("内容过大，上限 {limit_bytes} 字节。", "Too large; the limit is {limit_bytes} bytes."),
    "request.not_json": ("内容不是有效的 JSON。", "The body is not valid JSON."),
    "request.damaged": (
        "内容在传输中损坏，请重新发送。",
        "The body was damaged on its way: send it again.",
    ),
    "request.media_unsupported": (
        "不支持的内容类型或编码：{media}。",
        "This content type or encoding is not supported: {media}.",
    ),
    "request.method_not_allowed": ("此地址不支持该方法。", "This address does not take that method."),
    "request.unknown_parameter": ("未知的查询参数：{names}。", "Unknown query parameters: {names}."),
    "request.too_many": (
        "请求过于频繁，请在 {retry_s} 秒后再试。",
        "Too many requests; try again in {retry_s} seconds.",
    ),
    "request.bad_cursor": ("翻页标记无效。", "The page cursor is not valid."),
    "backup.foreign": (
        "这份备份不属于本数据库当前的这一代。",
        "This backup is of another database, or of a life of it that is over.",
    ),
    "backup.damaged": ("这份备份不完整或已损坏。", "This backup is damaged or not whole."),
    "backup.in_use": (
        "数据库正在使用；请先停止服务和任务进程。",
        "The database is in use; stop server and worker first.",
    ),
    "server.busy": (
        "服务器繁忙，请稍后再试；您的数据没有改变。",
        "The server is busy; try again shortly. Nothing was changed.",
    ),
    "server.fault": ("服务器出错，已记录；您的数据没有改变。", "A fault of ours; it was logged. Nothing was changed."),
}
