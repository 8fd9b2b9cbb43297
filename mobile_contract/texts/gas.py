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
    "gas.label_disagrees": (
        "标签与登记内容不一致（{field}）：标签为“{label}”，登记为“{said}”。请核对；标签有误或证件已换，先按标签登记，再补录证件。",
        "The label and the register differ in {field}: the label says “{label}”, the register “{said}”. "
        "Please look again; where papers were renewed, register it as labelled and enter the papers after that.",
    ),
    "gas.registration_code_taken": (
        "使用登记代码 {code} 已属于另一个气瓶。",
        "The use-registration code {code} is another cylinder's.",
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
    "gas.case_unknown": (
        "没有这个核查事项，或不在您的可见范围内。",
        "There is no such case, or it is outside your sight.",
    ),
    "gas.case_ended": ("该核查事项已结束。", "The case has ended already."),
    "gas.case_not_yours": (
        "该核查事项没有询问您。",
        "You are not among those who are asked in this case.",
    ),
    "gas.scan_not_yours": (
        "只能更正自己的扫码记录；他人的由站点更正。",
        "You may declare errors of your own scans only; the desk does it for others.",
    ),
    "gas.inspection_not_passed": (
        "检验七项须全部合格（未合格的请报废或封存）。",
        "An inspection is passed when all seven items are; scrap the cylinder or block it otherwise.",
    ),
    "gas.cylinder_scrapped": ("该气瓶已报废，永不恢复。", "The cylinder was scrapped, for ever."),
    "gas.not_registered": ("该气瓶未登记。", "The cylinder is in no register."),
    "gas.scan_exists": (
        "相同编号的扫码已存在，内容不同。",
        "A scan with this id exists already, with other content.",
    ),
    "gas.rule_table_taken": (
        "规则表版本 {version} 已发布；已发布的版本不能更改。",
        "The rule table of version {version} is published; a published version never changes.",
    ),
    "gas.rule_table_impossible": (
        "规则表不能从过去的日期（{since_on}）起生效。",
        "A rule table cannot hold from a day that has passed ({since_on}).",
    ),
    "gas.owner_unchanged": ("该气瓶的产权单位已是 {owner}。", "The cylinder is owned by {owner} already."),
    "gas.station_taken": ("站点编号 {code} 已登记。", "A station with the code {code} is entered already."),
    "gas.station_unknown": ("没有这个站点。", "There is no such station."),
}
