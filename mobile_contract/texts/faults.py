"""What can be wrong in a body, a file or a label, in words: by the sort of fault, else by the shape's own sentence."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

UNLIKE = "格式不符合要求"
WHERE_CHARS_MAX = 500
_PARTS_OF_A_REQUEST = ("body", "query", "path")
BY_SORT: dict[str, str] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项，请检查拼写",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不符：{pattern}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "multiple_of": "应为 {multiple_of} 的倍数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "enum": "应为 {expected} 之一",
    "literal_error": "应为 {expected} 之一",
    "list_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "dict_type": "应为对象 {{…}}",
    "model_type": "应为对象 {{…}}",
    "model_attributes_type": "应为对象 {{…}}",
    "date_type": "日期应写作 2026-09-01",
    "date_parsing": "没有这一天，日期应写作 2026-09-01",
    "date_from_datetime_parsing": "没有这一天，日期应写作 2026-09-01",
    "date_from_datetime_inexact": "日期应写作 2026-09-01，不带时刻",
    "datetime_parsing": "没有这个时刻，时间应写作 2026-09-01T08:00:00+08:00",
    "datetime_from_date_parsing": "没有这个时刻，时间应写作 2026-09-01T08:00:00+08:00",
    "datetime_object_invalid": "没有这个时刻，时间应写作 2026-09-01T08:00:00+08:00",
}
EMPTY = "不能为空"
BY_PATTERN: dict[str, str] = {
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": "应为编号（UUID）",
    r"^/[0-9]{6}/([a-z0-9_-]{1,40}/){0,6}$": "区域应写作 /440111/song-zhou/",
    r"^20[0-9]{2}-(0[1-9]|1[0-2])$": "月份应写作 2026-09",
    r"^(19[7-9][0-9]|20[0-9]{2}|21[0-8][0-9])H[12]$": "半年度应写作 2026H2",
    r"^[0-9]{6}$": "应为 6 位数字",
    r"^[0-9]{16}$": "应为 16 位数字",
    r"^[0-9]{2}$": "应为 2 位数字",
    r"^[0-9+ -]*$": "只能有数字、空格、+ 和 -",
    r"^[A-Z0-9-]{1,24}$": "只能有大写字母、数字和 -，最多 24 位",
    r"^[A-Z0-9.-]{1,20}$": "只能有大写字母、数字、. 和 -，最多 20 位",
}
"""How a text of this pattern is written; of another the pattern is told."""
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
    (r"an instant is (?:written as|a text, e\.g\.) (\S+)", r"时间应写作 \1"),
    (r"the instant needs a zone, e\.g\. (\S+)", r"时间须带时区，如 \1"),
    (r"the year must lie within (\S+) and (\S+)", r"年份应在 \1 至 \2 之间"),
    (r"a place is a point or a line, not both", "地点是一个点或一条线，不能两者都写"),
    (r"buffer_m belongs to a line", "buffer_m 只属于线"),
    (r"until_at lies after from_at, by 31 days at most", "until_at 应在 from_at 之后，且不超过 31 天"),
    (r"an item's code comes twice", "检查项代码重复"),
    (r"a grade has two rules", "同一等级有两条规则"),
    (r"a spec comes twice", "规格重复"),
    (r"neither accounts nor wanted", "须写 accounts 或 wanted 之一"),
    (r"the report of a campaign names it", "专项报表须写明专项 campaign"),
    (r"something must be changed", "没有写明要改什么"),
    (r"it says nothing", "一项内容也没有写"),
)
FIELDS: dict[str, str] = {
    "note": "备注",
    "crew_note": "班组备注",
    "reason": "原因",
    "photos": "照片",
    "phone": "手机号",
    "password": "密码",
    "address": "地址",
    "longitude": "经度",
    "latitude": "纬度",
    "accuracy_m": "精度",
}
"""Fields that mean the same wherever they are met; others are told by their own names."""
FAULTS: dict[str, tuple[str, str]] = {
    "empty": ("没有内容", "nothing there"),
    "too_long": ("太长", "too long"),
    "truncated": ("不完整", "cut off"),
    "unknown_format": ("不是气瓶码", "no cylinder's label"),
    "unknown_kind": ("不认识的标签种类", "a label of an unknown kind"),
    "bad_host": ("不是本系统的网址", "an address of somebody else"),
    "bad_path": ("网址写法不对", "an address of another form"),
    "bad_percent": ("网址中的 % 写法不对", "a wrong % in the address"),
    "bad_character": ("有不该出现的字符", "a character that does not belong there"),
    "control_character": ("有控制字符", "a control character"),
    "hidden_character": ("有看不见的字符", "a character that cannot be seen"),
    "whitespace_inside": ("中间有空格", "a blank in the middle"),
    "look_alike": ("有形似的字符，如 O 与 0", "a look-alike, such as O for 0"),
    "bad_length": ("位数不对", "another number of characters"),
    "check_digit": ("校验位不符", "the check digit does not fit"),
    "checksum": ("校验码不符", "the check sum does not fit"),
    "bad_month": ("没有这个月份", "no such month"),
    "not_a_url": ("不是网址", "no address"),
    "not_geojson": ("不是 GeoJSON", "no GeoJSON"),
    "not_wkt": ("不是 WKT", "no WKT"),
    "type_unknown": ("不支持的图形种类", "a shape of an unknown type"),
    "crs_named": ("不得另写坐标系", "a coordinate system of its own"),
    "bad_position": ("坐标写法不对", "a position of another form"),
    "out_of_range": ("坐标超出范围", "a position that is nowhere"),
    "axes_swapped": ("经度和纬度写反了", "longitude and latitude are swapped"),
    "ring_open": ("边界没有闭合", "a ring that does not close"),
    "too_few": ("点太少", "too few points"),
    "too_many": ("点太多", "too many points"),
    "self_crossing": ("边界自相交叉", "it crosses itself"),
    "too_wide": ("范围太大", "too wide"),
    "one_drawing": ("geometry 与 wkt 只写一个", "one of geometry and wkt"),
    "axes_unnamed": ("WKT 须写明坐标顺序", "WKT whose axes are not named"),
    "drawn_in_wgs84": ("像是按 WGS-84 画的", "drawn in WGS-84, it seems"),
    "drawn_in_gcj02": ("像是按 GCJ-02 画的", "drawn in GCJ-02, it seems"),
    "drawn_in_bd09": ("像是按 BD-09 画的", "drawn in BD-09, it seems"),
    "outside_area": ("不在该区域内", "outside its area"),
    "ends_before_start": ("结束早于开始", "it ends before it starts"),
    "overlaps": ("与上一段重叠", "it overlaps the part before"),
    "starts_next_day": ("开始时间已是次日", "it starts on the next day"),
    "all_break": ("全是休息时间", "all of it is a break"),
    "limits_order": ("迟到各档界限须由小到大", "the limits do not rise"),
    "no_full": ("扫满瓶", "the scan of a full cylinder"),
    "no_empty": ("扫空瓶，或说明没有空瓶的原因", "the scan of an empty cylinder, or why there is none"),
    "no_check": ("安检，或用户拒检", "the safety check, or that the customer refused it"),
    "full_kept": ("带回的满瓶须先更正扫码", "declare the scan of what was taken back an error"),
    "unknown": ("检查表没有此项", "no such item"),
    "twice": ("重复", "answered twice"),
    "unanswered": ("未答", "not answered"),
    "all_na": ("不能全部填“不适用”", "not everything can be not applicable"),
    "no_id": ("隐患缺编号", "the hazard has no id"),
    "no_grade": ("隐患缺等级", "the hazard has no grade"),
    "no_measure": ("隐患缺措施", "the hazard has no measure"),
    "no_photo": ("隐患缺照片", "the hazard has no photo"),
    "revoked": ("手机或账号已停用", "the phone or the account was closed"),
    "lost": ("手机已挂失", "the phone was declared lost"),
    "signed_out": ("已退出", "signed out"),
    "reuse": ("登录凭据被重复使用", "its token was used twice"),
    "password_reset": ("密码已重置", "the password was reset"),
    "expired": ("已过期", "it ran out"),
    "NUL": ("含有空字符", "it holds a NUL"),
    "not_xlsx": ("不是 .xlsx 文件", "it is no .xlsx file"),
    "UTF-8, GB 18030": ("编码不是 UTF-8 或 GB 18030", "it is neither UTF-8 nor GB 18030"),
}
"""What a param that holds a fault says -> (zh, en). What is missing is shown as it is."""
_OWN = "Value error, "
_LITERAL = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""How a shape names an allowed member of an enum."""


def in_chinese(sort: str, message: str, context: Mapping[str, object]) -> str:
    """A fault of a shape in Chinese; `sort`, `message` and `context` as the reader of shapes gives them."""
    if sort in ("too_short", "too_long") and context.get("field_type") == "Value":
        sort = f"string_{sort}"  # a text whose length is looked at after its blanks were cut off
    if sort == "string_too_short" and context.get("min_length") == 1:
        return EMPTY
    if context.get("pattern") in BY_PATTERN:
        return BY_PATTERN[str(context["pattern"])]
    if sort in BY_SORT:
        expected = _LITERAL.sub(r"\1", str(context.get("expected", ""))).replace(", ", "、").replace(" or ", "、")
        return BY_SORT[sort].format_map({**context, "expected": expected})
    said = message.removeprefix(_OWN)
    for pattern, words in BY_SENTENCE:
        found = re.fullmatch(pattern, said)
        if found:
            return found.expand(words)
    return UNLIKE


def in_english(message: str) -> str:
    """A fault of a shape in English, for whoever has not seen its code."""
    return _LITERAL.sub(r"\1", message.removeprefix(_OWN))


def where(found: Sequence[Any], between: str, most: int) -> dict[str, str]:
    """Params `where` and `where_zh` of a refusal: the first `most` faults that the reader of shapes found.

    `between` parts the names of a way to a field; values are not repeated back.
    """
    english = [f"{between.join(map(str, e['loc']))}: {in_english(e['msg'])}" for e in found[:most]]
    chinese = [f"{_field(e['loc'])}{_in_chinese(e)}" for e in found[:most]]
    return {"where": "; ".join(english)[:WHERE_CHARS_MAX], "where_zh": "；".join(chinese)[:WHERE_CHARS_MAX]}


def of_column(columns: Mapping[str, Sequence[str]], column: str, fault: Any = None) -> dict[str, str]:
    """Params `column` of a refusal of a file's cell, as people head it, and `why`, what the reader of shapes found."""
    heading = next((word for word in columns.get(column, ()) if not word.isascii()), column)
    named = {"column": column, "column_zh": heading}
    return named if fault is None else named | {"why": in_english(fault["msg"]), "why_zh": _in_chinese(fault)}


def _in_chinese(fault: Any) -> str:
    return in_chinese(fault["type"], fault["msg"], fault.get("ctx", {}))


def _field(way: Sequence[str | int]) -> str:
    names = [str(name) for name in way if name not in _PARTS_OF_A_REQUEST]
    return "/".join(FIELDS.get(name, name) for name in names) + "：" if names else ""
