"""Refusals of attachments."""

TEXTS: dict[str, tuple[str, str]] = {
    "attachments.tus_version": (
        "上传协议版本不受支持，需要 {version}。",
        "This version of the upload protocol is not spoken here; {version} is.",
    ),
    "attachments.length_invalid": (
        "文件长度无效，应为 1 到 {limit_bytes} 字节。",
        "The length of the file is not valid; it is 1 to {limit_bytes} bytes.",
    ),
    "attachments.too_large": (
        "文件过大，上限 {limit_bytes} 字节。",
        "The file is too large; the limit is {limit_bytes} bytes.",
    ),
    "attachments.metadata_invalid": ("上传信息有误：{where}。", "The upload's metadata is not right: {where}."),
    "attachments.offset_invalid": ("上传位置无效。", "The upload offset is not valid."),
    "attachments.offset_conflict": (
        "上传位置不符，请从第 {offset} 字节继续。",
        "That is not where the upload stands; go on from byte {offset}.",
    ),
    "attachments.beyond_length": (
        "发送的内容超过声明的 {length} 字节。",
        "More was sent than the declared {length} bytes.",
    ),
    "attachments.busy": (
        "该文件正在通过另一连接上传，请在 {retry_s} 秒后再试。",
        "This file is being sent over another connection; try again in {retry_s} seconds.",
    ),
    "attachments.checksum_invalid": ("校验信息有误。", "The checksum header is not valid."),
    "attachments.checksum_mismatch": (
        "这一段在传输中损坏，请从第 {offset} 字节重发。",
        "This piece was damaged on its way; send it again from byte {offset}.",
    ),
    "attachments.sha256_mismatch": (
        "文件内容与声明的 SHA-256 不符，请从头重发。",
        "The file is not what its SHA-256 says; send it again from the start.",
    ),
    "attachments.content_unsupported": (
        "不支持的文件类型；可上传照片、PDF 或 MP4 视频。",
        "This type of file is not taken; photos, PDF and MP4 video are.",
    ),
    "attachments.image_too_large": (
        "图片尺寸过大，上限 {limit_pixels} 像素。",
        "The picture is too large; the limit is {limit_pixels} pixels.",
    ),
    "attachments.upload_unknown": ("没有这个上传任务。", "There is no such upload."),
    "attachments.upload_expired": (
        "这个上传任务已过期，请重新上传。",
        "This upload has expired; begin it anew.",
    ),
    "attachments.upload_ended": (
        "这个上传任务已取消或被拒绝。",
        "This upload was cancelled or refused.",
    ),
    "attachments.upload_finished": (
        "文件已上传完成，不能取消。",
        "The file has arrived; it cannot be cancelled any more.",
    ),
    "attachments.too_many_open": (
        "未完成的上传过多（上限 {limit} 个），请先完成或取消。",
        "Too many unfinished uploads (the limit is {limit}); finish or cancel some first.",
    ),
    "attachments.unknown": ("没有这个附件，或不在您的可见范围内。", "No such attachment, or it is outside your sight."),
    "attachments.no_thumbnail": ("这个附件没有缩略图。", "This attachment has no thumbnail."),
    "attachments.thumbnail_pending": (
        "缩略图正在生成，请在 {retry_s} 秒后再试。",
        "The thumbnail is being made; try again in {retry_s} seconds.",
    ),
    "attachments.range_unsatisfiable": (
        "请求的字节范围超出文件（{size_bytes} 字节）。",
        "The range lies outside the file ({size_bytes} bytes).",
    ),
}
