"""Refusals of scene files."""

TEXTS: dict[str, tuple[str, str]] = {
    "scenes.file_invalid": (
        "场景文件 {file} 第 {line} 行，字段 {field}：{why}（共 {faults} 处）",
        "Scene file {file}, line {line}, field {field}: {why} (faults: {faults})",
    ),
    "scenes.district_unknown": ("尚未建立区划 {district}。", "The district {district} is not founded yet."),
}
