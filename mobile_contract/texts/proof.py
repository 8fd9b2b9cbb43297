"""How the proof of an order stands, and what it lacks, as a crew says it, in Chinese and English."""

EVIDENCE: dict[str, tuple[str, str]] = {
    "none": ("", ""),
    "awaiting": ("不齐", "awaited"),
    "complete": ("齐全", "complete"),
}
INSPECTION: dict[str, tuple[str, str]] = {
    "none": ("", ""),
    "due": ("待检查", "due"),
    "passed": ("合格", "passed"),
    "failed": ("不合格", "failed"),
}
LACKS: dict[str, tuple[str, str]] = {
    "photo_bytes": ("照片还没传到", "a photo has not arrived"),
    "photos": ("照片不够", "too few photos"),
    "photos_before": ("缺作业前照片", "photos of before"),
    "photos_after": ("缺作业后照片", "photos of after"),
    "photo_old": ("照片拍得太早", "a photo is too old"),
    "photo_reused": ("照片已用于另一工单", "a photo proves another order"),
    "item": ("检查项未填", "an item is not answered"),
    "item_photo": ("检查项缺照片", "an item without its photo"),
    "place_unknown": ("完工时没有位置", "finished without a position"),
    "too_far": ("完工地点太远", "finished elsewhere"),
    "start_too_far": ("开工地点太远", "begun elsewhere"),
    "too_short": ("作业时间太短", "worked too short"),
    "signature": ("缺签名", "the signature"),
    "scan": ("没有扫码", "no label scanned"),
    "scan_elsewhere": ("扫的是别处的码", "the label of another place"),
    "coverage": ("路段没有走全", "too little of the line was passed"),
    "coverage_unknown": ("轨迹不全，无法判断走了多少", "the tracks do not tell how much was passed"),
}
