"""Refusals of gas."""

TEXTS: dict[str, tuple[str, str]] = {
    "gas.code_invalid": (
        "气瓶码有误（{fault}，第 {position} 个字符）：{code}。",
        "The cylinder's code is not right ({fault} at character {position}): {code}.",
    ),
    "gas.code_names_no_cylinder": ("该二维码不是气瓶码：{code}。", "This code is not a cylinder's: {code}."),
    "gas.code_taken": (
        "气瓶码 {code} 已登记过；编码永不重复使用。",
        "The cylinder code {code} has been registered before; codes are never used again.",
    ),
    "gas.spec_unknown": ("规则表中没有规格 {spec}。", "The rule table knows no spec {spec}."),
    "gas.dates_impossible": (
        "日期有误：制造、检验日期不能晚于今天，检验不能早于制造。",
        "The dates are not possible: made and inspected lie in the past, inspected after made.",
    ),
    "gas.cylinder_unknown": (
        "没有这个气瓶，或不在您的可见范围内。",
        "There is no such cylinder, or it is outside your sight.",
    ),
    "gas.account_unknown": (
        "没有这个用户，或不在您的可见范围内。",
        "There is no such account, or it is outside your sight.",
    ),
    "gas.account_taken": ("用户编号 {code} 已存在。", "The account code {code} exists already."),
    "gas.area_unknown": ("没有这个区域。", "There is no such area."),
    "gas.team_unknown": ("没有这个班组。", "There is no such team."),
    "gas.scan_exists": (
        "相同编号的扫码已存在，内容不同。",
        "A scan with this id exists already, with other content.",
    ),
}
