"""Refusals of registers from files."""

TEXTS: dict[str, tuple[str, str]] = {
    "gas.import_unknown": (
        "没有这次导入，或不在您的可见范围内。",
        "There is no such import, or it is outside your sight.",
    ),
    "gas.import_exists": (
        "相同编号的导入已存在，内容不同。",
        "An import with this id exists already, with other content.",
    ),
    "gas.import_started": ("导入已开始，不能再改文件。", "The import has begun; its file is not changed any more."),
    "gas.import_ended": ("导入已结束。", "The import has come to its end already."),
    "gas.part_invalid": (
        "分片有误：编号 1 至 {parts_max}，每片 1 至 {bytes_max} 字节。",
        "The part is not right: numbers go from 1 to {parts_max}, each of 1 to {bytes_max} bytes.",
    ),
    "gas.parts_missing": (
        "文件不完整或校验不符，请补传：{missing}。",
        "The file is not whole, or not what its digest says; send again: {missing}.",
    ),
    "gas.lines_too_many": (
        "文件超过 {limit} 行，请拆分。",
        "The file has more than {limit} lines; split it.",
    ),
}
