"""What can be wrong in a file of ours, said in Chinese: by the sort of fault, else by the shape's own sentence."""

import re
from collections.abc import Mapping

UNLIKE = "格式不符合要求"
BY_SORT: dict[str, str] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项，请检查拼写",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不符：{pattern}",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "finite_number": "应为有限的数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "bool_type": "应为 true 或 false",
    "enum": "应为 {expected} 之一",
    "list_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "model_type": "应为对象 {{…}}",
    "model_attributes_type": "应为对象 {{…}}",
    "date_type": "日期应写作 2026-09-01",
    "date_parsing": "没有这一天，日期应写作 2026-09-01",
    "date_from_datetime_parsing": "没有这一天，日期应写作 2026-09-01",
    "date_from_datetime_inexact": "日期应写作 2026-09-01，不带时刻",
}
BY_SENTENCE: tuple[tuple[str, str], ...] = (
    (r"a condition names answers, below or above", "条件应写明 answers、below 或 above"),
    (r"choices belong to an item of kind choice, and only to it", "choices 只属于 kind 为 choice 的项，且必须有"),
    (r"a choice is named twice", "选项重复"),
    (r"low and high belong to an item of kind reading", "low 与 high 只属于 kind 为 reading 的项"),
    (r"low lies above high", "low 大于 high"),
    (r"item (\S+) is there twice", r"检查项 \1 重复"),
    (r"a material is there twice", "材料重复"),
    (r"item (\S+) asks for (\S+), which is no earlier item", r"检查项 \1 的条件 \2 不是在它之前的检查项"),
    (r"item (\S+) waits for an answer that (\S+) never has", r"检查项 \1 等待的答案，\2 没有"),
    (r"item (\S+) waits for a reading, and (\S+) has none", r"检查项 \1 等待读数，而 \2 没有读数"),
    (r"longitude and latitude come together", "经度与纬度须同时填写"),
    (r"until_min lies after from_min, by a day at most", "until_min 应在 from_min 之后，且不超过一天"),
    (r"a place is there twice", "地点重复"),
    (r"until_on lies before since_on", "停用日期早于启用日期"),
    (
        r"a condition holds no semicolon: code tables part conditions by it",
        "立案条件中不得有分号：分号用来分隔条件",
    ),
    (r"a grade has two limits", "同一等级有两个时限"),
    (r"a plan names a team or a trade", "计划只写班组或工种之一"),
    (r"a competence names a team or a trade", "职责只写班组或工种之一"),
    (r"places belong to one team: name it", "地点属于一个班组：请写明 team"),
    (r"joint work has one team that leads: name it", "联合作业由一个班组牵头：请写明 team"),
    (r"a crew is there twice", "班组重复"),
    (
        r"a plan ends by lasts_days, or by COUNT or UNTIL in its rule",
        "须写 lasts_days，或在规则中写 COUNT、UNTIL 之一",
    ),
    (r"control characters are not allowed", "不得含控制字符"),
    (r"a day is written 2026-09-01", "日期应写作 2026-09-01"),
    (r"a day is a text, 2026-09-01", "日期应写作文字 2026-09-01"),
)
_OWN = "Value error, "


def in_chinese(sort: str, message: str, context: Mapping[str, object]) -> str:
    """A fault of a shape in Chinese; `sort`, `message` and `context` as the reader of shapes gives them."""
    if sort in BY_SORT:
        return BY_SORT[sort].format_map({"expected": "", **context})
    said = message.removeprefix(_OWN)
    for pattern, words in BY_SENTENCE:
        found = re.fullmatch(pattern, said)
        if found:
            return found.expand(words)
    return UNLIKE
