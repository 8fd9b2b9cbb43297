"""Refusals of lists of late evidence."""

TEXTS: dict[str, tuple[str, str]] = {
    "evidence.export_too_long": (
        "清单超过 {limit} 行，请缩小范围后再导出。",
        "The list has more than {limit} rows: narrow it before you export it.",
    ),
}
